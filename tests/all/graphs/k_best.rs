//! The k best strings against all paths, ties included.

use super::{all_paths, graphs, sum_of};
use approx::assert_relative_eq;
use lenet5::figures::fig_20;
use lenet5::section4::{Arc, Graph};
use lenet5::section5::k_best::best_strings;
use lenet5::section5::viterbi::best_path;
use proptest::prelude::*;
use std::collections::BTreeSet;

/// The strings and paths of a graph, the best first: paths of equal penalty in the order of their last arcs, then of those before
/// (deviation 40), and of the paths that spell one string only the first.
fn all_strings(graph: &Graph) -> Vec<(Vec<u8>, Vec<usize>)> {
    let mut paths = all_paths(graph);
    let from_the_end = |path: &[usize]| path.iter().rev().copied().collect::<Vec<_>>();
    paths.sort_by(|a, b| {
        sum_of(graph, a).total_cmp(&sum_of(graph, b)).then_with(|| from_the_end(a).cmp(&from_the_end(b)))
    });
    let mut seen = BTreeSet::new();
    let strings = paths.into_iter().map(|path| (graph.labels_of(&path), path));
    strings.filter(|(labels, _)| seen.insert(labels.clone())).collect()
}

/// The same graph with whole penalties: sums are exact, and ties frequent. Every third arc loses its label if `unlabelled`.
fn whole(graph: &Graph, unlabelled: bool) -> Graph {
    let arcs: Vec<Arc> = graph
        .arcs()
        .enumerate()
        .map(|(n, arc)| Arc {
            // Plus 0: no negative zeros.
            penalty: arc.penalty.round() + 0.0,
            label: arc.label.filter(|_| !unlabelled || n % 3 > 0),
            ..arc
        })
        .collect();
    Graph::new(graph.nodes(), graph.start(), graph.end(), &arcs).unwrap()
}

/// The strings of the k best paths of the graph: what a search finds that keeps paths instead of strings.
fn of_best_paths(graph: &Graph, k: usize) -> BTreeSet<Vec<u8>> {
    let mut paths = all_paths(graph);
    paths.sort_by(|a, b| sum_of(graph, a).total_cmp(&sum_of(graph, b)));
    paths.into_iter().take(k).map(|path| graph.labels_of(&path)).collect()
}

proptest! {
    #[test]
    fn strings_and_paths_are_the_best_of_all(graph in graphs(3.0), k in 1usize..12, unlabelled: bool) {
        let graph = whole(&graph, unlabelled);
        let found: Vec<_> =
            best_strings(&graph, k).into_iter().map(|found| (found.labels, found.path.arcs)).collect();
        let mut expected = all_strings(&graph);
        expected.truncate(k);
        prop_assert_eq!(found, expected);
    }

    #[test]
    fn penalties_are_those_of_the_paths(graph in graphs(5.0), k in 1usize..12) {
        let found = best_strings(&graph, k);
        let expected = all_strings(&graph);
        prop_assert_eq!(found.len(), k.min(expected.len()));
        for (found, (_, path)) in found.iter().zip(&expected) {
            assert_relative_eq!(found.path.penalty, sum_of(&graph, path), epsilon = 1e-12);
            assert_relative_eq!(found.path.penalty, sum_of(&graph, &found.path.arcs), epsilon = 1e-12);
            prop_assert_eq!(&found.labels, &graph.labels_of(&found.path.arcs));
        }
        prop_assert_eq!(found.into_iter().next().map(|found| found.path), best_path(&graph));
    }
}

/// The control: a search for the k best paths loses a string, and the comparison would see it.
#[test]
fn a_search_for_paths_is_found_out() {
    let arc = |from, to, label, penalty| Arc { from, to, label: Some(label), penalty, origin: 0 };
    // "12" in two ways, then "32".
    let arcs = [arc(0, 1, 1, 1.0), arc(0, 1, 1, 2.0), arc(0, 1, 3, 5.0), arc(1, 2, 2, 0.0)];
    let graph = Graph::new(3, 0, 2, &arcs).unwrap();
    let strings = |k| best_strings(&graph, k).into_iter().map(|found| found.labels).collect::<BTreeSet<_>>();
    assert_eq!(strings(2), BTreeSet::from([vec![1, 2], vec![3, 2]]));
    assert_eq!(of_best_paths(&graph, 2), BTreeSet::from([vec![1, 2]]));
}

/// The page's example.
#[test]
fn fig_20_has_the_desired_string_second() {
    let found: Vec<(Vec<u8>, f64)> = best_strings(&fig_20::graph(), 4)
        .into_iter()
        .map(|found| (found.labels, (found.path.penalty * 10.0).round() / 10.0))
        .collect();
    let expected = [(vec![3, 4, 1], 0.6), (vec![3, 4], 0.7), (vec![3, 9], 1.3), (vec![3, 2, 1], 1.5)];
    assert_eq!(found, expected);
}

#[test]
fn graphs_without_a_path_have_no_strings() {
    let arc = |from, to, penalty| Arc { from, to, label: Some(1), penalty, origin: 0 };
    let graph = |start, end, arcs: &[Arc]| Graph::new(3, start, end, arcs).unwrap();
    assert!(best_strings(&graph(0, 2, &[arc(0, 1, 1.0)]), 3).is_empty());
    assert!(best_strings(&graph(0, 2, &[arc(0, 1, f64::INFINITY), arc(1, 2, 1.0)]), 3).is_empty());
    assert!(best_strings(&graph(2, 0, &[arc(0, 2, 1.0)]), 3).is_empty());
    let empty = &best_strings(&graph(1, 1, &[arc(0, 1, 1.0)]), 3)[..];
    assert!(matches!(empty, [only] if only.labels.is_empty() && only.path.penalty == 0.0));
    assert!(best_strings(&graph(1, 1, &[]), 0).is_empty());
}
