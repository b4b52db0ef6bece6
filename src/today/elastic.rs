#![doc = mathdoc::page!("elastic.md", "../../docs/figures/elastic.svg")]

use crate::Real;
use crate::kernels::distortion::{self, displacement};
use crate::section1::Maps;
use crate::section2::LeNet5;
use crate::section3::database::Patterns;
use crate::section3::distortions::{Distortion, on_plane};
use crate::section3::presentation::{Chance, Presentation};
use ndarray::{Array3, ArrayView2};
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

    /// At this pixel of LeNet-5's input plane: pixels downwards and pixels to the right.
    pub fn at(&self, row: usize, column: usize) -> [f64; 2] {
        displacement(&self.nodes, [row, column], [LeNet5::INPUT.1, LeNet5::INPUT.2])
    }
}

/// [`place_distorted`](crate::section3::distortions::place_distorted), and bent by these displacements, whose nodes span
/// the plane whatever its size.
pub fn place_bent<R: Real>(
    image: ArrayView2<u8>,
    distortion: &Distortion,
    displacements: &Displacements,
    input: &mut Array3<R>,
) {
    on_plane(image, distortion, input, |image, map, plane| {
        distortion::place_bent(image, map, &displacements.nodes, plane);
    });
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
