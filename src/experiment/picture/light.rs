//! The light on the paper, which differs from place to place, and ink as the light that is missing.

use image::{ImageBuffer, Luma};
use imageproc::filter::gaussian_blur_f32;
use ndarray::{Array2, ArrayViewMut1, Axis, Slice, Zip};
use std::collections::VecDeque;

/// Paper is looked for in a square of this share of the picture's longer side, but not of more than [`OF_SHORTER`] of the other.
const SQUARE: f32 = 0.28;
const OF_SHORTER: f32 = 0.6;
/// The light on the paper counts as at least so much of the brightest; with light ink, whose ground is turned, as more.
const DARKEST: f32 = 0.25;
const DARKEST_TURNED: f32 = 0.7;
/// Levels differ near ink: by at least so much of the largest difference.
const NEAR_INK: f32 = 0.3;
/// Grain is smoothed over a share of the longer side, up to so many pixels.
const GRAIN: f32 = 1.0 / 400.0;
const MOST_GRAIN: f32 = 1.5;
const LEAST_GRAIN: f32 = 0.4;

/// A copy for the routines of `imageproc`.
pub fn raster(levels: &Array2<f32>) -> ImageBuffer<Luma<f32>, Vec<f32>> {
    let (rows, columns) = levels.dim();
    let pixels = levels.iter().copied().collect();
    ImageBuffer::from_raw(columns as u32, rows as u32, pixels).expect("a level for each pixel")
}

/// The value that a `share` of `values` does not exceed; 0 if there are none.
pub fn quantile(mut values: Vec<f32>, share: f32) -> f32 {
    if values.is_empty() {
        return 0.0;
    }
    let place = ((share * values.len() as f32) as usize).min(values.len() - 1);
    *values.select_nth_unstable_by(place, f32::total_cmp).1
}

/// Ink, from 0 to 1: the share of the paper's light that is missing. Light ink on a dark ground is turned first.
///
/// The light on the paper is a morphological closing: dark details narrower than a square are filled, and edges of shadows stay.
pub fn ink(levels: Array2<f32>) -> Array2<f32> {
    let radius = radius(&levels);
    let (levels, darkest) = match is_light_on_dark(&levels, radius) {
        true => (levels.mapv(|level| 1.0 - level), DARKEST_TURNED),
        false => (levels, DARKEST),
    };
    let smooth = smoothed(levels);
    let paper = closing(&smooth, radius);
    let least = (darkest * largest(&paper)).max(f32::MIN_POSITIVE);
    Zip::from(&smooth).and(&paper).map_collect(|&level, &light| ((light - level) / light.max(least)).max(0.0))
}

/// Half a side of the square in which paper is looked for.
fn radius(levels: &Array2<f32>) -> usize {
    let (rows, columns) = levels.dim();
    let side = (SQUARE * rows.max(columns) as f32).min(OF_SHORTER * rows.min(columns) as f32);
    ((side / 2.0) as usize).max(1)
}

pub fn largest(levels: &Array2<f32>) -> f32 {
    levels.iter().copied().fold(0.0, f32::max)
}

/// Whether the places near ink are dark for the most part: then they are the ground, and the ink is light.
fn is_light_on_dark(levels: &Array2<f32>, radius: usize) -> bool {
    let [light, dark] = [1.0, -1.0].map(|sign| extreme(levels.clone(), radius, sign));
    let range = &light - &dark;
    let least = NEAR_INK * largest(&range);
    let mut votes = 0_i64;
    Zip::from(levels).and(&light).and(&range).for_each(|&level, &light, &range| {
        if range > least {
            votes += if light - level < range / 2.0 { 1 } else { -1 };
        }
    });
    votes < 0
}

fn smoothed(levels: Array2<f32>) -> Array2<f32> {
    let sigma = (GRAIN * levels.nrows().max(levels.ncols()) as f32).min(MOST_GRAIN);
    if sigma < LEAST_GRAIN {
        return levels;
    }
    let smooth = gaussian_blur_f32(&raster(&levels), sigma);
    Array2::from_shape_vec(levels.dim(), smooth.into_raw()).expect("a level for each pixel")
}

/// Dark details that hold no square of this radius are filled. Squares may lie partly outside of the picture.
fn closing(levels: &Array2<f32>, radius: usize) -> Array2<f32> {
    const OUTSIDE: f32 = -1.0;
    let (rows, columns) = levels.dim();
    let inner = |axis: usize| Slice::from(radius..radius + [rows, columns][axis]);
    let mut wide = Array2::from_elem((rows + 2 * radius, columns + 2 * radius), OUTSIDE);
    wide.slice_axis_mut(Axis(0), inner(0)).slice_axis_mut(Axis(1), inner(1)).assign(levels);
    let mut dilated = extreme(wide, radius, 1.0);
    // A square without any pixel says nothing.
    dilated.mapv_inplace(|level| if level == OUTSIDE { f32::MAX } else { level });
    extreme(dilated, radius, -1.0).slice_axis_move(Axis(0), inner(0)).slice_axis_move(Axis(1), inner(1))
}

/// The largest level (`sign` 1) or the least (-1) in the square around each place.
fn extreme(mut levels: Array2<f32>, radius: usize, sign: f32) -> Array2<f32> {
    for axis in [0, 1] {
        levels.lanes_mut(Axis(axis)).into_iter().for_each(|line| extreme_along(line, radius, sign));
    }
    levels
}

/// Each value of a line becomes the largest within `radius`. The queue holds the places that may still be the largest, in order.
fn extreme_along(mut line: ArrayViewMut1<f32>, radius: usize, sign: f32) {
    let values: Vec<f32> = line.iter().map(|value| sign * value).collect();
    let (mut queue, mut next) = (VecDeque::new(), 0);
    for (at, value) in line.iter_mut().enumerate() {
        while next < values.len() && next <= at + radius {
            while queue.back().is_some_and(|&last: &usize| values[last] <= values[next]) {
                queue.pop_back();
            }
            queue.push_back(next);
            next += 1;
        }
        while queue.front().is_some_and(|&first| first + radius < at) {
            queue.pop_front();
        }
        *value = sign * values[queue[0]];
    }
}
