//! The largest of each 2 x 2 window, one map after the other; windows do not overlap
//! ([`today::max_pooling`](crate::today::max_pooling)).
//!
//! `columns` is the width of an output map; input maps are twice as wide and twice as high. S2's and S4's widths are
//! constants for the compiler: there the upper lines of all windows are put one behind the other, and the lower ones, so
//! that lanes need not end with a line.

use super::lanes::{LANES, all, load, width};
use super::{Real, dispatched};
use fearless_simd::prelude::*;

/// Windows that are worked on at once: one map of S2, eight of S4.
const WINDOWS: usize = 200;

/// Upper or lower lines of so many windows, and more than the last lanes need.
type Lines<R> = [R; 2 * (WINDOWS + LANES)];

/// `y = max` of the four inputs.
pub fn fprop<R: Real>(columns: usize, x: &[R], y: &mut [R]) {
    dispatched!(simd => match columns {
        14 => fprop_inlined::<_, R, 14>(simd, x, y),
        5 => fprop_inlined::<_, R, 5>(simd, x, y),
        _ => fprop_plain(columns, x, y),
    })
}

#[inline(always)]
fn fprop_plain<R: Real>(columns: usize, x: &[R], y: &mut [R]) {
    for (y, x) in y.chunks_exact_mut(columns).zip(x.chunks_exact(4 * columns)) {
        for (j, y) in y.iter_mut().enumerate() {
            *y = x[place_of_largest(columns, j, x)];
        }
    }
}

#[inline(always)]
fn fprop_inlined<S: Simd, R: Real, const COLUMNS: usize>(simd: S, x: &[R], y: &mut [R]) {
    let (width, windows) = (width::<S, R>(), WINDOWS / COLUMNS * COLUMNS);
    let [mut upper, mut lower] = [[R::zero(); 2 * (WINDOWS + LANES)]; 2];
    let mut flat = [R::zero(); WINDOWS + LANES];
    for (y, x) in y.chunks_mut(windows).zip(x.chunks(4 * windows)) {
        take_apart::<R, COLUMNS>(x, &mut upper, &mut lower);
        for at in (0..y.len()).step_by(width) {
            let (low, high) = (2 * at, 2 * at + width);
            let (_, left) = later(load(simd, &upper[low..]), load(simd, &lower[low..]));
            let (_, right) = later(load(simd, &upper[high..]), load(simd, &lower[high..]));
            let (_, largest) = later(left.unzip_low(right), left.unzip_high(right));
            largest.store_slice(&mut flat[at..at + width]);
        }
        y.copy_from_slice(&flat[..y.len()]);
    }
}

/// Gives `dy` to the largest of the four inputs, the first one if several are alike, and 0 to the others. Which it was is
/// found in `x` once more.
pub fn bprop<R: Real>(columns: usize, x: &[R], dy: &[R], dx: &mut [R]) {
    dispatched!(simd => match columns {
        14 => bprop_inlined::<_, R, 14>(simd, x, dy, dx),
        5 => bprop_inlined::<_, R, 5>(simd, x, dy, dx),
        _ => bprop_plain(columns, x, dy, dx),
    })
}

#[inline(always)]
fn bprop_plain<R: Real>(columns: usize, x: &[R], dy: &[R], dx: &mut [R]) {
    dx.fill(R::zero());
    let lines = x.chunks_exact(4 * columns).zip(dx.chunks_exact_mut(4 * columns));
    for (dy, (x, dx)) in dy.chunks_exact(columns).zip(lines) {
        for (j, &dy) in dy.iter().enumerate() {
            dx[place_of_largest(columns, j, x)] = dy;
        }
    }
}

#[inline(always)]
fn bprop_inlined<S: Simd, R: Real, const COLUMNS: usize>(simd: S, x: &[R], dy: &[R], dx: &mut [R]) {
    let (width, windows) = (width::<S, R>(), WINDOWS / COLUMNS * COLUMNS);
    let [mut upper, mut lower] = [[R::zero(); 2 * (WINDOWS + LANES)]; 2];
    let (mut flat, nothing) = ([R::zero(); WINDOWS + LANES], all(simd, R::zero()));
    let chunks = x.chunks(4 * windows).zip(dx.chunks_mut(4 * windows));
    for (dy, (x, dx)) in dy.chunks(windows).zip(chunks) {
        flat[..dy.len()].copy_from_slice(dy);
        take_apart::<R, COLUMNS>(x, &mut upper, &mut lower);
        for at in (0..dy.len()).step_by(width) {
            let (low, high) = (2 * at, 2 * at + width);
            let (even, odd) = (load(simd, &upper[low..]), load(simd, &upper[high..]));
            let (right, above) = later(even.unzip_low(odd), even.unzip_high(odd));
            let (even, odd) = (load(simd, &lower[low..]), load(simd, &lower[high..]));
            let (right_below, below) = later(even.unzip_low(odd), even.unzip_high(odd));
            let (down, _) = later(above, below);
            let dy = load(simd, &flat[at..]);
            put::<S, R>(simd, right, down.select(nothing, dy), &mut upper[low..high + width]);
            put::<S, R>(simd, right_below, down.select(dy, nothing), &mut lower[low..high + width]);
        }
        put_together::<R, COLUMNS>(&upper, &lower, dx);
    }
}

/// Where `b` is larger than `a`, and the larger one.
#[inline(always)]
fn later<S: Simd, V: SimdFloat<S>>(a: V, b: V) -> (V::Mask, V) {
    let later = b.simd_gt(a);
    (later, later.select(b, a))
}

/// Gives each number of `dy` to the left or the right one of two, and 0 to the other.
#[inline(always)]
fn put<S: Simd, R: Real>(
    simd: S,
    right: <R::Lanes<S> as SimdBase<S>>::Mask,
    dy: R::Lanes<S>,
    line: &mut [R],
) {
    let (width, nothing) = (width::<S, R>(), all(simd, R::zero()));
    let (left, right) = (right.select(nothing, dy), right.select(dy, nothing));
    left.zip_low(right).store_slice(&mut line[..width]);
    left.zip_high(right).store_slice(&mut line[width..]);
}

/// Window `j` of two lines of `x`: where its largest number stands, or the first of them.
#[inline(always)]
fn place_of_largest<R: Real>(columns: usize, j: usize, x: &[R]) -> usize {
    let later = |a: usize, b: usize| if x[b] > x[a] { b } else { a };
    let (left, below) = (2 * j, 2 * columns + 2 * j);
    later(later(left, left + 1), later(below, below + 1))
}

/// The upper lines of all windows one behind the other, and the lower ones.
#[inline(always)]
fn take_apart<R: Real, const COLUMNS: usize>(x: &[R], upper: &mut Lines<R>, lower: &mut Lines<R>) {
    let lines = upper.chunks_exact_mut(2 * COLUMNS).zip(lower.chunks_exact_mut(2 * COLUMNS));
    for (x, (upper, lower)) in x.chunks_exact(4 * COLUMNS).zip(lines) {
        upper.copy_from_slice(&x[..2 * COLUMNS]);
        lower.copy_from_slice(&x[2 * COLUMNS..]);
    }
}

/// The reverse.
#[inline(always)]
fn put_together<R: Real, const COLUMNS: usize>(upper: &Lines<R>, lower: &Lines<R>, dx: &mut [R]) {
    let lines = upper.chunks_exact(2 * COLUMNS).zip(lower.chunks_exact(2 * COLUMNS));
    for (dx, (upper, lower)) in dx.chunks_exact_mut(4 * COLUMNS).zip(lines) {
        dx[..2 * COLUMNS].copy_from_slice(upper);
        dx[2 * COLUMNS..].copy_from_slice(lower);
    }
}
