//! III-C.10: tangent planes and the distance between them.

use lenet5::section3::classifiers::tangent_distance::{Settings, TangentDistance};
use lenet5::section3::classifiers::tangent_plane::{Plane, Planes, TANGENTS, tangents};
use lenet5::section3::classifiers::vectors::Arrays;
use lenet5::section3::classifiers::{Classifier, Images, Stored, error::MethodError};
use lenet5::section3::database::{Patterns, embedded};
use lenet5::section3::evaluation::evaluate;
use ndarray::{Array1, Array2, Array3, ArrayView2};
use rand::Rng;
use std::ops::ControlFlow;

const SIDE: usize = 16;
const SIGMA: f64 = 0.9;

fn go_on(_: f64) -> ControlFlow<()> {
    ControlFlow::Continue(())
}

/// Bent strokes, away from the edge.
fn image() -> Array2<f32> {
    let mut image = Array2::zeros((SIDE, SIDE));
    for row in 3..13 {
        image[[row, 5 + row * row / 40]] = 1.0;
        image[[row, 6 + row * row / 40]] = 0.6;
    }
    (5..11).for_each(|column| image[[4, column]] = 0.8);
    image
}

/// The smoothed image at any point: the sum of a Gaussian for each pixel.
fn smooth(image: ArrayView2<f32>, x: f64, y: f64) -> f64 {
    let bell = |t: f64| (-0.5 * (t / SIGMA).powi(2)).exp();
    let sum: f64 = (-8..=8).map(|t| bell(f64::from(t))).sum();
    let term =
        |((i, j), &grey): ((usize, usize), &f32)| f64::from(grey) * bell(x - j as f64) * bell(y - i as f64);
    image.indexed_iter().map(term).sum::<f64>() / sum.powi(2)
}

/// The smoothed image whose points are moved by `t` pixels along the field of a transformation.
fn moved(image: ArrayView2<f32>, transformation: usize, t: f64) -> Array1<f32> {
    let middle = (SIDE as f64 - 1.0) / 2.0;
    let half = SIDE as f64 / 2.0;
    let at = |pixel: usize| {
        let (column, row) = ((pixel % SIDE) as f64, (pixel / SIDE) as f64);
        let (x, y) = ((column - middle) / half, (row - middle) / half);
        let (u, v) = match transformation {
            0 => (1.0, 0.0),
            1 => (0.0, 1.0),
            2 => (x, y),
            3 => (y, -x),
            4 => (x, -y),
            5 => (y, x),
            _ => {
                // Along the gradient, which is itself a finite difference.
                let h = 1e-4;
                let slope = |dx: f64, dy: f64| {
                    (smooth(image, column + dx, row + dy) - smooth(image, column - dx, row - dy)) / (2.0 * h)
                };
                (slope(h, 0.0), slope(0.0, h))
            }
        };
        smooth(image, column + t * u, row + t * v) as f32
    };
    (0..SIDE * SIDE).map(at).collect()
}

#[test]
fn tangent_vectors_are_derivatives_of_transformed_images() {
    let image = image();
    let [flat, right, down] = Planes::new((SIDE, SIDE), SIGMA as f32, 0.1).smoothed(image.view());
    let unmoved = moved(image.view(), 0, 0.0);
    assert!((flat.flatten().to_owned() - unmoved).iter().all(|d| d.abs() < 1e-5));
    let tangents = tangents(&right, &down);
    for (transformation, tangent) in tangents.outer_iter().enumerate() {
        let t = 0.02;
        let (more, less) = (moved(image.view(), transformation, t), moved(image.view(), transformation, -t));
        let expected = (more - less) / (2.0 * t as f32);
        let largest = expected.iter().fold(0.0, |a: f32, b| a.max(b.abs()));
        let miss = (&expected - &tangent).iter().fold(0.0, |a: f32, b| a.max(b.abs()));
        assert!(largest > 0.05 && miss < 2e-3 * largest.max(1.0), "{transformation}: {miss} of {largest}");
        // No other transformation would pass.
        for (other, wrong) in tangents.outer_iter().enumerate().filter(|(other, _)| *other != transformation)
        {
            let miss = (&expected - &wrong).iter().fold(0.0, |a: f32, b| a.max(b.abs()));
            assert!(miss > 2e-2, "{transformation} is like {other}");
        }
    }
}

fn plane(image: &Array1<f32>, tangents: &Array2<f32>, ridge: f32) -> Plane {
    Plane::new(image.view(), tangents.view(), ridge)
}

/// The minimum by descent in each coefficient in turn, from the definition.
fn by_descent(x: &Array1<f32>, tx: &Array2<f32>, y: &Array1<f32>, ty: &Array2<f32>, ridge: f64) -> f64 {
    let directions: Vec<Vec<f64>> = tx
        .outer_iter()
        .map(|row| row.iter().map(|&v| f64::from(v)).collect())
        .chain(ty.outer_iter().map(|row| row.iter().map(|&v| -f64::from(v)).collect()))
        .collect();
    let mut rest: Vec<f64> = x.iter().zip(y).map(|(&x, &y)| f64::from(x) - f64::from(y)).collect();
    let mut coefficients = vec![0.0; directions.len()];
    let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
    for _ in 0..5000 {
        for (direction, coefficient) in directions.iter().zip(&mut coefficients) {
            let step = -(dot(&rest, direction) + ridge * *coefficient) / (dot(direction, direction) + ridge);
            rest.iter_mut().zip(direction).for_each(|(rest, d)| *rest += step * d);
            *coefficient += step;
        }
    }
    dot(&rest, &rest) + ridge * dot(&coefficients, &coefficients)
}

#[test]
fn the_formula_is_the_minimum() {
    let mut random = lenet5::random(1);
    for ridge in [0.03, 0.3, 3.0] {
        let mut matrix =
            |rows| Array2::from_shape_simple_fn((rows, 30), || random.random_range(-1.0..1.0f32));
        let (images, tx, ty) = (matrix(2), matrix(TANGENTS), matrix(TANGENTS));
        let (x, y) = (images.row(0).to_owned(), images.row(1).to_owned());
        let expected = by_descent(&x, &tx, &y, &ty, f64::from(ridge)) as f32;
        let (px, py) = (plane(&x, &tx, ridge), plane(&y, &ty, ridge));
        let found = px.squared_distance(&py);
        assert!((found - expected).abs() < 1e-3 * expected, "{found} for {expected}");
        assert!((found - py.squared_distance(&px)).abs() < 1e-4 * expected, "not symmetric");
        let euclidean = (&x - &y).mapv(|d| d * d).sum();
        assert!(found < 0.9 * euclidean, "{found} of {euclidean}");
        // A tangent vector that is missing costs something.
        let mut fewer = tx.clone();
        fewer.row_mut(0).fill(0.0);
        assert!(plane(&x, &fewer, ridge).squared_distance(&py) > found * 1.0001);
    }
}

#[test]
fn a_small_transformation_costs_little() {
    let image = image();
    let [flat, right, down] = Planes::new((SIDE, SIDE), SIGMA as f32, 1e-4).smoothed(image.view());
    let x = plane(&flat.flatten().to_owned(), &tangents(&right, &down), 1e-4);
    assert!(x.squared_distance(&x) < 1e-4);
    let blank = Array2::zeros((TANGENTS, SIDE * SIDE));
    for transformation in 0..TANGENTS {
        // The far image has no tangent vectors: only x moves, and what remains is of second order in t, its square of fourth.
        let distance = |t: f64| {
            let image = moved(image.view(), transformation, t);
            let y = plane(&image, &blank, 1e-4);
            (x.squared_distance(&y), (&flat.flatten() - &image).mapv(|d| d * d).sum())
        };
        let ((near, euclidean), (far, _)) = (distance(0.25), distance(0.5));
        assert!(near < 0.1 * euclidean, "{transformation}: {near} of {euclidean}");
        assert!(far < 24.0 * near + 1e-3, "{transformation}: {far} against {near}");
    }
}

#[test]
fn blank_images_are_points() {
    let planes = Planes::new((4, 6), 0.5, 0.01);
    let blank = planes.plane(Array1::zeros(24).view());
    assert_eq!(blank.squared_distance(&blank), 0.0);
    let mut dot = Array1::zeros(24);
    dot[14] = 1.0;
    let dot = planes.plane(dot.view());
    assert!(dot.squared_distance(&blank) > 0.0 && dot.squared_distance(&blank) <= dot.square());
}

fn digits() -> (Patterns, Patterns) {
    let digits = embedded::digits(3);
    let sixteen = |patterns: Patterns| Images::Sixteen.of(&patterns).into_owned();
    (sixteen(digits.train.range(0..1000)), sixteen(digits.test.range(0..300)))
}

#[test]
fn digits_are_read_better_than_by_euclidean_distance() {
    let (train, test) = digits();
    let settings = Settings { coarse: 200, shortlist: 50, ..Settings::default() };
    let tangent = TangentDistance::train(&train, settings, &go_on).unwrap();
    let found = evaluate(&tangent, &test, 1);
    assert_eq!(evaluate(&tangent, &test, 3), found);
    // A transformation at an unbounded price is none.
    let fixed = Settings { ridge: 1e9, ..settings };
    let euclidean = evaluate(&TangentDistance::train(&train, fixed, &go_on).unwrap(), &test, 1);
    assert!(found.error_pct() < euclidean.error_pct(), "{} {}", found.error_pct(), euclidean.error_pct());
    assert_eq!(tangent.variables(), 1000 * 256);
    assert_eq!(tangent.multiply_adds(), 1000 * 64 + 200 * 256 + 50 * 64 * 256);
    let again = TangentDistance::from_arrays(&mut Arrays(tangent.arrays())).unwrap();
    assert_eq!(evaluate(&again, &test, 1), found);
    // The filter leaves nothing out that matters: all patterns give nearly the same answers.
    let whole = Settings { coarse: 1000, shortlist: 1000, ..settings };
    let whole = evaluate(&TangentDistance::train(&train, whole, &go_on).unwrap(), &test, 2);
    assert!((whole.error_pct() - found.error_pct()).abs() <= 1.0);
}

#[test]
fn penalties_are_means_of_the_nearest() {
    // Classes 0, 1 and 2 with 3, 2 and 1 patterns of one grey level, whose planes are points in the middle of the image.
    let greys = [0u8, 10, 30, 100, 120, 255];
    let images = Array3::from_shape_fn((6, 2, 2), |(p, _, _)| greys[p]);
    let patterns = Patterns::new(images, vec![0, 0, 0, 1, 1, 2]).unwrap();
    let penalties = |k, shortlist| {
        let settings = Settings { ridge: 1e9, coarse: 6, shortlist, k, ..Settings::default() };
        let tangent = TangentDistance::train(&patterns, settings, &go_on).unwrap();
        tangent.penalties(Array2::zeros((1, 4)).view()).row(0).to_vec()
    };
    // The distance to grey level g is proportional to g squared.
    let unit = penalties(1, 6)[2] / 255f32.powi(2);
    let close = |found: Vec<f32>, expected: [f32; 3]| {
        let pairs = found.iter().zip(expected);
        assert!(
            pairs.clone().all(|(f, e)| (f / unit - e).abs() < 1e-3 * 255f32.powi(2)),
            "{found:?} {expected:?}"
        );
    };
    close(penalties(1, 6), [0.0, 1e4, 65025.0]);
    close(penalties(2, 6), [50.0, 12200.0, 65025.0]);
    // In a shortlist of four, class 2 has no pattern, and class 1 has one.
    close(penalties(1, 4), [0.0, 1e4, 1e4]);
    close(penalties(3, 4), [1000.0 / 3.0, 1e4, 1e4]);
}

#[test]
fn faults_are_told() {
    let (train, _) = digits();
    for k in [0, 1001] {
        let fault =
            TangentDistance::train(&train, Settings { k, ..Settings::default() }, &go_on).unwrap_err();
        assert_eq!(fault, MethodError::TooManyNeighbours { k, patterns: 1000 });
    }
    let stop = |_: f64| ControlFlow::Break(());
    let stopped = TangentDistance::train(&train, Settings::default(), &stop);
    assert_eq!(stopped.unwrap_err(), MethodError::Stopped);
    let tangent = TangentDistance::train(&train.range(0..100), Settings::default(), &go_on).unwrap();
    let broken = |array: usize, place: usize, value: f32| {
        let mut arrays = tangent.arrays();
        arrays[array].values[place] = value;
        TangentDistance::from_arrays(&mut Arrays(arrays)).is_err()
    };
    assert!(!broken(2, 5, 50.0), "another filter is fine");
    for (array, place, value) in [(1, 3, 10.0), (2, 0, 15.0), (2, 3, 0.0), (2, 4, f32::NAN), (2, 7, 0.0)] {
        assert!(broken(array, place, value), "{array} {place} {value}");
    }
}
