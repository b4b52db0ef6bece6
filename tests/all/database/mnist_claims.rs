//! Claims of `paper/claims.toml` about MNIST, measured on it.

use super::ours::ours;
use super::real_mnist;
use lenet5::experiment::Model;
use lenet5::section3::database::{Patterns, mnist};
use ndarray::Array3;
use std::path::Path;

fn close(found: f64, id: &str, digit: f64) {
    let claimed = ours(id)[0];
    assert!((found - claimed).abs() <= 0.51 * digit, "{id}: {found} is not {claimed}");
}

/// II-B: mean and variance of the input plane over all training patterns.
#[test]
#[ignore = "needs MNIST: MNIST_DIR=DIR cargo test mnist -- --ignored"]
fn moments_of_the_input() {
    let folder = real_mnist::folder();
    let (patterns, mut input) = (mnist::load(&folder).unwrap().train, Array3::<f64>::zeros((1, 32, 32)));
    let (mut sum, mut squares) = (0.0, 0.0);
    for p in 0..patterns.len() {
        patterns.pattern(p, &mut input);
        sum += input.sum();
        squares += input.mapv(|x| x * x).sum();
    }
    let pixels = (patterns.len() * input.len()) as f64;
    let mean = sum / pixels;
    close(mean, "input-mean", 1e-3);
    close(squares / pixels - mean * mean, "input-variance", 1e-3);
}

/// III-A: rows and columns of the largest character.
#[test]
#[ignore = "needs MNIST: MNIST_DIR=DIR cargo test mnist -- --ignored"]
fn characters_fit_a_box() {
    let folder = real_mnist::folder();
    let database = mnist::load(&folder).unwrap();
    let extent = |places: Vec<usize>| places.iter().max().unwrap() + 1 - places.iter().min().unwrap();
    let largest = |patterns: &Patterns| {
        let boxes = (0..patterns.len()).map(|p| {
            let image = patterns.image(p);
            let ink = || image.indexed_iter().filter(|(_, grey)| **grey > 0);
            [
                extent(ink().map(|((row, _), _)| row).collect()),
                extent(ink().map(|((_, column), _)| column).collect()),
            ]
        });
        boxes.fold([0, 0], |a, b| [a[0].max(b[0]), a[1].max(b[1])])
    };
    assert_eq!([largest(&database.train), largest(&database.test)], [[20, 20]; 2]);
}

/// II-B: the share of saturated units of F6 (states beyond ±1.5, where f' is below 0.27) in the two built-in networks.
#[test]
#[ignore = "needs MNIST: MNIST_DIR=DIR cargo test mnist -- --ignored"]
fn saturated_units_of_f6() {
    let folder = real_mnist::folder();
    let patterns = mnist::load(&folder).unwrap().test;
    let share = |name: &str| {
        let model = Model::find(Path::new(name)).unwrap();
        let mut input = Array3::zeros((1, 32, 32));
        let saturated = |p| {
            patterns.pattern(p, &mut input);
            model.fprop(&input)["F6"].iter().filter(|x| x.abs() > 1.5).count()
        };
        100.0 * (0..patterns.len()).map(saturated).sum::<usize>() as f64 / (84 * patterns.len()) as f64
    };
    for (name, claimed) in ["rbf", "softmax"].into_iter().zip(ours("no-saturation")) {
        let found = share(name);
        assert!((found - claimed).abs() <= 0.05 * claimed, "{name}: {found} % is not {claimed} %");
    }
}
