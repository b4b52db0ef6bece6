//! Adam's step, number by number, on any length.

use super::draw::{cases, values};
use super::{Sum, as_f64, exactly, rounded, unexplained, waves};
use lenet5::Real;
use lenet5::kernels::adam::{self as kernel, Step};
use proptest::prelude::*;

/// Weights, their running means, their gradient, and the numbers of the step.
#[derive(Clone, Debug)]
struct Case {
    /// `w`, `m`, the root of `v`, `dw`.
    arrays: [Vec<f64>; 4],
    /// `beta1`, `beta2`, `rate`, `root`, `epsilon`, `decay`.
    step: [f64; 6],
}

/// The first number of the step over `fast` that differs from the formula for `slow`.
fn unequal<R: Real>(fast: &Case, slow: &Case) -> Option<String> {
    let [mut w, mut m, mut v, dw] = fast.arrays.each_ref().map(|v| rounded::<R>(v));
    v.iter_mut().for_each(|v| *v = *v * *v);
    let [beta1, beta2, rate, root, epsilon, decay] = fast.step.map(R::of);
    kernel::step(Step { beta1, beta2, rate, root, epsilon, decay }, &mut w, &mut m, &mut v, &dw);

    let [twin_w, twin_m, roots, dw] = slow.arrays.each_ref().map(|v| exactly(&rounded::<R>(v)));
    let [beta1, beta2, rate, root, epsilon, decay] = slow.step.map(|number| as_f64(R::of(number)));
    let mut twins = [Vec::new(), Vec::new(), Vec::new()];
    for (((w, m), v), dw) in twin_w.iter().zip(twin_m).zip(roots).zip(dw) {
        let (mut mean, mut square) = (Sum::of(beta1 * m), Sum::of(beta2 * (v * v)));
        mean.add((1.0 - beta1) * dw);
        square.add((1.0 - beta2) * (dw * dw));
        let width = root * square.value.sqrt() + epsilon;
        let mut new = Sum::of(*w);
        new.add(-rate * mean.value / width);
        new.add(-decay * w);
        // The mean may be the result of a cancellation; its rounding errors and those of the root are added.
        new.magnitude = w.abs() + rate * mean.magnitude / width + decay * w.abs();
        new.terms = 12;
        let [w_twins, m_twins, v_twins] = &mut twins;
        w_twins.push(new);
        m_twins.push(mean);
        v_twins.push(square);
    }
    let [w_twins, m_twins, v_twins] = twins;
    let pairs = [("w", w, w_twins), ("m", m, m_twins), ("v", v, v_twins)];
    pairs.iter().find_map(|(name, found, twin)| unexplained(name, found, twin))
}

fn steps() -> impl Strategy<Value = [f64; 6]> {
    [0.5..0.99, 0.9..0.9999, 1e-4..0.1, 1.0..30.0, 1e-8..1e-2, 0.0..0.1]
}

proptest! {
    #![proptest_config(cases(128))]

    #[test]
    fn any_length(
        case in ((1..=100_usize).prop_flat_map(|n| [values(n), values(n), values(n), values(n)]), steps())
            .prop_map(|(arrays, step)| Case { arrays, step })
    ) {
        prop_assert_eq!(unequal::<f32>(&case, &case), None, "f32");
        prop_assert_eq!(unequal::<f64>(&case, &case), None, "f64");
    }
}

#[test]
fn results_of_another_case_are_refused() {
    let numbers = |from: usize| waves(37 + from).split_off(from);
    let arrays = [numbers(0), numbers(50), numbers(100), numbers(150)];
    let case = Case { arrays, step: [0.9, 0.999, 0.01, 10.0, 1e-3, 0.02] };
    assert_eq!(unequal::<f32>(&case, &case), None);
    for at in 0..4 {
        let mut other = case.clone();
        other.arrays[at][36] += 1e-2;
        assert!(unequal::<f32>(&case, &other).is_some(), "array {at}");
    }
    for at in 0..6 {
        let mut other = case.clone();
        other.step[at] *= 0.9;
        assert!(unequal::<f32>(&case, &other).is_some(), "number {at} of the step");
    }
}

#[test]
fn no_gradient_is_no_step() {
    let (mut w, mut m, mut v) = (vec![1.5_f32; 19], vec![0.0; 19], vec![0.0; 19]);
    let step = Step { beta1: 0.9, beta2: 0.999, rate: 0.1, root: 1.0, epsilon: 1e-8, decay: 0.0 };
    kernel::step(step, &mut w, &mut m, &mut v, &[0.0; 19]);
    assert_eq!((w, m, v), (vec![1.5; 19], vec![0.0; 19], vec![0.0; 19]));
}
