//! Updates are exact to the last bit for any length.

use super::draw::{cases, values};
use super::{rounded, waves};
use lenet5::Real;
use lenet5::kernels::update as kernel;
use proptest::prelude::*;

/// Weights, their rates or last changes, and their gradient; two numbers.
type Case = ([Vec<f64>; 3], [f64; 2]);

/// The results of each update: by rates, with momentum (weights and changes), scaled.
fn found<R: Real>((arrays, numbers): &Case) -> [Vec<R>; 4] {
    let ([w, v, dw], [alpha, eta]) = (arrays.each_ref().map(|array| rounded::<R>(array)), numbers.map(R::of));
    let mut left = [w.clone(), w.clone(), v.clone(), w];
    let [own, pushed, changes, scaled] = &mut left;
    kernel::gradient_step(own, &v, &dw);
    kernel::momentum(pushed, changes, alpha, eta, &dw);
    kernel::scale(scaled, alpha);
    left
}

/// The same, weight by weight.
fn twin<R: Real>((arrays, numbers): &Case) -> [Vec<R>; 4] {
    let ([w, v, dw], [alpha, eta]) = (arrays.each_ref().map(|array| rounded::<R>(array)), numbers.map(R::of));
    let each = |of: &dyn Fn(usize) -> R| (0..w.len()).map(of).collect::<Vec<_>>();
    let change = |n: usize| alpha * v[n] - eta * dw[n];
    [each(&|n| w[n] - v[n] * dw[n]), each(&|n| w[n] + change(n)), each(&change), each(&|n| w[n] * alpha)]
}

proptest! {
    #![proptest_config(cases(128))]

    #[test]
    fn any_length(
        case in ((0..=100_usize).prop_flat_map(|n| [values(n), values(n), values(n)]), [-1.5..1.5, -1.5..1.5])
    ) {
        prop_assert_eq!(found::<f32>(&case), twin::<f32>(&case), "f32");
        prop_assert_eq!(found::<f64>(&case), twin::<f64>(&case), "f64");
    }
}

#[test]
fn results_of_another_case_are_refused() {
    let case = ([waves(37), waves(40).split_off(3), waves(44).split_off(7)], [0.9, 0.1]);
    let refused = |spoil: fn(&mut Case)| {
        let mut other = case.clone();
        spoil(&mut other);
        let (found, twin) = (found::<f32>(&case), twin::<f32>(&other));
        [0, 1, 2, 3].map(|n| found[n] != twin[n])
    };
    assert_eq!(refused(|_| ()), [false; 4]);
    assert_eq!(refused(|other| other.0[0][36] += 1e-3), [true, true, false, true]);
    assert_eq!(refused(|other| other.0[1][36] += 1e-3), [true, true, true, false]);
    assert_eq!(refused(|other| other.0[2][36] += 1e-3), [true, true, true, false]);
    assert_eq!(refused(|other| other.1[0] += 1e-3), [false, true, true, true]);
    assert_eq!(refused(|other| other.1[1] += 1e-3), [false, true, true, false]);
}

#[test]
#[should_panic(expected = "3 parameters, but 2 numbers for them")]
fn other_lengths_are_refused() {
    kernel::gradient_step(&mut [1.0_f32; 3], &[0.1; 3], &[1.0; 2]);
}
