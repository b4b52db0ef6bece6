//! Claims of `paper/claims.toml` that need no training and no MNIST.

use super::draw::{cases, values};
use super::passes::fprop;
use super::{f, f6, gradient};
use lenet5::section1::{Loss, Parameters, Penalties};
use lenet5::section2::{Criterion, LeNet5, Rbf, Subsampling};
use lenet5::section3::database::embedded;
use ndarray::Array3;
use proptest::prelude::*;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

// ---- II-A: the coefficient of a subsampling unit --------------------------------------------------------------------

/// The state of one unit with four inputs.
fn unit(coefficient: f64, bias: f64, inputs: &[f64]) -> f64 {
    let mut layer = Subsampling::new(1, coefficient);
    layer.bias.fill(bias);
    let x = Array3::from_shape_vec((1, 2, 2), inputs.to_vec()).expect("four inputs");
    f(fprop(&layer, &x)[[0, 0, 0]])
}

/// `true` for a unit that is on, `false` for one that is off, `None` for one in between.
fn on(state: f64) -> Option<bool> {
    (state.abs() > 1.5).then_some(state > 0.0)
}

proptest! {
    #![proptest_config(cases(256))]

    /// For inputs in the range of f, a unit with a coefficient of 0.05 is within 2 % of a straight line.
    #[test]
    fn a_small_coefficient_only_blurs(inputs in values(4)) {
        let gain = unit(0.05, 0.0, &[1e-6; 4]) / 4e-6;
        let straight = gain * inputs.iter().sum::<f64>();
        prop_assert!((unit(0.05, 0.0, &inputs) - straight).abs() <= 0.02 * straight.abs());
        // The control: with ten times the coefficient it is not.
        let gain = unit(0.5, 0.0, &[1e-6; 4]) / 4e-6;
        prop_assert!((unit(0.5, 0.0, &[1.5; 4]) - gain * 6.0).abs() > 0.02 * gain * 6.0);
    }

    /// For noisy inputs that are on or off, the bias of a unit with a coefficient of 5 decides between OR and AND.
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

// ---- II-C: the classes that eq. 8 and 9 depend on -------------------------------------------------------------------

/// The derivative of the loss of a label by the penalty of a class, by differences.
fn push(criterion: Criterion, y: &[f64], label: usize, class: usize) -> f64 {
    let loss = |step: f64| {
        let mut y = y.to_vec();
        y[class] += step;
        criterion.fprop(&Penalties::from(y), &label)
    };
    (loss(1e-4) - loss(-1e-4)) / 2e-4
}

proptest! {
    #![proptest_config(cases(128))]

    #[test]
    fn under_eq_8_wrong_codes_do_not_matter(x in values(84), other in values(84), label in 0..10_usize) {
        let (x, codes) = (f6(x), Rbf::paper());
        let mut changed = codes.clone();
        for class in (0..10).filter(|&class| class != label) {
            changed.codes.row_mut(class).iter_mut().zip(&other).for_each(|(w, other)| *w = *other);
        }
        let replaced = |criterion| [&codes, &changed].map(|codes| gradient(codes, criterion, &x, label));
        let [before, after] = replaced(Criterion::TrueClass);
        prop_assert_eq!(before, after);
        // The control: under eq. 9 they do.
        let [before, after] = replaced(Criterion::Competitive { rubbish: 200.0 });
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

/// The median size of the gradient in C1 over twenty digits, in a network whose initial weights are multiplied by `scale`.
fn gradient_in_c1(scale: f64) -> f64 {
    let digits = embedded::digits(1998).train;
    let mut net = LeNet5::paper::<f64>(&mut ChaCha8Rng::seed_from_u64(1));
    net.arrays_mut().flatten().for_each(|w| *w *= scale);
    let (mut states, mut slopes) = (net.states(), net.states());
    let mut size = |p| {
        let mut gradient = net.zeros();
        digits.pattern(p, states.input_mut());
        net.fprop(&mut states);
        Criterion::TrueClass.bprop(&states.output, &digits.label(p), &mut slopes.output);
        net.bprop(&states, &mut slopes, &mut gradient);
        let (name, c1) = gradient.layers().swap_remove(0);
        assert_eq!(name, "C1");
        c1.concat().iter().map(|dw| dw * dw).sum::<f64>().sqrt()
    };
    let mut sizes: Vec<f64> = (0..20).map(&mut size).collect();
    sizes.sort_unstable_by(f64::total_cmp);
    sizes[10]
}

/// Weights ten times too large saturate units, but they also enlarge the gradient on its way down.
#[test]
fn initial_weights_too_small_give_small_gradients_and_too_large_ones_large_before_small() {
    let [small, right, large, huge] = [0.1, 1.0, 10.0, 1000.0].map(gradient_in_c1);
    assert!(small < 1e-4 * right && large > 10.0 * right && huge < 1e-9, "{small} {right} {large} {huge}");
}
