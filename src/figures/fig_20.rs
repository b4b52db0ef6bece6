//! Fig. 20 worked out: the interpretation graph of "34", its penalties, and the derivatives of two criteria.

use super::kit::*;
use crate::section4::{Arc, Graph};
use crate::section6::criterion::{Criterion, GraphLoss};

/// Node, node, class and penalty of every arc of the printed graph.
const ARCS: [(usize, usize, u8, f64); 10] = [
    (0, 1, 3, 0.1),
    (0, 1, 5, 2.3),
    (0, 2, 3, 3.4),
    (0, 2, 4, 4.4),
    (1, 2, 4, 0.4),
    (1, 2, 2, 1.3),
    (1, 3, 4, 0.6),
    (1, 3, 9, 1.2),
    (2, 3, 1, 0.1),
    (2, 3, 4, 2.4),
];
/// The desired string.
const DESIRED: [u8; 2] = [3, 4];
/// The height of a row of the table.
const ROW: i32 = 46;
/// The left edges of the columns.
const COLUMNS: [i32; 5] = [0, 290, 520, 830, 1290];

/// The graph of Fig. 20: `(0, 1)` is the first of its segments.
pub fn graph() -> Graph {
    let arcs =
        ARCS.map(|(from, to, label, penalty)| Arc { from, to, label: Some(label), penalty, origin: 0 });
    Graph::new(4, 0, 3, &arcs).expect("the printed graph has no cycle")
}

/// Draws the figure; it needs no study.
///
/// # Errors
/// When the page is too small.
pub fn draw() -> Drawn<Page> {
    let reading = "An arc for each candidate and class, as printed; only two classes of each candidate are shown. Bars: the derivative of \
                   the loss by each penalty, blue where training lowers it, orange where training raises it. Discriminative Viterbi \
                   training (12) moves three arcs by ±1, as in the figure; discriminative forward training (17) moves all of them.";
    let caption = "Penalties from Fig. 20; derivatives computed by src/section6/criterion.rs. They agree with the printed ones of (12).";
    page(
        9 * ROW + 12 * ROW,
        Frame::new("Fig. 20, worked out: the string is “34”", reading, caption),
        |sheet| {
            draw_graph(sheet)?;
            draw_table(&sheet.from((0, 9 * ROW)))
        },
    )
}

/// The four nodes in a row, and the candidates between them.
fn draw_graph(sheet: &Sheet) -> Drawn {
    let at = |node: usize| (120 + node as i32 * 500, 4 * ROW);
    for (from, to) in [(0, 1), (0, 2), (1, 2), (1, 3), (2, 3)] {
        // Candidates of one piece go straight, those of two in a bow: below, or above.
        let lift = match (from, to) {
            (0, 2) => 150.0,
            (1, 3) => -150.0,
            _ => 0.0,
        };
        let places = bow(at(from), at(to), lift);
        sheet.line(&places, GREY.stroke_width(THIN))?;
        let classes: Vec<String> = ARCS
            .iter()
            .filter(|arc| (arc.0, arc.1) == (from, to))
            .map(|(_, _, class, penalty)| format!("“{class}” {penalty:.1}"))
            .collect();
        let (x, y) = places[places.len() / 2];
        let above = if lift > 0.0 { 12 } else { -34 };
        sheet.write((x, y + above), classes.join("   "), Words::Small.style(INK, TOP))?;
    }
    (0..4).try_for_each(|n| node(sheet, at(n), 16, n, 4))
}

fn draw_table(sheet: &Sheet) -> Drawn {
    let titles = ["candidate", "class", "penalty", "derivative of (12)", "derivative of (17)"];
    for (title, x) in titles.into_iter().zip(COLUMNS) {
        sheet.write((x, 0), title, Words::Label.style(INK, TOP_LEFT))?;
    }
    let d = [Criterion::DiscriminativeViterbi, Criterion::DiscriminativeForward].map(|criterion| {
        let loss = GraphLoss::new(criterion, 1.0).of(&graph(), &DESIRED);
        loss.map(|(_, d)| d).unwrap_or_default()
    });
    for (n, (from, to, class, penalty)) in ARCS.into_iter().enumerate() {
        let y = (n as i32 + 1) * ROW + 10;
        let words = [format!("{from} to {to}"), format!("“{class}”"), format!("{penalty:.1}")];
        for (word, x) in words.iter().zip(COLUMNS) {
            sheet.write((x, y), word, Words::Small.style(INK, TOP_LEFT))?;
        }
        for (d, left) in d.iter().zip([COLUMNS[3], COLUMNS[4]]) {
            bar(sheet, (left, y), d[n])?;
        }
    }
    Ok(())
}

/// A derivative as a bar to the right or to the left of a line, with its value.
fn bar(sheet: &Sheet, (left, y): Place, value: f64) -> Drawn {
    let zero = left + 190;
    let end = zero + (130.0 * value) as i32;
    let colour = match value {
        0.0 => GREY,
        value if value > 0.0 => BLUE,
        _ => VERMILION,
    };
    sheet.line(&[(zero, y - 4), (zero, y + 32)], FAINT.stroke_width(2))?;
    if value != 0.0 {
        sheet.rectangle([(zero.min(end), y + 2), (zero.max(end), y + 26)], colour.filled())?;
    }
    let words = if value == 0.0 { "0".into() } else { format!("{value:+.3}").replace('-', "−") };
    let at = if value < 0.0 { (end - 10, y) } else { (end.max(zero) + 10, y) };
    let anchor = if value < 0.0 { TOP_RIGHT } else { TOP_LEFT };
    sheet.write(at, words, Words::Small.style(colour, anchor))
}
