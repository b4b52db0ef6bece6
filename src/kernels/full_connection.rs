//! Every output connected to every input: `a = W x + b` and what comes back.
//!
//! `weights` is outputs x inputs, row-major: the row of an output is read once per pass, from end to end.

use super::lanes::{add_scaled, all, dot, load, load_power, width};
use super::{Real, dispatched, power};
use fearless_simd::prelude::*;

/// `y_i = b_i + sum_j w_ij x_j`.
pub fn fprop<R: Real>(weights: &[R], biases: &[R], x: &[R], y: &mut [R]) {
    dispatched!(simd => fprop_inlined(simd, weights, biases, x, y))
}

#[inline(always)]
fn fprop_inlined<S: Simd, R: Real>(simd: S, weights: &[R], biases: &[R], x: &[R], y: &mut [R]) {
    for ((row, &bias), y) in weights.chunks_exact(x.len()).zip(biases).zip(y) {
        *y = bias + dot::<S, R, false>(simd, row, x);
    }
}

/// `dx_j = sum_i w_ij dy_i` (weights squared, if `SQUARED`).
pub fn bprop_states<R: Real, const SQUARED: bool>(weights: &[R], dy: &[R], dx: &mut [R]) {
    dispatched!(simd => bprop_states_inlined::<_, R, SQUARED>(simd, weights, dy, dx))
}

#[inline(always)]
fn bprop_states_inlined<S: Simd, R: Real, const SQUARED: bool>(
    simd: S,
    weights: &[R],
    dy: &[R],
    dx: &mut [R],
) {
    let (inputs, width) = (dx.len(), width::<S, R>());
    let whole = inputs - inputs % width;
    for at in (0..whole).step_by(width) {
        let mut sums = all(simd, R::zero());
        for (row, &d) in weights.chunks_exact(inputs).zip(dy) {
            sums += load_power::<S, R, SQUARED>(simd, &row[at..]) * all(simd, d);
        }
        sums.store_slice(&mut dx[at..at + width]);
    }
    for (at, dx) in dx.iter_mut().enumerate().skip(whole) {
        *dx =
            weights.iter().skip(at).step_by(inputs).zip(dy).map(|(&w, &d)| power::<R, SQUARED>(w) * d).sum();
    }
}

/// `dw_ij += dy_i x_j` and `db_i += dy_i` (states squared, if `SQUARED`).
pub fn bprop_weights<R: Real, const SQUARED: bool>(x: &[R], dy: &[R], dweights: &mut [R], dbiases: &mut [R]) {
    dispatched!(simd => bprop_weights_inlined::<_, R, SQUARED>(simd, x, dy, dweights, dbiases))
}

#[inline(always)]
fn bprop_weights_inlined<S: Simd, R: Real, const SQUARED: bool>(
    simd: S,
    x: &[R],
    dy: &[R],
    dweights: &mut [R],
    dbiases: &mut [R],
) {
    for ((row, db), &d) in dweights.chunks_exact_mut(x.len()).zip(dbiases).zip(dy) {
        *db += d;
        add_scaled::<S, R, SQUARED>(simd, row, d, x);
    }
}

/// A step on one pattern (eq. 18): `dx_j = sum_i w_ij dy_i`, then `w_ij -= epsilon_ij dy_i x_j` and
/// `b_i -= epsilon_i dy_i`, in one walk over the weights: those of C5 are too many for the cache next to the core.
pub fn descend<R: Real>(
    weights: &mut [R],
    biases: &mut [R],
    rates: (&[R], &[R]),
    x: &[R],
    dy: &[R],
    dx: &mut [R],
) {
    for ((b, &epsilon), &d) in biases.iter_mut().zip(rates.1).zip(dy) {
        *b -= epsilon * d;
    }
    dispatched!(simd => descend_inlined(simd, weights, rates.0, x, dy, dx))
}

#[inline(always)]
fn descend_inlined<S: Simd, R: Real>(
    simd: S,
    weights: &mut [R],
    rates: &[R],
    x: &[R],
    dy: &[R],
    dx: &mut [R],
) {
    const BLOCK: usize = 4;
    let (inputs, width) = (x.len(), width::<S, R>());
    let blocks = inputs - inputs % (BLOCK * width);
    let whole = inputs - inputs % width;
    for at in (0..blocks).step_by(BLOCK * width) {
        descend_columns::<S, R, BLOCK>(simd, at, weights, rates, x, dy, dx);
    }
    for at in (blocks..whole).step_by(width) {
        descend_columns::<S, R, 1>(simd, at, weights, rates, x, dy, dx);
    }
    for at in whole..inputs {
        let (mut sum, column) = (R::zero(), weights.iter_mut().zip(rates).skip(at).step_by(inputs));
        for ((w, &epsilon), &d) in column.zip(dy) {
            sum += *w * d;
            *w -= epsilon * (d * x[at]);
        }
        dx[at] = sum;
    }
}

/// The same for `BLOCK` registers full of columns, from `at` on.
#[inline(always)]
fn descend_columns<S: Simd, R: Real, const BLOCK: usize>(
    simd: S,
    at: usize,
    weights: &mut [R],
    rates: &[R],
    x: &[R],
    dy: &[R],
    dx: &mut [R],
) {
    let (inputs, width) = (x.len(), width::<S, R>());
    let (mut sums, mut states) = ([all(simd, R::zero()); BLOCK], [all(simd, R::zero()); BLOCK]);
    for (states, x) in states.iter_mut().zip(x[at..].chunks_exact(width)) {
        *states = load(simd, x);
    }
    let rows = weights.chunks_exact_mut(inputs).zip(rates.chunks_exact(inputs));
    for ((row, rates), &d) in rows.zip(dy) {
        let (row, rates) = (&mut row[at..at + BLOCK * width], &rates[at..at + BLOCK * width]);
        let d = all(simd, d);
        for i in 0..BLOCK {
            let (row, rates) = (&mut row[i * width..(i + 1) * width], &rates[i * width..]);
            let w = load(simd, row);
            sums[i] += w * d;
            (w - load(simd, rates) * (d * states[i])).store_slice(row);
        }
    }
    for (dx, sums) in dx[at..].chunks_exact_mut(width).zip(sums) {
        sums.store_slice(dx);
    }
}
