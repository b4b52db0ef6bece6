//! `max(0, a)` over a slice: the loops of [`today::relu`](crate::today::relu).

use super::{Real, dispatched};

/// Replaces each weighted sum below 0 by 0. NaN stays NaN.
pub fn fprop<R: Real>(values: &mut [R]) {
    dispatched!(R, _simd => fprop_inlined(values))
}

#[inline(always)]
fn fprop_inlined<R: Real>(values: &mut [R]) {
    for value in values {
        *value = if *value < R::zero() { R::zero() } else { *value };
    }
}

/// Replaces each of `values`, the derivatives by the states, by 0 unless the state is above 0: `da = [y > 0] dy`.
pub fn slope<R: Real>(states: &[R], values: &mut [R]) {
    dispatched!(R, _simd => slope_inlined(states, values))
}

#[inline(always)]
fn slope_inlined<R: Real>(states: &[R], values: &mut [R]) {
    for (value, &y) in values.iter_mut().zip(states) {
        *value = if y > R::zero() { *value } else { R::zero() };
    }
}
