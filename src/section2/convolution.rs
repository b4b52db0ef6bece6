#![doc = mathdoc::page!("convolution.md", "../../docs/figures/kernels.svg")]

use super::table1::Table;
use crate::Real;
use crate::appendix::a::{self, InitialWeights};
use crate::kernels::convolution::{self as kernel, Sizes};
use crate::kernels::full_connection;
use crate::section1::{
    Back, Bbprop, Layer, Maps, Module, Parameters, SecondOrder, Shape, ShapeError, Tensor, Wanted,
};
use crate::section1::{arrays, back_flat, bprop_then_update, flat, flat_mut};
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
    /// A layer whose units see windows of `side x side`, with initial weights as [`InitialWeights`] draws them (App. A)
    /// and biases 0.
    pub fn new(table: Table, side: usize, initial: InitialWeights, random: &mut impl Rng) -> Self {
        let mut weight = Array3::zeros((table.len(), side, side));
        for ((output, _), mut kernel) in table.pairs().zip(weight.axis_iter_mut(Axis(0))) {
            let fan_in = table.links().by_output[output].len() * side * side;
            a::draw(initial, fan_in, kernel.iter_mut(), random);
        }
        Self { weight, bias: Array1::zeros(table.outputs()), table }
    }

    /// Draws the biases as [`new`](Self::new) draws the weights: in a range that follows from their map's fan-in (deviation 2).
    pub fn draw_biases(&mut self, initial: InitialWeights, random: &mut impl Rng) {
        let (_, rows, columns) = self.weight.dim();
        for (from, bias) in self.table.links().by_output.iter().zip(&mut self.bias) {
            a::draw(initial, from.len() * rows * columns, std::iter::once(bias), random);
        }
    }

    /// The table: which output maps see which input maps.
    pub fn table(&self) -> &Table {
        &self.table
    }

    /// The weights as frameworks keep them, output maps x input maps x kernel rows x kernel columns, with zeros for pairs
    /// of maps that are not connected.
    pub fn dense(&self) -> Array4<R> {
        let (_, rows, columns) = self.weight.dim();
        let mut dense = Array4::zeros((self.table.outputs(), self.table.inputs(), rows, columns));
        for ((output, input), kernel) in self.table.pairs().zip(self.weight.axis_iter(Axis(0))) {
            dense.index_axis_mut(Axis(0), output).index_axis_mut(Axis(0), input).assign(&kernel);
        }
        dense
    }

    /// Takes the weights from an array of the shape of [`dense`](Self::dense).
    ///
    /// # Errors
    /// When the array is not zero for every pair of maps that is not connected; the layer then stays unchanged.
    pub fn set_dense(&mut self, dense: &Array4<R>) -> Result<(), String> {
        let mut taken = self.clone();
        for ((output, input), mut kernel) in self.table.pairs().zip(taken.weight.axis_iter_mut(Axis(0))) {
            kernel.assign(&dense.index_axis(Axis(0), output).index_axis(Axis(0), input));
        }
        if taken.dense() != *dense {
            return Err("are not 0 where the layer's table has no connection".into());
        }
        *self = taken;
        Ok(())
    }

    fn sizes(&self, input: Shape) -> Sizes {
        let (_, rows, columns) = self.weight.dim();
        Sizes { input: (input.1, input.2), kernel: (rows, columns) }
    }

    /// Whether every output unit sees every unit of an input of this shape, as in C5.
    fn is_full_connection(&self, input: Shape) -> bool {
        kernel::is_full_connection(self.sizes(input), self.table.links())
    }

    fn backward<const SQUARED: bool>(&self, x: &Maps<R>, dy: &Maps<R>, dx: Wanted<Maps<R>>, sums: &mut Self) {
        let (shape, links) = (x.dim(), self.table.links());
        let sizes = self.sizes(shape);
        let (dw, db) = (flat_mut(&mut sums.weight), flat_mut(&mut sums.bias));
        let (weights, x, dy) = (flat(&self.weight), flat(x), flat(dy));
        match dx.map(flat_mut) {
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
    arrays!(weight, bias);

    /// The [`dense`](Convolution::dense) weights, and the biases.
    fn tensors(&self) -> Vec<Tensor<R>> {
        let (weight, bias) = (self.dense(), self.bias.to_vec());
        let (shape, values) = (weight.shape().to_vec(), flat(&weight).to_vec());
        vec![
            Tensor { name: "weight".into(), shape, values },
            Tensor { name: "bias".into(), shape: vec![bias.len()], values: bias },
        ]
    }

    fn set_tensor(&mut self, tensor: &Tensor<R>) -> Result<(), String> {
        if tensor.name == "bias" {
            flat_mut(&mut self.bias).copy_from_slice(&tensor.values);
            return Ok(());
        }
        let mut dense = self.dense();
        flat_mut(&mut dense).copy_from_slice(&tensor.values);
        self.set_dense(&dense)
    }
}

impl<R: Real> Module<R> for Convolution<R> {
    type Input = Maps<R>;
    type Output = Maps<R>;

    fn fprop(&self, x: &Maps<R>, y: &mut Maps<R>) {
        let (shape, weights, biases) = (x.dim(), flat(&self.weight), flat(&self.bias));
        if self.is_full_connection(shape) {
            full_connection::fprop(weights, biases, flat(x), flat_mut(y));
        } else {
            kernel::fprop(self.sizes(shape), self.table.links(), weights, biases, flat(x), flat_mut(y));
        }
    }

    fn bprop(&self, x: &Maps<R>, _y: &Maps<R>, dy: &Maps<R>, dx: Wanted<Maps<R>>, gradient: &mut Self) {
        self.backward::<false>(x, dy, dx, gradient);
    }

    fn second_order() -> Option<Bbprop<R, Self>> {
        Some(Self::bbprop)
    }

    fn fprop_all(&self, batch: &mut [(&Maps<R>, &mut Maps<R>)]) {
        if batch.iter().all(|(x, _)| self.is_full_connection(x.dim())) {
            let mut batch: Vec<_> = batch.iter_mut().map(|(x, y)| (flat(*x), flat_mut(*y))).collect();
            full_connection::fprop_all(flat(&self.weight), flat(&self.bias), &mut batch);
        } else {
            batch.iter_mut().for_each(|(x, y)| self.fprop(x, y));
        }
    }

    fn bprop_all(&self, batch: &mut [Back<Maps<R>, Maps<R>>], gradient: &mut Self) {
        let full = batch.iter().all(|p| self.is_full_connection(p.x.dim()));
        if let Some(mut flat_batch) = back_flat(batch).filter(|_| full) {
            let (dw, db) = (flat_mut(&mut gradient.weight), flat_mut(&mut gradient.bias));
            return full_connection::bprop_all(flat(&self.weight), &mut flat_batch, dw, db);
        }
        batch.iter_mut().for_each(|p| self.bprop(p.x, p.y, p.dy, p.dx.as_deref_mut(), gradient));
    }

    fn bprop_and_update(&mut self, p: Back<Maps<R>, Maps<R>>, rates: &Self, gradient: &mut Self) {
        let full = self.is_full_connection(p.x.dim());
        let Back { x, dy, dx: Some(dx), .. } = p else { return bprop_then_update(self, p, rates, gradient) };
        if !full {
            return bprop_then_update(self, Back { x, y: p.y, dy, dx: Some(dx) }, rates, gradient);
        }
        let rates = (flat(&rates.weight), flat(&rates.bias));
        let (weights, biases) = (flat_mut(&mut self.weight), flat_mut(&mut self.bias));
        full_connection::bprop_and_update(weights, biases, rates, flat(x), flat(dy), flat_mut(dx));
    }
}

impl<R: Real> SecondOrder<R> for Convolution<R> {
    fn bbprop(&self, x: &Maps<R>, _y: &Maps<R>, ddy: &Maps<R>, ddx: Wanted<Maps<R>>, curvature: &mut Self) {
        self.backward::<true>(x, ddy, ddx, curvature);
    }
}

impl<R: Real> Layer<R> for Convolution<R> {
    fn output_shape(&self, input: Shape) -> Result<Shape, ShapeError> {
        let (_, rows, columns) = self.weight.dim();
        if input.0 != self.table.inputs() || input.1 < rows || input.2 < columns {
            let needed = format!("{} maps of at least {rows} x {columns}", self.table.inputs());
            return Err(ShapeError::new("a convolution", input, needed));
        }
        Ok((self.table.outputs(), input.1 + 1 - rows, input.2 + 1 - columns))
    }

    fn connections(&self, input: Shape) -> usize {
        let (rows, columns) = self.sizes(input).output();
        rows * columns * (self.weight.len() + self.bias.len())
    }

    fn shares_walks(&self, input: Shape) -> bool {
        self.is_full_connection(input)
    }
}
