//! Strokes of another width: the largest or the smallest grey level around each pixel.

use ndarray::{Array2, ArrayView2};
use std::f64::consts::TAU;

/// Places that are looked up on the circle around a pixel, and on one of half its radius.
const AROUND: [(f64, usize); 2] = [(1.0, 16), (0.5, 8)];

/// The image with strokes wider by so many pixels, or thinner if `pixels` is negative. Half of them are added at either side of a
/// stroke: each pixel gets the largest grey level (or the smallest) within a disc of this radius (grey-level dilation and
/// erosion). The disc is 25 places; levels between pixels are interpolated bilinearly, and beyond the image there is paper.
pub fn widened(image: ArrayView2<u8>, pixels: f64) -> Array2<u8> {
    let (radius, wider) = (pixels.abs() / 2.0, pixels > 0.0);
    let disc: Vec<[f64; 2]> = if radius > 0.0 { disc(radius) } else { Vec::new() };
    Array2::from_shape_fn(image.dim(), |(row, column)| {
        let own = f64::from(image[[row, column]]);
        let levels = disc.iter().map(|[down, right]| level(image, row as f64 + down, column as f64 + right));
        levels.fold(own, if wider { f64::max } else { f64::min }).round() as u8
    })
}

/// The places of a disc, rows and columns from its centre, without the centre itself.
fn disc(radius: f64) -> Vec<[f64; 2]> {
    let circle = |(share, places): (f64, usize)| {
        (0..places).map(move |n| {
            let (sin, cos) = (TAU * n as f64 / places as f64).sin_cos();
            [share * radius * sin, share * radius * cos]
        })
    };
    AROUND.into_iter().flat_map(circle).collect()
}

/// The grey level at a place of an image.
fn level(image: ArrayView2<u8>, row: f64, column: f64) -> f64 {
    let (above, left) = (row.floor(), column.floor());
    let (down, right) = (row - above, column - left);
    let at = |row: f64, column: f64| match row >= 0.0 && column >= 0.0 {
        true => image.get([row as usize, column as usize]).map_or(0.0, |&level| f64::from(level)),
        false => 0.0,
    };
    let along = |row: f64| (1.0 - right) * at(row, left) + right * at(row, left + 1.0);
    (1.0 - down) * along(above) + down * along(above + 1.0)
}
