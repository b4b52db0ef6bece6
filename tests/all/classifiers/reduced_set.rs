//! Reduced sets: the gradient by finite differences, and what a reduced machine keeps.

use super::svm::{on, small};
use lenet5::ndarray::{Array2, Axis, Slice};
use lenet5::rand::Rng;
use lenet5::section3::classifiers::error::MethodError;
use lenet5::section3::classifiers::reduced_set::{Distance, ReducedSettings, reduce};
use lenet5::section3::classifiers::vectors::vectors;
use lenet5::section3::evaluation::evaluate;
use std::ops::ControlFlow;

/// The sum of the products of the elements.
fn dot(a: &Array2<f32>, b: &Array2<f32>) -> f64 {
    a.iter().zip(b).map(|(&a, &b)| f64::from(a) * f64::from(b)).sum()
}

#[test]
fn the_gradient_is_that_of_finite_differences() {
    let (_, machine) = small(300);
    let distance = Distance::of(&machine, 2);
    let random = &mut lenet5::random(1);
    let mut z = machine.vectors.slice_axis(Axis(0), Slice::from(0..20)).to_owned();
    z.iter_mut().for_each(|z| *z += random.random_range(-0.01..0.01));
    let fit = distance.fit(&z);
    for row in [0, 7, 19] {
        let mut direction = Array2::zeros(z.dim());
        direction.row_mut(row).iter_mut().for_each(|d| *d = random.random_range(-1.0..1.0_f32));
        // Along the gradient the distance changes most, and rounding matters least.
        direction += &(&fit.gradient * (3.0 / dot(&fit.gradient, &fit.gradient).sqrt() as f32));
        let h = 2e-3;
        let at = |h: f32| distance.fit(&(&z + &(&direction * h))).distance;
        let (found, expected) = (dot(&fit.gradient, &direction), (at(h) - at(-h)) / f64::from(2.0 * h));
        let differs = |found: f64| (found - expected).abs() > 0.02 * expected.abs();
        assert!(!differs(found), "{found} for {expected}");
        assert!(differs(1.05 * found));
        // Without the pull of one vector the derivative is another.
        let mut wrong = fit.gradient.clone();
        wrong.row_mut(row).fill(0.0);
        assert!(differs(dot(&wrong, &direction)));
    }
}

#[test]
fn the_best_weights_are_a_minimum() {
    let (_, machine) = small(200);
    let distance = Distance::of(&machine, 1);
    let all = distance.fit(&machine.vectors);
    assert!(all.distance.abs() < 1e-2 * distance.squared_length, "all vectors: nothing is left");
    let few = |count| distance.fit(&machine.vectors.slice_axis(Axis(0), Slice::from(0..count)).to_owned());
    assert!(few(10).distance > few(20).distance && few(20).distance > few(80).distance);
    assert!(few(10).distance < distance.squared_length);
    assert!((all.weights.t().to_owned() - &machine.weights).iter().all(|d| d.abs() < 0.1));
}

#[test]
fn descent_lessens_the_distance_and_keeps_the_answers() {
    let (patterns, machine) = small(500);
    let distance = Distance::of(&machine, 2);
    let of = |steps, threads| {
        let settings = ReducedSettings { vectors: 40, steps };
        reduce(&machine, &patterns, &settings, threads, &on).unwrap()
    };
    let (start, end) = (of(0, 2), of(20, 2));
    assert!(distance.fit(&end.vectors).distance < 0.7 * distance.fit(&start.vectors).distance);
    assert!(evaluate(&end, &patterns, 2).error_pct() < evaluate(&start, &patterns, 2).error_pct());
    assert_eq!(of(3, 1), of(3, 2));
}

#[test]
fn biases_give_the_mean_scores_of_the_machine() {
    let (patterns, machine) = small(300);
    let reduced = reduce(&machine, &patterns, &ReducedSettings { vectors: 20, steps: 2 }, 2, &on).unwrap();
    let rows = vectors(&patterns, 0..patterns.len());
    let difference = machine.scores(rows.view()) - reduced.scores(rows.view());
    assert!(difference.mean_axis(Axis(0)).unwrap().iter().all(|mean| mean.abs() < 1e-4));
}

#[test]
fn too_many_vectors_are_all_of_them_and_a_break_stops() {
    let (patterns, machine) = small(200);
    let all = ReducedSettings { vectors: 9999, steps: 0 };
    assert_eq!(reduce(&machine, &patterns, &all, 2, &on).unwrap().vectors, machine.vectors);
    let some = ReducedSettings { vectors: 10, steps: 5 };
    let stop = reduce(&machine, &patterns, &some, 2, &|_| ControlFlow::Break(()));
    assert_eq!(stop, Err(MethodError::Stopped));
}
