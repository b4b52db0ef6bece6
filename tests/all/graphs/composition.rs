//! Composition of graphs with transducers (VIII-B), forward and back.

use super::{all_paths, logadd, sum_of};
use lenet5::section4::{Arc, Graph, GraphTransformer};
use lenet5::section6::forward::Forward;
use lenet5::section6::path_selector::PathSelector;
use lenet5::section8::{Step, Transducer, TransducerError, compose};
use proptest::prelude::*;

/// Graphs with arcs that have no label among others.
fn graphs() -> impl Strategy<Value = Graph> {
    (2..6usize).prop_flat_map(|nodes| {
        let arc = (0..nodes - 1, 1..nodes, prop::option::of(0..3u8), -0.2..2.0);
        prop::collection::vec(arc, 1..10).prop_map(move |arcs| {
            let arcs = arcs.into_iter().filter(|(from, span, ..)| from + span < nodes);
            let arcs: Vec<Arc> = arcs
                .map(|(from, span, label, penalty)| Arc { from, to: from + span, label, penalty, origin: 0 })
                .collect();
            Graph::new(nodes, 0, nodes - 1, &arcs).unwrap()
        })
    })
}

/// Transducers of three states; steps that read nothing go to a higher state.
fn transducers() -> impl Strategy<Value = Transducer> {
    let step = (0..3usize, 0..3usize, prop::option::of(0..3u8), prop::option::of(0..3u8), 0.0..1.0);
    (prop::collection::vec(step, 1..12), prop::collection::vec(0..3usize, 1..3)).prop_map(
        |(steps, finals)| {
            let steps = steps.into_iter().filter(|(from, to, reads, ..)| reads.is_some() || from < to);
            let steps =
                steps.map(|(from, to, reads, writes, penalty)| Step { from, to, reads, writes, penalty });
            Transducer::new(3, 0, &finals, steps.collect()).unwrap()
        },
    )
}

/// All runs of a transducer that read these symbols: what they write, and their penalties.
fn runs(transducer: &Transducer, read: &[u8]) -> Vec<(Vec<u8>, f64)> {
    let mut ended = Vec::new();
    let mut open = vec![(transducer.start(), read, Vec::new(), 0.0)];
    while let Some((state, left, written, penalty)) = open.pop() {
        if left.is_empty() && transducer.is_final(state) {
            ended.push((written.clone(), penalty));
        }
        for (_, step) in transducer.leaving(state) {
            let left = match step.reads {
                None => left,
                Some(symbol) if left.first() == Some(&symbol) => &left[1..],
                Some(_) => continue,
            };
            let written = written.iter().copied().chain(step.writes).collect();
            open.push((step.to, left, written, penalty + step.penalty));
        }
    }
    ended
}

/// Strings with penalties in an order that does not depend on how they were found.
fn sorted(mut found: Vec<(Vec<u8>, f64)>) -> Vec<(Vec<u8>, f64)> {
    found.sort_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)));
    found
}

/// Paths of the composition with at least one arc.
fn of_composition(graph: &Graph) -> Vec<(Vec<u8>, f64)> {
    let paths = all_paths(graph).into_iter().filter(|path| !path.is_empty());
    sorted(paths.map(|path| (graph.labels_of(&path), sum_of(graph, &path))).collect())
}

proptest! {
    /// Every pair of a path and a run that agree is there once, and nothing else: null symbols on both sides make no copies.
    #[test]
    fn all_pairs_of_paths_once(graph in graphs(), transducer in transducers()) {
        let pairs = all_paths(&graph).into_iter().flat_map(|path| {
            let penalty = sum_of(&graph, &path);
            let runs = runs(&transducer, &graph.labels_of(&path));
            runs.into_iter().map(move |(written, added)| (written, penalty + added)).collect::<Vec<_>>()
        });
        let (expected, found) = (sorted(pairs.collect()), of_composition(&compose(&graph, &transducer).graph));
        prop_assert_eq!(expected.len(), found.len());
        for (expected, found) in expected.iter().zip(&found) {
            prop_assert!(expected.0 == found.0 && (expected.1 - found.1).abs() < 1e-9);
        }
    }

    /// The path selector is the composition with the grammar of one string.
    #[test]
    fn the_path_selector_is_a_composition(graph in graphs(), desired in prop::collection::vec(0..3u8, 1..4)) {
        let selected = PathSelector { desired: &desired }.fprop(&graph);
        let composed = compose(&graph, &Transducer::spelling(&desired)).graph;
        prop_assert_eq!(of_composition(&selected), of_composition(&composed));
    }

    /// Derivatives of the forward penalty by the penalties of both sides, against differences.
    #[test]
    fn gradients_of_both_sides(graph in graphs(), transducer in transducers()) {
        const STEP: f64 = 1e-5;
        let composition = compose(&graph, &transducer);
        let forward = Forward::fprop(&composition.graph);
        prop_assume!(forward.penalty.is_finite());
        let mut d = vec![0.0; composition.graph.len()];
        forward.bprop(&composition.graph, 1.0, &mut d);
        let (mut d_graph, mut d_steps) = (vec![0.0; graph.len()], vec![0.0; transducer.steps().len()]);
        composition.bprop(&d, &mut d_graph, &mut d_steps);
        let penalty = |graph: &Graph, transducer: &Transducer| Forward::fprop(&compose(graph, transducer).graph).penalty;
        for (arc, found) in d_graph.iter().enumerate() {
            let moved = |step| {
                let mut moved = graph.clone();
                moved.penalties[arc] += step;
                penalty(&moved, &transducer)
            };
            prop_assert!((found - (moved(STEP) - moved(-STEP)) / (2.0 * STEP)).abs() < 1e-6);
        }
        for (n, found) in d_steps.iter().enumerate() {
            let moved = |change| {
                let mut steps = transducer.steps().to_vec();
                steps[n].penalty += change;
                let finals: Vec<usize> = (0..3).filter(|&state| transducer.is_final(state)).collect();
                penalty(&graph, &Transducer::new(3, 0, &finals, steps).unwrap())
            };
            prop_assert!((found - (moved(STEP) - moved(-STEP)) / (2.0 * STEP)).abs() < 1e-6);
        }
    }
}

/// The control: if an arc that made two arcs only got the derivative of one, differences would see it.
#[test]
fn derivatives_of_an_arc_that_made_several_add_up() {
    let arc = |from, label, penalty| Arc { from, to: from + 1, label: Some(label), penalty, origin: 0 };
    let graph = Graph::new(2, 0, 1, &[arc(0, 1, 0.5)]).unwrap();
    let step = |to, penalty| Step { from: 0, to, reads: Some(1), writes: Some(1), penalty };
    let transducer = Transducer::new(3, 0, &[1, 2], vec![step(1, 0.1), step(2, 0.3)]).unwrap();
    let composition = compose(&graph, &transducer);
    let forward = Forward::fprop(&composition.graph);
    assert!((forward.penalty - 0.5 - logadd([0.1, 0.3])).abs() < 1e-12);
    let mut d = vec![0.0; 2];
    forward.bprop(&composition.graph, 1.0, &mut d);
    let (mut d_graph, mut d_steps) = (vec![0.0], vec![0.0; 2]);
    composition.bprop(&d, &mut d_graph, &mut d_steps);
    assert!((d_graph[0] - 1.0).abs() < 1e-12 && (d[0] - 1.0).abs() > 0.1);
    assert!((d_steps.iter().sum::<f64>() - 1.0).abs() < 1e-12);
}

/// Fig. 28, to the digit: the words that are accepted and their penalties.
#[test]
fn fig_28() {
    let words = ["barn", "but", "cute", "cure", "cap", "cat", "card", "cut"];
    let arc = |from, label, penalty| Arc { from, to: from + 1, label: Some(label), penalty, origin: 0 };
    let recognised = [
        arc(0, b'c', 0.4),
        arc(0, b'o', 1.0),
        arc(0, b'd', 1.8),
        arc(1, b'x', 0.1),
        arc(1, b'a', 0.2),
        arc(1, b'u', 0.8),
        arc(2, b'p', 0.2),
        arc(2, b't', 0.8),
    ];
    let graph = Graph::new(4, 0, 3, &recognised).unwrap();
    let composed = compose(&graph, &tree(&words)).graph;
    let found = of_composition(&composed);
    let expected = [("cap", 0.8), ("cat", 1.4), ("cut", 2.0)];
    assert_eq!(found.len(), expected.len());
    for ((word, penalty), (expected, sum)) in found.iter().zip(expected) {
        assert_eq!(word, expected.as_bytes());
        assert!((penalty - sum).abs() < 1e-9, "{penalty} {sum}");
    }
    // Without the last arc of "cut" as a final state (D-14), it is not accepted.
    assert_eq!(of_composition(&compose(&graph, &tree(&words[..7])).graph).len(), 2);
}

/// A dictionary as a tree; the last letters of its words are final.
fn tree(words: &[&str]) -> Transducer {
    let (mut steps, mut finals, mut states) = (Vec::<Step>::new(), Vec::new(), 1);
    for word in words {
        let mut state = 0;
        for letter in word.bytes() {
            let known = steps.iter().find(|step| step.from == state && step.reads == Some(letter));
            state = known.map(|step| step.to).unwrap_or_else(|| {
                steps.push(Step {
                    from: state,
                    to: states,
                    reads: Some(letter),
                    writes: Some(letter),
                    penalty: 0.0,
                });
                states += 1;
                states - 1
            });
        }
        finals.push(state);
    }
    Transducer::new(states, 0, &finals, steps).unwrap()
}

#[test]
fn transducers_that_make_no_sense_are_refused() {
    let step = |from, to, reads, penalty| Step { from, to, reads, writes: None, penalty };
    let new = |steps: Vec<Step>| Transducer::new(2, 0, &[1], steps);
    assert_eq!(
        new(vec![step(0, 1, None, 0.0), step(1, 0, None, 0.0)]),
        Err(TransducerError::NullCycle { state: 0 })
    );
    assert!(matches!(new(vec![step(0, 7, None, 0.0)]), Err(TransducerError::UnknownState { state: 7, .. })));
    assert!(matches!(new(vec![step(0, 1, None, f64::NAN)]), Err(TransducerError::Penalty { step: 0, .. })));
    assert!(matches!(
        Transducer::new(2, 5, &[], vec![]),
        Err(TransducerError::UnknownState { state: 5, .. })
    ));
    assert!(matches!(
        Transducer::new(2, 0, &[9], vec![]),
        Err(TransducerError::UnknownState { state: 9, .. })
    ));
    // A graph that cannot be read gives a graph without paths.
    let arc = Arc { from: 0, to: 1, label: Some(9), penalty: 0.0, origin: 0 };
    let graph = Graph::new(2, 0, 1, &[arc]).unwrap();
    assert!(compose(&graph, &Transducer::spelling(&[1])).graph.is_empty());
}
