//! Fig. 20 to the digit, and the forward penalties and derivatives of its graph.

use super::{all_paths, sum_of};
use approx::assert_relative_eq;
use lenet5::figures::fig_20::graph;
use lenet5::section4::{Graph, GraphTransformer};
use lenet5::section5::viterbi::{Viterbi, path_score};
use lenet5::section6::criterion::{Criterion, GraphLoss, confidence};
use lenet5::section6::forward::Forward;
use lenet5::section6::path_selector::PathSelector;
use std::collections::BTreeMap;

fn loss(criterion: Criterion) -> (f64, Vec<f64>) {
    GraphLoss::new(criterion, 1.0).of(&graph(), &[3, 4]).unwrap()
}

#[test]
fn best_paths_and_the_loss_are_the_figures() {
    let constrained = PathSelector { desired: &[3, 4] }.fprop(&graph());
    let mut kept: Vec<_> = constrained.arcs().map(|arc| (arc.label.unwrap(), arc.penalty)).collect();
    kept.sort_by(|a, b| a.1.total_cmp(&b.1));
    assert_eq!(kept, [(3, 0.1), (4, 0.6), (4, 2.4), (3, 3.4)]);
    let penalty = |graph: &Graph| (10.0 * path_score(&Viterbi.fprop(graph))).round() / 10.0;
    assert_eq!((penalty(&constrained), penalty(&graph())), (0.7, 0.6));
    let best = Viterbi.fprop(&graph());
    assert_eq!(best.arcs().filter_map(|arc| arc.label).collect::<Vec<_>>(), [3, 4, 1]);
}

#[test]
fn derivatives_of_discriminative_viterbi_training_are_the_figures() {
    let (loss, d) = loss(Criterion::DiscriminativeViterbi);
    assert_relative_eq!(loss, 0.1, epsilon = 1e-12);
    assert_eq!(d, [0.0, 0.0, 0.0, 0.0, -1.0, 0.0, 1.0, 0.0, -1.0, 0.0]);
}

#[test]
fn viterbi_training_lowers_the_constrained_path() {
    let (loss, d) = loss(Criterion::Viterbi);
    assert_relative_eq!(loss, 0.7, epsilon = 1e-12);
    assert_eq!(d, [1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0]);
}

/// Ours: what the figure would show for eq. 17.
#[test]
fn forward_penalties_and_derivatives() {
    let f = Forward::fprop(&graph()).f;
    for (f, expected) in f.into_iter().zip([0.0, -0.005083, 0.006715, -0.611520]) {
        assert_relative_eq!(f, expected, epsilon = 1e-6);
    }
    assert_relative_eq!(loss(Criterion::Forward).0, 0.693922, epsilon = 1e-6);
    let (loss, d) = loss(Criterion::DiscriminativeForward);
    assert_relative_eq!(loss, 1.305441, epsilon = 1e-6);
    let expected = [
        0.115888, -0.097291, -0.011966, -0.006631, -0.363895, -0.147949, 0.694678, -0.164238, -0.487612,
        -0.042828,
    ];
    for (d, expected) in d.into_iter().zip(expected) {
        assert_relative_eq!(d, expected, epsilon = 1e-6);
    }
    assert_relative_eq!(confidence(&graph(), &[3, 4], 1.0), 0.271053, epsilon = 1e-6);
}

#[test]
fn posteriors_of_all_strings_sum_to_one() {
    let mut strings = BTreeMap::new();
    for path in all_paths(&graph()) {
        *strings.entry(graph().labels_of(&path)).or_insert(0.0) += (-sum_of(&graph(), &path)).exp();
    }
    assert_eq!(strings.len(), 15);
    let posterior = |labels: &Vec<u8>| confidence(&graph(), labels, 1.0);
    assert_relative_eq!(strings.keys().map(posterior).sum::<f64>(), 1.0, epsilon = 1e-12);
    let all: f64 = strings.values().sum();
    strings
        .iter()
        .for_each(|(labels, share)| assert_relative_eq!(posterior(labels), share / all, epsilon = 1e-12));
}
