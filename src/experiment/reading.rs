//! A string that was read: its two graphs, its answer and its confidence, as JSON (`--graph FILE`).

use super::error::ExperimentError;
use super::files;
use crate::section1::{Network, States};
use crate::section4::Graph;
use crate::section5::k_best::best_strings;
use crate::section5::recognition::Recogniser;
use crate::section5::segmentation::{Segmentation, Segmenter};
use crate::section6::criterion::{answer, confidence};
use crate::section6::forward::Forward;
use crate::section6::reader::StringReader;
use crate::section7::sdnn::{STEP, Sdnn};
use crate::section7::windows::COLUMNS;
use ndarray::ArrayView2;
use serde::{Deserialize, Serialize};
use std::path::Path;

/// The scale of penalties in confidences ([deviation 43](crate::paper::deviations#43-the-scale-of-penalties)).
const BETA: f64 = 0.1;
/// The number of best strings whose confidences are compared.
const BEST: usize = 10;
/// The most answers beside the first.
const ALTERNATIVES: usize = 4;

/// Everything about one string.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ReadString {
    /// The file.
    pub image: String,
    /// Columns of the field.
    pub width: usize,
    /// Rows of the field.
    pub height: usize,
    /// An arc for each candidate.
    pub segmentation: GraphJson,
    /// An arc for each candidate and class.
    pub interpretation: GraphJson,
    /// The best path; absent if there is none.
    pub viterbi: Option<BestPath>,
    /// All paths together.
    pub forward: AllPaths,
}

/// A graph of a string.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GraphJson {
    /// The number of nodes.
    pub nodes: usize,
    /// The node where paths begin.
    pub start: usize,
    /// The node where they end.
    pub end: usize,
    /// The arcs, sorted by the node that they enter.
    pub arcs: Vec<ArcJson>,
}

/// An arc of a graph.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ArcJson {
    /// The node that it leaves.
    pub from: usize,
    /// The node that it enters.
    pub to: usize,
    /// Its penalty.
    pub penalty: f64,
    /// The class, in an interpretation graph.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// In an interpretation graph, the number of the arc of the segmentation graph that it comes from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<usize>,
    /// In a segmentation graph, the first column of the ink.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub left: Option<usize>,
    /// In a segmentation graph, the column behind the last of the ink.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub right: Option<usize>,
}

/// The best path through an interpretation graph.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BestPath {
    /// The numbers of its arcs.
    pub arcs: Vec<usize>,
    /// Its labels: the answer.
    pub answer: String,
    /// The sum of its penalties.
    pub penalty: f64,
}

/// All paths of an interpretation graph together.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AllPaths {
    /// The forward penalty (eq. 13); absent without a path.
    pub penalty: Option<f64>,
    /// The share of the answer among all strings, `exp(-E_dforw)`.
    pub confidence: f64,
    /// The runners-up: the most probable of the ten [best strings](crate::section5::k_best) besides the answer, the most probable
    /// first.
    pub alternatives: Vec<Alternative>,
}

/// Another answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Alternative {
    /// The string.
    pub answer: String,
    /// Its share among all strings.
    pub confidence: f64,
}

/// The classes as text.
fn text(labels: &[u8]) -> String {
    labels.iter().map(|label| char::from(b'0' + label)).collect()
}

impl ReadString {
    /// Reads a field with the segmenter and this network.
    ///
    /// # Errors
    /// When the penalties of the network are not finite.
    pub fn of(
        image: &Path,
        field: ArrayView2<u8>,
        net: &Network<f32>,
    ) -> Result<(Self, Segmentation), ExperimentError> {
        let segmentation = Segmenter::chosen().fprop(field);
        let graph = Recogniser::new().fprop(net, &segmentation);
        let origins = graph.arcs().map(|arc| Some(arc.origin)).collect();
        let read = Self::new(image, field, segmentation_json(&segmentation), &graph, origins)?;
        Ok((read, segmentation))
    }

    /// Reads a field with a space displacement network. Its "segmentation" has an arc for each position of the output, with the
    /// columns that the position sees.
    ///
    /// # Errors
    /// When the penalties of the network are not finite.
    pub fn by_displacement(
        image: &Path,
        field: ArrayView2<u8>,
        net: &Network<f32>,
    ) -> Result<(Self, States<f32>), ExperimentError> {
        let mut reader = Sdnn::default();
        let graph = reader.fprop(net, field);
        let states = reader.last_states().expect("a field was read").clone();
        let beside = (states.input().dim().2 - field.ncols()) / 2;
        let origins = reader.positions();
        let read = Self::new(image, field, positions_json(&states, field.ncols(), beside), &graph, origins)?;
        Ok((read, states))
    }

    /// `origins` are the arcs of the segmentation graph that the arcs of the interpretation graph come from.
    fn new(
        image: &Path,
        field: ArrayView2<u8>,
        segmentation: GraphJson,
        graph: &Graph,
        origins: Vec<Option<usize>>,
    ) -> Result<Self, ExperimentError> {
        if graph.penalties.iter().any(|penalty| !penalty.is_finite()) {
            let fault = "the network gives penalties that are not finite, because its weights are too large: take another";
            return Err(ExperimentError::File(fault.into()));
        }
        let best = answer(graph, BETA);
        let forward = Forward::fprop(&scaled(graph)).penalty / BETA;
        Ok(Self {
            image: image.display().to_string(),
            width: field.ncols(),
            height: field.nrows(),
            forward: AllPaths {
                penalty: forward.is_finite().then_some(forward),
                confidence: best.as_ref().map_or(0.0, |best| best.confidence),
                alternatives: best.as_ref().map_or(vec![], |best| alternatives(graph, &best.labels)),
            },
            viterbi: best.map(|best| BestPath {
                answer: text(&best.labels),
                arcs: best.path,
                penalty: best.penalty,
            }),
            segmentation,
            interpretation: interpretation_json(graph, origins),
        })
    }

    /// Writes it as JSON.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn save(&self, file: &Path) -> Result<(), ExperimentError> {
        let json = serde_json::to_string_pretty(self).expect("plain numbers");
        files::write(file, json.as_bytes())
    }
}

fn scaled(graph: &Graph) -> Graph {
    let mut graph = graph.clone();
    graph.penalties.iter_mut().for_each(|penalty| *penalty *= BETA);
    graph
}

/// The most probable of the best strings besides the answer.
fn alternatives(graph: &Graph, answer: &[u8]) -> Vec<Alternative> {
    let others = best_strings(graph, BEST).into_iter().filter(|other| other.labels != answer);
    let mut others: Vec<Alternative> = others
        .map(|other| Alternative {
            confidence: confidence(graph, &other.labels, BETA),
            answer: text(&other.labels),
        })
        .collect();
    others.sort_by(|a, b| b.confidence.total_cmp(&a.confidence));
    others.truncate(ALTERNATIVES);
    others
}

fn segmentation_json(segmentation: &Segmentation) -> GraphJson {
    let arcs = segmentation.graph.arcs().map(|arc| {
        let (left, right) = segmentation.candidates[arc.origin].columns;
        ArcJson {
            from: arc.from,
            to: arc.to,
            penalty: arc.penalty,
            label: None,
            origin: None,
            left: Some(left),
            right: Some(right),
        }
    });
    graph_json(&segmentation.graph, arcs.collect())
}

/// An arc for each position of a wide network's output.
fn positions_json(states: &States<f32>, columns: usize, beside: usize) -> GraphJson {
    let positions = states.output.maps().dim().2;
    let column = |seen: usize| seen.saturating_sub(beside).min(columns);
    let arc = |n: usize| ArcJson {
        from: n,
        to: n + 1,
        penalty: 0.0,
        label: None,
        origin: None,
        left: Some(column(n * STEP)),
        right: Some(column(n * STEP + COLUMNS)),
    };
    GraphJson { nodes: positions + 1, start: 0, end: positions, arcs: (0..positions).map(arc).collect() }
}

fn interpretation_json(graph: &Graph, origins: Vec<Option<usize>>) -> GraphJson {
    let arcs = graph.arcs().zip(origins).map(|(arc, origin)| ArcJson {
        from: arc.from,
        to: arc.to,
        penalty: arc.penalty,
        label: arc.label.map(|label| text(&[label])),
        origin,
        left: None,
        right: None,
    });
    graph_json(graph, arcs.collect())
}

fn graph_json(graph: &Graph, arcs: Vec<ArcJson>) -> GraphJson {
    GraphJson { nodes: graph.nodes(), start: graph.start(), end: graph.end(), arcs }
}
