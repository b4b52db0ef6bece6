//! Every output connected to every input: `a = W x + b` and its derivatives.
//!
//! `weights` is outputs x inputs, row-major, and is read once per pass, row after row, because the 192 kB of C5 do not fit
//! the first-level cache. The numbers of inputs of C5, F6 and the output of LeNet-5 are constants for the compiler.

mod bprop;
mod columns;
mod update;

pub use bprop::{bprop, bprop_all};
pub use columns::{Windows, bprop_states_columns, bprop_weights_columns, fprop_columns};
pub use update::bprop_and_update;

use super::lanes::{SETS, all, dot, load, load_last, totals, width};
use super::{Real, compiled_once, dispatched};
use fearless_simd::prelude::*;

/// Rows that are processed together, so that `dx` is loaded and stored less often.
const ROWS: usize = 4;

/// Patterns that are processed together, so that the weights, from the second-level cache or further, are read less often.
const PATTERNS: usize = 4;

/// Does the work with the number of inputs as a constant, if it is one of LeNet-5's.
macro_rules! by_inputs {
    ($inputs:expr, $constant:ident => $work:expr, else $plain:expr) => {
        match $inputs {
            400 => {
                const $constant: usize = 400;
                $work
            }
            120 => {
                const $constant: usize = 120;
                $work
            }
            84 => {
                const $constant: usize = 84;
                $work
            }
            _ => $plain,
        }
    };
}
use by_inputs;

compiled_once! { Compiled:
    fn full_connection_fprop(weights: &[R], biases: &[R], batch: &mut [(&[R], &mut [R])]) =
        fprop_here(weights, biases, batch);
    fn full_connection_bprop(
        squared: bool, weights: &[R], batch: &mut [(&[R], &[R], &mut [R])], dweights: &mut [R], dbiases: &mut [R],
    ) = if squared {
        bprop::here::<R, true>(weights, batch, dweights, dbiases);
    } else {
        bprop::here::<R, false>(weights, batch, dweights, dbiases);
    };
    fn full_connection_bprop_and_update(
        weights: &mut [R], biases: &mut [R], rates: (&[R], &[R]), x: &[R], dy: &[R], dx: &mut [R],
    ) = update::here(weights, biases, rates, x, dy, dx);
    fn full_connection_fprop_columns(windows: Windows, weights: &[R], biases: &[R], x: &[R], y: &mut [R]) =
        columns::fprop_here(windows, weights, biases, x, y);
    fn full_connection_bprop_states_columns(
        squared: bool, windows: Windows, weights: &[R], dy: &[R], dx: &mut [R],
    ) = if squared {
        columns::bprop_states_here::<R, true>(windows, weights, dy, dx);
    } else {
        columns::bprop_states_here::<R, false>(windows, weights, dy, dx);
    };
    fn full_connection_bprop_weights_columns(
        squared: bool, windows: Windows, x: &[R], dy: &[R], dweights: &mut [R], dbiases: &mut [R],
    ) = if squared {
        columns::bprop_weights_here::<R, true>(windows, x, dy, dweights, dbiases);
    } else {
        columns::bprop_weights_here::<R, false>(windows, x, dy, dweights, dbiases);
    };
}

/// `y_i = b_i + sum_j w_ij x_j`.
pub fn fprop<R: Real>(weights: &[R], biases: &[R], x: &[R], y: &mut [R]) {
    fprop_all(weights, biases, &mut [(x, y)]);
}

/// [`fprop`] of several patterns, `x` and `y` of each, with the same bits; the weights are read less often.
pub fn fprop_all<R: Real>(weights: &[R], biases: &[R], batch: &mut [(&[R], &mut [R])]) {
    R::full_connection_fprop(weights, biases, batch);
}

fn fprop_here<R: Real>(weights: &[R], biases: &[R], batch: &mut [(&[R], &mut [R])]) {
    let (many, rest) = batch.as_chunks_mut::<PATTERNS>();
    many.iter_mut().for_each(|some| fprop_side_by_side(weights, biases, some));
    rest.iter_mut().for_each(|(x, y)| fprop_side_by_side(weights, biases, &mut [(x, y)]));
}

fn fprop_side_by_side<R: Real, const P: usize>(
    weights: &[R],
    biases: &[R],
    batch: &mut [(&[R], &mut [R]); P],
) {
    dispatched!(R, simd => by_inputs!(batch[0].0.len(), INPUTS => {
        fprop_inlined::<_, R, INPUTS, P>(simd, weights, biases, batch)
    }, else {
        for (x, y) in batch {
            for ((row, &bias), y) in weights.chunks_exact(x.len()).zip(biases).zip(y.iter_mut()) {
                *y = bias + dot(simd, row, x);
            }
        }
    }))
}

#[inline(always)]
fn fprop_inlined<S: Simd, R: Real, const INPUTS: usize, const P: usize>(
    simd: S,
    weights: &[R],
    biases: &[R],
    batch: &mut [(&[R], &mut [R]); P],
) {
    let (mut rest, mut xs) = ([all(simd, R::zero()); P], [batch[0].0; P]);
    for p in 0..P {
        xs[p] = &batch[p].0[..INPUTS];
        rest[p] = load_rest::<S, R, INPUTS>(simd, xs[p]);
    }
    for (n, (rows, biases)) in weights.chunks(SETS * INPUTS).zip(biases.chunks(SETS)).enumerate() {
        let mut sets = [[all(simd, R::zero()); SETS]; P];
        for (i, row) in rows.chunks_exact(INPUTS).enumerate() {
            let sums = products::<S, R, INPUTS, P>(simd, row, xs, rest);
            for p in 0..P {
                sets[p][i] = sums[p];
            }
        }
        for p in 0..P {
            let y = &mut batch[p].1[n * SETS..];
            for ((y, sum), &bias) in y.iter_mut().zip(totals::<S, R>(simd, &sets[p])).zip(biases) {
                *y = bias + sum;
            }
        }
    }
}

/// The products of a row and `x`, summed lane by lane, for each pattern; four sets of lanes, so that an addition need not
/// wait for the one before.
#[inline(always)]
fn products<S: Simd, R: Real, const INPUTS: usize, const P: usize>(
    simd: S,
    row: &[R],
    xs: [&[R]; P],
    rest: [R::Lanes<S>; P],
) -> [R::Lanes<S>; P] {
    let width = width::<S, R>();
    let mut sums = [[all(simd, R::zero()); P]; 4];
    let (fours, whole) = (INPUTS / (4 * width) * 4 * width, INPUTS / width * width);
    for at in (0..fours).step_by(4 * width) {
        for (i, sums) in sums.iter_mut().enumerate() {
            let at = at + i * width;
            let w = load(simd, &row[at..]);
            for p in 0..P {
                sums[p] += w * load(simd, &xs[p][at..]);
            }
        }
    }
    for at in (fours..whole).step_by(width) {
        let w = load(simd, &row[at..]);
        for p in 0..P {
            sums[0][p] += w * load(simd, &xs[p][at..]);
        }
    }
    let mut whole = [all(simd, R::zero()); P];
    for p in 0..P {
        if !INPUTS.is_multiple_of(width) {
            sums[3][p] += load(simd, &row[INPUTS - width..]) * rest[p];
        }
        whole[p] = (sums[0][p] + sums[1][p]) + (sums[2][p] + sums[3][p]);
    }
    whole
}

/// The last lanes of `x`, with zeros for the numbers that full sets of lanes have already covered.
#[inline(always)]
fn load_rest<S: Simd, R: Real, const INPUTS: usize>(simd: S, x: &[R]) -> R::Lanes<S> {
    load_last(simd, &x[..INPUTS], INPUTS % width::<S, R>())
}

/// Stores the last lanes of a row, if they overlap those before.
#[inline(always)]
fn put_last<S: Simd, R: Real, const INPUTS: usize>(last: R::Lanes<S>, row: &mut [R]) {
    if !INPUTS.is_multiple_of(width::<S, R>()) {
        last.store_slice(&mut row[INPUTS - width::<S, R>()..INPUTS]);
    }
}
