//! III-C: each map twice, for LeNet-4, whose subsampling maps stand in pairs on the maps of C1.
//!
//! Map `m` becomes the maps `2m` and `2m + 1`; on the way down, the derivatives of the two are added (the fan-out of IV-B), and
//! so are second derivatives.

use crate::Real;
use crate::section1::{
    Bbprop, Layer, Maps, Module, SecondOrder, Shape, ShapeError, Wanted, nothing_to_learn,
};
use ndarray::Axis;

/// Each map twice: maps x rows x columns become twice as many maps. There are no parameters.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Twice;

impl Twice {
    fn backward<R: Real>(dy: &Maps<R>, dx: Wanted<Maps<R>>) {
        let Some(dx) = dx else { return };
        for (mut dx, pair) in dx.outer_iter_mut().zip(dy.axis_chunks_iter(Axis(0), 2)) {
            dx.assign(&pair.sum_axis(Axis(0)));
        }
    }
}

nothing_to_learn!(Twice);

impl<R: Real> Module<R> for Twice {
    type Input = Maps<R>;
    type Output = Maps<R>;

    fn fprop(&self, x: &Maps<R>, y: &mut Maps<R>) {
        for (x, mut pair) in x.outer_iter().zip(y.axis_chunks_iter_mut(Axis(0), 2)) {
            pair.assign(&x);
        }
    }

    fn bprop(&self, _x: &Maps<R>, _y: &Maps<R>, dy: &Maps<R>, dx: Wanted<Maps<R>>, _gradient: &mut Self) {
        Self::backward(dy, dx);
    }

    fn second_order() -> Option<Bbprop<R, Self>> {
        Some(Self::bbprop)
    }
}

impl<R: Real> SecondOrder<R> for Twice {
    fn bbprop(&self, _x: &Maps<R>, _y: &Maps<R>, ddy: &Maps<R>, ddx: Wanted<Maps<R>>, _curvature: &mut Self) {
        Self::backward(ddy, ddx);
    }
}

impl<R: Real> Layer<R> for Twice {
    fn output_shape(&self, (maps, rows, columns): Shape) -> Result<Shape, ShapeError> {
        Ok((2 * maps, rows, columns))
    }

    fn connections(&self, _input: Shape) -> usize {
        0
    }
}
