//! Lines between two axes, whatever they are of.

use super::axis::Axis;
use super::error::FigureError;
use super::look::{self, BLUE, Frame, GREY, INK, Page, VERMILION, Words};
use super::panel::{Name, Panel, Point};
use plotters::prelude::RGBColor;

/// A colour for each line; from the fourth on they share one, and are told apart by their names.
const COLOURS: [RGBColor; 4] = [BLUE, VERMILION, INK, GREY];
/// How high the axes are.
const HEIGHT: i32 = 840;

/// A line and the name that stands at its right end.
#[derive(Clone, Debug)]
pub struct Line {
    /// The name.
    pub name: String,
    /// Its points, from left to right, in the units of the axes.
    pub points: Vec<Point>,
}

impl Line {
    /// A line through these points.
    pub fn new(name: &str, points: impl IntoIterator<Item = Point>) -> Self {
        Self { name: name.into(), points: points.into_iter().collect() }
    }
}

/// Draws lines. A line without points is left out.
///
/// ```
/// use lenet5::figures::{Frame, axis::Axis, lines::{self, Line}};
/// let square = Line::new("x²", (0..=20).map(|n| f64::from(n) / 10.0).map(|x| (x, x * x)));
/// let (x, y) = (Axis::linear("x", 0.0..2.0, &[0.0, 1.0, 2.0]), Axis::linear("y", 0.0..4.0, &[0.0, 2.0, 4.0]));
/// let page = lines::draw(&Frame::new("A parabola", "It is steep at the right.", "Computed."), x, y, &[square])?;
/// assert!(page.svg.contains("x²"));
/// # Ok::<(), lenet5::figures::FigureError>(())
/// ```
///
/// # Errors
/// When the names leave no room for the axes.
pub fn draw(frame: &Frame, x: Axis, y: Axis, lines: &[Line]) -> Result<Page, FigureError> {
    look::page(HEIGHT, frame, |area| {
        let widths = lines.iter().map(|line| look::width(area, &line.name, Words::Label));
        let widest = widths.collect::<Result<Vec<_>, _>>()?.into_iter().max().unwrap_or(0);
        let panel = Panel::new(area, "", x, y, widest + 64)?;
        let mut names = Vec::new();
        for (n, line) in lines.iter().enumerate() {
            let colour = COLOURS[n.min(COLOURS.len() - 1)];
            if let Some(&at) = line.points.last() {
                panel.line(&line.points, colour)?;
                names.push(Name { at, text: line.name.clone(), colour });
            }
        }
        panel.name_ends(&names)
    })
}
