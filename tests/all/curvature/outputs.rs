//! The start of the recursion: second derivatives of the losses, compared with second differences of the losses.

use super::agreement::{agree, compare};
use super::draw::cases;
use super::draw_layers::{maps, with_values};
use super::flat::{assign, flat};
use super::passes::{Numbers, OnMaps, by_bprop, fprop, unwritten};
use super::waves::waves;
use super::{SECOND, competitive, second_difference};
use lenet5::section1::{Bend, Loss, Maps, Penalties};
use lenet5::section2::{Criterion, Curvature, FullConnection, Rbf, Softmax};
use ndarray::Axis;
use proptest::prelude::*;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

/// An output layer with its loss.
struct Top<L> {
    layer: L,
    criterion: Criterion,
}

impl<L: OnMaps<Output = Penalties<f64>>> Top<L> {
    /// `d²E/dx²` and `d²E/dw²` by `bbprop`.
    fn bbprop(&self, x: &Maps<f64>, label: usize) -> (Vec<f64>, Vec<f64>) {
        let (y, mut ddx, mut h) = (fprop(&self.layer, x), unwritten(x.dim()), self.layer.zeros());
        let mut ddy = Bend::from(unwritten(y.numbers().dim()));
        self.criterion.bbprop(&y, &label, &mut ddy);
        let bbprop = L::second_order().expect("second derivatives");
        bbprop(&self.layer, x, &y, &ddy, Some(&mut ddx), &mut h);
        (ddx.iter().copied().collect(), flat(&h))
    }

    /// The squared derivatives by the units of F6. Later methods use them instead of second derivatives; here they must be
    /// refused.
    fn squared_gradient(&self, x: &Maps<f64>, label: usize) -> Vec<f64> {
        let y = fprop(&self.layer, x);
        let mut dy = y.clone();
        self.criterion.bprop(&y, &label, &mut dy);
        by_bprop(&self.layer, x, dy.numbers())[..x.len()].iter().map(|dx| dx * dx).collect()
    }

    fn loss(&self, x: &Maps<f64>, label: usize) -> f64 {
        self.criterion.fprop(&fprop(&self.layer, x), &label)
    }

    /// The true diagonal by the units of F6, by differences.
    fn by_inputs(&self, x: &Maps<f64>, label: usize) -> Vec<f64> {
        let along = |j: usize| {
            let mut moved = x.clone();
            second_difference(|h| {
                moved[[j, 0, 0]] = x[[j, 0, 0]] + h;
                self.loss(&moved, label)
            })
        };
        (0..x.len()).map(along).collect()
    }

    /// The true diagonal by the layer's own parameters, by differences.
    fn by_parameters(&self, x: &Maps<f64>, label: usize) -> Vec<f64> {
        let w = flat(&self.layer);
        let along = |k: usize| {
            let (mut moved, mut at) = (Self { layer: self.layer.clone(), ..*self }, w.clone());
            second_difference(|h| {
                at[k] = w[k] + h;
                assign(&mut moved.layer, &at);
                moved.loss(x, label)
            })
        };
        (0..w.len()).map(along).collect()
    }
}

/// An RBF layer with these codes, or with those of the digits.
fn rbf(codes: Option<Maps<f64>>, scale: f64, criterion: Criterion) -> Top<Rbf<f64>> {
    let mut layer = codes.map_or(Rbf::paper(), |codes| Rbf::new(codes.remove_axis(Axis(0))));
    layer.scale = scale;
    Top { layer, criterion }
}

fn constant(mut top: Top<Rbf<f64>>) -> Top<Rbf<f64>> {
    top.layer.curvature = Curvature::Constant;
    top
}

fn learning(top: Top<Rbf<f64>>) -> Top<Rbf<f64>> {
    Top { layer: top.layer.learning(), ..top }
}

/// The scales of the penalties: as printed in eq. 7, and half of it.
fn scales() -> impl Strategy<Value = f64> {
    prop::sample::select(vec![1.0, 0.5])
}

/// Random codes, a label and a state of F6.
fn any_codes() -> impl Strategy<Value = (usize, Maps<f64>, Maps<f64>)> {
    (1..=10_usize, 1..=8_usize)
        .prop_flat_map(|(classes, units)| (0..classes, maps((1, classes, units)), maps((units, 1, 1))))
}

proptest! {
    #![proptest_config(cases(96))]

    #[test]
    fn eq_8_gives_2_and_half_of_eq_7_gives_1(x in maps((84, 1, 1)), label in 0..10_usize) {
        for (scale, two) in [(1.0, 2.0), (0.5, 1.0)] {
            let top = || rbf(None, scale, Criterion::TrueClass);
            prop_assert_eq!(top().bbprop(&x, label).0, vec![two; 84]);
            prop_assert_eq!(constant(top()).bbprop(&x, label).0, vec![two; 84]);
            agree(&[two; 84], &top().by_inputs(&x, label), SECOND)?;
            prop_assert!(compare(&top().squared_gradient(&x, label), &[two; 84], SECOND).is_err());
        }
    }

    #[test]
    fn eq_9_held_constant_gives_2(x in maps((84, 1, 1)), label in 0..10_usize, rubbish in -5.0..300.0) {
        for (scale, two) in [(1.0, 2.0), (0.5, 1.0)] {
            let top = constant(rbf(None, scale, competitive(rubbish)));
            prop_assert_eq!(top.bbprop(&x, label).0, vec![two; 84]);
        }
    }

    #[test]
    fn eq_9_has_the_second_derivative_of_the_loss(
        x in maps((84, 1, 1)), spread in 0.05..1.0, label in 0..10_usize, rubbish in 0.0..200.0, scale in scales()
    ) {
        let (x, top) = (spread * x, rbf(None, scale, competitive(rubbish)));
        let (ddx, _) = top.bbprop(&x, label);
        prop_assert!(ddx.iter().all(|&ddx| ddx >= 0.0));
        agree(&ddx, &top.by_inputs(&x, label), SECOND)?;
        prop_assert!(compare(&top.squared_gradient(&x, label), &ddx, SECOND).is_err());
    }

    #[test]
    fn eq_9_has_the_second_derivative_of_the_loss_for_any_codes(
        (label, codes, x) in any_codes(), rubbish in -5.0..30.0, scale in scales()
    ) {
        let top = rbf(Some(codes), scale, competitive(rubbish));
        let (ddx, _) = top.bbprop(&x, label);
        prop_assert!(ddx.iter().all(|&ddx| ddx >= 0.0));
        agree(&ddx, &top.by_inputs(&x, label), SECOND)?;
    }

    /// Deviation 12: the true second derivative where it is positive by itself; for a class that the loss pushes away, the
    /// negative term `2 dE/dy_i` is left out.
    #[test]
    fn codes_curve_like_the_loss((label, codes, x) in any_codes(), rubbish in -5.0..30.0, scale in scales()) {
        let top = learning(rbf(Some(codes), scale, competitive(rubbish)));
        let (_, h) = top.bbprop(&x, label);
        let y = fprop(&top.layer, &x);
        let share = top.criterion.shares(&y);
        let mut expected = top.by_parameters(&x, label);
        for (class, row) in expected.chunks_exact_mut(x.len()).enumerate().filter(|(class, _)| *class != label) {
            row.iter_mut().for_each(|h| *h += 2.0 * scale * share(y.of(class)));
        }
        prop_assert!(h.iter().all(|&h| h >= 0.0));
        agree(&h, &expected, SECOND)?;
    }

    #[test]
    fn codes_under_eq_8_curve_by_2_or_not_at_all((label, codes, x) in any_codes(), scale in scales()) {
        let top = learning(rbf(Some(codes), scale, Criterion::TrueClass));
        let of = |class: usize| if class == label { 2.0 * scale } else { 0.0 };
        let expected: Vec<f64> = (0..top.layer.codes.len()).map(|k| of(k / x.len())).collect();
        prop_assert_eq!(&top.bbprop(&x, label).1, &expected);
        agree(&expected, &top.by_parameters(&x, label), SECOND)?;
    }

    #[test]
    fn softmax_has_the_second_derivatives_of_its_weights(
        (label, (output, x, _)) in (1..=10_usize, 1..=8_usize).prop_flat_map(|(classes, units)| {
            let layer = FullConnection::new(units, classes, &mut ChaCha8Rng::seed_from_u64(0));
            (0..classes, with_values(layer, (units, 1, 1)))
        })
    ) {
        let top = |curvature| Top { layer: Softmax { output: output.clone(), curvature }, criterion: Criterion::TrueClass };
        let exact = top(Curvature::Exact);
        let (ddx, h) = exact.bbprop(&x, label);
        let (classes, units) = output.weight.dim();
        agree(&h, &exact.by_parameters(&x, label), SECOND)?;
        // The second derivatives by biases are those by weighted sums, p (1 - p); eq. 27 carries them to F6 without mixed terms.
        let p = fprop(&exact.layer, &x).probabilities();
        for (curvature, dda) in [
            (Curvature::Exact, p.iter().map(|p| p * (1.0 - p)).collect()),
            (Curvature::Constant, vec![0.25; classes]),
        ] {
            let (ddx, h) = top(curvature).bbprop(&x, label);
            let of = |j: usize| (0..classes).map(|i| output.weight[[i, j]].powi(2) * dda[i]).sum();
            compare(&h[classes * units..], &dda, SECOND)?;
            compare(&ddx, &(0..units).map(of).collect::<Vec<f64>>(), SECOND)?;
        }
        prop_assert!(ddx.iter().all(|&ddx| ddx >= 0.0));
    }
}

#[test]
fn the_start_of_softmax_is_bounded_by_its_constant() {
    let (x, criterion) = (waves((84, 1, 1)), Criterion::TrueClass);
    let [exact, constant] = [Curvature::Exact, Curvature::Constant]
        .map(|curvature| Top { layer: super::softmax(curvature), criterion });
    let starts = [&exact, &constant].map(|top| top.bbprop(&x, 3).0);
    assert!(starts[0].iter().zip(&starts[1]).all(|(exact, constant)| exact < constant));
    // The control: the squared gradient is another number.
    assert!(compare(&exact.squared_gradient(&x, 3), &starts[0], SECOND).is_err());
}
