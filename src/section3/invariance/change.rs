//! The changes of a character whose tolerance is measured.

use super::salt_and_pepper;
use super::strokes::widened;
use crate::Real;
use crate::section1::Maps;
use crate::section3::database::Patterns;
use crate::section3::distortions::{Distortion, place_distorted};
use crate::section3::presentation::Chance;
use ndarray::{ArrayView2, Axis};
use serde::{Deserialize, Serialize};

/// A kind of change; an amount says how far it goes ([the six kinds](super#the-six-changes)).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Change {
    /// The amount is a factor: 2 is twice as large.
    Scale,
    /// The amount is a fraction of the character's own height, downwards.
    Shift,
    /// The amount is an angle in degrees, clockwise.
    Rotation,
    /// The amount is a factor of width over height, at constant area: 2 is as wide as two of its heights, if it was a square.
    Squeeze,
    /// The amount is in pixels: 1 makes every stroke one pixel wider, -1 one pixel thinner.
    Strokes,
    /// The amount is the share of pixels that salt-and-pepper noise inverts.
    Noise,
}

impl Change {
    /// All six kinds.
    pub const ALL: [Self; 6] =
        [Self::Scale, Self::Shift, Self::Rotation, Self::Squeeze, Self::Strokes, Self::Noise];

    /// The amounts that are measured, in increasing order.
    pub fn amounts(self) -> &'static [f64] {
        match self {
            Self::Scale => {
                &[0.3, 0.35, 0.4, 0.45, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.1, 1.2, 1.3, 1.4, 1.6, 1.8, 2.0]
            }
            Self::Shift => {
                &[-0.8, -0.6, -0.5, -0.4, -0.3, -0.2, -0.1, 0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8]
            }
            Self::Rotation => {
                &[-60.0, -50.0, -40.0, -30.0, -20.0, -10.0, 0.0, 10.0, 20.0, 30.0, 40.0, 50.0, 60.0]
            }
            Self::Squeeze => &[0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 1.0, 1.25, 1.5, 1.75, 2.0, 2.5, 3.0],
            Self::Strokes => &[-2.0, -1.5, -1.0, -0.5, 0.0, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0],
            Self::Noise => &[0.0, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4],
        }
    }

    /// The amount that changes nothing.
    pub fn neutral(self) -> f64 {
        match self {
            Self::Scale | Self::Squeeze => 1.0,
            Self::Shift | Self::Rotation | Self::Strokes | Self::Noise => 0.0,
        }
    }

    /// Writes pattern `p`, changed by an amount, on the first map of `input`. The noise on a pattern is the same at every call, and
    /// a larger amount of it inverts the same pixels and more.
    pub fn show<R: Real>(self, amount: f64, patterns: &Patterns, p: usize, input: &mut Maps<R>) {
        let image = patterns.image(p);
        match self {
            Self::Strokes => place_distorted(widened(image, amount).view(), &Distortion::NONE, input),
            Self::Noise => {
                patterns.pattern(p, input);
                // Training counts its passes from 1, so this noise is none of its own.
                salt_and_pepper(amount, &mut Chance::Noise { pass: 0, number: p }.stream(0), input);
            }
            _ => place_distorted(image, &self.distortion(amount, height(image)), input),
        }
    }

    /// The affine map of an amount, for a character of this height in pixels; none for strokes and noise.
    fn distortion(self, amount: f64, height: usize) -> Distortion {
        let none = Distortion::NONE;
        match self {
            Self::Scale => Distortion { scale: amount_of(amount), ..none },
            Self::Shift => Distortion { rows: amount * height as f64, ..none },
            Self::Rotation => Distortion { rotation: amount, ..none },
            // The width grows by the root and the height shrinks by it.
            Self::Squeeze => Distortion { squeeze: amount_of(amount.sqrt()), ..none },
            Self::Strokes | Self::Noise => none,
        }
    }
}

/// The amount of a [`Distortion`] that stands for a factor.
fn amount_of(factor: f64) -> f64 {
    if factor < 1.0 { 1.0 - 1.0 / factor } else { factor - 1.0 }
}

/// The height of a character in pixels: from the first row with ink to the last.
fn height(image: ArrayView2<u8>) -> usize {
    let inked = |row: usize| image.index_axis(Axis(0), row).iter().any(|&level| level > 0);
    let first = (0..image.nrows()).find(|&row| inked(row));
    let last = (0..image.nrows()).rfind(|&row| inked(row));
    first.zip(last).map_or(0, |(first, last)| last + 1 - first)
}
