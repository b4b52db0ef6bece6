//! Where the recursion starts: second derivatives of the losses, against second differences of the losses themselves.

use crate::agreement::{agree, compare};
use crate::draw::cases;
use crate::draw_layers::{maps, with_values};
use crate::flat::{assign, flat};
use crate::{SECOND, second_difference};
use lenet5::section1::Maps;
use lenet5::section2::{Criterion, Curvature, FullConnection, Head, Rbf, Softmax};
use ndarray::{Array3, Axis};
use proptest::prelude::*;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

/// `d²E/dx²` and `d²E/dw²` as `bbprop` says.
fn by_bbprop<H: Head<f64>>(head: &H, x: &Maps<f64>, label: usize) -> (Vec<f64>, Vec<f64>) {
    let (mut output, mut ddx, mut h) = (head.output(), Array3::from_elem(x.dim(), f64::NAN), head.zeros());
    head.fprop(x, &mut output);
    head.bbprop(x, &output, label, &mut ddx, &mut h);
    (ddx.iter().copied().collect(), flat(&h))
}

/// The gradient, squared: what later methods use in its place, and what must be refused.
fn squared_gradient<H: Head<f64>>(head: &H, x: &Maps<f64>, label: usize) -> Vec<f64> {
    let (mut output, mut dx) = (head.output(), Array3::zeros(x.dim()));
    head.fprop(x, &mut output);
    head.bprop(x, &output, label, &mut dx, &mut head.zeros());
    dx.iter().map(|dx| dx * dx).collect()
}

fn loss<H: Head<f64>>(head: &H, x: &Maps<f64>, label: usize) -> f64 {
    let mut output = head.output();
    head.fprop(x, &mut output);
    head.loss(&output, label)
}

/// The true diagonal by the units of F6, by differences.
fn by_inputs<H: Head<f64>>(head: &H, x: &Maps<f64>, label: usize) -> Vec<f64> {
    let along = |j: usize| {
        let mut moved = x.clone();
        second_difference(|h| {
            moved[[j, 0, 0]] = x[[j, 0, 0]] + h;
            loss(head, &moved, label)
        })
    };
    (0..x.len()).map(along).collect()
}

/// The true diagonal by the head's own parameters, by differences.
fn by_parameters<H: Head<f64>>(head: &H, x: &Maps<f64>, label: usize) -> Vec<f64> {
    let w = flat(head);
    let along = |k: usize| {
        let (mut head, mut moved) = (head.clone(), w.clone());
        second_difference(|h| {
            moved[k] = w[k] + h;
            assign(&mut head, &moved);
            loss(&head, x, label)
        })
    };
    (0..w.len()).map(along).collect()
}

fn competitive(curvature: Curvature, rubbish: f64, scale: f64) -> Rbf<f64> {
    Rbf { criterion: Criterion::Competitive { rubbish }, curvature, scale, ..Rbf::paper() }
}

/// Penalties as eq. 7 prints them, and half of them.
fn scales() -> impl Strategy<Value = f64> {
    prop::sample::select(vec![1.0, 0.5])
}

/// Any codes, a label, a state of F6.
fn any_codes() -> impl Strategy<Value = (usize, Maps<f64>, Maps<f64>)> {
    (1..=10_usize, 1..=8_usize)
        .prop_flat_map(|(classes, units)| (0..classes, maps((1, classes, units)), maps((units, 1, 1))))
}

proptest! {
    #![proptest_config(cases(96))]

    #[test]
    fn eq_8_gives_2_and_half_of_eq_7_gives_1(x in maps((84, 1, 1)), label in 0..10_usize) {
        for (scale, two) in [(1.0, 2.0), (0.5, 1.0)] {
            for curvature in [Curvature::Exact, Curvature::Constant] {
                let (ddx, _) = by_bbprop(&Rbf { curvature, scale, ..Rbf::paper() }, &x, label);
                prop_assert_eq!(ddx, vec![two; 84]);
            }
            let head = Rbf { scale, ..Rbf::paper() };
            agree(&[two; 84], &by_inputs(&head, &x, label), SECOND)?;
            prop_assert!(compare(&squared_gradient(&head, &x, label), &[two; 84], SECOND).is_err());
        }
    }

    #[test]
    fn eq_9_held_constant_gives_2(x in maps((84, 1, 1)), label in 0..10_usize, rubbish in -5.0..300.0) {
        for (scale, two) in [(1.0, 2.0), (0.5, 1.0)] {
            let head = competitive(Curvature::Constant, rubbish, scale);
            prop_assert_eq!(by_bbprop(&head, &x, label).0, vec![two; 84]);
        }
    }

    #[test]
    fn eq_9_has_the_second_derivative_of_the_loss(
        x in maps((84, 1, 1)), spread in 0.05..1.0, label in 0..10_usize, rubbish in 0.0..200.0, scale in scales()
    ) {
        let (x, head) = (spread * x, competitive(Curvature::Exact, rubbish, scale));
        let (ddx, _) = by_bbprop(&head, &x, label);
        prop_assert!(ddx.iter().all(|&ddx| ddx >= 0.0));
        agree(&ddx, &by_inputs(&head, &x, label), SECOND)?;
        prop_assert!(compare(&squared_gradient(&head, &x, label), &ddx, SECOND).is_err());
    }

    #[test]
    fn eq_9_has_the_second_derivative_of_the_loss_for_any_codes(
        (label, codes, x) in any_codes(), rubbish in -5.0..30.0, scale in scales()
    ) {
        let head = Rbf { codes: codes.remove_axis(Axis(0)), ..competitive(Curvature::Exact, rubbish, scale) };
        let (ddx, _) = by_bbprop(&head, &x, label);
        prop_assert!(ddx.iter().all(|&ddx| ddx >= 0.0));
        agree(&ddx, &by_inputs(&head, &x, label), SECOND)?;
    }

    /// Deviation 12: the true second derivative where it is positive by itself; for a class that is pushed away, the
    /// negative `2 dE/dy_i` is left out.
    #[test]
    fn codes_curve_like_the_loss((label, codes, x) in any_codes(), rubbish in -5.0..30.0, scale in scales()) {
        let codes = codes.remove_axis(Axis(0));
        let head = Rbf { codes, learn_codes: true, ..competitive(Curvature::Exact, rubbish, scale) };
        let (_, h) = by_bbprop(&head, &x, label);
        let mut output = head.output();
        head.fprop(&x, &mut output);
        let share = head.criterion.shares(&output);
        let mut expected = by_parameters(&head, &x, label);
        for (class, row) in expected.chunks_exact_mut(x.len()).enumerate().filter(|(class, _)| *class != label) {
            row.iter_mut().for_each(|h| *h += 2.0 * scale * share(output.of(class)));
        }
        prop_assert!(h.iter().all(|&h| h >= 0.0));
        agree(&h, &expected, SECOND)?;
    }

    #[test]
    fn codes_under_eq_8_curve_by_2_or_not_at_all((label, codes, x) in any_codes(), scale in scales()) {
        let head = Rbf { codes: codes.remove_axis(Axis(0)), learn_codes: true, scale, ..Rbf::paper() };
        let of = |class: usize| if class == label { 2.0 * scale } else { 0.0 };
        let expected: Vec<f64> = (0..head.codes.len()).map(|k| of(k / x.len())).collect();
        prop_assert_eq!(&by_bbprop(&head, &x, label).1, &expected);
        agree(&expected, &by_parameters(&head, &x, label), SECOND)?;
    }

    #[test]
    fn softmax_has_the_second_derivatives_of_its_weights(
        (label, (output, x, _)) in (1..=10_usize, 1..=8_usize).prop_flat_map(|(classes, units)| {
            let layer = FullConnection::new(units, classes, &mut ChaCha8Rng::seed_from_u64(0));
            (0..classes, with_values(layer, (units, 1, 1)))
        })
    ) {
        let head = Softmax { output, curvature: Curvature::Exact };
        let (ddx, h) = by_bbprop(&head, &x, label);
        let (classes, units) = head.output.weight.dim();
        agree(&h, &by_parameters(&head, &x, label), SECOND)?;
        // The biases' are those of the weighted sums, p (1 - p); eq. 27 carries them to F6 without mixed terms.
        let mut p = head.output();
        head.fprop(&x, &mut p);
        let start = |i: usize, dda: f64| head.output.weight.row(i).mapv(|w| w * w * dda);
        for (head, dda) in [
            (head.clone(), (0..classes).map(|i| p.of(i) * (1.0 - p.of(i))).collect::<Vec<_>>()),
            (Softmax { curvature: Curvature::Constant, ..head.clone() }, vec![0.25; classes]),
        ] {
            let (ddx, h) = by_bbprop(&head, &x, label);
            let expected: Vec<f64> = (0..units).map(|j| (0..classes).map(|i| start(i, dda[i])[j]).sum()).collect();
            compare(&h[classes * units..], &dda, SECOND)?;
            compare(&ddx, &expected, SECOND)?;
        }
        prop_assert!(ddx.iter().all(|&ddx| ddx >= 0.0));
    }
}

#[test]
fn the_start_of_softmax_is_bounded_by_its_constant() {
    let x = Array3::from_shape_fn((84, 1, 1), |(n, _, _)| f64::sin((n * n) as f64));
    let [(exact, _), (constant, _)] =
        [Curvature::Exact, Curvature::Constant].map(|curvature| by_bbprop(&crate::softmax(curvature), &x, 3));
    assert!(exact.iter().zip(&constant).all(|(exact, constant)| exact < constant));
    // A control: the gradient's square is something else again.
    assert!(compare(&squared_gradient(&crate::softmax(Curvature::Exact), &x, 3), &exact, SECOND).is_err());
}
