//! The squashing function (II-B, App. A).

use super::draw::cases;
use super::f;
use lenet5::section1::{Activation, Maps};
use lenet5::section2::{A, S, Squashing};
use ndarray::Array3;
use proptest::prelude::*;

fn one(value: f64) -> Maps<f64> {
    Array3::from_elem((1, 1, 1), value)
}

/// `f''` at `a`, from `f'` by differences.
fn bend(a: f64) -> f64 {
    let slope = |a: f64| {
        let mut slope = one(1.0);
        Squashing::PAPER.back_through_slope(&one(f(a)), &mut slope);
        slope[[0, 0, 0]]
    };
    (slope(a + 1e-5) - slope(a - 1e-5)) / 2e-5
}

#[test]
fn f_passes_through_1_and_minus_1() {
    // A = 1.7159 is rounded to five digits; f(1) would be 1 with all digits.
    let exact = 1.0 / S.tanh();
    assert!((A - exact).abs() < 0.5e-4);
    assert!((f(1.0) - 1.0).abs() < 2e-5);
    assert!((f(1.0) - A / exact).abs() < 1e-15);
    // The control: with a slope of 0.66, f does not pass through 1.
    assert!((A * f64::tanh(0.66) - 1.0).abs() > 2e-5);
}

#[test]
fn f_bends_most_close_to_1() {
    let a = |n: i32| f64::from(n) * 1e-3;
    let most =
        (-3000..=3000).map(a).max_by(|a, b| bend(*a).abs().total_cmp(&bend(*b).abs())).expect("a maximum");
    // facts.toml, `maximum-of-second-derivative`: 0.988, where |f''| is larger than at 1 by one part in 7,500.
    assert!((most.abs() - 0.988).abs() < 1.5e-3, "{most}");
    let excess = bend(0.988).abs() / bend(1.0).abs() - 1.0;
    assert!((excess * 7500.0 - 1.0).abs() < 0.05, "one part in {}", 1.0 / excess);
}

proptest! {
    #![proptest_config(cases(256))]

    #[test]
    fn f_is_odd_and_bounded(a in -50.0..50.0_f64) {
        prop_assert_eq!(f(-a).to_bits(), (-f(a)).to_bits());
        prop_assert!(f(a).abs() <= A);
    }
}
