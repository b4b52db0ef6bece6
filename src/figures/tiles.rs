//! Numbers as pictures, row by row: states, weights, derivatives, codes. Black is the largest.

use super::kit::*;
use super::shades;
use crate::experiment::Grey;
use crate::section1::Maps;
use ndarray::ArrayView2;
use std::fmt::Display;

/// The width of the names of rows.
const LEFT: i32 = 190;
/// The gap between pictures of a row.
const SLIT: i32 = 14;
/// The gap between rows.
const GAP: i32 = 26;

/// Pictures side by side, each with a note below.
#[derive(Clone, Debug)]
pub struct Row {
    name: String,
    scale: i32,
    tiles: Vec<(Grey, String)>,
}

impl Row {
    /// An empty row with its name at the left. Each number will be a square of `scale` units of the page, which is 1800
    /// wide.
    pub fn new(name: &str, scale: i32) -> Self {
        Self { name: name.into(), scale, tiles: Vec::new() }
    }

    /// The row with one more picture: numbers from `-limit` (white) to `limit` (black).
    pub fn numbers(mut self, limit: f32, numbers: ArrayView2<f32>, note: impl Display) -> Self {
        self.tiles.push((shades::signed(limit, numbers), note.to_string()));
        self
    }

    /// The row with every map of a layer added.
    pub fn maps(mut self, limit: f32, maps: &Maps<f32>) -> Self {
        self.tiles.extend(shades::maps(limit, maps).into_iter().map(|map| (map, String::new())));
        self
    }

    /// The row with a pattern on the input plane added; paper is white.
    pub fn pattern(mut self, input: &Maps<f32>, note: impl Display) -> Self {
        self.tiles.push((shades::pattern(input), note.to_string()));
        self
    }

    /// The height of the highest picture, and of a line for notes if there are any.
    fn height(&self) -> i32 {
        let rows = self.tiles.iter().map(|(picture, _)| picture.0.nrows()).max().unwrap_or(0);
        let notes = if self.tiles.iter().all(|(_, note)| note.is_empty()) { 0 } else { Words::Small.line() };
        rows as i32 * self.scale + notes
    }

    fn draw(&self, sheet: &Sheet) -> Drawn {
        sheet.write((0, 0), &self.name, Words::Label.style(INK, TOP_LEFT))?;
        let mut x = LEFT;
        for (picture, note) in &self.tiles {
            let (wide, high) = size(picture, self.scale);
            sheet.picture((x, 0), picture, self.scale);
            sheet.line(&around([(x, 0), (x + wide, high)]), FAINT.stroke_width(2))?;
            sheet.write((x + wide / 2, high + 6), note, Words::Small.style(GREY, TOP))?;
            x += wide + SLIT;
        }
        Ok(())
    }
}

/// Draws rows of pictures, one below the other.
///
/// ```
/// use lenet5::figures::{Frame, tiles::{self, Row}};
/// use lenet5::ndarray::arr2;
/// let cross = arr2(&[[1.0, -1.0], [-1.0, 1.0]]);
/// let page = tiles::draw(&Frame::new("A cross", "", ""), &[Row::new("cross", 40).numbers(1.0, cross.view(), "2 x 2")])?;
/// assert!(page.svg.contains("2 x 2"));
/// # Ok::<(), lenet5::figures::FigureError>(())
/// ```
///
/// # Errors
/// When the page cannot be drawn.
pub fn draw(frame: &Frame, rows: &[Row]) -> Drawn<Page> {
    let height = rows.iter().map(|row| row.height() + GAP).sum();
    page(height, frame.clone(), |sheet| {
        let mut top = 0;
        for row in rows {
            row.draw(&sheet.from((0, top)))?;
            top += row.height() + GAP;
        }
        Ok(())
    })
}
