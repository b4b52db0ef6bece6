//! The hot loops: plain slices in, plain slices out. Nothing else in the crate is allowed to be clever.
//!
//! Each kernel is an ordinary loop over lanes that the compiler turns into vector instructions; where a size is one of
//! LeNet-5's it is a constant, and a plain loop takes all others. The instruction set is chosen at run time
//! (`dispatched!`): since additions keep the order that is written here and no multiplication is fused with an addition,
//! every one gives the same bits. `tests/all/kernels.rs` compares each kernel with the sum that its equation prints, on
//! LeNet-5's sizes and on odd ones; `cargo bench` times it; `docs/performance.md` tells what was tried.
//!
//! Slices are row-major arrays; their shapes stand in the doc comments.

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

/// Compiles the expression once per instruction set and runs the best one this machine has.
///
/// Everything that is called inside must be `#[inline(always)]`: a call that is not inlined falls back to the
/// baseline instructions.
macro_rules! dispatched {
    ($simd:ident => $work:expr) => {
        fearless_simd::dispatch!(fearless_simd::Level::new(), $simd => $work)
    };
}
pub(crate) use dispatched;

/// What a kernel does to the numbers it meets: a first-order pass takes them as they are, a second-order pass
/// squares them (equations 25 and 27 are equation 4 with weights, states and slopes squared).
#[inline(always)]
fn power<R: Real, const SQUARED: bool>(value: R) -> R {
    if SQUARED { value * value } else { value }
}
