#![doc = mathdoc::page!(
    "invariance.md",
    "../../docs/figures/invariance.svg",
    "../../docs/figures/fig-13-1998.svg",
    "../../docs/figures/fig-13.svg"
)]

mod change;
mod strokes;
mod tolerance;

pub use change::Change;
pub use strokes::widened;
pub use tolerance::{TOLERATED_PCT, Tolerance, tolerance};

use super::database::{BACKGROUND, FOREGROUND};
use crate::Real;
use crate::section1::Maps;
use rand::Rng;

/// The share of pixels that the paper's salt-and-pepper noise inverts: one in ten.
pub const NOISE: f64 = 0.1;

/// Salt-and-pepper noise: inverts each pixel of a pattern with this probability. Paper becomes ink and ink becomes paper; a
/// grey pixel ends as far from ink as it was from paper (deviations 21 and 30).
///
/// ```
/// use lenet5::section3::database::{BACKGROUND, FOREGROUND};
/// use lenet5::section3::invariance::salt_and_pepper;
/// let mut input = lenet5::ndarray::arr3(&[[[BACKGROUND, FOREGROUND]]]);
/// salt_and_pepper(1.0, &mut lenet5::random(1), &mut input);
/// assert!((&input - &lenet5::ndarray::arr3(&[[[FOREGROUND, BACKGROUND]]])).iter().all(|d| d.abs() < 1e-12));
/// ```
pub fn salt_and_pepper<R: Real>(probability: f64, random: &mut impl Rng, input: &mut Maps<R>) {
    let sum = R::of(BACKGROUND + FOREGROUND);
    for x in input.iter_mut().filter(|_| random.random_bool(probability)) {
        *x = sum - *x;
    }
}
