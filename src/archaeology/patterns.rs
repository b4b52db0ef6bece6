//! Fig. 4, 7 and 8: patterns of MNIST, named by their indices and shown by the law of display.

use super::display::{Law, Palette};
use super::rasters::palette_of_patterns;
use crate::section3::database::{BACKGROUND, FOREGROUND};
use crate::section3::distortions::{Distortion, place_distorted};
use ndarray::{Array2, Array3, ArrayView2, Axis};

/// The 100 training patterns of Fig. 4 by index, row by row.
pub fn fig_4() -> Vec<usize> {
    rows(include_str!("../../paper/fig4.csv")).map(|row| row[0] as usize).collect()
}

/// A pattern as Fig. 4 and 8 show it: in the middle of 32 x 32 pixels, each with its grey.
pub fn picture(image: ArrayView2<u8>) -> Array2<u8> {
    shown(image, &Distortion::NONE, &palette_of_patterns())
}

/// A distorted pattern, shown with a palette.
pub fn shown(image: ArrayView2<u8>, distortion: &Distortion, palette: &Palette) -> Array2<u8> {
    let mut input = Array3::<f64>::zeros((1, 32, 32));
    place_distorted(image, distortion, &mut input);
    palette.show(Law::PIXELS, levels(&input).view())
}

/// The grey levels of MNIST, 0 to 255, of which a pattern was made.
fn levels(input: &Array3<f64>) -> Array2<f64> {
    let level = |x: f64| 255.0 * (x - BACKGROUND) / (FOREGROUND - BACKGROUND);
    input.index_axis(Axis(0), 0).mapv(level)
}

/// A picture of Fig. 7: a training pattern of MNIST and the map that distorts it.
#[derive(Clone, Debug, PartialEq)]
pub struct DistortedPattern {
    /// The index of the pattern.
    pub index: usize,
    /// The map.
    pub map: Affine,
}

/// The hundred pictures of Fig. 7, row by row.
pub fn fig_7() -> Vec<DistortedPattern> {
    let read = |row: Vec<f64>| DistortedPattern {
        index: row[2] as usize,
        map: Affine { a: row[4], b: row[5], tx: row[6], c: row[7], d: row[8], ty: row[9] },
    };
    rows(include_str!("../../paper/fig7.csv")).map(read).collect()
}

fn rows(csv: &'static str) -> impl Iterator<Item = Vec<f64>> {
    csv.lines()
        .skip(1)
        .map(|row| row.split(',').map(|cell| cell.parse().expect("it holds numbers")).collect())
}

/// The map from a pixel (x, y) of a picture to the place in the pattern that it shows. Both are counted from the middle, y
/// downwards: `a x + b y + tx` and `c x + d y + ty`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Affine {
    /// Columns per column.
    pub a: f64,
    /// Columns per row.
    pub b: f64,
    /// Columns.
    pub tx: f64,
    /// Rows per column.
    pub c: f64,
    /// Rows per row.
    pub d: f64,
    /// Rows.
    pub ty: f64,
}

impl Affine {
    /// The place in the pattern.
    pub fn place(&self, x: f64, y: f64) -> [f64; 2] {
        [self.a * x + self.b * y + self.tx, self.c * x + self.d * y + self.ty]
    }

    /// One over the scale.
    pub fn reciprocal_of_scale(&self) -> f64 {
        (self.a * self.d).sqrt()
    }

    /// Width over height of the picture, by the square root of what they are in the pattern.
    pub fn squeeze(&self) -> f64 {
        (self.d / self.a).sqrt()
    }

    /// Columns to the right for each row downwards.
    pub fn shear(&self) -> f64 {
        -self.b / self.a
    }
}
