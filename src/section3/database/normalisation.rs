#![doc = mathdoc::page!("normalisation.md", "../../../docs/figures/forms.svg")]

use super::field::{FIELD, MOST_COLUMNS};
use super::patterns::IMAGE;
use ndarray::{Array2, ArrayView1, ArrayView2, Axis, Slice};
use thiserror::Error;

/// Side of the box a character is scaled to fit: 20 x 20 pixels (III-A).
pub const BOX: usize = 20;
/// Strokes are measured and thinned on a grid eight times as fine as the box.
const FINE: usize = 8 * BOX;
/// A stroke wider than this, in pixels of the box, is thinned to it (deviation 22).
const WIDEST: f32 = 4.0;
/// Greater than any distance to paper.
const FAR: f32 = 1e6;
/// The darkest pixel of every MNIST image is 254 or 255.
pub(super) const FULL: f32 = 254.0;

/// The reason why an image has no normalised form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum NormalisationError {
    /// The image is blank.
    #[error("no ink in the image of {rows} x {columns} pixels: draw a digit, dark on light or light on dark")]
    NoInk {
        /// Height of the image, in pixels.
        rows: usize,
        /// Width of the image, in pixels.
        columns: usize,
    },
    /// A string is too long for its height.
    #[error(
        "the ink is {rows} rows high and {columns} columns wide: a field of {FIELD} rows would have more than {MOST_COLUMNS} columns; \
         show one line of characters, without rules or borders"
    )]
    TooWide {
        /// Height of the ink, in pixels.
        rows: usize,
        /// Width of the ink, in pixels.
        columns: usize,
    },
}

/// The 28 x 28 pattern of one character, from an `image` of any size in which 0 is paper and 255 is ink.
///
/// Every pixel of the box is the mean of the area that it covers in the crop, whether the image is reduced or enlarged.
/// Strokes wider than four pixels of the box are thinned first (deviation 22).
/// Every MNIST image has a pixel of full ink; if the box has none, its grey levels are stretched until it has one, because
/// a hairline on a large canvas would otherwise fade away (our choice).
///
/// # Errors
/// When there is no ink at all.
pub fn normalise(image: ArrayView2<u8>) -> Result<Array2<u8>, NormalisationError> {
    let (rows, columns) = image.dim();
    let ink = crop(image).ok_or(NormalisationError::NoInk { rows, columns })?;
    let thin = thinned(ink);
    Ok(formed(thin.as_ref().and_then(|thin| crop(thin.view())).unwrap_or(ink)))
}

/// [`normalise`] without thinning, for characters written with pens like NIST's; `None` if there is no ink.
pub(crate) fn regular(image: ArrayView2<u8>) -> Option<Array2<u8>> {
    crop(image).map(formed)
}

/// The three steps of the paper: ink scaled to its box, grey, and centred.
fn formed(ink: ArrayView2<u8>) -> Array2<u8> {
    let scaled = scaled(ink, BOX);
    let gain = (FULL / darkest(&scaled)).max(1.0);
    centred(&scaled.mapv(|grey| (grey * gain).round() as u8))
}

/// The smallest rectangle that holds all ink, or `None` if there is no ink.
pub(super) fn crop(image: ArrayView2<u8>) -> Option<ArrayView2<u8>> {
    let inked = |axis| {
        let mut lines = image.axis_iter(Axis(axis)).map(|line| line.iter().any(|&grey| grey > 0));
        let first = lines.position(|ink| ink)?;
        let last = lines.rposition(|ink| ink).map_or(first, |after| first + 1 + after);
        Some(Slice::from(first..=last))
    };
    let (rows, columns) = (inked(0)?, inked(1)?);
    Some(image.slice_axis_move(Axis(0), rows).slice_axis_move(Axis(1), columns))
}

/// The ink with its strokes thinned to [`WIDEST`] pixels of the box; `None` if they are not wider, or if the crop is not
/// larger than the box, as in the images of MNIST.
fn thinned(ink: ArrayView2<u8>) -> Option<Array2<u8>> {
    let (rows, columns) = ink.dim();
    let depths = (rows.max(columns) > BOX).then(|| depths(&scaled(ink, FINE)))?;
    // Removing x all around shrinks the crop, too: w of W pixels become w - 2x of W - 2x.
    let (box_side, fine) = (BOX as f32, FINE as f32);
    let excess = (box_side * stroke(&depths) - WIDEST * fine) / (2.0 * (box_side - WIDEST));
    (excess > 0.0).then(|| depths.mapv(|depth| (255.0 * (depth + 0.5 - excess).clamp(0.0, 1.0)) as u8))
}

/// The depth of each pixel in the ink: the distance from its centre to the nearest paper, in pixels; -0.5 on paper.
/// Pixels at least half as dark as the darkest one are ink. A margin of one pixel of paper is added all around.
fn depths(ink: &Array2<f32>) -> Array2<f32> {
    let (rows, columns) = (ink.nrows() + 2, ink.ncols() + 2);
    let half = darkest(ink) / 2.0;
    let mut upright = Array2::zeros((rows, columns));
    for ((y, x), &grey) in ink.indexed_iter() {
        upright[[y + 1, x + 1]] = if grey < half { 0.0 } else { FAR };
    }
    // First the distance to the nearest paper above, then to the nearest above or below.
    for (y, before) in (1..rows).map(|y| (y, y - 1)).chain((1..rows).rev().map(|y| (y - 1, y))) {
        for x in 0..columns {
            upright[[y, x]] = upright[[y, x]].min(upright[[before, x]] + 1.0);
        }
    }
    // The nearest paper is the nearest above or below in one of the columns.
    let mut depths = Array2::from_elem((rows, columns), -0.5);
    for ((y, x), depth) in depths.indexed_iter_mut().filter(|&(at, _)| upright[at] > 0.0) {
        let squares =
            upright.row(y).into_iter().enumerate().map(|(k, up)| up * up + (k.abs_diff(x) as f32).powi(2));
        *depth = squares.fold(FAR * FAR, f32::min).sqrt() - 0.5;
    }
    depths
}

/// The width of the strokes, in pixels: four times the mean depth, since across a stroke depths go from 0 to half its
/// width and back.
fn stroke(depths: &Array2<f32>) -> f32 {
    let inked = || depths.iter().filter(|&&depth| depth > 0.0);
    4.0 * inked().sum::<f32>() / inked().count().max(1) as f32
}

pub(super) fn darkest(image: &Array2<f32>) -> f32 {
    image.iter().fold(0.0, |a: f32, &b| a.max(b))
}

/// Scaled until the longer side has `side` pixels; the aspect ratio is kept, to the nearest whole pixel.
fn scaled(image: ArrayView2<u8>, side: usize) -> Array2<f32> {
    let (rows, columns) = image.dim();
    let longer = rows.max(columns);
    let fitted = |length: usize| ((2 * length * side + longer) / (2 * longer)).max(1);
    resized(image, (fitted(rows), fitted(columns)))
}

/// The image with so many rows and columns; each pixel is the mean of the area that it covers.
pub(super) fn resized(image: ArrayView2<u8>, (rows, columns): (usize, usize)) -> Array2<f32> {
    let fit = |image: ArrayView2<f32>, rows| area_means(image, rows, 0.0, image.dim().0 as f32 / rows as f32);
    fit(fit(image.mapv(f32::from).view(), rows).t(), columns).reversed_axes()
}

/// The image reduced to four fifths, from 28 x 28 to 22 x 22 pixels: each pixel is the mean of 1.25 x 1.25. The rest that
/// does not fill a pixel is left out in equal parts at both edges.
pub fn reduced(image: ArrayView2<u8>) -> Array2<u8> {
    const STEP: f32 = 1.25;
    let rows_reduced = |image: ArrayView2<f32>| {
        let rows = (image.dim().0 as f32 / STEP).floor();
        area_means(image, rows as usize, (image.dim().0 as f32 - rows * STEP) / 2.0, STEP)
    };
    rows_reduced(rows_reduced(image.mapv(f32::from).view()).t())
        .reversed_axes()
        .mapv(|grey| grey.round() as u8)
}

/// Side of the third form: 16 x 16 pixels (III-C).
pub const SIXTEEN: usize = 16;

/// The *deslanted* form (III-A): each row shifted so that the principal axis, found from the moments of inertia, is upright,
/// and cropped to the box of 20 x 20 pixels ([deviation 27](crate::paper::deviations#27-deslanted-and-16-x-16)).
///
/// With the centre of mass at the origin, the slope of the axis is the mean of `x y` over the mean of `y y`, weighted by ink;
/// the row at height `y` moves by `-slope y`, to fractions of a pixel.
pub fn deslanted(image: ArrayView2<u8>) -> Array2<u8> {
    let (rows, columns) = image.dim();
    let slope = slope(image);
    let middle = (rows as f32 - 1.0) / 2.0;
    let wide = columns + 2 * BOX;
    let level = |y: usize, x: isize| match usize::try_from(x) {
        Ok(x) if x < columns => f32::from(image[[y, x]]),
        _ => 0.0,
    };
    let sheared = Array2::from_shape_fn((rows, wide), |(y, x)| {
        let from = x as f32 - BOX as f32 + slope * (y as f32 - middle);
        let (whole, part) = (from.floor() as isize, from - from.floor());
        ((1.0 - part) * level(y, whole) + part * level(y, whole + 1)).round() as u8
    });
    boxed(sheared.view())
}

/// The *16 x 16* form (III-C): the digit's box of 20 x 20 pixels, reduced to four fifths
/// ([deviation 27](crate::paper::deviations#27-deslanted-and-16-x-16)).
pub fn sixteen(image: ArrayView2<u8>) -> Array2<u8> {
    let step = BOX as f32 / SIXTEEN as f32;
    let fit = |image: ArrayView2<f32>| area_means(image, SIXTEEN, 0.0, step);
    fit(fit(boxed(image).mapv(f32::from).view()).t()).reversed_axes().mapv(|grey| grey.round() as u8)
}

/// The slope of the principal axis from the upright: columns to the right for each row down; 0 without ink.
fn slope(image: ArrayView2<u8>) -> f32 {
    let (mut mass, mut sums) = (0.0, [0.0; 4]);
    for ((y, x), &grey) in image.indexed_iter().filter(|(_, grey)| **grey > 0) {
        let (y, x, grey) = (y as f64, x as f64, f64::from(grey));
        mass += grey;
        [y, x, x * y, y * y].iter().zip(&mut sums).for_each(|(moment, sum)| *sum += grey * moment);
    }
    let [y, x, xy, yy] = sums.map(|sum| sum / f64::max(mass, 1.0));
    if yy - y * y > 0.0 { ((xy - x * y) / (yy - y * y)) as f32 } else { 0.0 }
}

/// The box of 20 x 20 pixels around the ink, which is in its middle; what does not fit is left out on both sides.
fn boxed(image: ArrayView2<u8>) -> Array2<u8> {
    let mut boxed = Array2::zeros((BOX, BOX));
    let Some(ink) = crop(image) else { return boxed };
    // The same number of rows, or columns, beyond the box on both sides, or within it.
    let place = |length: usize| {
        let both = length.min(BOX);
        (Slice::from((length - both) / 2..(length - both) / 2 + both), (BOX - both) / 2)
    };
    let ((rows, top), (columns, left)) = (place(ink.nrows()), place(ink.ncols()));
    let ink = ink.slice_axis_move(Axis(0), rows).slice_axis_move(Axis(1), columns);
    ink.indexed_iter().for_each(|((y, x), &grey)| boxed[[top + y, left + x]] = grey);
    boxed
}

/// So many `rows`, each the mean of `step` rows of `image`; the first of them begins at `begin`.
fn area_means(image: ArrayView2<f32>, rows: usize, begin: f32, step: f32) -> Array2<f32> {
    let (height, width) = image.dim();
    let mut means = Array2::zeros((rows, width));
    for (row, mut mean) in means.outer_iter_mut().enumerate() {
        let (top, bottom) = (begin + row as f32 * step, begin + (row + 1) as f32 * step);
        for y in top as usize..(bottom.ceil() as usize).min(height) {
            let covered = bottom.min((y + 1) as f32) - top.max(y as f32);
            mean.scaled_add(covered.max(0.0) / step, &image.row(y));
        }
    }
    means
}

/// Places the box in an empty field so that the centre of mass falls into the pixel at the centre and no ink is lost.
fn centred(ink: &Array2<u8>) -> Array2<u8> {
    let mass: usize = ink.iter().map(|&grey| usize::from(grey)).sum();
    let margin = |axis: usize| {
        let lines = ink.axis_iter(Axis(axis)).enumerate();
        let moment = |(i, line): (usize, ArrayView1<u8>)| {
            (2 * i + 1) * line.iter().map(|&grey| usize::from(grey)).sum::<usize>()
        };
        let pixel = lines.map(moment).sum::<usize>() / (2 * mass);
        (IMAGE / 2).saturating_sub(pixel).min(IMAGE - ink.len_of(Axis(axis)))
    };
    let (top, left) = (margin(0), margin(1));
    let mut field = Array2::zeros((IMAGE, IMAGE));
    ink.indexed_iter().for_each(|((y, x), &grey)| field[[top + y, left + x]] = grey);
    field
}
