#![doc = mathdoc::page!("k_best.md")]

use super::viterbi::Path;
use crate::section4::Graph;

/// A string that a graph spells, and the best of the paths that spell it.
#[derive(Clone, Debug, PartialEq)]
pub struct Spelling {
    /// The labels of the path.
    pub labels: Vec<u8>,
    /// The path.
    pub path: Path,
}

/// The `k` strings whose best paths have the least penalties, the best first, each once; fewer if the graph spells fewer by
/// paths of a finite penalty. The first is the string of [`best_path`](super::viterbi::best_path), with the same path.
///
/// For a graph of A arcs and strings of L labels, the time is at most of the order of A k (log(A k) + k L).
pub fn best_strings(graph: &Graph, k: usize) -> Vec<Spelling> {
    if k == 0 || graph.start() > graph.end() {
        return Vec::new();
    }
    let mut best: Vec<Vec<Spelling>> = vec![Vec::new(); graph.nodes()];
    best[graph.start()] =
        vec![Spelling { labels: Vec::new(), path: Path { arcs: Vec::new(), penalty: 0.0 } }];
    // Nodes are in a topological order: those before the start and behind the end are on no path.
    for n in graph.start() + 1..=graph.end() {
        best[n] = distinct(graph, arriving(graph, &best, n), k);
    }
    best.swap_remove(graph.end())
}

/// A string of a node before, prolonged by an arc: the penalty of both, the arc, the string.
type Arriving<'a> = (f64, usize, &'a Spelling);

/// All strings that arrive at a node by paths of a finite penalty: those of least penalty first, and of equal ones those of the
/// first arc (deviation 40).
fn arriving<'a>(graph: &Graph, best: &'a [Vec<Spelling>], node: usize) -> Vec<Arriving<'a>> {
    let mut arriving: Vec<Arriving> = Vec::new();
    for arc in graph.entering(node) {
        let c = graph.penalties[arc];
        let before = &best[graph.arc(arc).from];
        arriving.extend(before.iter().map(|spelling| (c + spelling.path.penalty, arc, spelling)));
    }
    arriving.retain(|(penalty, ..)| penalty.is_finite());
    // A stable sort: equal ones keep the order of the arcs, and that of the strings before.
    arriving.sort_by(|a, b| a.0.total_cmp(&b.0));
    arriving
}

/// The first `k` of them that differ in their labels.
fn distinct(graph: &Graph, arriving: Vec<Arriving>, k: usize) -> Vec<Spelling> {
    let mut kept: Vec<Spelling> = Vec::new();
    for (penalty, arc, before) in arriving {
        let labels: Vec<u8> = before.labels.iter().copied().chain(graph.arc(arc).label).collect();
        if kept.iter().any(|spelling| spelling.labels == labels) {
            continue;
        }
        let arcs = before.path.arcs.iter().copied().chain([arc]).collect();
        kept.push(Spelling { labels, path: Path { arcs, penalty } });
        if kept.len() == k {
            break;
        }
    }
    kept
}
