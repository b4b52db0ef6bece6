#![doc = mathdoc::page!("recognition.md")]

use super::segmentation::Segmentation;
use crate::Real;
use crate::section1::{Network, States};
use crate::section3::database::place;
use crate::section4::{Arc, Graph};

/// Derivatives by the penalties of an instance that are all smaller than this are not propagated: they are lost in rounding.
const SMALL: f64 = 1e-4;

/// The instances of a character recogniser: one network, and the states of as many patterns as there are arcs.
#[derive(Clone, Debug, Default)]
pub struct Recogniser<R: Real> {
    states: Vec<States<R>>,
    derivatives: Option<States<R>>,
}

impl<R: Real> Recogniser<R> {
    /// Without states yet.
    pub fn new() -> Self {
        Self { states: Vec::new(), derivatives: None }
    }

    /// The interpretation graph: an arc for each candidate and class, with the sum of the segmenter's penalty and the network's
    /// (O-22). Arc `classes * n + class` comes from arc `n` of the segmentation graph.
    pub fn fprop(&mut self, net: &Network<R>, segmentation: &Segmentation) -> Graph {
        let classes = net.classes();
        let mut arcs = Vec::with_capacity(segmentation.graph.len() * classes);
        while self.states.len() < segmentation.graph.len() {
            self.states.push(net.states());
        }
        for (n, (arc, s)) in segmentation.graph.arcs().zip(&mut self.states).enumerate() {
            place(segmentation.candidates[arc.origin].pattern().view(), s.input_mut());
            net.fprop(s);
            for (class, penalty) in s.output.iter().enumerate() {
                let penalty = arc.penalty + penalty.to_f64().unwrap_or(f64::INFINITY);
                let label = Some(u8::try_from(class).expect("at most 256 classes"));
                // A network that is no longer finite makes a graph without paths.
                let penalty = if penalty.is_nan() { f64::INFINITY } else { penalty };
                arcs.push(Arc { from: arc.from, to: arc.to, label, penalty, origin: n });
            }
        }
        let graph = &segmentation.graph;
        Graph::ordered(graph.nodes(), graph.start(), graph.end(), &arcs)
    }

    /// From the derivatives `d` by the penalties of the last interpretation graph: adds those by the weights of the network,
    /// summed over all instances, to `gradient`, and those by the penalties of the segmentation graph to `d_segmentation`.
    ///
    /// # Panics
    /// When `gradient` is not of the network's structure.
    pub fn bprop(
        &mut self,
        net: &Network<R>,
        d: &[f64],
        gradient: &mut Network<R>,
        d_segmentation: &mut [f64],
    ) {
        let room = self.derivatives.get_or_insert_with(|| net.states());
        let instances = d.chunks(net.classes().max(1)).zip(&self.states).zip(d_segmentation);
        for ((d, s), d_segment) in instances {
            *d_segment += d.iter().sum::<f64>();
            if d.iter().all(|d| d.abs() < SMALL) {
                continue;
            }
            room.output.maps_mut().iter_mut().zip(d).for_each(|(room, &d)| *room = R::of(d));
            net.bprop(s, room, gradient);
        }
    }
}
