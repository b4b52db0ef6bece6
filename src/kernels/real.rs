//! One code, two precisions.

use ndarray::NdFloat;
use num_traits::FromPrimitive;
use rand::distr::uniform::SampleUniform;

/// The numbers a network is made of: `f32` trains, `f64` is what finite differences check.
pub trait Real: NdFloat + FromPrimitive + SampleUniform + Default + std::iter::Sum {
    /// The nearest number of this precision.
    fn of(value: f64) -> Self;
}

impl Real for f32 {
    fn of(value: f64) -> Self {
        value as f32
    }
}

impl Real for f64 {
    fn of(value: f64) -> Self {
        value
    }
}
