//! The squashing function and the hyperbolic tangent of `f32` (deviation 13).

use super::draw::{cases, values};
use super::{Sum, as_f64, exactly, power, rounded, unexplained};
use lenet5::Real;
use lenet5::kernels::squashing as kernel;
use lenet5::section2::{A, S};
use proptest::prelude::*;

/// Every thousandth `f32` from `low` up to `high`, of either sign.
fn sweep(low: f32, high: f32) -> impl Iterator<Item = f32> {
    (low.to_bits()..=high.to_bits()).step_by(1000).map(f32::from_bits).flat_map(|x| [x, -x])
}

/// The largest difference between the kernel and `exact` over the sweep, in f64.
fn largest_error(amplitude: f64, slope: f64, exact: impl Fn(f64) -> f64) -> f64 {
    let a: Vec<f32> = sweep(0.0, 20.0).collect();
    let mut y = a.clone();
    kernel::fprop(f32::of(amplitude), f32::of(slope), &mut y);
    y.iter().zip(&a).map(|(&y, &a)| (f64::from(y) - exact(f64::from(a))).abs()).fold(0.0, f64::max)
}

/// Measured once over every `f32` up to 20: the largest error of tanh is 3.42e-7, at 7.3716893. Over this sweep it is 2.9e-7,
/// and that of `f` is 5.5e-7.
#[test]
fn f32_is_close_to_the_true_tanh() {
    assert!(largest_error(1.0, 1.0, f64::tanh) <= 4e-7);
    assert!(largest_error(A, S, |a| A * (S * a).tanh()) <= 7e-7);
    // The control: a tanh that is wrong by one part in a million.
    assert!(largest_error(1.0, 1.0, |a| 1.000_001 * a.tanh()) > 4e-7);
}

#[test]
fn f32_is_exactly_odd_and_within_bounds() {
    for x in sweep(0.0, f32::MAX) {
        let y = x.fast_tanh();
        assert_eq!(y.to_bits(), (-(-x).fast_tanh()).to_bits(), "{x:e}");
        assert!(y.abs() <= 1.0, "{x:e} gives {y:e}");
    }
}

#[test]
fn f32_is_as_precise_near_zero_as_anywhere() {
    for x in sweep(0.0, 0.1) {
        let (y, exact) = (f64::from(x.fast_tanh()), f64::from(x).tanh());
        assert!(
            (y - exact).abs() <= 4.0 * f64::from(f32::EPSILON) * exact.abs(),
            "{x:e} gives {y:e}, not {exact:e}"
        );
    }
}

#[test]
fn special_numbers_have_their_limits() {
    for precise in [f32::fast_tanh as fn(f32) -> f32, |x| f64::from(x).fast_tanh() as f32] {
        assert_eq!(precise(0.0).to_bits(), 0.0_f32.to_bits());
        assert_eq!(precise(-0.0).to_bits(), (-0.0_f32).to_bits());
        assert_eq!(precise(f32::from_bits(1)), f32::from_bits(1));
        assert_eq!(precise(f32::MIN_POSITIVE / 2.0), f32::MIN_POSITIVE / 2.0);
        assert!((precise(f32::INFINITY) - 1.0).abs() <= 4e-7);
        assert!((precise(f32::NEG_INFINITY) + 1.0).abs() <= 4e-7);
        assert!(precise(f32::NAN).is_nan());
    }
    // The same for the kernel, for which the compiler may choose other instructions.
    let mut values = vec![f32::NAN; 19];
    kernel::fprop(1.0, 1.0, &mut values);
    assert!(values.iter().all(|y| y.is_nan()));
}

/// `values f'` with `f' = S (A - y^2 / A)`, one factor at a time.
fn unequal<R: Real, const SQUARED: bool>(states: &[f64], values: &[f64], squared: bool) -> Option<String> {
    let (y, mut found) = (rounded::<R>(states), rounded::<R>(values));
    let before = exactly(&found);
    kernel::slope::<R, SQUARED>(R::of(A), R::of(S), &y, &mut found);
    let twin: Vec<Sum> = exactly(&y)
        .iter()
        .zip(before)
        .map(|(y, v)| {
            let (rest, bend) = (S * A, S / A * y * y);
            let mut sum = Sum::of(v * power(squared, rest - bend));
            // If the two terms almost cancel, their rounding errors count, in a square twice.
            sum.magnitude = v.abs() * if squared { 2.0 * (rest + bend).powi(2) } else { rest + bend };
            sum
        })
        .collect();
    unexplained("slope", &found, &twin)
}

proptest! {
    #![proptest_config(cases(128))]

    #[test]
    fn slopes_of_any_length((states, slopes) in (1..=100_usize).prop_flat_map(|n| (values(n), values(n)))) {
        prop_assert_eq!(unequal::<f32, false>(&states, &slopes, false), None, "f32");
        prop_assert_eq!(unequal::<f32, true>(&states, &slopes, true), None, "f32, squared");
        prop_assert_eq!(unequal::<f64, false>(&states, &slopes, false), None, "f64");
        prop_assert_eq!(unequal::<f64, true>(&states, &slopes, true), None, "f64, squared");
    }

    #[test]
    fn states_of_any_length(a in (1..=100_usize).prop_flat_map(values)) {
        let mut y = a.clone();
        kernel::fprop(A, S, &mut y);
        for (y, a) in y.iter().zip(&a) {
            prop_assert!((as_f64(*y) - A * (S * a).tanh()).abs() <= 1e-15 * A, "f({}) is {}", a, y);
        }
    }
}

#[test]
fn a_slope_of_the_wrong_power_is_refused() {
    let (states, values) = ([0.3, -1.2, 1.6], [1.0, 2.0, -0.5]);
    assert_eq!(unequal::<f32, false>(&states, &values, false), None);
    assert!(unequal::<f32, true>(&states, &values, false).is_some());
    assert!(unequal::<f32, false>(&states, &values, true).is_some());
}
