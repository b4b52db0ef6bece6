#![doc = mathdoc::page!("segmentation.md", "../../docs/figures/fig-16.svg")]

use super::cuts::{Cut, Heuristic};
use crate::section3::database::normalisation;
use crate::section4::{Arc, Graph};
use ndarray::{Array2, ArrayView2};

/// The number of features of a candidate's shape on which its penalty depends.
pub const FEATURES: usize = 5;

/// How fields are cut and pieces are joined (O-20, deviation 41).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Segmenter {
    /// Whether each pixel is replaced by the median of the nine around it first: for fields with noise.
    pub median: bool,
    /// Where cuts are proposed.
    pub heuristic: Heuristic,
    /// A cut crosses at most so many pixels of full ink.
    pub most_crossed: f64,
    /// The largest number of successive pieces that are joined.
    pub most_pieces: usize,
    /// A candidate with fewer rows and fewer columns than this is dropped, if paths remain.
    pub smallest: usize,
    /// Pieces are not joined if that makes a candidate wider than this, in columns.
    pub widest: usize,
    /// Pieces are not joined over more columns of paper than this.
    pub widest_gap: usize,
    /// A piece has at least so many pixels of full ink; a cut that would leave less is dropped.
    pub least_ink: f64,
    /// The weights of the penalty, one for each of [`Candidate::features`].
    pub weights: [f64; FEATURES],
}

/// Ink that may be one character.
#[derive(Clone, Debug, PartialEq)]
pub struct Candidate {
    /// Its first column and the one behind its last.
    pub columns: (usize, usize),
    /// Its first row and the one behind its last.
    pub rows: (usize, usize),
    /// The ink alone, rows x columns of its box.
    pub ink: Array2<u8>,
    /// Features of its shape, about 0 to 1 each: 1 always; ink crossed by its cuts; columns beyond 20; rows that it lacks to 16;
    /// columns of paper inside.
    pub features: [f64; FEATURES],
}

/// A segmentation graph: nodes are cuts, the first the left edge and the last the right edge; each arc is a candidate.
#[derive(Clone, Debug, PartialEq)]
pub struct Segmentation {
    /// The cuts between the pieces, from left to right.
    pub cuts: Vec<Cut>,
    /// An arc for each candidate; its `origin` is the candidate's number.
    pub graph: Graph,
    /// The candidates, in the order of the arcs.
    pub candidates: Vec<Candidate>,
}

impl Segmenter {
    /// The choices made on validation strings ([deviation 41](crate::paper::deviations#41-cuts-and-candidates)).
    pub fn chosen() -> Self {
        Self {
            median: false,
            heuristic: Heuristic::Seams,
            most_crossed: 9.0,
            most_pieces: 12,
            smallest: 12,
            widest: 28,
            widest_gap: 6,
            least_ink: 6.0,
            weights: [0.0; FEATURES],
        }
    }

    /// The segmentation graph of a field, 0 is paper and 255 is ink. Without ink it has two nodes and no arc.
    pub fn fprop(&self, field: ArrayView2<u8>) -> Segmentation {
        if self.median {
            return Self { median: false, ..*self }.fprop(median(field).view());
        }
        let cuts = self.cuts_with_ink(field);
        let nodes = cuts.len() + 2;
        let mut joined: Vec<Joined> = Vec::new();
        for to in 1..nodes {
            for from in (0..to).rev().take(self.most_pieces) {
                let Some(candidate) = candidate(field, line_of(&cuts, from), line_of(&cuts, to)) else {
                    continue;
                };
                if to > from + 1 && !self.may_join(&candidate) {
                    break;
                }
                joined.push(Joined { from, to, candidate });
            }
        }
        // A field whose characters are small keeps them.
        let is_large = |joined: &Joined| joined.candidate.side() >= self.smallest;
        if has_path(nodes, joined.iter().filter(|joined| is_large(joined))) {
            joined.retain(is_large);
        }
        let arc = |(origin, joined): (usize, &Joined)| {
            let &Joined { from, to, ref candidate } = joined;
            Arc { from, to, label: None, penalty: self.penalty(candidate), origin }
        };
        let arcs: Vec<Arc> = joined.iter().enumerate().map(arc).collect();
        let graph = Graph::ordered(nodes, 0, nodes - 1, &arcs);
        Segmentation { cuts, graph, candidates: joined.into_iter().map(|joined| joined.candidate).collect() }
    }

    /// All ink of a field as the pattern of one character, 28 x 28 pixels; `None` without ink.
    pub fn whole(field: ArrayView2<u8>) -> Option<Array2<u8>> {
        candidate(field, None, None).map(|candidate| candidate.pattern())
    }

    /// The penalty of a candidate's shape.
    pub fn penalty(&self, candidate: &Candidate) -> f64 {
        self.weights.iter().zip(&candidate.features).map(|(weight, feature)| weight * feature).sum()
    }

    /// From the derivatives by the penalties of the segmentation graph's arcs, adds those by the weights.
    pub fn bprop(&self, segmentation: &Segmentation, d: &[f64], d_weights: &mut [f64; FEATURES]) {
        for (arc, d) in segmentation.graph.arcs().zip(d) {
            let features = &segmentation.candidates[arc.origin].features;
            d_weights.iter_mut().zip(features).for_each(|(sum, feature)| *sum += d * feature);
        }
    }

    fn may_join(&self, candidate: &Candidate) -> bool {
        let (left, right) = candidate.columns;
        right - left <= self.widest && widest_gap(&candidate.ink) <= self.widest_gap
    }

    /// The cuts with enough ink between any two.
    fn cuts_with_ink(&self, field: ArrayView2<u8>) -> Vec<Cut> {
        let mut cuts = self.heuristic.cuts(field, self.most_crossed);
        let ink = |piece| ink_between(field, line_of(&cuts, piece), line_of(&cuts, piece + 1));
        let mut inks: Vec<f64> = (0..=cuts.len()).map(ink).collect();
        while let Some(piece) = inks.iter().position(|&ink| ink < self.least_ink) {
            // Of the two cuts beside a piece that is too small, the one that crosses more ink goes.
            let beside = [piece.checked_sub(1), (piece < cuts.len()).then_some(piece)];
            let worst =
                beside.into_iter().flatten().max_by(|&a, &b| cuts[a].crossed.total_cmp(&cuts[b].crossed));
            let Some(worst) = worst else { break };
            cuts.remove(worst);
            inks[worst] += inks.remove(worst + 1);
        }
        cuts
    }
}

/// Each pixel is the median of the nine around it; beyond the edges is paper.
fn median(field: ArrayView2<u8>) -> Array2<u8> {
    Array2::from_shape_fn(field.dim(), |(y, x)| {
        let around = |at: usize| [at.wrapping_sub(1), at, at + 1];
        let level = |at| field.get(at).copied().unwrap_or(0);
        let mut nine: Vec<u8> =
            around(y).into_iter().flat_map(|y| around(x).map(|x| level((y, x)))).collect();
        *nine.select_nth_unstable(4).1
    })
}

/// A candidate between two nodes.
struct Joined {
    from: usize,
    to: usize,
    candidate: Candidate,
}

/// Whether these lead from the first node to the last; they are in the order of the nodes to which they lead.
fn has_path<'a>(nodes: usize, joined: impl Iterator<Item = &'a Joined>) -> bool {
    let mut reached = vec![false; nodes];
    reached[0] = true;
    joined.for_each(|&Joined { from, to, .. }| reached[to] |= reached[from]);
    reached[nodes - 1]
}

/// The line of a node: `None` for the left and the right edge.
fn line_of(cuts: &[Cut], node: usize) -> Option<&Cut> {
    node.checked_sub(1).and_then(|cut| cuts.get(cut))
}

/// The columns of row `y` between two lines.
fn between(left: Option<&Cut>, right: Option<&Cut>, y: usize, columns: usize) -> std::ops::Range<usize> {
    left.map_or(0, |cut| cut.columns[y])..right.map_or(columns, |cut| cut.columns[y])
}

fn ink_between(field: ArrayView2<u8>, left: Option<&Cut>, right: Option<&Cut>) -> f64 {
    let (rows, columns) = field.dim();
    let row = |y: usize| between(left, right, y, columns).map(move |x| f64::from(field[[y, x]])).sum::<f64>();
    (0..rows).map(row).sum::<f64>() / 255.0
}

/// The ink between two lines; `None` if there is none.
fn candidate(field: ArrayView2<u8>, left: Option<&Cut>, right: Option<&Cut>) -> Option<Candidate> {
    let (height, width) = field.dim();
    let mut limits = (height, 0, width, 0);
    for y in 0..height {
        for x in between(left, right, y, width).filter(|&x| field[[y, x]] >= INKED) {
            limits = (limits.0.min(y), limits.1.max(y + 1), limits.2.min(x), limits.3.max(x + 1));
        }
    }
    let (top, bottom, first, last) = limits;
    if bottom <= top {
        return None;
    }
    let mut ink = Array2::zeros((bottom - top, last - first));
    for y in top..bottom {
        between(left, right, y, width)
            .filter(|&x| x >= first && x < last)
            .for_each(|x| ink[[y - top, x - first]] = field[[y, x]]);
    }
    let crossed: f64 = [left, right].into_iter().flatten().map(|cut| cut.crossed).sum();
    let beyond = |length: usize, limit: usize| length.saturating_sub(limit) as f64 / 10.0;
    let features = [
        1.0,
        crossed / 4.0,
        beyond(last - first, 20),
        16usize.saturating_sub(bottom - top) as f64 / 10.0,
        widest_gap(&ink) as f64 / 10.0,
    ];
    Some(Candidate { columns: (first, last), rows: (top, bottom), ink, features })
}

/// The largest number of successive columns without ink.
fn widest_gap(ink: &Array2<u8>) -> usize {
    let mut widest = 0;
    let mut gap = 0;
    for column in ink.columns() {
        gap = if column.iter().all(|&grey| grey == 0) { gap + 1 } else { 0 };
        widest = widest.max(gap);
    }
    widest
}

impl Candidate {
    /// The rows or columns of its box, whichever are more.
    fn side(&self) -> usize {
        self.ink.nrows().max(self.ink.ncols())
    }

    /// The candidate as a pattern of 28 x 28 pixels: III-A's box and centre (O-21, deviation 42).
    pub fn pattern(&self) -> Array2<u8> {
        normalisation::regular(self.ink.view()).expect("a candidate has ink")
    }
}

/// A pixel at least as dark as this belongs to the box of a candidate; fainter ones are the edges of neighbours.
const INKED: u8 = 10;

/// Ink of a digit that a candidate may lack, or that it may have of others, as a share of the digit's ink, and still stand for
/// the digit.
const STRAY: f64 = 0.12;

impl Segmentation {
    /// The digit that each candidate stands for, given the ink of each digit alone ([`Strings::layers`](super::strings::Strings));
    /// `None` for candidates that are pieces or unions of digits.
    pub fn truth(&self, layers: &[Array2<u8>]) -> Vec<Option<usize>> {
        let of_digit = |candidate: &Candidate, digit: &Array2<u8>| {
            let mut common = 0.0;
            let mut candidate_ink = 0.0;
            for ((y, x), &grey) in candidate.ink.indexed_iter() {
                let digit_grey = digit[[candidate.rows.0 + y, candidate.columns.0 + x]];
                common += f64::from(grey.min(digit_grey));
                candidate_ink += f64::from(grey);
            }
            let whole: f64 = digit.iter().map(|&grey| f64::from(grey)).sum();
            whole > 0.0 && whole - common <= STRAY * whole && candidate_ink - common <= STRAY * whole
        };
        self.candidates.iter().map(|c| layers.iter().position(|digit| of_digit(c, digit))).collect()
    }

    /// Whether a path of the graph has a candidate for each digit in turn, and no others.
    pub fn has_truth(&self, layers: &[Array2<u8>]) -> bool {
        let truth = self.truth(layers);
        let mut read = vec![None; self.graph.nodes()];
        read[0] = Some(0);
        for arc in self.graph.arcs() {
            if let (Some(before), Some(digit)) = (read[arc.from], truth[arc.origin])
                && before == digit
            {
                read[arc.to] = Some(digit + 1);
            }
        }
        read[self.graph.end()] == Some(layers.len())
    }
}
