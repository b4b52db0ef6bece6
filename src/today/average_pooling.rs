#![doc = mathdoc::page!("average_pooling.md")]

use crate::Real;
use crate::kernels::subsampling as kernel;
use crate::section1::{Bbprop, Layer, Maps, Module, SecondOrder, Shape, ShapeError, Wanted};
use crate::section1::{flat, flat_mut, halved, nothing_to_learn};

/// Average pooling: the mean of each 2 x 2 window, without parameters. It turns maps x 2 rows x 2 columns into maps x rows x
/// columns.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AveragePooling;

impl AveragePooling {
    fn backward<R: Real, const SQUARED: bool>(dy: &Maps<R>, dx: Wanted<Maps<R>>) {
        if let Some(dx) = dx {
            let quarters = vec![R::of(0.25); dy.dim().0];
            kernel::bprop_states::<R, SQUARED>(dy.dim().2, &quarters, flat(dy), flat_mut(dx));
        }
    }
}

nothing_to_learn!(AveragePooling);

impl<R: Real> Module<R> for AveragePooling {
    type Input = Maps<R>;
    type Output = Maps<R>;

    fn fprop(&self, x: &Maps<R>, y: &mut Maps<R>) {
        let (maps, _, columns) = y.dim();
        let (quarters, zeros) = (vec![R::of(0.25); maps], vec![R::zero(); maps]);
        kernel::fprop(columns, &quarters, &zeros, flat(x), flat_mut(y));
    }

    fn bprop(&self, _x: &Maps<R>, _y: &Maps<R>, dy: &Maps<R>, dx: Wanted<Maps<R>>, _gradient: &mut Self) {
        Self::backward::<R, false>(dy, dx);
    }

    fn second_order() -> Option<Bbprop<R, Self>> {
        Some(Self::bbprop)
    }
}

impl<R: Real> SecondOrder<R> for AveragePooling {
    fn bbprop(&self, _x: &Maps<R>, _y: &Maps<R>, ddy: &Maps<R>, ddx: Wanted<Maps<R>>, _curvature: &mut Self) {
        Self::backward::<R, true>(ddy, ddx);
    }
}

impl<R: Real> Layer<R> for AveragePooling {
    fn output_shape(&self, input: Shape) -> Result<Shape, ShapeError> {
        halved("average pooling", input)
    }

    fn connections(&self, (maps, rows, columns): Shape) -> usize {
        maps * rows * columns
    }
}
