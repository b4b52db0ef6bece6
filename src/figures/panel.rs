//! # A panel: two axes and what is drawn between them
//!
//! Every mark a figure needs has a method here, in the units of the axes, so that a figure's file says what is shown and
//! [`look`](super::look) how.

use super::axis::Axis;
use super::look::{BAND, DOT, Drawn, FAINT, GREY, INK, LEFT, LINE, RGBColor, RIGHT, THIN, TOP_LEFT, Words};
use super::sheet::{Area, Place, around};
use plotters::chart::ChartBuilder;
use plotters::coord::cartesian::Cartesian2d;
use plotters::element::{Circle, EmptyElement, PathElement, Polygon};
use plotters::prelude::{DrawingArea, SVGBackend, TRANSPARENT, WHITE};
use plotters::style::Color;
use plotters::style::text_anchor::Pos;

/// Two axes and the room between them.
pub struct Panel<'a> {
    area: DrawingArea<SVGBackend<'a>, Cartesian2d<Axis, Axis>>,
}

/// A point in the units of the axes.
pub type Point = (f64, f64);

/// The name of a point or a line.
pub struct Name {
    text: String,
    colour: RGBColor,
    at: Point,
}

impl Name {
    /// A name in a colour, and the point that it names.
    pub fn new(text: impl Into<String>, colour: RGBColor, at: Point) -> Self {
        Self { text: text.into(), colour, at }
    }
}

impl<'a> Panel<'a> {
    /// Draws the axes in an area; `right` is kept free beside them for names.
    ///
    /// # Errors
    /// When there is no room.
    pub fn new(area: &Area<'a>, heading: &str, x: Axis, y: Axis, right: i32) -> Drawn<Self> {
        let left = y.ticks.iter().map(|(_, text)| y.words.width(text)).max().unwrap_or(0) + 20;
        let below = if x.title.is_empty() { 1 } else { 2 } * Words::Label.line();
        let [x_words, y_words] = [x.words, y.words].map(|words| words.style(INK, TOP_LEFT));
        let mut chart = ChartBuilder::on(area)
            .margin_top(write_head(area, heading, &y.title)? + 16)
            .margin_right(right)
            .x_label_area_size(below)
            .y_label_area_size(left)
            .build_cartesian_2d(x.clone(), y)?;
        let mut mesh = chart.configure_mesh();
        mesh.disable_x_mesh().bold_line_style(FAINT.stroke_width(2)).light_line_style(TRANSPARENT);
        mesh.axis_style(TRANSPARENT).set_all_tick_mark_size(6).x_label_style(x_words).y_label_style(y_words);
        mesh.axis_desc_style(Words::Label.style(GREY, TOP_LEFT)).x_desc(x.title).draw()?;
        Ok(Self { area: chart.plotting_area().clone() })
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
        Ok(match points {
            [point] => self.area.draw(&Circle::new(*point, 2 * width as i32, colour.filled())),
            _ => self.area.draw(&PathElement::new(points, colour.stroke_width(width))),
        }?)
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
        Ok(self.area.draw(&polygon)?)
    }

    /// Our values. Each has a white edge, so that dots that cover each other can be told apart.
    pub fn dots(&self, points: &[Point], colour: RGBColor) -> Drawn {
        points.iter().try_for_each(|&at| {
            self.area.draw(&Circle::new(at, DOT + 3, WHITE.filled()))?;
            Ok(self.area.draw(&Circle::new(at, DOT, colour.filled()))?)
        })
    }

    /// The paper's values.
    pub fn rings(&self, points: &[Point], colour: RGBColor) -> Drawn {
        let ring = |&at: &Point| Circle::new(at, DOT - 2, colour.stroke_width(THIN));
        points.iter().try_for_each(|at| Ok(self.area.draw(&ring(at))?))
    }

    /// The paper's values under other conditions than those of its rings.
    pub fn squares(&self, points: &[Point], colour: RGBColor) -> Drawn {
        let path =
            || PathElement::new(around([(1 - DOT, 1 - DOT), (DOT - 1, DOT - 1)]), colour.stroke_width(THIN));
        let square = |&at: &Point| EmptyElement::at(at) + path();
        points.iter().try_for_each(|at| Ok(self.area.draw(&square(at))?))
    }

    /// A short line across x.
    pub fn bar(&self, (x, y): Point, half: f64, colour: RGBColor) -> Drawn {
        self.path(&[(x - half, y), (x + half, y)], colour, LINE + 2)
    }

    /// A name whose side or corner `pos` is `(right, down)` units of the page from its point.
    pub fn name(&self, name: Name, (right, down): Place, pos: Pos) -> Drawn {
        let ((x, y), style) = (self.pixel(name.at), Words::Label.style(name.colour, pos));
        Ok(self.area.strip_coord_spec().draw_text(&name.text, &style, (x + right, y + down))?)
    }

    /// Names lines at their right ends, one under the other.
    pub fn name_ends(&self, names: &[Name]) -> Drawn {
        self.name_beside(names, 1, LEFT)
    }

    /// The same at their left ends.
    pub fn name_starts(&self, names: &[Name]) -> Drawn {
        self.name_beside(names, -1, RIGHT)
    }

    fn name_beside(&self, names: &[Name], side: i32, pos: Pos) -> Drawn {
        let area = self.area.strip_coord_spec();
        let ends: Vec<Place> = names.iter().map(|name| self.pixel(name.at)).collect();
        let wanted: Vec<i32> = ends.iter().map(|end| end.1).collect();
        let places = apart(&wanted, Words::Label.line());
        for ((name, (x, y)), place) in names.iter().zip(ends).zip(places) {
            let leader = vec![(x + side * (DOT + 4), y), (x + side * 36, place)];
            area.draw(&PathElement::new(leader, name.colour.stroke_width(2)))?;
            area.draw_text(&name.text, &Words::Label.style(INK, pos), (x + side * 44, place))?;
        }
        Ok(())
    }

    /// Where a point is between the axes, in units of the page from the left top corner.
    fn pixel(&self, at: Point) -> Place {
        let ((x, y), (left, top)) = (self.area.map_coordinate(&at), self.area.get_base_pixel());
        (x - left, y - top)
    }
}

/// Writes the heading of a panel and what its vertical axis measures, and says how high that is.
fn write_head(area: &Area, heading: &str, measured: &str) -> Drawn<i32> {
    let head = if heading.is_empty() { 0 } else { Words::Heading.line() };
    for (text, style, y) in [
        (heading, Words::Heading.style(INK, TOP_LEFT), 0),
        (measured, Words::Label.style(GREY, TOP_LEFT), head),
    ] {
        if !text.is_empty() {
            area.draw_text(text, &style, (0, y))?;
        }
    }
    Ok(head + Words::Label.line())
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
