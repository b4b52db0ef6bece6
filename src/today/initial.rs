//! Initial weights for rectifiers.

use crate::Real;
use crate::section2::{Convolution, FullConnection};
use ndarray::Axis;
use ndarray_rand::rand_distr::{Distribution, StandardNormal};
use rand::Rng;

/// Draws the weights of a unit of this fan-in.
fn draw<'a, R: Real>(fan_in: usize, weights: impl Iterator<Item = &'a mut R>, random: &mut impl Rng) {
    let deviation = (2.0 / fan_in as f64).sqrt();
    let normal = |random: &mut _| -> f64 { StandardNormal.sample(random) };
    weights.for_each(|w| *w = R::of(deviation * normal(random)));
}

/// Draws the kernels anew, each by the fan-in of its map.
pub fn convolution<R: Real>(layer: &mut Convolution<R>, random: &mut impl Rng) {
    let (_, rows, columns) = layer.weight.dim();
    let fan_ins: Vec<usize> =
        layer.table().links().by_output.iter().map(|from| from.len() * rows * columns).collect();
    let outputs: Vec<usize> = layer.table().pairs().map(|(output, _)| output).collect();
    for (output, mut kernel) in outputs.into_iter().zip(layer.weight.axis_iter_mut(Axis(0))) {
        draw(fan_ins[output], kernel.iter_mut(), random);
    }
}

/// Draws the weights anew.
pub fn full_connection<R: Real>(layer: &mut FullConnection<R>, random: &mut impl Rng) {
    let fan_in = layer.weight.dim().1;
    draw(fan_in, layer.weight.iter_mut(), random);
}
