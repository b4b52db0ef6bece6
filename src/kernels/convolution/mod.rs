//! Convolutions whose output maps see some of the input maps.
//!
//! A *connection* is one input map feeding one output map through one kernel. The list has only the connections of
//! Table I: nothing is masked, and nothing is multiplied by zero.
//!
//! The general loops handle any kernel on any map. `blocked.rs` has the loops for kernels of 5 x 5 on maps as high as
//! LeNet-5's, and `full.rs` those for a fully connected C3 in single precision. If the kernel is as high as the input and
//! every output map sees every input map, as in C5, each column of the output is a full connection to a window.

mod blocked;
mod full;
mod tiles;

use super::full_connection::{self, Windows};
use super::lanes::{LANES, sum};
use super::{Real, compiled_once, dispatched, power};
use blocked::{MAPS, SIDE};
use fearless_simd::prelude::*;
use tiles::ROOM;

/// The connected maps, in the order of the kernels in the weights: output by output, input maps ascending.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Connections {
    /// Per output map: (kernel, input map).
    pub by_output: Vec<Vec<(usize, usize)>>,
    /// Per input map: (kernel, output map).
    pub by_input: Vec<Vec<(usize, usize)>>,
}

/// The sizes of a convolution.
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

    /// The layer of LeNet-5 that has these sizes, or would have them on a wider field, if this many input maps fit the buffers.
    #[inline(always)]
    fn of_lenet5(&self, maps: usize) -> Option<Layer> {
        let (rows, columns) = self.input;
        let fits = columns == rows || columns > rows && maps * rows * rows <= ROOM;
        match (self.kernel, rows) {
            ((SIDE, SIDE), 32) if fits => Some(Layer::C1),
            ((SIDE, SIDE), 14) if fits => Some(Layer::C3),
            _ => None,
        }
    }

    fn windows(&self) -> Windows {
        Windows { columns: self.kernel.1, count: self.output().1 }
    }

    #[inline(always)]
    fn areas(&self) -> (usize, usize, usize) {
        let (rows, columns) = self.output();
        (self.input.0 * self.input.1, self.kernel.0 * self.kernel.1, rows * columns)
    }
}

/// The layers whose convolutions have their own loops.
enum Layer {
    C1,
    C3,
}

/// Whether the kernel covers the input and every output map sees every input map, so that the convolution is a full
/// connection.
pub fn is_full_connection(sizes: Sizes, links: &Connections) -> bool {
    sizes.input == sizes.kernel && all_connected(links)
}

/// Whether the kernel is as high as the input, which is wider, and every output map sees every input map, so that each column
/// of the output is a full connection to a window.
fn is_full_connection_by_columns(sizes: Sizes, links: &Connections) -> bool {
    sizes.input.0 == sizes.kernel.0 && sizes.input.1 > sizes.kernel.1 && all_connected(links)
}

fn all_connected(links: &Connections) -> bool {
    let kernels =
        links.by_output.last().and_then(|inputs| inputs.last()).map_or(0, |&(kernel, _)| kernel + 1);
    kernels == links.by_output.len() * links.by_input.len()
}

compiled_once! { Compiled:
    fn convolution_fprop(sizes: Sizes, links: &Connections, weights: &[R], biases: &[R], x: &[R], y: &mut [R]) =
        fprop_here(sizes, links, weights, biases, x, y);
    fn convolution_bprop_states(
        squared: bool, sizes: Sizes, links: &Connections, weights: &[R], dy: &[R], dx: &mut [R],
    ) = if squared {
        bprop_states_here::<R, true>(sizes, links, weights, dy, dx);
    } else {
        bprop_states_here::<R, false>(sizes, links, weights, dy, dx);
    };
    fn convolution_bprop_weights(
        squared: bool, sizes: Sizes, links: &Connections, x: &[R], dy: &[R], dweights: &mut [R], dbiases: &mut [R],
    ) = if squared {
        bprop_weights_here::<R, true>(sizes, links, x, dy, dweights, dbiases);
    } else {
        bprop_weights_here::<R, false>(sizes, links, x, dy, dweights, dbiases);
    };
}

/// `y[o] = b[o] + sum over connected i of w[o,i] * x[i]`, the kernel not rotated.
pub fn fprop<R: Real>(sizes: Sizes, links: &Connections, weights: &[R], biases: &[R], x: &[R], y: &mut [R]) {
    R::convolution_fprop(sizes, links, weights, biases, x, y);
}

fn fprop_here<R: Real>(sizes: Sizes, links: &Connections, weights: &[R], biases: &[R], x: &[R], y: &mut [R]) {
    if is_full_connection_by_columns(sizes, links) {
        return full_connection::fprop_columns(sizes.windows(), weights, biases, x, y);
    }
    dispatched!(R, simd => fprop_inlined(simd, sizes, links, weights, biases, x, y))
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
    let columns = sizes.input.1;
    match sizes.of_lenet5(links.by_input.len()) {
        Some(Layer::C1) => blocked::fprop::<S, R, 32, 28, 7, 0>(simd, links, columns, weights, biases, x, y),
        Some(Layer::C3) if full::fits::<S, R>(links) => full::fprop(simd, columns, weights, biases, x, y),
        Some(Layer::C3) => {
            blocked::fprop::<S, R, 14, 10, 10, LANES>(simd, links, columns, weights, biases, x, y)
        }
        None => fprop_general(sizes, links, weights, biases, x, y),
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

/// `dx[i] = sum over connected o of w[o,i] * dy[o]`, the kernel rotated by half a turn (weights squared if `SQUARED`).
pub fn bprop_states<R: Real, const SQUARED: bool>(
    sizes: Sizes,
    links: &Connections,
    weights: &[R],
    dy: &[R],
    dx: &mut [R],
) {
    R::convolution_bprop_states(SQUARED, sizes, links, weights, dy, dx);
}

fn bprop_states_here<R: Real, const SQUARED: bool>(
    sizes: Sizes,
    links: &Connections,
    weights: &[R],
    dy: &[R],
    dx: &mut [R],
) {
    if is_full_connection_by_columns(sizes, links) {
        return full_connection::bprop_states_columns::<R, SQUARED>(sizes.windows(), weights, dy, dx);
    }
    dispatched!(R, simd => bprop_states_inlined::<_, R, SQUARED>(simd, sizes, links, weights, dy, dx))
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
    match sizes.of_lenet5(links.by_input.len()) {
        Some(Layer::C3) if links.by_output.len() <= MAPS => {
            blocked::bprop_states::<S, R, 14, 10, SQUARED>(simd, links, sizes.input.1, weights, dy, dx);
        }
        _ => bprop_states_general::<R, SQUARED>(sizes, links, weights, dy, dx),
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

/// `dw[o,i] += sum over places of dy[o] * x[i]` and `db[o] += sum of dy[o]` (states squared if `SQUARED`).
pub fn bprop_weights<R: Real, const SQUARED: bool>(
    sizes: Sizes,
    links: &Connections,
    x: &[R],
    dy: &[R],
    dweights: &mut [R],
    dbiases: &mut [R],
) {
    R::convolution_bprop_weights(SQUARED, sizes, links, x, dy, dweights, dbiases);
}

fn bprop_weights_here<R: Real, const SQUARED: bool>(
    sizes: Sizes,
    links: &Connections,
    x: &[R],
    dy: &[R],
    dweights: &mut [R],
    dbiases: &mut [R],
) {
    if is_full_connection_by_columns(sizes, links) {
        return full_connection::bprop_weights_columns::<R, SQUARED>(
            sizes.windows(),
            x,
            dy,
            dweights,
            dbiases,
        );
    }
    dispatched!(R, simd => bprop_weights_inlined::<_, R, SQUARED>(simd, sizes, links, x, dy, dweights, dbiases))
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
        *db += sum(simd, dy);
    }
    let columns = sizes.input.1;
    match sizes.of_lenet5(links.by_input.len()) {
        Some(Layer::C1) => {
            blocked::bprop_weights::<S, R, 32, 28, 28, 7, 0, SQUARED>(simd, links, columns, x, dy, dweights);
        }
        Some(Layer::C3) if full::fits::<S, R>(links) => {
            full::bprop_weights::<S, R, SQUARED>(simd, columns, x, dy, dweights);
        }
        Some(Layer::C3) => {
            blocked::bprop_weights::<S, R, 14, 10, 16, 10, LANES, SQUARED>(
                simd, links, columns, x, dy, dweights,
            );
        }
        None => bprop_weights_general::<R, SQUARED>(sizes, links, x, dy, dweights),
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

/// Calls `visit(tap, at, line)` for every line of the output and every weight of the kernel: `tap` is the number of the
/// weight, `line` the first output of the line, and `at` the input that the weight is multiplied by there.
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
