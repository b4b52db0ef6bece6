//! How much of the patterns reaches each layer of a network that has learnt nothing.

use super::super::results::LayerSignal;
use super::model::Model;
use crate::section1::{Activation, Maps};
use crate::section2::Squashing;
use crate::section3::database::Patterns;

/// Sums over patterns, unit by unit.
#[derive(Clone, Default)]
struct Sums {
    states: Vec<f64>,
    squares: Vec<f64>,
    slope: f64,
}

impl Sums {
    fn add(&mut self, states: &Maps<f32>, squashing: &Squashing) {
        self.states.resize(states.len(), 0.0);
        self.squares.resize(states.len(), 0.0);
        let mut slopes = Maps::ones(states.dim());
        squashing.back_through_slope(states, &mut slopes);
        for ((sum, square), &y) in self.states.iter_mut().zip(&mut self.squares).zip(states) {
            *sum += f64::from(y);
            *square += f64::from(y).powi(2);
        }
        self.slope += f64::from(slopes.sum());
    }

    fn signal(&self, layer: &str, patterns: f64) -> LayerSignal {
        let units = self.states.len() as f64;
        let variance = |(sum, square): (&f64, &f64)| (square / patterns - (sum / patterns).powi(2)).max(0.0);
        let variances: f64 = self.states.iter().zip(&self.squares).map(variance).sum();
        LayerSignal {
            layer: layer.into(),
            deviation: (variances / units).sqrt(),
            slope: self.slope / (patterns * units),
        }
    }
}

/// What reaches each layer of a network from `some` patterns.
pub(super) fn of(model: &Model, patterns: &Patterns, some: &[usize]) -> Vec<LayerSignal> {
    let (mut states, squashing) = (model.net.states(), model.squashing());
    let mut layers = vec![Sums::default(); states.layers().count()];
    for &p in some {
        patterns.pattern(p, states.input_mut());
        model.net.fprop(&mut states);
        layers.iter_mut().zip(states.layers()).for_each(|(sums, (_, state))| sums.add(state, &squashing));
    }
    let count = some.len() as f64;
    layers.iter().zip(states.layers()).map(|(sums, (layer, _))| sums.signal(layer, count)).collect()
}
