//! Graphs: their order, their errors, and the two searches against all paths.

use super::{all_paths, graphs, logadd, sum_of};
use approx::assert_relative_eq;
use lenet5::section4::{Arc, Graph, GraphError, GraphTransformer};
use lenet5::section5::viterbi::{self, Viterbi, best_path};
use lenet5::section6::forward::Forward;
use proptest::prelude::*;
use rand::SeedableRng;
use rand::seq::SliceRandom;

fn arc(from: usize, to: usize, penalty: f64) -> Arc {
    Arc { from, to, label: None, penalty, origin: 0 }
}

proptest! {
    #[test]
    fn best_path_is_the_best_of_all_paths(graph in graphs(5.0)) {
        let best = all_paths(&graph).into_iter().map(|path| sum_of(&graph, &path)).reduce(f64::min);
        let found = best_path(&graph);
        prop_assert_eq!(best.is_some(), found.is_some());
        if let (Some(best), Some(found)) = (best, found) {
            assert_relative_eq!(found.penalty, best, epsilon = 1e-12);
            assert_relative_eq!(sum_of(&graph, &found.arcs), best, epsilon = 1e-12);
            prop_assert!(all_paths(&graph).contains(&found.arcs));
            let transformed = Viterbi.fprop(&graph);
            assert_relative_eq!(viterbi::path_score(&transformed), best, epsilon = 1e-12);
        } else {
            prop_assert_eq!(viterbi::path_score(&Viterbi.fprop(&graph)), f64::INFINITY);
        }
    }

    /// Eq. 13 and 14 against the sum over all paths, and never above the best of them.
    #[test]
    fn forward_penalty_is_that_of_all_paths(graph in graphs(5.0)) {
        let all = logadd(all_paths(&graph).into_iter().map(|path| sum_of(&graph, &path)));
        let found = Forward::fprop(&graph).penalty;
        if all.is_finite() {
            assert_relative_eq!(found, all, epsilon = 1e-11);
            prop_assert!(found <= best_path(&graph).unwrap().penalty + 1e-12);
        } else {
            prop_assert_eq!(found, f64::INFINITY);
        }
    }

    /// Neither the order of the arcs nor the numbers of the nodes matter.
    #[test]
    fn order_and_numbering_do_not_matter(graph in graphs(5.0), seed in 0u64..1000) {
        let mut random = rand_chacha::ChaCha8Rng::seed_from_u64(seed);
        let mut numbers: Vec<usize> = (0..graph.nodes()).collect();
        numbers.shuffle(&mut random);
        let renumbered = |arc: Arc| Arc { from: numbers[arc.from], to: numbers[arc.to], ..arc };
        let mut arcs: Vec<Arc> = graph.arcs().map(renumbered).collect();
        arcs.shuffle(&mut random);
        let other = Graph::new(graph.nodes(), numbers[graph.start()], numbers[graph.end()], &arcs).unwrap();
        prop_assert_eq!(best_path(&other).map(|path| (path.penalty * 1e9).round()), best_path(&graph).map(|path| (path.penalty * 1e9).round()));
        let (a, b) = (Forward::fprop(&graph).penalty, Forward::fprop(&other).penalty);
        prop_assert!(a == b || (a - b).abs() < 1e-10);
    }
}

#[test]
fn ties_go_to_the_first() {
    let graph =
        Graph::new(3, 0, 2, &[arc(0, 1, 1.0), arc(0, 1, 1.0), arc(1, 2, 1.0), arc(0, 2, 2.0)]).unwrap();
    assert_eq!(best_path(&graph).unwrap().arcs, [0, 2]);
}

#[test]
fn arcs_that_make_no_graph_are_refused() {
    let fault = |nodes, start, end, arcs: &[Arc]| Graph::new(nodes, start, end, arcs).unwrap_err();
    assert_eq!(fault(2, 0, 1, &[arc(0, 2, 0.0)]), GraphError::UnknownNode { arc: 0, node: 2, nodes: 2 });
    assert_eq!(fault(2, 0, 2, &[]), GraphError::NoEnds { start: 0, end: 2, nodes: 2 });
    assert!(matches!(fault(3, 0, 2, &[arc(0, 1, 0.0), arc(1, 0, 0.0)]), GraphError::Cycle { .. }));
    assert!(matches!(fault(2, 0, 1, &[arc(0, 0, 0.0)]), GraphError::Cycle { node: 0 }));
    let nan = fault(2, 0, 1, &[arc(0, 1, 0.0), arc(0, 1, f64::NAN)]).to_string();
    assert!(nan.contains("arc 1 has the penalty NaN"), "{nan}");
    assert!(matches!(fault(2, 0, 1, &[arc(0, 1, f64::NEG_INFINITY)]), GraphError::Penalty { arc: 0, .. }));
}

#[test]
fn a_graph_without_a_path_has_an_infinite_penalty_and_no_derivatives() {
    for arcs in [vec![], vec![arc(0, 1, 1.0)], vec![arc(0, 1, f64::INFINITY), arc(1, 2, 1.0)]] {
        let graph = Graph::new(3, 0, 2, &arcs).unwrap();
        assert!(best_path(&graph).is_none());
        let forward = Forward::fprop(&graph);
        assert_eq!(forward.penalty, f64::INFINITY);
        let mut d = vec![0.0; graph.len()];
        forward.bprop(&graph, 1.0, &mut d);
        assert!(d.iter().all(|&d| d == 0.0));
    }
    // The empty string: the start is the end.
    let graph = Graph::new(1, 0, 0, &[]).unwrap();
    assert_eq!((best_path(&graph).unwrap().penalty, Forward::fprop(&graph).penalty), (0.0, 0.0));
}

/// Chains of 2,000 pairs of arcs with penalties of all sizes: 2^2000 paths.
#[test]
fn no_penalty_overflows() {
    for size in [1e-3, 1.0, 1e2, 1e4] {
        let arcs: Vec<Arc> =
            (0..2000).flat_map(|n| [arc(n, n + 1, size), arc(n, n + 1, 2.0 * size)]).collect();
        let graph = Graph::new(2001, 0, 2000, &arcs).unwrap();
        let expected = 2000.0 * logadd([size, 2.0 * size]);
        let forward = Forward::fprop(&graph);
        assert_relative_eq!(forward.penalty, expected, max_relative = 1e-9);
        let mut d = vec![0.0; graph.len()];
        forward.bprop(&graph, 1.0, &mut d);
        assert_relative_eq!(d.iter().sum::<f64>(), 2000.0, max_relative = 1e-9);
        assert!(d.iter().all(|d| d.is_finite()));
    }
}
