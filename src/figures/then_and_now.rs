//! A panel of Fig. 13 as printed, and as the recovered layers compute it ([`archaeology`](crate::archaeology)).

use super::kit::*;
use super::tiles::{self, Row};
use crate::archaeology::display::{Interval, Law};
use crate::archaeology::rasters::{FIG_13_ANSWERS, fig_13};
use crate::archaeology::recover::{LAYERS, Shown, front_1998, states};
use crate::section1::Maps;
use ndarray::{Array3, Zip};

/// The panel that is drawn, from 0 in reading order.
const PANEL: usize = 4;
/// Units of the page for a state of each layer.
const SCALES: [i32; 4] = [7, 9, 8, 14];
/// The difference that is black or white, in states: eight levels.
const LARGE: f32 = 0.425;

/// Draws the figure; it needs no study.
///
/// # Errors
/// When the page is too small.
pub fn draw() -> Drawn<Page> {
    let panels = fig_13();
    let shown = Shown::read(&panels[PANEL..=PANEL]);
    let input = &shown.inputs[0].pixels;
    let computed = states(&front_1998(), input);
    let answer = FIG_13_ANSWERS[PANEL];
    let mut rows =
        vec![Row::new("input", 6).pattern(&input.mapv(|v| v as f32), format!("printed answer {answer}"))];
    for ((layer, scale), shown) in LAYERS.into_iter().zip(SCALES).zip(&shown.maps) {
        let state = &computed[layer];
        let maps = |limit, maps: &Maps<f32>, name: &str| Row::new(name, scale).maps(limit, maps);
        rows.push(maps(Law::STATES.black as f32, &shown[0].map(middle), &format!("{layer}, 1998")));
        rows.push(maps(Law::STATES.black as f32, &state.mapv(|y| y as f32), "recovered"));
        rows.push(maps(LARGE, &outside(&shown[0], state), "difference"));
    }
    let frame = Frame::new(
        "Fig. 13, then and now",
        "One panel of Fig. 13: the states of the network of 1998 as its greys show them, what the recovered layers \
         compute from the same input, and how far a recovered state lies outside the interval of its grey (grey: inside; \
         black and white: eight levels of 64).",
        "paper/rasters.safetensors, panel 5 in reading order; models/front-1998.safetensors.",
    );
    tiles::draw(&frame, &rows)
}

/// The state in the middle of an interval, within the range of the display.
fn middle(shown: &Interval) -> f32 {
    Law::STATES.value(shown.middle()) as f32
}

/// How far each state lies outside of its interval.
fn outside(shown: &Array3<Interval>, states: &Maps<f64>) -> Maps<f32> {
    Zip::from(shown).and(states).map_collect(|shown, &state| {
        let position = Law::STATES.position(state);
        (state - Law::STATES.value(position.clamp(shown.from, shown.to))) as f32
    })
}
