//! Distances to codes.

use crate::draw::{cases, values};
use crate::{Sum, exactly, rounded, unexplained, waves};
use lenet5::Real;
use lenet5::kernels::rbf as kernel;
use proptest::prelude::*;

/// Which distance of `fast` is not what eq. 7 makes of `slow`; codes and state in turn.
fn unequal<R: Real>(fast: &[Vec<f64>; 2], slow: &[Vec<f64>; 2]) -> Option<String> {
    let [codes, x] = fast.each_ref().map(|v| rounded::<R>(v));
    let mut y = vec![R::nan(); codes.len() / x.len()];
    kernel::fprop(&codes, &x, &mut y);
    let [codes, x] = slow.each_ref().map(|v| exactly(&rounded::<R>(v)));
    let distance = |code: &[f64]| {
        let mut sum = Sum::default();
        code.iter().zip(&x).for_each(|(w, x)| sum.add((x - w) * (x - w)));
        sum
    };
    let twin: Vec<Sum> = codes.chunks(x.len()).map(distance).collect();
    unexplained("y", &y, &twin)
}

proptest! {
    #![proptest_config(cases(128))]

    #[test]
    fn any_size(
        case in (1..=100_usize, 1..=12_usize).prop_flat_map(|(inputs, classes)| {
            [inputs * classes, inputs].map(|n| values(n).boxed())
        })
    ) {
        prop_assert_eq!(unequal::<f32>(&case, &case), None, "f32");
        prop_assert_eq!(unequal::<f64>(&case, &case), None, "f64");
    }
}

#[test]
fn what_another_case_gives_is_refused() {
    let case = [waves(84 * 3), waves(84)];
    assert_eq!(unequal::<f32>(&case, &case), None);
    for (which, at) in [(0, 0), (0, 251), (1, 0), (1, 83)] {
        let mut other = case.clone();
        other[which][at] += 0.1;
        assert!(unequal::<f32>(&case, &other).is_some(), "array {which}, element {at}");
    }
}
