#![doc = mathdoc::page!("viterbi.md")]

use crate::section4::{Arc, Graph, GraphTransformer};

/// The Viterbi transformer `T_vit`: the graph of the best path alone.
#[derive(Clone, Copy, Debug)]
pub struct Viterbi;

/// The best path of a graph.
#[derive(Clone, Debug, PartialEq)]
pub struct Path {
    /// The numbers of its arcs, from the start to the end.
    pub arcs: Vec<usize>,
    /// The sum of their penalties: the Viterbi penalty.
    pub penalty: f64,
}

/// `v_n` of [eq. 10](self#eq-10) for each node, and the arc by which the best path enters it; a node that no path of a
/// finite penalty reaches has an infinite one and no arc.
pub fn penalties(graph: &Graph) -> (Vec<f64>, Vec<Option<usize>>) {
    let mut v = vec![f64::INFINITY; graph.nodes()];
    let mut best = vec![None; graph.nodes()];
    v[graph.start()] = 0.0;
    for n in 0..graph.nodes() {
        let entering = graph.entering(n);
        let sources = graph.sources(entering.clone());
        for ((arc, &source), &c) in entering.clone().zip(sources).zip(&graph.penalties[entering]) {
            let penalty = c + v[source as usize];
            // The first of equal ones stays (O-19, O-23, deviation 40).
            if penalty < v[n] && n != graph.start() {
                (v[n], best[n]) = (penalty, Some(arc));
            }
        }
    }
    (v, best)
}

/// The path of least penalty from the start to the end, by going back from the end; `None` if there is no path of a finite
/// penalty.
pub fn best_path(graph: &Graph) -> Option<Path> {
    let (v, best) = penalties(graph);
    let penalty = v[graph.end()];
    let mut arcs = Vec::new();
    let mut node = graph.end();
    while node != graph.start() {
        let arc = best[node]?;
        arcs.push(arc);
        node = graph.arc(arc).from;
    }
    arcs.reverse();
    penalty.is_finite().then_some(Path { arcs, penalty })
}

impl GraphTransformer for Viterbi {
    /// The best path as a graph; two nodes and no arc if there is none.
    fn fprop(&self, input: &Graph) -> Graph {
        let path = best_path(input).map(|path| path.arcs).unwrap_or_default();
        let arcs: Vec<Arc> = path
            .iter()
            .enumerate()
            .map(|(n, &origin)| Arc { from: n, to: n + 1, origin, ..input.arc(origin) })
            .collect();
        let nodes = if input.start() == input.end() { 1 } else { 2.max(path.len() + 1) };
        Graph::ordered(nodes, 0, nodes - 1, &arcs)
    }
}

/// The sum of all penalties of a graph that is one path: the path scorer. Its derivative by each of them is 1.
pub fn path_score(path: &Graph) -> f64 {
    if path.len() + 1 < path.nodes() { f64::INFINITY } else { path.penalties.iter().sum() }
}
