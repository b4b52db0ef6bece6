//! `A tanh(S a)` over a slice.

use super::{Real, dispatched};

/// Replaces each weighted sum `a` by `amplitude * tanh(slope * a)`.
pub fn fprop<R: Real>(amplitude: R, slope: R, values: &mut [R]) {
    dispatched!(R, _simd => fprop_inlined(amplitude, slope, values))
}

#[inline(always)]
fn fprop_inlined<R: Real>(amplitude: R, slope: R, values: &mut [R]) {
    for value in values {
        *value = amplitude * R::fast_tanh(slope * *value);
    }
}

/// Multiplies each of `values` by `f'`, or by `f'` squared, computed from the state `y = f(a)`:
/// `f'(a) = S (A - y^2 / A)`.
pub fn slope<R: Real, const SQUARED: bool>(amplitude: R, slope: R, states: &[R], values: &mut [R]) {
    dispatched!(R, _simd => slope_inlined::<R, SQUARED>(amplitude, slope, states, values))
}

#[inline(always)]
fn slope_inlined<R: Real, const SQUARED: bool>(amplitude: R, slope: R, states: &[R], values: &mut [R]) {
    let (at_rest, bend) = (slope * amplitude, slope / amplitude);
    for (value, &y) in values.iter_mut().zip(states) {
        *value *= super::power::<R, SQUARED>(at_rest - bend * y * y);
    }
}
