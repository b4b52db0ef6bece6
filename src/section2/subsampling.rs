#![doc = mathdoc::page!("subsampling.md")]

use crate::Real;
use crate::kernels::subsampling as kernel;
use crate::section1::{Bbprop, Layer, Maps, Module, Parameters, SecondOrder, Shape, ShapeError, Wanted};
use crate::section1::{arrays, flat, flat_mut, halved, tensors};
use ndarray::Array1;
use serde::{Deserialize, Serialize};

/// The meaning of "connection" in eq. 23 for a shared subsampling coefficient (deviation 5).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Connection {
    /// The sum of the four inputs is one connection: `h` grows with `(x₁ + x₂ + x₃ + x₄)²`.
    Sum,
    /// Each input is a connection: `h` grows with `x₁² + x₂² + x₃² + x₄²`.
    EachInput,
}

/// A subsampling layer (II-A, II-B): a coefficient and a bias for each map, windows of 2 x 2.
#[derive(Clone, Debug, PartialEq)]
pub struct Subsampling<R> {
    /// The factor of the sum of four inputs; one number for each map.
    pub coefficient: Array1<R>,
    /// Added to the product; one number for each map.
    pub bias: Array1<R>,
    /// The connections that the second derivative of a coefficient is summed over (eq. 23, deviation 5).
    pub connection: Connection,
    /// Whether coefficients and biases are trained; in LeNet-5 they are. Fixed when the layer is made, so that a
    /// gradient keeps its structure.
    trained: bool,
}

impl<R: Real> Subsampling<R> {
    /// A layer for `maps` maps, with all coefficients equal to `coefficient` and biases 0 (deviation 3).
    pub fn new(maps: usize, coefficient: f64) -> Self {
        Self {
            coefficient: Array1::from_elem(maps, R::of(coefficient)),
            bias: Array1::zeros(maps),
            connection: Connection::Sum,
            trained: true,
        }
    }

    /// The same layer, with coefficients and biases that are not trained.
    pub fn fixed(self) -> Self {
        Self { trained: false, ..self }
    }

    /// Adds to the curvature of each coefficient the squares of its inputs, times `ddy`.
    fn curvature_of_inputs(&self, x: &Maps<R>, ddy: &Maps<R>, curvature: &mut Self) {
        for ((m, r, c), &ddy) in ddy.indexed_iter() {
            let square = |(row, column)| {
                let x = x[[m, 2 * r + row, 2 * c + column]];
                x * x
            };
            let squares: R = [(0, 0), (0, 1), (1, 0), (1, 1)].into_iter().map(square).sum();
            curvature.coefficient[m] += ddy * squares;
        }
    }

    fn backward<const SQUARED: bool>(&self, x: &Maps<R>, dy: &Maps<R>, dx: Wanted<Maps<R>>, sums: &mut Self) {
        let columns = x.dim().2 / 2;
        let (dk, db) = (flat_mut(&mut sums.coefficient), flat_mut(&mut sums.bias));
        kernel::bprop_parameters::<R, SQUARED>(columns, flat(x), flat(dy), dk, db);
        if let Some(dx) = dx {
            kernel::bprop_states::<R, SQUARED>(columns, flat(&self.coefficient), flat(dy), flat_mut(dx));
        }
    }
}

impl<R: Real> Parameters<R> for Subsampling<R> {
    arrays!(coefficient, bias; if trained);
    tensors!("coefficient": coefficient, "bias": bias);
}

impl<R: Real> Module<R> for Subsampling<R> {
    type Input = Maps<R>;
    type Output = Maps<R>;

    fn fprop(&self, x: &Maps<R>, y: &mut Maps<R>) {
        let columns = y.dim().2;
        kernel::fprop(columns, flat(&self.coefficient), flat(&self.bias), flat(x), flat_mut(y));
    }

    fn bprop(&self, x: &Maps<R>, _y: &Maps<R>, dy: &Maps<R>, dx: Wanted<Maps<R>>, gradient: &mut Self) {
        self.backward::<false>(x, dy, dx, gradient);
    }

    fn second_order() -> Option<Bbprop<R, Self>> {
        Some(Self::bbprop)
    }
}

impl<R: Real> SecondOrder<R> for Subsampling<R> {
    fn bbprop(&self, x: &Maps<R>, _y: &Maps<R>, ddy: &Maps<R>, ddx: Wanted<Maps<R>>, curvature: &mut Self) {
        match self.connection {
            Connection::Sum => self.backward::<true>(x, ddy, ddx, curvature),
            Connection::EachInput => {
                let before = curvature.coefficient.clone();
                self.backward::<true>(x, ddy, ddx, curvature);
                curvature.coefficient = before;
                self.curvature_of_inputs(x, ddy, curvature);
            }
        }
    }
}

impl<R: Real> Layer<R> for Subsampling<R> {
    fn output_shape(&self, input: Shape) -> Result<Shape, ShapeError> {
        let maps = self.coefficient.len();
        if input.0 != maps {
            return Err(ShapeError::new("a subsampling layer", input, format!("{maps} maps")));
        }
        halved("a subsampling layer", input)
    }

    fn connections(&self, input: Shape) -> usize {
        input.0 * input.1 / 2 * input.2 / 2 * (4 + 1)
    }
}
