//! Strokes of another width: the largest or the smallest grey level around each pixel.

use ndarray::{Array2, ArrayView2};
use std::f64::consts::TAU;

/// Circles around a pixel that are looked up: the share of the radius, and the number of places.
const AROUND: [(f64, usize); 2] = [(1.0, 16), (0.5, 8)];

/// The image with strokes wider by so many pixels, or thinner if `pixels` is negative. Half of them are added at either side of a
/// stroke: each pixel gets the largest grey level (or the smallest) within a disc of this radius (grey-level dilation and
/// erosion). The disc is 25 places; levels between pixels are interpolated bilinearly, and beyond the image there is paper.
pub fn widened(image: ArrayView2<u8>, pixels: f64) -> Array2<u8> {
    if pixels == 0.0 {
        return image.to_owned();
    }
    let radius = pixels.abs() / 2.0;
    let (margin, better) = (radius.ceil() as usize + 1, if pixels > 0.0 { f32::max } else { f32::min });
    let (rows, columns) = image.dim();
    let (levels, width) = (with_margin(image, margin), columns + 2 * margin);
    let mut found: Vec<f32> = image.iter().map(|&level| level.into()).collect();
    for place in disc(radius) {
        let ([above, left], weights) = corner_and_weights(place.map(|offset| offset + margin as f64));
        for row in 0..rows {
            let [upper, lower] = [0, 1].map(|n| &levels[(row + above + n) * width + left..][..=columns]);
            let line = found[row * columns..][..columns].iter_mut();
            for ((found, a), b) in line.zip(upper.windows(2)).zip(lower.windows(2)) {
                let level = weights[0] * a[0] + weights[1] * a[1] + weights[2] * b[0] + weights[3] * b[1];
                *found = better(*found, level);
            }
        }
    }
    let levels = found.into_iter().map(|level| level.round() as u8).collect();
    Array2::from_shape_vec((rows, columns), levels).expect("a level for each pixel")
}

/// The grey levels of an image with so many lines of paper on every side.
fn with_margin(image: ArrayView2<u8>, margin: usize) -> Vec<f32> {
    let (rows, columns) = image.dim();
    let width = columns + 2 * margin;
    let mut levels = vec![0.0; (rows + 2 * margin) * width];
    for ((row, column), &level) in image.indexed_iter() {
        levels[(row + margin) * width + column + margin] = level.into();
    }
    levels
}

/// The places of a disc, rows and columns from its centre, without the centre itself.
fn disc(radius: f64) -> impl Iterator<Item = [f64; 2]> {
    AROUND.into_iter().flat_map(move |(share, places)| {
        (0..places).map(move |n| {
            let (sin, cos) = (TAU * n as f64 / places as f64).sin_cos();
            [share * radius * sin, share * radius * cos]
        })
    })
}

/// The pixel above and to the left of a place, and the weights of it and of its neighbours: to the right, below, and both.
fn corner_and_weights([row, column]: [f64; 2]) -> ([usize; 2], [f32; 4]) {
    let (down, right) = (row.fract() as f32, column.fract() as f32);
    let weights = [(1.0 - down) * (1.0 - right), (1.0 - down) * right, down * (1.0 - right), down * right];
    ([row as usize, column as usize], weights)
}
