//! The pen: from the points of the strokes to ink on paper.

use super::hand::{Hand, Point};
use crate::section3::database::normalisation::BOX;
use ndarray::Array2;
use rand_chacha::ChaCha8Rng;

/// Dots of the sheet for each pixel of the 20 x 20 box.
const DOTS: f32 = 2.4;
/// Side of the sheet, in dots: 48 for the digit, and a margin for a pen that is pressed harder.
const SHEET: usize = 56;
/// Number of straight pieces of a curve between two of its points.
const PIECES: usize = 6;

/// Writes `digit` on a black and white sheet, in a hand drawn at random: 0 is paper, 255 is ink.
pub(super) fn write(rng: &mut ChaCha8Rng, digit: u8) -> Array2<u8> {
    let hand = Hand::new(rng);
    let curves: Vec<_> = hand.strokes(rng, digit).iter().map(|points| curve(points)).collect();
    let mut sheet = Array2::zeros((SHEET, SHEET));
    for stroke in fitted(&curves, hand.radius) {
        trace(&mut sheet, &stroke, hand.pressed(rng), hand.pressed(rng));
    }
    sheet
}

/// The smooth curve through `points` (Catmull-Rom: at every point it is parallel to the line from the point before to the
/// point after).
fn curve(points: &[Point]) -> Vec<Point> {
    let at = |i: usize| points[i.min(points.len() - 1)];
    let mut curve = vec![points[0]];
    for i in 0..points.len() - 1 {
        let (a, b, c, d) = (at(i.saturating_sub(1)), at(i), at(i + 1), at(i + 2));
        curve.extend((1..=PIECES).map(|piece| {
            let t = piece as f32 / PIECES as f32;
            Point { x: spline(t, [a.x, b.x, c.x, d.x]), y: spline(t, [a.y, b.y, c.y, d.y]) }
        }));
    }
    curve
}

/// The cubic that goes from `b` at `t` = 0 to `c` at `t` = 1 with the slopes `(c - a) / 2` and `(d - b) / 2`.
fn spline(t: f32, [a, b, c, d]: [f32; 4]) -> f32 {
    b + 0.5 * t * (c - a + t * (2.0 * a - 5.0 * b + 4.0 * c - d + t * (3.0 * (b - c) + d - a)))
}

/// Scales the curves so that the digit, written with a pen of this `radius` (in pixels), fills the middle of the sheet.
fn fitted(curves: &[Vec<Point>], radius: f32) -> Vec<Vec<Point>> {
    let extent = |along: fn(&Point) -> f32| {
        let places = curves.iter().flatten().map(along);
        places.fold((f32::MAX, f32::MIN), |(low, high), v| (low.min(v), high.max(v)))
    };
    let ((left, right), (top, bottom)) = (extent(|p| p.x), extent(|p| p.y));
    let scale = DOTS * (BOX as f32 - 2.0 * radius) / (right - left).max(bottom - top);
    let middle = SHEET as f32 / 2.0;
    let place = |p: &Point| Point {
        x: middle + scale * (p.x - 0.5 * (left + right)),
        y: middle + scale * (p.y - 0.5 * (top + bottom)),
    };
    curves.iter().map(|curve| curve.iter().map(place).collect()).collect()
}

/// Inks a curve with a round pen whose radius changes from `start` to `end` (in pixels).
fn trace(sheet: &mut Array2<u8>, curve: &[Point], start: f32, end: f32) {
    let pieces = (curve.len() - 1) as f32;
    for (i, piece) in curve.windows(2).enumerate() {
        dab(sheet, piece[0], piece[1], DOTS * (start + (end - start) * i as f32 / pieces));
    }
}

/// Inks every dot within `radius` (in dots) of the straight piece from `a` to `b`.
fn dab(sheet: &mut Array2<u8>, a: Point, b: Point, radius: f32) {
    let reach = |a: f32, b: f32| {
        let (low, high) = (a.min(b) - radius, a.max(b) + radius + 1.0);
        low.max(0.0) as usize..(high.max(0.0) as usize).min(SHEET)
    };
    let (dx, dy) = (b.x - a.x, b.y - a.y);
    let length2 = (dx * dx + dy * dy).max(f32::MIN_POSITIVE);
    for row in reach(a.y, b.y) {
        for column in reach(a.x, b.x) {
            let (x, y) = (column as f32 + 0.5 - a.x, row as f32 + 0.5 - a.y);
            let t = ((x * dx + y * dy) / length2).clamp(0.0, 1.0);
            let (x, y) = (x - t * dx, y - t * dy);
            if x * x + y * y <= radius * radius {
                sheet[[row, column]] = 255;
            }
        }
    }
}
