//! The first ten updates, in f32 as in a run. Their losses are compared with recorded values, and with a second implementation
//! in f64 that follows the paper's equations literally.

use super::wires::{self, Wires};
use lenet5::appendix::b::Update;
use lenet5::appendix::c::StochasticDiagonalLevenbergMarquardt;
use lenet5::section1::{Gradient, Layer, Loss, Maps, Module, Network, Optimiser, Parameters, Penalties};
use lenet5::section2::{Criterion, Curvature, FullConnection, LeNet5, Rbf, Softmax, Variant, digit_codes};
use lenet5::section3::database::Patterns;
use lenet5::section3::evaluation::evaluate;
use lenet5::section3::presentation::Chance;
use lenet5::section3::training::Trainer;
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

/// Twenty arbitrary patterns of stripes and arcs, labelled 0 to 9 twice.
fn patterns() -> Patterns {
    let ink = |(p, row, column): (usize, usize, usize)| {
        let wave = (p + 2) * row + (p + 5) * column + row * column / (p % 7 + 1);
        if wave % 13 < 4 { 55 + (wave % 5 * 50) as u8 } else { 0 }
    };
    let labels = (0..20).map(|p| p % 10).collect();
    Patterns::new(Array3::from_shape_fn((20, 28, 28), ink), labels).expect("a label for each image")
}

/// LeNet-5 with seed 1, in training under eq. 8.
fn trainer(
    output: impl Module<f32, Input = Maps<f32>, Output = Penalties<f32>> + Layer<f32>,
) -> Trainer<f32, Criterion> {
    let net = LeNet5::network(output, &Variant::default(), &mut Chance::Weights.stream(1));
    Trainer::new(net.expect("84 units"), Criterion::TrueClass)
}

/// Presents the first ten patterns and returns the sums of the losses between two updates.
fn first_ten(
    trainer: &mut Trainer<f32, Criterion>,
    update: Update,
    optimiser: &mut dyn Optimiser<f32, Network<f32>>,
) -> Vec<f64> {
    let (mut losses, mut before) = (Vec::new(), 0.0);
    let (ten, random): (Vec<usize>, _) = ((0..10).collect(), &mut Chance::Dropout(1).stream(1));
    let done = trainer.pass(&patterns(), &ten, update, optimiser, random, |progress| {
        losses.push(progress.loss - before);
        before = progress.loss;
        ControlFlow::Continue(())
    });
    assert_eq!(done.map(|progress| progress.patterns), Some(10));
    losses
}

fn with_rbf() -> (Vec<f64>, Network<f32>) {
    let mut trainer = trainer(Rbf::paper());
    let all: Vec<usize> = (0..20).collect();
    let h = trainer.curvature(&patterns(), &all);
    let mut rule = StochasticDiagonalLevenbergMarquardt::new(h, ETA as f32, MU as f32);
    (first_ten(&mut trainer, Update::Stochastic, &mut rule), trainer.net)
}

fn softmax() -> Softmax<f32> {
    let output = FullConnection::new(84, 10, &mut Chance::Order.stream(1));
    Softmax { output, curvature: Curvature::Exact }
}

fn with_softmax() -> (Vec<f64>, Network<f32>) {
    let mut trainer = trainer(softmax());
    let mut rule = Gradient::new(SOFTMAX_ETA as f32, &trainer.net);
    (first_ten(&mut trainer, Update::Stochastic, &mut rule), trainer.net)
}

/// Whether losses agree to this relative error; NaN never does.
fn close(found: &[f64], expected: &[f64], relative: f64) -> bool {
    found.len() == expected.len()
        && found.iter().zip(expected).all(|(found, expected)| (found - expected).abs() <= relative * expected)
}

// ---- Updates and evaluation ------------------------------------------------------------------------------------------

/// The network after the first ten patterns with this kind of update.
fn after_ten(update: Update) -> Network<f32> {
    let mut trainer = trainer(Rbf::paper());
    let mut rule = Gradient::new(1e-4, &trainer.net);
    first_ten(&mut trainer, update, &mut rule);
    trainer.net
}

/// Adds the gradient of pattern `p` under eq. 8.
fn add_gradient(net: &Network<f32>, p: usize, gradient: &mut Network<f32>) {
    let (mut s, mut d) = (net.states(), net.states());
    patterns().pattern(p, s.input_mut());
    net.fprop(&mut s);
    Criterion::TrueClass.bprop(&s.output, &patterns().label(p), &mut d.output);
    net.bprop(&s, &mut d, gradient);
}

#[test]
fn a_minibatch_moves_along_the_mean_of_its_gradients() {
    let mut net = trainer(Rbf::paper()).net;
    for batch in [0..4, 4..8, 8..10] {
        let mut mean = net.zeros();
        batch.clone().for_each(|p| add_gradient(&net, p, &mut mean));
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
    let (net, patterns) = (trainer(Rbf::paper()).net, patterns());
    let alone = evaluate(&net, &patterns, 1);
    assert_eq!((alone.patterns(), alone.confusion.concat().iter().sum::<usize>()), (20, 20));
    assert!(!alone.misclassified.is_empty(), "an untrained network makes mistakes");
    for threads in [0, 2, 3, 7, 20, 50] {
        assert_eq!(evaluate(&net, &patterns, threads), alone, "{threads} threads");
    }
    let none = evaluate(&net, &patterns.range(0..0), 2);
    assert_eq!((none.patterns(), none.misclassified.len()), (0, 0));
}

// ---- The same by equations ------------------------------------------------------------------------------------------

/// The initial weights of the network, exactly.
fn weights(net: &Network<f32>) -> Vec<f64> {
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

/// Presents the first ten patterns: `loss` returns the loss and its derivatives by the outputs, `rates` are those of eq. 21.
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
    let (wires, w) = (wires::lenet5(&Variant::default()), weights(&trainer(Rbf::paper()).net));
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
    let w = weights(&trainer(softmax()).net);
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
    let hash = |net: &Network<f32>| {
        let bytes: Vec<u8> = net.arrays().flatten().flat_map(|w| w.to_le_bytes()).collect();
        Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect::<String>()
    };
    let (_, mut net) = with_rbf();
    assert_eq!(hash(&net), BITS);
    let bias = &mut net.layer_mut::<FullConnection<f32>>("F6").expect("F6").bias[0];
    *bias = bias.next_up();
    assert_ne!(hash(&net), BITS, "the control: one bit");
}

/// Bits of all parameters after a step on pattern 3: during `bprop`, or by the whole gradient.
fn after_a_step(mut net: Network<f32>, on_the_way: bool) -> Vec<u32> {
    let (mut gradient, mut rates) = (net.zeros(), net.clone());
    rates.arrays_mut().flatten().for_each(|rate| *rate = 1e-3 + rate.abs() / 100.0);
    if on_the_way {
        let (mut s, mut d) = (net.states(), net.states());
        patterns().pattern(3, s.input_mut());
        net.fprop(&mut s);
        Criterion::TrueClass.bprop(&s.output, &3, &mut d.output);
        gradient.fill(f32::NAN); // working memory, whose contents do not matter
        net.bprop_and_update(&s, &mut d, &rates, &mut gradient);
    } else {
        add_gradient(&net, 3, &mut gradient);
        net.update(&rates, &gradient);
    }
    net.arrays().flatten().map(|w| w.to_bits()).collect()
}

#[test]
fn a_step_on_the_way_back_is_the_same_step() {
    let (rbf, softmax) = (trainer(Rbf::paper().learning()).net, trainer(softmax()).net);
    for net in [&rbf, &softmax] {
        assert_eq!(after_a_step(net.clone(), true), after_a_step(net.clone(), false));
    }
    let untouched: Vec<u32> = rbf.arrays().flatten().map(|w| w.to_bits()).collect();
    assert_ne!(after_a_step(rbf, true), untouched, "the control: a step changes something");
}
