//! The table `[strings]` of an arm: the network is trained on strings of digits after its passes (VI).

use super::check::{Checked, expect};
use crate::section3::database::Patterns;
use crate::section3::distortions::Amounts;
use crate::section5::strings::Spacing;
use crate::section6::criterion::{Criterion, GraphLoss};
use crate::section7::windows::Windows;
use serde::{Deserialize, Serialize};

/// Training on strings of three to five digits ([deviation 44](crate::paper::deviations#44-training-on-strings)).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StringTraining {
    /// The criterion of section VI.
    pub criterion: Criterion,
    /// The scale of the penalties ([deviation 43](crate::paper::deviations#43-the-scale-of-penalties)).
    pub beta: f64,
    /// The loss that is never reached; by default none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub saturation: Option<f64>,
    /// The number of strings.
    pub strings: usize,
    /// How the digits of the strings are distorted, anew each time; by default not at all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub distortions: Option<Amounts>,
    /// The noise of every second string, which is then read through a median filter; by default there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub noise: Option<f64>,
    /// `eta` of eq. 21 in the first third of the strings; 0.4 times as much in the second, and again in the last. With plain
    /// gradients, the rate itself.
    pub eta: f64,
    /// Whether all parameters have the same rate, in the place of those of App. C.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub plain: bool,
    /// Single digits are presented after each string at so many times its rates; by default none are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub keep: Option<f64>,
    /// Whether the network begins with its initial weights, not with those of its passes.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub fresh: bool,
}

/// The table `[windows]` of an arm: its passes present [patterns with neighbours](crate::section7::windows) in the place of single
/// digits, and its network has a class for the blank ([deviation 47](crate::paper::deviations#47-patterns-with-neighbours)).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WindowTraining {
    /// The share of windows without a character in the middle.
    pub blanks: f64,
    /// The share of windows on the junction of two characters.
    pub junctions: f64,
    /// The share of single digits without neighbours.
    pub alone: f64,
    /// The smallest and the largest gap between characters, in columns.
    pub gaps: [i32; 2],
    /// Whether characters differ in size and height, as in strings.
    pub loose: bool,
    /// The share of pixels that is inverted in every second window.
    pub noise: f64,
    /// How the digits are distorted, anew each time; by default not at all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub distortions: Option<Amounts>,
}

impl WindowTraining {
    /// The windows of these patterns.
    pub fn windows<'a>(&self, patterns: &'a Patterns, seed: u64) -> Windows<'a> {
        let [from, to] = self.gaps;
        let mixed = Spacing { gaps: from..=to, distortions: self.distortions, ..Spacing::mixed() };
        let spacing = if self.loose { mixed } else { Spacing { scale: 1.0..=1.0, jitter: 0, ..mixed } };
        let &Self { blanks, junctions, alone, noise, .. } = self;
        Windows { patterns, spacing, blanks, junctions, alone, noise, seed }
    }

    /// The first value that makes no sense, if there is one.
    pub(super) fn check(&self) -> Checked {
        let &Self { blanks, junctions, alone, noise, .. } = self;
        for (key, share) in [("blanks", blanks), ("junctions", junctions), ("alone", alone), ("noise", noise)]
        {
            let key = format!("windows.{key}");
            expect((0.0..1.0).contains(&share), &key, share, "a share from 0 to below 1")?;
        }
        expect(
            blanks + junctions + alone <= 1.0,
            "windows",
            blanks + junctions + alone,
            "blanks, junctions and alone that are at most 1 together",
        )?;
        let [from, to] = self.gaps;
        let fits = -16 <= from && from <= to && to <= 32;
        expect(
            fits,
            "windows.gaps",
            format!("{:?}", self.gaps),
            "two numbers from -16 to 32, the smaller first",
        )
    }
}

impl StringTraining {
    /// The loss.
    pub fn loss(&self) -> GraphLoss {
        GraphLoss { criterion: self.criterion, beta: self.beta, saturation: self.saturation }
    }

    /// The first value that makes no sense, if there is one.
    pub(super) fn check(&self) -> Checked {
        let positive =
            |key: &str, value: f64| expect(value.is_finite() && value > 0.0, key, value, "a number above 0");
        positive("strings.beta", self.beta)?;
        positive("strings.eta", self.eta)?;
        positive("strings.keep", self.keep.unwrap_or(1.0))?;
        positive("strings.saturation", self.saturation.unwrap_or(1.0))?;
        positive("strings.noise", self.noise.unwrap_or(0.1))?;
        expect(
            self.noise.is_none_or(|noise| noise < 1.0),
            "strings.noise",
            self.noise.unwrap_or_default(),
            "a share of the pixels, below 1",
        )?;
        if let Some(Amounts::Strength(strength)) = self.distortions {
            positive("strings.distortions", strength)?;
        }
        expect(
            self.saturation.is_none() || self.criterion.is_discriminative(),
            "strings.saturation",
            self.saturation.unwrap_or_default(),
            "none: only discriminative losses are never negative",
        )?;
        expect(
            (1..=1_000_000).contains(&self.strings),
            "strings.strings",
            self.strings,
            "a number from 1 to 1000000",
        )
    }
}
