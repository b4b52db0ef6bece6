//! II-A, II-B: convolutional layers: C1, C3 and C5.
//!
//! Every unit of an output map sees a small window of some input maps; all units of a map share one set of weights and
//! one bias. So a map detects one feature everywhere, and a shifted input gives a shifted output.
//!
//! ```text
//! y[o, r, c] = b[o] + sum over connected i, (ky, kx) of
//!                     w[o,i, ky, kx] x[i, r+ky, c+kx]
//!
//! db[o]           = sum over (r, c) of  dy[o, r, c]
//! dw[o,i, ky, kx] = sum over (r, c) of  dy[o, r, c] x[i, r+ky, c+kx]
//! dx[i, r', c']   = sum over connected o, (ky, kx) of
//!                   w[o,i, ky, kx] dy[o, r'-ky, c'-kx]
//! ```
//!
//! A shared weight's derivative is the sum over the connections that share it (eq. 19, 20). `bbprop` is the same with
//! `w` and `x` squared, `ddy` in place of `dy` (eq. 23, 25, 27).
//!
//! The kernel is not turned round: this is the cross-correlation that every framework calls a convolution.

use super::table1::Table;
use crate::Real;
use crate::appendix::a::{self, InitialWeights};
use crate::kernels::convolution::{self as kernel, Sizes};
use crate::kernels::full_connection;
use crate::section1::{Maps, Module, Parameters, Shape, ShapeError, descend_by_gradient, line, line_mut};
use ndarray::{Array1, Array3, Array4, Axis};
use rand::Rng;

/// A convolutional layer: one kernel per connection of its [`Table`], one bias per output map.
#[derive(Clone, Debug, PartialEq)]
pub struct Convolution<R> {
    /// The kernels, connection by connection: connections x kernel rows x kernel columns.
    pub weight: Array3<R>,
    /// A bias for each output map.
    pub bias: Array1<R>,
    table: Table,
}

impl<R: Real> Convolution<R> {
    /// A layer that sees windows of `side x side`, with initial weights drawn as App. A has it
    /// (see [`InitialWeights`]) and biases 0.
    pub fn new(table: Table, side: usize, initial: InitialWeights, random: &mut impl Rng) -> Self {
        let mut weight = Array3::zeros((table.len(), side, side));
        for ((output, _), mut kernel) in table.pairs().zip(weight.axis_iter_mut(Axis(0))) {
            let fan_in = table.links().by_output[output].len() * side * side;
            a::draw(initial, fan_in, kernel.iter_mut(), random);
        }
        Self { weight, bias: Array1::zeros(table.outputs()), table }
    }

    /// Draws the biases as [`new`](Self::new) draws the weights: from the fan-in of their map (deviation 2).
    pub fn draw_biases(&mut self, initial: InitialWeights, random: &mut impl Rng) {
        let (_, rows, columns) = self.weight.dim();
        for (from, bias) in self.table.links().by_output.iter().zip(&mut self.bias) {
            a::draw(initial, from.len() * rows * columns, std::iter::once(bias), random);
        }
    }

    /// Which output maps see which input maps.
    pub fn table(&self) -> &Table {
        &self.table
    }

    /// The weights as frameworks keep them, output maps x input maps x rows x columns, with zeros where there is no
    /// connection.
    pub fn dense(&self) -> Array4<R> {
        let (_, rows, columns) = self.weight.dim();
        let mut dense = Array4::zeros((self.table.outputs(), self.table.inputs(), rows, columns));
        for ((output, input), kernel) in self.table.pairs().zip(self.weight.axis_iter(Axis(0))) {
            dense.index_axis_mut(Axis(0), output).index_axis_mut(Axis(0), input).assign(&kernel);
        }
        dense
    }

    /// Takes the weights from a [`dense`](Self::dense) array of the same shape. If that has anything but zeros where there
    /// is no connection, the answer is `false` and the layer is left as it was.
    pub fn set_dense(&mut self, dense: &Array4<R>) -> bool {
        let before = self.weight.clone();
        for ((output, input), mut kernel) in self.table.pairs().zip(self.weight.axis_iter_mut(Axis(0))) {
            kernel.assign(&dense.index_axis(Axis(0), output).index_axis(Axis(0), input));
        }
        let nothing_lost = self.dense() == *dense;
        if !nothing_lost {
            self.weight = before;
        }
        nothing_lost
    }

    fn sizes(&self, input: Shape) -> Sizes {
        let (_, rows, columns) = self.weight.dim();
        Sizes { input: (input.1, input.2), kernel: (rows, columns) }
    }

    fn backward<const SQUARED: bool>(
        &self,
        x: &Maps<R>,
        dy: &Maps<R>,
        dx: Option<&mut Maps<R>>,
        sums: &mut Self,
    ) {
        let (sizes, links) = (self.sizes(x.dim()), self.table.links());
        let (dw, db) = (line_mut(&mut sums.weight), line_mut(&mut sums.bias));
        let (weights, x, dy) = (line(&self.weight), line(x), line(dy));
        match dx.map(line_mut) {
            Some(dx) if kernel::is_full_connection(sizes, links) => {
                full_connection::bprop::<R, SQUARED>(weights, x, dy, dx, dw, db);
            }
            dx => {
                kernel::bprop_weights::<R, SQUARED>(sizes, links, x, dy, dw, db);
                dx.into_iter()
                    .for_each(|dx| kernel::bprop_states::<R, SQUARED>(sizes, links, weights, dy, dx));
            }
        }
    }
}

impl<R: Real> Parameters<R> for Convolution<R> {
    fn arrays(&self) -> impl Iterator<Item = &[R]> {
        [line(&self.weight), line(&self.bias)].into_iter()
    }

    fn arrays_mut(&mut self) -> impl Iterator<Item = &mut [R]> {
        [line_mut(&mut self.weight), line_mut(&mut self.bias)].into_iter()
    }
}

impl<R: Real> Module<R> for Convolution<R> {
    fn output_shape(&self, input: Shape) -> Result<Shape, ShapeError> {
        let (_, rows, columns) = self.weight.dim();
        if input.0 != self.table.inputs() || input.1 < rows || input.2 < columns {
            let needed = format!("{} maps of at least {rows} x {columns}", self.table.inputs());
            return Err(ShapeError { layer: "a convolution", found: input, needed });
        }
        Ok((self.table.outputs(), input.1 + 1 - rows, input.2 + 1 - columns))
    }

    fn connections(&self, input: Shape) -> usize {
        let (rows, columns) = self.sizes(input).output();
        rows * columns * (self.weight.len() + self.bias.len())
    }

    fn fprop(&self, x: &Maps<R>, y: &mut Maps<R>) {
        let (sizes, links) = (self.sizes(x.dim()), self.table.links());
        let (weights, biases, x, y) = (line(&self.weight), line(&self.bias), line(x), line_mut(y));
        if kernel::is_full_connection(sizes, links) {
            full_connection::fprop(weights, biases, x, y);
        } else {
            kernel::fprop(sizes, links, weights, biases, x, y);
        }
    }

    fn bprop(&self, x: &Maps<R>, dy: &Maps<R>, dx: Option<&mut Maps<R>>, gradient: &mut Self) {
        self.backward::<false>(x, dy, dx, gradient);
    }

    fn descend(
        &mut self,
        x: &Maps<R>,
        dy: &Maps<R>,
        dx: Option<&mut Maps<R>>,
        rates: &Self,
        gradient: &mut Self,
    ) {
        let dx = match dx {
            Some(dx) if kernel::is_full_connection(self.sizes(x.dim()), self.table.links()) => dx,
            dx => return descend_by_gradient(self, x, dy, dx, rates, gradient),
        };
        let rates = (line(&rates.weight), line(&rates.bias));
        let (weights, biases) = (line_mut(&mut self.weight), line_mut(&mut self.bias));
        full_connection::descend(weights, biases, rates, line(x), line(dy), line_mut(dx));
    }

    fn bbprop(&self, x: &Maps<R>, ddy: &Maps<R>, ddx: Option<&mut Maps<R>>, curvature: &mut Self) {
        self.backward::<true>(x, ddy, ddx, curvature);
    }
}
