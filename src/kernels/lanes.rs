//! Several numbers at a time: 16 `f32` or 8 `f64`, on every machine, in registers of whatever size it has.

use super::{Real, power};
use fearless_simd::prelude::*;

/// How many numbers are worked on side by side.
#[inline(always)]
pub(super) const fn width<S: Simd, R: Real>() -> usize {
    <R::Lanes<S> as SimdBase<S>>::LEN
}

/// The same number in every lane.
#[inline(always)]
pub(super) fn all<S: Simd, R: Real>(simd: S, value: R) -> R::Lanes<S> {
    R::Lanes::<S>::splat(simd, value)
}

/// The numbers at the start of a slice.
#[inline(always)]
pub(super) fn load<S: Simd, R: Real>(simd: S, values: &[R]) -> R::Lanes<S> {
    R::Lanes::<S>::from_slice(simd, &values[..width::<S, R>()])
}

/// The numbers at the start of a slice as they are, or squared.
#[inline(always)]
pub(super) fn load_power<S: Simd, R: Real, const SQUARED: bool>(simd: S, values: &[R]) -> R::Lanes<S> {
    let values = load(simd, values);
    if SQUARED { values * values } else { values }
}

/// `sums += factor * values`, to the first or second power of the values, over whole slices.
#[inline(always)]
pub(super) fn add_scaled<S: Simd, R: Real, const SQUARED: bool>(
    simd: S,
    sums: &mut [R],
    factor: R,
    values: &[R],
) {
    let width = width::<S, R>();
    let factors = all(simd, factor);
    let (mut lines, blocks) = (sums.chunks_exact_mut(width), values.chunks_exact(width));
    let rest = blocks.remainder();
    for (line, block) in lines.by_ref().zip(blocks) {
        (load(simd, line) + factors * load_power::<S, R, SQUARED>(simd, block)).store_slice(line);
    }
    for (sum, &value) in lines.into_remainder().iter_mut().zip(rest) {
        *sum += factor * power::<R, SQUARED>(value);
    }
}

/// The sum of a slice, lane by lane.
#[inline(always)]
pub(super) fn sum<S: Simd, R: Real>(simd: S, values: &[R]) -> R {
    let blocks = values.chunks_exact(width::<S, R>());
    let rest: R = blocks.remainder().iter().copied().sum();
    let mut sums = all(simd, R::zero());
    for block in blocks {
        sums += load(simd, block);
    }
    R::total(sums) + rest
}

/// The sum of `a * b` over two slices, of `a * b * b` if `SQUARED`, lane by lane; two sets of lanes, so that one addition
/// need not wait for the last.
#[inline(always)]
pub(super) fn dot<S: Simd, R: Real, const SQUARED: bool>(simd: S, a: &[R], b: &[R]) -> R {
    let width = width::<S, R>();
    let (mut even, mut odd) = (all(simd, R::zero()), all(simd, R::zero()));
    let (pairs_a, pairs_b) = (a.chunks_exact(2 * width), b.chunks_exact(2 * width));
    let (rest_a, rest_b) = (pairs_a.remainder(), pairs_b.remainder());
    for (a, b) in pairs_a.zip(pairs_b) {
        even += load(simd, a) * load_power::<S, R, SQUARED>(simd, b);
        odd += load(simd, &a[width..]) * load_power::<S, R, SQUARED>(simd, &b[width..]);
    }
    let rest: R = rest_a.iter().zip(rest_b).map(|(&a, &b)| a * power::<R, SQUARED>(b)).sum();
    R::total(even + odd) + rest
}
