//! Every output connected to every input: `a = W x + b` and what comes back.
//!
//! `weights` is outputs x inputs, row-major: the row of an output is read once per pass, from end to end.

use super::lanes::{add_scaled, all, load, load_power, width};
use super::{Real, dispatched, power};
use fearless_simd::prelude::*;

/// `y_i = b_i + sum_j w_ij x_j`.
pub fn fprop<R: Real>(weights: &[R], biases: &[R], x: &[R], y: &mut [R]) {
    dispatched!(simd => fprop_inlined(simd, weights, biases, x, y))
}

#[inline(always)]
fn fprop_inlined<S: Simd, R: Real>(simd: S, weights: &[R], biases: &[R], x: &[R], y: &mut [R]) {
    for ((row, &bias), y) in weights.chunks_exact(x.len()).zip(biases).zip(y) {
        *y = bias + dot(simd, row, x);
    }
}

/// `sum_j w_j x_j`, lane by lane; two sets of lanes, so that one addition need not wait for the last.
#[inline(always)]
fn dot<S: Simd, R: Real>(simd: S, w: &[R], x: &[R]) -> R {
    let width = width::<S, R>();
    let (mut even, mut odd) = (all(simd, R::zero()), all(simd, R::zero()));
    let (pairs_w, pairs_x) = (w.chunks_exact(2 * width), x.chunks_exact(2 * width));
    let (rest_w, rest_x) = (pairs_w.remainder(), pairs_x.remainder());
    for (w, x) in pairs_w.zip(pairs_x) {
        even += load(simd, w) * load(simd, x);
        odd += load(simd, &w[width..]) * load(simd, &x[width..]);
    }
    let rest: R = rest_w.iter().zip(rest_x).map(|(&w, &x)| w * x).sum();
    R::total(even + odd) + rest
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
