//! LeNet-5 as a whole: `fprop`, `bprop` and `bbprop` of one pattern, training, evaluation.

use crate::layers::products;
use crate::time;
use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, Criterion, Throughput};
use lenet5::appendix::b::Update;
use lenet5::appendix::c::StochasticDiagonalLevenbergMarquardt as Sdlm;
use lenet5::section1::{Gradient, Loss, Network, Optimiser, Parameters};
use lenet5::section2::{self, LeNet5};
use lenet5::section3::database::{Patterns, embedded};
use lenet5::section3::evaluation::evaluate;
use lenet5::section3::presentation::Chance;
use lenet5::section3::training::Trainer;
use ndarray::Axis;
use std::hint::black_box;
use std::ops::ControlFlow;
use std::thread::available_parallelism;

pub fn bench(c: &mut Criterion) {
    let digits = embedded::digits(1).train;
    passes(c, &digits);
    training(c, &digits);
    evaluation(c, &digits);
}

fn network() -> Network<f32> {
    LeNet5::paper(&mut Chance::Weights.stream(1))
}

/// The multiply-adds of `fprop`, and of `bprop`: by all weights, and by all states but the pattern's.
fn work() -> (usize, usize) {
    let layers: usize = ["C1", "C3", "C5", "F6"].map(products).iter().sum();
    (layers + products("output"), 2 * layers - products("C1"))
}

fn passes(c: &mut Criterion, digits: &Patterns) {
    let (net, (forward, back)) = (network(), work());
    let (mut states, mut slopes, mut gradient) = (net.states(), net.states(), net.zeros());
    let (loss, mut second) = (section2::Criterion::TrueClass, net.second_derivatives());
    let (mut learner, mut rates) = (net.clone(), net.zeros());
    rates.fill(1e-12);
    digits.pattern(0, states.input_mut());
    let mut group = c.benchmark_group("LeNet-5");
    time(&mut group, "fprop", forward, || net.fprop(black_box(&mut states)));
    time(&mut group, "bprop", back, || {
        loss.bprop(&states.output, &0, &mut slopes.output);
        net.bprop(&states, &mut slopes, black_box(&mut gradient));
    });
    time(&mut group, "bbprop", back, || {
        loss.bbprop(&states.output, &0, &mut second.output);
        net.bbprop(&states, &mut second, black_box(&mut gradient));
    });
    time(&mut group, "bprop and update", back, || {
        loss.bprop(&states.output, &0, &mut slopes.output);
        learner.bprop_and_update(&states, &mut slopes, &rates, black_box(&mut gradient));
    });
    time(&mut group, "fprop, bprop and update", forward + back, || {
        learner.fprop(&mut states);
        loss.bprop(&states.output, &0, &mut slopes.output);
        learner.bprop_and_update(&states, &mut slopes, &rates, black_box(&mut gradient));
    });
    wide(&mut group, &net);
}

/// Times `fprop` on wide fields (VII), and on the windows of one of them, one after the other.
fn wide(group: &mut BenchmarkGroup<WallTime>, net: &Network<f32>) {
    for columns in [96, 200, 1024, 4096] {
        let mut states = net.states_for((1, 32, columns)).expect("LeNet-5 reads fields of any width");
        time(group, &format!("fprop, 32 x {columns}"), wide_work(columns), || {
            net.fprop(black_box(&mut states))
        });
    }
    let mut windows: Vec<_> = (0..(96 - 32) / 4 + 1).map(|_| net.states()).collect();
    time(group, "fprop, 17 windows", 17 * work().0, || {
        windows.iter_mut().for_each(|window| net.fprop(black_box(window)));
    });
}

/// The products of a forward pass over a field of 32 rows: each layer has as many places as fit.
fn wide_work(columns: usize) -> usize {
    let places = (columns - 32) / 4 + 1;
    let shares = [
        ("C1", (columns - 4) as f64 / 28.0),
        ("C3", (columns / 2 - 6) as f64 / 10.0),
        ("C5", places as f64),
        ("F6", places as f64),
        ("output", places as f64),
    ];
    shares.iter().map(|(layer, share)| products(layer) as f64 * share).sum::<f64>() as usize
}

/// Times training on 1,024 patterns, as in a run.
fn training(c: &mut Criterion, digits: &Patterns) {
    let (mut trainer, order) =
        (Trainer::new(network(), section2::Criterion::TrueClass), (0..1024).collect::<Vec<_>>());
    let mut sdlm = Sdlm::new(trainer.curvature(digits, &order[..500]), 1e-5, 0.1);
    let mut gradient = Gradient::new(1e-6, &trainer.net);
    let random = &mut Chance::Dropout(1).stream(1);
    let mut group = c.benchmark_group("training on 1,024 patterns");
    group.throughput(Throughput::Elements((1024 * (work().0 + work().1)) as u64));
    let mut train = |name: &str, update, rule: &mut dyn Optimiser<f32, _>| {
        group.bench_function(name, |bencher| {
            bencher
                .iter(|| trainer.pass(digits, &order, update, rule, random, |_| ControlFlow::Continue(())));
        });
    };
    train("an update for each, SDLM", Update::Stochastic, &mut sdlm);
    train("mini-batches of 64", Update::Minibatch(64), &mut gradient);
    train("mini-batches of 256", Update::Minibatch(256), &mut gradient);
}

fn evaluation(c: &mut Criterion, digits: &Patterns) {
    let (net, threads) = (network(), available_parallelism().map_or(1, usize::from));
    let images = (0..10_000).map(|p| digits.image(p % digits.len()));
    let images: Vec<_> = images.map(|image| image.insert_axis(Axis(0))).collect();
    let labels = (0..10_000).map(|p| digits.label(p % digits.len()) as u8).collect();
    let images = ndarray::concatenate(Axis(0), &images).expect("all images are alike");
    let patterns = Patterns::new(images, labels).expect("a label for each image");
    let mut group = c.benchmark_group("evaluation of 10,000 patterns");
    let mut counts = vec![1, threads];
    counts.dedup();
    for threads in counts {
        time(&mut group, &format!("{threads} core(s)"), 10_000 * work().0, || {
            black_box(evaluate(&net, black_box(&patterns), threads));
        });
    }
}
