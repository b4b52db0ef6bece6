//! Strokes of digits as drawn with a mouse on the page's canvas, and a round pen that draws them. The strokes are artificial:
//! curves through points, made to waver.

use ndarray::Array2;
use serde_json::Value;

/// Side of the canvas, in pixels.
pub const CANVAS: usize = 280;
/// The initial width of the page's pen, in pixels.
pub const PEN: f64 = 22.0;

/// A point on the canvas: x and y.
pub type Point = (f64, f64);

/// One digit: a stroke is the list of points from pen down to pen up.
pub struct Drawing {
    pub digit: usize,
    pub name: String,
    pub strokes: Vec<Vec<Point>>,
}

/// The recorded digits: 0 to 9 first, then other ways to write them.
pub fn drawings() -> Vec<Drawing> {
    let recorded: Vec<Value> = serde_json::from_str(include_str!("strokes.json")).unwrap();
    let strokes = |drawing: &Value| serde_json::from_value(drawing["strokes"].clone()).unwrap();
    let word = |drawing: &Value| drawing["name"].as_str().unwrap().to_string();
    let digit = |drawing: &Value| drawing["digit"].as_u64().unwrap() as usize;
    recorded.iter().map(|d| Drawing { digit: digit(d), name: word(d), strokes: strokes(d) }).collect()
}

impl Drawing {
    /// The same digit in a corner of the canvas; its longer side has so many pixels.
    pub fn in_corner(&self, side: f64, pen: f64) -> Self {
        let (x, y) = (self.extent(|p| p.0), self.extent(|p| p.1));
        let scale = side / (x.1 - x.0).max(y.1 - y.0);
        let place = |&(px, py): &Point| (pen / 2.0 + scale * (px - x.0), pen / 2.0 + scale * (py - y.0));
        let strokes = self.strokes.iter().map(|stroke| stroke.iter().map(place).collect()).collect();
        Self { digit: self.digit, name: self.name.clone(), strokes }
    }

    pub fn extent(&self, of: impl Fn(&Point) -> f64) -> (f64, f64) {
        let all = || self.strokes.iter().flatten().map(&of);
        (all().fold(f64::MAX, f64::min), all().fold(f64::MIN, f64::max))
    }

    /// The canvas with the strokes drawn by a round pen of this width: 0 is paper, 255 is ink.
    pub fn draw(&self, pen: f64) -> Array2<u8> {
        let mut nearest = Array2::from_elem((CANVAS, CANVAS), f64::MAX);
        for line in self.strokes.iter().flat_map(|stroke| stroke.windows(2)) {
            approach(&mut nearest, line[0], line[1], pen / 2.0 + 1.0);
        }
        nearest.mapv(|distance| (255.0 * (pen / 2.0 + 0.5 - distance).clamp(0.0, 1.0)).round() as u8)
    }
}

/// Updates the distance to the nearest line for the pixels within `reach` of a line.
pub fn approach(nearest: &mut Array2<f64>, from: Point, to: Point, reach: f64) {
    let pixels = |a: f64, b: f64, side: usize| {
        (a.min(b) - reach).max(0.0) as usize..((a.max(b) + reach).max(0.0) as usize + 1).min(side)
    };
    let (rows, columns) = nearest.dim();
    let (dx, dy) = (to.0 - from.0, to.1 - from.1);
    let square = (dx * dx + dy * dy).max(f64::MIN_POSITIVE);
    for y in pixels(from.1, to.1, rows) {
        for x in pixels(from.0, to.0, columns) {
            let (px, py) = (x as f64 + 0.5 - from.0, y as f64 + 0.5 - from.1);
            let along = ((px * dx + py * dy) / square).clamp(0.0, 1.0);
            nearest[[y, x]] = nearest[[y, x]].min((px - along * dx).hypot(py - along * dy));
        }
    }
}
