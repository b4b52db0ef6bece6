#![doc = mathdoc::page!("transformer.md")]

use super::graph::Graph;

/// A module from a graph to a graph (IV-C) that takes each arc's penalty from one arc of its input, the arc's `origin`: the
/// path selector and the Viterbi transformer.
///
/// The recognition transformer has parameters and images besides: see [`recognition`](crate::section5::recognition).
pub trait GraphTransformer {
    /// The graph that comes out.
    fn fprop(&self, input: &Graph) -> Graph;

    /// From the derivatives `d_output` by the penalties of the output graph, adds those by the penalties of the input graph
    /// to `d_input`: each arc sends its own to the arc that it was made from. Several arcs with one origin add up.
    fn bprop(&self, output: &Graph, d_output: &[f64], d_input: &mut [f64]) {
        output.arcs().zip(d_output).for_each(|(arc, d)| d_input[arc.origin] += d);
    }

    /// The same for diagonal second derivatives: all factors are 1.
    fn bbprop(&self, output: &Graph, dd_output: &[f64], dd_input: &mut [f64]) {
        self.bprop(output, dd_output, dd_input);
    }
}
