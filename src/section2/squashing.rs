#![doc = mathdoc::page!("squashing.md", "../../docs/figures/squashing.svg")]

use crate::Real;
use crate::kernels;
use crate::section1::{Activation, Maps, flat, flat_mut, nothing_to_learn, unit_by_unit};
use serde::{Deserialize, Serialize};

/// The amplitude A of the squashing function (II-B, App. A).
pub const A: f64 = 1.7159;
/// S of the squashing function, whose slope at the origin is `A S` (II-B, App. A).
pub const S: f64 = 2.0 / 3.0;

/// The squashing function, `y = f(a)`, unit by unit; it has no parameters.
///
/// ```
/// use lenet5::section1::Module;
/// use lenet5::section2::Squashing;
/// use lenet5::ndarray::arr3;
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
    /// The paper's squashing function, with A and S of App. A.
    pub const PAPER: Self = Self { amplitude: A, slope: S };

    fn constants<R: Real>(&self) -> (R, R) {
        (R::of(self.amplitude), R::of(self.slope))
    }
}

impl<R: Real> Activation<R> for Squashing {
    fn squash(&self, a: &mut Maps<R>) {
        let (amplitude, slope) = self.constants();
        kernels::squashing::fprop(amplitude, slope, flat_mut(a));
    }

    fn back_through_slope(&self, y: &Maps<R>, dy: &mut Maps<R>) {
        let (amplitude, slope) = self.constants();
        kernels::squashing::slope::<R, false>(amplitude, slope, flat(y), flat_mut(dy));
    }

    fn back_through_squared_slope(&self, y: &Maps<R>, ddy: &mut Maps<R>) {
        let (amplitude, slope) = self.constants();
        kernels::squashing::slope::<R, true>(amplitude, slope, flat(y), flat_mut(ddy));
    }
}

nothing_to_learn!(Squashing);
unit_by_unit!(Squashing);
