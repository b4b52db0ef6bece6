//! Fig. 19 and 21: the four criteria as chains of graph transformers, from the recognition transformer at the bottom to the loss.

use super::kit::*;

/// The width of a chain, and of a box.
const CHAIN: i32 = 428;
pub(super) const BOX: (i32, i32) = (206, 54);
/// From one box to the next.
const STEP: i32 = 104;
/// Rows of boxes.
const ROWS: i32 = 6;

/// A chain: its title, the scorer's name, whether it has a right half, and its loss.
const CHAINS: [(&str, &str, bool, &str); 4] = [
    ("Viterbi (11)", "Viterbi", false, "C_cvit"),
    ("discriminative Viterbi (12)", "Viterbi", true, "C_cvit − C_vit"),
    ("forward (VI-C)", "forward", false, "C_cforw"),
    ("discriminative forward (17)", "forward", true, "C_cforw−C_forw"),
];

/// Draws the figure; it needs no study.
///
/// # Errors
/// When the page is too small.
pub fn draw() -> Drawn<Page> {
    let reading = "Each box makes a graph, or a number, of the graph below it. The path selector keeps the paths that spell the desired \
                   string; the right half, where there is one, sees all paths. Backward, every arrow is turned round: what two boxes \
                   send back to one graph is added.";
    let caption =
        "Fig. 19 and 21 of the paper have the first and the last; the code is src/section6/criterion.rs.";
    page(ROWS * STEP + 60, Frame::new("Four criteria as chains (Fig. 19, 21)", reading, caption), |sheet| {
        CHAINS
            .iter()
            .enumerate()
            .try_for_each(|(n, chain)| draw_chain(&sheet.from((n as i32 * CHAIN, 0)), chain))
    })
}

/// The middle of a box in a row, counted from below; `aside` is -1 on the left, 1 on the right.
fn place(row: i32, aside: i32) -> Place {
    (CHAIN / 2 + aside * (BOX.0 / 2 + 4), 50 + (ROWS - 1 - row) * STEP + BOX.1 / 2)
}

fn draw_chain(sheet: &Sheet, &(title, scorer, discriminative, loss): &(&str, &str, bool, &str)) -> Drawn {
    let left = if discriminative { -1 } else { 0 };
    sheet.write((CHAIN / 2, 0), title, Words::Small.style(INK, TOP))?;
    let mut arrows = vec![
        (place(0, 0), place(1, 0)),
        (place(1, 0), place(2, left)),
        (place(2, left), place(3, left)),
        (place(3, left), place(4, left)),
    ];
    if discriminative {
        arrows.extend([(place(1, 0), place(4, 1)), (place(4, -1), place(5, 0)), (place(4, 1), place(5, 0))]);
    } else {
        arrows.push((place(4, 0), place(5, 0)));
    }
    arrows.into_iter().try_for_each(|(from, to)| upward(sheet, from, to))?;
    transformer(sheet, place(0, 0), "recognition")?;
    graph(sheet, place(1, 0), "all paths")?;
    transformer(sheet, place(2, left), "path selector")?;
    graph(sheet, place(3, left), "desired")?;
    transformer(sheet, place(4, left), scorer)?;
    if discriminative {
        transformer(sheet, place(4, 1), scorer)?;
    }
    number(sheet, place(5, 0), loss)
}

/// An arrow from the upper edge of a box to the lower edge of another.
fn upward(sheet: &Sheet, from: Place, to: Place) -> Drawn {
    arrow(sheet, &[(from.0, from.1 - BOX.1 / 2), (to.0, to.1 + BOX.1 / 2)], GREY)
}

fn corners((x, y): Place) -> [Place; 2] {
    [(x - BOX.0 / 2, y - BOX.1 / 2), (x + BOX.0 / 2, y + BOX.1 / 2)]
}

/// A graph transformer around a place.
pub(super) fn transformer(sheet: &Sheet, at: Place, name: &str) -> Drawn {
    module(sheet, corners(at), name)
}

/// A graph: no box, but a word between two nodes.
pub(super) fn graph(sheet: &Sheet, at: Place, name: &str) -> Drawn {
    for (aside, colour) in [(-1, shade(GREY, 0.6)), (1, INK)] {
        sheet.circle((at.0 + aside * (BOX.0 / 2 - 8), at.1), 8, colour.filled())?;
    }
    sheet.write((at.0, at.1 - 14), name, Words::Small.style(GREY, TOP))
}

/// The loss, in a box without colour.
pub(super) fn number(sheet: &Sheet, at: Place, loss: &str) -> Drawn {
    sheet.line(&around(corners(at)), VERMILION.stroke_width(THIN))?;
    sheet.write((at.0, at.1 - 14), loss, Words::Small.style(INK, TOP))
}
