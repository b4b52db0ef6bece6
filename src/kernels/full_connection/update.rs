//! The way back and the update together, reading the weights once.

use super::{ROWS, by_inputs, put_last};
use crate::kernels::lanes::{add_scaled, all, load, width};
use crate::kernels::{Real, dispatched};
use fearless_simd::prelude::*;

/// `bprop` and update on one pattern (eq. 18): `dx_j = sum_i w_ij dy_i`, then `w_ij -= epsilon_ij dy_i x_j` and
/// `b_i -= epsilon_i dy_i`, reading the weights once.
pub fn bprop_and_update<R: Real>(
    weights: &mut [R],
    biases: &mut [R],
    rates: (&[R], &[R]),
    x: &[R],
    dy: &[R],
    dx: &mut [R],
) {
    R::full_connection_bprop_and_update(weights, biases, rates, x, dy, dx);
}

pub(super) fn here<R: Real>(
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
    dx.fill(R::zero());
    dispatched!(R, simd => by_inputs!(x.len(), INPUTS => {
        let many = dy.len() - dy.len() % ROWS;
        let (w, rest) = weights.split_at_mut(many * INPUTS);
        let (epsilon, epsilon_rest) = rates.0.split_at(many * INPUTS);
        let last = all(simd, R::zero());
        let last = update_rows::<_, R, INPUTS, ROWS>(simd, w, epsilon, x, dy, dx, last);
        let last = update_rows::<_, R, INPUTS, 1>(simd, rest, epsilon_rest, x, &dy[many..], dx, last);
        put_last::<_, R, INPUTS>(last, dx);
    }, else {
        let rows = weights.chunks_exact_mut(x.len()).zip(rates.0.chunks_exact(x.len()));
        for ((row, rates), &d) in rows.zip(dy) {
            add_scaled::<_, R, false>(simd, dx, d, row);
            for ((w, &epsilon), &x) in row.iter_mut().zip(rates).zip(x) {
                *w -= epsilon * (d * x);
            }
        }
    }))
}

/// The rows of [`super::bprop`] with the update of [`bprop_and_update`].
#[inline(always)]
fn update_rows<S: Simd, R: Real, const INPUTS: usize, const N: usize>(
    simd: S,
    weights: &mut [R],
    rates: &[R],
    x: &[R],
    dy: &[R],
    dx: &mut [R],
    mut dx_last: R::Lanes<S>,
) -> R::Lanes<S> {
    let (width, end) = (width::<S, R>(), INPUTS - width::<S, R>());
    let (x, dx) = (&x[..INPUTS], &mut dx[..INPUTS]);
    let rows = weights.chunks_exact_mut(N * INPUTS).zip(rates.chunks_exact(N * INPUTS));
    for ((rows, rates), dy) in rows.zip(dy.chunks_exact(N)) {
        let mut last = [all(simd, R::zero()); N];
        if !INPUTS.is_multiple_of(width) {
            let states = load(simd, &x[end..]);
            for i in 0..N {
                let (d, w) = (all(simd, dy[i]), load(simd, &rows[i * INPUTS + end..]));
                dx_last += w * d;
                last[i] = w - load(simd, &rates[i * INPUTS + end..]) * (states * d);
            }
        }
        for at in (0..INPUTS / width * width).step_by(width) {
            let states = load(simd, &x[at..]);
            let mut sum = load(simd, &dx[at..]);
            for i in 0..N {
                let (d, row) = (all(simd, dy[i]), &mut rows[i * INPUTS + at..][..width]);
                let w = load(simd, row);
                sum += w * d;
                (w - load(simd, &rates[i * INPUTS + at..]) * (states * d)).store_slice(row);
            }
            sum.store_slice(&mut dx[at..at + width]);
        }
        for i in 0..N {
            put_last::<S, R, INPUTS>(last[i], &mut rows[i * INPUTS..]);
        }
    }
    dx_last
}
