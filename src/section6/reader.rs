#![doc = mathdoc::page!("reader.md")]

use crate::Real;
use crate::section1::Network;
use crate::section4::Graph;
use crate::section5::recognition::Recogniser;
use crate::section5::segmentation::{FEATURES, Segmentation, Segmenter};
use ndarray::{Array2, ArrayView2};

/// A way from a field to an interpretation graph, and back from the penalties of its arcs to the weights of a network.
pub trait StringReader<R: Real> {
    /// The interpretation graph of a field (0 is paper, 255 is ink).
    fn fprop(&mut self, net: &Network<R>, field: ArrayView2<u8>) -> Graph;

    /// From the derivatives by the penalties of the last graph's arcs, adds those by the weights of the network to `gradient`.
    ///
    /// # Panics
    /// When `gradient` is not of the network's structure.
    fn bprop(&mut self, net: &Network<R>, d: &[f64], gradient: &mut Network<R>);

    /// Says whether the fields that follow have noise, so that they are filtered if that helps this reader.
    fn expect_noise(&mut self, _noise: bool) {}

    /// Whether the last graph has a path for the true places of the digits, given [the ink of each digit
    /// alone](crate::section5::strings::Strings::layers); `None` if this reader does not cut.
    fn has_truth(&self, _layers: &[Array2<u8>]) -> Option<bool> {
        None
    }
}

/// Heuristic over-segmentation (V): a segmenter, and a recogniser with an instance for each candidate.
#[derive(Clone, Debug)]
pub struct OverSegmentation<R: Real> {
    /// The segmenter.
    pub segmenter: Segmenter,
    /// The derivatives of the last loss by the weights of the segmenter.
    pub d_weights: [f64; FEATURES],
    recogniser: Recogniser<R>,
    last: Option<Segmentation>,
}

impl<R: Real> OverSegmentation<R> {
    /// With this segmenter.
    pub fn new(segmenter: Segmenter) -> Self {
        Self { segmenter, d_weights: [0.0; FEATURES], recogniser: Recogniser::new(), last: None }
    }

    /// The segmentation graph of the last field.
    pub fn last(&self) -> Option<&Segmentation> {
        self.last.as_ref()
    }
}

impl<R: Real> StringReader<R> for OverSegmentation<R> {
    fn fprop(&mut self, net: &Network<R>, field: ArrayView2<u8>) -> Graph {
        let segmentation = self.segmenter.fprop(field);
        let graph = self.recogniser.fprop(net, &segmentation);
        self.last = Some(segmentation);
        graph
    }

    fn bprop(&mut self, net: &Network<R>, d: &[f64], gradient: &mut Network<R>) {
        let Some(segmentation) = &self.last else { return };
        let mut d_segmentation = vec![0.0; segmentation.graph.len()];
        self.recogniser.bprop(net, d, gradient, &mut d_segmentation);
        self.d_weights = [0.0; FEATURES];
        self.segmenter.bprop(segmentation, &d_segmentation, &mut self.d_weights);
    }

    fn expect_noise(&mut self, noise: bool) {
        self.segmenter.median = noise;
    }

    fn has_truth(&self, layers: &[Array2<u8>]) -> Option<bool> {
        self.last.as_ref().map(|segmentation| segmentation.has_truth(layers))
    }
}
