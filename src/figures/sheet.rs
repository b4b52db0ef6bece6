//! A part of a page, with words, pictures and shapes.

use super::look::Drawn;
use crate::experiment::Grey;
use plotters::coord::Shift;
use plotters::element::{Circle, PathElement, Polygon, Rectangle};
use plotters::prelude::{DrawingArea, SVGBackend};
use plotters::style::{ShapeStyle, TextStyle};
use std::cell::RefCell;
use std::fmt::Display;
use std::rc::Rc;

/// A rectangle of the page to draw in.
pub type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;
/// A place on the page, in units to the right and down.
pub type Place = (i32, i32);

/// A part of a page; places are counted from its left top corner.
#[derive(Clone)]
pub struct Sheet<'a> {
    /// The area, for panels.
    pub area: Area<'a>,
    corner: Place,
    pictures: Rc<RefCell<String>>,
}

impl<'a> Sheet<'a> {
    /// All of an area, without pictures.
    pub fn new(area: Area<'a>) -> Self {
        Self { area, corner: (0, 0), pictures: Rc::default() }
    }

    /// The part to the right of a place and below it.
    pub fn from(&self, corner: Place) -> Self {
        Self { corner: self.shifted(corner), ..self.clone() }
    }

    /// The width of the area.
    pub fn width(&self) -> i32 {
        self.area.dim_in_pixel().0 as i32
    }

    /// Writes words at a place.
    pub fn write(&self, at: Place, text: impl Display, style: TextStyle) -> Drawn {
        Ok(self.area.draw_text(&text.to_string(), &style, self.shifted(at))?)
    }

    /// Draws a picture below all other marks: its left top corner, and the units of the page for each pixel.
    pub fn picture(&self, at: Place, picture: &Grey, scale: i32) {
        let ((left, top), (x, y)) = (self.area.get_base_pixel(), self.shifted(at));
        let ((x, y), (width, height), data) = ((left + x, top + y), size(picture, scale), picture.base64());
        *self.pictures.borrow_mut() += &format!(
            "<image x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" \
             style=\"image-rendering:pixelated\" href=\"data:image/png;base64,{data}\"/>\n"
        );
    }

    /// Draws a line through places.
    pub fn line(&self, places: &[Place], style: ShapeStyle) -> Drawn {
        Ok(self.area.draw(&PathElement::new(self.all_shifted(places), style))?)
    }

    /// Fills a polygon.
    pub fn polygon(&self, places: &[Place], style: ShapeStyle) -> Drawn {
        Ok(self.area.draw(&Polygon::new(self.all_shifted(places), style))?)
    }

    /// Draws a rectangle between two opposite corners.
    pub fn rectangle(&self, corners: [Place; 2], style: ShapeStyle) -> Drawn {
        Ok(self.area.draw(&Rectangle::new(corners.map(|corner| self.shifted(corner)), style))?)
    }

    /// Draws a circle around a place.
    pub fn circle(&self, centre: Place, radius: i32, style: ShapeStyle) -> Drawn {
        Ok(self.area.draw(&Circle::new(self.shifted(centre), radius, style))?)
    }

    /// The pictures as SVG.
    pub(super) fn into_pictures(self) -> String {
        self.pictures.take()
    }

    fn all_shifted(&self, places: &[Place]) -> Vec<Place> {
        places.iter().map(|&place| self.shifted(place)).collect()
    }

    fn shifted(&self, (x, y): Place) -> Place {
        (self.corner.0 + x, self.corner.1 + y)
    }
}

/// The width and height of a picture, with this many units of the page for each pixel.
pub fn size(picture: &Grey, scale: i32) -> Place {
    let (rows, columns) = picture.0.dim();
    (columns as i32 * scale, rows as i32 * scale)
}

/// The corners around a rectangle, for an outline of any width; plotters' own rectangles have only the thinnest.
pub fn around([(left, top), (right, bottom)]: [Place; 2]) -> [Place; 5] {
    [(left, top), (right, top), (right, bottom), (left, bottom), (left, top)]
}
