//! The largest of each 2 x 2 window, one map after the other; windows do not overlap
//! ([`today::max_pooling`](crate::today::max_pooling)).
//!
//! `columns` is the width of an output map; input maps are twice as wide and twice as high.

use super::{Real, dispatched};

/// `y = max` of the four inputs.
pub fn fprop<R: Real>(columns: usize, x: &[R], y: &mut [R]) {
    dispatched!(_simd => match columns {
        14 => fprop_inlined(14, x, y),
        5 => fprop_inlined(5, x, y),
        _ => fprop_inlined(columns, x, y),
    })
}

#[inline(always)]
fn fprop_inlined<R: Real>(columns: usize, x: &[R], y: &mut [R]) {
    for (y, x) in y.chunks_exact_mut(columns).zip(x.chunks_exact(4 * columns)) {
        let (upper, lower) = x.split_at(2 * columns);
        for j in 0..columns {
            y[j] = largest([upper[2 * j], upper[2 * j + 1], lower[2 * j], lower[2 * j + 1]]);
        }
    }
}

/// Gives `dy` to the largest of the four inputs, the first one if several are alike, and 0 to the others. Which it was is
/// found in `x` once more.
pub fn bprop<R: Real>(columns: usize, x: &[R], dy: &[R], dx: &mut [R]) {
    dispatched!(_simd => match columns {
        14 => bprop_inlined(14, x, dy, dx),
        5 => bprop_inlined(5, x, dy, dx),
        _ => bprop_inlined(columns, x, dy, dx),
    })
}

#[inline(always)]
fn bprop_inlined<R: Real>(columns: usize, x: &[R], dy: &[R], dx: &mut [R]) {
    dx.fill(R::zero());
    let lines = x.chunks_exact(4 * columns).zip(dx.chunks_exact_mut(4 * columns));
    for (dy, (x, dx)) in dy.chunks_exact(columns).zip(lines) {
        for (j, &dy) in dy.iter().enumerate() {
            let place = |at: usize| (x[at], at);
            let later = |a: (R, usize), b: (R, usize)| if b.0 > a.0 { b } else { a };
            let (left, below) = (2 * j, 2 * columns + 2 * j);
            let upper = later(place(left), place(left + 1));
            let (_, at) = later(upper, later(place(below), place(below + 1)));
            dx[at] = dy;
        }
    }
}

#[inline(always)]
fn largest<R: Real>([a, b, c, d]: [R; 4]) -> R {
    let larger = |a: R, b: R| if b > a { b } else { a };
    larger(larger(a, b), larger(c, d))
}
