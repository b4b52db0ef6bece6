//! The questions that the figures decide: a reading of the paper against another, by the likelihood of the greys.

use super::display::{Law, Palette};
use super::fit::{Fit, Seen};
use super::rasters::{FIG_13_ANSWERS, Panel, fig_25, fig_26};
use super::recover::{BEFORE, LAYERS, Recovered, Shown, states};
use crate::appendix::a::InitialWeights;
use crate::section1::{Maps, Network, Parameters};
use crate::section2::{Convolution, Subsampling, TABLE_I, Table, digit_codes};
use ndarray::{Array2, Axis};

/// The share of the shown greys, of C1, S2, C3 and S4, that a front gives for these inputs.
pub fn identical(front: &Network<f64>, inputs: &[Maps<f64>], panels: &[Panel]) -> [f64; 4] {
    let mut counts = [(0, 0); 4];
    for (panel, input) in panels.iter().zip(inputs) {
        let states = states(front, input);
        for (n, (same, all)) in counts.iter_mut().enumerate() {
            let greys = panel.palette.show(Law::STATES, states[LAYERS[n]].view());
            *same += greys.iter().zip(&panel.maps[n]).filter(|(a, b)| a == b).count();
            *all += greys.len();
        }
    }
    counts.map(|(same, all)| same as f64 / all as f64)
}

/// Minus the log-likelihood of each layer with its squashing function, and without: fitted anew, in nats.
pub fn squashing(found: &Recovered, shown: &Shown) -> [(f64, f64); 4] {
    std::array::from_fn(|layer| {
        let (below, maps) = (found.below(layer), &shown.maps[layer]);
        let name = LAYERS[layer];
        let before = BEFORE[layer];
        let linear = match found.front.layer::<Convolution<f64>>(name) {
            Some(convolution) => Seen::linear(convolution.clone(), 5, &below, maps, before).fit(),
            None => {
                let layer =
                    found.front.layer::<Subsampling<f64>>(name).expect("S layers are subsampling layers");
                Seen::linear(layer.clone(), 2, &below, maps, before).fit()
            }
        };
        (found.fits[layer].total(), linear.total())
    })
}

/// The fit of S2 with four free weights for each map in place of one coefficient.
pub fn four_weights(found: &Recovered, shown: &Shown) -> Fit {
    let each: [&[usize]; 6] = [&[0], &[1], &[2], &[3], &[4], &[5]];
    let layer = Convolution::new(Table::new(6, &each), 2, InitialWeights::RootFanIn, &mut crate::random(1));
    Seen::linear(layer, 2, &found.below(1), &shown.maps[1], BEFORE[1]).squashed().fit()
}

/// C3 with all 96 kernels free: their norms, maps of C3 x maps of S2.
pub fn free_table(found: &Recovered, shown: &Shown) -> Array2<f64> {
    let mut layer = Convolution::new(Table::full(6, 16), 5, InitialWeights::RootFanIn, &mut crate::random(1));
    layer.fill(0.0);
    let mut seen = Seen::linear(layer, 5, &found.below(2), &shown.maps[2], BEFORE[2]).squashed();
    seen.fit();
    let kernels = &seen.layer.layer::<Convolution<f64>>("").expect("it is a convolution").weight;
    let norms = kernels.axis_iter(Axis(0)).map(|kernel| kernel.mapv(|w| w * w).sum().sqrt());
    Array2::from_shape_vec((16, 6), norms.collect()).expect("96 kernels, output by output")
}

/// The smallest norm of the 60 kernels of Table I and the largest of the 36 others.
pub fn table_1_stands_out(norms: &Array2<f64>) -> (f64, f64) {
    let (mut least, mut most) = (f64::INFINITY, 0.0);
    for ((output, input), &norm) in norms.indexed_iter() {
        if TABLE_I[output].contains(&input) {
            least = norm.min(least);
        } else {
            most = norm.max(most);
        }
    }
    (least, most)
}

/// How many of the answers that Fig. 13, 25 and 26 print are the digit whose code is nearest to F6, and how many there are.
pub fn printed_answers(panels: &[Panel]) -> (usize, usize) {
    let panels = panels.iter().zip(FIG_13_ANSWERS);
    let panels =
        panels.map(|(panel, answer)| nearest_digit(&panel.palette, &panel.f6) == usize::from(answer));
    let strings = fig_26().into_iter().chain([fig_25().string]);
    let strings = strings.flat_map(|string| {
        let palette = string.palette();
        let right = string.labelled().map(|(label, f6)| nearest_digit(&palette, f6) == label);
        right.collect::<Vec<bool>>()
    });
    let all: Vec<bool> = panels.chain(strings).collect();
    (all.iter().filter(|right| **right).count(), all.len())
}

/// The digit whose code is nearest to what the greys of F6 show, if they run from -1 to 1.
pub fn nearest_digit(palette: &Palette, f6: &[u8]) -> usize {
    let distances = code_distances(&f6_states(palette, f6));
    (0..10).min_by(|&a, &b| distances[a].total_cmp(&distances[b])).expect("ten digits")
}

/// The states that the greys of F6 show, if they run from -1 to 1; states beyond are shown as -1 and 1.
pub fn f6_states(palette: &Palette, f6: &[u8]) -> Vec<f64> {
    let law = Law { black: 1.0, white: -1.0 };
    f6.iter().map(|&grey| law.value(palette.interval(grey).middle())).collect()
}

/// The squared distances of states of F6 to the codes of the ten digits: the penalties of eq. 7.
pub fn code_distances(states: &[f64]) -> [f64; 10] {
    let codes = digit_codes::<f64>();
    std::array::from_fn(|digit| states.iter().zip(codes.row(digit)).map(|(x, w)| (x - w).powi(2)).sum())
}
