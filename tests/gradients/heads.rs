//! Output layers with their losses, element by element: by every unit of F6, every code, weight and bias.

use crate::agreement::{Disagreement, agree, compare};
use crate::draw::cases;
use crate::draw_layers::{maps, with_values};
use crate::flat::{assign, flat};
use crate::{TOLERANCE, any_random, by_each, criteria, unwritten};
use lenet5::section1::Maps;
use lenet5::section2::{Criterion, Curvature, FullConnection, Head, Penalties, Rbf, Softmax};
use ndarray::{Array3, Axis};
use proptest::prelude::*;

fn loss<H: Head<f64>>(head: &H, x: &Maps<f64>, label: usize) -> f64 {
    let mut output = head.output();
    head.fprop(x, &mut output);
    head.loss(&output, label)
}

/// dE/dx and dE/dw as `bprop` says.
fn by_bprop<H: Head<f64>>(head: &H, x: &Maps<f64>, label: usize) -> Vec<f64> {
    let (mut output, mut dx, mut gradient) = (head.output(), unwritten(x.dim()), head.zeros());
    head.fprop(x, &mut output);
    head.bprop(x, &output, label, &mut dx, &mut gradient);
    dx.iter().copied().chain(flat(&gradient)).collect()
}

/// The same by differences.
fn by_differences<H: Head<f64>>(head: &H, x: &Maps<f64>, label: usize) -> Vec<f64> {
    let at: Vec<f64> = x.iter().copied().chain(flat(head)).collect();
    let (mut head, mut x) = (head.clone(), x.clone());
    let loss = |at: &[f64]| {
        x.iter_mut().zip(at).for_each(|(x, &value)| *x = value);
        assign(&mut head, &at[x.len()..]);
        loss(&head, &x, label)
    };
    by_each(loss, &at)
}

fn check<H: Head<f64>>(head: &H, x: &Maps<f64>, label: usize) -> Result<(), Disagreement> {
    agree(&by_bprop(head, x, label), &by_differences(head, x, label), TOLERANCE)
}

/// Classes, units of F6 and a label.
fn classes() -> impl Strategy<Value = (usize, usize, usize)> {
    (1..=10_usize, 1..=20_usize).prop_flat_map(|(classes, units)| (Just(classes), Just(units), 0..classes))
}

proptest! {
    #![proptest_config(cases(96))]

    #[test]
    fn rbf_with_any_codes(
        (label, codes, x) in classes().prop_flat_map(|(classes, units, label)| {
            (Just(label), maps((1, classes, units)), maps((units, 1, 1)))
        }),
        criterion in criteria(),
        learn_codes in prop::bool::ANY,
        scale in prop::sample::select(vec![0.5, 1.0]),
    ) {
        let codes = codes.remove_axis(Axis(0));
        check(&Rbf { codes, learn_codes, scale, criterion, curvature: Curvature::Exact }, &x, label)?;
    }

    #[test]
    fn rbf_with_the_codes_of_the_digits(
        x in maps((84, 1, 1)),
        spread in 0.05..1.0,
        label in 0..10_usize,
        criterion in criteria(),
        learn_codes in prop::bool::ANY,
    ) {
        check(&Rbf { learn_codes, criterion, ..Rbf::paper() }, &(spread * x), label)?;
    }

    #[test]
    fn softmax(
        (label, (output, x, _)) in classes().prop_flat_map(|(classes, units, label)| {
            let layer = FullConnection::new(units, classes, &mut any_random());
            (Just(label), with_values(layer, (units, 1, 1)))
        })
    ) {
        check(&Softmax { output, curvature: Curvature::Exact }, &x, label)?;
    }

    #[test]
    fn losses_of_huge_penalties_neither_overflow_nor_turn_negative(
        penalties in prop::collection::vec(0.0..1e30_f32, 1..11),
        rubbish in 0.0..1e30,
    ) {
        for label in 0..penalties.len() {
            let loss = Criterion::Competitive { rubbish }.loss(&Penalties::from(penalties.clone()), label);
            prop_assert!(loss.is_finite() && loss >= 0.0, "{}", loss);
        }
    }
}

// ---- Controls: wrong formulas must be refused -----------------------------------------------------------------------

/// A state of F6 that no code explains.
fn undecided() -> Maps<f64> {
    Array3::from_shape_fn((84, 1, 1), |(n, _, _)| 0.2 * f64::sin((n * n) as f64))
}

fn refused<H: Head<f64>>(head: &H, wrong: impl Fn(&Maps<f64>) -> Vec<f64>) -> bool {
    let expected = by_differences(head, &undecided(), 3);
    assert_eq!(agree(&by_bprop(head, &undecided(), 3), &expected, TOLERANCE), Ok(()));
    compare(&wrong(&undecided()), &expected, TOLERANCE).is_err()
}

#[test]
fn wrong_gradients_of_rbf_are_refused() {
    let eq8 = Rbf::paper();
    let eq9 =
        |rubbish| Rbf { criterion: Criterion::Competitive { rubbish }, learn_codes: true, ..Rbf::paper() };
    // The 2 of eq. 7 left out.
    assert!(refused(&eq8, |x| by_bprop(&eq8, x, 3).iter().map(|d| d / 2.0).collect()));
    // Another label; no competition; another j.
    assert!(refused(&eq9(90.0), |x| by_bprop(&eq9(90.0), x, 4)));
    assert!(refused(&eq9(90.0), |x| by_bprop(&Rbf { learn_codes: true, ..Rbf::paper() }, x, 3)));
    assert!(refused(&eq9(90.0), |x| by_bprop(&eq9(100.0), x, 3)));
    // Codes that run after their inputs with the wrong sign.
    assert!(refused(&eq9(90.0), |x| {
        let mut wrong = by_bprop(&eq9(90.0), x, 3);
        wrong[84..].iter_mut().for_each(|d| *d = -*d);
        wrong
    }));
}

#[test]
fn wrong_gradients_of_softmax_are_refused() {
    let head =
        Softmax { output: FullConnection::new(84, 10, &mut any_random()), curvature: Curvature::Exact };
    assert!(refused(&head, |x| by_bprop(&head, x, 4)));
    // The label's 1 left out of p - [i = D], for the biases.
    assert!(refused(&head, |x| {
        let mut wrong = by_bprop(&head, x, 3);
        wrong[84 + 840 + 3] += 1.0;
        wrong
    }));
}
