//! Penalties, the losses of eq. 8 and 9, probabilities (II-B, II-C).

use super::draw::{cases, values};
use super::flat::{assign, flat};
use super::passes::fprop;
use super::{f6, gradient};
use lenet5::section1::{Loss, Maps, Parameters, Penalties};
use lenet5::section2::{Criterion, Curvature, FullConnection, Rbf, Softmax};
use proptest::prelude::*;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

fn penalties(x: &Maps<f64>) -> Penalties<f64> {
    fprop(&Rbf::paper(), x)
}

fn softmax() -> Softmax<f64> {
    let output = FullConnection::new(84, 10, &mut ChaCha8Rng::seed_from_u64(3));
    Softmax { output, curvature: Curvature::Exact }
}

#[test]
fn a_network_that_says_nothing_has_penalties_of_84() {
    let output = penalties(&f6(vec![0.0; 84]));
    assert_eq!(output.iter().collect::<Vec<_>>(), [84.0; 10]);
    assert_eq!(output.nearest(), 0, "deviation 17");
}

fn distance_of_gradients(rubbish: f64, x: &Maps<f64>, label: usize) -> f64 {
    let of = |criterion| gradient(&Rbf::paper(), criterion, x, label);
    let pairs = of(Criterion::Competitive { rubbish }).into_iter().zip(of(Criterion::TrueClass));
    pairs.map(|(a, b)| (a - b).abs()).fold(0.0, f64::max)
}

proptest! {
    #![proptest_config(cases(256))]

    /// II-B: with codes of one length the smallest penalty is the largest `w . x`, and `y_i = |x|² - 2 w_i . x + 84`.
    #[test]
    fn the_nearest_code_has_the_largest_product(x in values(84)) {
        let layer = Rbf::<f64>::paper();
        let products: Vec<f64> =
            layer.codes.outer_iter().map(|w| w.iter().zip(&x).map(|(w, x)| w * x).sum()).collect();
        let length: f64 = x.iter().map(|x| x * x).sum();
        let output = penalties(&f6(x));
        for (penalty, product) in output.iter().zip(&products) {
            prop_assert!((penalty - (length - 2.0 * product + 84.0)).abs() <= 1e-10);
        }
        let largest = (0..10).max_by(|&a, &b| products[a].total_cmp(&products[b]));
        prop_assert_eq!(Some(output.nearest()), largest);
    }

    /// II-C: far below all penalties, `j` turns eq. 9 into eq. 8; among them, it does not.
    #[test]
    fn eq_9_becomes_eq_8_as_j_falls(x in values(84), label in 0..10_usize) {
        let x = 0.2 * f6(x);
        let least = penalties(&x).iter().fold(f64::INFINITY, f64::min);
        let apart = |below: f64| distance_of_gradients(least - below, &x, label);
        prop_assert!(apart(0.0) > 1e-2);
        prop_assert!(apart(5.0) < apart(0.0) && apart(10.0) < apart(5.0));
        prop_assert!(apart(30.0) < 1e-10);
    }

    /// Eq. 9 is `-log p_D`: it is never negative, and it grows when a wrong class is favoured.
    #[test]
    fn eq_9_is_the_logarithm_of_a_share(y in prop::collection::vec(0.0..200.0, 1..11), rubbish in 0.0..200.0) {
        let (penalties, criterion) = (Penalties::from(y.clone()), Criterion::Competitive { rubbish });
        let share = criterion.shares(&penalties);
        let all: f64 = y.iter().map(|&y| share(y)).sum::<f64>() + share(rubbish);
        prop_assert!((all - 1.0).abs() <= 1e-12);
        for (label, &penalty) in y.iter().enumerate() {
            let loss = criterion.fprop(&penalties, &label);
            prop_assert!(loss >= 0.0 && (loss + share(penalty).ln()).abs() <= 1e-9 * (1.0 + loss), "{}", loss);
        }
    }

    /// Deviation 17.
    #[test]
    fn the_first_of_equals_wins(
        mut y in prop::collection::vec(1.0..200.0, 10), a in 0..10_usize, b in 0..10_usize
    ) {
        (y[a], y[b]) = (0.5, 0.5);
        prop_assert_eq!(Penalties::from(y).nearest(), a.min(b));
    }

    #[test]
    fn softmax_gives_probabilities(x in values(84), scale in 0.0..100.0) {
        let y = fprop(&softmax(), &(scale * f6(x)));
        let p = y.probabilities();
        prop_assert!((p.iter().sum::<f64>() - 1.0).abs() <= 1e-12);
        prop_assert!(p.iter().all(|&other| other <= p[y.nearest()]));
        for (label, &p) in p.iter().enumerate() {
            let loss = Criterion::TrueClass.fprop(&y, &label);
            prop_assert!(loss.is_finite() && loss >= 0.0);
            prop_assert!(((-loss).exp() - p).abs() <= 1e-15);
        }
    }
}

#[test]
fn equal_probabilities_answer_the_first_class() {
    let mut layer = softmax();
    layer.fill(0.0);
    let y = fprop(&layer, &f6(vec![1.0; 84]));
    assert_eq!((y.nearest(), y.probabilities()), (0, vec![y.probabilities()[9]; 10]));
}

// ---- Codes that learn -----------------------------------------------------------------------------------------------

/// A network whose F6 ignores its input, after its codes have learnt: the mean loss over the ten labels, and the largest
/// distance between a code and the state of F6.
fn learn_codes(criterion: Criterion, x: &Maps<f64>) -> (f64, f64) {
    let mut layer = Rbf::paper().learning();
    for _ in 0..200 {
        let mut codes = flat(&layer);
        for slopes in (0..10).map(|label| gradient(&layer, criterion, x, label)) {
            codes.iter_mut().zip(&slopes[x.len()..]).for_each(|(w, dw)| *w -= 0.05 * dw);
        }
        assign(&mut layer, &codes);
    }
    let y = fprop(&layer, x);
    let losses = (0..10).map(|label| criterion.fprop(&y, &label));
    (losses.sum::<f64>() / 10.0, y.iter().fold(0.0, f64::max))
}

proptest! {
    #![proptest_config(cases(16))]

    /// II-C: eq. 8 has a perfect but useless solution, and codes that learn find it. Under eq. 9 the shares of ten classes add
    /// up to at most 1, so the mean loss cannot be below `log 10`.
    #[test]
    fn codes_collapse_under_eq_8_and_not_under_eq_9(x in values(84), rubbish in 50.0..150.0) {
        let x = f6(x);
        let (loss, apart) = learn_codes(Criterion::TrueClass, &x);
        prop_assert!(loss < 1e-12 && apart < 1e-12);
        let (loss, _) = learn_codes(Criterion::Competitive { rubbish }, &x);
        prop_assert!(loss >= 10.0_f64.ln() - 1e-12, "{}", loss);
    }
}
