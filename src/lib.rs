#![doc = mathdoc::page!("lib.md")]

pub mod appendix;
#[cfg(feature = "experiment")]
pub mod archaeology;
pub mod cookbook;
#[cfg(feature = "cli")]
pub mod draw;
#[cfg(feature = "experiment")]
pub mod experiment;
#[cfg(feature = "figures")]
pub mod figures;
#[cfg(feature = "files")]
mod files;
pub mod kernels;
pub mod notation;
pub mod paper;
#[cfg(feature = "cli")]
pub mod report;
pub mod section1;
pub mod section2;
pub mod section3;
pub mod section4;
pub mod section5;
pub mod section6;
pub mod section7;
pub mod section8;
pub mod today;
#[cfg(feature = "files")]
pub mod weights;

pub use kernels::Real;
// The crates whose types the public functions take and return: programs need no dependency of their own on them.
pub use ndarray;
pub use rand;
pub use rand_chacha;

/// Random numbers from a seed: the same seed gives the same numbers on every machine.
///
/// ```
/// use lenet5::section2::LeNet5;
///
/// let [a, b] = [1, 1].map(|seed| LeNet5::paper::<f32>(&mut lenet5::random(seed)));
/// assert_eq!(a, b);
/// ```
pub fn random(seed: u64) -> rand_chacha::ChaCha8Rng {
    rand::SeedableRng::seed_from_u64(seed)
}
