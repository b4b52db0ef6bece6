#![doc = mathdoc::page!("path_selector.md")]

use crate::section4::{Arc, Graph, GraphTransformer};

/// The path selector (VI-A): keeps the paths whose labels spell the desired string.
///
/// A node of its output is a node of the input together with the number of labels that have been read.
#[derive(Clone, Copy, Debug)]
pub struct PathSelector<'a> {
    /// The classes of the desired string.
    pub desired: &'a [u8],
}

impl GraphTransformer for PathSelector<'_> {
    /// The constrained graph, without dead ends. If no path spells the string, it has no arcs.
    fn fprop(&self, input: &Graph) -> Graph {
        let places = self.desired.len() + 1;
        let node = |node: usize, read: usize| node * places + read;
        // Forward: every pair of an input arc and a place where the arc's label is the desired one.
        let mut reached = vec![false; input.nodes() * places];
        reached[node(input.start(), 0)] = true;
        let mut arcs = Vec::new();
        for (origin, arc) in input.arcs().enumerate() {
            for read in 0..places {
                let after = match arc.label {
                    None => read,
                    Some(label) if self.desired.get(read) == Some(&label) => read + 1,
                    Some(_) => continue,
                };
                let (from, to) = (node(arc.from, read), node(arc.to, after));
                if reached[from] && arc.penalty < f64::INFINITY {
                    reached[to] = true;
                    arcs.push(Arc { from, to, origin, ..arc });
                }
            }
        }
        // Backward: only what leads to the end with the whole string read.
        let end = node(input.end(), self.desired.len());
        let mut alive = vec![false; reached.len()];
        alive[end] = reached[end];
        for arc in arcs.iter().rev() {
            alive[arc.from] |= alive[arc.to];
        }
        arcs.retain(|arc| alive[arc.to]);
        numbered(alive, node(input.start(), 0), end, arcs)
    }
}

/// The graph of the nodes that are `alive`, numbered without gaps.
fn numbered(alive: Vec<bool>, start: usize, end: usize, mut arcs: Vec<Arc>) -> Graph {
    if !alive[end] {
        return Graph::ordered(2, 0, 1, &[]);
    }
    let mut number = vec![0; alive.len()];
    let mut nodes = 0;
    for (node, _) in alive.iter().enumerate().filter(|(_, alive)| **alive) {
        number[node] = nodes;
        nodes += 1;
    }
    arcs.iter_mut().for_each(|arc| (arc.from, arc.to) = (number[arc.from], number[arc.to]));
    Graph::ordered(nodes, number[start], number[end], &arcs)
}
