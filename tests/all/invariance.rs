//! Section III-E: noise inverts one pixel in ten, as a photographic negative does; the six changes of a character are what their
//! amounts say; the tolerance is the error of a direct evaluation.

use crate::common::claims;
use crate::common::findings::findings;
use lenet5::experiment::{Measurement, Model, Study};
use lenet5::report::claims::{Claims, Verdict};
use lenet5::section3::database::{BACKGROUND, FOREGROUND, Patterns, embedded, place};
use lenet5::section3::evaluation::evaluate;
use lenet5::section3::invariance::{Change, NOISE, TOLERATED_PCT, Tolerance};
use lenet5::section3::invariance::{salt_and_pepper, tolerance, widened};
use ndarray::{Array2, Array3, Axis};
use proptest::prelude::*;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

/// A pattern of any states between paper and ink except middle grey, which inversion does not change.
fn patterns() -> impl Strategy<Value = Array3<f64>> {
    let state = (0.0..0.4).prop_map(|share: f64| BACKGROUND + share * (FOREGROUND - BACKGROUND));
    let states = proptest::collection::vec(state, 32 * 32);
    states.prop_map(|states| Array3::from_shape_vec((1, 32, 32), states).unwrap())
}

fn noisy(pattern: &Array3<f64>, seed: u64) -> Array3<f64> {
    let mut noisy = pattern.clone();
    salt_and_pepper(NOISE, &mut ChaCha8Rng::seed_from_u64(seed), &mut noisy);
    noisy
}

proptest! {
    #[test]
    fn a_pixel_stays_or_is_turned_round(pattern in patterns(), seed: u64) {
        for (before, after) in pattern.iter().zip(&noisy(&pattern, seed)) {
            let turned = (after - (BACKGROUND + FOREGROUND - before)).abs() < 1e-12;
            prop_assert!(after == before || turned, "{} became {}", before, after);
        }
    }

    #[test]
    fn the_same_noise_twice_is_none(pattern in patterns(), seed: u64) {
        let back = noisy(&noisy(&pattern, seed), seed);
        prop_assert!((&back - &pattern).iter().all(|difference| difference.abs() < 1e-12));
    }
}

#[test]
fn one_pixel_in_ten_is_turned_round() {
    let pattern = Array3::from_elem((1, 32, 32), BACKGROUND);
    let turned = |seed| noisy(&pattern, seed).iter().filter(|x| **x != BACKGROUND).count();
    let count: usize = (0..100).map(turned).sum();
    // Binomial: 10,240 ± 96; five standard deviations to either side.
    assert!(count.abs_diff(10_240) < 480, "{count} of 102,400");
}

// ---- The six changes ------------------------------------------------------------------------------------------------

/// The ink on the plane after a change of one image.
fn changed(image: &Array2<u8>, change: Change, amount: f64) -> Array2<f64> {
    let patterns = Patterns::new(image.clone().insert_axis(Axis(0)), vec![0]).unwrap();
    let mut input = Array3::<f64>::zeros((1, 32, 32));
    change.show(amount, &patterns, 0, &mut input);
    input.index_axis(Axis(0), 0).mapv(|x| (x - BACKGROUND) / (FOREGROUND - BACKGROUND))
}

/// A rectangle of ink around the middle of an image of 28 x 28.
fn block(height: usize, width: usize) -> Array2<u8> {
    let within = |place: usize, side: usize| (14 - side / 2..14 + side / 2).contains(&place);
    Array2::from_shape_fn(
        (28, 28),
        |(row, column)| {
            if within(row, height) && within(column, width) { 255 } else { 0 }
        },
    )
}

/// Sum of the ink, its mean row and column from the middle of the plane, and its standard deviations.
fn moments(ink: &Array2<f64>) -> [f64; 5] {
    let sum = ink.sum();
    let mean = |of: &dyn Fn(f64, f64) -> f64| {
        ink.indexed_iter().map(|((r, c), x)| x * of(r as f64 - 15.5, c as f64 - 15.5)).sum::<f64>() / sum
    };
    let (row, column) = (mean(&|r, _| r), mean(&|_, c| c));
    let [tall, wide] = [mean(&|r, _| (r - row).powi(2)), mean(&|_, c| (c - column).powi(2))];
    [sum, row, column, tall.sqrt(), wide.sqrt()]
}

fn near(found: f64, wanted: f64, tolerance: f64) {
    assert!((found - wanted).abs() <= tolerance, "{found} is not {wanted}");
}

#[test]
fn the_neutral_amount_changes_nothing() {
    let image = embedded::test(1).image(7).to_owned();
    let mut plain = Array3::<f64>::zeros((1, 32, 32));
    place(image.view(), &mut plain);
    let plain = plain.index_axis(Axis(0), 0).mapv(|x| (x - BACKGROUND) / (FOREGROUND - BACKGROUND));
    for change in Change::ALL {
        let same = changed(&image, change, change.neutral());
        assert!((&same - &plain).iter().all(|difference| difference.abs() < 1e-6), "{change:?}");
        let other = changed(&image, change, change.amounts()[1]);
        assert!((&other - &plain).iter().any(|difference| difference.abs() > 0.1), "{change:?}");
        assert!(change.amounts().contains(&change.neutral()) && change.amounts().is_sorted());
    }
}

#[test]
fn scale_is_a_factor_of_both_sides() {
    let image = block(12, 8);
    let [_, row, column, tall, wide] = moments(&changed(&image, Change::Scale, 1.0));
    for factor in [0.5, 0.7, 1.4, 2.0] {
        let [_, r, c, t, w] = moments(&changed(&image, Change::Scale, factor));
        near(t / tall, factor, 0.05 * factor);
        near(w / wide, factor, 0.07 * factor);
        near(r, row, 1e-6);
        near(c, column, 1e-6);
    }
}

#[test]
fn a_shift_is_in_heights_of_the_character_downwards() {
    for (height, amount) in [(12, 0.5), (12, -0.25), (8, 0.5), (8, -0.5)] {
        let [sum, row, column, ..] = moments(&changed(&block(height, 6), Change::Shift, amount));
        near(row, amount * height as f64, 1e-6);
        near(column, 0.0, 1e-6);
        near(sum, (height * 6) as f64, 1e-3);
    }
}

#[test]
fn rotation_is_clockwise() {
    // A block in the upper half turns to the right.
    let mut image = Array2::zeros((28, 28));
    image
        .slice_each_axis_mut(|axis| if axis.axis == Axis(0) { (4..8).into() } else { (12..16).into() })
        .fill(255);
    for degrees in [-30.0, 30.0, 60.0] {
        let [_, row, column, ..] = moments(&changed(&image, Change::Rotation, degrees));
        let (sin, cos) = f64::to_radians(degrees).sin_cos();
        near(row, -8.0 * cos, 0.05);
        near(column, 8.0 * sin, 0.05);
    }
}

#[test]
fn squeezing_changes_width_over_height_and_no_area() {
    let image = block(12, 12);
    let [sum, .., tall, wide] = moments(&changed(&image, Change::Squeeze, 1.0));
    for factor in [0.5, 2.0] {
        let [area, .., t, w] = moments(&changed(&image, Change::Squeeze, factor));
        near(w / t, factor * wide / tall, 0.05 * factor);
        near(w / wide, f64::sqrt(factor), 0.05);
        near(area, sum, 0.05 * sum);
    }
}

#[test]
fn strokes_become_wider_by_the_amount() {
    // A straight stroke of four pixels: its ink per row is its width.
    let image = block(28, 4);
    for amount in [-2.0, -1.0, 0.0, 1.0, 2.0, 4.0] {
        let across =
            |image: &Array2<u8>| image.row(14).iter().map(|&level| f64::from(level) / 255.0).sum::<f64>();
        near(across(&image), 4.0, 1e-9);
        near(across(&widened(image.view(), amount)), 4.0 + amount, 0.1 + 1e-9);
    }
    // Thinner than nothing is nothing, and no ink stays no ink.
    assert_eq!(widened(block(28, 2).view(), -4.0).sum(), 0);
    let none = Array2::<u8>::zeros((28, 28));
    assert_eq!(widened(none.view(), 4.0), none);
}

#[test]
fn more_noise_inverts_the_same_pixels_and_more() {
    let image = block(12, 8);
    let plain = changed(&image, Change::Noise, 0.0);
    let turned = |share| (&changed(&image, Change::Noise, share) - &plain).mapv(|d| d.abs() > 0.5);
    let (few, many) = (turned(0.1), turned(0.3));
    assert!(few.iter().zip(&many).all(|(few, many)| !few || *many));
    let count = |turned: &Array2<bool>| turned.iter().filter(|turned| **turned).count();
    // Binomial: 102 ± 10 and 307 ± 15; five standard deviations.
    assert!(
        count(&few).abs_diff(102) < 50 && count(&many).abs_diff(307) < 75,
        "{} {}",
        count(&few),
        count(&many)
    );
    assert_eq!(turned(0.1), few, "the same at every call");
}

// ---- The tolerance --------------------------------------------------------------------------------------------------

#[test]
fn tolerance_counts_wrong_answers() {
    let model = Model::find(std::path::Path::new("rbf")).unwrap();
    let patterns = embedded::test(1).range(0..60);
    let plain = evaluate(&model.net, &patterns, 1).error_pct();
    for change in Change::ALL {
        let amounts = [change.neutral(), change.amounts()[0], change.amounts()[change.amounts().len() - 1]];
        let errors = tolerance(&model.net, &patterns, change, &amounts, 1);
        assert_eq!(errors, tolerance(&model.net, &patterns, change, &amounts, 7), "threads");
        near(errors[0], plain, 1e-9);
        let wrong = |p: &usize| {
            let mut input = Array3::zeros((1, 32, 32));
            change.show(amounts[1], &patterns, *p, &mut input);
            model.fprop(&input).output.nearest() != patterns.label(*p)
        };
        near(errors[1], (0..60).filter(wrong).count() as f64 / 0.6, 1e-9);
        assert!(errors.iter().any(|error| *error > plain), "{change:?}: {errors:?}");
    }
}

/// Errors at three amounts of a shift and at none.
fn shifts(error_pct: [f64; 4]) -> Tolerance {
    let amounts = vec![-0.5, 0.0, 0.25, 0.5];
    Tolerance { change: Change::Shift, amounts, error_pct: error_pct.into() }
}

#[test]
fn a_range_ends_where_the_line_crosses_the_limit() {
    assert_eq!(shifts([20.0, 0.0, 5.0, 15.0]).range(10.0), [-0.25, 0.375]);
    assert_eq!(shifts([9.0, 1.0, 2.0, 10.0]).range(10.0), [-0.5, 0.5], "not exceeded: the last amounts");
    assert_eq!(shifts([0.0, 11.0, 0.0, 0.0]).range(10.0), [0.0, 0.0], "not even unchanged");
    assert_eq!(shifts([0.0, 0.0, 20.0, 0.0]).range(10.0), [-0.5, 0.125], "the first crossing ends it");
    let mean = Tolerance::mean([&shifts([1.0, 2.0, 3.0, 4.0]), &shifts([3.0, 2.0, 1.0, 0.0])]).unwrap();
    assert_eq!(mean, shifts([2.0; 4]));
    assert_eq!((mean.at(0.25), mean.at(0.3)), (Some(2.0), None));
    let other = Tolerance { change: Change::Scale, ..mean.clone() };
    assert_eq!(Tolerance::mean([&mean, &other]), None);
    assert_eq!(Tolerance::mean([]), None);
}

#[test]
fn findings_keep_the_tolerance() {
    let found = Tolerance { change: Change::Strokes, amounts: vec![-1.0, 0.0], error_pct: vec![12.5, 0.8] };
    let text = serde_json::to_string(&found).unwrap();
    assert_eq!(text, r#"{"change":"strokes","amounts":[-1.0,0.0],"error_pct":[12.5,0.8]}"#);
    assert_eq!(serde_json::from_str::<Tolerance>(&text).unwrap(), found);
}

/// A study that asks for it measures every change on every network; other studies do not.
#[test]
fn a_study_measures_what_it_asks_for() {
    let invariance = Study::find("invariance").unwrap();
    assert_eq!(invariance.measure, [Measurement::Invariance]);
    assert!(Study::find("heads").unwrap().measure.is_empty());
    for run in findings("invariance").arms.iter().flat_map(|arm| &arm.runs) {
        assert!(run.invariance.iter().map(|found| found.change).eq(Change::ALL));
        assert!(run.invariance.iter().all(|found| found.amounts == found.change.amounts()));
        // Unchanged test patterns: the error after the last pass.
        for found in &run.invariance {
            near(found.at(found.change.neutral()).unwrap(), *run.test_error_pct.last().unwrap(), 1e-9);
        }
        assert_eq!(run.fig_13.len(), 9);
    }
    assert!(findings("heads").arms.iter().flat_map(|arm| &arm.runs).all(|run| run.invariance.is_empty()));
}

/// The claims of III-E have the limits of the arms `plain` and `noise`, and the verdicts that the page's rule gives.
#[test]
fn claims_have_the_limits_that_were_measured() {
    let found = findings("invariance");
    let range = |arm: &str, change| {
        let arm = found.arms.iter().find(|found| found.name == arm).unwrap();
        arm.tolerance(change).unwrap().range(TOLERATED_PCT)
    };
    let smaller = |[from, to]: [f64; 2]| to.min(-from);
    let both = |of: &dyn Fn(&str) -> f64| ["plain", "noise"].map(of).to_vec();
    for (id, paper, step, limits) in [
        (
            "scale-invariance",
            2.0,
            0.01,
            both(&|arm| range(arm, Change::Scale)[1] / range(arm, Change::Scale)[0]),
        ),
        ("shift-invariance", 0.5, 0.01, both(&|arm| smaller(range(arm, Change::Shift)))),
        ("rotation-invariance", 30.0, 1.0, both(&|arm| smaller(range(arm, Change::Rotation)))),
        ("noise", 0.1, 0.01, vec![range("noise", Change::Noise)[1]]),
    ] {
        let ours = claims::ours(id);
        assert_eq!(ours.len(), limits.len(), "{id}");
        ours.iter().zip(&limits).for_each(|(ours, limit)| near(*ours, *limit, 0.51 * step));
        let reached = limits.iter().filter(|limit| **limit >= 0.9 * paper).count();
        let verdict = match reached {
            0 => Verdict::Differs,
            all if all == limits.len() => Verdict::Holds,
            _ => Verdict::Open,
        };
        let claims = Claims::built_in();
        assert_eq!(
            claims.claim.iter().find(|claim| claim.id == id).unwrap().verdict,
            verdict,
            "{id}: {limits:?}"
        );
    }
}
