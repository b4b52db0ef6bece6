//! The signal that patterns make in each layer of an untrained network.

use crate::experiment::{LayerSignal, Model};
use crate::section1::{Activation, Maps};
use crate::section2::Squashing;
use crate::section3::database::Patterns;

/// Sums over patterns: of the state of each unit, of its square, and of all slopes.
#[derive(Clone, Default)]
struct Sums {
    units: Vec<[f64; 2]>,
    slope: f64,
}

impl Sums {
    fn add(&mut self, states: &Maps<f32>, squashing: &Squashing) {
        self.units.resize(states.len(), [0.0; 2]);
        for ([sum, square], y) in self.units.iter_mut().zip(states.mapv(f64::from)) {
            *sum += y;
            *square += y.powi(2);
        }
        let mut slopes = Maps::ones(states.dim());
        squashing.back_through_slope(states, &mut slopes);
        self.slope += f64::from(slopes.sum());
    }

    fn signal(&self, layer: &str, patterns: f64) -> LayerSignal {
        let units = self.units.len() as f64;
        let variance = |[sum, square]: &[f64; 2]| (square / patterns - (sum / patterns).powi(2)).max(0.0);
        let deviation = (self.units.iter().map(variance).sum::<f64>() / units).sqrt();
        LayerSignal { layer: layer.into(), deviation, slope: self.slope / (patterns * units) }
    }
}

/// The signal in each layer of a network for `some` patterns.
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
