//! Every window of a wide field (C5 and F6 of VII): windows are gathered into patterns, [`PATTERNS`] at a time.

use super::bprop::bprop_side_by_side;
use super::{PATTERNS, fprop_side_by_side};
use crate::kernels::Real;
use crate::kernels::lanes::SETS;

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

/// The windows of a field, one for each column of the output. The lines of the field have `count + columns - 1` numbers;
/// window `n` has `columns` numbers of every line, from number `n` on. Without a convolution, `columns` is 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Windows {
    /// Columns of a window.
    pub columns: usize,
    /// The number of windows.
    pub count: usize,
}

/// [`fprop`](super::fprop) of every window of `x`, with the same bits; `y` is outputs x windows.
pub fn fprop_columns<R: Real>(windows: Windows, weights: &[R], biases: &[R], x: &[R], y: &mut [R]) {
    R::full_connection_fprop_columns(windows, weights, biases, x, y);
}

pub(super) fn fprop_here<R: Real>(windows: Windows, weights: &[R], biases: &[R], x: &[R], y: &mut [R]) {
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

/// Writes the derivatives by the states of all windows: the `dx` of [`bprop`](super::bprop), added up where windows overlap. `dy` is
/// outputs x windows.
pub fn bprop_states_columns<R: Real, const SQUARED: bool>(
    windows: Windows,
    weights: &[R],
    dy: &[R],
    dx: &mut [R],
) {
    R::full_connection_bprop_states_columns(SQUARED, windows, weights, dy, dx);
}

pub(super) fn bprop_states_here<R: Real, const SQUARED: bool>(
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

/// Adds the derivatives by weights and biases from every window: the `dw` and `db` of [`bprop`](super::bprop).
pub fn bprop_weights_columns<R: Real, const SQUARED: bool>(
    windows: Windows,
    x: &[R],
    dy: &[R],
    dweights: &mut [R],
    dbiases: &mut [R],
) {
    R::full_connection_bprop_weights_columns(SQUARED, windows, x, dy, dweights, dbiases);
}

pub(super) fn bprop_weights_here<R: Real, const SQUARED: bool>(
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
