//! Lines between two axes, for any numbers.

use super::kit::*;

/// The height of the axes.
const HEIGHT: i32 = 840;

/// A line and the name at its right end.
#[derive(Clone, Debug)]
pub struct Line {
    /// The name.
    pub name: String,
    /// Its points, from left to right, in the units of the axes.
    pub points: Vec<Point>,
    /// Its colour, or `None` for the colour of its number among the lines.
    pub colour: Option<RGBColor>,
}

impl Line {
    /// A line through these points.
    pub fn new(name: &str, points: impl IntoIterator<Item = Point>) -> Self {
        Self { name: name.into(), points: points.into_iter().collect(), colour: None }
    }

    /// The same line in a colour.
    pub fn coloured(self, colour: RGBColor) -> Self {
        Self { colour: Some(colour), ..self }
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
/// When the names leave too little room for the axes.
pub fn draw(frame: &Frame, x: Axis, y: Axis, lines: &[Line]) -> Drawn<Page> {
    page(HEIGHT, frame.clone(), |sheet| {
        let widest = lines.iter().map(|line| Words::Label.width(&line.name)).max().unwrap_or(0);
        draw_named(&Panel::new(&sheet.area, "", x, y, widest + 64)?, lines)
    })
}

/// Draws lines on a panel, then their names at their right ends.
pub(super) fn draw_named(panel: &Panel, lines: &[Line]) -> Drawn {
    let mut names = Vec::new();
    for (n, line) in lines.iter().enumerate() {
        let colour = line.colour.unwrap_or(colour_of_line(n));
        if let Some(&at) = line.points.last() {
            panel.line(&line.points, colour)?;
            names.push(Name::new(&line.name, colour, at));
        }
    }
    panel.name_ends(&names)
}
