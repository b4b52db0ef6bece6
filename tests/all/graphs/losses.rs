//! The path selector and the four losses: gradients against finite differences, and identities.

use super::{all_paths, graphs, logadd, sum_of};
use approx::assert_relative_eq;
use lenet5::section1::{Loss, Penalties};
use lenet5::section2;
use lenet5::section4::{Arc, Graph, GraphTransformer};
use lenet5::section6::criterion::{Criterion, GraphLoss, answer, confidence};
use lenet5::section6::forward::Forward;
use lenet5::section6::path_selector::PathSelector;
use proptest::prelude::*;

const ALL: [Criterion; 4] = [
    Criterion::Viterbi,
    Criterion::DiscriminativeViterbi,
    Criterion::Forward,
    Criterion::DiscriminativeForward,
];

fn desired() -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(0..3u8, 1..4)
}

/// The paths that spell a string.
fn spelling(graph: &Graph, desired: &[u8]) -> Vec<Vec<usize>> {
    all_paths(graph).into_iter().filter(|path| graph.labels_of(path) == desired).collect()
}

/// The derivative of the loss by the penalty of an arc, by central differences.
fn difference(graph: &Graph, arc: usize, loss: impl Fn(&Graph) -> f64) -> f64 {
    const STEP: f64 = 1e-6;
    let [above, below] = [STEP, -STEP].map(|step| {
        let mut moved = graph.clone();
        moved.penalties[arc] += step;
        loss(&moved)
    });
    (above - below) / (2.0 * STEP)
}

/// Whether the best path, of all or of those that spell the string, is the best by less than a step of the differences.
fn nearly_tied(graph: &Graph, desired: &[u8]) -> bool {
    [all_paths(graph), spelling(graph, desired)].into_iter().any(|paths| {
        let mut sums: Vec<f64> = paths.iter().map(|path| sum_of(graph, path)).collect();
        sums.sort_by(f64::total_cmp);
        sums.len() > 1 && sums[1] - sums[0] < 1e-4
    })
}

proptest! {
    #[test]
    fn selector_keeps_the_paths_that_spell_the_string(graph in graphs(5.0), desired in desired()) {
        let constrained = PathSelector { desired: &desired }.fprop(&graph);
        let in_input = |path: Vec<usize>| path.iter().map(|&arc| constrained.arc(arc).origin).collect::<Vec<_>>();
        let mut kept: Vec<Vec<usize>> = all_paths(&constrained).into_iter().map(in_input).collect();
        let mut expected = spelling(&graph, &desired);
        kept.sort();
        expected.sort();
        // Parallel arcs with equal labels are several paths in both.
        prop_assert_eq!(kept, expected);
        // No dead ends: every arc is on a path.
        let on_paths: std::collections::BTreeSet<usize> = all_paths(&constrained).into_iter().flatten().collect();
        prop_assert_eq!(on_paths.len(), constrained.len());
    }

    #[test]
    fn gradients_of_the_four_losses(
        graph in graphs(5.0),
        desired in desired(),
        beta in 0.1..3.0,
        saturation in prop::option::of(0.5..5.0),
    ) {
        for criterion in ALL.into_iter().filter(|criterion| criterion.is_discriminative() || saturation.is_none()) {
            let loss = GraphLoss { saturation, ..GraphLoss::new(criterion, beta) };
            let Some((value, d)) = loss.of(&graph, &desired) else {
                prop_assert!(spelling(&graph, &desired).is_empty());
                continue;
            };
            prop_assert!(!criterion.is_discriminative() || value > -1e-9);
            if !criterion.is_forward() && nearly_tied(&graph, &desired) {
                continue;
            }
            for (arc, d) in d.into_iter().enumerate() {
                let expected = difference(&graph, arc, |graph| loss.of(graph, &desired).unwrap().0);
                prop_assert!((d - expected).abs() <= 1e-5 * (1.0 + expected.abs()), "{criterion:?} arc {arc}: {d}, {expected}");
            }
        }
    }

    #[test]
    fn values_of_the_four_losses(graph in graphs(5.0)) {
        let Some(path) = all_paths(&graph).pop() else { return Ok(()) };
        let desired = graph.labels_of(&path);
        let spelled = spelling(&graph, &desired);
        let sums = |paths: Vec<Vec<usize>>| paths.into_iter().map(|path| sum_of(&graph, &path)).collect::<Vec<_>>();
        let (spelled, all) = (sums(spelled), sums(all_paths(&graph)));
        let least = |sums: &[f64]| sums.iter().copied().fold(f64::INFINITY, f64::min);
        let (clamped, free) = (logadd(spelled.clone()), logadd(all.clone()));
        let expected = [least(&spelled), least(&spelled) - least(&all), clamped, clamped - free];
        for (criterion, expected) in ALL.into_iter().zip(expected) {
            let (found, _) = GraphLoss::new(criterion, 1.0).of(&graph, &desired).unwrap();
            assert_relative_eq!(found, expected, epsilon = 1e-10);
        }
    }

    /// The controls: a gradient without the right half of eq. 17, or without the factor of eq. 16, is wrong.
    #[test]
    fn wrong_gradients_are_seen(graph in graphs(5.0)) {
        let Some(path) = all_paths(&graph).pop() else { return Ok(()) };
        let desired = graph.labels_of(&path);
        let loss = GraphLoss::new(Criterion::DiscriminativeForward, 1.0);
        if loss.of(&graph, &desired).is_none_or(|(loss, _)| loss < 0.1) {
            return Ok(());
        }
        let half = GraphLoss::new(Criterion::Forward, 1.0).of(&graph, &desired).unwrap().1;
        let off = |d: &[f64]| (0..graph.len()).any(|arc| {
            (d[arc] - difference(&graph, arc, |graph| loss.of(graph, &desired).unwrap().0)).abs() > 1e-4
        });
        prop_assert!(off(&half));
        prop_assert!(off(&loss.of(&graph, &desired).unwrap().1.iter().map(|d| 1.01 * d + 0.001).collect::<Vec<_>>()));
    }

    /// Second derivatives, O-24: along each path the shares are squared; for one path they are 1.
    #[test]
    fn second_derivatives_square_the_shares(graph in graphs(5.0)) {
        let forward = Forward::fprop(&graph);
        prop_assume!(forward.penalty.is_finite());
        let (mut d, mut dd) = (vec![0.0; graph.len()], vec![0.0; graph.len()]);
        forward.bprop(&graph, 1.0, &mut d);
        forward.bbprop(&graph, 1.0, &mut dd);
        // The share of a path is the product of the shares in its nodes.
        let share = |arc: usize| (forward.f[graph.arc(arc).to] - graph.penalties[arc] - forward.f[graph.arc(arc).from]).exp();
        let mut expected = vec![0.0; graph.len()];
        for path in all_paths(&graph) {
            for (place, &arc) in path.iter().enumerate() {
                // From the end down to the arc: each arc of the rest counts once for every way to the start.
                let rest: f64 = path[place..].iter().map(|&arc| share(arc).powi(2)).product();
                let before = |arc: &usize| share(*arc);
                expected[arc] += rest * path[..place].iter().map(before).product::<f64>();
            }
        }
        for (found, expected) in dd.iter().zip(expected) {
            prop_assert!((found - expected).abs() < 1e-9, "{found} {expected}");
        }
        prop_assert!(dd.iter().zip(&d).all(|(dd, d)| *dd >= 0.0 && *dd <= d + 1e-12));
    }

    /// Eq. 9 is eq. 17 on a graph of one segment with an arc for rubbish (II-C).
    #[test]
    fn eq_9_is_eq_17_on_one_segment(penalties in prop::collection::vec(0.0..20.0, 2..10), j in 0.0..20.0) {
        let arc = |label, &penalty: &f64| Arc { from: 0, to: 1, label: Some(label), penalty, origin: 0 };
        let rubbish = penalties.len() as u8;
        let mut arcs: Vec<Arc> = penalties.iter().enumerate().map(|(class, penalty)| arc(class as u8, penalty)).collect();
        arcs.push(arc(rubbish, &j));
        let graph = Graph::new(2, 0, 1, &arcs).unwrap();
        let (loss, d) = GraphLoss::new(Criterion::DiscriminativeForward, 1.0).of(&graph, &[1]).unwrap();
        let eq_9 = section2::Criterion::Competitive { rubbish: j };
        let y = Penalties::from(penalties.clone());
        assert_relative_eq!(loss, eq_9.fprop(&y, &1), epsilon = 1e-9);
        let mut dy = y.clone();
        eq_9.bprop(&y, &1, &mut dy);
        dy.iter().zip(d).for_each(|(dy, d)| assert_relative_eq!(dy, d, epsilon = 1e-9));
    }

    #[test]
    fn confidence_is_a_share_of_all_strings(graph in graphs(5.0)) {
        let Some(found) = answer(&graph, 1.0) else { return Ok(()) };
        let all = logadd(all_paths(&graph).into_iter().map(|path| sum_of(&graph, &path)));
        let these = logadd(spelling(&graph, &found.labels).into_iter().map(|path| sum_of(&graph, &path)));
        assert_relative_eq!(found.confidence, (all - these).exp(), epsilon = 1e-9);
    }
}

#[test]
fn a_label_that_no_arc_has_leaves_no_path() {
    let arcs = [Arc { from: 0, to: 1, label: Some(3), penalty: 1.0, origin: 0 }];
    let graph = Graph::new(2, 0, 1, &arcs).unwrap();
    for criterion in ALL {
        assert!(GraphLoss::new(criterion, 1.0).of(&graph, &[7]).is_none());
        assert!(GraphLoss::new(criterion, 1.0).of(&graph, &[3, 3]).is_none());
    }
    assert_eq!(confidence(&graph, &[7], 1.0), 0.0);
}

/// Small beta: a margin. Large beta: the forward loss approaches the Viterbi loss.
#[test]
fn beta_goes_from_margin_to_viterbi() {
    let arcs = [(3, 50.0), (5, 60.0)].map(|(label, penalty)| Arc {
        from: 0,
        to: 1,
        label: Some(label),
        penalty,
        origin: 0,
    });
    let graph = Graph::new(2, 0, 1, &arcs).unwrap();
    let d = |beta| GraphLoss::new(Criterion::DiscriminativeForward, beta).of(&graph, &[3]).unwrap().1[0];
    assert!(d(0.1) > 0.2 && d(1.0) < 1e-4 && d(10.0) < 1e-12, "{} {} {}", d(0.1), d(1.0), d(10.0));
}
