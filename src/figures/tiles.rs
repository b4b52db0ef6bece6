//! Numbers as pictures, row by row: states, weights, derivatives, codes. Black is the largest.

use super::error::FigureError;
use super::look::{self, Area, Drawn, FAINT, Frame, GREY, INK, Page, Pictures, Words};
use super::shades;
use crate::experiment::Grey;
use crate::section1::Maps;
use ndarray::ArrayView2;
use plotters::element::PathElement;
use plotters::style::Color;
use plotters::style::text_anchor::{HPos, VPos};
use std::fmt::Display;

/// Room for the names of rows.
const LEFT: i32 = 190;
/// Between pictures of a row.
const SLIT: i32 = 14;
/// Between rows.
const GAP: i32 = 26;

/// Pictures side by side, each with a note below.
#[derive(Clone, Debug)]
pub struct Row {
    name: String,
    scale: i32,
    tiles: Vec<(Grey, String)>,
}

impl Row {
    /// An empty row: its name stands at the left, and each number is a square of `scale` units of the page, which is 1800
    /// wide.
    pub fn new(name: &str, scale: i32) -> Self {
        Self { name: name.into(), scale, tiles: Vec::new() }
    }

    /// The same row with one more picture: numbers from `-limit`, white, to `limit`, black.
    pub fn numbers(mut self, limit: f32, numbers: ArrayView2<f32>, note: impl Display) -> Self {
        self.tiles.push((shades::signed(limit, numbers), note.to_string()));
        self
    }

    /// The same row with every map of a layer.
    pub fn maps(mut self, limit: f32, maps: &Maps<f32>) -> Self {
        self.tiles.extend(shades::maps(limit, maps).into_iter().map(|map| (map, String::new())));
        self
    }

    /// The same row with a pattern as it is on the input plane: paper is white.
    pub fn pattern(mut self, input: &Maps<f32>, note: impl Display) -> Self {
        self.tiles.push((shades::pattern(input), note.to_string()));
        self
    }

    /// The highest picture, and a line for notes if there are any.
    fn height(&self) -> i32 {
        let rows = self.tiles.iter().map(|(picture, _)| picture.0.nrows()).max().unwrap_or(0);
        let notes = if self.tiles.iter().all(|(_, note)| note.is_empty()) { 0 } else { Words::Small.line() };
        rows as i32 * self.scale + notes
    }

    fn draw(&self, area: &Area, pictures: &Pictures, top: i32) -> Drawn {
        area.draw_text(&self.name, &Words::Label.style(INK, HPos::Left, VPos::Top), (0, top))?;
        let mut x = LEFT;
        for (picture, note) in &self.tiles {
            let (rows, columns) = picture.0.dim();
            let (wide, high) = (columns as i32 * self.scale, rows as i32 * self.scale);
            pictures.put(area, picture, (x, top), self.scale);
            let edge = look::around([(x, top), (x + wide, top + high)]);
            area.draw(&PathElement::new(edge, FAINT.stroke_width(2)))?;
            let style = Words::Small.style(GREY, HPos::Center, VPos::Top);
            area.draw_text(note, &style, (x + wide / 2, top + high + 6))?;
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
pub fn draw(frame: &Frame, rows: &[Row]) -> Result<Page, FigureError> {
    let height = rows.iter().map(|row| row.height() + GAP).sum();
    look::illustrated(height, frame, |area, pictures| {
        let mut top = 0;
        for row in rows {
            row.draw(area, pictures, top)?;
            top += row.height() + GAP;
        }
        Ok(())
    })
}
