//! Convolutions by kernels of 5 x 5 on maps of LeNet-5's heights, which are constants. Maps that are wider than high are
//! processed square by square ([`tiles`](super::tiles)).
//!
//! A block of output rows, with a set of lanes of columns, stays in registers while the products with all input maps are
//! added. A line of the input is read once for each column of the kernel and used for all five rows. If a map is narrower
//! than the lanes, vector loads read past its lines; those products are discarded or multiplied by zero.

use super::super::lanes::{LANES, SETS, all, load, load_power, totals, width};
use super::super::{Real, power};
use super::Connections;
use super::tiles::{add, copy_padded, cut, starts};
use fearless_simd::prelude::*;

/// Side of LeNet-5's kernels, for which these loops are written.
pub(super) const SIDE: usize = 5;

/// The number of weights of such a kernel.
const TAPS: usize = SIDE * SIDE;

/// The largest number of maps of slopes that fits the buffer: C3's.
pub(super) const MAPS: usize = 16;

/// Unrolls the work for every line that a block may need, with the line as a constant. The compiler might not unroll a loop,
/// and would then keep its sums in memory.
macro_rules! for_each_line {
    ($line:ident => $work:block) => {
        for_each_line!($line => $work, 0 1 2 3 4 5 6 7 8 9 10 11 12 13)
    };
    ($line:ident => $work:block, $($number:literal)*) => {
        $({
            const $line: usize = $number;
            $work
        })*
    };
}

/// [`fprop`](super::fprop) from maps of `IN` x `columns` to maps of `OUT` rows, `ROWS` at a time. Vector loads may read up to
/// `BEYOND` numbers past the end of a map.
#[inline(always)]
pub(super) fn fprop<
    S: Simd,
    R: Real,
    const IN: usize,
    const OUT: usize,
    const ROWS: usize,
    const BEYOND: usize,
>(
    simd: S,
    links: &Connections,
    columns: usize,
    weights: &[R],
    biases: &[R],
    x: &[R],
    y: &mut [R],
) {
    let (pitch, mut room) = (columns + 1 - SIDE, None);
    for start in starts::<OUT>(pitch) {
        // The last tile and the last lanes overlap those before; these columns are computed twice, with the same result.
        let start = start.min(pitch - OUT);
        let maps = Maps::<R, IN, BEYOND>::new(cut::<R, IN>(x, columns, start, &mut room));
        for ((y, &bias), from) in y.chunks_exact_mut(OUT * pitch).zip(biases).zip(&links.by_output) {
            for row in (0..OUT).step_by(ROWS) {
                for column in (0..OUT).step_by(width::<S, R>()) {
                    let column = column.min(OUT.saturating_sub(width::<S, R>()));
                    let mut sums = [all(simd, bias); ROWS];
                    for &(kernel, n) in from {
                        let taps = &weights[kernel * TAPS..][..TAPS];
                        let x = &maps.map(n)[row * IN + column..];
                        sums = plus_correlation::<S, R, ROWS, IN, 0, 0, false, false>(simd, taps, x, sums);
                    }
                    store::<S, R, OUT, ROWS>(sums, &mut y[row * pitch + start + column..], pitch);
                }
            }
        }
    }
}

/// [`bprop_states`](super::bprop_states) from at most [`MAPS`] maps of `OUT` rows to maps of `IN` x `columns`, all rows at a
/// time. The lines of slopes above the first and below the last would be zero and are left out.
#[inline(always)]
pub(super) fn bprop_states<S: Simd, R: Real, const IN: usize, const OUT: usize, const SQUARED: bool>(
    simd: S,
    links: &Connections,
    columns: usize,
    weights: &[R],
    dy: &[R],
    dx: &mut [R],
) {
    const MARGIN: usize = SIDE - 1;
    // Lines of slopes with zeros between them, as many as the kernel reaches beyond the edge of a line.
    let mut field = [R::zero(); MARGIN + MAPS * 14 * 10 + LANES];
    let mut tile = [R::zero(); 14 * 14];
    for start in starts::<OUT>(columns - MARGIN) {
        with_margin::<R, OUT>(dy, columns - MARGIN, start, field[MARGIN..].chunks_exact_mut(IN));
        for (dx, from) in dx.chunks_exact_mut(IN * columns).zip(&links.by_input) {
            let square = if columns == IN { &mut *dx } else { &mut tile[..] };
            for column in (0..IN).step_by(width::<S, R>()) {
                let column = column.min(IN.saturating_sub(width::<S, R>()));
                let mut sums = [all(simd, R::zero()); IN];
                for &(kernel, n) in from {
                    let taps = &weights[kernel * TAPS..][..TAPS];
                    let dy = &field[n * OUT * IN + column..][..(OUT - 1) * IN + SIDE - 1 + LANES];
                    sums =
                        plus_correlation::<S, R, IN, IN, MARGIN, MARGIN, true, SQUARED>(simd, taps, dy, sums);
                }
                store::<S, R, IN, IN>(sums, &mut square[column..], IN);
            }
            if columns != IN {
                add::<R, IN>(&tile, dx, columns, start);
            }
        }
    }
}

/// [`bprop_weights`](super::bprop_weights) without the biases, from maps of `IN` x `columns` and slopes of `OUT` rows. `PITCH`
/// is `OUT`, rounded up to a set of lanes if `OUT` is less than that.
#[inline(always)]
pub(super) fn bprop_weights<
    S: Simd,
    R: Real,
    const IN: usize,
    const OUT: usize,
    const PITCH: usize,
    const ROWS: usize,
    const BEYOND: usize,
    const SQUARED: bool,
>(
    simd: S,
    links: &Connections,
    columns: usize,
    x: &[R],
    dy: &[R],
    dweights: &mut [R],
) {
    let (pitch, width) = (columns + 1 - SIDE, width::<S, R>());
    // The last lanes overlap those before; the slopes there have been counted and become zero.
    let mut fresh = all(simd, R::one());
    fresh.as_mut_slice()[..width - PITCH % width].fill(R::zero());
    let (mut sums, mut room, mut padded) = ([all(simd, R::zero()); SETS], None, None);
    for start in starts::<OUT>(pitch) {
        let maps = Maps::<R, IN, BEYOND>::new(cut::<R, IN>(x, columns, start, &mut room));
        for (dy, from) in dy.chunks_exact(OUT * pitch).zip(&links.by_output) {
            let dy = if PITCH == OUT && pitch == OUT {
                dy
            } else {
                let padded = padded.get_or_insert_with(|| [[R::zero(); PITCH]; OUT]);
                with_margin::<R, OUT>(dy, pitch, start, padded.iter_mut().map(|line| &mut line[..]));
                padded.as_flattened()
            };
            for &(kernel, n) in from {
                let x = maps.map(n);
                for kx in 0..SIDE {
                    let mut column = [all(simd, R::zero()); SIDE];
                    for row in (0..OUT).step_by(ROWS) {
                        for at in (0..PITCH / width * width).step_by(width) {
                            let (x, dy) = (&x[row * IN + at + kx..], &dy[row * PITCH + at..]);
                            column = plus_products::<S, R, ROWS, IN, PITCH, SQUARED, false>(
                                simd, x, dy, fresh, column,
                            );
                        }
                        if !PITCH.is_multiple_of(width) {
                            let at = PITCH - width;
                            let (x, dy) = (&x[row * IN + at + kx..], &dy[row * PITCH + at..]);
                            column = plus_products::<S, R, ROWS, IN, PITCH, SQUARED, true>(
                                simd, x, dy, fresh, column,
                            );
                        }
                    }
                    for ky in 0..SIDE {
                        sums[ky * SIDE + kx] = column[ky];
                    }
                }
                for (dw, sum) in dweights[kernel * TAPS..][..TAPS].iter_mut().zip(totals::<S, R>(simd, &sums))
                {
                    *dw += sum;
                }
            }
        }
    }
}

/// Writes the columns of a tile, padded with zeros, into lines that have zeros after them.
#[inline(always)]
fn with_margin<'a, R: Real, const OUT: usize>(
    dy: &[R],
    pitch: usize,
    start: usize,
    lines: impl Iterator<Item = &'a mut [R]>,
) {
    for (line, dy) in lines.zip(dy.chunks_exact(pitch)) {
        copy_padded(&dy[start..], &mut line[..OUT]);
    }
}

/// Maps of `IN` x `IN`, one after the other, each followed by at least `BEYOND` numbers; zeros follow the last.
struct Maps<'a, R, const IN: usize, const BEYOND: usize> {
    maps: &'a [R],
    last: [R; 14 * 14 + LANES],
}

impl<'a, R: Real, const IN: usize, const BEYOND: usize> Maps<'a, R, IN, BEYOND> {
    #[inline(always)]
    fn new(maps: &'a [R]) -> Self {
        let mut last = [R::zero(); 14 * 14 + LANES];
        if BEYOND > 0 {
            last[..IN * IN].copy_from_slice(&maps[maps.len() - IN * IN..]);
        }
        Self { maps, last }
    }

    #[inline(always)]
    fn map(&self, n: usize) -> &[R] {
        match self.maps[n * IN * IN..].get(..IN * IN + BEYOND) {
            Some(map) => map,
            None => &self.last[..IN * IN + BEYOND],
        }
    }
}

/// Writes a block into lines of `SIZE` numbers, without the lanes beyond them; `pitch` is the distance from line to line.
#[inline(always)]
fn store<S: Simd, R: Real, const SIZE: usize, const ROWS: usize>(
    block: [R::Lanes<S>; ROWS],
    y: &mut [R],
    pitch: usize,
) {
    for (i, lanes) in block.iter().enumerate() {
        if SIZE >= width::<S, R>() {
            lanes.store_slice(&mut y[i * pitch..][..width::<S, R>()]);
        } else {
            y[i * pitch..][..SIZE].copy_from_slice(&lanes.as_slice()[..SIZE]);
        }
    }
}

/// The row of the block for which row `ky` of the kernel meets this line of the input.
#[inline(always)]
fn row(line: usize, ky: usize, rows: usize) -> Option<usize> {
    line.checked_sub(ky).filter(|&row| row < rows)
}

/// The sums of a block of output rows, plus the correlation of one input map with its kernel. Of the lines that the kernel
/// meets, the first `ABOVE` and the last `BELOW` are known to be zero; `x` starts after the former. The sums are passed by
/// value, because through a reference every partial sum would have to be written to memory.
#[inline(always)]
fn plus_correlation<
    S: Simd,
    R: Real,
    const ROWS: usize,
    const STRIDE: usize,
    const ABOVE: usize,
    const BELOW: usize,
    const TURNED: bool,
    const SQUARED: bool,
>(
    simd: S,
    taps: &[R],
    x: &[R],
    mut sums: [R::Lanes<S>; ROWS],
) -> [R::Lanes<S>; ROWS] {
    for kx in 0..SIDE {
        let mut w = [all(simd, R::zero()); SIDE];
        for (ky, w) in w.iter_mut().enumerate() {
            let tap = ky * SIDE + kx;
            *w = all(simd, power::<R, SQUARED>(taps[if TURNED { TAPS - 1 - tap } else { tap }]));
        }
        for_each_line!(LINE => {
            if (ABOVE..ROWS + SIDE - 1 - BELOW).contains(&LINE) {
                let x = load(simd, &x[(LINE - ABOVE) * STRIDE + kx..]);
                for (ky, &w) in w.iter().enumerate() {
                    if let Some(row) = row(LINE, ky, ROWS) {
                        sums[row] += w * x;
                    }
                }
            }
        });
    }
    sums
}

/// The sums for a column of weights, plus the products of a block of slopes.
#[inline(always)]
fn plus_products<
    S: Simd,
    R: Real,
    const ROWS: usize,
    const STRIDE: usize,
    const PITCH: usize,
    const SQUARED: bool,
    const OVERLAPPING: bool,
>(
    simd: S,
    x: &[R],
    dy: &[R],
    fresh: R::Lanes<S>,
    mut sums: [R::Lanes<S>; SIDE],
) -> [R::Lanes<S>; SIDE] {
    let mut slopes = [all(simd, R::zero()); ROWS];
    for (line, slopes) in slopes.iter_mut().enumerate() {
        *slopes = load(simd, &dy[line * PITCH..]);
        if OVERLAPPING {
            *slopes *= fresh;
        }
    }
    for_each_line!(LINE => {
        if LINE < ROWS + SIDE - 1 {
            let x = load_power::<S, R, SQUARED>(simd, &x[LINE * STRIDE..]);
            for (ky, sum) in sums.iter_mut().enumerate() {
                if let Some(row) = row(LINE, ky, ROWS) {
                    *sum += slopes[row] * x;
                }
            }
        }
    });
    sums
}
