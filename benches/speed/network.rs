//! LeNet-5 as a whole: passes of one pattern, training, evaluation.

use crate::layers::products;
use crate::time;
use criterion::{Criterion, Throughput};
use lenet5::appendix::b::Update;
use lenet5::appendix::c::StochasticDiagonalLevenbergMarquardt as Sdlm;
use lenet5::section1::{Gradient, Optimiser, Parameters};
use lenet5::section2::{LeNet5, Rbf};
use lenet5::section3::database::{Patterns, embedded};
use lenet5::section3::presentation::Chance;
use lenet5::section3::training::{Evaluation, Trainer};
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

fn network() -> LeNet5<f32, Rbf<f32>> {
    LeNet5::paper(&mut Chance::Weights.stream(1))
}

/// Multiply-adds forward, and back: to all weights, and to all states but the pattern's.
fn work() -> (usize, usize) {
    let layers: usize = ["C1", "C3", "C5", "F6"].map(products).iter().sum();
    (layers + products("output"), 2 * layers - products("C1"))
}

fn passes(c: &mut Criterion, digits: &Patterns) {
    let (net, (forward, back)) = (network(), work());
    let (mut states, mut slopes, mut gradient) = (net.states(), net.states(), net.zeros());
    let (mut learner, mut rates) = (net.clone(), net.zeros());
    rates.fill(1e-12);
    digits.pattern(0, &mut states.input);
    let mut group = c.benchmark_group("LeNet-5");
    time(&mut group, "fprop", forward, || net.fprop(black_box(&mut states)));
    time(&mut group, "bprop", back, || net.bprop(&states, 0, &mut slopes, black_box(&mut gradient)));
    time(&mut group, "bbprop", back, || net.bbprop(&states, 0, &mut slopes, black_box(&mut gradient)));
    time(&mut group, "descend", back, || {
        learner.descend(&states, 0, &mut slopes, &rates, black_box(&mut gradient));
    });
    time(&mut group, "fprop and descend", forward + back, || {
        learner.fprop(&mut states);
        learner.descend(&states, 0, &mut slopes, &rates, black_box(&mut gradient));
    });
}

/// 1,024 patterns, as a run presents them.
fn training(c: &mut Criterion, digits: &Patterns) {
    let (mut trainer, order) = (Trainer::new(network()), (0..1024).collect::<Vec<_>>());
    let mut sdlm = Sdlm::new(trainer.curvature(digits, &order[..500]), 1e-5, 0.1);
    let mut gradient = Gradient { eta: 1e-6 };
    let mut group = c.benchmark_group("training on 1,024 patterns");
    group.throughput(Throughput::Elements((1024 * (work().0 + work().1)) as u64));
    let mut train = |name: &str, update, rule: &mut dyn Optimiser<f32, _>| {
        group.bench_function(name, |bencher| {
            bencher.iter(|| trainer.pass(digits, &order, update, rule, |_| ControlFlow::Continue(())));
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
    for threads in [1, threads] {
        time(&mut group, &format!("{threads} core(s)"), 10_000 * work().0, || {
            black_box(Evaluation::of(&net, black_box(&patterns), threads));
        });
    }
}
