//! Claims of `paper/claims.toml` that need no training and no MNIST.

use crate::draw::{cases, values};
use lenet5::appendix::b::Update;
use lenet5::section1::{Gradient, Maps, Module, Parameters};
use lenet5::section2::{Criterion, Head, LeNet5, Penalties, Rbf, Squashing, Subsampling};
use lenet5::section3::database::{Patterns, embedded};
use lenet5::section3::training::Trainer;
use ndarray::{Array3, Axis, concatenate};
use proptest::prelude::*;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use std::ops::ControlFlow;

// ---- II-A: what the coefficient of a subsampling unit does ----------------------------------------------------------

/// The state of one unit with four inputs.
fn unit(coefficient: f64, bias: f64, inputs: &[f64]) -> f64 {
    let mut layer = Subsampling::new(1, coefficient);
    layer.bias.fill(bias);
    let x = Array3::from_shape_vec((1, 2, 2), inputs.to_vec()).expect("four inputs");
    let mut y = Array3::zeros((1, 1, 1));
    layer.fprop(&x, &mut y);
    Squashing::PAPER.squash(&mut y);
    y[[0, 0, 0]]
}

/// Whether a unit is on, off, or neither.
fn on(state: f64) -> Option<bool> {
    (state.abs() > 1.5).then_some(state > 0.0)
}

proptest! {
    #![proptest_config(cases(256))]

    /// Inputs in the range of f: with a coefficient of 0.05 the unit is within 2 % of a straight line.
    #[test]
    fn a_small_coefficient_only_blurs(inputs in values(4)) {
        let gain = unit(0.05, 0.0, &[1e-6; 4]) / 4e-6;
        let straight = gain * inputs.iter().sum::<f64>();
        prop_assert!((unit(0.05, 0.0, &inputs) - straight).abs() <= 0.02 * straight.abs());
        // The control: with ten times the coefficient it is not.
        let gain = unit(0.5, 0.0, &[1e-6; 4]) / 4e-6;
        prop_assert!((unit(0.5, 0.0, &[1.5; 4]) - gain * 6.0).abs() > 0.02 * gain * 6.0);
    }

    /// Inputs that are on or off, each with noise: with a coefficient of 5 the bias decides between OR and AND.
    #[test]
    fn a_large_coefficient_makes_a_noisy_or_and_a_noisy_and(
        bits in prop::collection::vec(any::<bool>(), 4), noise in values(4)
    ) {
        let noisy = |(bit, noise): (&bool, f64)| if *bit { 1.0 } else { -1.0 } + 0.1 * noise;
        let inputs: Vec<f64> = bits.iter().zip(noise).map(noisy).collect();
        prop_assert_eq!(on(unit(5.0, 15.0, &inputs)), Some(bits.iter().any(|&bit| bit)));
        prop_assert_eq!(on(unit(5.0, -15.0, &inputs)), Some(bits.iter().all(|&bit| bit)));
    }
}

// ---- II-C: who takes part in eq. 8 and 9 ----------------------------------------------------------------------------

/// The derivatives of the loss by the units of F6.
fn gradient(head: &Rbf<f64>, x: &Maps<f64>, label: usize) -> Maps<f64> {
    let (mut output, mut dx) = (head.output(), Array3::zeros(x.dim()));
    head.fprop(x, &mut output);
    head.bprop(x, &output, label, &mut dx, &mut head.zeros());
    dx
}

/// How much the loss of a label grows with the penalty of a class, by differences.
fn push(criterion: Criterion, y: &[f64], label: usize, class: usize) -> f64 {
    let loss = |step: f64| {
        let mut y = y.to_vec();
        y[class] += step;
        criterion.loss(&Penalties::from(y), label)
    };
    (loss(1e-4) - loss(-1e-4)) / 2e-4
}

proptest! {
    #![proptest_config(cases(128))]

    #[test]
    fn under_eq_8_wrong_codes_do_not_matter(x in values(84), other in values(84), label in 0..10_usize) {
        let x = Array3::from_shape_vec((84, 1, 1), x).expect("a state of F6");
        let replaced = |criterion| {
            let head = Rbf { criterion, ..Rbf::paper() };
            let mut changed = head.clone();
            let wrong = (0..10).filter(|&class| class != label);
            wrong.for_each(|class| changed.codes.row_mut(class).iter_mut().zip(&other).for_each(|(w, o)| *w = *o));
            (gradient(&head, &x, label), gradient(&changed, &x, label))
        };
        let (before, after) = replaced(Criterion::TrueClass);
        prop_assert_eq!(before, after);
        // The control: under eq. 9 they do.
        let (before, after) = replaced(Criterion::Competitive { rubbish: 200.0 });
        prop_assert!(before != after);
    }

    #[test]
    fn eq_9_lowers_the_right_penalty_and_raises_the_others(
        y in prop::collection::vec(0.0..20.0, 10), rubbish in 0.0..20.0, label in 0..10_usize
    ) {
        let criterion = Criterion::Competitive { rubbish };
        for class in 0..10 {
            let slope = push(criterion, &y, label, class);
            prop_assert!(if class == label { slope >= -1e-9 } else { slope <= 1e-9 }, "{}: {}", class, slope);
            let share = criterion.shares(&Penalties::from(y.clone()))(y[class]);
            let expected = if class == label { 1.0 - share } else { -share };
            prop_assert!((slope - expected).abs() <= 1e-7, "{} is not {}", slope, expected);
        }
    }

    #[test]
    fn j_lets_go_of_penalties_that_are_large_already(
        y in prop::collection::vec(0.0..20.0, 10), rubbish in 0.0..20.0, label in 0..10_usize
    ) {
        let criterion = Criterion::Competitive { rubbish };
        for class in (0..10).filter(|&class| class != label) {
            prop_assert!(push(criterion, &y, label, class).abs() <= (rubbish - y[class]).exp() + 1e-9);
        }
    }
}

// ---- Appendix A: the size of the initial weights --------------------------------------------------------------------

/// The size of the gradient in C1, the median over twenty digits, in a network whose initial weights are multiplied by
/// `scale`.
fn gradient_in_c1(scale: f64) -> f64 {
    let digits = embedded::digits(1998).train;
    let mut net = LeNet5::<f64, _>::paper(&mut ChaCha8Rng::seed_from_u64(1));
    net.arrays_mut().flatten().for_each(|w| *w *= scale);
    let (mut states, mut slopes) = (net.states(), net.states());
    let mut size = |p| {
        let mut gradient = net.zeros();
        digits.pattern(p, &mut states.input);
        net.fprop(&mut states);
        net.bprop(&states, digits.label(p), &mut slopes, &mut gradient);
        gradient.c1.arrays().flatten().map(|dw| dw * dw).sum::<f64>().sqrt()
    };
    let mut sizes: Vec<f64> = (0..20).map(&mut size).collect();
    sizes.sort_unstable_by(f64::total_cmp);
    sizes[10]
}

/// Weights ten times too large saturate units, but the gradient comes down through weights that are ten times as large.
#[test]
fn initial_weights_too_small_give_small_gradients_and_too_large_ones_large_before_small() {
    let [small, right, large, huge] = [0.1, 1.0, 10.0, 1000.0].map(gradient_in_c1);
    assert!(small < 1e-4 * right && large > 10.0 * right && huge < 1e-9, "{small} {right} {large} {huge}");
}

// ---- Appendix B: two copies of one set ------------------------------------------------------------------------------

/// Twenty digits, so many times.
fn copies(count: usize) -> Patterns {
    let digits = embedded::digits(1998).train;
    let images: Vec<_> = (0..20).map(|p| digits.image(p % 20).insert_axis(Axis(0))).collect();
    let images = vec![images; count].concat();
    let labels = (0..20 * count).map(|p| digits.label(p % 20) as u8).collect();
    Patterns::new(concatenate(Axis(0), &images).expect("images of one size"), labels)
        .expect("a label for each")
}

/// The parameters after so many passes over so many copies, and how many patterns were presented.
fn trained(update: Update, passes: usize, count: usize) -> (Vec<f64>, usize) {
    let mut trainer = Trainer::new(LeNet5::<f64, _>::paper(&mut ChaCha8Rng::seed_from_u64(1)));
    let (set, order) = (copies(count), (0..20 * count).collect::<Vec<_>>());
    let mut presented = 0;
    for _ in 0..passes {
        let rule = &mut Gradient { eta: 1e-4 };
        let done = trainer.pass(&set, &order, update, rule, |_| ControlFlow::Continue(()));
        presented += done.expect("a loss that is a number").patterns;
    }
    (trainer.net.arrays().flatten().copied().collect(), presented)
}

#[test]
fn two_copies_are_one_batch_step_or_two_stochastic_passes() {
    let ((once, cost), (double, double_cost)) = (trained(Update::Batch, 1, 1), trained(Update::Batch, 1, 2));
    assert_eq!(double_cost, 2 * cost);
    assert!(once.iter().zip(&double).all(|(a, b)| (a - b).abs() <= 1e-15), "the batch step is the same");
    let (twice, double) = (trained(Update::Stochastic, 2, 1).0, trained(Update::Stochastic, 1, 2).0);
    assert!(twice == double, "two stochastic passes over one copy are one over two, bit for bit");
    // The control: two batch passes are not one.
    assert!(trained(Update::Batch, 2, 1).0.iter().zip(&once).any(|(a, b)| (a - b).abs() > 1e-6));
}
