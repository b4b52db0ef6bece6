#![doc = mathdoc::page!("initial.md")]

use crate::Real;
use crate::section2::{Convolution, FullConnection};
use ndarray::Axis;
use ndarray_rand::rand_distr::{Distribution, StandardNormal};
use rand::Rng;
use serde::{Deserialize, Serialize};

/// A rule for initial weights, drawn from a normal distribution of mean 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Initial {
    /// The standard deviation is `sqrt(2/F)`, for a fan-in of `F` inputs, biases not counted.
    He,
    /// The standard deviation of kernels is 1 for any fan-in, as a random generator gives them. Full connections keep their
    /// weights.
    UnscaledKernels,
}

impl Initial {
    /// The standard deviation of the weights of a unit of this fan-in.
    pub fn standard_deviation(self, fan_in: usize) -> f64 {
        match self {
            Self::He => (2.0 / fan_in as f64).sqrt(),
            Self::UnscaledKernels => 1.0,
        }
    }

    /// Draws the weights of a unit of this fan-in.
    fn draw<'a, R: Real>(
        self,
        fan_in: usize,
        weights: impl Iterator<Item = &'a mut R>,
        random: &mut impl Rng,
    ) {
        let standard_deviation = self.standard_deviation(fan_in);
        let normal = |random: &mut _| -> f64 { StandardNormal.sample(random) };
        weights.for_each(|w| *w = R::of(standard_deviation * normal(random)));
    }

    /// Draws new kernels for a layer, each by the fan-in of its map: rows x columns x the number of input maps that it sees.
    /// Biases do not change.
    pub fn convolution<R: Real>(self, layer: &mut Convolution<R>, random: &mut impl Rng) {
        let (_, rows, columns) = layer.weight.dim();
        let from = &layer.table().links().by_output;
        let fan_in = |(output, _): (usize, usize)| from[output].len() * rows * columns;
        let fan_ins: Vec<usize> = layer.table().pairs().map(fan_in).collect();
        for (fan_in, mut kernel) in fan_ins.into_iter().zip(layer.weight.axis_iter_mut(Axis(0))) {
            self.draw(fan_in, kernel.iter_mut(), random);
        }
    }

    /// Draws new weights for a layer, unless the rule is for kernels only. Biases do not change.
    pub fn full_connection<R: Real>(self, layer: &mut FullConnection<R>, random: &mut impl Rng) {
        if self == Self::He {
            let fan_in = layer.weight.dim().1;
            self.draw(fan_in, layer.weight.iter_mut(), random);
        }
    }
}
