//! The table `[strings]` of an arm: the network is trained on strings of digits after its passes (VI).

use super::check::{Checked, expect};
use crate::section3::distortions::Amounts;
use crate::section6::criterion::{Criterion, GraphLoss};
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
