//! Fig. 3 of the paper: the codes: what the output layer wants F6 to look like.

use super::error::FigureError;
use super::look::{self, Area, BLUE, Drawn, FAINT, Frame, GREY, INK, Page, Words, shade};
use crate::section2::{Code, codes};
use plotters::element::{PathElement, Rectangle};
use plotters::style::Color;
use plotters::style::text_anchor::{HPos, VPos};

/// Characters in a row, as printed.
const IN_A_ROW: usize = 16;
/// Side of a cell, in units of the page.
const CELL: i32 = 11;
/// From the top of a row to the top of the next.
const HIGH: i32 = 216;

/// Draws the figure; it needs no study.
///
/// # Errors
/// When the page has no room.
pub fn draw() -> Result<Page, FigureError> {
    let rows = codes().count().div_ceil(IN_A_ROW);
    let frame = Frame {
        title: "The codes: what F6 should look like (Fig. 3)".into(),
        reading: "A cell for each of the 84 units of F6, 7 × 12: dark is +1, light is −1. Characters that \
                  look alike have codes that are alike. The ten in blue frames are the weights of LeNet-5's \
                  output layer."
            .into(),
        caption: "All 96 codes of the printed figure, cell by cell (paper/fig3-bitmaps.txt), in the order \
                  of ASCII. The bars above some characters are in the print as well (deviation 16)."
            .into(),
    };
    look::page(rows as i32 * HIGH, &frame, |area| {
        let pitch = area.dim_in_pixel().0 as i32 / IN_A_ROW as i32;
        codes().enumerate().try_for_each(|(n, (character, code))| {
            let (row, column) = ((n / IN_A_ROW) as i32, (n % IN_A_ROW) as i32);
            draw_code(area, (column * pitch + pitch / 2, row * HIGH + 8), character, code)
        })
    })
}

/// A code and its character below, the middle of its top edge at a place on the page.
fn draw_code(area: &Area, (middle, top): (i32, i32), character: char, code: &Code) -> Drawn {
    let (wide, high) = (code[0].len() as i32 * CELL, code.len() as i32 * CELL);
    let left = middle - wide / 2;
    let digit = character.is_ascii_digit();
    let field = |by: i32| [(left - by, top - by), (left + wide + by, top + high + by)];
    area.draw(&Rectangle::new(field(0), shade(FAINT, 0.6).filled()))?;
    let at = |column: usize, row: usize| (left + column as i32 * CELL, top + row as i32 * CELL);
    for [from, above, to, below] in blocks(code) {
        area.draw(&Rectangle::new([at(from, above), at(to, below)], INK.filled()))?;
    }
    if digit {
        area.draw(&PathElement::new(look::around(field(7)), BLUE.stroke_width(look::THIN)))?;
    }
    let colour = if digit { BLUE } else { GREY };
    let style = Words::Small.style(colour, HPos::Center, VPos::Top);
    Ok(area.draw_text(&spoken(character), &style, (middle, top + high + 14))?)
}

/// Ink in few rectangles, runs of cells that are the same in several rows: left, top, right and bottom.
fn blocks(code: &Code) -> Vec<[usize; 4]> {
    let mut blocks: Vec<[usize; 4]> = Vec::new();
    for (row, cells) in code.iter().enumerate() {
        for (from, to) in runs(cells) {
            match blocks
                .iter_mut()
                .find(|[left, _, right, bottom]| (*left, *right, *bottom) == (from, to, row))
            {
                Some(block) => block[3] = row + 1,
                None => blocks.push([from, row, to, row + 1]),
            }
        }
    }
    blocks
}

/// Where ink begins and ends in a row of cells.
fn runs(cells: &[i8]) -> Vec<(usize, usize)> {
    let mut runs: Vec<(usize, usize)> = Vec::new();
    for n in (0..cells.len()).filter(|&n| cells[n] > 0) {
        match runs.last_mut() {
            Some((_, end)) if *end == n => *end = n + 1,
            _ => runs.push((n, n + 1)),
        }
    }
    runs
}

/// A character, or the name of one that cannot be seen.
fn spoken(character: char) -> String {
    match character {
        ' ' => "space".into(),
        '\x7f' => "DEL".into(),
        seen => seen.to_string(),
    }
}
