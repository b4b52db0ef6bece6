//! Losses, by every penalty, and by the inputs and parameters of the output layers.

use super::agreement::{agree, compare};
use super::by_each::by_each;
use super::draw::cases;
use super::draw_layers::maps;
use super::layers::{TOLERANCE, by_differences};
use super::passes::{Numbers, OnMaps, by_bprop, fprop};
use super::{any_random, criteria};
use lenet5::section1::{Loss, Maps, Penalties};
use lenet5::section2::{Criterion, Curvature, FullConnection, Rbf, Softmax};
use ndarray::Array3;
use proptest::prelude::*;

/// `dE/dy` by `bprop`.
fn slopes(criterion: Criterion, y: &Penalties<f64>, label: usize) -> Penalties<f64> {
    let mut dy = Penalties::from(vec![f64::NAN; y.iter().count()]);
    criterion.bprop(y, &label, &mut dy);
    dy
}

/// The derivatives by the state and by the parameters of an output layer, by `bprop` of loss and layer.
fn through<L: OnMaps<Output = Penalties<f64>>>(
    layer: &L,
    criterion: Criterion,
    x: &Maps<f64>,
    label: usize,
) -> Vec<f64> {
    by_bprop(layer, x, slopes(criterion, &fprop(layer, x), label).numbers())
}

/// The same by differences.
fn expected<L: OnMaps<Output = Penalties<f64>>>(
    layer: &L,
    criterion: Criterion,
    x: &Maps<f64>,
    label: usize,
) -> Vec<f64> {
    by_differences(layer, x, |y| criterion.fprop(y, &label))
}

fn learning(learns: bool) -> Rbf<f64> {
    if learns { Rbf::paper().learning() } else { Rbf::paper() }
}

fn softmax() -> Softmax<f64> {
    Softmax { output: FullConnection::new(84, 10, &mut any_random()), curvature: Curvature::Exact }
}

proptest! {
    #![proptest_config(cases(128))]

    #[test]
    fn by_penalties(
        (y, label) in prop::collection::vec(-2.0..20.0, 1..=10).prop_flat_map(|y| { let n = y.len(); (Just(y), 0..n) }),
        criterion in prop_oneof![
            Just(Criterion::TrueClass),
            (-5.0..20.0).prop_map(|rubbish| Criterion::Competitive { rubbish }),
        ],
    ) {
        let loss = |y: &[f64]| criterion.fprop(&Penalties::from(y.to_vec()), &label);
        let found: Vec<f64> = slopes(criterion, &Penalties::from(y.clone()), label).iter().collect();
        agree(&found, &by_each(loss, &y), TOLERANCE)?;
    }
}

proptest! {
    #![proptest_config(cases(64))]

    #[test]
    fn by_all_that_the_rbf_layer_sees(
        x in maps((84, 1, 1)), spread in 0.05..1.0, label in 0..10_usize, criterion in criteria(), learns in prop::bool::ANY
    ) {
        let (layer, x) = (learning(learns), spread * x);
        agree(&through(&layer, criterion, &x, label), &expected(&layer, criterion, &x, label), TOLERANCE)?;
    }

    /// Eq. 8 on softmax is the cross-entropy; eq. 9 is defined on it, too.
    #[test]
    fn by_all_that_softmax_sees(
        x in maps((84, 1, 1)),
        label in 0..10_usize,
        criterion in prop_oneof![
            Just(Criterion::TrueClass),
            (-5.0..5.0).prop_map(|rubbish| Criterion::Competitive { rubbish }),
        ],
    ) {
        let found = through(&softmax(), criterion, &x, label);
        agree(&found, &expected(&softmax(), criterion, &x, label), TOLERANCE)?;
    }

    #[test]
    fn losses_of_huge_penalties_neither_overflow_nor_turn_negative(
        penalties in prop::collection::vec(0.0..1e30_f32, 1..11),
        rubbish in 0.0..1e30,
    ) {
        for label in 0..penalties.len() {
            let loss = Criterion::Competitive { rubbish }.fprop(&Penalties::from(penalties.clone()), &label);
            prop_assert!(loss.is_finite() && loss >= 0.0, "{}", loss);
        }
    }
}

#[test]
fn another_label_loss_or_penalty_of_rubbish_is_refused() {
    let eq_9 = |rubbish| Criterion::Competitive { rubbish };
    // A state of F6 far from all codes.
    let x = Array3::from_shape_fn((84, 1, 1), |(n, _, _)| 0.2 * f64::sin((n * n) as f64));
    let rbf = |criterion, label| through(&learning(true), criterion, &x, label);
    let right = expected(&learning(true), eq_9(90.0), &x, 3);
    let refused = |found: &[f64]| compare(found, &right, TOLERANCE).is_err();
    assert!(!refused(&rbf(eq_9(90.0), 3)));
    assert!(refused(&rbf(eq_9(90.0), 4)));
    assert!(refused(&rbf(Criterion::TrueClass, 3)));
    assert!(refused(&rbf(eq_9(100.0), 3)));
    let right = expected(&softmax(), Criterion::TrueClass, &x, 3);
    assert!(compare(&through(&softmax(), Criterion::TrueClass, &x, 4), &right, TOLERANCE).is_err());
}
