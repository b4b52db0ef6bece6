//! III-C.4: the RBF network and its k-means.

use lenet5::section3::classifiers::rbf_network::{RbfNetwork, Settings};
use lenet5::section3::classifiers::vectors::{Arrays, vectors};
use lenet5::section3::classifiers::{Classifier, Stored, adaptive_means, error::MethodError};
use lenet5::section3::database::{Patterns, embedded};
use lenet5::section3::evaluation::evaluate;
use ndarray::{Array2, Axis, Slice, arr2};
use std::ops::ControlFlow;

fn go_on(_: f64) -> ControlFlow<()> {
    ControlFlow::Continue(())
}

fn small() -> Settings {
    Settings { centres: 10, passes: 3, ..Settings::default() }
}

fn digits() -> (Patterns, Patterns) {
    let digits = embedded::digits(3);
    (digits.train.range(0..1000), digits.test.range(0..300))
}

#[test]
fn units_find_two_clusters() {
    // Two clusters of 50 points around (0, 0) and (10, 0), of radius 1.
    let point = |(row, column): (usize, usize)| {
        let angle = row as f32;
        let centre = if column == 0 && row % 2 == 1 { 10.0 } else { 0.0 };
        centre + if column == 0 { angle.cos() } else { angle.sin() }
    };
    let group = Array2::from_shape_fn((100, 2), point);
    let (centres, spreads) =
        adaptive_means::of_groups(std::slice::from_ref(&group), 2, 5, 1, 1, &go_on).unwrap();
    let left = if centres[[0, 0]] < 5.0 { 0 } else { 1 };
    for (unit, expected) in [(left, 0.0), (1 - left, 10.0)] {
        assert!((centres[[unit, 0]] - expected).abs() < 0.2, "{centres}");
        assert!(centres[[unit, 1]].abs() < 0.2, "{centres}");
    }
    assert!(spreads.iter().all(|spread| (0.9..1.1).contains(spread)), "{spreads}");
    // Without a pass, the centres are two of the points.
    let (drawn, _) = adaptive_means::of_groups(std::slice::from_ref(&group), 2, 0, 1, 1, &go_on).unwrap();
    assert!(drawn.outer_iter().all(|centre| group.outer_iter().any(|point| point == centre)));
}

#[test]
fn the_weights_are_a_minimum() {
    // The regularised error grows with every change of a weight or bias.
    let (train, _) = digits();
    let settings = Settings { ridge: 1e-3, ..small() };
    let network = RbfNetwork::train(&train, &settings, 1, &go_on).unwrap();
    let x = vectors(&train, 0..train.len());
    let error = |network: &RbfNetwork| {
        let outputs = network.outputs(x.view()).mapv(f64::from);
        let target = |(p, class): (usize, usize)| if train.label(p) == class { 1.0 } else { 0.0 };
        let targets = Array2::from_shape_fn(outputs.dim(), target);
        let weights = &network.arrays()[2].values;
        let squares: f64 = weights.iter().map(|&w| f64::from(w).powi(2)).sum();
        (outputs - targets).mapv(|d| d * d).sum() / train.len() as f64 + 1e-3 * squares
    };
    let least = error(&network);
    for (array, place) in [(2, 0), (2, 37), (2, 999), (3, 0), (3, 9)] {
        for step in [-0.05, 0.05] {
            let mut arrays = network.arrays();
            arrays[array].values[place] += step;
            let other = RbfNetwork::from_arrays(&mut Arrays(arrays)).unwrap();
            assert!(error(&other) > least, "{array} {place} {step}: {} <= {least}", error(&other));
        }
    }
}

#[test]
fn digits_are_read_whatever_the_threads() {
    let (train, test) = digits();
    let network = RbfNetwork::train(&train, &small(), 1, &go_on).unwrap();
    let found = evaluate(&network, &test, 1);
    assert!(found.error_pct() < 20.0, "{} %", found.error_pct());
    for threads in [0, 2, 3, 40] {
        assert_eq!(
            RbfNetwork::train(&train, &small(), threads, &go_on).unwrap(),
            network,
            "{threads} threads"
        );
    }
    let other = Settings { seed: 2, ..small() };
    assert_ne!(RbfNetwork::train(&train, &other, 1, &go_on).unwrap(), network);
    // 10 x 10 units, 784 pixels, 10 classes.
    assert_eq!(network.multiply_adds(), 784 * 100 + 100 * 10);
    assert_eq!(network.variables(), 784 * 100 + 100 + 100 * 10 + 10);
    let again = RbfNetwork::from_arrays(&mut Arrays(network.arrays())).unwrap();
    assert_eq!(again, network);
}

#[test]
fn a_unit_is_one_at_its_centre_and_falls() {
    let (train, _) = digits();
    let network = RbfNetwork::train(&train, &small(), 1, &go_on).unwrap();
    let arrays = network.arrays();
    let centres = Array2::from_shape_vec((100, 784), arrays[0].values.clone()).unwrap();
    let at_centres = network.units(centres.slice_axis(Axis(0), Slice::from(0..5)));
    for unit in 0..5 {
        assert!((at_centres[[unit, unit]] - 1.0).abs() < 1e-4);
        let mut away = centres.row(unit).to_owned();
        away[400] += 3.0;
        let found = network.units(away.view().insert_axis(Axis(0)))[[0, unit]];
        let expected = (-9.0 * arrays[1].values[unit]).exp();
        assert!((found - expected).abs() < 1e-4, "{found} for {expected}");
    }
}

#[test]
fn faults_are_told() {
    let (train, _) = digits();
    let few = train.range(0..300);
    let fault = RbfNetwork::train(&few, &Settings::default(), 1, &go_on).unwrap_err();
    assert!(matches!(fault, MethodError::TooFew { least: 100, .. }), "{fault}");
    let stop = |_: f64| ControlFlow::Break(());
    assert_eq!(RbfNetwork::train(&train, &small(), 1, &stop), Err(MethodError::Stopped));
    let network = RbfNetwork::train(&train, &small(), 1, &go_on).unwrap();
    let mut arrays = network.arrays();
    arrays[1].values.pop();
    arrays[1].shape = vec![99];
    assert!(RbfNetwork::from_arrays(&mut Arrays(arrays)).is_err());
    assert!(RbfNetwork::from_arrays(&mut Arrays(network.arrays()[1..].to_vec())).is_err());
    // Equal patterns, hence a spread of 0 and equal units: there is still a solution.
    let blank = Patterns::new(ndarray::Array3::zeros((40, 4, 4)), (0..40).map(|p| p % 2).collect()).unwrap();
    let network = RbfNetwork::train(&blank, &Settings { ridge: 0.0, ..small() }, 1, &go_on).unwrap();
    let outputs = network.outputs(arr2(&[[0.0; 16]]).view());
    assert!(outputs.iter().all(|output| (output - 0.5).abs() < 0.01), "{outputs}");
}
