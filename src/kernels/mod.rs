//! The hot loops, from plain slices to plain slices. No other part of the crate gives up clarity for speed.
//!
//! Each kernel is an ordinary loop over lanes (the numbers of a vector register), which the compiler turns into vector
//! instructions. LeNet-5's sizes are constants; a plain loop handles all others. The instruction set is chosen at run time
//! (`dispatched!`). Every one gives the same bits, because additions keep the order that is written here and no
//! multiplication is fused with an addition. `tests/all/kernels.rs` compares each kernel with the sum of its equation, on
//! LeNet-5's sizes and on odd ones. `cargo bench` times it, and `docs/performance.md` reports the experiments.
//!
//! Slices are row-major arrays; the doc comments give their shapes.

#![doc = mathdoc::page!()]

pub mod adam;
pub mod convolution;
pub mod distortion;
pub mod full_connection;
mod lanes;
pub mod max_pooling;
pub mod normalisation;
pub mod rbf;
mod real;
pub mod rectifier;
pub mod squashing;
pub mod subsampling;
pub mod update;

pub use real::Real;

/// Compiles the expression once for each instruction set and runs the best version for this machine.
///
/// Every function that it calls must be `#[inline(always)]`: a call that is not inlined falls back to the baseline
/// instructions.
macro_rules! dispatched {
    ($simd:ident => $work:expr) => {
        fearless_simd::dispatch!(fearless_simd::Level::new(), $simd => $work)
    };
}
pub(crate) use dispatched;

/// The number itself in a first-order pass, its square in a second-order pass: equations 25 and 27 are equation 4 with
/// weights, states and slopes squared.
#[inline(always)]
fn power<R: Real, const SQUARED: bool>(value: R) -> R {
    if SQUARED { value * value } else { value }
}
