#![doc = mathdoc::page!("convolution.md")]
#![doc = include_str!("../../docs/figures/kernels.svg")]

use super::table1::Table;
use crate::Real;
use crate::appendix::a::{self, InitialWeights};
use crate::kernels::convolution::{self as kernel, Sizes};
use crate::kernels::full_connection;
use crate::section1::{Maps, Module, Parameters, Shape, ShapeError};
use crate::section1::{descend_by_gradient, line, line_mut, lines, lines_back};
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

    /// Whether every output sees every number of such an input, as in C5.
    fn is_full_connection(&self, input: Shape) -> bool {
        kernel::is_full_connection(self.sizes(input), self.table.links())
    }

    fn backward<const SQUARED: bool>(
        &self,
        x: &Maps<R>,
        dy: &Maps<R>,
        dx: Option<&mut Maps<R>>,
        sums: &mut Self,
    ) {
        let (shape, links) = (x.dim(), self.table.links());
        let sizes = self.sizes(shape);
        let (dw, db) = (line_mut(&mut sums.weight), line_mut(&mut sums.bias));
        let (weights, x, dy) = (line(&self.weight), line(x), line(dy));
        match dx.map(line_mut) {
            Some(dx) if self.is_full_connection(shape) => {
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
        let (shape, weights, biases) = (x.dim(), line(&self.weight), line(&self.bias));
        if self.is_full_connection(shape) {
            full_connection::fprop(weights, biases, line(x), line_mut(y));
        } else {
            kernel::fprop(self.sizes(shape), self.table.links(), weights, biases, line(x), line_mut(y));
        }
    }

    fn bprop(&self, x: &Maps<R>, dy: &Maps<R>, dx: Option<&mut Maps<R>>, gradient: &mut Self) {
        self.backward::<false>(x, dy, dx, gradient);
    }

    fn fprop_all(&self, batch: &mut [(&Maps<R>, &mut Maps<R>)]) {
        if batch.iter().all(|(x, _)| self.is_full_connection(x.dim())) {
            full_connection::fprop_all(line(&self.weight), line(&self.bias), &mut lines(batch));
        } else {
            batch.iter_mut().for_each(|(x, y)| self.fprop(x, y));
        }
    }

    fn bprop_all(&self, batch: &mut [(&Maps<R>, &Maps<R>, &mut Maps<R>)], gradient: &mut Self) {
        if batch.iter().all(|(x, ..)| self.is_full_connection(x.dim())) {
            let (dw, db) = (line_mut(&mut gradient.weight), line_mut(&mut gradient.bias));
            full_connection::bprop_all(line(&self.weight), &mut lines_back(batch), dw, db);
        } else {
            batch.iter_mut().for_each(|(x, dy, dx)| self.bprop(x, dy, Some(dx), gradient));
        }
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
            Some(dx) if self.is_full_connection(x.dim()) => dx,
            dx => return descend_by_gradient(self, x, dy, dx, rates, gradient),
        };
        let rates = (line(&rates.weight), line(&rates.bias));
        let (weights, biases) = (line_mut(&mut self.weight), line_mut(&mut self.bias));
        full_connection::bprop_and_update(weights, biases, rates, line(x), line(dy), line_mut(dx));
    }

    fn bbprop(&self, x: &Maps<R>, ddy: &Maps<R>, ddx: Option<&mut Maps<R>>, curvature: &mut Self) {
        self.backward::<true>(x, ddy, ddx, curvature);
    }
}
