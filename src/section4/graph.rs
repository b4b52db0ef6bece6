#![doc = mathdoc::page!("graph.md", "../../docs/figures/fig-15.svg")]

use std::ops::Range;
use thiserror::Error;

/// An arc of a graph.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Arc {
    /// The node that it leaves.
    pub from: usize,
    /// The node that it enters.
    pub to: usize,
    /// The class that it stands for; `None` if it stands for no class, as an arc of a segmentation graph.
    pub label: Option<u8>,
    /// Its penalty. Infinite: no path takes it.
    pub penalty: f64,
    /// The number of the arc, or of whatever else, that it was made from.
    pub origin: usize,
}

/// A directed graph without cycles whose arcs have penalties (IV-C), as flat arrays.
///
/// Nodes are numbered from 0 in a topological order: every arc goes from a smaller number to a larger one. Arcs are sorted
/// by the node that they enter.
#[derive(Clone, Debug, PartialEq)]
pub struct Graph {
    start: usize,
    end: usize,
    /// The first arc that enters each node, and behind the last the number of arcs.
    first: Vec<usize>,
    from: Vec<u32>,
    to: Vec<u32>,
    labels: Vec<Option<u8>>,
    origins: Vec<usize>,
    /// The penalty of each arc.
    pub penalties: Vec<f64>,
}

/// The reason why arcs do not make a graph.
#[derive(Clone, Debug, Error, PartialEq)]
pub enum GraphError {
    /// A node that does not exist.
    #[error("arc {arc} has node {node}, but there are {nodes} nodes, 0 to {}", nodes.saturating_sub(1))]
    UnknownNode {
        /// The number of the arc.
        arc: usize,
        /// The node that it names.
        node: usize,
        /// The number of nodes.
        nodes: usize,
    },
    /// The start or the end does not exist.
    #[error("the start is node {start} and the end node {end}, but there are {nodes} nodes")]
    NoEnds {
        /// The start.
        start: usize,
        /// The end.
        end: usize,
        /// The number of nodes.
        nodes: usize,
    },
    /// A path leads back to where it began.
    #[error("the graph has a cycle through node {node}: paths through it would have no end")]
    Cycle {
        /// A node on the cycle.
        node: usize,
    },
    /// A penalty is NaN or minus infinity.
    #[error("arc {arc} has the penalty {penalty}, expected a number or infinity (an arc that no path takes)")]
    Penalty {
        /// The number of the arc.
        arc: usize,
        /// The penalty found.
        penalty: f64,
    },
}

impl Graph {
    /// The graph of these arcs, in any order; `nodes` may be numbered in any way, and are renumbered if an arc goes from a
    /// larger number to a smaller one. Arcs that enter the same node keep their order.
    ///
    /// # Errors
    /// When a node does not exist, a penalty is NaN, or there is a cycle.
    pub fn new(nodes: usize, start: usize, end: usize, arcs: &[Arc]) -> Result<Self, GraphError> {
        if start >= nodes || end >= nodes {
            return Err(GraphError::NoEnds { start, end, nodes });
        }
        for (a, arc) in arcs.iter().enumerate() {
            if let Some(node) = [arc.from, arc.to].into_iter().find(|&node| node >= nodes) {
                return Err(GraphError::UnknownNode { arc: a, node, nodes });
            }
            if arc.penalty.is_nan() || arc.penalty == f64::NEG_INFINITY {
                return Err(GraphError::Penalty { arc: a, penalty: arc.penalty });
            }
        }
        let number = topological(nodes, arcs)?;
        Ok(Self::sorted(nodes, number[start], number[end], arcs, |node| number[node]))
    }

    /// The graph of arcs whose nodes are in a topological order already.
    ///
    /// # Panics
    /// When an arc does not go from a smaller number to a larger one, below `nodes`.
    pub(crate) fn ordered(nodes: usize, start: usize, end: usize, arcs: &[Arc]) -> Self {
        assert!(arcs.iter().all(|arc| arc.from < arc.to && arc.to < nodes), "arcs go upwards");
        Self::sorted(nodes, start, end, arcs, |node| node)
    }

    /// The graph of the arcs from which a path leads to the end, its nodes numbered without gaps; two nodes and no arc if none
    /// does. The arcs that leave a node are behind those that enter it, all can be reached from the start, and nodes are in a
    /// topological order.
    pub(crate) fn without_dead_ends(nodes: usize, start: usize, end: usize, mut arcs: Vec<Arc>) -> Self {
        let mut alive = vec![false; nodes];
        alive[end] = true;
        arcs.iter().rev().for_each(|arc| alive[arc.from] |= alive[arc.to]);
        if !alive[start] {
            return Self::ordered(2, 0, 1, &[]);
        }
        arcs.retain(|arc| alive[arc.to]);
        let mut number = vec![0; nodes];
        let mut count = 0;
        for node in (0..nodes).filter(|&node| alive[node]) {
            number[node] = count;
            count += 1;
        }
        arcs.iter_mut().for_each(|arc| (arc.from, arc.to) = (number[arc.from], number[arc.to]));
        Self::ordered(count, number[start], number[end], &arcs)
    }

    fn sorted(nodes: usize, start: usize, end: usize, arcs: &[Arc], number: impl Fn(usize) -> usize) -> Self {
        let mut order: Vec<usize> = (0..arcs.len()).collect();
        order.sort_by_key(|&a| number(arcs[a].to));
        let mut first = vec![0; nodes + 1];
        arcs.iter().for_each(|arc| first[number(arc.to) + 1] += 1);
        (0..nodes).for_each(|node| first[node + 1] += first[node]);
        let node = |node| u32::try_from(number(node)).expect("fewer than 2^32 nodes");
        Self {
            start,
            end,
            first,
            from: order.iter().map(|&a| node(arcs[a].from)).collect(),
            to: order.iter().map(|&a| node(arcs[a].to)).collect(),
            labels: order.iter().map(|&a| arcs[a].label).collect(),
            origins: order.iter().map(|&a| arcs[a].origin).collect(),
            penalties: order.iter().map(|&a| arcs[a].penalty).collect(),
        }
    }

    /// The number of nodes.
    pub fn nodes(&self) -> usize {
        self.first.len() - 1
    }

    /// The number of arcs.
    pub fn len(&self) -> usize {
        self.penalties.len()
    }

    /// Whether there are no arcs.
    pub fn is_empty(&self) -> bool {
        self.penalties.is_empty()
    }

    /// The node where paths begin.
    pub fn start(&self) -> usize {
        self.start
    }

    /// The node where paths end.
    pub fn end(&self) -> usize {
        self.end
    }

    /// Arc number `arc`.
    pub fn arc(&self, arc: usize) -> Arc {
        Arc {
            from: self.from[arc] as usize,
            to: self.to[arc] as usize,
            label: self.labels[arc],
            penalty: self.penalties[arc],
            origin: self.origins[arc],
        }
    }

    /// All arcs in their order.
    pub fn arcs(&self) -> impl Iterator<Item = Arc> {
        (0..self.len()).map(|arc| self.arc(arc))
    }

    /// The numbers of the arcs that enter a node: `U_n` of eq. 10.
    pub fn entering(&self, node: usize) -> Range<usize> {
        self.first[node]..self.first[node + 1]
    }

    /// The nodes that the arcs of a range leave.
    pub(crate) fn sources(&self, arcs: Range<usize>) -> &[u32] {
        &self.from[arcs]
    }

    /// The labels of a path, in their order; arcs without a label are left out.
    pub fn labels_of(&self, path: &[usize]) -> Vec<u8> {
        path.iter().filter_map(|&arc| self.labels[arc]).collect()
    }
}

/// A number for each node, smaller for the node that an arc leaves than for the one that it enters; the numbers that they
/// have, if these are so already.
fn topological(nodes: usize, arcs: &[Arc]) -> Result<Vec<usize>, GraphError> {
    if arcs.iter().all(|arc| arc.from < arc.to) {
        return Ok((0..nodes).collect());
    }
    let mut leaving = vec![Vec::new(); nodes];
    let mut entering = vec![0; nodes];
    for arc in arcs {
        leaving[arc.from].push(arc.to);
        entering[arc.to] += 1;
    }
    // A node gets its number when all nodes before it have theirs.
    let mut number = vec![usize::MAX; nodes];
    let mut ready: Vec<usize> = (0..nodes).rev().filter(|&node| entering[node] == 0).collect();
    let mut next = 0;
    while let Some(node) = ready.pop() {
        number[node] = next;
        next += 1;
        for &to in &leaving[node] {
            entering[to] -= 1;
            if entering[to] == 0 {
                ready.push(to);
            }
        }
    }
    match number.iter().position(|&number| number == usize::MAX) {
        Some(node) => Err(GraphError::Cycle { node }),
        None => Ok(number),
    }
}
