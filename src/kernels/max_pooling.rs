//! The largest of each 2 x 2 window, one map after the other; windows do not overlap
//! ([`today::max_pooling`](crate::today::max_pooling)).
//!
//! `columns` is the width of an output map; input maps are twice as wide and twice as high. S2's and S4's widths are
//! constants for the compiler: there the upper lines of all windows are copied one after the other, and so are the lower
//! ones, so that a set of lanes need not end with a line. Lines that fill the lanes are processed directly.

use super::lanes::{LANES, all, blocks, lanes_of, load, width};
use super::{Real, dispatched};
use fearless_simd::prelude::*;

/// The number of windows that are processed at once: one map of S2, eight of S4.
const WINDOWS: usize = 200;

/// The upper or the lower lines of [`WINDOWS`] windows, with room for the last lanes.
type Lines<R> = [R; 2 * (WINDOWS + LANES)];

/// `y = max` of the four inputs.
pub fn fprop<R: Real>(columns: usize, x: &[R], y: &mut [R]) {
    dispatched!(R, simd => match columns {
        14 => fprop_inlined::<_, R, 14>(simd, x, y),
        5 => fprop_inlined::<_, R, 5>(simd, x, y),
        _ if columns >= lanes_of::<_, R>(simd) => fprop_lines(simd, columns, x, y),
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
            largest(simd, &upper[2 * at..], &lower[2 * at..]).store_slice(&mut flat[at..at + width]);
        }
        y.copy_from_slice(&flat[..y.len()]);
    }
}

#[inline(always)]
fn fprop_lines<S: Simd, R: Real>(simd: S, columns: usize, x: &[R], y: &mut [R]) {
    for (y, x) in y.chunks_exact_mut(columns).zip(x.chunks_exact(4 * columns)) {
        for at in blocks::<_, R>(simd, columns) {
            let largest = largest(simd, &x[2 * at..], &x[2 * (columns + at)..]);
            largest.store_slice(&mut y[at..][..width::<S, R>()]);
        }
    }
}

/// The largest of each window of two lines.
#[inline(always)]
fn largest<S: Simd, R: Real>(simd: S, upper: &[R], lower: &[R]) -> R::Lanes<S> {
    let width = width::<S, R>();
    let (_, left) = later(load(simd, upper), load(simd, lower));
    let (_, right) = later(load(simd, &upper[width..]), load(simd, &lower[width..]));
    later(left.unzip_low(right), left.unzip_high(right)).1
}

/// Writes `dy` to the largest of the four inputs, the first one if several are equal, and 0 to the others. The largest is
/// found again in `x`.
pub fn bprop<R: Real>(columns: usize, x: &[R], dy: &[R], dx: &mut [R]) {
    dispatched!(R, simd => match columns {
        14 => bprop_inlined::<_, R, 14>(simd, x, dy, dx),
        5 => bprop_inlined::<_, R, 5>(simd, x, dy, dx),
        _ if columns >= lanes_of::<_, R>(simd) => bprop_lines(simd, columns, x, dy, dx),
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
    let mut flat = [R::zero(); WINDOWS + LANES];
    let chunks = x.chunks(4 * windows).zip(dx.chunks_mut(4 * windows));
    for (dy, (x, dx)) in dy.chunks(windows).zip(chunks) {
        flat[..dy.len()].copy_from_slice(dy);
        take_apart::<R, COLUMNS>(x, &mut upper, &mut lower);
        for at in (0..dy.len()).step_by(width) {
            let dy = load(simd, &flat[at..]);
            let [above, below] = given(simd, &upper[2 * at..], &lower[2 * at..], dy);
            put::<S, R>(above, &mut upper[2 * at..]);
            put::<S, R>(below, &mut lower[2 * at..]);
        }
        put_together::<R, COLUMNS>(&upper, &lower, dx);
    }
}

/// Whether `b` is larger than `a`, and the larger one, lane by lane.
#[inline(always)]
fn later<S: Simd, V: SimdFloat<S>>(a: V, b: V) -> (V::Mask, V) {
    let later = b.simd_gt(a);
    (later, later.select(b, a))
}

#[inline(always)]
fn bprop_lines<S: Simd, R: Real>(simd: S, columns: usize, x: &[R], dy: &[R], dx: &mut [R]) {
    let pairs = x.chunks_exact(4 * columns).zip(dx.chunks_exact_mut(4 * columns));
    for (dy, (x, dx)) in dy.chunks_exact(columns).zip(pairs) {
        for at in blocks::<_, R>(simd, columns) {
            let (upper, lower) = (2 * at, 2 * (columns + at));
            let [above, below] = given(simd, &x[upper..], &x[lower..], load(simd, &dy[at..]));
            put::<S, R>(above, &mut dx[upper..]);
            put::<S, R>(below, &mut dx[lower..]);
        }
    }
}

/// The derivatives of the inputs of two lines of windows: for the upper and the lower line, those of the left and of the
/// right inputs.
#[inline(always)]
fn given<S: Simd, R: Real>(simd: S, upper: &[R], lower: &[R], dy: R::Lanes<S>) -> [[R::Lanes<S>; 2]; 2] {
    let (width, nothing) = (width::<S, R>(), all(simd, R::zero()));
    let (even, odd) = (load(simd, upper), load(simd, &upper[width..]));
    let (right, above) = later(even.unzip_low(odd), even.unzip_high(odd));
    let (even, odd) = (load(simd, lower), load(simd, &lower[width..]));
    let (right_below, below) = later(even.unzip_low(odd), even.unzip_high(odd));
    let (down, _) = later(above, below);
    let (above, below) = (down.select(nothing, dy), down.select(dy, nothing));
    [
        [right.select(nothing, above), right.select(above, nothing)],
        [right_below.select(nothing, below), right_below.select(below, nothing)],
    ]
}

/// Writes left and right inputs alternately.
#[inline(always)]
fn put<S: Simd, R: Real>([left, right]: [R::Lanes<S>; 2], line: &mut [R]) {
    let width = width::<S, R>();
    left.zip_low(right).store_slice(&mut line[..width]);
    left.zip_high(right).store_slice(&mut line[width..2 * width]);
}

/// The place of the largest number, or the first of several, in window `j` of two lines of `x`.
#[inline(always)]
fn place_of_largest<R: Real>(columns: usize, j: usize, x: &[R]) -> usize {
    let later = |a: usize, b: usize| if x[b] > x[a] { b } else { a };
    let (left, below) = (2 * j, 2 * columns + 2 * j);
    later(later(left, left + 1), later(below, below + 1))
}

/// Copies the upper lines of all windows one after the other, and the lower ones likewise.
#[inline(always)]
fn take_apart<R: Real, const COLUMNS: usize>(x: &[R], upper: &mut Lines<R>, lower: &mut Lines<R>) {
    let lines = upper.chunks_exact_mut(2 * COLUMNS).zip(lower.chunks_exact_mut(2 * COLUMNS));
    for (x, (upper, lower)) in x.chunks_exact(4 * COLUMNS).zip(lines) {
        upper.copy_from_slice(&x[..2 * COLUMNS]);
        lower.copy_from_slice(&x[2 * COLUMNS..]);
    }
}

/// The reverse of [`take_apart`].
#[inline(always)]
fn put_together<R: Real, const COLUMNS: usize>(upper: &Lines<R>, lower: &Lines<R>, dx: &mut [R]) {
    let lines = upper.chunks_exact(2 * COLUMNS).zip(lower.chunks_exact(2 * COLUMNS));
    for (dx, (upper, lower)) in dx.chunks_exact_mut(4 * COLUMNS).zip(lines) {
        dx[..2 * COLUMNS].copy_from_slice(upper);
        dx[2 * COLUMNS..].copy_from_slice(lower);
    }
}
