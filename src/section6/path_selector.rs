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
        let nodes = reached.len();
        Graph::without_dead_ends(nodes, node(input.start(), 0), node(input.end(), self.desired.len()), arcs)
    }
}
