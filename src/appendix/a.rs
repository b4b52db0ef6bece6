#![doc = mathdoc::page!("a.md", "../../docs/figures/signal.svg")]

use crate::Real;
use ndarray_rand::rand_distr::{Distribution, Uniform};
use rand::Rng;
use serde::{Deserialize, Serialize};

/// The interval of the initial weights, given the fan-in `F` of their unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum InitialWeights {
    /// Uniform in `±1/√F`.
    #[serde(rename = "1/sqrt(F)")]
    RootFanIn,
    /// Uniform in `±2.4/F`, as App. A prints it.
    #[serde(rename = "2.4/F")]
    FanIn,
    /// Uniform in `±1/√(F+1)`: the bias counts as an input (deviation 4).
    #[serde(rename = "1/sqrt(F+1)")]
    RootFanInWithBias,
    /// Uniform in `±2.4/(F+1)`.
    #[serde(rename = "2.4/(F+1)")]
    FanInWithBias,
}

impl InitialWeights {
    /// The largest absolute value of an initial weight of a unit with this fan-in.
    ///
    /// ```
    /// use lenet5::appendix::a::InitialWeights;
    /// assert_eq!(InitialWeights::FanIn.half_width(400), 0.006);
    /// assert_eq!(InitialWeights::RootFanIn.half_width(400), 0.05);
    /// ```
    pub fn half_width(self, fan_in: usize) -> f64 {
        match self {
            Self::RootFanIn => 1.0 / (fan_in as f64).sqrt(),
            Self::FanIn => 2.4 / fan_in as f64,
            Self::RootFanInWithBias => Self::RootFanIn.half_width(fan_in + 1),
            Self::FanInWithBias => Self::FanIn.half_width(fan_in + 1),
        }
    }
}

/// Draws the initial weights of a unit with this fan-in.
pub(crate) fn draw<'a, R: Real>(
    initial: InitialWeights,
    fan_in: usize,
    weights: impl Iterator<Item = &'a mut R>,
    random: &mut impl Rng,
) {
    let half_width = initial.half_width(fan_in);
    let uniform = Uniform::new_inclusive(-half_width, half_width).expect("a fan-in is at least 1");
    weights.for_each(|w| *w = R::of(uniform.sample(random)));
}
