//! Numbers as shades of grey: black is the largest.

use crate::experiment::{Grey, Model};
use crate::section1::Maps;
use crate::section3::database::{BACKGROUND, FOREGROUND};
use ndarray::{ArrayView2, Axis};

/// A pattern on the input plane: ink is black.
pub fn pattern(input: &Maps<f32>) -> Grey {
    let (paper, ink) = (BACKGROUND as f32, FOREGROUND as f32);
    let middle = (paper + ink) / 2.0;
    let centred = input.index_axis(Axis(0), 0).mapv(|x| x - middle);
    signed(ink - middle, centred.view())
}

/// Numbers from `-limit`, white, to `limit`, black.
pub fn signed(limit: f32, numbers: ArrayView2<f32>) -> Grey {
    Grey::between(limit, numbers).inverted()
}

/// The maps of a layer, each a picture, from `-limit` to `limit`.
pub fn maps(limit: f32, states: &Maps<f32>) -> Vec<Grey> {
    states.outer_iter().map(|map| signed(limit, map)).collect()
}

/// Units in 12 rows, from `-limit` to `limit`: C5 is 12 x 10, F6 and the codes are 12 x 7.
fn plane(limit: f32, units: &Maps<f32>) -> Vec<Grey> {
    let plane = units.to_shape((12, units.len() / 12)).expect("C5 has 120 units, F6 84");
    vec![signed(limit, plane.view())]
}

/// What a network makes of a pattern.
pub struct Walk {
    /// The maps of each layer from the input to S4, and C5 and F6 as one picture each.
    pub layers: [Vec<Grey>; 7],
    /// What each class costs.
    pub penalties: Vec<f32>,
}

impl Walk {
    /// Shows a pattern to a network.
    pub fn through(model: &Model, input: &Maps<f32>) -> Self {
        let (limit, states) = (model.squashing().amplitude as f32, model.fprop(input));
        let [c1, s2, c3, s4] =
            [&states.c1, &states.s2, &states.c3, &states.s4].map(|layer| maps(limit, layer));
        let [c5, f6] = [&states.c5, &states.f6].map(|layer| plane(limit, layer));
        Self { layers: [vec![pattern(input)], c1, s2, c3, s4, c5, f6], penalties: states.output }
    }

    /// F6 as a picture of 12 x 7.
    pub fn f6(&self) -> &Grey {
        &self.layers[6][0]
    }

    /// The least penalty.
    pub fn least(&self) -> f32 {
        self.penalties.iter().copied().fold(f32::INFINITY, f32::min)
    }
}
