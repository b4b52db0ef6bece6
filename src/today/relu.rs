#![doc = mathdoc::page!("relu.md")]

use crate::Real;
use crate::kernels::rectifier as kernel;
use crate::section1::{Maps, Module, Shape, ShapeError, line, line_mut, nothing_to_learn};

/// The rectifier, `y = max(0, a)`, unit by unit; nothing to learn. A network uses it in place ([`squash`](Self::squash),
/// [`unsquash`](Self::unsquash)); as a [`Module`] it stands on its own.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Relu;

impl Relu {
    /// Replaces the weighted sums `a` of a layer by its state, in place: those below 0 by 0.
    pub fn squash<R: Real>(&self, a: &mut Maps<R>) {
        kernel::fprop(line_mut(a));
    }

    /// Replaces `dE/dy` by `dE/da`, in place, where `y` is the state: what was cut off gets nothing back. The slope is its
    /// own square: second derivatives take the same way.
    pub fn unsquash<R: Real>(&self, y: &Maps<R>, dy: &mut Maps<R>) {
        kernel::slope(line(y), line_mut(dy));
    }
}

nothing_to_learn!(Relu);

impl<R: Real> Module<R> for Relu {
    fn output_shape(&self, input: Shape) -> Result<Shape, ShapeError> {
        Ok(input)
    }

    fn connections(&self, _input: Shape) -> usize {
        0
    }

    fn fprop(&self, x: &Maps<R>, y: &mut Maps<R>) {
        y.assign(x);
        self.squash(y);
    }

    fn bprop(&self, x: &Maps<R>, dy: &Maps<R>, dx: Option<&mut Maps<R>>, _gradient: &mut Self) {
        if let Some(dx) = dx {
            dx.assign(dy);
            self.unsquash(x, dx); // x is above 0 wherever y is
        }
    }

    fn bbprop(&self, x: &Maps<R>, ddy: &Maps<R>, ddx: Option<&mut Maps<R>>, curvature: &mut Self) {
        self.bprop(x, ddy, ddx, curvature);
    }
}
