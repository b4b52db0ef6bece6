#![doc = mathdoc::page!("composition.md")]

use super::transducer::Transducer;
use crate::section4::{Arc, Graph};

/// The composition of a graph with a transducer.
#[derive(Clone, Debug, PartialEq)]
pub struct Composition {
    /// The interpretation graph: its labels are the symbols that the transducer writes. The `origin` of an arc is its place
    /// in `made_from`.
    pub graph: Graph,
    /// The arc of the graph, and the step of the transducer, of which each arc was made.
    pub made_from: Vec<(Option<usize>, Option<usize>)>,
}

/// Composes a graph with a transducer. If the transducer reads no path of the graph, the interpretation graph has no arcs.
pub fn compose(graph: &Graph, transducer: &Transducer) -> Composition {
    let mut tokens = Tokens::new(graph, transducer);
    let mut leaving = vec![Vec::new(); graph.nodes()];
    graph.arcs().enumerate().for_each(|(n, arc)| leaving[arc.from].push((n, arc)));
    for (node, leaving) in leaving.iter().enumerate() {
        for &state in transducer.order() {
            for after_null in [false, true] {
                tokens.leave(Place { node, state, after_null }, leaving);
            }
        }
    }
    tokens.composition()
}

/// The places of the two tokens, and whether the last move was a null arc of the graph.
#[derive(Clone, Copy)]
struct Place {
    node: usize,
    state: usize,
    after_null: bool,
}

/// All joint moves of the tokens so far.
struct Tokens<'a> {
    graph: &'a Graph,
    transducer: &'a Transducer,
    /// The place of each state in the transducer's order.
    rank: Vec<usize>,
    reached: Vec<bool>,
    arcs: Vec<Arc>,
    made_from: Vec<(Option<usize>, Option<usize>)>,
}

impl<'a> Tokens<'a> {
    fn new(graph: &'a Graph, transducer: &'a Transducer) -> Self {
        let mut rank = vec![0; transducer.states()];
        transducer.order().iter().enumerate().for_each(|(n, &state)| rank[state] = n);
        let places = graph.nodes() * transducer.states() * 2;
        let (arcs, made_from) = (Vec::new(), Vec::new());
        let mut tokens = Self { graph, transducer, rank, reached: vec![false; places], arcs, made_from };
        let start = tokens.start();
        tokens.reached[start] = true;
        tokens
    }

    fn number(&self, place: Place) -> usize {
        (place.node * self.rank.len() + self.rank[place.state]) * 2 + usize::from(place.after_null)
    }

    fn start(&self) -> usize {
        self.number(Place { node: self.graph.start(), state: self.transducer.start(), after_null: false })
    }

    /// The one node behind all places where both tokens have arrived.
    fn end(&self) -> usize {
        self.reached.len()
    }

    /// All moves from a place, if it was reached.
    fn leave(&mut self, at: Place, leaving: &[(usize, Arc)]) {
        let transducer = self.transducer;
        let from = self.number(at);
        if !self.reached[from] {
            return;
        }
        if !at.after_null {
            for (n, step) in transducer.leaving(at.state).filter(|(_, step)| step.reads.is_none()) {
                let to = Place { state: step.to, ..at };
                self.go(from, to, step.writes, step.penalty, (None, Some(n)));
            }
        }
        for &(a, arc) in leaving {
            let Some(label) = arc.label else {
                let to = Place { node: arc.to, after_null: true, ..at };
                self.go(from, to, None, arc.penalty, (Some(a), None));
                continue;
            };
            for (n, step) in transducer.leaving(at.state).filter(|(_, step)| step.reads == Some(label)) {
                let to = Place { node: arc.to, state: step.to, after_null: false };
                self.go(from, to, step.writes, arc.penalty + step.penalty, (Some(a), Some(n)));
            }
        }
    }

    fn go(
        &mut self,
        from: usize,
        to: Place,
        label: Option<u8>,
        penalty: f64,
        made_from: (Option<usize>, Option<usize>),
    ) {
        if penalty == f64::INFINITY {
            return;
        }
        let number = self.number(to);
        self.reached[number] = true;
        let arrived = to.node == self.graph.end() && self.transducer.is_final(to.state);
        // A path may end here, and it may go on.
        for to in [Some(number), arrived.then(|| self.end())].into_iter().flatten() {
            self.arcs.push(Arc { from, to, label, penalty, origin: self.made_from.len() });
            self.made_from.push(made_from);
        }
    }

    fn composition(self) -> Composition {
        let (start, end) = (self.start(), self.end());
        Composition {
            graph: Graph::without_dead_ends(end + 1, start, end, self.arcs),
            made_from: self.made_from,
        }
    }
}

impl Composition {
    /// From the derivatives `d` by the penalties of the interpretation graph's arcs, adds those by the penalties of the
    /// graph's arcs and of the transducer's steps, both of which may have made many arcs.
    pub fn bprop(&self, d: &[f64], d_graph: &mut [f64], d_steps: &mut [f64]) {
        for (arc, d) in self.graph.arcs().zip(d) {
            let (of_graph, of_transducer) = self.made_from[arc.origin];
            of_graph.into_iter().for_each(|a| d_graph[a] += d);
            of_transducer.into_iter().for_each(|n| d_steps[n] += d);
        }
    }
}
