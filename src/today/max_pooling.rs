#![doc = mathdoc::page!("max_pooling.md")]

use crate::Real;
use crate::kernels::max_pooling as kernel;
use crate::section1::{Bbprop, Layer, Maps, Module, SecondOrder, Shape, ShapeError, Wanted};
use crate::section1::{flat, flat_mut, halved, nothing_to_learn};

/// Max pooling: the largest of each 2 x 2 window, without parameters. It turns maps x 2 rows x 2 columns into maps x rows x
/// columns. If several inputs are the largest, the derivative goes to the first of them, row by row.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MaxPooling;

nothing_to_learn!(MaxPooling);

impl<R: Real> Module<R> for MaxPooling {
    type Input = Maps<R>;
    type Output = Maps<R>;

    fn fprop(&self, x: &Maps<R>, y: &mut Maps<R>) {
        kernel::fprop(y.dim().2, flat(x), flat_mut(y));
    }

    fn bprop(&self, x: &Maps<R>, _y: &Maps<R>, dy: &Maps<R>, dx: Wanted<Maps<R>>, _gradient: &mut Self) {
        if let Some(dx) = dx {
            kernel::bprop(dy.dim().2, flat(x), flat(dy), flat_mut(dx));
        }
    }

    fn second_order() -> Option<Bbprop<R, Self>> {
        Some(Self::bbprop)
    }
}

impl<R: Real> SecondOrder<R> for MaxPooling {
    /// A factor of 1 or 0 is its own square.
    fn bbprop(&self, x: &Maps<R>, y: &Maps<R>, ddy: &Maps<R>, ddx: Wanted<Maps<R>>, curvature: &mut Self) {
        self.bprop(x, y, ddy, ddx, curvature);
    }
}

impl<R: Real> Layer<R> for MaxPooling {
    fn output_shape(&self, input: Shape) -> Result<Shape, ShapeError> {
        halved("max pooling", input)
    }

    fn connections(&self, (maps, rows, columns): Shape) -> usize {
        maps * rows * columns
    }
}
