//! # A panel: two axes and the marks between them
//!
//! Every mark of a figure has a method here, in the units of the axes. So the file of a figure decides its content, and
//! [`look`](super::look) its appearance.

use super::axis::Axis;
use super::look::{
    BAND, DOT, Drawn, FAINT, GREY, INK, LEFT, LINE, RGBColor, RIGHT, THIN, TOP_LEFT, Words, shade,
};
use super::sheet::{Area, Place, around};
use plotters::chart::ChartBuilder;
use plotters::coord::cartesian::Cartesian2d;
use plotters::element::{Circle, EmptyElement, PathElement, Polygon};
use plotters::prelude::{DrawingArea, SVGBackend, TRANSPARENT, WHITE};
use plotters::style::Color;
use plotters::style::text_anchor::Pos;

/// Two axes and the area between them.
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
    /// Draws the axes in an area; a margin of `right` beside them is left free for names.
    ///
    /// # Errors
    /// When the area is too small.
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
        mesh.axis_style(shade(GREY, 0.7).stroke_width(2)).set_all_tick_mark_size(8);
        mesh.x_label_style(x_words).y_label_style(y_words);
        mesh.axis_desc_style(Words::Label.style(GREY, TOP_LEFT)).x_desc(x.title).draw()?;
        Ok(Self { area: chart.plotting_area().clone() })
    }

    /// Draws a line of data.
    pub fn line(&self, points: &[Point], colour: RGBColor) -> Drawn {
        self.path(points, colour, LINE)
    }

    /// Draws a thin line that joins points or marks a value.
    pub fn rule(&self, points: &[Point], colour: RGBColor) -> Drawn {
        self.path(points, colour, THIN)
    }

    /// Draws a path; the path of a single point is a dot, so that a run of one pass can be seen.
    fn path(&self, points: &[Point], colour: RGBColor, width: u32) -> Drawn {
        Ok(match points {
            [point] => self.area.draw(&Circle::new(*point, 2 * width as i32, colour.filled())),
            _ => self.area.draw(&PathElement::new(points, colour.stroke_width(width))),
        }?)
    }

    /// Shades the band between two lines: x, and the lower and the upper of them.
    pub fn band(&self, edges: &[(f64, f64, f64)], colour: RGBColor) -> Drawn {
        self.shade(edges, colour, BAND)
    }

    /// Shades a range, given by two opposite corners.
    pub fn range(&self, corner: Point, opposite: Point) -> Drawn {
        self.cell(corner, opposite, FAINT, 0.6)
    }

    /// Fills a rectangle, given by two opposite corners, with this share of a colour.
    pub fn cell(&self, (left, bottom): Point, (right, top): Point, colour: RGBColor, share: f64) -> Drawn {
        self.shade(&[(left, bottom, top), (right, bottom, top)], colour, share)
    }

    fn shade(&self, edges: &[(f64, f64, f64)], colour: RGBColor, share: f64) -> Drawn {
        let there = edges.iter().map(|&(x, lower, _)| (x, lower));
        let back = edges.iter().rev().map(|&(x, _, upper)| (x, upper));
        let polygon = Polygon::new(there.chain(back).collect::<Vec<_>>(), colour.mix(share).filled());
        Ok(self.area.draw(&polygon)?)
    }

    /// Draws our values as dots with a white edge, so that overlapping dots can be told apart.
    pub fn dots(&self, points: &[Point], colour: RGBColor) -> Drawn {
        points.iter().try_for_each(|&at| {
            self.area.draw(&Circle::new(at, DOT + 3, WHITE.filled()))?;
            Ok(self.area.draw(&Circle::new(at, DOT, colour.filled()))?)
        })
    }

    /// Draws the paper's values.
    pub fn rings(&self, points: &[Point], colour: RGBColor) -> Drawn {
        let ring = |&at: &Point| Circle::new(at, DOT - 2, colour.stroke_width(THIN));
        points.iter().try_for_each(|at| Ok(self.area.draw(&ring(at))?))
    }

    /// Draws the paper's values under other conditions than those of its rings.
    pub fn squares(&self, points: &[Point], colour: RGBColor) -> Drawn {
        let path =
            || PathElement::new(around([(1 - DOT, 1 - DOT), (DOT - 1, DOT - 1)]), colour.stroke_width(THIN));
        let square = |&at: &Point| EmptyElement::at(at) + path();
        points.iter().try_for_each(|at| Ok(self.area.draw(&square(at))?))
    }

    /// Draws a short horizontal line across a point.
    pub fn bar(&self, (x, y): Point, half: f64, colour: RGBColor) -> Drawn {
        self.path(&[(x - half, y), (x + half, y)], colour, LINE + 2)
    }

    /// Writes a name whose side or corner `pos` is `(right, down)` units of the page from its point.
    pub fn name(&self, name: Name, (right, down): Place, pos: Pos) -> Drawn {
        let ((x, y), style) = (self.pixel(name.at), Words::Label.style(name.colour, pos));
        Ok(self.area.strip_coord_spec().draw_text(&name.text, &style, (x + right, y + down))?)
    }

    /// Writes the names of lines at their right ends, one below the other.
    pub fn name_ends(&self, names: &[Name]) -> Drawn {
        self.name_beside(names, 1, LEFT)
    }

    /// Writes the names of lines at their left ends, one below the other.
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

    /// The place of a point between the axes, in units of the page from the left top corner.
    fn pixel(&self, at: Point) -> Place {
        let ((x, y), (left, top)) = (self.area.map_coordinate(&at), self.area.get_base_pixel());
        (x - left, y - top)
    }
}

/// Writes the heading of a panel and the title of its vertical axis, and returns their height.
fn write_head(area: &Area, heading: &str, axis_title: &str) -> Drawn<i32> {
    let head = if heading.is_empty() { 0 } else { Words::Heading.line() };
    for (text, style, y) in [
        (heading, Words::Heading.style(INK, TOP_LEFT), 0),
        (axis_title, Words::Label.style(GREY, TOP_LEFT), head),
    ] {
        if !text.is_empty() {
            area.draw_text(text, &style, (0, y))?;
        }
    }
    Ok(head + Words::Label.line())
}

/// Moves positions in a column apart until they differ by `gap`, each as little as necessary.
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
