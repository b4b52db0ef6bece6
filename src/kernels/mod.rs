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
pub mod logadd;
pub mod max_pooling;
pub mod normalisation;
pub mod rbf;
mod real;
pub mod rectifier;
pub mod squashing;
pub mod subsampling;
pub mod update;

pub use real::Real;

/// Compiles the expression once for each instruction set and runs the best version for this machine; in double precision,
/// which checks the other, only once, for the instructions that every machine of its kind has.
///
/// Every function that it calls must be `#[inline(always)]`: a call that is not inlined falls back to the baseline
/// instructions.
#[cfg(target_arch = "x86_64")]
macro_rules! dispatched {
    ($real:ty, $simd:ident => $work:expr) => {
        // A constant: only one of the branches is compiled.
        if <$real as $crate::kernels::Real>::CHECKS {
            let $simd = fearless_simd::Level::baseline().as_sse2().expect("every x86-64 has SSE2");
            $work
        } else {
            fearless_simd::dispatch!(fearless_simd::Level::new(), $simd => $work)
        }
    };
}
/// The same where the instruction sets are few: in both precisions.
///
/// Every function that it calls must be `#[inline(always)]`.
#[cfg(not(target_arch = "x86_64"))]
macro_rules! dispatched {
    ($real:ty, $simd:ident => $work:expr) => {
        fearless_simd::dispatch!(fearless_simd::Level::new(), $simd => $work)
    };
}
pub(crate) use dispatched;

/// Compiles functions of `R` here, for both precisions, as the methods of a trait of which [`Real`] is a subtrait. A generic
/// function would be compiled again by each crate that uses it, with that crate's optimisation: for the largest kernels that
/// took a quarter of the tests' time to compile, and an unoptimised program would be slow.
macro_rules! compiled_once {
    ($kernels:ident: $(fn $name:ident($($argument:ident: $type:ty),* $(,)?) = $work:expr;)*) => {
        #[doc(hidden)]
        pub trait $kernels<R> {
            $(#[doc(hidden)] fn $name($($argument: $type),*);)*
        }
        $crate::kernels::compiled_once!(f32, $kernels: $(fn $name($($argument: $type),*) = $work;)*);
        $crate::kernels::compiled_once!(f64, $kernels: $(fn $name($($argument: $type),*) = $work;)*);
    };
    ($real:ident, $kernels:ident: $(fn $name:ident($($argument:ident: $type:ty),*) = $work:expr;)*) => {
        const _: () = {
            type R = $real;
            impl $kernels<R> for R {
                $(fn $name($($argument: $type),*) {
                    $work
                })*
            }
        };
    };
}
pub(crate) use compiled_once;

/// The number itself in a first-order pass, its square in a second-order pass: equations 25 and 27 are equation 4 with
/// weights, states and slopes squared.
#[inline(always)]
fn power<R: Real, const SQUARED: bool>(value: R) -> R {
    if SQUARED { value * value } else { value }
}
