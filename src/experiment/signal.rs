//! How much of the patterns reaches each layer of a network that has learnt nothing.

use super::head::ArmHead;
use super::results::LayerSignal;
use crate::section1::Maps;
use crate::section2::{LAYERS, LeNet5, Squashing};
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
        squashing.unsquash::<f32, false>(states, &mut slopes);
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
pub(super) fn of<H: ArmHead>(net: &LeNet5<f32, H>, patterns: &Patterns, some: &[usize]) -> Vec<LayerSignal> {
    let mut states = net.states();
    let mut layers = vec![Sums::default(); 6];
    for &p in some {
        patterns.pattern(p, &mut states.input);
        net.fprop(&mut states);
        let all = [&states.c1, &states.s2, &states.c3, &states.s4, &states.c5, &states.f6];
        layers.iter_mut().zip(all).for_each(|(sums, states)| sums.add(states, &net.squashing));
    }
    let count = some.len() as f64;
    layers.iter().zip(LAYERS).map(|(sums, layer)| sums.signal(layer, count)).collect()
}
