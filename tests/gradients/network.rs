//! LeNet-5 from end to end: along a random direction in each of its arrays and among its inputs.

use crate::agreement::{Disagreement, Tolerance, agree, compare};
use crate::differences;
use crate::draw::cases;
use crate::flat::flat;
use crate::untrained::{network, network_of, states};
use crate::{TOLERANCE, criteria, dot, squashings, unwritten};
use lenet5::section1::{Module, Parameters};
use lenet5::section2::{
    C3, Criterion, Curvature, FullConnection, Head, LAYERS, LeNet5, Rbf, Softmax, Variant,
};
use ndarray::{Array3, Zip};
use proptest::prelude::*;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// A direction of length 1.
fn direction(length: usize, random: &mut impl Rng) -> Vec<f64> {
    let v: Vec<f64> = (0..length).map(|_| random.random_range(-1.0..1.0)).collect();
    let norm = v.iter().map(|v| v * v).sum::<f64>().sqrt();
    v.into_iter().map(|v| v / norm).collect()
}

/// The derivative of the loss along a random direction in each array of the network, and one among the inputs: as
/// `bprop` says and as differences say.
fn along_directions<H: Head<f64>>(net: &LeNet5<f64, H>, label: usize, seed: u64) -> (Vec<f64>, Vec<f64>) {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let mut states = states(net, seed);
    let (mut slopes, mut gradient) = (net.states(), net.zeros());
    net.bprop(&states, label, &mut slopes, &mut gradient);
    let (mut found, mut expected) = (Vec::new(), Vec::new());
    for n in 0..net.arrays().count() {
        let mut moved = net.clone();
        let w = net.arrays().nth(n).expect("an array").to_vec();
        let v = direction(w.len(), &mut random);
        found.push(gradient.arrays().nth(n).expect("an array").iter().zip(&v).map(|(dw, v)| dw * v).sum());
        expected.push(differences::slope(|h| {
            let array = moved.arrays_mut().nth(n).expect("an array");
            array.iter_mut().zip(w.iter().zip(&v)).for_each(|(w, (&from, &v))| *w = from + h * v);
            moved.fprop(&mut states);
            moved.head.loss(&states.output, label)
        }));
    }
    let x = states.input.clone();
    let v = Array3::from_shape_vec(x.dim(), direction(x.len(), &mut random)).expect("an input");
    let mut dx = unwritten(x.dim());
    net.c1.bprop(&x, &slopes.c1, Some(&mut dx), &mut gradient.c1);
    found.push(dot(&dx, &v));
    expected.push(differences::slope(|h| {
        Zip::from(&mut states.input).and(&x).and(&v).for_each(|moved, &x, &v| *moved = x + h * v);
        net.fprop(&mut states);
        net.head.loss(&states.output, label)
    }));
    (found, expected)
}

fn check_network<H: Head<f64>>(net: &LeNet5<f64, H>, label: usize, seed: u64) -> Result<(), Disagreement> {
    let (found, expected) = along_directions(net, label, seed);
    agree(&found, &expected, TOLERANCE)
}

proptest! {
    #![proptest_config(cases(40))]

    #[test]
    fn lenet5_with_rbf(
        criterion in criteria(),
        learn_codes in prop::bool::ANY,
        label in 0..10_usize,
        seed in any::<u64>(),
    ) {
        check_network(&network(Rbf { learn_codes, criterion, ..Rbf::paper() }, seed), label, seed)?;
    }

    #[test]
    fn lenet5_with_softmax(label in 0..10_usize, seed in any::<u64>()) {
        let output = FullConnection::new(84, 10, &mut ChaCha8Rng::seed_from_u64(seed));
        check_network(&network(Softmax { output, curvature: Curvature::Exact }, seed), label, seed)?;
    }
}

proptest! {
    #![proptest_config(cases(24))]

    #[test]
    fn lenet5_of_any_kind(
        squashing in squashings(),
        c3 in prop::sample::select(vec![C3::Table1, C3::Full]),
        trained_subsampling in prop::bool::ANY,
        scale in prop::sample::select(vec![0.5, 1.0]),
        criterion in criteria(),
        label in 0..10_usize,
        seed in any::<u64>(),
    ) {
        let variant = Variant { squashing, c3, trained_subsampling, ..Variant::default() };
        let net = network_of(Rbf { scale, criterion, ..Rbf::paper() }, &variant, seed);
        prop_assert_eq!(net.arrays().count(), if trained_subsampling { 12 } else { 8 });
        prop_assert_eq!(net.c3.weight.len(), if c3 == C3::Full { 2400 } else { 1500 });
        check_network(&net, label, seed)?;
    }
}

#[test]
fn what_is_not_trained_stands_still_and_changes_no_other_gradient() {
    let trained = LeNet5::new(Rbf::paper(), &Variant::default(), &mut ChaCha8Rng::seed_from_u64(3));
    let mut fixed = trained.clone();
    (fixed.s2.trained, fixed.s4.trained) = (false, false);
    assert_eq!(fixed.parameter_count(), 60_000 - 12 - 32);
    let s = states(&trained, 3);
    let gradient = |net: &LeNet5<f64, _>| {
        let mut gradient = net.zeros();
        net.bprop(&s, 3, &mut net.states(), &mut gradient);
        gradient
    };
    let (of_all, of_fixed) = (gradient(&trained), gradient(&fixed));
    for (n, (all, rest)) in of_all.layers().into_iter().zip(of_fixed.layers()).enumerate() {
        assert_eq!(rest, if n == 1 || n == 3 { vec![] } else { all }, "{}", LAYERS[n]);
    }

    // Neither kind of step moves it.
    let (mut rates, mut by_gradient, mut on_the_way) = (fixed.zeros(), fixed.clone(), fixed.clone());
    rates.fill(1e-3);
    by_gradient.update(&rates, &of_fixed);
    on_the_way.descend(&s, 3, &mut fixed.states(), &rates, &mut fixed.zeros());
    assert_eq!(by_gradient, on_the_way);
    assert_eq!((&by_gradient.s2, &by_gradient.s4), (&fixed.s2, &fixed.s4));
    assert!(by_gradient.c1 != fixed.c1 && by_gradient.c3 != fixed.c3, "the control: the others move");
}

#[test]
fn gradients_of_patterns_add_up() {
    let criterion = Criterion::Competitive { rubbish: 90.0 };
    let net = network(Rbf { criterion, learn_codes: true, ..Rbf::paper() }, 6);
    let gradient = |patterns: &[(usize, u64)]| {
        let (mut slopes, mut gradient) = (net.states(), net.zeros());
        patterns
            .iter()
            .for_each(|&(label, seed)| net.bprop(&states(&net, seed), label, &mut slopes, &mut gradient));
        flat(&gradient)
    };
    let (first, second) = (gradient(&[(3, 1)]), gradient(&[(8, 2)]));
    let sum: Vec<f64> = first.iter().zip(&second).map(|(first, second)| first + second).collect();
    let both = gradient(&[(3, 1), (8, 2)]);
    let rounding = Tolerance { relative: 1e-12, floor: 1e-12 };
    assert_eq!(compare(&both, &sum, rounding), Ok(()));
    // The control: the last alone.
    assert!(compare(&second, &both, rounding).is_err());
}

// ---- Controls: wrong gradients must be refused ----------------------------------------------------------------------

#[test]
fn an_error_in_any_one_layer_is_refused() {
    let right = network(Rbf::paper(), 5);
    let (_, expected) = along_directions(&right, 3, 5);
    let refused = |spoil: fn(&mut LeNet5<f64, Rbf<f64>>)| {
        let mut wrong = right.clone();
        spoil(&mut wrong);
        compare(&along_directions(&wrong, 3, 5).0, &expected, TOLERANCE).is_err()
    };
    assert!(!refused(|_| ()));
    assert!(refused(|net| net.s2.coefficient /= 4.0));
    assert!(refused(|net| net.s4.coefficient /= 4.0));
    assert!(refused(|net| net.c1.weight.outer_iter_mut().for_each(|mut w| w.swap((0, 1), (1, 0)))));
    assert!(refused(|net| net.c3.weight *= 1.001));
    assert!(refused(|net| net.c5.bias[7] += 0.01));
    assert!(refused(|net| net.f6.weight[[83, 119]] += 0.01));
    assert!(refused(|net| net.head.codes[[3, 0]] *= -1.0));
}
