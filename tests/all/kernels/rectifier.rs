//! The rectifier is exact for any length.

use super::draw::{cases, values};
use super::{exactly, rounded, waves};
use lenet5::Real;
use lenet5::kernels::rectifier as kernel;
use proptest::prelude::*;

/// `max(0, a)`, and `dy` if that is above 0, else 0.
fn found<R: Real>(a: &[f64], dy: &[f64]) -> [Vec<f64>; 2] {
    let (mut y, mut slopes) = (rounded::<R>(a), rounded::<R>(dy));
    kernel::fprop(&mut y);
    kernel::slope(&y, &mut slopes);
    [exactly(&y), exactly(&slopes)]
}

/// The same, number by number; `cut` decides which sums are cut off.
fn twin<R: Real>(a: &[f64], dy: &[f64], cut: impl Fn(f64) -> bool) -> [Vec<f64>; 2] {
    let kept = |a: &f64, value: f64| if cut(*a) { 0.0 } else { value };
    let (a, dy) = (exactly(&rounded::<R>(a)), exactly(&rounded::<R>(dy)));
    [a.iter().map(|a| kept(a, *a)).collect(), a.iter().zip(dy).map(|(a, dy)| kept(a, dy)).collect()]
}

proptest! {
    #![proptest_config(cases(128))]

    #[test]
    fn any_length((a, dy) in (1..=100_usize).prop_flat_map(|n| (values(n), values(n)))) {
        prop_assert_eq!(found::<f32>(&a, &dy), twin::<f32>(&a, &dy, |a| a <= 0.0), "f32");
        prop_assert_eq!(found::<f64>(&a, &dy), twin::<f64>(&a, &dy, |a| a <= 0.0), "f64");
    }
}

#[test]
fn a_cut_at_another_place_is_refused() {
    let (a, dy) = (waves(84), waves(84));
    assert_eq!(found::<f32>(&a, &dy), twin::<f32>(&a, &dy, |a| a <= 0.0));
    assert_ne!(found::<f32>(&a, &dy), twin::<f32>(&a, &dy, |_| false), "a slope of 1 everywhere");
    assert_ne!(found::<f32>(&a, &dy), twin::<f32>(&a, &dy, |a| a >= 0.0));
    assert_ne!(found::<f32>(&a, &dy), twin::<f32>(&a, &dy, |a| a <= 0.2));
}

#[test]
fn special_numbers() {
    let mut y = vec![f32::NAN; 19];
    kernel::fprop(&mut y);
    assert!(y.iter().all(|y| y.is_nan()));
    let mut y = [f32::INFINITY, f32::NEG_INFINITY, f32::from_bits(1), -f32::from_bits(1), 0.0, -0.0];
    kernel::fprop(&mut y);
    assert_eq!(y, [f32::INFINITY, 0.0, f32::from_bits(1), 0.0, 0.0, 0.0]);
    let mut slopes = [1.0; 6];
    kernel::slope(&y, &mut slopes);
    assert_eq!(slopes, [1.0, 0.0, 1.0, 0.0, 0.0, 0.0], "the slope at 0 is 0");
}
