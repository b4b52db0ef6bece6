#![doc = mathdoc::page!("elastic.md")]
#![doc = include_str!("../../docs/figures/elastic.svg")]

use crate::Real;
use crate::section1::Maps;
use crate::section3::database::{BACKGROUND, FOREGROUND, Patterns};
const INPUT: usize = 32;
use crate::section3::distortions::{Distortion, at, bordered};
use crate::section3::presentation::{Chance, Presentation};
use ndarray::{Array3, ArrayView2, Axis};
use rand::Rng;
use std::array::from_fn;

/// Nodes in a row or a column of them.
pub const NODES: usize = 5;

/// Where each pixel of the input plane looks, from its own place on.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Displacements {
    /// At each node, row after row: pixels downwards and pixels to the right.
    pub nodes: [[[f64; 2]; NODES]; NODES],
}

impl Displacements {
    /// Draws every number independently, and uniformly in `±pixels`.
    pub fn draw(pixels: f64, random: &mut impl Rng) -> Self {
        let mut within = || pixels * random.random_range(-1.0..=1.0);
        Self { nodes: from_fn(|_| from_fn(|_| from_fn(|_| within()))) }
    }

    /// At this pixel of the input plane: pixels downwards and pixels to the right.
    pub fn at(&self, row: usize, column: usize) -> [f64; 2] {
        along(&self.row(row), column)
    }

    /// The nodes as they would be in this row of pixels.
    fn row(&self, row: usize) -> [[f64; 2]; NODES] {
        let (above, part) = WAYS[row];
        from_fn(|column| mix(self.nodes[above][column], self.nodes[above + 1][column], part))
    }
}

/// The displacement at this column of a row of nodes.
fn along(nodes: &[[f64; 2]; NODES], column: usize) -> [f64; 2] {
    let (left, part) = WAYS[column];
    mix(nodes[left], nodes[left + 1], part)
}

/// For each row or column of pixels: the node before it, and how much the next one has to say.
const WAYS: [(usize, f64); INPUT] = {
    let mut ways = [(0, 0.0); INPUT];
    let mut pixel = 0;
    while pixel < INPUT {
        let way = pixel as f64 * ((NODES - 1) as f64 / (INPUT - 1) as f64);
        let before = if (way as usize) < NODES - 1 { way as usize } else { NODES - 2 };
        let part = way - before as f64;
        ways[pixel] = (before, part * part * (3.0 - 2.0 * part));
        pixel += 1;
    }
    ways
};

fn mix(a: [f64; 2], b: [f64; 2], part: f64) -> [f64; 2] {
    from_fn(|n| a[n] + (b[n] - a[n]) * part)
}

/// [`place_distorted`](crate::section3::distortions::place_distorted), and bent by these displacements.
///
/// # Panics
/// When the image is not of 28 x 28 pixels.
pub fn place_bent<R: Real>(
    image: ArrayView2<u8>,
    distortion: &Distortion,
    displacements: &Displacements,
    input: &mut Array3<R>,
) {
    let (ink, paper) = (R::of((FOREGROUND - BACKGROUND) / 255.0), R::of(BACKGROUND));
    let (image, inverse) = (bordered::<R>(image), distortion.inverse());
    for (y, mut states) in input.index_axis_mut(Axis(0), 0).outer_iter_mut().enumerate() {
        let nodes = displacements.row(y);
        let sources: [[i64; 2]; INPUT] = from_fn(|x| {
            let [down, right] = along(&nodes, x);
            inverse.source([y as f64 + down, x as f64 + right])
        });
        for (state, [row, column]) in states.iter_mut().zip(sources) {
            *state = paper + ink * at(&image, row, column);
        }
    }
}

/// Every pattern in any number of versions, numbered as
/// [`Distorted`](crate::section3::presentation::Distorted) has them: distorted as there, and bent.
#[derive(Clone, Copy, Debug)]
pub struct Bent<'a> {
    /// The patterns.
    pub patterns: &'a Patterns,
    /// How strongly they are distorted: see [`Distortion::draw`].
    pub strength: f64,
    /// How far they are bent: see [`Displacements::draw`].
    pub pixels: f64,
    /// What both are drawn from.
    pub seed: u64,
}

impl<R: Real> Presentation<R> for Bent<'_> {
    fn show(&self, number: usize, input: &mut Maps<R>) -> usize {
        let (random, p) = (&mut Chance::Distortion(number).stream(self.seed), number % self.patterns.len());
        let distortion = Distortion::draw(self.strength, random);
        let displacements = Displacements::draw(self.pixels, random);
        place_bent(self.patterns.image(p), &distortion, &displacements, input);
        self.patterns.label(p)
    }
}
