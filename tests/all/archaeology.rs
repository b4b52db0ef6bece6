//! The network of 1998: what the figures show is what our layers compute, and other readings are not.

mod coding;
mod fig_7;
mod front;

use crate::common::real_mnist;
use lenet5::appendix::a::InitialWeights;
use lenet5::archaeology::control::control;
use lenet5::archaeology::display::{Interval, Law, Palette};
use lenet5::archaeology::fig8::{Versus, fig_8};
use lenet5::archaeology::fig25::Field;
use lenet5::archaeology::fit::{Before, Seen};
use lenet5::archaeology::likelihood::LogLikelihood;
use lenet5::archaeology::rasters::{FIG_13_ANSWERS, Panel, fig_13, fig_25};
use lenet5::archaeology::recover::{LAYERS, Recovered, Shown, front_1998, front_of, recover, states};
use lenet5::archaeology::verdicts::{free_table, identical, nearest_digit, table_1_stands_out};
use lenet5::experiment::Model;
use lenet5::figures::{Figure, Page};
use lenet5::section1::{Maps, Network, Parameters};
use lenet5::section2::{Convolution, Squashing, Subsampling, TABLE_I, Table};
use lenet5::section3::database::{Patterns, mnist};
use lenet5::section3::evaluation::{Misclassified, evaluate};
use ndarray::{Axis, arr1};
use proptest::prelude::*;
use std::path::Path;

// ---- The law of display ---------------------------------------------------------------------------------------------

#[test]
fn levels_are_truncated_and_clipped() {
    let law = Law::STATES;
    // 64 levels from 1.7 to -1.7, 0.053125 each.
    for (value, level) in
        [(1.7, 0), (5.0, 0), (1.65, 0), (1.64, 1), (0.001, 31), (-0.001, 32), (-1.7, 63), (-9.0, 63)]
    {
        assert_eq!(law.level(value), level, "{value}");
    }
    assert!((law.value(law.position(0.3)) - 0.3).abs() < 1e-12);
    // Paper and ink of Fig. 13.
    assert!((Law::INPUTS.position(-0.1) - 55.467).abs() < 1e-3);
    assert!((Law::INPUTS.position(1.175) - 1.067).abs() < 1e-3);
}

#[test]
fn a_grey_stands_for_the_levels_that_have_it() {
    // A screen with five greys only.
    let palette = Palette::of([0, 60, 130, 190, 255].into_iter());
    let interval = palette.interval(130);
    let levels: Vec<usize> = (0..64).filter(|&level| palette.0[level] == 130).collect();
    assert_eq!((interval.from, interval.to), (levels[0] as f64, levels[levels.len() - 1] as f64 + 1.0));
    assert_eq!(palette.interval(0).from, f64::NEG_INFINITY);
    assert_eq!(palette.interval(255).to, f64::INFINITY);
    let values = arr1(&[1.9, 0.0, -1.9]);
    assert_eq!(palette.show(Law::STATES, values.view()), arr1(&[0, 130, 255]));
}

proptest! {
    /// The derivatives by finite differences, near the interval and so far away that its probability is no number.
    #[test]
    fn the_likelihood_has_its_derivatives(
        from in prop_oneof![Just(f64::NEG_INFINITY), 0.0..60.0_f64],
        length in prop_oneof![Just(f64::INFINITY), 0.5..4.0_f64],
        position in -10.0..70.0_f64,
        width in prop_oneof![0.1..1.0_f64, 1.0..16.0_f64],
    ) {
        prop_assume!(from.is_finite() || length.is_finite());
        let to = if from.is_finite() { from + length } else { length * 10.0 };
        let at = |position| LogLikelihood::of(Interval { from, to }, position, width);
        let (h, l) = (1e-4 * width, at(position));
        let slope = (at(position + h).value - at(position - h).value) / (2.0 * h);
        let bend = (at(position + h).slope - at(position - h).slope) / (2.0 * h);
        prop_assert!(l.value <= 0.0 && l.bend <= 0.0);
        // Where the tail begins, a series stands for the probability.
        prop_assert!((l.slope - slope).abs() < 1e-3 * (1.0 / width + slope.abs()), "{} for {slope}", l.slope);
        prop_assert!((l.bend - bend).abs() < 0.05 / (width * width), "{} for {bend}", l.bend);
    }
}

// ---- Fig. 13 through our layers -------------------------------------------------------------------------------------

fn inputs(panels: &[Panel]) -> Vec<Maps<f64>> {
    Shown::read(panels).inputs.into_iter().map(|input| input.pixels).collect()
}

/// The least shares of identical greys, C1 to S4.
const SHARES: [f64; 4] = [0.89, 0.89, 0.89, 0.97];

#[test]
fn our_layers_give_the_greys_of_fig_13() {
    let panels = fig_13();
    assert_eq!(panels.len(), 9);
    assert_eq!(panels.iter().flat_map(|panel| &panel.maps).map(|maps| maps.len()).sum::<usize>(), 70_920);
    let shares = identical(&front_1998(), &inputs(&panels), &panels);
    assert!(shares.iter().zip(SHARES).all(|(share, least)| *share >= least), "{shares:?}");
}

/// The front with other layers: `squashed` says after which there is a squashing function.
fn front(squashed: [bool; 4], change: impl Fn(&mut Convolution<f64>), share: f64) -> Network<f64> {
    let front = front_1998();
    let mut net = Network::new((1, 32, 32));
    for (name, squashed) in LAYERS.into_iter().zip(squashed) {
        net = match front.layer::<Convolution<f64>>(name) {
            Some(layer) => {
                let mut layer = layer.clone();
                change(&mut layer);
                net.then(name, layer).unwrap()
            }
            None => {
                let mut layer = front.layer::<Subsampling<f64>>(name).unwrap().clone();
                layer.coefficient *= share;
                net.then(name, layer).unwrap()
            }
        };
        if squashed {
            net = net.then(name, Squashing::PAPER).unwrap();
        }
    }
    net
}

#[test]
fn other_readings_of_the_paper_give_other_greys() {
    let panels = fig_13();
    let inputs = inputs(&panels);
    let fails = |net: &Network<f64>| {
        let shares = identical(net, &inputs, &panels);
        shares.iter().zip(SHARES).any(|(share, least)| *share < least - 0.1)
    };
    let all = [true; 4];
    assert!(!fails(&front(all, |_| (), 1.0)), "the control");
    for (n, name) in LAYERS.into_iter().enumerate() {
        let mut squashed = all;
        squashed[n] = false;
        assert!(fails(&front(squashed, |_| (), 1.0)), "no squashing after {name}");
    }
    assert!(fails(&front(all, |_| (), 0.25)), "the average in place of the sum");
    let flip = |layer: &mut Convolution<f64>| {
        layer.weight.invert_axis(Axis(1));
        layer.weight.invert_axis(Axis(2));
        layer.weight = layer.weight.as_standard_layout().into_owned();
    };
    assert!(fails(&front(all, flip, 1.0)), "kernels turned by half");
    let shifted: Vec<Vec<usize>> = TABLE_I
        .iter()
        .map(|row| {
            let mut row: Vec<usize> = row.iter().map(|map| (map + 1) % 6).collect();
            row.sort_unstable();
            row
        })
        .collect();
    let rows: Vec<&[usize]> = shifted.iter().map(Vec::as_slice).collect();
    let shift = |layer: &mut Convolution<f64>| {
        if layer.table().outputs() == 16 {
            let mut other =
                Convolution::new(Table::new(6, &rows), 5, InitialWeights::RootFanIn, &mut lenet5::random(1));
            (other.weight, other.bias) = (layer.weight.clone(), layer.bias.clone());
            *layer = other;
        }
    };
    assert!(fails(&front(all, shift, 1.0)), "Table I, one map further");
}

#[test]
fn f6_of_every_panel_is_nearest_to_the_printed_answer() {
    for (n, (panel, answer)) in fig_13().iter().zip(FIG_13_ANSWERS).enumerate() {
        assert_eq!(nearest_digit(&panel.palette, &panel.f6), usize::from(answer), "panel {n}");
    }
}

#[test]
fn fig_25_was_drawn_by_the_same_network_and_hides_a_stroke() {
    let (front, field) = (front_1998(), Field::read(&fig_25()));
    let before = field.inside(&front, &field.input.pixels);
    let (hidden, input) = field.hidden(&front, &[0.3; 6]);
    let after = field.inside(&front, &input.pixels);
    assert!(before[0] < 0.84 && after[0] > 0.87 && after[1] > 0.87, "{before:?} {after:?}");
    // The stroke of the 5 runs out of the picture in row 4.
    let most = |row: usize| hidden.row(row).fold(-1.0_f64, |most, &v| most.max(v));
    assert!(most(4) > 1.0 && most(3) > 0.5, "{hidden:.2}");
    assert!((8..30).all(|row| most(row) < 0.0), "{hidden:.2}");
    // The control: kernels of other maps predict nothing of the kind.
    let mut other = front.clone();
    other.layer_mut::<Convolution<f64>>("C1").unwrap().weight.invert_axis(Axis(0));
    let c1 = other.layer_mut::<Convolution<f64>>("C1").unwrap();
    c1.weight = c1.weight.as_standard_layout().into_owned();
    assert!(field.inside(&other, &field.input.pixels)[0] < 0.5);
}

// ---- Recovery -------------------------------------------------------------------------------------------------------

/// S2 from the greys of two panels, through C1 as recovered.
#[test]
fn a_subsampling_layer_is_found_again() {
    let panels = &fig_13()[3..5];
    let (front, shown) = (front_1998(), Shown::read(panels));
    let below: Vec<Maps<f64>> =
        shown.inputs.iter().map(|input| states(&front, &input.pixels)["C1"].clone()).collect();
    let before = Before { deviation: 100.0, least_width: 0.1 };
    let mut seen = Seen::linear(Subsampling::new(6, 0.2), 2, &below, &shown.maps[1], before).squashed();
    let fit = seen.fit();
    let truth = front.layer::<Subsampling<f64>>("S2").unwrap();
    let found = seen.layer.layer::<Subsampling<f64>>("").unwrap();
    for (map, (found, truth)) in found.coefficient.iter().zip(&truth.coefficient).enumerate() {
        assert!((found - truth).abs() < 0.02, "map {map}: {found} for {truth}");
    }
    assert!(fit.errors.iter().all(|error| error.is_finite() && *error > 0.0), "{:?}", fit.errors);
}

fn own() -> Network<f64> {
    front_of(&Model::find(Path::new("rbf")).unwrap().net).unwrap()
}

fn shown_again(panels: &[Panel]) -> (Vec<Maps<f64>>, Vec<Palette>) {
    (inputs(panels), panels.iter().map(|panel| panel.palette.clone()).collect())
}

/// Our own network, shown by the law of 1998 on two inputs, and recovered.
#[test]
fn a_network_whose_weights_are_known_is_found_again() {
    let (inputs, palettes) = shown_again(&fig_13()[3..5]);
    for array in control(&own(), &inputs, &palettes).iter().take(4) {
        assert!(array.error < 0.03 * array.size, "{array:?}");
    }
}

#[test]
#[ignore = "takes a minute: cargo test archaeology::all_of_it -- --ignored"]
fn all_of_it() {
    let panels = fig_13();
    let shown = Shown::read(&panels);
    let found: Recovered = recover(&shown);
    for (now, there) in found.front.tensors().iter().zip(front_1998().tensors()) {
        let apart = now.values.iter().zip(&there.values).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
        assert!(apart < 1e-3, "{}: models/front-1998.safetensors differs by {apart}", there.name);
    }
    // Table I, connection by connection.
    let norms = free_table(&found, &shown);
    let (least, most) = table_1_stands_out(&norms);
    assert!(least > 1.3 && most < 1.0, "{norms:.2}");
    // The control, at the sharpened inputs.
    let inputs: Vec<Maps<f64>> = found.inputs.iter().map(|input| input.pixels.clone()).collect();
    let (_, palettes) = shown_again(&panels);
    let control = control(&own(), &inputs, &palettes);
    for (name, most) in [("c1.weight", 0.005), ("s2.coefficient", 0.001), ("c3.weight", 0.02)] {
        let array = control.iter().find(|array| array.name == name).unwrap();
        assert!(array.error < most, "{array:?}");
    }
}

// ---- Error by error -------------------------------------------------------------------------------------------------

#[test]
fn errors_are_compared_pattern_by_pattern() {
    let printed = fig_8();
    assert_eq!(printed.len(), 82);
    assert!(
        printed.is_sorted_by(|a, b| a.index < b.index)
            && printed.iter().all(|error| error.label != error.answer)
    );
    let same = Versus::of("itself", &printed, &printed);
    assert_eq!((same.shared, same.same_answer, same.kappa, same.p), (82, 82, 1.0, 1.0));
    // 15 errors of its own, 5 of the other alone, 20 shared, half of these with another answer.
    let error = |index: usize, answer: usize| Misclassified { index, label: 9, answer };
    let own: Vec<Misclassified> = (0..35).map(|n| error(n, 0)).collect();
    let other: Vec<Misclassified> = (15..40).map(|n| error(n, n % 2)).collect();
    let versus = Versus::of("one", &own, &other);
    assert_eq!((versus.errors, versus.shared, versus.same_answer), (35, 20, 10));
    assert_eq!(versus.indices, (15..35).collect::<Vec<_>>());
    // By hand: agreed 0.998, expected (35 * 25 + 9965 * 9975) / 1e8; two-sided binomial of 5 or fewer among 20.
    assert!((versus.kappa - 0.6657).abs() < 1e-3 && (versus.by_chance - 0.0875).abs() < 1e-12, "{versus:?}");
    assert!((versus.p - 0.041_389).abs() < 1e-5, "{versus:?}");
}

// ---- The patterns of Fig. 4, 7 and 8 --------------------------------------------------------------------------------

/// The figure that `experiment versus-1998 --figure docs/figures/errors-of-1998.svg` draws.
fn errors_of_1998(test: &Patterns) -> Page {
    let wrong = |name: &str| {
        let model = Model::find(Path::new(name)).unwrap();
        (name.to_string(), evaluate(&model.net, test, 2).misclassified)
    };
    lenet5::figures::errors_of_1998::draw(test, &["rbf", "softmax"].map(wrong)).unwrap()
}

/// The rows of a CSV file of the paper: numbers, without the heading.
fn rows(text: &str) -> Vec<Vec<f64>> {
    text.lines().skip(1).map(|row| row.split(',').map(|cell| cell.parse().unwrap()).collect()).collect()
}

#[test]
#[ignore = "needs MNIST: MNIST_DIR=DIR cargo test mnist -- --ignored"]
fn mnist_has_the_patterns_of_the_figures() {
    let mnist = mnist::load(&real_mnist::folder()).unwrap();
    let fig_4 = rows(include_str!("../../paper/fig4.csv"));
    let fig_7 = rows(include_str!("../../paper/fig7.csv"));
    assert_eq!((fig_4.len(), fig_7.len()), (100, 100));
    for row in &fig_4 {
        assert_eq!(mnist.train.label(row[0] as usize), row[1] as usize, "Fig. 4, pattern {}", row[0]);
    }
    for row in &fig_7 {
        assert_eq!(mnist.train.label(row[2] as usize), row[3] as usize, "Fig. 7, pattern {}", row[2]);
    }
    let figure = Figure { name: "errors-of-1998".into(), page: errors_of_1998(&mnist.test) };
    let committed = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/figures/errors-of-1998.svg");
    assert!(std::fs::read_to_string(committed).unwrap() == figure.svg(), "draw it again: see docs/figures");
    for error in fig_8() {
        assert_eq!(mnist.test.label(error.index), error.label, "Fig. 8, pattern {}", error.index);
    }
}
