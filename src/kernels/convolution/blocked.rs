//! Convolutions by kernels of 5 x 5, a block of rows at a time.
//!
//! A block of output rows, sixteen columns side by side, stays in registers while all input maps pass by. A line of
//! the input is read once for each column of the kernel and serves all five rows of it. For that the input is copied
//! to a [`Field`] whose lines have a fixed length, so that every place in it is known when this is compiled, and which
//! has room beyond the last column: what is computed from there is thrown away.

use super::super::lanes::{all, load, load_power, width};
use super::super::{Real, power};
use fearless_simd::prelude::*;

/// Side of the kernels that these loops are written for: LeNet-5's.
const SIDE: usize = 5;

/// Which blocks a map is made in.
pub(super) enum Block {
    /// Ten rows, at most 16 columns: C3.
    Narrow10,
    /// Fourteen rows, at most 16 columns: from C3 back to S2.
    Narrow7,
    /// Fourteen rows, at most 32 columns: C1.
    Wide7,
    /// None of these.
    General,
}

impl Block {
    /// The blocks for an output of this many rows and columns.
    #[inline(always)]
    pub fn of(kernel: (usize, usize), output: (usize, usize)) -> Self {
        match output {
            _ if kernel != (SIDE, SIDE) => Self::General,
            (14.., ..=16) => Self::Narrow7,
            (10.., ..=16) => Self::Narrow10,
            (14.., ..=32) => Self::Wide7,
            _ => Self::General,
        }
    }
}

/// Does the work with the rows of a block and the length of a line as constants.
macro_rules! in_blocks {
    ($block:expr, $rows:ident, $stride:ident => $work:block else $general:expr) => {
        match $block {
            Block::Narrow10 => {
                const $rows: usize = 10;
                const $stride: usize = 24;
                $work
            }
            Block::Narrow7 => {
                const $rows: usize = 7;
                const $stride: usize = 24;
                $work
            }
            Block::Wide7 => {
                const $rows: usize = 7;
                const $stride: usize = 40;
                $work
            }
            Block::General => $general,
        }
    };
}
pub(super) use in_blocks;

/// Room for the largest states of LeNet-5 as a field: those of S2.
pub(super) const STATES: usize = 6 * 14 * 24;

/// Room for its largest slopes as a field: those of C3 with a margin.
pub(super) const SLOPES: usize = 16 * 18 * 24;

/// Where fields are laid out: on the stack if `ROOM` numbers are enough.
pub(super) struct Room<R, const ROOM: usize> {
    stack: [R; ROOM],
    heap: Vec<R>,
}

/// Maps whose lines are `STRIDE` numbers long, zeros where there is nothing.
pub(super) struct Field<'a, R, const STRIDE: usize> {
    numbers: &'a [R],
    rows: usize,
}

impl<R: Real, const ROOM: usize> Room<R, ROOM> {
    #[inline(always)]
    pub fn new() -> Self {
        Self { stack: [R::zero(); ROOM], heap: Vec::new() }
    }

    /// Lays out maps of this many rows and columns, with `margin` zeros to their left and above them, and lines of
    /// zeros below them until there are `height` lines.
    #[inline(always)]
    pub fn field<const STRIDE: usize>(
        &mut self,
        (rows, columns): (usize, usize),
        maps: &[R],
        margin: usize,
        height: usize,
    ) -> Field<'_, R, STRIDE> {
        let needed = maps.len() / (rows * columns) * height * STRIDE;
        let numbers = if needed <= ROOM {
            &mut self.stack[..needed]
        } else {
            self.heap.resize(needed, R::zero());
            &mut self.heap
        };
        let fields = numbers.chunks_exact_mut(height * STRIDE);
        for (field, map) in fields.zip(maps.chunks_exact(rows * columns)) {
            let lines = field.chunks_exact_mut(STRIDE).skip(margin);
            for (line, values) in lines.zip(map.chunks_exact(columns)) {
                line[margin..margin + columns].copy_from_slice(values);
            }
        }
        Field { numbers, rows: height }
    }
}

impl<R: Real, const STRIDE: usize> Field<'_, R, STRIDE> {
    /// All that a block of `ROWS` output rows at `(row, column)` sees of a map.
    #[inline(always)]
    fn window<S: Simd, const ROWS: usize>(&self, map: usize, row: usize, column: usize) -> &[R] {
        &self.from(map, row, column)[..(ROWS + SIDE - 2) * STRIDE + SIDE - 1 + width::<S, R>()]
    }

    /// The block of `ROWS` rows at `(row, column)` itself.
    #[inline(always)]
    fn block<S: Simd, const ROWS: usize>(&self, map: usize, row: usize, column: usize) -> &[R] {
        &self.from(map, row, column)[..(ROWS - 1) * STRIDE + width::<S, R>()]
    }

    #[inline(always)]
    fn from(&self, map: usize, row: usize, column: usize) -> &[R] {
        &self.numbers[(map * self.rows + row) * STRIDE + column..]
    }
}

/// One output map of `size`: `bias` and its input maps under their kernels, which are turned round if `TURNED`.
#[inline(always)]
pub(super) fn correlate<
    S: Simd,
    R: Real,
    const ROWS: usize,
    const STRIDE: usize,
    const TURNED: bool,
    const SQUARED: bool,
>(
    simd: S,
    field: &Field<R, STRIDE>,
    from: &[(usize, usize)],
    weights: &[R],
    bias: R,
    (rows, columns): (usize, usize),
    y: &mut [R],
) {
    for block in 0..rows.div_ceil(ROWS) {
        // The last block may overlap the one before it: those rows are computed twice, and alike.
        let row = (block * ROWS).min(rows - ROWS);
        for column in (0..columns).step_by(width::<S, R>()) {
            let mut sums = [all(simd, bias); ROWS];
            for &(kernel, map) in from {
                let taps = taps::<R, TURNED, SQUARED>(&weights[kernel * SIDE * SIDE..]);
                let x = field.window::<S, ROWS>(map, row, column);
                sums = plus_correlation::<S, R, ROWS, STRIDE>(simd, &taps, x, sums);
            }
            let width = width::<S, R>().min(columns - column);
            for (i, sums) in sums.iter().enumerate() {
                y[(row + i) * columns + column..][..width].copy_from_slice(&sums.as_slice()[..width]);
            }
        }
    }
}

#[inline(always)]
fn taps<R: Real, const TURNED: bool, const SQUARED: bool>(weights: &[R]) -> [R; SIDE * SIDE] {
    let mut taps = [R::zero(); SIDE * SIDE];
    taps.copy_from_slice(&weights[..SIDE * SIDE]);
    if TURNED {
        taps.reverse();
    }
    for tap in &mut taps {
        *tap = power::<R, SQUARED>(*tap);
    }
    taps
}

/// A block of output rows and one input map under its kernel. Handed over and back, not changed in place: in memory that
/// others might see, every partial sum would have to be written.
#[inline(always)]
fn plus_correlation<S: Simd, R: Real, const ROWS: usize, const STRIDE: usize>(
    simd: S,
    taps: &[R; SIDE * SIDE],
    x: &[R],
    mut sums: [R::Lanes<S>; ROWS],
) -> [R::Lanes<S>; ROWS] {
    for kx in 0..SIDE {
        let mut w = [all(simd, R::zero()); SIDE];
        for ky in 0..SIDE {
            w[ky] = all(simd, taps[ky * SIDE + kx]);
        }
        for line in 0..ROWS + SIDE - 1 {
            let x = load(simd, &x[line * STRIDE + kx..]);
            for ky in 0..SIDE {
                if line >= ky && line - ky < ROWS {
                    sums[line - ky] += w[ky] * x;
                }
            }
        }
    }
    sums
}

/// The slopes of output map `output` times its input maps, summed over all places for each weight.
#[inline(always)]
pub(super) fn add_products<S: Simd, R: Real, const ROWS: usize, const STRIDE: usize, const SQUARED: bool>(
    simd: S,
    field: &Field<R, STRIDE>,
    slopes: &Field<R, STRIDE>,
    output: usize,
    from: &[(usize, usize)],
    columns: usize,
    dweights: &mut [R],
) {
    for &(kernel, map) in from {
        let mut sums = [[all(simd, R::zero()); SIDE]; SIDE];
        for row in (0..slopes.rows).step_by(ROWS) {
            for column in (0..columns).step_by(width::<S, R>()) {
                let x = field.window::<S, ROWS>(map, row, column);
                let dy = slopes.block::<S, ROWS>(output, row, column);
                sums = plus_products::<S, R, ROWS, STRIDE, SQUARED>(simd, x, dy, sums);
            }
        }
        let dw = &mut dweights[kernel * SIDE * SIDE..][..SIDE * SIDE];
        for (tap, dw) in dw.iter_mut().enumerate() {
            *dw += R::total(sums[tap % SIDE][tap / SIDE]);
        }
    }
}

/// `sums[kx][ky]` and what a block of slopes adds to them.
#[inline(always)]
fn plus_products<S: Simd, R: Real, const ROWS: usize, const STRIDE: usize, const SQUARED: bool>(
    simd: S,
    x: &[R],
    dy: &[R],
    mut sums: [[R::Lanes<S>; SIDE]; SIDE],
) -> [[R::Lanes<S>; SIDE]; SIDE] {
    let mut slopes = [all(simd, R::zero()); ROWS];
    for (line, slopes) in slopes.iter_mut().enumerate() {
        *slopes = load(simd, &dy[line * STRIDE..]);
    }
    for (kx, sums) in sums.iter_mut().enumerate() {
        let mut column = *sums;
        for line in 0..ROWS + SIDE - 1 {
            let x = load_power::<S, R, SQUARED>(simd, &x[line * STRIDE + kx..]);
            for ky in 0..SIDE {
                if line >= ky && line - ky < ROWS {
                    column[ky] += slopes[line - ky] * x;
                }
            }
        }
        *sums = column;
    }
    sums
}
