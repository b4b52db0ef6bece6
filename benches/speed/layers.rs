//! Each layer of LeNet-5, forward and back, with the states that a digit leaves.

use crate::time;
use criterion::Criterion;
use lenet5::section1::{Maps, Module, Parameters};
use lenet5::section2::{LeNet5, Squashing};
use lenet5::section3::database::embedded;
use lenet5::section3::presentation::Chance;
use std::hint::black_box;

pub fn bench(c: &mut Criterion) {
    let net = LeNet5::<f32, _>::paper(&mut Chance::Weights.stream(1));
    let (mut s, mut d, mut gradient) = (net.states(), net.states(), net.zeros());
    embedded::digits(1).test.pattern(0, &mut s.input);
    net.fprop(&mut s);
    net.bprop(&s, 0, &mut d, &mut gradient);
    layer(c, "C1", &net.c1, &s.input, &d.c1);
    layer(c, "S2", &net.s2, &s.c1, &d.s2);
    layer(c, "C3", &net.c3, &s.s2, &d.c3);
    layer(c, "S4", &net.s4, &s.c3, &d.s4);
    layer(c, "C5", &net.c5, &s.s4, &d.c5);
    layer(c, "F6", &net.f6, &s.c5, &d.f6);

    let mut all = [s.c1.clone(), s.s2.clone(), s.c3.clone(), s.s4.clone(), s.c5.clone(), s.f6.clone()];
    let states = all.clone();
    let mut group = c.benchmark_group("all states");
    time(&mut group, "squash", 0, || all.iter_mut().for_each(|a| Squashing::PAPER.squash(black_box(a))));
    time(&mut group, "unsquash", 0, || {
        states
            .iter()
            .zip(&mut all)
            .for_each(|(y, dy)| Squashing::PAPER.unsquash::<f32, false>(black_box(y), dy));
    });
}

fn layer<M: Module<f32>>(c: &mut Criterion, name: &str, module: &M, x: &Maps<f32>, dy: &Maps<f32>) {
    let (mut y, mut dx, mut sums) = (dy.clone(), x.clone(), module.zeros());
    let (mut learner, mut rates) = (module.clone(), module.zeros());
    rates.fill(1e-12);
    let products = products(name);
    // Nobody asks C1 what the pattern should have been.
    let (mut wanted, back) = if name == "C1" { (None, products) } else { (Some(&mut dx), 2 * products) };
    let mut group = c.benchmark_group(name);
    time(&mut group, "fprop", products, || module.fprop(black_box(x), &mut y));
    time(&mut group, "bprop", back, || module.bprop(black_box(x), dy, wanted.as_deref_mut(), &mut sums));
    time(&mut group, "descend", back, || {
        learner.descend(black_box(x), dy, wanted.as_deref_mut(), &rates, &mut sums);
    });
    time(&mut group, "bbprop", back, || module.bbprop(black_box(x), dy, wanted.as_deref_mut(), &mut sums));
}

/// Multiply-adds of a layer's weighted sums: a weight for each connection of Fig. 2, without the biases.
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
