//! One code, two precisions.

use super::lanes::Vectorised;
use ndarray::NdFloat;
use num_traits::FromPrimitive;
use rand::distr::uniform::SampleUniform;

/// The numbers a network is made of: `f32` trains, `f64` is what finite differences check.
pub trait Real:
    NdFloat + FromPrimitive + From<u8> + SampleUniform + Default + std::iter::Sum + Vectorised
{
    /// The nearest number of this precision.
    fn of(value: f64) -> Self;

    /// The hyperbolic tangent: to the last bits in `f64`, to 4e-7 in `f32` (deviation 13).
    fn fast_tanh(self) -> Self;
}

impl Real for f32 {
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
/// The coefficients minimise the largest relative error on (0, 8]; beyond 8, where `tanh` is within 2.3e-7 of 1, it
/// stays where it is at 8. `tests/all/kernels` measures the whole error, rounding included: 3.5e-7 at most.
#[inline(always)]
fn rational_tanh(x: f32) -> f32 {
    let x = x.clamp(-8.0, 8.0);
    let s = x * x;
    let above = (((1.526_876_4e-8 * s + 2.191_982_5e-5) * s + 3.573_052_4e-3) * s + 0.134_457_04) * s + 1.0;
    let below = (((8.537_324e-7 * s + 3.413_717_8e-4) * s + 2.616_991_7e-2) * s + 0.467_790_3) * s + 1.0;
    x * above / below
}
