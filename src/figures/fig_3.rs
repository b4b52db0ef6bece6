//! Fig. 3 of the paper: the codes, the desired states of F6.

use super::kit::*;
use crate::section2::{Code, codes};

/// Characters in a row, as printed.
const IN_A_ROW: usize = 16;
/// Side of a cell, in units of the page.
const CELL: i32 = 11;
/// The distance from the top of a row to the top of the next.
const HIGH: i32 = 216;

/// Draws the figure; it needs no study.
///
/// # Errors
/// When the page is too small.
pub fn draw() -> Drawn<Page> {
    let frame = Frame::new(
        "The codes: desired states of F6 (Fig. 3)",
        "Each code has a cell for each of the 84 units of F6, 7 × 12: dark is +1, light is −1. Similar characters have \
         similar codes. The ten codes in blue frames are the weights of LeNet-5's output layer.",
        "All 96 codes of the printed figure, cell by cell (paper/fig3-bitmaps.txt), in the order of ASCII. The bars \
         above some characters are in the print, too (deviation 16).",
    );
    page(codes().count().div_ceil(IN_A_ROW) as i32 * HIGH, frame, |sheet| {
        let pitch = sheet.width() / IN_A_ROW as i32;
        codes().enumerate().try_for_each(|(n, (character, code))| {
            let (row, column) = ((n / IN_A_ROW) as i32, (n % IN_A_ROW) as i32);
            let left = column * pitch + pitch / 2 - code[0].len() as i32 * CELL / 2;
            draw_code(&sheet.from((left, row * HIGH + 8)), character, code)
        })
    })
}

/// Draws a code and its character below.
fn draw_code(sheet: &Sheet, character: char, code: &Code) -> Drawn {
    let (wide, high) = (code[0].len() as i32 * CELL, code.len() as i32 * CELL);
    sheet.rectangle([(0, 0), (wide, high)], shade(FAINT, 0.6).filled())?;
    for block in blocks(code) {
        let corners = block.map(|(column, row)| (column as i32 * CELL, row as i32 * CELL));
        sheet.rectangle(corners, INK.filled())?;
    }
    let digit = character.is_ascii_digit();
    if digit {
        sheet.line(&around([(-7, -7), (wide + 7, high + 7)]), BLUE.stroke_width(THIN))?;
    }
    let style = Words::Small.style(if digit { BLUE } else { GREY }, TOP);
    sheet.write((wide / 2, high + 14), spoken(character), style)
}

/// The ink of a code as few rectangles, by joining equal runs of several rows: two opposite corners, columns and rows.
fn blocks(code: &Code) -> Vec<[(usize, usize); 2]> {
    let mut blocks: Vec<[(usize, usize); 2]> = Vec::new();
    for (row, cells) in code.iter().enumerate() {
        for (from, to) in runs(cells) {
            let above = blocks.iter_mut().find(|[(left, _), end]| (*left, *end) == (from, (to, row)));
            match above {
                Some([_, (_, bottom)]) => *bottom = row + 1,
                None => blocks.push([(from, row), (to, row + 1)]),
            }
        }
    }
    blocks
}

/// The beginning and the end of each run of ink in a row of cells.
fn runs(cells: &[i8]) -> impl Iterator<Item = (usize, usize)> {
    let mut end = 0;
    cells.chunk_by(|a, b| (*a > 0) == (*b > 0)).filter_map(move |run| {
        end += run.len();
        (run[0] > 0).then_some((end - run.len(), end))
    })
}

/// A character, or its name if it is invisible.
fn spoken(character: char) -> String {
    match character {
        ' ' => "space".into(),
        '\x7f' => "DEL".into(),
        seen => seen.to_string(),
    }
}
