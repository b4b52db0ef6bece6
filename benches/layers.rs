//! Every hot path: each layer forward and back, and one step of LeNet-5. `cargo bench` prints microseconds.

use criterion::{Criterion, criterion_group, criterion_main};
use lenet5::section1::{Maps, Module, Parameters};
use lenet5::section2::{Head, LeNet5, States, squash};
use lenet5::section3::database::embedded;
use lenet5::section3::training::Chance;
use std::hint::black_box;

/// A network, its states after a pattern, and slopes of the same shape.
fn prepared() -> (LeNet5<f32, impl Head<f32>>, States<f32, impl Sized>, States<f32, impl Sized>) {
    let net = LeNet5::<f32, _>::paper(&mut Chance::Weights.stream(1));
    let (mut states, mut slopes, mut gradient) = (net.states(), net.states(), net.zeros());
    embedded::digits(1).test.pattern(0, &mut states.input);
    net.fprop(&mut states);
    net.bprop(&states, 0, &mut slopes, &mut gradient);
    (net, states, slopes)
}

fn layer<M: Module<f32>>(c: &mut Criterion, name: &str, module: &M, x: &Maps<f32>, dy: &Maps<f32>) {
    let (mut y, mut dx, mut sums) = (dy.clone(), x.clone(), module.zeros());
    c.bench_function(&format!("{name} fprop"), |b| b.iter(|| module.fprop(black_box(x), &mut y)));
    c.bench_function(&format!("{name} bprop"), |b| {
        b.iter(|| module.bprop(black_box(x), dy, Some(&mut dx), &mut sums))
    });
    c.bench_function(&format!("{name} bbprop"), |b| {
        b.iter(|| module.bbprop(black_box(x), dy, Some(&mut dx), &mut sums))
    });
}

fn layers(c: &mut Criterion) {
    let (net, s, d) = prepared();
    layer(c, "C1", &net.c1, &s.input, &d.c1);
    layer(c, "S2", &net.s2, &s.c1, &d.s2);
    layer(c, "C3", &net.c3, &s.s2, &d.c3);
    layer(c, "S4", &net.s4, &s.c3, &d.s4);
    layer(c, "C5", &net.c5, &s.s4, &d.c5);
    layer(c, "F6", &net.f6, &s.c5, &d.f6);
    let mut a = s.c1.clone();
    c.bench_function("squash C1", |b| b.iter(|| squash(black_box(&mut a))));
}

fn network(c: &mut Criterion) {
    let net = LeNet5::<f32, _>::paper(&mut Chance::Weights.stream(1));
    let (mut states, mut slopes, mut gradient) = (net.states(), net.states(), net.zeros());
    embedded::digits(1).test.pattern(0, &mut states.input);
    c.bench_function("LeNet-5 fprop", |b| b.iter(|| net.fprop(black_box(&mut states))));
    c.bench_function("LeNet-5 bprop", |b| {
        b.iter(|| net.bprop(&states, 0, &mut slopes, black_box(&mut gradient)))
    });
    c.bench_function("LeNet-5 bbprop", |b| {
        b.iter(|| net.bbprop(&states, 0, &mut slopes, black_box(&mut gradient)))
    });
    let (mut learner, mut rates) = (net.clone(), net.zeros());
    rates.fill(1e-9);
    c.bench_function("LeNet-5 step", |b| {
        b.iter(|| {
            learner.fprop(&mut states);
            learner.descend(&states, 0, &mut slopes, &rates, black_box(&mut gradient));
        });
    });
}

criterion_group!(benches, layers, network);
criterion_main!(benches);
