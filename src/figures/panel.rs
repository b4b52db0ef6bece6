//! # A panel: two axes and what is drawn between them
//!
//! Every mark a figure needs has a method here, in the units of the axes, so that a figure's file says what is shown and
//! [`look`] how.

use super::axis::Axis;
use super::error::FigureError;
use super::look::{self, Area, BAND, DOT, Drawn, FAINT, GREY, INK, LINE, THIN, Words};
use plotters::chart::{ChartBuilder, ChartContext};
use plotters::coord::cartesian::Cartesian2d;
use plotters::element::{Circle, EmptyElement, PathElement, Polygon};
use plotters::prelude::{RGBColor, SVGBackend, TRANSPARENT, WHITE};
use plotters::style::Color;
use plotters::style::text_anchor::{HPos, VPos};

/// Two axes and the room between them.
pub struct Panel<'a, 'b> {
    chart: ChartContext<'a, SVGBackend<'b>, Cartesian2d<Axis, Axis>>,
}

/// A point in the units of the axes.
pub type Point = (f64, f64);

/// The name of a point or a line.
pub struct Name {
    /// What it names.
    pub at: Point,
    /// The name.
    pub text: String,
    /// Its colour.
    pub colour: RGBColor,
}

impl<'a, 'b> Panel<'a, 'b> {
    /// Draws the axes in an area; `right` is kept free beside them for names.
    ///
    /// # Errors
    /// When there is no room.
    pub fn new(area: &'a Area<'b>, heading: &str, x: Axis, y: Axis, right: i32) -> Result<Self, FigureError> {
        let widths = y.ticks.iter().map(|(_, text)| look::width(area, text, y.words));
        let left = widths.collect::<Result<Vec<_>, _>>()?.into_iter().max().unwrap_or(0) + 20;
        let below = if x.title.is_empty() { 1 } else { 2 } * Words::Label.line();
        let written = |words: Words, colour| words.style(colour, HPos::Left, VPos::Top);
        let (x_words, y_words) = (written(x.words, INK), written(y.words, INK));
        let mut chart = ChartBuilder::on(area)
            .margin_top(write_head(area, heading, &y.title)? + 16)
            .margin_right(right)
            .x_label_area_size(below)
            .y_label_area_size(left)
            .build_cartesian_2d(x.clone(), y)?;
        let mut mesh = chart.configure_mesh();
        mesh.disable_x_mesh().bold_line_style(FAINT.stroke_width(2)).light_line_style(TRANSPARENT);
        mesh.axis_style(TRANSPARENT).set_all_tick_mark_size(6).x_label_style(x_words).y_label_style(y_words);
        mesh.axis_desc_style(written(Words::Label, GREY)).x_desc(x.title).draw()?;
        Ok(Self { chart })
    }

    /// A line of data.
    pub fn line(&self, points: &[Point], colour: RGBColor) -> Drawn {
        self.path(points, colour, LINE)
    }

    /// A line that only joins, or says where something is.
    pub fn rule(&self, points: &[Point], colour: RGBColor) -> Drawn {
        self.path(points, colour, THIN)
    }

    /// A path; the path of a single point is a dot, so that a run of one pass can be seen.
    fn path(&self, points: &[Point], colour: RGBColor, width: u32) -> Drawn {
        if let [point] = points {
            let dot = Circle::new(*point, 2 * width as i32, colour.filled());
            return Ok(self.chart.plotting_area().draw(&dot)?);
        }
        let path = PathElement::new(points.to_vec(), colour.stroke_width(width));
        Ok(self.chart.plotting_area().draw(&path)?)
    }

    /// The room between two lines: x, and the lower and the upper of them.
    pub fn band(&self, edges: &[(f64, f64, f64)], colour: RGBColor) -> Drawn {
        self.shade(edges, colour, BAND)
    }

    /// A range, from bottom to top or side to side: two opposite corners.
    pub fn range(&self, corner: Point, opposite: Point) -> Drawn {
        self.cell(corner, opposite, FAINT, 0.6)
    }

    /// A rectangle with so much of a colour: two opposite corners.
    pub fn cell(&self, (left, bottom): Point, (right, top): Point, colour: RGBColor, share: f64) -> Drawn {
        self.shade(&[(left, bottom, top), (right, bottom, top)], colour, share)
    }

    fn shade(&self, edges: &[(f64, f64, f64)], colour: RGBColor, share: f64) -> Drawn {
        let there = edges.iter().map(|&(x, lower, _)| (x, lower));
        let back = edges.iter().rev().map(|&(x, _, upper)| (x, upper));
        let polygon = Polygon::new(there.chain(back).collect::<Vec<_>>(), colour.mix(share).filled());
        Ok(self.chart.plotting_area().draw(&polygon)?)
    }

    /// Our values. Each has a white edge, so that dots that cover each other can be told apart.
    pub fn dots(&self, points: &[Point], colour: RGBColor) -> Drawn {
        points.iter().try_for_each(|&at| {
            self.chart.plotting_area().draw(&Circle::new(at, DOT + 3, WHITE.filled()))?;
            Ok(self.chart.plotting_area().draw(&Circle::new(at, DOT, colour.filled()))?)
        })
    }

    /// The paper's values.
    pub fn rings(&self, points: &[Point], colour: RGBColor) -> Drawn {
        let ring = |&at: &Point| Circle::new(at, DOT - 2, colour.stroke_width(THIN));
        points.iter().try_for_each(|at| Ok(self.chart.plotting_area().draw(&ring(at))?))
    }

    /// The paper's values under other conditions than those of its rings.
    pub fn squares(&self, points: &[Point], colour: RGBColor) -> Drawn {
        let around = look::around([(1 - DOT, 1 - DOT), (DOT - 1, DOT - 1)]);
        let path = || PathElement::new(around.clone(), colour.stroke_width(THIN));
        let square = |&at: &Point| EmptyElement::at(at) + path();
        points.iter().try_for_each(|at| Ok(self.chart.plotting_area().draw(&square(at))?))
    }

    /// A short line across x.
    pub fn bar(&self, (x, y): Point, half: f64, colour: RGBColor) -> Drawn {
        self.path(&[(x - half, y), (x + half, y)], colour, LINE + 2)
    }

    /// Words whose side or corner `(h, v)` is `(right, down)` units of the page from a point.
    pub fn words(&self, name: &Name, (right, down): (i32, i32), (h, v): (HPos, VPos)) -> Drawn {
        let (x, y) = self.pixel(name.at);
        let style = Words::Label.style(name.colour, h, v);
        Ok(self.chart.plotting_area().strip_coord_spec().draw_text(
            &name.text,
            &style,
            (x + right, y + down),
        )?)
    }

    /// Names lines at their right ends, one under the other.
    pub fn name_ends(&self, names: &[Name]) -> Drawn {
        self.name_beside(names, 1, HPos::Left)
    }

    /// The same at their left ends.
    pub fn name_starts(&self, names: &[Name]) -> Drawn {
        self.name_beside(names, -1, HPos::Right)
    }

    fn name_beside(&self, names: &[Name], side: i32, h: HPos) -> Drawn {
        let area = self.chart.plotting_area().strip_coord_spec();
        let ends: Vec<(i32, i32)> = names.iter().map(|name| self.pixel(name.at)).collect();
        let wanted: Vec<i32> = ends.iter().map(|end| end.1).collect();
        let places = apart(&wanted, Words::Label.line());
        for ((name, (x, y)), place) in names.iter().zip(ends).zip(places) {
            let style = Words::Label.style(INK, h, VPos::Center);
            let leader = vec![(x + side * (DOT + 4), y), (x + side * 36, place)];
            area.draw(&PathElement::new(leader, name.colour.stroke_width(2)))?;
            area.draw_text(&name.text, &style, (x + side * 44, place))?;
        }
        Ok(())
    }

    /// Where a point is between the axes, in units of the page from the left top corner.
    fn pixel(&self, at: Point) -> (i32, i32) {
        let area = self.chart.plotting_area();
        let ((x, y), (left, top)) = (area.map_coordinate(&at), area.get_base_pixel());
        (x - left, y - top)
    }
}

/// Writes the heading of a panel and what its vertical axis measures, and says how high that is.
fn write_head(area: &Area, heading: &str, measured: &str) -> Result<i32, FigureError> {
    let (mut height, style) = (0, |words: Words, colour| words.style(colour, HPos::Left, VPos::Top));
    if !heading.is_empty() {
        area.draw_text(heading, &style(Words::Heading, INK), (0, 0))?;
        height += Words::Heading.line();
    }
    if !measured.is_empty() {
        area.draw_text(measured, &style(Words::Label, GREY), (0, height))?;
    }
    Ok(height + Words::Label.line())
}

/// Shifts positions in a column apart until they are `gap` from each other, each as little as it takes.
fn apart(wanted: &[i32], gap: i32) -> Vec<i32> {
    let mut order: Vec<usize> = (0..wanted.len()).collect();
    order.sort_by_key(|&n| wanted[n]);
    let mut places: Vec<f64> = wanted.iter().map(|&y| f64::from(y)).collect();
    for _ in 0..100 {
        for pair in order.windows(2) {
            let short = f64::from(gap) - (places[pair[1]] - places[pair[0]]);
            if short > 0.0 {
                places[pair[0]] -= short / 2.0;
                places[pair[1]] += short / 2.0;
            }
        }
    }
    places.iter().map(|place| place.round() as i32).collect()
}
