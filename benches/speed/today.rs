//! Methods after 1998: the kernels of their blocks, and a pass of the arm `today` beside one of the paper's network. (An arm
//! is one way of training, described by a TOML file.)

use crate::time;
use criterion::{Criterion, Throughput};
use lenet5::appendix::b::Update;
use lenet5::experiment::{Arm, Model};
use lenet5::kernels::adam::{self, Step};
use lenet5::kernels::{max_pooling, normalisation, rectifier};
use lenet5::section3::database::Patterns;
use lenet5::section3::database::embedded;
use lenet5::section3::presentation::Chance;
use lenet5::section3::training::Trainer;
use lenet5::today::Adam;
use std::hint::black_box;
use std::ops::ControlFlow;

pub fn bench(c: &mut Criterion) {
    blocks(c);
    steps(c);
    training(c, &embedded::digits(1).train);
}

fn waves(count: usize) -> Vec<f32> {
    (0..count).map(|n| f32::sin((n * n) as f32)).collect()
}

fn blocks(c: &mut Criterion) {
    let (x, dy, mut dx) = (waves(6 * 28 * 28), waves(6 * 28 * 28), waves(6 * 28 * 28));
    let (pooled, mut y) = (waves(6 * 14 * 14), waves(6 * 14 * 14));
    let (means, mut sums, mut moments) = (waves(6), waves(6), waves(6));
    let mut group = c.benchmark_group("kernel today, C1 and S2");
    time(&mut group, "rectifier fprop", 0, || rectifier::fprop(black_box(&mut dx)));
    time(&mut group, "rectifier slope", 0, || rectifier::slope(black_box(&x), &mut dx));
    time(&mut group, "max_pooling fprop", 0, || max_pooling::fprop(14, black_box(&x), &mut y));
    time(&mut group, "max_pooling bprop", 0, || max_pooling::bprop(14, black_box(&x), &pooled, &mut dx));
    time(&mut group, "normalisation add_sums", 0, || normalisation::add_sums(black_box(&x), &mut sums));
    time(&mut group, "normalisation add_squares", 0, || {
        normalisation::add_squares(black_box(&x), &means, &mut sums);
    });
    time(&mut group, "normalisation affine", 0, || {
        normalisation::affine(black_box(&x), &means, &means, &mut dx)
    });
    time(&mut group, "normalisation add_slopes", 0, || {
        normalisation::add_slopes(black_box(&x), &means, &dy, &mut sums, &mut moments);
    });
    time(&mut group, "normalisation affine of two", 0, || {
        normalisation::affine_of_two(black_box(&x), [&means; 3].map(Vec::as_slice), &mut dx);
    });
}

/// A step of Adam on as many weights as C5 has.
fn steps(c: &mut Criterion) {
    let (mut w, mut m, mut v, dw) = (waves(48_000), vec![0.0; 48_000], vec![0.0; 48_000], waves(48_000));
    let step = Step { beta1: 0.9, beta2: 0.999, rate: 1e-9, root: 1.0, epsilon: 1e-8, decay: 0.0 };
    let mut group = c.benchmark_group("kernel adam C5");
    time(&mut group, "step", 0, || adam::step(step, black_box(&mut w), &mut m, &mut v, &dw));
}

/// Times training on 1,024 patterns in mini-batches of 64; `network` times the paper's network in the same group.
fn training(c: &mut Criterion, digits: &Patterns) {
    let Model { net, .. } = Model::initial(&Arm::find("today").expect("a compiled-in arm"), 1);
    let order: Vec<usize> = (0..1024).collect();
    let (mut adam, mut random) = (Adam::new(1e-9, 0.0, &net), Chance::Dropout(1).stream(1));
    let mut trainer = Trainer::new(net, lenet5::section2::Criterion::TrueClass);
    let mut group = c.benchmark_group("training on 1,024 patterns");
    group.throughput(Throughput::Elements(0));
    group.bench_function("mini-batches of 64, today", |bencher| {
        bencher.iter(|| {
            trainer.pass(digits, &order, Update::Minibatch(64), &mut adam, &mut random, |_| {
                ControlFlow::Continue(())
            })
        });
    });
}
