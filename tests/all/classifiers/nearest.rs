//! The nearest of many stored vectors.

use lenet5::section3::classifiers::nearest::{nearest, squared_distances, squares};
use ndarray::{Array1, Array2, Axis};
use rand::Rng;

#[test]
fn the_nearest_are_those_that_sorting_finds() {
    let mut random = lenet5::random(1);
    for (length, k, levels) in
        [(1000, 7, 50), (1000, 7, 2), (1000, 1, 1), (5000, 300, 1000), (40, 100, 9), (9, 9, 9)]
    {
        let list: Array1<f32> = (0..length).map(|_| random.random_range(0..levels) as f32).collect();
        let mut expected: Vec<(f32, usize)> = list.iter().copied().zip(0..).collect();
        expected.sort_by(|a, b| a.0.total_cmp(&b.0)); // stable: of equal ones the first
        expected.truncate(k);
        assert_eq!(nearest(list.view(), k), expected, "{k} of {length} with {levels} levels");
    }
    let falling: Array1<f32> = (0..1000).rev().map(|value| value as f32).collect();
    assert_eq!(nearest(falling.view(), 2), [(0.0, 999), (1.0, 998)]);
}

#[test]
fn nothing_is_asked_for_or_nothing_is_there() {
    let list = Array1::from(vec![3.0, f32::NAN, 1.0, f32::INFINITY]);
    assert_eq!(nearest(list.view(), 0), []);
    assert_eq!(nearest(Array1::zeros(0).view(), 5), []);
    assert_eq!(nearest(list.view(), usize::MAX).len(), 4);
    let places: Vec<_> = nearest(list.view(), 4).into_iter().map(|(_, place)| place).collect();
    assert_eq!(places, [2, 0, 1, 3], "NaN counts as infinite");
    assert_eq!(nearest(Array1::from_elem(500, f32::NAN).view(), 2)[1].1, 1);
}

#[test]
fn products_give_the_distances() {
    let mut random = lenet5::random(2);
    let mut matrix = |rows| Array2::from_shape_simple_fn((rows, 20), || random.random_range(-1.0..1.0f32));
    let (x, stored) = (matrix(5), matrix(30));
    let found = squared_distances(x.view(), stored.view(), &squares(stored.view()));
    for ((i, j), &found) in found.indexed_iter() {
        let expected = (&x.row(i) - &stored.row(j)).mapv(|d| d * d).sum();
        assert!((found - expected).abs() < 1e-5, "{found} for {expected}");
    }
    let same = squared_distances(stored.view(), stored.view(), &squares(stored.view()));
    assert!(same.diag().iter().all(|&zero| (0.0..1e-5).contains(&zero)));
    assert_eq!(found.len_of(Axis(1)), 30);
}
