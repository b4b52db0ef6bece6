//! Searches through graphs, by arc, and strings: the sizes of facebookresearch/gtn's own benchmarks.

use crate::time;
use criterion::{BenchmarkGroup, Criterion, Throughput, measurement::WallTime};
use lenet5::random;
use lenet5::section1::Parameters;
use lenet5::section2::codes::codes_of;
use lenet5::section2::{LeNet5, Rbf, Variant};
use lenet5::section3::database::embedded;
use lenet5::section4::{Arc, Graph};
use lenet5::section5::recognition::Recogniser;
use lenet5::section5::segmentation::Segmenter;
use lenet5::section5::strings::{Spacing, Strings};
use lenet5::section5::viterbi::penalties;
use lenet5::section6::criterion::{Criterion as Loss, GraphLoss, answer};
use lenet5::section6::forward::Forward;
use lenet5::section6::reader::{OverSegmentation, StringReader};
use lenet5::section6::training::StringTrainer;
use lenet5::section7::sdnn::Sdnn;
use rand::Rng;
use std::hint::black_box;

pub fn bench(c: &mut Criterion) {
    let mut group = c.benchmark_group("graphs, elements are arcs");
    let chain = |n: usize| Arc {
        from: n / 1000,
        to: n / 1000 + 1,
        label: None,
        penalty: (n * 7 % 13) as f64,
        origin: n,
    };
    let linear: Vec<Arc> = (0..1_000_000).map(chain).collect();
    of_graph(&mut group, "linear, 1,000 x 1,000", &Graph::new(1001, 0, 1000, &linear).expect("a graph"));
    let mut random = random(1);
    let arcs: Vec<Arc> = (0..200_000)
        .map(|origin| {
            let from = random.random_range(0..19_999);
            let to = random.random_range(from + 1..20_000);
            Arc { from, to, label: None, penalty: random.random_range(0.0..10.0), origin }
        })
        .collect();
    of_graph(&mut group, "random, 20,000 nodes", &Graph::new(20_000, 0, 19_999, &arcs).expect("a graph"));
    group.finish();
    strings(c);
}

fn of_graph(group: &mut BenchmarkGroup<WallTime>, name: &str, graph: &Graph) {
    let mut timed = |pass: &str, mut work: Box<dyn FnMut() + '_>| {
        group.throughput(Throughput::Elements(graph.len() as u64));
        group.bench_function(format!("{name}: {pass}"), |bencher| bencher.iter(&mut work));
    };
    let forward = Forward::fprop(graph);
    let mut d = vec![0.0; graph.len()];
    timed("Viterbi", Box::new(|| drop(black_box(penalties(graph)))));
    timed("forward", Box::new(|| drop(black_box(Forward::fprop(graph)))));
    timed("backward", Box::new(|| forward.bprop(black_box(graph), 1.0, &mut d)));
}

/// Strings of 3 to 5 embedded digits: times of a string.
fn strings(c: &mut Criterion) {
    let digits = embedded::digits(3).test;
    let strings = Strings { patterns: &digits, spacing: Spacing::mixed(), seed: 1 };
    let fields: Vec<_> = (0..50).map(|n| strings.get(n)).collect();
    let (net, segmenter) = (LeNet5::paper::<f32>(&mut random(1)), Segmenter::chosen());
    let mut group = c.benchmark_group("strings of digits");
    let mut next = fields.iter().cycle();
    let mut field = || next.next().expect("an endless iterator");
    time(&mut group, "cut", 0, || drop(black_box(segmenter.fprop(field().image.view()))));
    let mut recogniser = Recogniser::new();
    time(&mut group, "read", 0, || {
        let graph = recogniser.fprop(&net, &segmenter.fprop(field().image.view()));
        black_box(answer(&graph, 0.1));
    });
    let loss = GraphLoss::new(Loss::DiscriminativeForward, 0.1);
    let rates = net.zeros();
    let mut trainer = StringTrainer::new(net.clone(), OverSegmentation::new(segmenter), loss);
    time(&mut group, "train", 0, || {
        black_box(trainer.learn(field(), &rates));
    });
    // The same by a wide network.
    let eleven =
        LeNet5::network::<f32>(Rbf::new(codes_of("0123456789 ")), &Variant::default(), &mut random(1))
            .expect("LeNet-5 with a blank");
    let mut sdnn = Sdnn::default();
    time(&mut group, "read, SDNN", 0, || {
        black_box(answer(&sdnn.fprop(&eleven, field().image.view()), 0.1));
    });
    let rates = eleven.zeros();
    let mut trainer = StringTrainer::new(eleven, sdnn.clone(), loss);
    time(&mut group, "train, SDNN", 0, || {
        black_box(trainer.learn(field(), &rates));
    });
}
