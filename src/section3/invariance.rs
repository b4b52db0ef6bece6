//! III-E, Fig. 13: invariance and noise resistance: what the network bears.
//!
//! # What the paper says
//!
//! The paper shows LeNet-5 characters that are unusual, distorted or noisy (Fig. 13), with the states of its layers,
//! and finds by estimate that it bears scale changes of about a factor of 2, vertical shifts of about half a
//! character's height either way, rotations of about 30 degrees, and noise. The network of the figure was trained
//! with 10 % of salt-and-pepper noise. Invariance to any change of shape remains open.
//!
//! # What is here
//!
//! Noise. All else is done by [`distortions`](super::distortions), as far as one likes: scale, shifts, and rotation,
//! which III-B does not have ([the matrix](super::distortions#turned-as-well)). `experiment draw` has a slider for each.
//!
//! A pixel of the plane is a number `x` between paper, -0.1, and ink, 1.175. Noise turns it round, as a negative
//! does: `x` becomes `-0.1 + 1.175 - x`. So paper becomes ink, ink becomes paper, and grey stays as far from ink as
//! it was from paper; only the grey in the middle, 0.5375, stays what it is. Done twice with the same random numbers
//! it is undone.
//!
//! # Where people get stuck
//!
//! - **Not Gaussian.** Nothing is added: a pixel is turned round or left alone.
//! - **Not salt or pepper by the toss of a coin.** Elsewhere the name stands for pixels that are *set* to black or
//!   white at random, so that half of them stay what they were. Here each pixel that is met changes, and one in ten
//!   is met ([`NOISE`]).
//! - **The border too.** All 32 x 32 pixels may be met, the two rows of paper around the image included.
//! - **Grey** is our choice, and so is which network Fig. 13 is drawn of: the run's own, whatever it was trained on
//!   ([deviation 21](crate::paper::deviations#21-what-the-figures-show)).
//!
//! # How we know
//!
//! `tests/invariance.rs`: a pixel stays or is turned round, the same noise twice is none, and one pixel in ten is
//! met. How far our networks bear scale, shifts and rotation is not measured yet (`paper/claims.toml`).
//!
//! Patterns on their way through our network:
//!
#![doc = include_str!("../../docs/figures/fig-13.svg")]

use super::database::{BACKGROUND, FOREGROUND};
use crate::Real;
use crate::section1::Maps;
use rand::Rng;

/// How many pixels the paper's salt-and-pepper noise turns round: one in ten.
pub const NOISE: f64 = 0.1;

/// Salt-and-pepper noise: turns each pixel of a pattern from paper to ink or from ink to paper with this probability; grey
/// stays as far from ink as it was from paper (deviation 21).
///
/// ```
/// use lenet5::section3::database::{BACKGROUND, FOREGROUND};
/// use lenet5::section3::invariance::salt_and_pepper;
/// use rand::SeedableRng;
/// let mut input = ndarray::arr3(&[[[BACKGROUND, FOREGROUND]]]);
/// salt_and_pepper(1.0, &mut rand_chacha::ChaCha8Rng::seed_from_u64(1), &mut input);
/// assert!((&input - &ndarray::arr3(&[[[FOREGROUND, BACKGROUND]]])).iter().all(|d| d.abs() < 1e-12));
/// ```
pub fn salt_and_pepper<R: Real>(probability: f64, random: &mut impl Rng, input: &mut Maps<R>) {
    let sum = R::of(BACKGROUND + FOREGROUND);
    for x in input.iter_mut().filter(|_| random.random_bool(probability)) {
        *x = sum - *x;
    }
}
