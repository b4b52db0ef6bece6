//! The way back by states, by weights or by both.

use super::{PATTERNS, ROWS, by_inputs, put_last};
use crate::kernels::lanes::{add_scaled, all, load, load_power, width};
use crate::kernels::{Real, dispatched};
use fearless_simd::prelude::*;
use std::ops::Range;

/// Writes `dx_j = sum_i w_ij dy_i` and adds `dw_ij += dy_i x_j` and `db_i += dy_i` (weights and states squared if
/// `SQUARED`).
pub fn bprop<R: Real, const SQUARED: bool>(
    weights: &[R],
    x: &[R],
    dy: &[R],
    dx: &mut [R],
    dweights: &mut [R],
    dbiases: &mut [R],
) {
    R::full_connection_bprop(SQUARED, weights, &mut [(x, dy, dx)], dweights, dbiases);
}

/// [`bprop`] of several patterns, `x`, `dy` and `dx` of each, with the same bits; weights and gradient are read less often.
pub fn bprop_all<R: Real>(
    weights: &[R],
    batch: &mut [(&[R], &[R], &mut [R])],
    dweights: &mut [R],
    dbiases: &mut [R],
) {
    R::full_connection_bprop(false, weights, batch, dweights, dbiases);
}

pub(super) fn here<R: Real, const SQUARED: bool>(
    weights: &[R],
    batch: &mut [(&[R], &[R], &mut [R])],
    dweights: &mut [R],
    dbiases: &mut [R],
) {
    // In training, several patterns have first-order passes only.
    let (many, rest) = if SQUARED { (&mut [][..], batch) } else { batch.as_chunks_mut::<PATTERNS>() };
    for some in many {
        bprop_side_by_side::<R, false, true, true, PATTERNS>(weights, some, dweights, dbiases);
    }
    for (x, dy, dx) in rest {
        bprop_side_by_side::<R, SQUARED, true, true, 1>(weights, &mut [(x, dy, dx)], dweights, dbiases);
    }
}

/// [`bprop`] of `P` patterns together, by the `STATES`, the `WEIGHTS` or both. Slices for the other part are empty.
pub(super) fn bprop_side_by_side<
    R: Real,
    const SQUARED: bool,
    const STATES: bool,
    const WEIGHTS: bool,
    const P: usize,
>(
    weights: &[R],
    batch: &mut [(&[R], &[R], &mut [R]); P],
    dweights: &mut [R],
    dbiases: &mut [R],
) {
    for (_, dy, dx) in batch.iter_mut() {
        for (db, &d) in dbiases.iter_mut().zip(*dy) {
            *db += d;
        }
        dx.fill(R::zero());
    }
    let outputs = batch[0].1.len();
    let inputs = if STATES { weights.len() } else { dweights.len() } / outputs;
    dispatched!(R, simd => by_inputs!(inputs, INPUTS => {
        let many = outputs - outputs % ROWS;
        let last = [all(simd, R::zero()); P];
        let last = bprop_rows::<_, R, INPUTS, ROWS, P, SQUARED, STATES, WEIGHTS>(
            simd, 0..many, weights, batch, dweights, last,
        );
        let last = bprop_rows::<_, R, INPUTS, 1, P, SQUARED, STATES, WEIGHTS>(
            simd, many..outputs, weights, batch, dweights, last,
        );
        for p in 0..if STATES { P } else { 0 } {
            put_last::<_, R, INPUTS>(last[p], batch[p].2);
        }
    }, else {
        for (x, dy, dx) in batch {
            for (i, &d) in dy.iter().enumerate() {
                if STATES {
                    add_scaled::<_, R, SQUARED>(simd, dx, d, &weights[i * inputs..][..inputs]);
                }
                if WEIGHTS {
                    add_scaled::<_, R, SQUARED>(simd, &mut dweights[i * inputs..][..inputs], d, x);
                }
            }
        }
    }))
}

/// [`bprop`] of some rows of the weights, `N` rows and all patterns at a time. If the lanes do not divide a row, its last
/// lanes overlap those before: they are loaded before those are stored, and stored after them. The last lanes of `dx` are
/// passed in and returned.
#[inline(always)]
fn bprop_rows<
    S: Simd,
    R: Real,
    const INPUTS: usize,
    const N: usize,
    const P: usize,
    const SQUARED: bool,
    const STATES: bool,
    const WEIGHTS: bool,
>(
    simd: S,
    rows: Range<usize>,
    weights: &[R],
    batch: &mut [(&[R], &[R], &mut [R]); P],
    dweights: &mut [R],
    mut dx_last: [R::Lanes<S>; P],
) -> [R::Lanes<S>; P] {
    let (width, end) = (width::<S, R>(), INPUTS - width::<S, R>());
    for first in rows.step_by(N) {
        let rows = if STATES { &weights[first * INPUTS..][..N * INPUTS] } else { &[] };
        let dw = if WEIGHTS { &mut dweights[first * INPUTS..][..N * INPUTS] } else { &mut [] };
        let mut d = [[all(simd, R::zero()); N]; P];
        for (d, (_, dy, _)) in d.iter_mut().zip(batch.iter()) {
            for (i, d) in d.iter_mut().enumerate() {
                *d = all(simd, dy[first + i]);
            }
        }
        let mut last = [all(simd, R::zero()); N];
        for i in 0..if INPUTS.is_multiple_of(width) { 0 } else { N } {
            if STATES {
                let w = load_power::<S, R, SQUARED>(simd, &rows[i * INPUTS + end..]);
                for p in 0..P {
                    dx_last[p] += w * d[p][i];
                }
            }
            if WEIGHTS {
                last[i] = load(simd, &dw[i * INPUTS + end..]);
                for p in 0..P {
                    last[i] += load_power::<S, R, SQUARED>(simd, &batch[p].0[end..]) * d[p][i];
                }
            }
        }
        for at in (0..INPUTS / width * width).step_by(width) {
            let (mut states, mut sums) = ([all(simd, R::zero()); P], [all(simd, R::zero()); P]);
            for p in 0..P {
                if WEIGHTS {
                    states[p] = load_power::<S, R, SQUARED>(simd, &batch[p].0[at..]);
                }
                if STATES {
                    sums[p] = load(simd, &batch[p].2[at..]);
                }
            }
            for i in 0..N {
                let [mut w, mut gathered] = [all(simd, R::zero()); 2];
                if STATES {
                    w = load_power::<S, R, SQUARED>(simd, &rows[i * INPUTS + at..]);
                }
                if WEIGHTS {
                    gathered = load(simd, &dw[i * INPUTS + at..]);
                }
                for p in 0..P {
                    sums[p] += w * d[p][i];
                    gathered += states[p] * d[p][i];
                }
                if WEIGHTS {
                    gathered.store_slice(&mut dw[i * INPUTS + at..][..width]);
                }
            }
            for p in 0..if STATES { P } else { 0 } {
                sums[p].store_slice(&mut batch[p].2[at..at + width]);
            }
        }
        for i in 0..if WEIGHTS { N } else { 0 } {
            put_last::<S, R, INPUTS>(last[i], &mut dw[i * INPUTS..]);
        }
    }
    dx_last
}
