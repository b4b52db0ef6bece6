//! Every output connected to every input: `a = W x + b` and its derivatives.
//!
//! `weights` is outputs x inputs, row-major, and is read once per pass, row after row, because the 192 kB of C5 do not fit
//! the first-level cache. The numbers of inputs of C5, F6 and the output of LeNet-5 are constants for the compiler.

use super::lanes::{SETS, add_scaled, all, dot, load, load_last, load_power, totals, width};
use super::{Real, dispatched};
use fearless_simd::prelude::*;
use std::ops::Range;

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

/// Does the work with the columns of a window as a constant, if there are 5, as in LeNet-5's kernels, or 1.
macro_rules! by_columns {
    ($columns:expr, $constant:ident => $work:expr) => {
        match $columns {
            1 => {
                const $constant: usize = 1;
                $work
            }
            5 => {
                const $constant: usize = 5;
                $work
            }
            #[allow(non_snake_case)]
            $constant => $work,
        }
    };
}

/// `y_i = b_i + sum_j w_ij x_j`.
pub fn fprop<R: Real>(weights: &[R], biases: &[R], x: &[R], y: &mut [R]) {
    fprop_side_by_side(weights, biases, &mut [(x, y)]);
}

/// [`fprop`] of several patterns, `x` and `y` of each, with the same bits; the weights are read less often.
pub fn fprop_all<R: Real>(weights: &[R], biases: &[R], batch: &mut [(&[R], &mut [R])]) {
    let (many, rest) = batch.as_chunks_mut::<PATTERNS>();
    many.iter_mut().for_each(|some| fprop_side_by_side(weights, biases, some));
    rest.iter_mut().for_each(|(x, y)| fprop(weights, biases, x, y));
}

fn fprop_side_by_side<R: Real, const P: usize>(
    weights: &[R],
    biases: &[R],
    batch: &mut [(&[R], &mut [R]); P],
) {
    dispatched!(simd => by_inputs!(batch[0].0.len(), INPUTS => {
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
    bprop_side_by_side::<R, SQUARED, true, true, 1>(weights, &mut [(x, dy, dx)], dweights, dbiases);
}

/// [`bprop`] of several patterns, `x`, `dy` and `dx` of each, with the same bits; weights and gradient are read less often.
pub fn bprop_all<R: Real>(
    weights: &[R],
    batch: &mut [(&[R], &[R], &mut [R])],
    dweights: &mut [R],
    dbiases: &mut [R],
) {
    let (many, rest) = batch.as_chunks_mut::<PATTERNS>();
    for some in many {
        bprop_side_by_side::<R, false, true, true, PATTERNS>(weights, some, dweights, dbiases);
    }
    for (x, dy, dx) in rest {
        bprop::<R, false>(weights, x, dy, dx, dweights, dbiases);
    }
}

/// [`bprop`] of `P` patterns together, by the `STATES`, the `WEIGHTS` or both. Slices for the other part are empty.
fn bprop_side_by_side<
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
    dispatched!(simd => by_inputs!(inputs, INPUTS => {
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

/// Stores the last lanes of a row, if they overlap those before.
#[inline(always)]
fn put_last<S: Simd, R: Real, const INPUTS: usize>(last: R::Lanes<S>, row: &mut [R]) {
    if !INPUTS.is_multiple_of(width::<S, R>()) {
        last.store_slice(&mut row[INPUTS - width::<S, R>()..INPUTS]);
    }
}

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
    for ((b, &epsilon), &d) in biases.iter_mut().zip(rates.1).zip(dy) {
        *b -= epsilon * d;
    }
    dx.fill(R::zero());
    dispatched!(simd => by_inputs!(x.len(), INPUTS => {
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

/// [`bprop_rows`] with the update of [`bprop_and_update`].
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

/// The windows of a field, one for each column of the output. The lines of the field have `count + columns - 1` numbers;
/// window `n` has `columns` numbers of every line, from number `n` on. Without a convolution, `columns` is 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Windows {
    /// Columns of a window.
    pub columns: usize,
    /// The number of windows.
    pub count: usize,
}

/// [`fprop`] of every window of `x`, with the same bits; `y` is outputs x windows.
pub fn fprop_columns<R: Real>(windows: Windows, weights: &[R], biases: &[R], x: &[R], y: &mut [R]) {
    let inputs = weights.len() / biases.len();
    with_room(PATTERNS * inputs, |room| {
        for start in (0..windows.count).step_by(PATTERNS) {
            windows.gather(start, x, inputs, room);
            let parts = weights.chunks(SETS * inputs).zip(biases.chunks(SETS));
            for ((rows, biases), y) in parts.zip(y.chunks_mut(SETS * windows.count)) {
                let mut sums = [[R::zero(); SETS]; PATTERNS];
                let (mut xs, mut ys) = (room.chunks_exact(inputs), sums.iter_mut());
                let mut batch = [(); PATTERNS].map(|()| (next(&mut xs), &mut next(&mut ys)[..biases.len()]));
                fprop_side_by_side(rows, biases, &mut batch);
                for (i, y) in y.chunks_exact_mut(windows.count).enumerate() {
                    y[start..].iter_mut().zip(&sums).for_each(|(y, sums)| *y = sums[i]);
                }
            }
        }
    });
}

/// Writes the derivatives by the states of all windows: the `dx` of [`bprop`], added up where windows overlap. `dy` is
/// outputs x windows.
pub fn bprop_states_columns<R: Real, const SQUARED: bool>(
    windows: Windows,
    weights: &[R],
    dy: &[R],
    dx: &mut [R],
) {
    let outputs = dy.len() / windows.count;
    let inputs = weights.len() / outputs;
    dx.fill(R::zero());
    with_room(PATTERNS * (inputs + outputs), |room| {
        let (dxs, dys) = room.split_at_mut(PATTERNS * inputs);
        for start in (0..windows.count).step_by(PATTERNS) {
            windows.units().gather(start, dy, outputs, dys);
            let (mut parts, mut slopes) = (dxs.chunks_exact_mut(inputs), dys.chunks_exact(outputs));
            let mut batch = [(); PATTERNS].map(|()| (&[][..], next(&mut slopes), next(&mut parts)));
            bprop_side_by_side::<R, SQUARED, true, false, PATTERNS>(weights, &mut batch, &mut [], &mut []);
            windows.add(start, dxs, inputs, dx);
        }
    });
}

/// Adds the derivatives by weights and biases from every window: the `dw` and `db` of [`bprop`].
pub fn bprop_weights_columns<R: Real, const SQUARED: bool>(
    windows: Windows,
    x: &[R],
    dy: &[R],
    dweights: &mut [R],
    dbiases: &mut [R],
) {
    let outputs = dbiases.len();
    let inputs = dweights.len() / outputs;
    with_room(PATTERNS * (inputs + outputs), |room| {
        let (xs, dys) = room.split_at_mut(PATTERNS * inputs);
        for start in (0..windows.count).step_by(PATTERNS) {
            windows.gather(start, x, inputs, xs);
            windows.units().gather(start, dy, outputs, dys);
            let (mut states, mut slopes) = (xs.chunks_exact(inputs), dys.chunks_exact(outputs));
            let mut batch = [(); PATTERNS].map(|()| (next(&mut states), next(&mut slopes), &mut [][..]));
            bprop_side_by_side::<R, SQUARED, false, true, PATTERNS>(&[], &mut batch, dweights, dbiases);
        }
    });
}

/// Calls `work` with a buffer of `needed` numbers, on the heap only if LeNet-5 would not need so many.
fn with_room<R: Real>(needed: usize, work: impl FnOnce(&mut [R])) {
    const ROOM: usize = PATTERNS * (400 + 120);
    if needed <= ROOM {
        work(&mut [R::zero(); ROOM][..needed]);
    } else {
        work(&mut vec![R::zero(); needed]);
    }
}

/// The next of [`PATTERNS`] slices.
fn next<T>(slices: &mut impl Iterator<Item = T>) -> T {
    slices.next().expect("a slice for each pattern")
}

impl Windows {
    /// The windows of one column each: the columns of the output.
    fn units(self) -> Self {
        Self { columns: 1, ..self }
    }

    /// Copies the windows from `start` on, of `inputs` numbers each, one after the other; zeros beyond the last window.
    fn gather<R: Real>(self, start: usize, field: &[R], inputs: usize, room: &mut [R]) {
        room.fill(R::zero());
        for (window, n) in room.chunks_exact_mut(inputs).zip(start..self.count) {
            let lines = field[n..].chunks(self.pitch());
            by_columns!(self.columns, COLUMNS => for (piece, line) in window.chunks_exact_mut(COLUMNS).zip(lines) {
                piece.copy_from_slice(&line[..COLUMNS]);
            });
        }
    }

    /// Adds the windows from `start` on to the field.
    fn add<R: Real>(self, start: usize, room: &[R], inputs: usize, field: &mut [R]) {
        for (window, n) in room.chunks_exact(inputs).zip(start..self.count) {
            let lines = field[n..].chunks_mut(self.pitch());
            by_columns!(self.columns, COLUMNS => for (piece, line) in window.chunks_exact(COLUMNS).zip(lines) {
                line[..COLUMNS].iter_mut().zip(piece).for_each(|(sum, &part)| *sum += part);
            });
        }
    }

    /// Numbers from line to line of the field.
    fn pitch(self) -> usize {
        self.count + self.columns - 1
    }
}
