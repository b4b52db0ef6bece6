//! Changes to a pattern before the networks see it: the sliders of the page (III-E).

use super::answer::Fault;
use crate::section1::Maps;
use crate::section3::distortions::{Distortion, place_distorted};
use crate::section3::invariance::salt_and_pepper;
use ndarray::{Array3, ArrayView2};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};

/// The amount of each change to a pattern; 0 is none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Change {
    /// Pixels downwards.
    pub rows: f64,
    /// Pixels to the right.
    pub columns: f64,
    /// Degrees clockwise.
    pub rotation: f64,
    /// The factor minus 1, as in [`Distortion::scale`].
    pub scale: f64,
    /// Columns to the right per row downwards.
    pub shear: f64,
    /// The probability that a pixel is inverted, as in [`salt_and_pepper`].
    pub noise: f64,
    /// The seed that selects the noisy pixels: with a larger probability, the same pixels and more.
    pub seed: u64,
}

/// One of the amounts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// [`Change::rows`]
    Rows,
    /// [`Change::columns`]
    Columns,
    /// [`Change::rotation`]
    Rotation,
    /// [`Change::scale`]
    Scale,
    /// [`Change::shear`]
    Shear,
    /// [`Change::noise`]
    Noise,
}

/// A control of one amount, and its range.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Slider {
    /// The amount.
    pub name: Kind,
    /// Its effect, in a word.
    pub label: &'static str,
    /// Its unit.
    pub unit: &'static str,
    /// The smallest amount.
    pub least: f64,
    /// The largest amount.
    pub most: f64,
    /// The distance from one amount to the next.
    pub step: f64,
}

/// A slider for each amount.
pub const SLIDERS: [Slider; 6] = [
    Slider { name: Kind::Rows, label: "down", unit: "pixels", least: -10.0, most: 10.0, step: 0.25 },
    Slider { name: Kind::Columns, label: "right", unit: "pixels", least: -10.0, most: 10.0, step: 0.25 },
    Slider { name: Kind::Rotation, label: "rotate", unit: "degrees", least: -90.0, most: 90.0, step: 1.0 },
    Slider { name: Kind::Scale, label: "scale", unit: "larger by", least: -1.0, most: 1.0, step: 0.02 },
    Slider { name: Kind::Shear, label: "shear", unit: "columns per row", least: -1.0, most: 1.0, step: 0.02 },
    Slider { name: Kind::Noise, label: "noise", unit: "of the pixels", least: 0.0, most: 0.5, step: 0.01 },
];

impl Kind {
    /// The slider of this amount.
    pub fn slider(self) -> &'static Slider {
        SLIDERS.iter().find(|slider| slider.name == self).expect("there is a slider for each amount")
    }
}

impl Change {
    /// One of the amounts, to be set.
    pub fn amount(&mut self, kind: Kind) -> &mut f64 {
        match kind {
            Kind::Rows => &mut self.rows,
            Kind::Columns => &mut self.columns,
            Kind::Rotation => &mut self.rotation,
            Kind::Scale => &mut self.scale,
            Kind::Shear => &mut self.shear,
            Kind::Noise => &mut self.noise,
        }
    }

    /// Refuses amounts that are beyond the ends of their sliders.
    pub(super) fn check(mut self) -> Result<(), Fault> {
        for Slider { name, least, most, .. } in SLIDERS {
            let amount = *self.amount(name);
            if !(least..=most).contains(&amount) {
                let name = format!("{name:?}").to_lowercase();
                let fault = format!("change.{name} is {amount:?}; expected a number from {least} to {most}");
                return Err(Fault::malformed(fault));
            }
        }
        Ok(())
    }

    /// The pattern on the input plane, 1 x 32 x 32: distorted, then with noise.
    pub(super) fn pattern(&self, image: ArrayView2<u8>) -> Maps<f32> {
        let Self { rows, columns, rotation, scale, shear, noise, seed } = *self;
        let distortion = Distortion { rows, columns, scale, squeeze: 0.0, shear, rotation };
        let mut pattern = Array3::zeros((1, 32, 32));
        place_distorted(image, &distortion, &mut pattern);
        salt_and_pepper(noise, &mut ChaCha8Rng::seed_from_u64(seed), &mut pattern);
        pattern
    }
}
