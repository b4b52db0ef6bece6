//! Support vector machines: the solution is optimal, and everything else follows its definition.

use lenet5::ndarray::{Array1, Array2, Array3, Axis};
use lenet5::rand::Rng;
use lenet5::section3::classifiers::error::MethodError;
use lenet5::section3::classifiers::svm::dual::Dual;
use lenet5::section3::classifiers::svm::{KernelMachine, Polynomial, SvmSettings, train, with_virtual};
use lenet5::section3::classifiers::vectors::{Arrays, vectors};
use lenet5::section3::classifiers::{Classifier, Stored};
use lenet5::section3::database::{Patterns, embedded};
use lenet5::section3::evaluation::evaluate;
use std::ops::ControlFlow;

pub const SETTINGS: SvmSettings = SvmSettings { degree: 4, offset: 0.0, cost: 10.0 };

pub fn on(_: f64) -> ControlFlow<()> {
    ControlFlow::Continue(())
}

/// A machine of the first `count` embedded test digits.
pub fn small(count: usize) -> (Patterns, KernelMachine) {
    let patterns = embedded::test(1).range(0..count);
    let machine = train(&patterns, &SETTINGS, 2, &on).unwrap();
    (patterns, machine)
}

fn of_length_one(mut rows: Array2<f32>) -> Array2<f32> {
    rows.outer_iter_mut().for_each(|mut row| row /= row.dot(&row).sqrt());
    rows
}

/// Where each row of the patterns is among the machine's vectors.
fn places(patterns: &Patterns, machine: &KernelMachine) -> Vec<Option<usize>> {
    let rows = of_length_one(vectors(patterns, 0..patterns.len()));
    let products = rows.dot(&machine.vectors.t());
    let same = |row: lenet5::ndarray::ArrayView1<f32>| row.iter().position(|&cosine| cosine > 1.0 - 1e-6);
    products.outer_iter().map(same).collect()
}

/// The number of patterns that violate the conditions of optimality, counted for each class.
fn violations(patterns: &Patterns, machine: &KernelMachine, cost: f32) -> usize {
    let scores = machine.scores(vectors(patterns, 0..patterns.len()).view());
    let mut violations = 0;
    for (p, place) in places(patterns, machine).into_iter().enumerate() {
        for class in 0..patterns.classes() {
            let sign = if patterns.label(p) == class { 1.0 } else { -1.0 };
            let multiplier = place.map_or(0.0, |v| sign * machine.weights[[class, v]]);
            let margin = sign * scores[[p, class]];
            let kept =
                (multiplier >= cost || margin > 1.0 - 2e-3) && (multiplier <= 0.0 || margin < 1.0 + 2e-3);
            violations += usize::from(!kept || multiplier < 0.0);
        }
    }
    violations
}

#[test]
fn a_trained_machine_meets_the_conditions_of_optimality() {
    // 2,000 patterns of a class and the rest do not fit the first chunk.
    let (patterns, mut machine) = small(2000);
    assert_eq!(violations(&patterns, &machine, 10.0), 0);
    for weights in machine.weights.outer_iter() {
        assert!(weights.sum().abs() < 1e-3);
    }
    assert_eq!(evaluate(&machine, &patterns, 2).misclassified, []);
    machine.bias += 0.05;
    assert!(violations(&patterns, &machine, 10.0) > 1000);
}

#[test]
fn a_low_cost_bounds_the_multipliers() {
    let patterns = embedded::test(1).range(0..500);
    let machine = train(&patterns, &SvmSettings { cost: 0.05, ..SETTINGS }, 2, &on).unwrap();
    assert_eq!(violations(&patterns, &machine, 0.05), 0);
    assert!(machine.weights.iter().any(|weight| weight.abs() == 0.05));
}

/// A random problem: the kernel matrix and the signs.
fn problem(seed: u64) -> (Array2<f32>, Vec<f64>) {
    let random = &mut lenet5::random(seed);
    let points = Array2::from_shape_simple_fn((40, 6), || random.random_range(-1.0..1.0_f32));
    let points = of_length_one(points);
    let gram = Polynomial { degree: 3, offset: 0.3, scale: 2.0 }.of(points.view(), points.view());
    (gram, (0..40).map(|_| if random.random_bool(0.4) { 1.0 } else { -1.0 }).collect())
}

/// The nearest feasible weights, by bisection of the shift.
fn projected(dual: &Dual, weights: &[f64]) -> Vec<f64> {
    let clip = |shift: f64| -> Vec<f64> {
        let bounds = |sign: f64| if sign > 0.0 { (0.0, dual.cost) } else { (-dual.cost, 0.0) };
        let one = |(weight, sign): (&f64, &f64)| (weight - shift).clamp(bounds(*sign).0, bounds(*sign).1);
        weights.iter().zip(dual.signs).map(one).collect()
    };
    let (mut low, mut high) = (-1000.0, 1000.0);
    for _ in 0..80 {
        let middle = (low + high) / 2.0;
        if clip(middle).iter().sum::<f64>() > 0.0 { low = middle } else { high = middle }
    }
    clip(low)
}

#[test]
fn the_dual_objective_is_that_of_projected_gradients() {
    for seed in 0..8 {
        let (gram, signs) = problem(seed);
        for cost in [0.1, 2.0] {
            let dual = Dual { gram: gram.view(), signs: &signs, cost };
            let mut weights = vec![0.0; signs.len()];
            dual.maximise(&mut weights, 1e-6);
            let mut slow = vec![0.0; signs.len()];
            for step in 0..5000 {
                // The gradient of the objective is the residual of each pattern.
                let ahead: Vec<f64> =
                    slow.iter().zip(dual.residuals(&slow)).map(|(w, r)| w + 0.02 * r).collect();
                slow = projected(&dual, &ahead);
                let other = dual.objective(&slow);
                assert!(dual.objective(&weights) > other - 1e-5, "seed {seed}, step {step}");
            }
            assert!(dual.objective(&slow) > 0.98 * dual.objective(&weights), "seed {seed}, C {cost}");
            assert!(weights.iter().sum::<f64>().abs() < 1e-9);
            let half: Vec<f64> = weights.iter().map(|weight| weight / 2.0).collect();
            assert!(dual.objective(&half) < 0.9 * dual.objective(&weights));
        }
    }
}

#[test]
fn a_kernel_is_the_power_of_a_dot_product() {
    let random = &mut lenet5::random(3);
    let mut draw = |rows| Array2::from_shape_simple_fn((rows, 5), || random.random_range(-1.0..1.0_f32));
    let (x, y) = (draw(7), draw(9));
    for degree in [1, 2, 4, 5, 9] {
        let kernel = Polynomial { degree, offset: 0.4, scale: 1.5 };
        let found = kernel.of(x.view(), y.view());
        let mut slopes = x.dot(&y.t());
        kernel.slope_of_products(&mut slopes);
        for ((r, c), found) in found.indexed_iter() {
            let sum = f64::from(x.row(r).dot(&y.row(c))) / 1.5 + 0.4;
            assert!((f64::from(*found) - sum.powi(degree as i32)).abs() < 1e-4);
            let slope = f64::from(degree) * sum.powi(degree as i32 - 1) / 1.5;
            assert!((f64::from(slopes[[r, c]]) - slope).abs() < 1e-3);
        }
    }
    assert_eq!(Polynomial::normalised(4, 0.5), Polynomial { degree: 4, offset: 0.5, scale: 2.0 });
}

#[test]
fn the_number_of_threads_changes_nothing() {
    let patterns = embedded::test(2).range(0..600);
    let [one, many] = [1, 3].map(|threads| train(&patterns, &SETTINGS, threads, &on).unwrap());
    assert_eq!(one, many);
    let [one, many] = [1, 3].map(|threads| with_virtual(&one, (28, 28), &SETTINGS, threads, &on).unwrap());
    assert_eq!(one, many);
}

#[test]
fn virtual_vectors_are_support_vectors_and_their_shifts() {
    let (patterns, machine) = small(300);
    let settings = SvmSettings { degree: 9, offset: 0.5, cost: 10.0 };
    let again = with_virtual(&machine, (28, 28), &settings, 2, &on).unwrap();
    let shifts = [(0, 0), (0, 1), (1, 0), (0, -1), (-1, 0)].map(|(down, right)| {
        let shifted = patterns.with_images(|image| {
            let at = |r: usize, c: usize| (r.wrapping_add_signed(-down), c.wrapping_add_signed(-right));
            Array2::from_shape_fn((28, 28), |(r, c)| image.get(at(r, c)).copied().unwrap_or(0))
        });
        of_length_one(vectors(&shifted, 0..shifted.len()))
    });
    let found = |row: lenet5::ndarray::ArrayView1<f32>, images: &Array2<f32>| {
        images.dot(&row).iter().any(|&c| c > 1.0 - 1e-6)
    };
    let count = |images: &Array2<f32>| again.vectors.outer_iter().filter(|row| found(*row, images)).count();
    let counts = shifts.each_ref().map(count);
    assert_eq!(counts.iter().sum::<usize>(), again.vectors.nrows());
    assert!(counts.iter().all(|&count| count > 0), "{counts:?}");
    assert_eq!(again.kernel, Polynomial::normalised(9, 0.5));
}

#[test]
fn a_machine_is_the_same_after_a_file() {
    let (_, machine) = small(200);
    assert_eq!(KernelMachine::from_arrays(&mut Arrays(machine.arrays())).as_ref(), Ok(&machine));
    let refused = |change: &dyn Fn(&mut KernelMachine)| {
        let mut other = machine.clone();
        change(&mut other);
        KernelMachine::from_arrays(&mut Arrays(other.arrays())).unwrap_err()
    };
    assert!(refused(&|m| m.bias = Array1::zeros(3)).starts_with("has svm.weights of shape"));
    assert_eq!(
        refused(&|m| m.kernel.degree = 0),
        "has a kernel of degree 0, expected a whole number from 1 to 64"
    );
    assert_eq!(KernelMachine::from_arrays(&mut Arrays(vec![])).unwrap_err(), "has no array svm.vectors");
}

#[test]
fn counts_are_those_of_shared_vectors() {
    let machine = KernelMachine {
        kernel: Polynomial::normalised(4, 0.0),
        vectors: Array2::ones((5, 7)),
        weights: Array2::from_shape_vec((2, 5), vec![1., 0., 0., 2., 3., 0., 0., 1., 0., 1.]).unwrap(),
        bias: Array1::zeros(2),
    };
    assert_eq!(machine.support_vectors(), [3, 2]);
    assert_eq!(machine.multiply_adds_of_the_paper(), 5 * 7);
    assert_eq!(machine.multiply_adds(), 5 * 7 + 2 * 5);
    assert_eq!(machine.variables(), 5 * 7 + 2 * 5 + 2);
    assert_eq!(Classifier::classes(&machine), 2);
}

#[test]
fn penalties_are_scores_with_the_other_sign() {
    let (patterns, machine) = small(300);
    let scores = machine.scores(vectors(&patterns, 0..300).view());
    machine.read(&patterns, 0..300, &mut |p, penalties| {
        let row = scores.index_axis(Axis(0), p);
        assert!(row.iter().zip(penalties.iter()).all(|(score, penalty)| (score + penalty).abs() < 1e-4));
    });
}

#[test]
fn training_that_cannot_go_on_says_why() {
    let images = Array3::ones((2, 3, 3));
    let patterns = Patterns::new(images, vec![0, 2]).unwrap();
    let few = MethodError::TooFew { class: 1, found: 0, least: 1 };
    assert_eq!(train(&patterns, &SETTINGS, 1, &on), Err(few));
    let patterns = embedded::test(1).range(0..100);
    assert_eq!(train(&patterns, &SETTINGS, 1, &|_| ControlFlow::Break(())), Err(MethodError::Stopped));
}

#[test]
fn equal_images_of_two_classes_do_not_hinder_training() {
    let patterns = Patterns::new(Array3::ones((4, 3, 3)), vec![0, 1, 0, 1]).unwrap();
    let machine = train(&patterns, &SETTINGS, 1, &on).unwrap();
    assert!(machine.scores(Array2::ones((1, 9)).view()).iter().all(|score| score.is_finite()));
}

/// III-D: a machine knows nothing of images. With all pixels in another order it gives the same answers.
#[test]
fn the_order_of_pixels_does_not_matter() {
    let (patterns, machine) = small(200);
    let turned = |patterns: &Patterns| {
        patterns.with_images(|image| {
            let pixels: Vec<u8> = image.iter().copied().collect();
            // 211 and 784 have no common factor, so each pixel goes to a place of its own.
            Array2::from_shape_fn((28, 28), |(r, c)| pixels[(28 * r + c) * 211 % 784])
        })
    };
    let other = train(&turned(&patterns), &SETTINGS, 2, &on).unwrap();
    let test = embedded::test(2).range(0..100);
    let (found, again) = (evaluate(&machine, &test, 1), evaluate(&other, &turned(&test), 1));
    assert_eq!(found.misclassified, again.misclassified);
    let apart = found.confidences.iter().zip(&again.confidences).map(|(a, b)| (a - b).abs());
    assert!(apart.fold(0.0, f64::max) < 1e-2);
    // The control: another order for training than for reading.
    assert!(evaluate(&other, &test, 1).error_pct() > 30.0);
}
