#![doc = mathdoc::page!("elastic.md", "../../docs/figures/elastic.svg")]

use crate::Real;
use crate::kernels::distortion::{self, displacement};
use crate::section1::Maps;
use crate::section2::LeNet5;
use crate::section3::database::Patterns;
use crate::section3::distortions::{Amounts, Distortion, on_plane};
use crate::section3::presentation::{Chance, Presentation};
use ndarray::{Array3, ArrayView2};
use rand::Rng;
use std::array::from_fn;

/// The number of nodes in a row, and in a column.
pub const NODES: usize = 5;

/// The displacement from each pixel of the input plane to the place that it looks up.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Displacements {
    /// At each node, row after row: pixels downwards and pixels to the right.
    pub nodes: [[[f64; 2]; NODES]; NODES],
}

impl Displacements {
    /// Draws every number independently and uniformly in `±pixels`.
    pub fn draw(pixels: f64, random: &mut impl Rng) -> Self {
        let mut within = || pixels * random.random_range(-1.0..=1.0);
        Self { nodes: from_fn(|_| from_fn(|_| from_fn(|_| within()))) }
    }

    /// The displacement at a pixel of LeNet-5's input plane: pixels downwards and pixels to the right.
    pub fn at(&self, row: usize, column: usize) -> [f64; 2] {
        displacement(&self.nodes, [row, column], [LeNet5::INPUT.1, LeNet5::INPUT.2])
    }
}

/// [`place_distorted`](crate::section3::distortions::place_distorted) with elastic displacements in addition. The nodes
/// span the plane, whatever its size.
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

/// Any number of copies of every pattern, numbered and distorted as in
/// [`Distorted`](crate::section3::presentation::Distorted), with elastic displacements in addition.
#[derive(Clone, Copy, Debug)]
pub struct Bent<'a> {
    /// The patterns.
    pub patterns: &'a Patterns,
    /// The distribution of the affine distortions.
    pub amounts: Amounts,
    /// The largest displacement: see [`Displacements::draw`].
    pub pixels: f64,
    /// The seed of both.
    pub seed: u64,
}

impl<R: Real> Presentation<R> for Bent<'_> {
    fn show(&self, number: usize, input: &mut Maps<R>) -> usize {
        let (random, p) = (&mut Chance::Distortion(number).stream(self.seed), number % self.patterns.len());
        let distortion = self.amounts.draw(random);
        let displacements = Displacements::draw(self.pixels, random);
        place_bent(self.patterns.image(p), &distortion, &displacements, input);
        self.patterns.label(p)
    }
}
