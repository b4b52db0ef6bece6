//! The hand: the differences between two writers of the same digit.

use super::skeletons::{Stroke, WAYS, Way};
use rand::Rng;
use rand_chacha::ChaCha8Rng;

/// A place on the sheet: `x` to the right, `y` downwards.
#[derive(Clone, Copy)]
pub(super) struct Point {
    pub x: f32,
    pub y: f32,
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

/// A nearly normal number with mean 0 and standard deviation 1: the sum of three uniform ones, so between -3 and 3.
fn bell(rng: &mut ChaCha8Rng) -> f32 {
    between(rng, -1.0, 1.0) + between(rng, -1.0, 1.0) + between(rng, -1.0, 1.0)
}

/// The handwriting of one writer on one occasion.
pub(super) struct Hand {
    /// The factor of every irregularity: below 1 for most writers, and 2 for one in ten.
    sloppiness: f32,
    /// Width over height, relative to the skeletons.
    aspect: f32,
    /// Displacement to the right for each unit of height; most people lean to the right.
    slant: f32,
    /// Tangent of half the angle by which the sheet is rotated.
    turn: f32,
    /// Half the width of the pen, in pixels of the 20 x 20 box.
    pub radius: f32,
    /// Displacements of the nodes of a grid over the rubber sheet, half its side apart.
    rubber: [[Point; 4]; 4],
}

impl Hand {
    /// A random hand. The spreads were chosen so that the digits have about the stroke width, aspect ratio, slant and grey
    /// levels of MNIST.
    pub fn new(rng: &mut ChaCha8Rng) -> Self {
        let sloppiness = (0.62 / between(rng, 0.0, 1.0).sqrt()).min(2.0);
        let mut node = || 0.1 * sloppiness * bell(rng);
        let rubber = std::array::from_fn(|_| std::array::from_fn(|_| Point { x: node(), y: node() }));
        Self {
            sloppiness,
            rubber,
            aspect: 1.0 + 0.17 * bell(rng),
            slant: 0.11 + 0.22 * bell(rng),
            turn: 0.055 * bell(rng),
            radius: (1.24 + 0.29 * bell(rng)).max(0.6),
        }
    }

    /// The strokes of a digit in this hand: in a random way of writing it, interpolated between two of its shapes.
    pub fn strokes(&self, rng: &mut ChaCha8Rng, digit: u8) -> Vec<Vec<Point>> {
        let shapes = way(rng, WAYS[usize::from(digit)]).shapes;
        let mut shape = || shapes[rng.random_range(0..shapes.len() as u32) as usize];
        let (from, to) = (shape(), shape());
        let mix = between(rng, -0.25, 1.25);
        from.iter().zip(to).map(|(a, b)| self.stroke(rng, a, b, mix)).collect()
    }

    /// One stroke between `from` and `to`, moved as a whole, with its ends lengthened or shortened at random.
    fn stroke(&self, rng: &mut ChaCha8Rng, from: Stroke, to: Stroke, mix: f32) -> Vec<Point> {
        let at = |&(x, y): &(i8, i8)| Point { x: f32::from(x) / 100.0, y: f32::from(y) / 100.0 };
        let mut points: Vec<_> = from.iter().zip(to).map(|(a, b)| at(a).towards(at(b), mix)).collect();
        let mut loose = |reach: f32| reach * self.sloppiness * bell(rng);
        let (right, down) = (loose(0.015), loose(0.015));
        let last = points.len() - 1;
        points[0] = points[0].towards(points[1], loose(0.12));
        points[last] = points[last].towards(points[last - 1], loose(0.12));
        points.iter().map(|p| self.leaning(self.stretched(Point { x: p.x + right, y: p.y + down }))).collect()
    }

    /// The place of `p` on the stretched rubber sheet: moved smoothly by the nine nodes around it (a quadratic B-spline).
    fn stretched(&self, p: Point) -> Point {
        let cell = |v: f32| (2.0 * v).clamp(0.0, 1.0).floor();
        let weights = |u: f32| [0.5 * (1.0 - u) * (1.0 - u), 0.5 + u - u * u, 0.5 * u * u];
        let (left, top) = (cell(p.x), cell(p.y));
        let (across, down) = (weights(2.0 * p.x - left), weights(2.0 * p.y - top));
        let mut to = p;
        for (row, v) in self.rubber[top as usize..].iter().zip(down) {
            for (node, u) in row[left as usize..].iter().zip(across) {
                to = Point { x: to.x + v * u * node.x, y: to.y + v * u * node.y };
            }
        }
        to
    }

    /// Aspect ratio, slant and rotation, about the centre of the sheet.
    fn leaning(&self, p: Point) -> Point {
        let (x, y) = (self.aspect * (p.x - 0.5) - self.slant * (p.y - 0.5), p.y - 0.5);
        let t = self.turn;
        let (cosine, sine) = ((1.0 - t * t) / (1.0 + t * t), 2.0 * t / (1.0 + t * t));
        Point { x: cosine * x + sine * y, y: cosine * y - sine * x }
    }

    /// Half the width of the line under a random pressure of the pen, in pixels of the 20 x 20 box.
    pub fn pressed(&self, rng: &mut ChaCha8Rng) -> f32 {
        self.radius * (1.0 + 0.15 * bell(rng))
    }
}

/// A random way of writing a digit; its probability is its share.
fn way(rng: &mut ChaCha8Rng, ways: &'static [Way]) -> &'static Way {
    let mut ticket = rng.random_range(0..100);
    let mut found = &ways[0];
    for way in ways {
        found = way;
        if ticket < way.share {
            break;
        }
        ticket -= way.share;
    }
    found
}
