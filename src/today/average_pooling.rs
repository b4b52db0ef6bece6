#![doc = mathdoc::page!("average_pooling.md")]

use super::pooling::halved;
use crate::Real;
use crate::kernels::subsampling as kernel;
use crate::section1::{Maps, Module, Shape, ShapeError, line, line_mut, nothing_to_learn};

/// Average pooling: the mean of each 2 x 2 window, so maps x 2 rows x 2 columns become maps x rows x columns; nothing to
/// learn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AveragePooling;

impl AveragePooling {
    fn pass_back<R: Real, const SQUARED: bool>(dy: &Maps<R>, dx: Option<&mut Maps<R>>) {
        if let Some(dx) = dx {
            let quarters = vec![R::of(0.25); dy.dim().0];
            kernel::bprop_states::<R, SQUARED>(dy.dim().2, &quarters, line(dy), line_mut(dx));
        }
    }
}

nothing_to_learn!(AveragePooling);

impl<R: Real> Module<R> for AveragePooling {
    fn output_shape(&self, input: Shape) -> Result<Shape, ShapeError> {
        halved("average pooling", input)
    }

    fn connections(&self, (maps, rows, columns): Shape) -> usize {
        maps * rows * columns
    }

    fn fprop(&self, x: &Maps<R>, y: &mut Maps<R>) {
        let (maps, _, columns) = y.dim();
        let (quarters, zeros) = (vec![R::of(0.25); maps], vec![R::zero(); maps]);
        kernel::fprop(columns, &quarters, &zeros, line(x), line_mut(y));
    }

    fn bprop(&self, _x: &Maps<R>, dy: &Maps<R>, dx: Option<&mut Maps<R>>, _gradient: &mut Self) {
        Self::pass_back::<R, false>(dy, dx);
    }

    fn bbprop(&self, _x: &Maps<R>, ddy: &Maps<R>, ddx: Option<&mut Maps<R>>, _curvature: &mut Self) {
        Self::pass_back::<R, true>(ddy, ddx);
    }
}
