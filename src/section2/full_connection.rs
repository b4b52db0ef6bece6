#![doc = mathdoc::page!("full_connection.md")]

use crate::Real;
use crate::appendix::a::{self, InitialWeights};
use crate::kernels::full_connection::{self as kernel, Windows};
use crate::section1::{
    Back, Bbprop, Layer, Maps, Module, Parameters, SecondOrder, Shape, ShapeError, Wanted,
};
use crate::section1::{arrays, back_flat, bprop_then_update, flat, flat_mut, tensors};
use ndarray::{Array1, Array2};
use rand::Rng;

/// A fully connected layer (II-B): `y = w x + b`, without the squashing function.
///
/// If the input has as many maps as the layer has inputs, the layer sees each column (the units of all maps at one place)
/// by itself; otherwise it sees all numbers of the input.
#[derive(Clone, Debug, PartialEq)]
pub struct FullConnection<R> {
    /// Outputs x inputs: 84 x 120 in F6.
    pub weight: Array2<R>,
    /// One bias for each output.
    pub bias: Array1<R>,
}

impl<R: Real> FullConnection<R> {
    /// A layer with biases 0 and initial weights drawn uniformly from `±1/√inputs` (deviation 2).
    pub fn new(inputs: usize, outputs: usize, random: &mut impl Rng) -> Self {
        Self::drawn(inputs, outputs, InitialWeights::RootFanIn, random)
    }

    /// A layer with biases 0 and initial weights as `initial` draws them.
    pub fn drawn(inputs: usize, outputs: usize, initial: InitialWeights, random: &mut impl Rng) -> Self {
        let mut weight = Array2::zeros((outputs, inputs));
        a::draw(initial, inputs, weight.iter_mut(), random);
        Self { weight, bias: Array1::zeros(outputs) }
    }

    /// Draws the biases as [`drawn`](Self::drawn) draws the weights (deviation 2).
    pub fn draw_biases(&mut self, initial: InitialWeights, random: &mut impl Rng) {
        a::draw(initial, self.weight.dim().1, self.bias.iter_mut(), random);
    }

    /// The columns of an input that the layer sees one by one, if it has as many maps as the layer has inputs.
    fn columns(&self, (maps, rows, columns): Shape) -> Option<Windows> {
        let several = maps == self.weight.dim().1 && rows * columns > 1;
        several.then_some(Windows { columns: 1, count: rows * columns })
    }

    pub(super) fn backward<const SQUARED: bool>(
        &self,
        x: &Maps<R>,
        dy: &Maps<R>,
        dx: Wanted<Maps<R>>,
        sums: &mut Self,
    ) {
        let (weights, states, slopes) = (flat(&self.weight), flat(x), flat(dy));
        let (dw, db) = (flat_mut(&mut sums.weight), flat_mut(&mut sums.bias));
        match (self.columns(x.dim()), dx.map(flat_mut)) {
            (None, Some(dx)) => kernel::bprop::<R, SQUARED>(weights, states, slopes, dx, dw, db),
            (columns, dx) => {
                let columns = columns.unwrap_or(Windows { columns: 1, count: 1 });
                kernel::bprop_weights_columns::<R, SQUARED>(columns, states, slopes, dw, db);
                if let Some(dx) = dx {
                    kernel::bprop_states_columns::<R, SQUARED>(columns, weights, slopes, dx);
                }
            }
        }
    }
}

impl<R: Real> Parameters<R> for FullConnection<R> {
    arrays!(weight, bias);
    tensors!("weight": weight, "bias": bias);
}

impl<R: Real> Module<R> for FullConnection<R> {
    type Input = Maps<R>;
    type Output = Maps<R>;

    fn fprop(&self, x: &Maps<R>, y: &mut Maps<R>) {
        let (weights, biases) = (flat(&self.weight), flat(&self.bias));
        match self.columns(x.dim()) {
            None => kernel::fprop(weights, biases, flat(x), flat_mut(y)),
            Some(columns) => kernel::fprop_columns(columns, weights, biases, flat(x), flat_mut(y)),
        }
    }

    fn bprop(&self, x: &Maps<R>, _y: &Maps<R>, dy: &Maps<R>, dx: Wanted<Maps<R>>, gradient: &mut Self) {
        self.backward::<false>(x, dy, dx, gradient);
    }

    fn second_order() -> Option<Bbprop<R, Self>> {
        Some(Self::bbprop)
    }

    fn fprop_all(&self, batch: &mut [(&Maps<R>, &mut Maps<R>)]) {
        let mut batch: Vec<_> = batch.iter_mut().map(|(x, y)| (flat(*x), flat_mut(*y))).collect();
        kernel::fprop_all(flat(&self.weight), flat(&self.bias), &mut batch);
    }

    fn bprop_all(&self, batch: &mut [Back<Maps<R>, Maps<R>>], gradient: &mut Self) {
        let (dw, db) = (flat_mut(&mut gradient.weight), flat_mut(&mut gradient.bias));
        match back_flat(batch) {
            Some(mut batch) => kernel::bprop_all(flat(&self.weight), &mut batch, dw, db),
            None => batch.iter_mut().for_each(|p| self.bprop(p.x, p.y, p.dy, p.dx.as_deref_mut(), gradient)),
        }
    }

    fn bprop_and_update(&mut self, p: Back<Maps<R>, Maps<R>>, rates: &Self, gradient: &mut Self) {
        let single = self.columns(p.x.dim()).is_none();
        let Back { x, dy, dx: Some(dx), .. } = p else { return bprop_then_update(self, p, rates, gradient) };
        if !single {
            return bprop_then_update(self, Back { x, y: p.y, dy, dx: Some(dx) }, rates, gradient);
        }
        let FullConnection { weight, bias } = self;
        let rates = (flat(&rates.weight), flat(&rates.bias));
        kernel::bprop_and_update(flat_mut(weight), flat_mut(bias), rates, flat(x), flat(dy), flat_mut(dx));
    }
}

impl<R: Real> SecondOrder<R> for FullConnection<R> {
    fn bbprop(&self, x: &Maps<R>, _y: &Maps<R>, ddy: &Maps<R>, ddx: Wanted<Maps<R>>, curvature: &mut Self) {
        self.backward::<true>(x, ddy, ddx, curvature);
    }
}

impl<R: Real> Layer<R> for FullConnection<R> {
    fn output_shape(&self, input: Shape) -> Result<Shape, ShapeError> {
        let (outputs, inputs) = self.weight.dim();
        if self.columns(input).is_some() {
            return Ok((outputs, input.1, input.2));
        }
        if input.0 * input.1 * input.2 != inputs {
            let needed = format!("{inputs} numbers, or {inputs} maps");
            return Err(ShapeError::new("a full connection", input, needed));
        }
        Ok((outputs, 1, 1))
    }

    fn connections(&self, _input: Shape) -> usize {
        self.weight.len() + self.bias.len()
    }

    fn shares_walks(&self, input: Shape) -> bool {
        self.columns(input).is_none()
    }
}
