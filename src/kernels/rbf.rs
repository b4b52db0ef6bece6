//! Squared distances from one state to several codes, and their derivatives.
//!
//! `codes` is classes x inputs, row-major, with `w_ij` for class `i` and input `j`. `dy` has `dE/dy_i` for each class,
//! `shares` its share `p_i` of the competition, and `two` is `2 scale`. With several columns of states side by side, `x` is
//! inputs x columns, and `y` and `dy` are classes x columns.

use super::lanes::{LANES, all, blocks, lanes_of, load, width};
use super::{Real, dispatched};
use fearless_simd::prelude::*;
use std::array::from_fn;

/// `y_i = sum_j (x_j - w_ij)^2`.
pub fn fprop<R: Real>(codes: &[R], x: &[R], y: &mut [R]) {
    dispatched!(R, simd => fprop_inlined(simd, codes, x, y))
}

#[inline(always)]
fn fprop_inlined<S: Simd, R: Real>(simd: S, codes: &[R], x: &[R], y: &mut [R]) {
    let whole = x.len() - x.len() % width::<S, R>();
    for (code, y) in codes.chunks_exact(x.len()).zip(y) {
        let mut sums = all(simd, R::zero());
        for at in (0..whole).step_by(width::<S, R>()) {
            let difference = load(simd, &x[at..]) - load(simd, &code[at..]);
            sums += difference * difference;
        }
        let rest: R = x[whole..].iter().zip(&code[whole..]).map(|(&x, &w)| (x - w) * (x - w)).sum();
        *y = R::total(sums) + rest;
    }
}

/// [`fprop`] of every column.
pub fn fprop_columns<R: Real>(codes: &[R], columns: usize, x: &[R], y: &mut [R]) {
    dispatched!(R, simd => if columns >= lanes_of::<_, R>(simd) {
        fprop_lanes(simd, codes, columns, x, y)
    } else {
        y.fill(R::zero());
        for (code, y) in codes.chunks_exact(x.len() / columns).zip(y.chunks_exact_mut(columns)) {
            for (x, &w) in x.chunks_exact(columns).zip(code) {
                y.iter_mut().zip(x).for_each(|(y, &x)| *y += (x - w) * (x - w));
            }
        }
    })
}

/// [`fprop_columns`] for a set of lanes of columns and five classes at a time.
#[inline(always)]
fn fprop_lanes<S: Simd, R: Real>(simd: S, codes: &[R], columns: usize, x: &[R], y: &mut [R]) {
    const CLASSES: usize = 5;
    let inputs = x.len() / columns;
    for at in blocks::<_, R>(simd, columns) {
        for (codes, y) in codes.chunks(CLASSES * inputs).zip(y.chunks_mut(CLASSES * columns)) {
            let code = |i| codes.get(i * inputs..(i + 1) * inputs).unwrap_or(&codes[..inputs]);
            let (codes, mut sums): ([_; CLASSES], _) = (from_fn(code), [all(simd, R::zero()); CLASSES]);
            for (j, x) in x.chunks_exact(columns).enumerate() {
                let x = load(simd, &x[at..]);
                for i in 0..CLASSES {
                    let difference = x - all(simd, codes[i][j]);
                    sums[i] += difference * difference;
                }
            }
            for (y, sum) in y.chunks_exact_mut(columns).zip(sums) {
                sum.store_slice(&mut y[at..][..width::<S, R>()]);
            }
        }
    }
}

/// Writes `dx_j = sum_i two dy_i (x_j - w_ij)`.
pub fn bprop<R: Real>(codes: &[R], x: &[R], two: R, dy: &[R], dx: &mut [R]) {
    dx.fill(R::zero());
    dispatched!(R, _simd => for (code, &dy) in codes.chunks_exact(x.len()).zip(dy) {
        for ((dx, &x), &w) in dx.iter_mut().zip(x).zip(code) {
            *dx += two * dy * (x - w);
        }
    })
}

/// [`bprop`] of every column, with the same bits.
pub fn bprop_columns<R: Real>(codes: &[R], columns: usize, x: &[R], two: R, dy: &[R], dx: &mut [R]) {
    let inputs = x.len() / columns;
    dispatched!(R, simd => for (j, (x, dx)) in x.chunks_exact(columns).zip(dx.chunks_exact_mut(columns)).enumerate() {
        let classes = || codes[j..].iter().step_by(inputs).zip(dy.chunks_exact(columns));
        if columns >= lanes_of::<_, R>(simd) {
            for at in blocks::<_, R>(simd, columns) {
                let (x, mut sum) = (load(simd, &x[at..]), all(simd, R::zero()));
                for (&w, dy) in classes() {
                    sum += load(simd, &dy[at..]) * all(simd, two) * (x - all(simd, w));
                }
                sum.store_slice(&mut dx[at..at + lanes_of::<_, R>(simd)]);
            }
        } else {
            dx.fill(R::zero());
            for (&w, dy) in classes() {
                for ((dx, &x), &dy) in dx.iter_mut().zip(x).zip(dy) {
                    *dx += two * dy * (x - w);
                }
            }
        }
    })
}

/// `dw_ij -= two dy_i (x_j - w_ij)`.
pub fn bprop_codes<R: Real>(codes: &[R], x: &[R], two: R, dy: &[R], dcodes: &mut [R]) {
    let rows = codes.chunks_exact(x.len()).zip(dcodes.chunks_exact_mut(x.len()));
    dispatched!(R, _simd => for ((code, dcode), &dy) in rows.zip(dy) {
        for ((dw, &x), &w) in dcode.iter_mut().zip(x).zip(code) {
            *dw -= two * dy * (x - w);
        }
    })
}

/// Adds the competition's part of the second derivative by `x_j` (deviation 6). With `s_ij = two (x_j - w_ij)` it is the
/// variance of `s_ij` under the shares, minus `two` times the sum of the shares. A negative result becomes 0.
pub fn add_competition<R: Real>(codes: &[R], x: &[R], two: R, shares: &[R], ddx: &mut [R]) {
    dispatched!(R, _simd => for (n, (x_block, ddx)) in x.chunks(LANES).zip(ddx.chunks_mut(LANES)).enumerate() {
        let [mut means, mut squares] = [[R::zero(); LANES]; 2];
        for (code, &p) in codes.chunks_exact(x.len()).zip(shares) {
            let code = &code[n * LANES..];
            for (j, (ddx, (&x, &w))) in ddx.iter_mut().zip(x_block.iter().zip(code)).enumerate() {
                let slope = two * (x - w);
                *ddx -= two * p;
                means[j] += p * slope;
                squares[j] += p * slope * slope;
            }
        }
        for ((ddx, mean), square) in ddx.iter_mut().zip(means).zip(squares) {
            // The variance can be slightly negative by rounding.
            *ddx = (*ddx + square - mean * mean).max(R::zero());
        }
    })
}

/// `ddw_ij += two max(0, dy_i) + p_i (1 - p_i) s_ij^2`, with `s_ij = two (x_j - w_ij)`.
pub fn bbprop_codes<R: Real>(codes: &[R], x: &[R], two: R, dy: &[R], shares: &[R], ddcodes: &mut [R]) {
    let rows = codes.chunks_exact(x.len()).zip(ddcodes.chunks_exact_mut(x.len()));
    dispatched!(R, _simd => for ((code, ddcode), (&dy, &p)) in rows.zip(dy.iter().zip(shares)) {
        let (linear, quadratic) = (two * dy.max(R::zero()), p * (R::one() - p));
        for ((ddw, &x), &w) in ddcode.iter_mut().zip(x).zip(code) {
            let slope = two * (x - w);
            *ddw += linear + quadratic * slope * slope;
        }
    })
}
