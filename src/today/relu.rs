#![doc = mathdoc::page!("relu.md")]

use crate::Real;
use crate::kernels::rectifier as kernel;
use crate::section1::{Activation, Maps, flat, flat_mut, nothing_to_learn, unit_by_unit};

/// The rectifier, `y = max(0, a)` for each unit, without parameters.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Relu;

impl<R: Real> Activation<R> for Relu {
    fn squash(&self, a: &mut Maps<R>) {
        kernel::fprop(flat_mut(a));
    }

    /// The derivative of a unit that was cut off is 0.
    fn back_through_slope(&self, y: &Maps<R>, dy: &mut Maps<R>) {
        kernel::slope(flat(y), flat_mut(dy));
    }

    /// The slope is its own square.
    fn back_through_squared_slope(&self, y: &Maps<R>, ddy: &mut Maps<R>) {
        self.back_through_slope(y, ddy);
    }
}

nothing_to_learn!(Relu);
unit_by_unit!(Relu);
