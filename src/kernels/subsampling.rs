//! 2 x 2 windows that do not overlap, one map at a time.
//!
//! `columns` is the width of the output map; the input map is twice as wide and twice as high.

use super::lanes::{dot, sum};
use super::{Real, dispatched, power};
use fearless_simd::prelude::*;

/// `y = coefficient * (sum of the four inputs) + bias`.
pub fn fprop<R: Real>(columns: usize, coefficient: R, bias: R, x: &[R], y: &mut [R]) {
    dispatched!(_simd => fprop_inlined(columns, coefficient, bias, x, y))
}

#[inline(always)]
fn fprop_inlined<R: Real>(columns: usize, coefficient: R, bias: R, x: &[R], y: &mut [R]) {
    for (y, x) in y.chunks_exact_mut(columns).zip(x.chunks_exact(4 * columns)) {
        let (upper, lower) = x.split_at(2 * columns);
        for ((y, above), below) in y.iter_mut().zip(upper.chunks_exact(2)).zip(lower.chunks_exact(2)) {
            *y = coefficient * four(above, below) + bias;
        }
    }
}

/// The sums over the map of `dy * (sum of the four inputs)`, that sum squared if `SQUARED`, and of `dy`: what the
/// coefficient and the bias get back.
pub fn bprop_coefficient<R: Real, const SQUARED: bool>(columns: usize, x: &[R], dy: &[R]) -> (R, R) {
    dispatched!(simd => bprop_coefficient_inlined::<_, R, SQUARED>(simd, columns, x, dy))
}

#[inline(always)]
fn bprop_coefficient_inlined<S: Simd, R: Real, const SQUARED: bool>(
    simd: S,
    columns: usize,
    x: &[R],
    dy: &[R],
) -> (R, R) {
    /// Lines of a map are summed in stretches of at most so many numbers.
    const STRETCH: usize = 256;
    let (mut dk, mut sums) = (R::zero(), [R::zero(); STRETCH]);
    let rows = (STRETCH / columns).max(1);
    for (dy, x) in dy.chunks(rows * columns).zip(x.chunks(4 * rows * columns)) {
        if let Some(sums) = sums.get_mut(..dy.len()) {
            fprop_inlined(columns, R::one(), R::zero(), x, sums);
            dk += dot::<S, R, SQUARED>(simd, dy, sums);
        } else {
            dk += bprop_line::<R, SQUARED>(x, dy);
        }
    }
    (dk, sum(simd, dy))
}

/// The same for a line that is longer than a stretch.
#[inline(always)]
fn bprop_line<R: Real, const SQUARED: bool>(x: &[R], dy: &[R]) -> R {
    let (upper, lower) = x.split_at(x.len() / 2);
    let sums = upper.chunks_exact(2).zip(lower.chunks_exact(2)).map(|(above, below)| four(above, below));
    dy.iter().zip(sums).map(|(&dy, sum)| dy * power::<R, SQUARED>(sum)).sum()
}

/// Gives all four inputs the number `coefficient * dy`, the coefficient squared if `SQUARED`.
pub fn bprop_states<R: Real, const SQUARED: bool>(columns: usize, coefficient: R, dy: &[R], dx: &mut [R]) {
    dispatched!(_simd => bprop_states_inlined(columns, power::<R, SQUARED>(coefficient), dy, dx))
}

#[inline(always)]
fn bprop_states_inlined<R: Real>(columns: usize, coefficient: R, dy: &[R], dx: &mut [R]) {
    for (dy, dx) in dy.chunks_exact(columns).zip(dx.chunks_exact_mut(4 * columns)) {
        let (upper, lower) = dx.split_at_mut(2 * columns);
        for ((&dy, above), below) in dy.iter().zip(upper.chunks_exact_mut(2)).zip(lower.chunks_exact_mut(2)) {
            above.fill(coefficient * dy);
            below.fill(coefficient * dy);
        }
    }
}

#[inline(always)]
fn four<R: Real>(above: &[R], below: &[R]) -> R {
    (above[0] + above[1]) + (below[0] + below[1])
}
