#![doc = mathdoc::page!("squashing.md")]
#![doc = include_str!("../../docs/figures/squashing.svg")]

use crate::Real;
use crate::kernels;
use crate::section1::{Maps, Module, Shape, ShapeError, line, line_mut, nothing_to_learn};
use serde::{Deserialize, Serialize};

/// The amplitude of the squashing function (II-B, App. A).
pub const A: f64 = 1.7159;
/// Its slope at the origin is `A S` (II-B, App. A).
pub const S: f64 = 2.0 / 3.0;

/// The squashing function as a module of its own: `y = f(a)`, unit by unit; nothing to learn.
///
/// ```
/// use lenet5::section1::Module;
/// use lenet5::section2::Squashing;
/// use ndarray::arr3;
///
/// let mut y = arr3(&[[[0.0]]]);
/// Squashing::PAPER.fprop(&arr3(&[[[1.0]]]), &mut y);
/// assert!((y[[0, 0, 0]] - 1.0_f64).abs() < 2e-5); // f(1) = 1
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Squashing {
    /// The amplitude A.
    #[serde(rename = "A")]
    pub amplitude: f64,
    /// S: the slope at the origin is `A S`.
    #[serde(rename = "S")]
    pub slope: f64,
}

impl Squashing {
    /// With the A and S of App. A.
    pub const PAPER: Self = Self { amplitude: A, slope: S };

    /// Replaces the weighted sums `a` of a layer by its state `f(a)`, in place (eq. 5).
    pub fn squash<R: Real>(&self, a: &mut Maps<R>) {
        kernels::squashing::fprop(R::of(self.amplitude), R::of(self.slope), line_mut(a));
    }

    /// Replaces `dE/dy` by `dE/da`, in place, where `y = f(a)` is the state: `da = f'(a) dy`.
    ///
    /// `SQUARED` is for second derivatives: `dda = f'(a)² ddy` (eq. 27).
    pub fn unsquash<R: Real, const SQUARED: bool>(&self, y: &Maps<R>, dy: &mut Maps<R>) {
        let (amplitude, slope) = (R::of(self.amplitude), R::of(self.slope));
        kernels::squashing::slope::<R, SQUARED>(amplitude, slope, line(y), line_mut(dy));
    }

    /// A module knows its input and not its output: the state is made again.
    fn pass_back<R: Real, const SQUARED: bool>(&self, x: &Maps<R>, dy: &Maps<R>, dx: &mut Maps<R>) {
        dx.assign(dy);
        let mut y = x.clone();
        self.squash(&mut y);
        self.unsquash::<R, SQUARED>(&y, dx);
    }
}

nothing_to_learn!(Squashing);

impl<R: Real> Module<R> for Squashing {
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
            self.pass_back::<R, false>(x, dy, dx);
        }
    }

    fn bbprop(&self, x: &Maps<R>, ddy: &Maps<R>, ddx: Option<&mut Maps<R>>, _curvature: &mut Self) {
        if let Some(ddx) = ddx {
            self.pass_back::<R, true>(x, ddy, ddx);
        }
    }
}
