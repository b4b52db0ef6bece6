//! Sections IV to VIII: systems of modules, graphs, segmentation, the losses of graphs, wide networks, composition.

mod composition;
mod fig_20;
mod graph;
mod k_best;
mod losses;
mod sdnn;
mod segmentation;
mod strings;
mod system;
mod transducers;

use lenet5::section4::{Arc, Graph};
use proptest::prelude::*;

/// Graphs of 2 to 7 nodes whose arcs have labels 0 to 2 and penalties within a range; the end may be out of reach.
fn graphs(largest: f64) -> impl Strategy<Value = Graph> {
    (2..8usize).prop_flat_map(move |nodes| {
        let arc = (0..nodes - 1, 1..nodes, 0..3u8, -0.2..largest);
        prop::collection::vec(arc, 1..24).prop_map(move |arcs| {
            let arcs = arcs.into_iter().filter(|(from, span, ..)| from + span < nodes);
            let arcs: Vec<Arc> = arcs
                .map(|(from, span, label, penalty)| Arc {
                    from,
                    to: from + span,
                    label: Some(label),
                    penalty,
                    origin: 0,
                })
                .collect();
            Graph::new(nodes, 0, nodes - 1, &arcs).unwrap()
        })
    })
}

/// Every path of a graph from the start to the end: the numbers of its arcs.
fn all_paths(graph: &Graph) -> Vec<Vec<usize>> {
    let mut ended = Vec::new();
    let mut open = vec![(graph.start(), Vec::new())];
    while let Some((node, path)) = open.pop() {
        if node == graph.end() {
            ended.push(path);
            continue;
        }
        for (arc, _) in graph.arcs().enumerate().filter(|(_, arc)| arc.from == node) {
            open.push((graph.arc(arc).to, [path.clone(), vec![arc]].concat()));
        }
    }
    ended
}

fn sum_of(graph: &Graph, path: &[usize]) -> f64 {
    path.iter().map(|&arc| graph.penalties[arc]).sum()
}

/// `-log sum exp(-x)`, as eq. 14 has it, with the smallest number taken out.
fn logadd(x: impl IntoIterator<Item = f64>) -> f64 {
    let x: Vec<f64> = x.into_iter().collect();
    let least = x.iter().copied().fold(f64::INFINITY, f64::min);
    if least.is_infinite() { least } else { least - x.iter().map(|x| (least - x).exp()).sum::<f64>().ln() }
}
