//! From an image to a pattern on the input plane.

use crate::time;
use criterion::Criterion;
use lenet5::section3::database::{embedded, place};
use lenet5::section3::distortions::{Distortion, place_distorted};
use lenet5::today::elastic::{Displacements, place_bent};
use ndarray::Array3;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use std::hint::black_box;

pub fn bench(c: &mut Criterion) {
    let digits = embedded::digits(1).test;
    let (image, mut input) = (digits.image(0), Array3::<f32>::zeros((1, 32, 32)));
    let mut random = ChaCha8Rng::seed_from_u64(1);
    let mut group = c.benchmark_group("pattern");
    time(&mut group, "place", 0, || place(black_box(image), &mut input));
    time(&mut group, "draw and place distorted", 0, || {
        place_distorted(black_box(image), &Distortion::draw(1.0, &mut random), &mut input);
    });
    time(&mut group, "draw and place bent", 0, || {
        let distortion = Distortion::draw(1.0, &mut random);
        let displacements = Displacements::draw(1.0, &mut random);
        place_bent(black_box(image), &distortion, &displacements, &mut input);
    });
}
