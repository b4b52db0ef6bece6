//! Each layer of LeNet-5, forward and backward, with the states of a digit.

use crate::time;
use criterion::Criterion;
use lenet5::section1::{Activation, Back, Loss, Maps, Network, Parameters, SecondOrder};
use lenet5::section2::{self, Convolution, FullConnection, LeNet5, Squashing, Subsampling};
use lenet5::section3::database::embedded;
use lenet5::section3::presentation::Chance;
use std::hint::black_box;

pub fn bench(c: &mut Criterion) {
    let net = LeNet5::paper::<f32>(&mut Chance::Weights.stream(1));
    let (mut s, mut d, mut gradient) = (net.states(), net.states(), net.zeros());
    embedded::digits(1).test.pattern(0, s.input_mut());
    net.fprop(&mut s);
    section2::Criterion::TrueClass.bprop(&s.output, &0, &mut d.output);
    net.bprop(&s, &mut d, &mut gradient);
    layer(c, "C1", convolution(&net, "C1"), [s.input(), &s["C1"], &d["C1"]]);
    layer(c, "S2", subsampling(&net, "S2"), [&s["C1"], &s["S2"], &d["S2"]]);
    layer(c, "C3", convolution(&net, "C3"), [&s["S2"], &s["C3"], &d["C3"]]);
    layer(c, "S4", subsampling(&net, "S4"), [&s["C3"], &s["S4"], &d["S4"]]);
    layer(c, "C5", convolution(&net, "C5"), [&s["S4"], &s["C5"], &d["C5"]]);
    layer(c, "F6", net.layer::<FullConnection<f32>>("F6").expect("F6"), [&s["C5"], &s["F6"], &d["F6"]]);

    let mut all: Vec<Maps<f32>> = s.layers().map(|(_, state)| state.clone()).collect();
    let states = all.clone();
    let mut group = c.benchmark_group("all states");
    time(&mut group, "squash", 0, || all.iter_mut().for_each(|a| Squashing::PAPER.squash(black_box(a))));
    time(&mut group, "back through slope", 0, || {
        states.iter().zip(&mut all).for_each(|(y, dy)| Squashing::PAPER.back_through_slope(black_box(y), dy));
    });
}

fn convolution<'a>(net: &'a Network<f32>, layer: &str) -> &'a Convolution<f32> {
    net.layer(layer).expect("a convolution of LeNet-5")
}

fn subsampling<'a>(net: &'a Network<f32>, layer: &str) -> &'a Subsampling<f32> {
    net.layer(layer).expect("a subsampling layer of LeNet-5")
}

type State = Maps<f32>;

fn layer<M: SecondOrder<f32, Input = State, Output = State>>(
    c: &mut Criterion,
    name: &str,
    module: &M,
    [x, state, dy]: [&State; 3],
) {
    let (mut y, mut dx, mut sums) = (dy.clone(), x.clone(), module.zeros());
    let (mut learner, mut rates) = (module.clone(), module.zeros());
    rates.fill(1e-12);
    let products = products(name);
    // Training needs no derivative by the pattern, C1's input.
    let (mut wanted, back) = if name == "C1" { (None, products) } else { (Some(&mut dx), 2 * products) };
    let mut group = c.benchmark_group(name);
    time(&mut group, "fprop", products, || module.fprop(black_box(x), &mut y));
    time(&mut group, "bprop", back, || {
        module.bprop(black_box(x), state, dy, wanted.as_deref_mut(), &mut sums)
    });
    time(&mut group, "bprop and update", back, || {
        let p = Back { x: black_box(x), y: state, dy, dx: wanted.as_deref_mut() };
        learner.bprop_and_update(p, &rates, &mut sums);
    });
    time(&mut group, "bbprop", back, || {
        module.bbprop(black_box(x), state, dy, wanted.as_deref_mut(), &mut sums)
    });
}

/// The number of multiply-adds of a layer's weighted sums, one for each connection of Fig. 2, without the biases.
pub fn products(layer: &str) -> usize {
    match layer {
        "C1" => 6 * 25 * 28 * 28,
        "C3" => 60 * 25 * 10 * 10,
        "C5" => 120 * 400,
        "F6" => 84 * 120,
        "output" => 10 * 84,
        _ => 0,
    }
}
