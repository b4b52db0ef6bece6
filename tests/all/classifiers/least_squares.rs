//! Classifiers by least squares: linear, pairwise, and principal components with a polynomial.

use super::{penalties, unwatched, with_a_gap};
use approx::assert_relative_eq;
use lenet5::section3::classifiers::error::MethodError;
use lenet5::section3::classifiers::least_squares::{LinearUnits, NormalEquations};
use lenet5::section3::classifiers::linear::{Linear, Pairwise};
use lenet5::section3::classifiers::quadratic::{PrincipalComponents, Quadratic, Terms};
use lenet5::section3::classifiers::vectors::{Arrays, vectors};
use lenet5::section3::classifiers::{Classifier, Stored};
use lenet5::section3::database::{Patterns, embedded};
use lenet5::section3::evaluation::evaluate;
use ndarray::{Array2, Axis, Slice, array};

fn digits() -> (Patterns, Patterns) {
    let digits = embedded::digits(5);
    (digits.train.range(0..2000), digits.test.range(0..500))
}

/// The mean squared error of linear units with the penalty on their weights.
fn loss(units: &LinearUnits, rows: &Array2<f32>, targets: &Array2<f32>, ridge: f64) -> f64 {
    let squares = (units.outputs(rows.view()) - targets).mapv(|d| f64::from(d).powi(2));
    squares.sum() / rows.nrows() as f64 + ridge * units.weight.mapv(|w| f64::from(w).powi(2)).sum()
}

#[test]
fn no_step_in_any_direction_lowers_the_loss() {
    let (rows, targets) = (
        Array2::from_shape_fn((40, 5), |(p, i)| ((7 * p + 3 * i * i) % 11) as f32 / 11.0),
        Array2::from_shape_fn((40, 2), |(p, c)| if (p * p + c) % 3 == 0 { 1.0 } else { -1.0 }),
    );
    let mut equations = NormalEquations::new(5, 2);
    equations.add(rows.view(), targets.view());
    for ridge in [0.0, 0.1] {
        let units = equations.solve(ridge);
        let least = loss(&units, &rows, &targets, ridge);
        for unit in 0..2 {
            for step in [-0.01, 0.01] {
                for input in 0..5 {
                    let mut moved = units.clone();
                    moved.weight[[unit, input]] += step;
                    assert!(loss(&moved, &rows, &targets, ridge) > least, "{ridge} {unit} {input} {step}");
                }
                let mut moved = units.clone();
                moved.bias[unit] += step;
                assert!(loss(&moved, &rows, &targets, ridge) > least, "{ridge} {unit} bias {step}");
            }
        }
    }
    // The control: the solution for another ridge is no minimum.
    let other = equations.solve(1.0);
    assert!(loss(&other, &rows, &targets, 0.0) > loss(&equations.solve(0.0), &rows, &targets, 0.0));
}

/// 200 inputs, so that several strips of the matrix are summed; parts of 5,000 patterns on one thread, two and seven.
#[test]
fn sums_are_those_of_all_patterns_on_any_number_of_threads() {
    let train = embedded::digits(5).train;
    let part = |rows: Array2<f32>| rows.slice_axis(Axis(1), Slice::from(300..500)).to_owned();
    let [one, two, seven] =
        [1, 2, 7].map(|threads| NormalEquations::of(&train, threads, &unwatched, part).unwrap());
    for other in [two, seven] {
        assert_eq!((&other.products, &other.targets), (&one.products, &one.targets));
    }
    let rows = part(vectors(&train, 0..train.len())).mapv(f64::from);
    let expected = rows.t().dot(&rows);
    for ((i, j), &sum) in expected.indexed_iter() {
        assert_relative_eq!(one.products[[i, j]], sum, epsilon = 1e-2, max_relative = 1e-5);
    }
    assert_eq!(one.products[[200, 200]], train.len() as f64);
}

#[test]
fn linear_units_read_digits() {
    let (train, test) = digits();
    let linear = Linear::train(&train, 0.001, 2, &unwatched).unwrap();
    assert_eq!((linear.classes(), linear.multiply_adds(), linear.variables()), (10, 7850, 7850));
    let error = evaluate(&linear, &test, 2).error_pct();
    assert!(error < 25.0, "{error} %");
    let again = Linear::from_arrays(&mut Arrays(linear.arrays())).unwrap();
    assert_eq!(penalties(&again, &test), penalties(&linear, &test));
}

/// By hand: three classes, units 0/1, 0/2, 1/2.
#[test]
fn pairwise_scores_add_what_speaks_for_a_class() {
    let (train, test) = digits();
    let pairwise = Pairwise::train(&train, 0.001, 4.0, &unwatched).unwrap();
    assert_eq!((pairwise.variables(), pairwise.classes()), (45 * 785, 10));
    let arrays = pairwise.arrays();
    let units = LinearUnits::from_arrays(&mut Arrays(arrays.clone())).unwrap();
    let rows = vectors(&test, 0..20);
    let (outputs, scores) = (units.outputs(rows.view()), pairwise.scores(rows.view()));
    for (outputs, scores) in outputs.outer_iter().zip(scores.outer_iter()) {
        let mut unit = 0;
        let mut expected = [0.0; 10];
        for i in 0..10 {
            for j in i + 1..10 {
                let u = (4.0 * outputs[unit]).clamp(-1.0, 1.0);
                expected[i] += u;
                expected[j] -= u;
                unit += 1;
            }
        }
        scores
            .iter()
            .zip(expected)
            .for_each(|(&found, wanted)| assert_relative_eq!(found, wanted, epsilon = 1e-4));
    }
    let again = Pairwise::from_arrays(&mut Arrays(arrays), 4.0).unwrap();
    assert_eq!(penalties(&again, &test), penalties(&pairwise, &test));
    let error = evaluate(&pairwise, &test, 2).error_pct();
    assert!(error < 25.0, "{error} %");
}

#[test]
fn a_class_without_patterns_is_refused() {
    let patterns = with_a_gap();
    let fault = MethodError::TooFew { class: 1, found: 0, least: 1 };
    assert_eq!(Linear::train(&patterns, 0.0, 1, &unwatched).unwrap_err(), fault);
    assert_eq!(Pairwise::train(&patterns, 0.0, 1.0, &unwatched).unwrap_err(), fault);
    let quadratic = Quadratic::train(&patterns, 2, Terms::Products, 0.0, 1, &unwatched);
    assert_eq!(quadratic.unwrap_err(), fault);
}

/// The directions are orthonormal, and the components are uncorrelated, those of larger variance first.
#[test]
fn principal_components_diagonalise_the_covariance() {
    let (train, _) = digits();
    let components = PrincipalComponents::of(&train, 12, 2, &unwatched).unwrap();
    let products = components.directions.dot(&components.directions.t());
    for ((i, j), &product) in products.indexed_iter() {
        assert_relative_eq!(product, if i == j { 1.0 } else { 0.0 }, epsilon = 1e-4);
    }
    let z = components.of_rows(vectors(&train, 0..train.len()).view());
    assert!(z.mean_axis(Axis(0)).unwrap().iter().all(|mean| mean.abs() < 1e-2));
    let covariance = z.t().dot(&z) / z.nrows() as f32;
    for ((i, j), &found) in covariance.indexed_iter() {
        assert!(i == j || found.abs() < 1e-3 * covariance[[0, 0]], "{i}, {j}: {found}");
        assert!(i != j || i == 0 || covariance[[i - 1, i - 1]] >= found - 1e-4, "{i}");
    }
}

#[test]
fn two_readings_have_820_terms_and_a_constant() {
    let readings = [Terms::Products, Terms::LinearAndProducts, Terms::All];
    assert_eq!(readings.map(|terms| terms.count(40)), [820, 820, 860]);
    let z = array![[2.0_f32, 3.0, 5.0]];
    assert_eq!(Terms::Products.of(z.view()), array![[4.0, 6.0, 10.0, 9.0, 15.0, 25.0]]);
    assert_eq!(Terms::LinearAndProducts.of(z.view()), array![[2.0, 6.0, 10.0, 3.0, 15.0, 5.0]]);
    let all = array![[2.0, 4.0, 6.0, 10.0, 3.0, 9.0, 15.0, 5.0, 25.0]];
    assert_eq!(Terms::All.of(z.view()), all);
}

#[test]
fn quadratic_classifier_reads_digits() {
    let (train, test) = digits();
    let quadratic = Quadratic::train(&train, 10, Terms::Products, 0.001, 2, &unwatched).unwrap();
    assert_eq!(quadratic.multiply_adds(), 784 * 10 + 56 * 10);
    let error = evaluate(&quadratic, &test, 2).error_pct();
    assert!(error < 30.0, "{error} %");
    let again = Quadratic::from_arrays(&mut Arrays(quadratic.arrays()), Terms::Products).unwrap();
    assert_eq!(penalties(&again, &test), penalties(&quadratic, &test));
    let mut arrays = quadratic.arrays();
    arrays.retain(|array| array.name != "pca.mean");
    let missing = Quadratic::from_arrays(&mut Arrays(arrays), Terms::Products).unwrap_err();
    assert!(missing.contains("pca.mean"), "{missing}");
}
