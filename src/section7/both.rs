#![doc = mathdoc::page!("both.md")]

use super::sdnn::Sdnn;
use crate::Real;
use crate::section1::Network;
use crate::section4::Graph;
use crate::section6::reader::{OverSegmentation, StringReader};
use crate::section8::{Composition, Transducer, compose};
use ndarray::ArrayView2;

/// Over-segmentation and a space displacement network as one reader: strings that both accept, with the sum of both penalties.
#[derive(Clone)]
pub struct Both<R: Real> {
    /// The network of the over-segmentation. The network that the reader is given is the wide one.
    pub partner: Network<R>,
    /// The over-segmentation.
    pub segmentation: OverSegmentation<R>,
    sdnn: Sdnn<R>,
    /// The composition of the last field, and the arcs of both graphs.
    last: Option<(Composition, [usize; 2])>,
}

impl<R: Real> Both<R> {
    /// With the network of the over-segmentation.
    pub fn new(partner: Network<R>, segmentation: OverSegmentation<R>) -> Self {
        Self { partner, segmentation, sdnn: Sdnn::default(), last: None }
    }
}

/// The graph of all pairs of paths of two graphs that spell the same string; penalties add.
pub fn agreement(a: &Graph, b: &Graph) -> Composition {
    compose(a, &Transducer::of(b))
}

impl<R: Real> StringReader<R> for Both<R> {
    fn fprop(&mut self, net: &Network<R>, field: ArrayView2<u8>) -> Graph {
        let of_cuts = self.segmentation.fprop(&self.partner, field);
        let of_positions = self.sdnn.fprop(net, field);
        let composition = agreement(&of_cuts, &of_positions);
        let graph = composition.graph.clone();
        self.last = Some((composition, [of_cuts.len(), of_positions.len()]));
        graph
    }

    /// The gradient of the wide network; the partner stays as it is.
    fn bprop(&mut self, net: &Network<R>, d: &[f64], gradient: &mut Network<R>) {
        let Some((composition, arcs)) = &self.last else { return };
        let [mut d_cuts, mut d_positions] = arcs.map(|arcs| vec![0.0; arcs]);
        composition.bprop(d, &mut d_cuts, &mut d_positions);
        self.sdnn.bprop(net, &d_positions, gradient);
    }

    fn expect_noise(&mut self, noise: bool) {
        StringReader::<R>::expect_noise(&mut self.segmentation, noise);
    }
}
