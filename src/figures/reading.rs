//! A string that was read: its field with the cuts, the segmentation graph with its candidates, and the best path (Fig. 16 to 18).

use super::kit::*;
use crate::experiment::{Grey, ReadString};
use crate::section5::segmentation::Segmentation;
use ndarray::ArrayView2;

/// The height of the field and its cuts, and of a level of arcs.
const LEVEL: i32 = 150;
/// The radius of a node.
const NODE: i32 = 13;
/// The most penalties beside a candidate.
const NAMED: usize = 2;

/// Draws a string with its graphs; the best path is blue.
///
/// # Errors
/// When the page is too small.
pub fn draw(
    field: ArrayView2<u8>,
    read: &ReadString,
    segmentation: &Segmentation,
    frame: Frame,
) -> Drawn<Page> {
    let spans: Vec<usize> = segmentation.graph.arcs().map(|arc| arc.to - arc.from).collect();
    let levels = spans.iter().copied().max().unwrap_or(1) as i32;
    let scale = scale(field.ncols());
    let high = field.nrows() as i32 * scale;
    page(high + 150 + LEVEL * levels, frame, |sheet| {
        let left = (sheet.width() - field.ncols() as i32 * scale) / 2;
        sheet.picture((left, 0), &Grey(field.mapv(|ink| 255 - ink)), scale);
        let drawing = Drawing { read, segmentation, left, scale, high, width: field.ncols() };
        drawing.cuts(sheet)?;
        drawing.arcs(sheet)?;
        drawing.nodes(sheet)
    })
}

/// Units of the page for a pixel of the field.
fn scale(columns: usize) -> i32 {
    (1600 / columns.max(1) as i32).clamp(1, 14)
}

struct Drawing<'a> {
    read: &'a ReadString,
    segmentation: &'a Segmentation,
    left: i32,
    scale: i32,
    high: i32,
    width: usize,
}

impl Drawing<'_> {
    /// The arcs of the segmentation graph on the best path, each with its class.
    fn best(&self) -> Vec<(usize, String)> {
        let arcs = self.read.viterbi.iter().flat_map(|best| &best.arcs);
        arcs.filter_map(|&arc| {
            let arc = &self.read.interpretation.arcs[arc];
            Some((arc.origin?, arc.label.clone()?))
        })
        .collect()
    }

    /// The cuts, over the field.
    fn cuts(&self, sheet: &Sheet) -> Drawn {
        self.segmentation.cuts.iter().try_for_each(|cut| {
            let place = |(y, &x): (usize, &usize)| {
                (self.left + x as i32 * self.scale, y as i32 * self.scale + self.scale / 2)
            };
            let places: Vec<Place> = cut.columns.iter().enumerate().map(place).collect();
            sheet.line(&places, VERMILION.stroke_width(2))
        })
    }

    /// The place of a node: below its cut, in the middle row; the ends at the edges of the field.
    fn node(&self, node: usize) -> Place {
        let last = self.segmentation.graph.nodes() - 1;
        let column = match node {
            0 => 0,
            node if node == last => self.width,
            node => {
                let columns = &self.segmentation.cuts[node - 1].columns;
                columns.iter().sum::<usize>() / columns.len().max(1)
            }
        };
        (self.left + column as i32 * self.scale, self.high + 50)
    }

    /// An arc below the nodes, the deeper the more pieces it joins; with its best classes if it is on the best path or alone there.
    fn arcs(&self, sheet: &Sheet) -> Drawn {
        let best = self.best();
        let lit = |n: usize| best.iter().find(|(origin, _)| *origin == n).map(|(_, label)| label);
        let mut order: Vec<usize> = (0..self.segmentation.graph.len()).collect();
        order.sort_by_key(|&n| lit(n).is_some());
        for n in order {
            let arc = self.segmentation.graph.arc(n);
            let ((x0, y), (x1, _)) = (self.node(arc.from), self.node(arc.to));
            let depth =
                60 + LEVEL * (arc.to - arc.from - 1) as i32 + if arc.to - arc.from > 1 { 40 } else { 0 };
            let curve: Vec<Place> = (0..=40)
                .map(|step| {
                    let angle = std::f64::consts::PI * f64::from(step) / 40.0;
                    let x = f64::from(x0 + x1) / 2.0 - f64::from(x1 - x0) / 2.0 * angle.cos();
                    (x as i32, y + (f64::from(depth) * angle.sin()) as i32)
                })
                .collect();
            let style = if lit(n).is_some() {
                BLUE.stroke_width(LINE + 2)
            } else {
                shade(GREY, 0.35).stroke_width(2)
            };
            sheet.line(&curve, style)?;
            if lit(n).is_some() {
                let at = ((x0 + x1) / 2, y + depth + 8);
                sheet.write(at, self.named(n), Words::Small.style(BLUE, TOP))?;
            }
        }
        Ok(())
    }

    /// The classes of least penalty of a candidate.
    fn named(&self, origin: usize) -> String {
        let arcs = self.read.interpretation.arcs.iter().filter(|arc| arc.origin == Some(origin));
        let mut classes: Vec<(&str, f64)> =
            arcs.map(|arc| (arc.label.as_deref().unwrap_or(""), arc.penalty)).collect();
        classes.sort_by(|a, b| a.1.total_cmp(&b.1));
        let named = classes.iter().take(NAMED).map(|(label, penalty)| format!("“{label}” {penalty:.1}"));
        named.collect::<Vec<_>>().join(", ")
    }

    fn nodes(&self, sheet: &Sheet) -> Drawn {
        let nodes = self.segmentation.graph.nodes();
        (0..nodes).try_for_each(|n| node(sheet, self.node(n), NODE, n, nodes))
    }
}

/// The words around the figure of a string.
pub fn frame(read: &ReadString, caption: &str) -> Frame {
    let title = match &read.viterbi {
        Some(best) => format!("“{}”, with confidence {:.3}", best.answer, read.forward.confidence),
        None => "no path: nothing that may be a character".into(),
    };
    let others: Vec<String> = read
        .forward
        .alternatives
        .iter()
        .filter(|other| other.confidence >= 0.001)
        .map(|other| format!("“{}” {:.3}", other.answer, other.confidence))
        .collect();
    let others =
        if others.is_empty() { String::new() } else { format!(" Other answers: {}.", others.join(", ")) };
    let reading = format!(
        "Orange: candidate cuts. Below: the segmentation graph, a node for each cut and an arc for each candidate. Blue: the \
         best path, each arc with its two classes of least penalty.{others}"
    );
    Frame::new(title, reading, caption)
}
