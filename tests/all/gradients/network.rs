//! Networks from end to end: along a random direction in each of their arrays and among their inputs.

use super::agreement::{Tolerance, compare};
use super::all_blocks::ALL;
use super::draw::cases;
use super::flat::flat;
use super::layers::TOLERANCE;
use super::passes::OnMaps;
use super::training_case::TrainingCase;
use super::{criteria, squashings};
use lenet5::section1::{Loss, Network, Parameters, Penalties};
use lenet5::section2::{
    C3, Convolution, Criterion, Curvature, FullConnection, LeNet5, Rbf, Softmax, Subsampling, Variant,
};
use lenet5::section3::classifiers::ARCHITECTURES;
use lenet5::today::{ActivationKind, BatchNormalisation, Blocks, Initial, PoolingKind};
use proptest::prelude::*;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

/// Kinks permit only small steps, which give fewer digits.
const WITH_KINKS: Tolerance = Tolerance { relative: 1e-5, floor: 1e-6 };

fn random(seed: u64) -> ChaCha8Rng {
    ChaCha8Rng::seed_from_u64(seed)
}

fn rbf(learns: bool) -> Rbf<f64> {
    if learns { Rbf::paper().learning() } else { Rbf::paper() }
}

fn softmax(seed: u64) -> Softmax<f64> {
    Softmax { output: FullConnection::new(84, 10, &mut random(seed)), curvature: Curvature::Exact }
}

fn network(output: impl OnMaps<Output = Penalties<f64>>, variant: &Variant, seed: u64) -> Network<f64> {
    LeNet5::network(output, variant, &mut random(seed)).expect("84 units")
}

fn c3s() -> impl Strategy<Value = C3> {
    prop::sample::select(vec![C3::Table1, C3::Full])
}

proptest! {
    #![proptest_config(cases(40))]

    #[test]
    fn lenet5_with_rbf(criterion in criteria(), learns in prop::bool::ANY, label in 0..10_usize, seed in any::<u64>()) {
        let net = network(rbf(learns), &Variant::default(), seed);
        TrainingCase::new(net, criterion, &[label], seed).check(seed, TOLERANCE)?;
    }

    #[test]
    fn lenet5_with_softmax(label in 0..10_usize, seed in any::<u64>()) {
        let net = network(softmax(seed), &Variant::default(), seed);
        TrainingCase::new(net, Criterion::TrueClass, &[label], seed).check(seed, TOLERANCE)?;
    }

    #[test]
    fn lenet1(label in 0..10_usize, seed in any::<u64>()) {
        let layers = (ARCHITECTURES[1].layers)(&Variant::default());
        let net = Variant::default().build(ARCHITECTURES[1].input, &layers, &mut random(seed)).expect("layers that fit");
        let net = net.with_output(Rbf::one_of(10)).expect("ten units");
        TrainingCase::new(net, Criterion::TrueClass, &[label], seed).check(seed, TOLERANCE)?;
    }
}

proptest! {
    #![proptest_config(cases(24))]

    #[test]
    fn lenet5_of_any_kind(
        squashing in squashings(),
        c3 in c3s(),
        trained_subsampling in prop::bool::ANY,
        scale in prop::sample::select(vec![0.5, 1.0]),
        criterion in criteria(),
        label in 0..10_usize,
        seed in any::<u64>(),
    ) {
        let variant = Variant { squashing, c3, trained_subsampling, ..Variant::default() };
        let mut output = Rbf::paper();
        output.scale = scale;
        let net = network(output, &variant, seed);
        prop_assert_eq!(net.arrays().count(), if trained_subsampling { 12 } else { 8 });
        prop_assert_eq!(net.arrays().any(|array| array.len() == 2400), c3 == C3::Full);
        TrainingCase::new(net, criterion, &[label], seed).check(seed, TOLERANCE)?;
    }

    #[test]
    fn blocks_of_today_with_rbf(
        blocks in blocks(),
        c3 in c3s(),
        learns in prop::bool::ANY,
        competitive in prop::bool::ANY,
        labels in prop::collection::vec(0..10_usize, 2..=4),
        seed in any::<u64>(),
    ) {
        let criterion = if competitive { Criterion::Competitive { rubbish: 90.0 } } else { Criterion::TrueClass };
        let net = today(rbf(learns), c3, blocks, seed);
        TrainingCase::new(net, criterion, &labels, seed).with_kinks().check(seed, WITH_KINKS)?;
    }

    #[test]
    fn blocks_of_today_with_softmax(
        blocks in blocks(),
        c3 in c3s(),
        labels in prop::collection::vec(0..10_usize, 2..=4),
        seed in any::<u64>(),
    ) {
        let net = today(softmax(seed), c3, blocks, seed);
        TrainingCase::new(net, Criterion::TrueClass, &labels, seed).with_kinks().check(seed, WITH_KINKS)?;
    }
}

fn today(output: impl OnMaps<Output = Penalties<f64>>, c3: C3, blocks: Blocks, seed: u64) -> Network<f64> {
    let variant = Variant { c3, ..Variant::default() };
    let net = blocks.build(&variant, LeNet5::INPUT, &LeNet5::layers(c3), &mut random(seed));
    net.and_then(|net| net.with_output(output)).expect("layers that fit each other")
}

fn blocks() -> impl Strategy<Value = Blocks> {
    let pooling = [PoolingKind::Subsampling, PoolingKind::Average, PoolingKind::Max];
    let parts = (
        prop::sample::select(vec![ActivationKind::Tanh, ActivationKind::Relu]),
        prop::sample::select(pooling.to_vec()),
        [prop::bool::ANY; 3],
        prop_oneof![Just(0.0), 0.1..0.6],
    );
    parts.prop_map(|(activation, pooling, [linear_convolutions, he, batch_normalisation], dropout)| Blocks {
        activation,
        linear_convolutions,
        pooling,
        initial_weights: he.then_some(Initial::He),
        batch_normalisation,
        dropout,
    })
}

#[test]
fn untrained_parameters_stand_still_and_change_no_other_gradient() {
    let fixed = Variant { trained_subsampling: false, ..Variant::default() };
    let [trained, fixed] = [Variant::default(), fixed].map(|variant| network(Rbf::paper(), &variant, 3));
    assert_eq!(fixed.parameter_count(), 60_000 - 12 - 32);
    // The network changes but not the case, so that the directions for the parameters remain the same.
    let case = |net: &Network<f64>| {
        let case = TrainingCase::new(trained.clone(), Criterion::TrueClass, &[3], 3);
        TrainingCase { net: net.clone(), ..case }
    };
    let [of_all, of_fixed] = [&trained, &fixed].map(|net| case(net).gradient());
    for ((name, all), (_, rest)) in of_all.0.layers().into_iter().zip(of_fixed.0.layers()) {
        assert_eq!(rest, if name.starts_with('S') { vec![] } else { all }, "{name}");
    }

    // Neither kind of step changes untrained parameters.
    let (mut rates, mut by_gradient, mut on_the_way) = (fixed.zeros(), fixed.clone(), fixed.clone());
    rates.fill(1e-3);
    by_gradient.update(&rates, &of_fixed.0);
    let (s, mut d) = (&of_fixed.1.states[0], fixed.states());
    Criterion::TrueClass.bprop(&s.output, &3, &mut d.output);
    on_the_way.bprop_and_update(s, &mut d, &rates, &mut fixed.zeros());
    assert_eq!(by_gradient, on_the_way);
    let moved = |name: &str| {
        by_gradient
            .tensors()
            .iter()
            .zip(fixed.tensors())
            .any(|(now, before)| now.name.starts_with(name) && *now != before)
    };
    assert_eq!(["c1", "s2", "c3", "s4", "c5", "f6"].map(moved), [true, false, true, false, true, true]);
}

#[test]
fn gradients_of_patterns_add_up() {
    let criterion = Criterion::Competitive { rubbish: 90.0 };
    let both = TrainingCase::new(network(rbf(true), &Variant::default(), 6), criterion, &[3, 8], 6);
    let gradient = |p: usize| {
        let (patterns, labels) = (vec![both.patterns[p].clone()], vec![both.labels[p]]);
        flat(&TrainingCase { patterns, labels, ..both.clone() }.gradient().0)
    };
    let (first, second) = (gradient(0), gradient(1));
    let sum: Vec<f64> = first.iter().zip(&second).map(|(first, second)| first + second).collect();
    let (both, rounding) = (flat(&both.gradient().0), Tolerance { relative: 1e-12, floor: 1e-12 });
    assert_eq!(compare(&both, &sum, rounding), Ok(()));
    // The control: the gradient of the last pattern alone.
    assert!(compare(&second, &both, rounding).is_err());
}

// ---- Controls: wrong gradients must be refused ----------------------------------------------------------------------

#[test]
fn an_error_in_any_one_layer_is_refused() {
    let right = network(Rbf::paper(), &Variant::default(), 5);
    let right = TrainingCase::new(right, Criterion::TrueClass, &[3], 5);
    let along = right.along_directions(5);
    let refused = |spoil: fn(&mut Network<f64>)| {
        let mut wrong = right.clone();
        spoil(&mut wrong.net);
        compare(&along.of(&wrong), &along.expected, TOLERANCE).is_err()
    };
    fn convolution<'a>(net: &'a mut Network<f64>, name: &str) -> &'a mut Convolution<f64> {
        net.layer_mut(name).expect("a convolution")
    }
    fn subsampling<'a>(net: &'a mut Network<f64>, name: &str) -> &'a mut Subsampling<f64> {
        net.layer_mut(name).expect("subsampling")
    }
    assert!(!refused(|_| ()));
    assert!(refused(|net| subsampling(net, "S2").coefficient /= 4.0));
    assert!(refused(|net| subsampling(net, "S4").coefficient /= 4.0));
    assert!(refused(|net| {
        convolution(net, "C1").weight.outer_iter_mut().for_each(|mut w| w.swap((0, 1), (1, 0)));
    }));
    assert!(refused(|net| convolution(net, "C3").weight *= 1.001));
    assert!(refused(|net| convolution(net, "C5").bias[7] += 0.01));
    assert!(refused(|net| net.layer_mut::<FullConnection<f64>>("F6").expect("F6").weight[[83, 119]] += 0.01));
    assert!(refused(|net| net.layer_mut::<Rbf<f64>>("output").expect("codes").codes[[3, 0]] *= -1.0));
}

#[test]
fn wrong_passes_through_blocks_of_today_are_refused() {
    let case = TrainingCase::new(today(softmax(2), C3::Full, ALL, 5), Criterion::TrueClass, &[3, 1, 4], 5)
        .with_kinks();
    let along = case.along_directions(7);
    assert_eq!(super::agreement::agree(&along.of(&case), &along.expected, WITH_KINKS), Ok(()));
    let refused = |spoil: fn(&mut TrainingCase)| {
        let mut wrong = case.clone();
        spoil(&mut wrong);
        compare(&along.of(&wrong), &along.expected, WITH_KINKS).is_err()
    };
    assert!(!refused(|_| ()));
    assert!(refused(|case| case.labels.reverse()));
    assert!(refused(|case| case.masks += 1), "other masks");
    assert!(refused(|case| case.net.layer_mut::<Convolution<f64>>("C3").expect("C3").weight *= 1.001));
    for layer in ["C1", "C3", "C5", "F6"] {
        let mut wrong = case.clone();
        wrong.net.layer_mut::<BatchNormalisation<f64>>(layer).expect("a normalisation").gain *= 1.001;
        assert!(compare(&along.of(&wrong), &along.expected, WITH_KINKS).is_err(), "gains of {layer}");
    }
    // Two wrong ways: each pattern as its own mini-batch, which is normalised to 0; and evaluation, with constant moments and
    // without masks.
    let (mut alone, mut in_evaluation) = (case.net.zeros(), case.net.zeros());
    for (x, &label) in case.patterns.iter().zip(&case.labels) {
        let one = TrainingCase { patterns: vec![x.clone()], labels: vec![label], ..case.clone() };
        let sum = |gradient: &mut Network<f64>, more: &Network<f64>| {
            gradient.arrays_mut().flatten().zip(more.arrays().flatten()).for_each(|(sum, dw)| *sum += dw);
        };
        sum(&mut alone, &one.gradient().0);
        let (mut s, mut d) = (case.net.states(), case.net.states());
        s.input_mut().assign(x);
        case.net.fprop(&mut s);
        case.criterion.bprop(&s.output, &label, &mut d.output);
        case.net.bprop(&s, &mut d, &mut in_evaluation);
    }
    for wrong in [alone, in_evaluation] {
        assert!(compare(&along.of_gradient(&wrong), &along.expected, WITH_KINKS).is_err());
    }
}
