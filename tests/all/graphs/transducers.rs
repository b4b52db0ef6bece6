//! Viterbi and forward penalties of every node against the shortest distances of a library for weighted transducers, in the tropical
//! and in the log semiring (single precision).

use super::graphs;
use lenet5::section4::Graph;
use lenet5::section5::viterbi;
use lenet5::section6::forward::Forward;
use proptest::prelude::*;
use rustfst::algorithms::shortest_distance;
use rustfst::prelude::*;

fn distances<W: SemiringFromPenalty>(graph: &Graph) -> Vec<f64> {
    let mut fst = VectorFst::<W>::new();
    fst.add_states(graph.nodes());
    fst.set_start(graph.start() as u32).unwrap();
    fst.set_final(graph.end() as u32, W::one()).unwrap();
    for arc in graph.arcs() {
        let label = u32::from(arc.label.unwrap()) + 1;
        fst.add_tr(arc.from as u32, Tr::new(label, label, W::of(arc.penalty), arc.to as u32)).unwrap();
    }
    let mut found: Vec<f64> = shortest_distance(&fst, false).unwrap().iter().map(W::penalty).collect();
    // It leaves out the last states if no path reaches them.
    found.resize(graph.nodes(), f64::INFINITY);
    found
}

/// A semiring whose numbers are penalties.
trait SemiringFromPenalty: Semiring {
    fn of(penalty: f64) -> Self;
    fn penalty(&self) -> f64;
}

impl SemiringFromPenalty for TropicalWeight {
    fn of(penalty: f64) -> Self {
        Self::new(penalty as f32)
    }

    fn penalty(&self) -> f64 {
        f64::from(*self.value())
    }
}

impl SemiringFromPenalty for LogWeight {
    fn of(penalty: f64) -> Self {
        Self::new(penalty as f32)
    }

    fn penalty(&self) -> f64 {
        f64::from(*self.value())
    }
}

fn agree(ours: &[f64], theirs: &[f64]) -> bool {
    ours.len() == theirs.len() && ours.iter().zip(theirs).all(|(a, b)| a == b || (a - b).abs() <= 1e-4)
}

proptest! {
    #[test]
    fn node_penalties_are_shortest_distances(graph in graphs(5.0)) {
        let (v, f) = (viterbi::penalties(&graph).0, Forward::fprop(&graph).f);
        let (tropical, log) = (distances::<TropicalWeight>(&graph), distances::<LogWeight>(&graph));
        prop_assert!(agree(&v, &tropical), "{v:?} {tropical:?}");
        prop_assert!(agree(&f, &log), "{f:?} {log:?}");
    }
}
