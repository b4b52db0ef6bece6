#![doc = mathdoc::page!("full_connection.md")]

use crate::Real;
use crate::appendix::a::{self, InitialWeights};
use crate::kernels::full_connection as kernel;
use crate::section1::{Maps, Module, Parameters, Shape, ShapeError};
use crate::section1::{descend_by_gradient, line, line_mut, lines, lines_back};
use ndarray::{Array1, Array2};
use rand::Rng;

/// A fully connected layer (II-B): `y = w x + b`, without the squashing function; whatever the shape of its input, it
/// sees one line of numbers.
#[derive(Clone, Debug, PartialEq)]
pub struct FullConnection<R> {
    /// Outputs x inputs: 84 x 120 in F6.
    pub weight: Array2<R>,
    /// One for each output.
    pub bias: Array1<R>,
}

impl<R: Real> FullConnection<R> {
    /// A layer with initial weights uniform in `±1/√inputs` (deviation 2) and biases 0.
    pub fn new(inputs: usize, outputs: usize, random: &mut impl Rng) -> Self {
        Self::drawn(inputs, outputs, InitialWeights::RootFanIn, random)
    }

    /// A layer with initial weights of the given kind and biases 0.
    pub fn drawn(inputs: usize, outputs: usize, initial: InitialWeights, random: &mut impl Rng) -> Self {
        let mut weight = Array2::zeros((outputs, inputs));
        a::draw(initial, inputs, weight.iter_mut(), random);
        Self { weight, bias: Array1::zeros(outputs) }
    }

    /// Draws the biases as [`drawn`](Self::drawn) draws the weights (deviation 2).
    pub fn draw_biases(&mut self, initial: InitialWeights, random: &mut impl Rng) {
        a::draw(initial, self.weight.dim().1, self.bias.iter_mut(), random);
    }

    fn backward<const SQUARED: bool>(
        &self,
        x: &Maps<R>,
        dy: &Maps<R>,
        dx: Option<&mut Maps<R>>,
        sums: &mut Self,
    ) {
        let (dw, db) = (line_mut(&mut sums.weight), line_mut(&mut sums.bias));
        let mut unwanted = Vec::new();
        let dx = dx.map(line_mut).unwrap_or_else(|| {
            unwanted.resize(x.len(), R::zero());
            &mut unwanted
        });
        kernel::bprop::<R, SQUARED>(line(&self.weight), line(x), line(dy), dx, dw, db);
    }
}

impl<R: Real> Parameters<R> for FullConnection<R> {
    fn arrays(&self) -> impl Iterator<Item = &[R]> {
        [line(&self.weight), line(&self.bias)].into_iter()
    }

    fn arrays_mut(&mut self) -> impl Iterator<Item = &mut [R]> {
        [line_mut(&mut self.weight), line_mut(&mut self.bias)].into_iter()
    }
}

impl<R: Real> Module<R> for FullConnection<R> {
    fn output_shape(&self, input: Shape) -> Result<Shape, ShapeError> {
        let (outputs, inputs) = self.weight.dim();
        if input.0 * input.1 * input.2 != inputs {
            return Err(ShapeError {
                layer: "a full connection",
                found: input,
                needed: format!("{inputs} numbers"),
            });
        }
        Ok((outputs, 1, 1))
    }

    fn connections(&self, _input: Shape) -> usize {
        self.weight.len() + self.bias.len()
    }

    fn fprop(&self, x: &Maps<R>, y: &mut Maps<R>) {
        kernel::fprop(line(&self.weight), line(&self.bias), line(x), line_mut(y));
    }

    fn bprop(&self, x: &Maps<R>, dy: &Maps<R>, dx: Option<&mut Maps<R>>, gradient: &mut Self) {
        self.backward::<false>(x, dy, dx, gradient);
    }

    fn fprop_all(&self, batch: &mut [(&Maps<R>, &mut Maps<R>)]) {
        kernel::fprop_all(line(&self.weight), line(&self.bias), &mut lines(batch));
    }

    fn bprop_all(&self, batch: &mut [(&Maps<R>, &Maps<R>, &mut Maps<R>)], gradient: &mut Self) {
        let (dw, db) = (line_mut(&mut gradient.weight), line_mut(&mut gradient.bias));
        kernel::bprop_all(line(&self.weight), &mut lines_back(batch), dw, db);
    }

    fn descend(
        &mut self,
        x: &Maps<R>,
        dy: &Maps<R>,
        dx: Option<&mut Maps<R>>,
        rates: &Self,
        gradient: &mut Self,
    ) {
        let Some(dx) = dx else {
            return descend_by_gradient(self, x, dy, None, rates, gradient);
        };
        let FullConnection { weight, bias } = self;
        let rates = (line(&rates.weight), line(&rates.bias));
        kernel::bprop_and_update(line_mut(weight), line_mut(bias), rates, line(x), line(dy), line_mut(dx));
    }

    fn bbprop(&self, x: &Maps<R>, ddy: &Maps<R>, ddx: Option<&mut Maps<R>>, curvature: &mut Self) {
        self.backward::<true>(x, ddy, ddx, curvature);
    }
}
