//! III-C: the classifiers that are no networks trained by gradients, and those that stand on networks.

mod boosted;
mod forms;
mod least_squares;
mod local;
mod nearest;
mod neighbours;
mod rbf_network;
mod reduced_set;
mod svm;
mod tangent;

use lenet5::section3::classifiers::Classifier;
use lenet5::section3::database::Patterns;
use ndarray::Array3;
use std::ops::ControlFlow;

/// Progress that nobody watches.
fn unwatched(_done: f64) -> ControlFlow<()> {
    ControlFlow::Continue(())
}

/// Patterns of two classes, 0 and 2, and none of class 1.
fn with_a_gap() -> Patterns {
    let images = Array3::from_shape_fn((6, 4, 4), |(p, r, c)| (40 * p + 10 * r + c) as u8);
    Patterns::new(images, vec![0, 2, 0, 2, 0, 2]).expect("a label for each image")
}

/// The penalties of all patterns.
fn penalties(classifier: &dyn Classifier<f32>, patterns: &Patterns) -> Vec<Vec<f32>> {
    let mut all = Vec::new();
    classifier.read(patterns, 0..patterns.len(), &mut |_, penalties| all.push(penalties.iter().collect()));
    all
}
