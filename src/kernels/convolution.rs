//! Convolutions whose output maps see some of the input maps.
//!
//! A *connection* is one input map feeding one output map through one kernel. Connections that Table I does not
//! have are not in the list: nothing is masked, nothing is multiplied by zero.
//!
//! The general loop takes any kernel. For kernels of 5 x 5 there is a second one: a block of output rows stays in
//! registers, sixteen columns side by side, and each input row is read once per column of the kernel.

use super::lanes::{WIDEST, all, load, load_power, width};
use super::{Real, dispatched, full_connection, power};
use fearless_simd::prelude::*;

/// Which maps are connected, in the order of the kernels in the weights.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Connections {
    /// Per output map: (kernel, input map).
    pub by_output: Vec<Vec<(usize, usize)>>,
    /// Per input map: (kernel, output map).
    pub by_input: Vec<Vec<(usize, usize)>>,
}

/// The sizes that one call of a kernel needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sizes {
    /// Rows and columns of an input map.
    pub input: (usize, usize),
    /// Rows and columns of a convolution kernel.
    pub kernel: (usize, usize),
}

impl Sizes {
    /// Rows and columns of an output map: the places where the kernel lies wholly inside the input.
    #[inline(always)]
    pub fn output(&self) -> (usize, usize) {
        (self.input.0 + 1 - self.kernel.0, self.input.1 + 1 - self.kernel.1)
    }

    #[inline(always)]
    fn areas(&self) -> (usize, usize, usize) {
        let (rows, columns) = self.output();
        (self.input.0 * self.input.1, self.kernel.0 * self.kernel.1, rows * columns)
    }

    /// Whether the kernel covers the input: then a full table is a full connection.
    fn is_full_connection(&self, links: &Connections) -> bool {
        self.input == self.kernel && links.by_output.iter().all(|inputs| inputs.len() == links.by_input.len())
    }
}

/// `y[o] = b[o] + sum over connected i of w[o,i] * x[i]`, the kernel laid on the input without turning it round.
pub fn fprop<R: Real>(sizes: Sizes, links: &Connections, weights: &[R], biases: &[R], x: &[R], y: &mut [R]) {
    if sizes.is_full_connection(links) {
        return full_connection::fprop(weights, biases, x, y);
    }
    dispatched!(simd => fprop_inlined(simd, sizes, links, weights, biases, x, y))
}

#[inline(always)]
fn fprop_inlined<S: Simd, R: Real>(
    simd: S,
    sizes: Sizes,
    links: &Connections,
    weights: &[R],
    biases: &[R],
    x: &[R],
    y: &mut [R],
) {
    let (_, _, out_area) = sizes.areas();
    let mut room = Room::new();
    match Block::of(sizes.kernel, sizes.output()) {
        Block::Rows14 => {
            let (sizes, x) = room.padded(sizes, x, (0, 0));
            for ((y, &bias), from) in y.chunks_exact_mut(out_area).zip(biases).zip(&links.by_output) {
                correlate::<S, R, 14, false, false>(simd, sizes, from, weights, bias, x, y);
            }
        }
        Block::Rows10 => {
            let (sizes, x) = room.padded(sizes, x, (0, 0));
            for ((y, &bias), from) in y.chunks_exact_mut(out_area).zip(biases).zip(&links.by_output) {
                correlate::<S, R, 10, false, false>(simd, sizes, from, weights, bias, x, y);
            }
        }
        Block::None => fprop_general(sizes, links, weights, biases, x, y),
    }
}

#[inline(always)]
fn fprop_general<R: Real>(
    sizes: Sizes,
    links: &Connections,
    weights: &[R],
    biases: &[R],
    x: &[R],
    y: &mut [R],
) {
    let (in_area, kernel_area, out_area) = sizes.areas();
    for ((y, &bias), from) in y.chunks_exact_mut(out_area).zip(biases).zip(&links.by_output) {
        y.fill(bias);
        for &(kernel, map) in from {
            let w = &weights[kernel * kernel_area..][..kernel_area];
            let x = &x[map * in_area..][..in_area];
            for_each_line(sizes, |tap, at, line| {
                for (y, &x) in y[line..].iter_mut().zip(&x[at..]).take(sizes.output().1) {
                    *y += w[tap] * x;
                }
            });
        }
    }
}

/// `dx[i] = sum over connected o of w[o,i] laid turned round on dy[o]` (weights squared, if `SQUARED`).
pub fn bprop_states<R: Real, const SQUARED: bool>(
    sizes: Sizes,
    links: &Connections,
    weights: &[R],
    dy: &[R],
    dx: &mut [R],
) {
    if sizes.is_full_connection(links) {
        return full_connection::bprop_states::<R, SQUARED>(weights, dy, dx);
    }
    dispatched!(simd => bprop_states_inlined::<_, R, SQUARED>(simd, sizes, links, weights, dy, dx))
}

#[inline(always)]
fn bprop_states_inlined<S: Simd, R: Real, const SQUARED: bool>(
    simd: S,
    sizes: Sizes,
    links: &Connections,
    weights: &[R],
    dy: &[R],
    dx: &mut [R],
) {
    let (in_area, _, _) = sizes.areas();
    let margin = (sizes.kernel.0 - 1, sizes.kernel.1 - 1);
    let slopes = Sizes { input: sizes.output(), kernel: sizes.kernel };
    let mut room = Room::new();
    match Block::of(sizes.kernel, sizes.input) {
        Block::Rows14 => {
            let (sizes, dy) = room.padded(slopes, dy, margin);
            for (dx, from) in dx.chunks_exact_mut(in_area).zip(&links.by_input) {
                correlate::<S, R, 14, true, SQUARED>(simd, sizes, from, weights, R::zero(), dy, dx);
            }
        }
        Block::Rows10 => {
            let (sizes, dy) = room.padded(slopes, dy, margin);
            for (dx, from) in dx.chunks_exact_mut(in_area).zip(&links.by_input) {
                correlate::<S, R, 10, true, SQUARED>(simd, sizes, from, weights, R::zero(), dy, dx);
            }
        }
        Block::None => bprop_states_general::<R, SQUARED>(sizes, links, weights, dy, dx),
    }
}

#[inline(always)]
fn bprop_states_general<R: Real, const SQUARED: bool>(
    sizes: Sizes,
    links: &Connections,
    weights: &[R],
    dy: &[R],
    dx: &mut [R],
) {
    let (in_area, kernel_area, out_area) = sizes.areas();
    for (dx, from) in dx.chunks_exact_mut(in_area).zip(&links.by_input) {
        dx.fill(R::zero());
        for &(kernel, map) in from {
            let w = &weights[kernel * kernel_area..][..kernel_area];
            let dy = &dy[map * out_area..][..out_area];
            for_each_line(sizes, |tap, at, line| {
                for (dx, &dy) in dx[at..].iter_mut().zip(&dy[line..]).take(sizes.output().1) {
                    *dx += power::<R, SQUARED>(w[tap]) * dy;
                }
            });
        }
    }
}

/// `dw[o,i] += sum over places of dy[o] * x[i]` and `db[o] += sum of dy[o]` (states squared, if `SQUARED`).
pub fn bprop_weights<R: Real, const SQUARED: bool>(
    sizes: Sizes,
    links: &Connections,
    x: &[R],
    dy: &[R],
    dweights: &mut [R],
    dbiases: &mut [R],
) {
    if sizes.is_full_connection(links) {
        return full_connection::bprop_weights::<R, SQUARED>(x, dy, dweights, dbiases);
    }
    dispatched!(simd => bprop_weights_inlined::<_, R, SQUARED>(simd, sizes, links, x, dy, dweights, dbiases))
}

#[inline(always)]
fn bprop_weights_inlined<S: Simd, R: Real, const SQUARED: bool>(
    simd: S,
    sizes: Sizes,
    links: &Connections,
    x: &[R],
    dy: &[R],
    dweights: &mut [R],
    dbiases: &mut [R],
) {
    let (_, _, out_area) = sizes.areas();
    for (dy, db) in dy.chunks_exact(out_area).zip(dbiases) {
        *db += dy.iter().copied().sum::<R>();
    }
    let mut room = Room::new();
    match Block::of(sizes.kernel, sizes.output()) {
        Block::Rows14 => {
            let (sizes, x) = room.padded(sizes, x, (0, 0));
            for (dy, from) in dy.chunks_exact(out_area).zip(&links.by_output) {
                products::<S, R, 14, SQUARED>(simd, sizes, from, x, dy, dweights);
            }
        }
        Block::Rows10 => {
            let (sizes, x) = room.padded(sizes, x, (0, 0));
            for (dy, from) in dy.chunks_exact(out_area).zip(&links.by_output) {
                products::<S, R, 10, SQUARED>(simd, sizes, from, x, dy, dweights);
            }
        }
        Block::None => bprop_weights_general::<R, SQUARED>(sizes, links, x, dy, dweights),
    }
}

#[inline(always)]
fn bprop_weights_general<R: Real, const SQUARED: bool>(
    sizes: Sizes,
    links: &Connections,
    x: &[R],
    dy: &[R],
    dweights: &mut [R],
) {
    let (in_area, kernel_area, out_area) = sizes.areas();
    for (dy, from) in dy.chunks_exact(out_area).zip(&links.by_output) {
        for &(kernel, map) in from {
            let dw = &mut dweights[kernel * kernel_area..][..kernel_area];
            let x = &x[map * in_area..][..in_area];
            for_each_line(sizes, |tap, at, line| {
                let products = x[at..].iter().zip(&dy[line..]).take(sizes.output().1);
                dw[tap] += products.map(|(&x, &dy)| power::<R, SQUARED>(x) * dy).sum::<R>();
            });
        }
    }
}

/// Visits every line of the output under every weight of the kernel: `visit(tap, at, line)`, where `tap` numbers the
/// weight, `at` is the first input that it meets on this line and `line` the first output.
#[inline(always)]
fn for_each_line(sizes: Sizes, mut visit: impl FnMut(usize, usize, usize)) {
    let (rows, columns) = sizes.output();
    for ky in 0..sizes.kernel.0 {
        for kx in 0..sizes.kernel.1 {
            for row in 0..rows {
                visit(ky * sizes.kernel.1 + kx, (row + ky) * sizes.input.1 + kx, row * columns);
            }
        }
    }
}

/// Side of the kernels that the blocked loops are written for: LeNet-5's.
const SIDE: usize = 5;

/// How many output rows stay in registers.
enum Block {
    Rows14,
    Rows10,
    None,
}

impl Block {
    fn of(kernel: (usize, usize), output: (usize, usize)) -> Self {
        match output.0 {
            _ if kernel != (SIDE, SIDE) => Self::None,
            14.. => Self::Rows14,
            10.. => Self::Rows10,
            _ => Self::None,
        }
    }
}

/// Numbers that fit on the stack: the largest padded state of LeNet-5 and the lanes that reach beyond it.
const ROOM: usize = 16 * 18 * 18 + WIDEST;

/// A copy of some maps with a margin of zeros around each, and room behind the last for lanes to read beyond it.
struct Room<R> {
    stack: [R; ROOM],
    heap: Vec<R>,
}

impl<R: Real> Room<R> {
    #[inline(always)]
    fn new() -> Self {
        Self { stack: [R::zero(); ROOM], heap: Vec::new() }
    }

    #[inline(always)]
    fn padded(&mut self, sizes: Sizes, maps: &[R], margin: (usize, usize)) -> (Sizes, &[R]) {
        let (rows, columns) = sizes.input;
        let padded = (rows + 2 * margin.0, columns + 2 * margin.1);
        let needed = maps.len() / (rows * columns) * padded.0 * padded.1 + WIDEST;
        let room = if needed <= ROOM {
            &mut self.stack[..needed]
        } else {
            self.heap.resize(needed, R::zero());
            &mut self.heap
        };
        for (line, values) in maps.chunks_exact(columns).enumerate() {
            let (map, row) = (line / rows, line % rows);
            let start = (map * padded.0 + row + margin.0) * padded.1 + margin.1;
            room[start..start + columns].copy_from_slice(values);
        }
        (Sizes { input: padded, kernel: sizes.kernel }, room)
    }
}

/// One output map: `bias` and its input maps under their kernels, which are turned round if `TURNED`.
#[inline(always)]
fn correlate<S: Simd, R: Real, const ROWS: usize, const TURNED: bool, const SQUARED: bool>(
    simd: S,
    sizes: Sizes,
    from: &[(usize, usize)],
    weights: &[R],
    bias: R,
    x: &[R],
    y: &mut [R],
) {
    let (rows, columns) = sizes.output();
    let (in_area, _, _) = sizes.areas();
    for block in 0..rows.div_ceil(ROWS) {
        // The last block may overlap the one before it: those rows are computed twice, and alike.
        let row = (block * ROWS).min(rows - ROWS);
        for column in (0..columns).step_by(width::<S, R>()) {
            let mut sums = [all(simd, bias); ROWS];
            for &(kernel, map) in from {
                let taps = taps::<R, TURNED, SQUARED>(&weights[kernel * SIDE * SIDE..]);
                let x = &x[map * in_area + row * sizes.input.1 + column..];
                add_correlation(simd, &taps, sizes.input.1, x, &mut sums);
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

/// Adds one input map under its kernel to a block of output rows.
#[inline(always)]
fn add_correlation<S: Simd, R: Real, const ROWS: usize>(
    simd: S,
    taps: &[R; SIDE * SIDE],
    stride: usize,
    x: &[R],
    sums: &mut [R::Lanes<S>; ROWS],
) {
    for (tap, &w) in taps.iter().enumerate() {
        let w = all(simd, w);
        let x = &x[tap / SIDE * stride + tap % SIDE..][..(ROWS - 1) * stride + width::<S, R>()];
        for (i, sums) in sums.iter_mut().enumerate() {
            *sums += w * load(simd, &x[i * stride..]);
        }
    }
}

/// One output map's slopes times its input maps, summed over all places for each weight.
#[inline(always)]
fn products<S: Simd, R: Real, const ROWS: usize, const SQUARED: bool>(
    simd: S,
    sizes: Sizes,
    from: &[(usize, usize)],
    x: &[R],
    dy: &[R],
    dweights: &mut [R],
) {
    let (rows, columns) = sizes.output();
    let (in_area, _, _) = sizes.areas();
    for block in 0..rows.div_ceil(ROWS) {
        let row = (block * ROWS).min(rows - ROWS);
        for column in (0..columns).step_by(width::<S, R>()) {
            // Slopes beyond the last column, or counted in the block before, are zero here.
            let width = width::<S, R>().min(columns - column);
            let mut slopes = [all(simd, R::zero()); ROWS];
            for (slopes, line) in slopes.iter_mut().zip(row..).skip(block * ROWS - row) {
                slopes.as_mut_slice()[..width].copy_from_slice(&dy[line * columns + column..][..width]);
            }
            for &(kernel, map) in from {
                let x = &x[map * in_area + row * sizes.input.1 + column..];
                let dw = &mut dweights[kernel * SIDE * SIDE..][..SIDE * SIDE];
                add_products::<S, R, ROWS, SQUARED>(simd, &slopes, sizes.input.1, x, dw);
            }
        }
    }
}

#[inline(always)]
fn add_products<S: Simd, R: Real, const ROWS: usize, const SQUARED: bool>(
    simd: S,
    slopes: &[R::Lanes<S>; ROWS],
    stride: usize,
    x: &[R],
    dw: &mut [R],
) {
    for (ky, dw) in dw.chunks_exact_mut(SIDE).enumerate() {
        let mut sums = [all(simd, R::zero()); SIDE];
        for (line, &slopes) in slopes.iter().enumerate() {
            let x = &x[(line + ky) * stride..][..width::<S, R>() + SIDE - 1];
            for (kx, sums) in sums.iter_mut().enumerate() {
                *sums += slopes * load_power::<S, R, SQUARED>(simd, &x[kx..]);
            }
        }
        for (dw, sums) in dw.iter_mut().zip(sums) {
            *dw += R::total(sums);
        }
    }
}
