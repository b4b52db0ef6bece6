//! Numbers as shades of grey: black is the largest.

use crate::experiment::{Grey, Model};
use crate::section1::{Maps, Penalties};
use crate::section3::database::{BACKGROUND, FOREGROUND};
use ndarray::{ArrayView2, Axis};

/// A pattern on the input plane: ink is black.
pub fn pattern(input: &Maps<f32>) -> Grey {
    let (paper, ink) = (BACKGROUND as f32, FOREGROUND as f32);
    let middle = (paper + ink) / 2.0;
    let centred = input.index_axis(Axis(0), 0).mapv(|x| x - middle);
    signed(ink - middle, centred.view())
}

/// Numbers from `-limit` (white) to `limit` (black).
pub fn signed(limit: f32, numbers: ArrayView2<f32>) -> Grey {
    Grey::between(limit, numbers).inverted()
}

/// The maps of a layer, each a picture, from `-limit` to `limit`.
pub fn maps(limit: f32, states: &Maps<f32>) -> Vec<Grey> {
    states.outer_iter().map(|map| signed(limit, map)).collect()
}

/// The maps of a layer. Single units become one picture, of 12 rows if their number permits: C5 is 12 x 10, F6 12 x 7.
fn layer(limit: f32, state: &Maps<f32>) -> Vec<Grey> {
    let units = state.len();
    if state.dim().0 < units {
        return maps(limit, state);
    }
    let rows = if units.is_multiple_of(12) { 12 } else { units };
    let plane = state.to_shape((rows, units / rows)).expect("as many rows as fill them");
    vec![signed(limit, plane.view())]
}

/// The states of a network for a pattern, as pictures.
pub struct Walk {
    /// The name of each layer, the input first, and its maps; single units are one picture.
    pub layers: Vec<(String, Vec<Grey>)>,
    /// The penalty of each class.
    pub penalties: Penalties<f32>,
}

impl Walk {
    /// The states of a network for this pattern.
    pub fn through(model: &Model, input: &Maps<f32>) -> Self {
        let (limit, states) = (model.squashing().amplitude as f32, model.fprop(input));
        let layers = states.layers().map(|(name, state)| (name.into(), layer(limit, state)));
        let layers = std::iter::once(("input".into(), vec![pattern(input)])).chain(layers).collect();
        Self { layers, penalties: states.output }
    }

    /// The last layer below the output: F6 as a picture of 12 x 7.
    pub fn f6(&self) -> &Grey {
        &self.layers[self.layers.len() - 1].1[0]
    }

    /// The smallest penalty.
    pub fn least(&self) -> f32 {
        self.penalties.iter().fold(f32::INFINITY, f32::min)
    }
}
