//! A hand with a pen: from a skeleton to a grey image.
//!
//! Only `+ - * /`, square roots and rounding are used, whose results IEEE 754 fixes to the last bit:
//! the same seed draws the same bytes on every machine.

use super::skeletons::{Stroke, WAYS, Way};
use ndarray::Array2;
use rand::Rng;
use rand_chacha::ChaCha8Rng;

/// Side of the sheet a digit is drawn on, in dots; it is about this much larger than the 20 x 20 box.
const SHEET: usize = 56;
/// Side of the part of the sheet that a digit fills, in dots: three for each pixel of the 20 x 20 box.
const DIGIT: f32 = 48.0;
/// Dots for each pixel of the box.
const DOTS: f32 = DIGIT / 20.0;
/// Straight pieces a curve is made of between two of its points.
const PIECES: usize = 6;

/// A place on the sheet.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Point {
    x: f32,
    y: f32,
}

impl Point {
    /// The point a fraction `t` of the way to `other`.
    fn towards(self, other: Self, t: f32) -> Self {
        Self { x: self.x + t * (other.x - self.x), y: self.y + t * (other.y - self.y) }
    }
}

/// A number between `low` and `high`.
fn between(rng: &mut ChaCha8Rng, low: f32, high: f32) -> f32 {
    low + (high - low) * rng.random::<f32>()
}

/// A number spread like a bell around 0 with standard deviation 1: the sum of three uniform ones, so never beyond 3.
fn bell(rng: &mut ChaCha8Rng) -> f32 {
    (0..3).map(|_| between(rng, -1.0, 1.0)).sum()
}

/// What is peculiar to one writer on one occasion.
struct Hand {
    /// 1 for most, up to 4 for a few: it multiplies every irregularity.
    sloppiness: f32,
    /// Width over height.
    aspect: f32,
    /// Horizontal displacement for each unit of height.
    slant: f32,
    /// Tangent of half the angle the sheet was turned by.
    turn: f32,
    /// Half the width of the pen, in pixels of the 20 x 20 box.
    radius: f32,
    /// Where the nodes of a 4 x 4 grid over the sheet have gone to: the sheet is rubber.
    rubber: [[Point; 4]; 4],
}

impl Hand {
    fn new(rng: &mut ChaCha8Rng) -> Self {
        let sloppiness = (0.5 / between(rng, 0.0, 1.0).sqrt()).min(3.0);
        let mut shift = |_| Point { x: 0.035 * sloppiness * bell(rng), y: 0.035 * sloppiness * bell(rng) };
        let rubber = std::array::from_fn(|_| std::array::from_fn(&mut shift));
        Self {
            sloppiness,
            rubber,
            aspect: 0.8 + 0.12 * bell(rng),
            slant: 0.12 + 0.17 * bell(rng),
            turn: 0.04 * bell(rng),
            radius: (1.35 + 0.3 * bell(rng)).max(0.7),
        }
    }

    /// Where the rubber sheet carries `p`: linear between the nodes of the grid.
    fn stretched(&self, p: Point) -> Point {
        let cell = |v: f32| (3.0 * v).clamp(0.0, 2.0).floor();
        let (left, top) = (cell(p.x), cell(p.y));
        let (i, j) = (left as usize, top as usize);
        let (u, v) = (3.0 * p.x - left, 3.0 * p.y - top);
        let upper = self.rubber[j][i].towards(self.rubber[j][i + 1], u);
        let lower = self.rubber[j + 1][i].towards(self.rubber[j + 1][i + 1], u);
        let shift = upper.towards(lower, v);
        Point { x: p.x + shift.x, y: p.y + shift.y }
    }

    /// Aspect, slant and rotation, about the centre of the sheet.
    fn leaning(&self, p: Point) -> Point {
        let y = 0.5 - p.y;
        let x = self.aspect * (p.x - 0.5) + self.slant * y;
        let t = self.turn;
        let (cosine, sine) = ((1.0 - t * t) / (1.0 + t * t), 2.0 * t / (1.0 + t * t));
        Point { x: cosine * x - sine * y, y: -(sine * x + cosine * y) }
    }

    /// The points of one stroke as this hand sets them: between two shapes, shifted as a whole, the ends where
    /// the pen happened to touch the paper and to leave it.
    fn stroke(&self, rng: &mut ChaCha8Rng, from: Stroke, to: Stroke, mix: f32) -> Vec<Point> {
        let at = |&(x, y): &(i8, i8)| Point { x: f32::from(x) / 100.0, y: f32::from(y) / 100.0 };
        let mut points: Vec<_> = from.iter().zip(to).map(|(a, b)| at(a).towards(at(b), mix)).collect();
        let mut loose = |reach: f32| reach * self.sloppiness * bell(rng);
        let whole = Point { x: loose(0.012), y: loose(0.012) };
        let (first, second, last) = (points[0], points[1], points.len() - 1);
        points[0] = first.towards(second, loose(0.12));
        points[last] = points[last].towards(points[last - 1], loose(0.12));
        let moved = |p: Point| self.leaning(self.stretched(Point { x: p.x + whole.x, y: p.y + whole.y }));
        points.into_iter().map(moved).collect()
    }
}

/// The smooth curve through `points` (Catmull-Rom: at every point it heads from the one before to the one after).
fn curve(points: &[Point]) -> Vec<Point> {
    let at = |i: usize| points[i.min(points.len() - 1)];
    let mut curve = vec![points[0]];
    for i in 0..points.len() - 1 {
        let (a, b, c, d) = (at(i.saturating_sub(1)), at(i), at(i + 1), at(i + 2));
        let spline = |t: f32, a: f32, b: f32, c: f32, d: f32| {
            b + 0.5 * t * (c - a + t * (2.0 * a - 5.0 * b + 4.0 * c - d + t * (3.0 * (b - c) + d - a)))
        };
        curve.extend((1..=PIECES).map(|piece| {
            let t = piece as f32 / PIECES as f32;
            Point { x: spline(t, a.x, b.x, c.x, d.x), y: spline(t, a.y, b.y, c.y, d.y) }
        }));
    }
    curve
}

/// Draws the digit `label` in a hand of its own: 0 is paper, 255 is ink.
pub(super) fn draw(rng: &mut ChaCha8Rng, label: u8) -> Array2<u8> {
    let hand = Hand::new(rng);
    let way = chosen(rng, WAYS[usize::from(label)]);
    let mut shape = || way.shapes[rng.random_range(0..way.shapes.len() as u32) as usize];
    let (from, to) = (shape(), shape());
    let mix = between(rng, -0.1, 1.1);
    let strokes = from.iter().zip(to).map(|(a, b)| curve(&hand.stroke(rng, a, b, mix)));
    let strokes: Vec<_> = strokes.collect();
    let radius = hand.radius * DOTS;
    let mut sheet = Array2::zeros((SHEET, SHEET));
    for stroke in fitted(strokes, radius) {
        let (start, end) = (radius * (1.0 + 0.12 * bell(rng)), radius * (1.0 + 0.12 * bell(rng)));
        trace(&mut sheet, &stroke, start, end);
    }
    sheet.mapv(|ink: f32| (255.0 * ink) as u8)
}

/// One of the ways of writing a digit, each as often as its share says.
fn chosen<'a>(rng: &mut ChaCha8Rng, ways: &'a [Way]) -> &'a Way {
    let mut ticket = rng.random_range(0..ways.iter().map(|way| way.share).sum());
    let mut ways = ways.iter();
    loop {
        let way = ways.next().expect("the ticket is less than the sum of all shares");
        if ticket < way.share {
            return way;
        }
        ticket -= way.share;
    }
}

/// Scales the strokes so that the longer side of the digit, pen included, fills [`DIGIT`] dots in the middle of the sheet.
fn fitted(strokes: Vec<Vec<Point>>, radius: f32) -> Vec<Vec<Point>> {
    let points = || strokes.iter().flatten();
    let (left, right) = points().fold((f32::MAX, f32::MIN), |(a, b), p| (a.min(p.x), b.max(p.x)));
    let (top, bottom) = points().fold((f32::MAX, f32::MIN), |(a, b), p| (a.min(p.y), b.max(p.y)));
    let scale = (DIGIT - 2.0 * radius) / (right - left).max(bottom - top);
    let middle = SHEET as f32 / 2.0;
    let place = |p: &Point| Point {
        x: middle + scale * (p.x - 0.5 * (left + right)),
        y: middle + scale * (p.y - 0.5 * (top + bottom)),
    };
    strokes.iter().map(|stroke| stroke.iter().map(place).collect()).collect()
}

/// Inks `stroke` with a round pen whose radius goes from `start` to `end` (in dots).
fn trace(sheet: &mut Array2<f32>, stroke: &[Point], start: f32, end: f32) {
    let pieces = (stroke.len() - 1) as f32;
    for (i, piece) in stroke.windows(2).enumerate() {
        dab(sheet, piece[0], piece[1], start + (end - start) * i as f32 / pieces);
    }
}

/// Inks all dots nearer to the straight line `a`-`b` than `radius`; the rim, one dot wide, is grey.
fn dab(sheet: &mut Array2<f32>, a: Point, b: Point, radius: f32) {
    let reach = |a: f32, b: f32| {
        let (low, high) = (a.min(b) - radius - 1.0, a.max(b) + radius + 1.0);
        low.max(0.0) as usize..(high.max(0.0) as usize).min(SHEET)
    };
    let (dx, dy) = (b.x - a.x, b.y - a.y);
    let length2 = (dx * dx + dy * dy).max(1e-9);
    for row in reach(a.y, b.y) {
        for column in reach(a.x, b.x) {
            let (x, y) = (column as f32 + 0.5 - a.x, row as f32 + 0.5 - a.y);
            let t = ((x * dx + y * dy) / length2).clamp(0.0, 1.0);
            let (x, y) = (x - t * dx, y - t * dy);
            let ink = (radius + 0.5 - (x * x + y * y).sqrt()).clamp(0.0, 1.0);
            let dot = &mut sheet[[row, column]];
            *dot = dot.max(ink);
        }
    }
}
