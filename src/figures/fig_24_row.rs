//! The small row of answers in Fig. 24: three positions, composed with the character model.

use super::kit::*;
use crate::section4::{Arc, Graph};
use crate::section5::viterbi::best_path;
use crate::section6::criterion::{Criterion, GraphLoss};
use crate::section7::characters::character_model;
use crate::section8::{Composition, Step, compose};

/// The symbols of classes 0 and 1 and of the blank.
const SYMBOLS: [&str; 3] = ["3", "4", "·"];
/// Class and penalty of the best two arcs at each position.
const OUTPUT: [[(u8, f64); 2]; 3] = [[(0, 0.2), (2, 2.1)], [(0, 0.9), (2, 0.4)], [(1, 0.3), (2, 1.6)]];
/// The desired string: "34".
const DESIRED: [u8; 2] = [0, 1];
/// The radius of a node, and from one node of a row to the next.
const NODE: i32 = 13;
const STEP: i32 = 188;
/// The nodes of the interpretation graph around its middle: the start, "between" and "in 3" after one position and after two,
/// the end.
const PLACES: [Place; 6] = [(-282, 0), (-94, 76), (-94, -76), (94, 76), (94, -76), (282, 0)];

/// The row and what is made of it.
pub(super) struct Row {
    output: Graph,
    composition: Composition,
    /// The arcs of the best path through the interpretation graph.
    best: Vec<usize>,
    /// The derivatives of eq. 17 by the penalties of the output graph.
    derivatives: Vec<f64>,
}

impl Row {
    /// Composes the row with the character model, finds the best path and the derivatives.
    pub fn new() -> Self {
        let arc =
            |(from, (label, penalty))| Arc { from, to: from + 1, label: Some(label), penalty, origin: 0 };
        let arcs: Vec<Arc> =
            OUTPUT.iter().enumerate().flat_map(|(n, two)| two.map(|one| arc((n, one)))).collect();
        let output = Graph::new(OUTPUT.len() + 1, 0, OUTPUT.len(), &arcs).expect("a row of nodes");
        let model = character_model(2);
        let composition = compose(&output, &model);
        let loss = GraphLoss::new(Criterion::DiscriminativeForward, 1.0);
        let (_, d) = loss.of(&composition.graph, &DESIRED).expect("a path spells the string");
        let mut derivatives = vec![0.0; output.len()];
        composition.bprop(&d, &mut derivatives, &mut vec![0.0; model.steps().len()]);
        let best = best_path(&composition.graph).map(|path| path.arcs).unwrap_or_default();
        Self { output, composition, best, derivatives }
    }

    /// What the best path writes.
    pub fn answer(&self) -> String {
        let labels = self.composition.graph.labels_of(&self.best);
        labels.iter().map(|&label| SYMBOLS[usize::from(label)]).collect()
    }

    /// Draws the output graph with its penalties.
    pub fn draw_output(&self, sheet: &Sheet, middle: Place) -> Drawn {
        let best: Vec<usize> = self.best.iter().filter_map(|&arc| self.origin(arc)).collect();
        let colour = |n| if best.contains(&n) { BLUE } else { GREY };
        self.draw_row(sheet, middle, |n, arc| (format!("{:.1}", arc.penalty), colour(n)))
    }

    /// Draws the output graph with the derivatives by its penalties.
    pub fn draw_derivatives(&self, sheet: &Sheet, middle: Place) -> Drawn {
        self.draw_row(sheet, middle, |n, _| {
            let d = self.derivatives[n];
            (format!("{d:+.2}").replace('-', "−"), if d > 0.0 { BLUE } else { VERMILION })
        })
    }

    /// Draws the output graph: classes above, blanks below, each with its number.
    fn draw_row(
        &self,
        sheet: &Sheet,
        (x, y): Place,
        number: impl Fn(usize, &Arc) -> (String, RGBColor),
    ) -> Drawn {
        let at = |node: usize| (x + PLACES[0].0 + node as i32 * STEP, y);
        for (n, arc) in self.output.arcs().enumerate() {
            let (number, colour) = number(n, &arc);
            let symbol = symbol(arc.label);
            let lift = if symbol == SYMBOLS[2] { 52.0 } else { -52.0 };
            let way = bow(at(arc.from), at(arc.to), lift);
            draw_arc(sheet, way, 0.5, &format!("{symbol} {number}"), colour)?;
        }
        let nodes = self.output.nodes();
        (0..nodes).try_for_each(|n| node(sheet, at(n), NODE, n, nodes))
    }

    /// Draws the interpretation graph, its best path blue.
    pub fn draw_interpretation(&self, sheet: &Sheet, (x, y): Place) -> Drawn {
        let graph = &self.composition.graph;
        let at = |node: usize| (x + PLACES[node].0, y + PLACES[node].1);
        for (n, arc) in graph.arcs().enumerate() {
            let colour = if self.best.contains(&n) { BLUE } else { GREY };
            // Two arcs lead from the last "between" to the end.
            let twins = graph.arcs().filter(|twin| (twin.from, twin.to) == (arc.from, arc.to)).count();
            let lift = match (twins, arc.label) {
                (1, _) => 0.0,
                (_, Some(_)) => -26.0,
                (_, None) => 66.0,
            };
            // The two arcs that cross have their words before the crossing.
            let crosses = at(arc.from).1 != at(arc.to).1 && arc.from > 0 && arc.to + 1 < graph.nodes();
            let share = if crosses { 0.27 } else { 0.5 };
            draw_arc(sheet, bow(at(arc.from), at(arc.to), lift), share, &self.words(n, &arc), colour)?;
        }
        let states = [("between", at(1), 22, TOP), ("in 3", at(2), -22, BOTTOM)];
        for (state, (x, y), beside, side) in states {
            sheet.write((x, y + beside), state, Words::Small.style(GREY, side))?;
        }
        (0..graph.nodes()).try_for_each(|n| node(sheet, at(n), NODE, n, graph.nodes()))
    }

    /// Draws the graph of the best path.
    pub fn draw_best(&self, sheet: &Sheet, (x, y): Place) -> Drawn {
        let at = |node: usize| (x + PLACES[0].0 + node as i32 * STEP, y);
        for (n, &arc) in self.best.iter().enumerate() {
            let words = self.words(arc, &self.composition.graph.arc(arc));
            draw_arc(sheet, vec![at(n), at(n + 1)], 0.5, &words, BLUE)?;
        }
        let nodes = self.best.len() + 1;
        (0..nodes).try_for_each(|n| node(sheet, at(n), NODE, n, nodes))
    }

    /// The arc of the output graph that an arc of the interpretation graph was made from.
    fn origin(&self, arc: usize) -> Option<usize> {
        self.composition.made_from[self.composition.graph.arc(arc).origin].0
    }

    /// What an arc of the interpretation graph reads and writes, and its penalty.
    fn words(&self, n: usize, arc: &Arc) -> String {
        let reads = self.origin(n).and_then(|origin| self.output.arc(origin).label);
        format!("{}:{} {:.1}", symbol(reads), symbol(arc.label), arc.penalty)
    }
}

/// Draws the character model of two classes: "between" in the middle, the classes beside it.
pub(super) fn draw_model(sheet: &Sheet, (x, y): Place) -> Drawn {
    let places = [(x, y), (x - 164, y), (x + 164, y)];
    for step in character_model(2).steps() {
        let Step { from, to, reads, writes, .. } = *step;
        let words = format!("{}:{}", symbol(reads), symbol(writes));
        if from == to {
            // Away from the arc into the state.
            draw_loop(sheet, places[from], if from == 2 { -1 } else { 1 }, &words)?;
        } else {
            // Into a class above, back below.
            let lift = if from == 0 { -26.0 } else { 26.0 };
            draw_arc(sheet, bow(places[from], places[to], lift), 0.5, &words, GREY)?;
        }
    }
    for (n, name) in ["between", "in 3", "in 4"].into_iter().enumerate() {
        node(sheet, places[n], NODE, n, 4)?;
        let below = (places[n].0, y + 54);
        sheet.write(below, name, Words::Small.style(INK, TOP))?;
    }
    Ok(())
}

/// A step from a state to itself, above the state; it leaves to the right if `side` is 1, to the left if it is -1.
fn draw_loop(sheet: &Sheet, (x, y): Place, side: i32, words: &str) -> Drawn {
    let radius = 30.0;
    let on_circle = |n: i32| {
        let angle = 0.36 + 0.1 * f64::from(n);
        (x + side * (radius * angle.sin()) as i32, y - NODE - 28 + (radius * angle.cos()) as i32)
    };
    let mut way: Vec<Place> = (0..=53).map(on_circle).collect();
    way.push((x, y));
    arrow(sheet, &up_to_edge(way, NODE), GREY)?;
    sheet.write((x, y - NODE - 66), words, Words::Small.style(INK, BOTTOM))
}

/// Draws an arc that ends at a node, with its words on it.
fn draw_arc(sheet: &Sheet, way: Vec<Place>, share: f64, words: &str, colour: RGBColor) -> Drawn {
    let middle = along(&way, share);
    arrow(sheet, &up_to_edge(way, NODE), colour)?;
    // Paper below the words.
    let (wide, high) = (Words::Small.width(words) / 2 + 4, 16);
    let corners = [(middle.0 - wide, middle.1 - high), (middle.0 + wide, middle.1 + high)];
    sheet.rectangle(corners, shade(GREY, 0.0).filled())?;
    let letters = if colour == GREY { INK } else { colour };
    sheet.write(middle, words, Words::Small.style(letters, CENTRE))
}

/// The place after a share of a way.
fn along(way: &[Place], share: f64) -> Place {
    let place = share * (way.len() - 1) as f64;
    let (from, to) = (way[place as usize], way[(place as usize + 1).min(way.len() - 1)]);
    let part = |from: i32, to: i32| from + (f64::from(to - from) * place.fract()) as i32;
    (part(from.0, to.0), part(from.1, to.1))
}

fn symbol(label: Option<u8>) -> &'static str {
    label.map_or("ε", |label| SYMBOLS[usize::from(label)])
}
