//! A sheet with strokes, and the picture that a camera or a scanner makes of it.

use crate::draw::pen::{Drawing, Point, approach};
use image::{GrayImage, Luma, RgbImage, RgbaImage};
use ndarray::Array2;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// How much of each pixel a pen has covered.
pub struct Sheet(pub Array2<f64>);

impl Sheet {
    pub fn new(width: usize, height: usize) -> Self {
        Self(Array2::zeros((height, width)))
    }

    /// With a line.
    pub fn line(mut self, from: Point, to: Point, pen: f64) -> Self {
        self.stroke(&[(from, to)], pen);
        self
    }

    fn stroke(&mut self, lines: &[(Point, Point)], pen: f64) {
        let mut nearest = Array2::from_elem(self.0.dim(), f64::MAX);
        lines.iter().for_each(|&(from, to)| approach(&mut nearest, from, to, pen / 2.0 + 1.0));
        // A pen thinner than a pixel covers a part of it.
        self.0.zip_mut_with(&nearest, |covered, distance| {
            *covered = covered.max((pen / 2.0 + 0.5 - distance).clamp(0.0, 1.0) * pen.min(1.0));
        });
    }

    /// With a digit whose longer side is `side`, its middle at a point.
    pub fn digit(mut self, digit: &Drawing, side: f64, middle: Point, pen: f64) -> Self {
        let (x, y) = (digit.extent(|p| p.0), digit.extent(|p| p.1));
        let scale = (side - pen) / (x.1 - x.0).max(y.1 - y.0);
        let place = |&(px, py): &Point| {
            (middle.0 + scale * (px - (x.0 + x.1) / 2.0), middle.1 + scale * (py - (y.0 + y.1) / 2.0))
        };
        let lines = digit.strokes.iter().flat_map(|stroke| stroke.windows(2));
        let lines: Vec<_> = lines.map(|ends| (place(&ends[0]), place(&ends[1]))).collect();
        self.stroke(&lines, pen);
        self
    }

    /// With lines across, from `first` on, each `step` below the last, and so much lower at the right end.
    pub fn rules(mut self, first: f64, step: f64, falls: f64, pen: f64) -> Self {
        let (height, width) = self.0.dim();
        let mut y = first;
        while y < height as f64 + falls.abs() {
            self = self.line((-5.0, y), (width as f64 + 5.0, y + falls), pen);
            y += step;
        }
        self
    }

    /// With lines down.
    pub fn columns(self, first: f64, step: f64, leans: f64, pen: f64) -> Self {
        let turned = Self(self.0.reversed_axes()).rules(first, step, leans, pen);
        Self(turned.0.reversed_axes())
    }

    /// The first and the last row, then the first and the last column, with ink.
    pub fn extent(&self) -> [usize; 4] {
        let inked = || self.0.indexed_iter().filter(|(_, covered)| **covered > 0.3).map(|(at, _)| at);
        let [rows, columns] = [inked().map(|at| at.0).collect::<Vec<_>>(), inked().map(|at| at.1).collect()];
        let ends = |all: &[usize]| [*all.iter().min().unwrap(), *all.iter().max().unwrap()];
        [ends(&rows), ends(&columns)].concat().try_into().unwrap()
    }

    /// The picture: `light` gives the level for the share covered and the place, from 0 to 1 across and down.
    pub fn grey(&self, light: impl Fn(f64, f64, f64) -> f64) -> GrayImage {
        let (height, width) = self.0.dim();
        GrayImage::from_fn(width as u32, height as u32, |x, y| {
            let covered = self.0[[y as usize, x as usize]];
            level(light(covered, f64::from(x) / width as f64, f64::from(y) / height as f64))
        })
    }

    /// The picture of ink over rules that were printed before.
    pub fn over(&self, rules: &Self, [paper, printed, ink]: [f64; 3]) -> GrayImage {
        let (height, width) = self.0.dim();
        GrayImage::from_fn(width as u32, height as u32, |x, y| {
            let at = [y as usize, x as usize];
            level(mix(self.0[at], mix(rules.0[at], paper, printed), ink))
        })
    }

    /// The picture in two colours.
    pub fn colours(&self, paper: [f64; 3], ink: [f64; 3], noise: f64, seed: u64) -> RgbImage {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let (height, width) = self.0.dim();
        RgbImage::from_fn(width as u32, height as u32, |x, y| {
            let covered = self.0[[y as usize, x as usize]];
            let mut grain = || noise * random.random_range(-1.7..=1.7);
            image::Rgb(std::array::from_fn(|c| level(mix(covered, paper[c], ink[c]) + grain()).0[0]))
        })
    }

    /// Ink of one level; there is nothing around it.
    pub fn on_nothing(&self, ink: u8) -> RgbaImage {
        let (height, width) = self.0.dim();
        let alpha = |x: u32, y: u32| (255.0 * self.0[[y as usize, x as usize]]) as u8;
        RgbaImage::from_fn(width as u32, height as u32, |x, y| image::Rgba([ink, ink, ink, alpha(x, y)]))
    }
}

pub fn level(level: f64) -> Luma<u8> {
    Luma([level.round().clamp(0.0, 255.0) as u8])
}

/// Paper where nothing is covered, ink where all is.
pub fn mix(covered: f64, paper: f64, ink: f64) -> f64 {
    paper + (ink - paper) * covered
}

/// With the grain of a sensor.
pub fn grainy(mut image: GrayImage, deviation: f64, seed: u64) -> GrayImage {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    for pixel in image.pixels_mut() {
        let sum: f64 = (0..6).map(|_| random.random_range(-1.0..1.0)).sum();
        *pixel = level(f64::from(pixel.0[0]) + deviation * sum / 2_f64.sqrt());
    }
    image
}
