//! From an image to a pattern on the input plane.

use crate::time;
use criterion::Criterion;
use image::{GrayImage, ImageFormat, Luma};
use lenet5::experiment::picture::{MOST_PIXELS, parse};
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
    for (width, height) in [(280, 280), (480, 360), (2000, 1500)] {
        let picture = photograph(width, height);
        time(&mut group, &format!("picture, {width} x {height}"), 0, || {
            black_box(parse(black_box(&picture), MOST_PIXELS).expect("there is a ring"));
        });
    }
}

/// A ring on paper in uneven light, as PNG.
fn photograph(width: u32, height: u32) -> Vec<u8> {
    let level = |x: u32, y: u32| {
        let [x, y] = [x, y].map(|at| f64::from(at) / f64::from(height));
        let light = 230.0 - 60.0 * x - 30.0 * y;
        let ring = (0.2..0.26).contains(&(x - 0.5).hypot(y - 0.5));
        Luma([(if ring { 0.3 * light } else { light }) as u8])
    };
    let mut file = std::io::Cursor::new(Vec::new());
    GrayImage::from_fn(width, height, level)
        .write_to(&mut file, ImageFormat::Png)
        .expect("written to memory");
    file.into_inner()
}
