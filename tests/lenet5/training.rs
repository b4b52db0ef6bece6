//! The first ten updates, in f32 as a run makes them: pinned, and made once more in f64 by a network that is nothing but
//! the paper's equations, so that what is pinned is also right.

use crate::wires::{self, Wires};
use lenet5::appendix::b::Update;
use lenet5::appendix::c::StochasticDiagonalLevenbergMarquardt;
use lenet5::section1::{Gradient, Optimiser, Parameters};
use lenet5::section2::{Curvature, FullConnection, Head, LeNet5, Rbf, Softmax, Variant, digit_codes};
use lenet5::section3::database::Patterns;
use lenet5::section3::presentation::Chance;
use lenet5::section3::training::{Evaluation, Trainer};
use ndarray::Array3;
use sha2::{Digest, Sha256};
use std::ops::ControlFlow;

const ETA: f64 = 1e-4;
const MU: f64 = 0.02;
const SOFTMAX_ETA: f64 = 0.01;

/// Losses before each of the first ten updates.
const WITH_RBF: [f64; 10] =
    [89.6735, 88.5870, 85.5437, 80.9541, 81.6025, 82.6110, 79.6806, 84.2578, 80.8012, 75.3245];
const WITH_SOFTMAX: [f64; 10] =
    [2.33266, 2.43336, 2.34856, 2.31272, 2.36117, 2.36562, 2.38770, 2.26992, 2.41964, 2.36584];

/// Twenty stripes and arcs that mean nothing, labelled 0 to 9 twice.
fn patterns() -> Patterns {
    let ink = |(p, row, column): (usize, usize, usize)| {
        let wave = (p + 2) * row + (p + 5) * column + row * column / (p % 7 + 1);
        if wave % 13 < 4 { 55 + (wave % 5 * 50) as u8 } else { 0 }
    };
    let labels = (0..20).map(|p| p % 10).collect();
    Patterns::new(Array3::from_shape_fn((20, 28, 28), ink), labels).expect("a label for each image")
}

/// LeNet-5 with seed 1.
fn network<H: Head<f32>>(head: H) -> Trainer<f32, H> {
    Trainer::new(LeNet5::new(head, &Variant::default(), &mut Chance::Weights.stream(1)))
}

/// The losses of the first ten patterns, each followed by an update.
fn ten_losses<H: Head<f32>>(
    trainer: &mut Trainer<f32, H>,
    optimiser: &mut impl Optimiser<f32, LeNet5<f32, H>>,
) -> Vec<f64> {
    let (mut losses, mut before) = (Vec::new(), 0.0);
    let first_ten: Vec<usize> = (0..10).collect();
    let done = trainer.pass(&patterns(), &first_ten, Update::Stochastic, optimiser, |progress| {
        losses.push(progress.loss - before);
        before = progress.loss;
        ControlFlow::Continue(())
    });
    assert_eq!(done.map(|progress| progress.patterns), Some(10));
    losses
}

fn with_rbf() -> (Vec<f64>, LeNet5<f32, Rbf<f32>>) {
    let mut trainer = network(Rbf::paper());
    let all: Vec<usize> = (0..20).collect();
    let h = trainer.curvature(&patterns(), &all);
    let mut rule = StochasticDiagonalLevenbergMarquardt::new(h, ETA as f32, MU as f32);
    (ten_losses(&mut trainer, &mut rule), trainer.net)
}

fn softmax() -> Softmax<f32> {
    let output = FullConnection::new(84, 10, &mut Chance::Order.stream(1));
    Softmax { output, curvature: Curvature::Exact }
}

fn with_softmax() -> (Vec<f64>, LeNet5<f32, Softmax<f32>>) {
    let mut trainer = network(softmax());
    (ten_losses(&mut trainer, &mut Gradient { eta: SOFTMAX_ETA as f32 }), trainer.net)
}

/// Whether losses agree to so many parts; not-a-number does not.
fn close(found: &[f64], expected: &[f64], relative: f64) -> bool {
    found.len() == expected.len()
        && found.iter().zip(expected).all(|(found, expected)| (found - expected).abs() <= relative * expected)
}

// ---- Updates and evaluation ------------------------------------------------------------------------------------------

/// The network after the first ten patterns, with an update whenever `update` says.
fn after_ten(update: Update) -> LeNet5<f32, Rbf<f32>> {
    let mut trainer = network(Rbf::paper());
    let first_ten: Vec<usize> = (0..10).collect();
    let mut rule = Gradient { eta: 1e-4 };
    let done = trainer.pass(&patterns(), &first_ten, update, &mut rule, |_| ControlFlow::Continue(()));
    assert_eq!(done.map(|progress| progress.patterns), Some(10));
    trainer.net
}

#[test]
fn a_minibatch_moves_along_the_mean_of_its_gradients() {
    let (patterns, mut net) = (patterns(), network(Rbf::paper()).net);
    let (mut states, mut slopes) = (net.states(), net.states());
    for batch in [0..4, 4..8, 8..10] {
        let mut mean = net.zeros();
        for p in batch.clone() {
            patterns.pattern(p, &mut states.input);
            net.fprop(&mut states);
            net.bprop(&states, patterns.label(p), &mut slopes, &mut mean);
        }
        mean.scale(1.0 / batch.len() as f32);
        for (w, dw) in net.arrays_mut().flatten().zip(mean.arrays().flatten()) {
            *w -= 1e-4 * dw;
        }
    }
    assert_eq!(after_ten(Update::Minibatch(4)), net);
    assert_ne!(after_ten(Update::Minibatch(5)), net, "the control");
}

#[test]
fn minibatches_of_one_and_of_all() {
    assert_eq!(after_ten(Update::Minibatch(1)), after_ten(Update::Stochastic));
    assert_eq!(after_ten(Update::Minibatch(10)), after_ten(Update::Batch));
    assert_eq!(after_ten(Update::Minibatch(1000)), after_ten(Update::Batch));
    assert_ne!(after_ten(Update::Minibatch(9)), after_ten(Update::Batch), "the control");
}

#[test]
fn evaluation_is_the_same_on_any_number_of_threads() {
    let (net, patterns) = (network(Rbf::paper()).net, patterns());
    let alone = Evaluation::of(&net, &patterns, 1);
    assert_eq!((alone.patterns, alone.confusion.as_flattened().iter().sum::<usize>()), (20, 20));
    assert!(!alone.misclassified.is_empty(), "an untrained network is wrong somewhere");
    for threads in [0, 2, 3, 7, 20, 50] {
        assert_eq!(Evaluation::of(&net, &patterns, threads), alone, "{threads} threads");
    }
    let none = Evaluation::of(&net, &patterns.range(0..0), 2);
    assert_eq!((none.patterns, none.misclassified.len()), (0, 0));
}

// ---- The same by equations ------------------------------------------------------------------------------------------

/// Initial weights, exactly as the network has them.
fn weights<H: Head<f32>>(net: &LeNet5<f32, H>) -> Vec<f64> {
    net.arrays().flatten().map(|&w| f64::from(w)).collect()
}

/// Pattern `p` on the input plane, by II-B.
fn input(p: usize) -> Vec<f64> {
    let (patterns, mut input) = (patterns(), vec![-0.1; 32 * 32]);
    for ((row, column), &grey) in patterns.image(p).indexed_iter() {
        input[(row + 2) * 32 + column + 2] += 1.275 * f64::from(grey) / 255.0;
    }
    input
}

/// Presents the first ten patterns: `loss` tells the loss and its derivatives by the outputs, `rates` are those of eq. 21.
fn ten_losses_by_equations(
    wires: &Wires,
    mut w: Vec<f64>,
    rates: &[f64],
    loss: impl Fn(&[f64], usize) -> (f64, Vec<f64>),
) -> Vec<f64> {
    let mut losses = Vec::new();
    for p in 0..10 {
        let states = wires.fprop(&w, &input(p));
        let (value, dx) = loss(states.last().expect("outputs"), p % 10);
        let (gradient, _) = wires.bprop(&w, &states, &dx);
        w.iter_mut().zip(rates).zip(gradient).for_each(|((w, rate), dw)| *w -= rate * dw);
        losses.push(value);
    }
    losses
}

/// Eq. 7 and 8.
fn eq_8(x: &[f64], label: usize) -> (f64, Vec<f64>) {
    let codes = digit_codes::<f64>();
    let apart: Vec<f64> = x.iter().zip(codes.row(label)).map(|(x, w)| x - w).collect();
    (apart.iter().map(|d| d * d).sum(), apart.iter().map(|d| 2.0 * d).collect())
}

/// `-log p` of softmax.
fn cross_entropy(a: &[f64], label: usize) -> (f64, Vec<f64>) {
    let sum: f64 = a.iter().map(|a| a.exp()).sum();
    let wanted = |i| if i == label { 1.0 } else { 0.0 };
    let slopes = a.iter().enumerate().map(|(i, a)| a.exp() / sum - wanted(i));
    (sum.ln() - a[label], slopes.collect())
}

/// Eq. 21 to 25 and 27, over all twenty patterns.
fn rates(wires: &Wires, w: &[f64]) -> Vec<f64> {
    let mut h = vec![0.0; wires.parameters];
    for p in 0..20 {
        let one = wires.bbprop(w, &wires.fprop(w, &input(p)), &[2.0; 84], None);
        h.iter_mut().zip(one).for_each(|(h, one)| *h += one / 20.0);
    }
    h.into_iter().map(|h| ETA / (MU + h)).collect()
}

#[test]
fn ten_updates_with_rbf() {
    let (losses, _) = with_rbf();
    assert!(close(&losses, &WITH_RBF, 1e-5), "{losses:.6?}");
    let (wires, w) = (wires::lenet5(&Variant::default()), weights(&network(Rbf::paper()).net));
    let by_equations = |rates: &[f64]| ten_losses_by_equations(&wires, w.clone(), rates, eq_8);
    let rates = rates(&wires, &w);
    assert!(close(&losses, &by_equations(&rates), 1e-5));
    // The controls: one rate for all; rates off by a hundredth.
    assert!(!close(&losses, &by_equations(&vec![ETA / MU; 60_000]), 1e-5));
    assert!(!close(&losses, &by_equations(&rates.iter().map(|rate| rate * 1.01).collect::<Vec<_>>()), 1e-5));
}

#[test]
fn ten_updates_with_softmax() {
    let (losses, _) = with_softmax();
    assert!(close(&losses, &WITH_SOFTMAX, 1e-5), "{losses:.6?}");
    let mut wires = wires::lenet5(&Variant::default()).full_connection(84, 10);
    wires.layers.last_mut().expect("the output").squashed = false;
    let w = weights(&network(softmax()).net);
    let by_equations = |eta| ten_losses_by_equations(&wires, w.clone(), &vec![eta; 60_850], cross_entropy);
    assert!(close(&losses, &by_equations(SOFTMAX_ETA), 1e-5));
    assert!(!close(&losses, &by_equations(1.01 * SOFTMAX_ETA), 1e-5));
}

#[test]
fn the_same_seed_gives_the_same_bits() {
    let bits = |w: &[f64]| w.iter().map(|w| w.to_bits()).collect::<Vec<_>>();
    let [(first, net), (second, same)] = [with_rbf(), with_rbf()];
    assert_eq!(bits(&first), bits(&second));
    assert_eq!(bits(&weights(&net)), bits(&weights(&same)));
    let [(first, net), (second, same)] = [with_softmax(), with_softmax()];
    assert_eq!(bits(&first), bits(&second));
    assert_eq!(bits(&weights(&net)), bits(&weights(&same)));
}

/// SHA-256 of all weights after the ten updates with the RBF head. AVX-512, AVX2 and SSE2 give the same; no target that
/// follows IEEE 754 should give another.
const BITS: &str = "b87c415aaccacfc5f9a342d19019d71309f66b9615b2540e07adf98d72352ffd";

#[test]
fn bits_do_not_depend_on_the_instructions_of_the_machine() {
    let hash = |net: &LeNet5<f32, Rbf<f32>>| {
        let bytes: Vec<u8> = net.arrays().flatten().flat_map(|w| w.to_le_bytes()).collect();
        Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect::<String>()
    };
    let (_, mut net) = with_rbf();
    assert_eq!(hash(&net), BITS);
    net.f6.bias[0] = net.f6.bias[0].next_up();
    assert_ne!(hash(&net), BITS, "the control: one bit");
}

/// Bits of all parameters after a step on pattern 3: on the way back, or by the whole gradient.
fn after_a_step<H: Head<f32>>(mut net: LeNet5<f32, H>, on_the_way: bool) -> Vec<u32> {
    let (mut states, mut slopes, mut gradient, mut rates) =
        (net.states(), net.states(), net.zeros(), net.clone());
    rates.arrays_mut().flatten().for_each(|rate| *rate = 1e-3 + rate.abs() / 100.0);
    patterns().pattern(3, &mut states.input);
    net.fprop(&mut states);
    if on_the_way {
        gradient.fill(f32::NAN); // room to work in: whatever it holds
        net.descend(&states, 3, &mut slopes, &rates, &mut gradient);
    } else {
        net.bprop(&states, 3, &mut slopes, &mut gradient);
        net.update(&rates, &gradient);
    }
    net.arrays().flatten().map(|w| w.to_bits()).collect()
}

#[test]
fn a_step_on_the_way_back_is_the_same_step() {
    let softmax = || {
        let output = FullConnection::new(84, 10, &mut Chance::Head.stream(1));
        network(Softmax { output, curvature: Curvature::Exact }).net
    };
    let rbf = || network(Rbf { learn_codes: true, ..Rbf::paper() }).net;
    assert_eq!(after_a_step(rbf(), true), after_a_step(rbf(), false));
    assert_eq!(after_a_step(softmax(), true), after_a_step(softmax(), false));
    let untouched: Vec<u32> = rbf().arrays().flatten().map(|w| w.to_bits()).collect();
    assert_ne!(after_a_step(rbf(), true), untouched, "the control: a step changes something");
}
