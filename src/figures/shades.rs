//! Numbers as shades of grey: black is the largest.

use crate::experiment::Grey;
use crate::section1::Maps;
use crate::section3::database::{BACKGROUND, FOREGROUND};
use ndarray::{ArrayView2, Axis};

/// A pattern on the input plane: ink is black.
pub fn pattern(input: &Maps<f32>) -> Grey {
    let (paper, ink) = (BACKGROUND as f32, FOREGROUND as f32);
    let middle = (paper + ink) / 2.0;
    let centred = input.index_axis(Axis(0), 0).mapv(|x| x - middle);
    Grey::between(ink - middle, centred.view()).inverted()
}

/// Numbers from `-limit`, white, to `limit`, black.
pub fn signed(limit: f32, numbers: ArrayView2<f32>) -> Grey {
    Grey::between(limit, numbers).inverted()
}

/// The maps of a layer, each a picture, from `-limit` to `limit`.
pub fn maps(limit: f32, states: &Maps<f32>) -> Vec<Grey> {
    states.outer_iter().map(|map| signed(limit, map)).collect()
}
