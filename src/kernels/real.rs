//! The two precisions, single and double.

use super::lanes::Vectorised;
use super::{convolution, full_connection};
use ndarray::NdFloat;
use num_traits::FromPrimitive;
use rand::distr::uniform::SampleUniform;

/// The numbers of a network: `f32` for training, `f64` for checks by finite differences.
pub trait Real:
    NdFloat
    + FromPrimitive
    + From<u8>
    + SampleUniform
    + Default
    + std::iter::Sum
    + Vectorised
    + full_connection::Compiled<Self>
    + convolution::Compiled<Self>
{
    /// The nearest number of this precision.
    fn of(value: f64) -> Self;

    /// Whether this is the precision of checks, for which one instruction set is enough.
    #[doc(hidden)]
    const CHECKS: bool;

    /// The hyperbolic tangent: to the last bits in `f64`, to 4e-7 in `f32` (deviation 13).
    fn fast_tanh(self) -> Self;
}

impl Real for f32 {
    const CHECKS: bool = false;

    #[inline(always)]
    fn of(value: f64) -> Self {
        value as f32
    }

    #[inline(always)]
    fn fast_tanh(self) -> Self {
        rational_tanh(self)
    }
}

impl Real for f64 {
    const CHECKS: bool = true;

    #[inline(always)]
    fn of(value: f64) -> Self {
        value
    }

    #[inline(always)]
    fn fast_tanh(self) -> Self {
        self.tanh()
    }
}

/// `tanh` as a quotient of two polynomials of `x`, which vectorises and has the same bits on every machine.
///
/// The coefficients minimise the largest relative error on (0, 8]. Beyond 8, where `tanh` is within 2.3e-7 of 1, the value
/// at 8 is used. `tests/all/kernels` measures the whole error, rounding included: 3.5e-7 at most.
#[inline(always)]
fn rational_tanh(x: f32) -> f32 {
    let x = x.clamp(-8.0, 8.0);
    let s = x * x;
    let above = (((1.526_876_4e-8 * s + 2.191_982_5e-5) * s + 3.573_052_4e-3) * s + 0.134_457_04) * s + 1.0;
    let below = (((8.537_324e-7 * s + 3.413_717_8e-4) * s + 2.616_991_7e-2) * s + 0.467_790_3) * s + 1.0;
    x * above / below
}
