//! One code, two precisions.

use fearless_simd::{SimdFloatElement, f32x16, f64x8, prelude::*};
use ndarray::NdFloat;
use num_traits::FromPrimitive;
use rand::distr::uniform::SampleUniform;

/// The numbers a network is made of: `f32` trains, `f64` is what finite differences check.
pub trait Real:
    NdFloat + FromPrimitive + From<u8> + SampleUniform + Default + std::iter::Sum + SimdFloatElement
{
    /// Several of these numbers, worked on side by side.
    type Lanes<S: Simd>: SimdFloat<S, Element = Self>;

    /// The nearest number of this precision.
    fn of(value: f64) -> Self;

    /// The hyperbolic tangent: to the last bits in `f64`, to 4e-7 in `f32` (deviation 13).
    fn fast_tanh(self) -> Self;

    /// The sum of all lanes, folded in half again and again.
    fn total<S: Simd>(lanes: Self::Lanes<S>) -> Self;
}

impl Real for f32 {
    type Lanes<S: Simd> = f32x16<S>;

    #[inline(always)]
    fn of(value: f64) -> Self {
        value as f32
    }

    #[inline(always)]
    fn fast_tanh(self) -> Self {
        rational_tanh(self)
    }

    #[inline(always)]
    fn total<S: Simd>(lanes: Self::Lanes<S>) -> Self {
        let (low, high) = lanes.split();
        let (low, high) = (low + high).split();
        let four = low + high;
        (four[0] + four[2]) + (four[1] + four[3])
    }
}

impl Real for f64 {
    type Lanes<S: Simd> = f64x8<S>;

    #[inline(always)]
    fn of(value: f64) -> Self {
        value
    }

    #[inline(always)]
    fn fast_tanh(self) -> Self {
        self.tanh()
    }

    #[inline(always)]
    fn total<S: Simd>(lanes: Self::Lanes<S>) -> Self {
        let (low, high) = lanes.split();
        let four = low + high;
        (four[0] + four[2]) + (four[1] + four[3])
    }
}

/// `tanh` as a quotient of two polynomials of `x`, which vectorises and has the same bits on every machine.
///
/// The coefficients minimise the largest relative error on (0, 8]; beyond 8, where `tanh` is within 2.3e-7 of 1, it
/// stays where it is at 8. `tests/kernels` measures the whole error, rounding included: 3.5e-7 at most.
#[inline(always)]
fn rational_tanh(x: f32) -> f32 {
    let x = x.clamp(-8.0, 8.0);
    let s = x * x;
    let above = (((1.526_876_4e-8 * s + 2.191_982_5e-5) * s + 3.573_052_4e-3) * s + 0.134_457_04) * s + 1.0;
    let below = (((8.537_324e-7 * s + 3.413_717_8e-4) * s + 2.616_991_7e-2) * s + 0.467_790_3) * s + 1.0;
    x * above / below
}
