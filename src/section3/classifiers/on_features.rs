//! III-C.8: another classifier in the place of a network's last layer.
//!
//! The states of a layer of a trained network, such as the 120 units of C5 in LeNet-4, are the *features* of a pattern. The paper
//! replaces the last layer of LeNet-4 by a nearest-neighbour classifier and by local learning: neither lowers the error, and both
//! improve rejection (1.8 to 1.6 and 1.4 %).

use super::error::MethodError;
use super::local::LocalLearning;
use super::neighbours::Neighbours;
use super::vectors::{Watch, report};
use super::{Classifier, Stored};
use crate::section1::{Network, Parameters, Penalties, Tensor, flat};
use crate::section3::database::Patterns;
use ndarray::{Array2, ArrayView2};
use std::ops::Range;

/// The number of patterns that are read together.
const BLOCK: usize = 256;

/// A classifier of feature vectors, a row for each.
pub trait OfFeatures: Send + Sync {
    /// The number of classes.
    fn classes(&self) -> usize;

    /// The penalties of the classes for rows of features.
    fn penalties(&self, rows: ArrayView2<f32>) -> Array2<f32>;

    /// Multiply-adds for one vector.
    fn multiply_adds(&self) -> usize;

    /// Everything that it has stored.
    fn arrays(&self) -> Vec<Tensor<f32>>;
}

/// A network up to one of its layers, and a classifier of the states of that layer.
pub struct OnFeatures {
    /// The network; its last layers are not used.
    pub net: Network<f32>,
    /// The layer whose states are the features.
    pub layer: String,
    /// The classifier in the place of the layers above.
    pub last: Box<dyn OfFeatures>,
}

/// The states of `layer` for the patterns of `share`, a row for each.
pub fn features(net: &Network<f32>, layer: &str, patterns: &Patterns, share: Range<usize>) -> Array2<f32> {
    let mut states = net.states();
    let mut features = Array2::zeros((share.len(), states[layer].len()));
    for (p, mut row) in share.zip(features.outer_iter_mut()) {
        patterns.pattern(p, states.input_mut());
        net.fprop(&mut states);
        row.iter_mut().zip(flat(&states[layer])).for_each(|(feature, &state)| *feature = state);
    }
    features
}

/// The features of all patterns and their labels.
///
/// # Errors
/// When training is to stop.
pub fn stored(
    net: &Network<f32>,
    layer: &str,
    patterns: &Patterns,
    watch: Watch,
) -> Result<(Array2<f32>, Vec<u8>), MethodError> {
    report(watch, 0.0)?;
    let labels = (0..patterns.len()).map(|p| patterns.label(p) as u8).collect();
    Ok((features(net, layer, patterns, 0..patterns.len()), labels))
}

impl Classifier<f32> for OnFeatures {
    fn classes(&self) -> usize {
        self.last.classes()
    }

    fn multiply_adds(&self) -> usize {
        let census = self.net.census();
        let last = census.iter().position(|layer| layer.layer == self.layer).unwrap_or(0);
        census[..=last].iter().map(|layer| layer.connections).sum::<usize>() + self.last.multiply_adds()
    }

    fn variables(&self) -> usize {
        let stored: usize = self.last.arrays().iter().map(|array| array.values.len()).sum();
        self.net.parameter_count() + stored
    }

    fn read(&self, patterns: &Patterns, share: Range<usize>, each: &mut dyn FnMut(usize, &Penalties<f32>)) {
        for begin in share.clone().step_by(BLOCK) {
            let block = begin..share.end.min(begin + BLOCK);
            let rows = self.last.penalties(features(&self.net, &self.layer, patterns, block.clone()).view());
            block.zip(rows.outer_iter()).for_each(|(p, row)| each(p, &Penalties::from(row.to_vec())));
        }
    }
}

impl Stored for OnFeatures {
    fn arrays(&self) -> Vec<Tensor<f32>> {
        let mut arrays = self.net.tensors();
        arrays.extend(self.last.arrays());
        arrays
    }
}

impl OfFeatures for Neighbours {
    fn classes(&self) -> usize {
        Classifier::classes(self)
    }

    fn penalties(&self, rows: ArrayView2<f32>) -> Array2<f32> {
        Neighbours::penalties(self, rows)
    }

    fn multiply_adds(&self) -> usize {
        Classifier::multiply_adds(self)
    }

    fn arrays(&self) -> Vec<Tensor<f32>> {
        Stored::arrays(self)
    }
}

impl OfFeatures for LocalLearning {
    fn classes(&self) -> usize {
        LocalLearning::classes(self)
    }

    fn penalties(&self, rows: ArrayView2<f32>) -> Array2<f32> {
        LocalLearning::penalties(self, rows)
    }

    fn multiply_adds(&self) -> usize {
        LocalLearning::multiply_adds(self)
    }

    fn arrays(&self) -> Vec<Tensor<f32>> {
        LocalLearning::arrays(self)
    }
}
