//! Walks over parameters together with gradients, second derivatives, rates or memory. Those of another network are refused,
//! even if only a part of them differs.

use super::{network, numbers, paper, passed, random};
use lenet5::appendix::c::StochasticDiagonalLevenbergMarquardt as Sdlm;
use lenet5::section1::{Gradient, Loss, MiniBatch, Network, Optimiser, Parameters, side_by_side};
use lenet5::section2::{C3, Criterion, LeNet5, Rbf, Variant};
use lenet5::section3::classifiers::ARCHITECTURES;
use lenet5::today::{Adam, Blocks, Momentum, PoolingKind};
use std::panic::{AssertUnwindSafe, catch_unwind};

fn panics(walk: impl FnOnce()) -> bool {
    catch_unwind(AssertUnwindSafe(walk)).is_err()
}

/// Networks that differ from the paper's with trained codes: in the number, kinds or sizes of modules, or in the trained ones.
fn others() -> Vec<(&'static str, Network<f64>)> {
    let (default, none) = (Variant::default(), Blocks::default());
    let rbf = |variant: Variant, blocks| network(Rbf::paper().learning(), &variant, &blocks);
    let lenet_1 = default.build(ARCHITECTURES[1].input, &(ARCHITECTURES[1].layers)(&default), &mut random(1));
    let lenet_1 = lenet_1.and_then(|net| net.with_output(Rbf::one_of(10)));
    let plan = LeNet5::layers(C3::Table1);
    let headless = default.build(LeNet5::INPUT, &plan, &mut random(1));
    vec![
        ("fewer modules", lenet_1.expect("ten units")),
        ("no output layer", headless.expect("layers that fit each other")),
        ("more modules", rbf(default, Blocks { batch_normalisation: true, ..none })),
        ("modules of other kinds", rbf(default, Blocks { pooling: PoolingKind::Average, ..none })),
        ("another output layer", network(super::softmax(), &default, &none)),
        ("other sizes", rbf(Variant { c3: C3::Full, ..default }, none)),
        ("coefficients that are not trained", rbf(Variant { trained_subsampling: false, ..default }, none)),
        ("codes that are not trained", paper()),
    ]
}

/// For each walk of `net` with the gradient, rates or memory of `other`: whether it panics.
fn walks(net: &Network<f64>, other: &Network<f64>) -> Vec<(&'static str, bool)> {
    let (batch, zeros) = (passed(net, 2), || net.zeros());
    let (s, mut d) = (batch.states[0].clone(), batch.derivatives[0].clone());
    let mut dd = net.second_derivatives();
    Criterion::TrueClass.bbprop(&s.output, &0, &mut dd.output);
    let step = |rule: &mut dyn Optimiser<f64, Network<f64>>| panics(|| rule.step(&mut net.clone(), &zeros()));
    let momentum = |velocity| Momentum { eta: 0.1, alpha: 0.9, velocity };
    let optimisers = [
        ("rates of eq. 21", step(&mut Sdlm::new(other.clone(), 1e-3, 0.02))),
        ("one rate", step(&mut Gradient::new(1e-3, other))),
        ("velocity", step(&mut momentum(other.clone()))),
        ("memory of Adam", step(&mut Adam::new(1e-3, 0.0, other))),
    ];
    let gradient = |walk: &mut dyn FnMut(&mut Network<f64>)| panics(|| walk(&mut other.clone()));
    let mut together: MiniBatch<f64> = passed(net, 2);
    let passes = [
        ("bprop", gradient(&mut |other| net.bprop(&s, &mut d.clone(), other))),
        ("bprop of a mini-batch", gradient(&mut |other| together.bprop(net, 2, other))),
        ("bbprop", gradient(&mut |other| net.bbprop(&s, &mut dd, other))),
        ("step", gradient(&mut |other| net.clone().bprop_and_update(&s, &mut d, other, &mut zeros()))),
        ("room", gradient(&mut |other| net.clone().bprop_and_update(&s, &mut d, &zeros(), other))),
        ("rates", gradient(&mut |other| net.clone().update(other, &zeros()))),
        ("gradient", gradient(&mut |other| net.clone().update(&zeros(), other))),
    ];
    optimisers.into_iter().chain(passes).collect()
}

#[test]
fn values_of_another_network_are_refused() {
    let net = network(Rbf::paper().learning(), &Variant::default(), &Blocks::default());
    for (name, other) in others() {
        for (walk, panicked) in walks(&net, &other) {
            assert!(panicked, "{walk} of a network with {name}");
        }
    }
    // The control: a gradient of the same network.
    assert!(walks(&net, &net.zeros()).iter().all(|(_, panicked)| !panicked));
}

#[test]
fn walks_that_end_before_each_other_are_refused() {
    assert_eq!(side_by_side([1, 2], [3, 4]).collect::<Vec<_>>(), [(1, 3), (2, 4)]);
    assert!(
        panics(|| side_by_side([1, 2], [3]).for_each(drop))
            && panics(|| side_by_side([1], [3, 4]).for_each(drop))
    );
}

/// Whether a layer is trained is fixed when it is made: an array cannot be removed from a network and stay in its gradient.
/// Files hold the same arrays in either case.
#[test]
fn layers_that_are_fixed_keep_their_arrays_in_files() {
    let fixed = network::<f64>(
        Rbf::paper(),
        &Variant { trained_subsampling: false, ..Variant::default() },
        &Blocks::default(),
    );
    let learning = network::<f64>(Rbf::paper().learning(), &Variant::default(), &Blocks::default());
    let trained =
        [&fixed, &paper(), &learning].map(|net| (net.arrays().count(), net.zeros().arrays().count()));
    assert_eq!(trained, [(8, 8), (12, 12), (13, 13)]);
    let names = |net: &Network<f64>| {
        net.tensors().into_iter().map(|tensor| (tensor.name, tensor.shape)).collect::<Vec<_>>()
    };
    assert!(names(&fixed) == names(&paper()) && names(&learning) == names(&paper()));
    assert_eq!(numbers(&fixed).len() + 2 * (6 + 16), numbers(&paper()).len());
}
