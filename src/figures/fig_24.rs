//! Fig. 24 and 27: a space displacement network with its character model, reading and in training.

use super::chains::{BOX, graph, number, transformer};
use super::fig_24_row::{Row, draw_model};
use super::kit::*;

/// The columns of reading, of the character model, and of training.
const COLUMNS: [i32; 3] = [300, 850, 1400];
/// The heights that both chains have: the interpretation graph, composition, the output graph, the network, its field.
const INTERPRETATION: i32 = 520;
const COMPOSE: i32 = 720;
const OUTPUT: i32 = 880;
const NETWORK: i32 = 1040;
const FIELD: i32 = 1130;
/// The heights of reading above them: the Viterbi transformer, the best path, the answer.
const VITERBI: i32 = 330;
const PATH: i32 = 220;
const ANSWER: i32 = 100;
/// The heights of training above them: path selector, constrained graph, forward scorers, loss.
const SELECTOR: i32 = 420;
const DESIRED: i32 = 320;
const FORWARD: i32 = 220;
const LOSS: i32 = 100;
/// From the middle of training to the middles of its left and right half.
const ASIDE: i32 = 116;
/// The height of the figure.
const HEIGHT: i32 = 1180;
/// Half the height of the output graph and of the interpretation graph, with air.
const HALF: (i32, i32) = (76, 104);

/// Draws the figure; it needs no study.
///
/// # Errors
/// When the page is too small.
pub fn draw() -> Drawn<Page> {
    let reading = "a:b means: read a, write b; · is the blank, ε nothing. Each position shows its two best classes with their penalties. \
                   Left: the model forbids that one class follows another without a blank. Blue: the best path. Right: eq. 17 for \
                   the string “34”; orange arrows lead back. On the output graph are its derivatives, blue where training lowers \
                   a penalty; each is the sum over the arcs of the interpretation graph that were made from it.";
    let caption = "After Fig. 24 and 27 of the paper; the six penalties are chosen, the derivatives computed by src/section8/composition.rs \
                   and src/section6/criterion.rs.";
    let title = "An SDNN with a character model, reading and learning (Fig. 24, 27)";
    page(HEIGHT, Frame::new(title, reading, caption), |sheet| {
        let row = Row::new();
        draw_reading(sheet, &row)?;
        draw_characters(sheet)?;
        draw_training(sheet, &row)
    })
}

fn draw_reading(sheet: &Sheet, row: &Row) -> Drawn {
    let x = COLUMNS[0];
    sheet.write((x, 0), "reading", Words::Heading.style(INK, TOP))?;
    sheet.write((x, ANSWER), format!("“{}”", row.answer()), Words::Title.style(BLUE, CENTRE))?;
    let edge = BOX.1 / 2;
    let arrows = [
        (FIELD - 4, NETWORK + edge),
        (NETWORK - edge, OUTPUT + HALF.0),
        (OUTPUT - HALF.0, COMPOSE + edge),
        (COMPOSE - edge, INTERPRETATION + HALF.1),
        (INTERPRETATION - HALF.1, VITERBI + edge),
        (VITERBI - edge, PATH + 24),
        (PATH - 24, ANSWER + 36),
    ];
    arrows.into_iter().try_for_each(|(low, high)| arrow(sheet, &[(x, low), (x, high)], GREY))?;
    row.draw_best(sheet, (x, PATH))?;
    transformer(sheet, (x, VITERBI), "Viterbi")?;
    row.draw_interpretation(sheet, (x, INTERPRETATION))?;
    row.draw_output(sheet, (x, OUTPUT))?;
    draw_foot(sheet, x)
}

/// What both chains have at their foot.
fn draw_foot(sheet: &Sheet, x: i32) -> Drawn {
    transformer(sheet, (x, COMPOSE), "compose")?;
    transformer(sheet, (x, NETWORK), "SDNN")?;
    sheet.write((x, FIELD), "a field", Words::Small.style(INK, TOP))
}

/// The character model between the chains, which both composers read, and the names of the graphs beside it.
fn draw_characters(sheet: &Sheet) -> Drawn {
    let [left, x, right] = COLUMNS;
    draw_model(sheet, (x, COMPOSE))?;
    sheet.write((x, COMPOSE + 120), "character model", Words::Label.style(INK, CENTRE))?;
    for (from, to) in [(x - 214, left + BOX.0 / 2), (x + 214, right - BOX.0 / 2)] {
        arrow(sheet, &[(from, COMPOSE), (to, COMPOSE)], GREY)?;
    }
    let names = [("interpretation graph", INTERPRETATION), ("output graph", OUTPUT), ("best path", PATH)];
    names
        .into_iter()
        .try_for_each(|(name, y)| sheet.write((left + 310, y), name, Words::Small.style(GREY, LEFT)))
}

fn draw_training(sheet: &Sheet, row: &Row) -> Drawn {
    let x = COLUMNS[2];
    let (left, right, edge) = (x - ASIDE, x + ASIDE, BOX.1 / 2);
    sheet.write((x, 0), "training", Words::Heading.style(INK, TOP))?;
    arrow(sheet, &[(x, FIELD - 4), (x, NETWORK + edge)], GREY)?;
    let ways = [
        [(x, NETWORK - edge), (x, OUTPUT + HALF.0)],
        [(x, OUTPUT - HALF.0), (x, COMPOSE + edge)],
        [(x, COMPOSE - edge), (x, INTERPRETATION + edge)],
        [(x - 40, INTERPRETATION - edge), (left, SELECTOR + edge)],
        [(x + 40, INTERPRETATION - edge), (right, FORWARD + edge)],
        [(left, SELECTOR - edge), (left, DESIRED + edge)],
        [(left, DESIRED - edge), (left, FORWARD + edge)],
        [(left, FORWARD - edge), (x - 40, LOSS + edge)],
        [(right, FORWARD - edge), (x + 40, LOSS + edge)],
    ];
    ways.into_iter().try_for_each(|way| both_ways(sheet, way))?;
    number(sheet, (x, LOSS), "C_cforw−C_forw")?;
    transformer(sheet, (left, FORWARD), "forward")?;
    transformer(sheet, (right, FORWARD), "forward")?;
    graph(sheet, (left, DESIRED), "desired")?;
    transformer(sheet, (left, SELECTOR), "path selector")?;
    graph(sheet, (x, INTERPRETATION), "all paths")?;
    sheet.write((left - 200, SELECTOR), "“34”", Words::Small.style(INK, RIGHT))?;
    arrow(sheet, &[(left - 190, SELECTOR), (left - BOX.0 / 2, SELECTOR)], GREY)?;
    row.draw_derivatives(sheet, (x, OUTPUT))?;
    draw_foot(sheet, x)
}

/// An arrow forward and one back beside it.
fn both_ways(sheet: &Sheet, [from, to]: [Place; 2]) -> Drawn {
    let beside = |(x, y): Place, aside: i32| (x + aside, y);
    arrow(sheet, &[beside(from, -12), beside(to, -12)], GREY)?;
    arrow(sheet, &[beside(to, 12), beside(from, 12)], VERMILION)
}
