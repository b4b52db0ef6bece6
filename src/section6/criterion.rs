#![doc = mathdoc::page!("criterion.md", "../../docs/figures/fig-20.svg", "../../docs/figures/collapse.svg")]

use super::forward::Forward;
use super::path_selector::PathSelector;
use crate::section4::{Graph, GraphTransformer};
use crate::section5::viterbi::{Viterbi, best_path, path_score};
use serde::{Deserialize, Serialize};

/// The four training criteria of section VI.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Criterion {
    /// [Eq. 11](self#eq-11): the penalty of the best path that spells the desired string.
    Viterbi,
    /// [Eq. 12](self#eq-12): the same minus the penalty of the best path of all.
    DiscriminativeViterbi,
    /// The forward penalty of all paths that spell the desired string (VI-C).
    Forward,
    /// [Eq. 17](self#eq-17): the same minus the forward penalty of all paths.
    DiscriminativeForward,
}

/// A loss of graphs: a criterion, and the scale of the penalties that it sees.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GraphLoss {
    /// The criterion.
    pub criterion: Criterion,
    /// `beta`: the loss is that of `beta` times the penalties, divided by `beta`
    /// ([deviation 43](crate::paper::deviations#43-the-scale-of-penalties)).
    pub beta: f64,
    /// The loss that is never reached: `E` becomes `E / (1 + E / most)`, a variant that VI-B names. Strings without a good path
    /// then count little. `None`: the loss as it is.
    pub saturation: Option<f64>,
}

impl GraphLoss {
    /// The loss as the paper has it, but for `beta`.
    pub fn new(criterion: Criterion, beta: f64) -> Self {
        Self { criterion, beta, saturation: None }
    }

    /// The loss of an interpretation graph for the desired classes, and the derivative by the penalty of each of its arcs;
    /// `None` if no path spells the desired string: the loss is infinite then and has no derivatives (O-23).
    pub fn of(&self, graph: &Graph, desired: &[u8]) -> Option<(f64, Vec<f64>)> {
        let mut scaled = graph.clone();
        scaled.penalties.iter_mut().for_each(|penalty| *penalty *= self.beta);
        let mut d = vec![0.0; graph.len()];
        let selector = PathSelector { desired };
        let constrained = selector.fprop(&scaled);
        let mut d_constrained = vec![0.0; constrained.len()];
        let clamped = self.score(&constrained, 1.0, &mut d_constrained);
        if !clamped.is_finite() {
            return None;
        }
        selector.bprop(&constrained, &d_constrained, &mut d);
        let free = if self.criterion.is_discriminative() { self.score(&scaled, -1.0, &mut d) } else { 0.0 };
        let loss = (clamped - free) / self.beta;
        let below = 1.0 + self.saturation.map_or(0.0, |most| loss / most);
        d.iter_mut().for_each(|d| *d /= below * below);
        Some((loss / below, d))
    }

    /// The penalty of a graph under the criterion; adds `sign` times its derivatives by the arcs' penalties to `d`.
    fn score(&self, graph: &Graph, sign: f64, d: &mut [f64]) -> f64 {
        if self.criterion.is_forward() {
            let forward = Forward::fprop(graph);
            forward.bprop(graph, sign, d);
            forward.penalty
        } else {
            let best = Viterbi.fprop(graph);
            Viterbi.bprop(&best, &vec![sign; best.len()], d);
            path_score(&best)
        }
    }
}

impl Criterion {
    /// Whether other strings count: the loss has two halves.
    pub fn is_discriminative(self) -> bool {
        matches!(self, Self::DiscriminativeViterbi | Self::DiscriminativeForward)
    }

    /// Whether all paths count, not only the best.
    pub fn is_forward(self) -> bool {
        matches!(self, Self::Forward | Self::DiscriminativeForward)
    }
}

/// An answer: the labels of the best path, with their probability `exp(-E_dforw)` (VI-E, X-C).
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// The classes, from left to right.
    pub labels: Vec<u8>,
    /// The numbers of the best path's arcs.
    pub path: Vec<usize>,
    /// The Viterbi penalty.
    pub penalty: f64,
    /// The share of this string among all strings, 0 to 1.
    pub confidence: f64,
}

/// The answer of an interpretation graph, with confidences at this `beta`; `None` without a path.
pub fn answer(graph: &Graph, beta: f64) -> Option<Answer> {
    let path = best_path(graph)?;
    let labels = graph.labels_of(&path.arcs);
    let confidence = confidence(graph, &labels, beta);
    Some(Answer { labels, path: path.arcs, penalty: path.penalty, confidence })
}

/// The probability of a string: `exp(-E_dforw)`, of the penalties times `beta`; 0 if no path spells it.
pub fn confidence(graph: &Graph, labels: &[u8], beta: f64) -> f64 {
    let loss = GraphLoss::new(Criterion::DiscriminativeForward, beta);
    loss.of(graph, labels).map_or(0.0, |(loss, _)| (-beta * loss).exp().min(1.0))
}
