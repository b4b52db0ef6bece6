//! Local learning: a linear classifier for each new vector.

use lenet5::section3::classifiers::error::MethodError;
use lenet5::section3::classifiers::local::LocalLearning;
use lenet5::section3::classifiers::nearest::{squared_distances, squares};
use lenet5::section3::classifiers::vectors::Arrays;
use ndarray::{Array1, Array2, ArrayView1, Axis};
use rand::Rng;

fn points(count: usize, features: usize, seed: u64) -> Array2<f32> {
    let mut random = lenet5::random(seed);
    Array2::from_shape_simple_fn((count, features), || random.random_range(-1.0..1.0f32))
}

fn wrong(local: &LocalLearning, x: &Array2<f32>, labels: &[u8]) -> usize {
    let penalties = local.penalties(x.view());
    let answer = |row: ArrayView1<f32>| u8::from(row[1] < row[0]);
    penalties.outer_iter().zip(labels).filter(|(row, label)| answer(*row) != **label).count()
}

#[test]
fn the_shares_are_those_of_a_linear_fit() {
    // Any function that is linear is reproduced by the shares, whatever the neighbours: the sum of the shares is 1, and the
    // mean of the vectors with these shares is the new vector. With a large ridge, which draws towards a vote, it is not.
    let stored = points(300, 4, 1);
    let x = Array1::from(vec![0.4, -0.3, 0.2, 0.5]);
    let rows = x.view().insert_axis(Axis(0));
    let distances = squared_distances(rows, stored.view(), &squares(stored.view()));
    let miss = |ridge| {
        let local = LocalLearning::new(stored.clone(), vec![0; 300], 1, 40, ridge).unwrap();
        let shares = local.shares(x.view(), distances.row(0));
        assert_eq!(shares.len(), 40);
        let sum: f32 = shares.iter().map(|&(share, _)| share).sum();
        assert!((sum - 1.0).abs() < 1e-5, "{sum}");
        let mut mean = Array1::<f32>::zeros(4);
        shares.iter().for_each(|&(share, place)| mean.scaled_add(share, &stored.row(place)));
        (mean - &x).mapv(f32::abs).sum()
    };
    assert!(miss(1e-6) < 1e-4, "{}", miss(1e-6));
    assert!(miss(1e3) > 1e-2, "{}", miss(1e3));
}

#[test]
fn a_curved_boundary_is_learnt_where_it_is() {
    // Inside or outside of a circle: no linear classifier for all patterns can do this.
    let label = |x: ArrayView1<f32>| u8::from(x.dot(&x) > 0.6);
    let (stored, new) = (points(2000, 2, 2), points(300, 2, 3));
    let labels: Vec<u8> = stored.outer_iter().map(label).collect();
    let expected: Vec<u8> = new.outer_iter().map(label).collect();
    let all = LocalLearning::new(stored.clone(), labels.clone(), 2, 2000, 1e-3).unwrap();
    let local = LocalLearning::new(stored, labels, 2, 30, 1e-1).unwrap();
    let (near, far) = (wrong(&local, &new, &expected), wrong(&all, &new, &expected));
    assert!(near <= 12, "{near} of 300");
    assert!(far > 2 * near, "{far} against {near}");
}

#[test]
fn penalties_do_not_depend_on_the_other_rows() {
    let (stored, new) = (points(500, 6, 4), points(300, 6, 5));
    let labels: Vec<u8> = (0..500).map(|p| (p % 3) as u8).collect();
    let local = LocalLearning::new(stored, labels, 3, 20, 1.0).unwrap();
    let all = local.penalties(new.view());
    for (x, row) in new.axis_chunks_iter(Axis(0), 1).zip(all.outer_iter()) {
        assert!((&local.penalties(x).row(0) - &row).iter().all(|d| d.abs() < 1e-4));
        assert!((row.sum() + 1.0).abs() < 1e-4, "the outputs add up to 1");
    }
}

#[test]
fn equal_vectors_and_too_many_neighbours() {
    let same = LocalLearning::new(Array2::ones((5, 3)), vec![1, 1, 1, 0, 0], 2, 5, 1.0).unwrap();
    let penalties = same.penalties(Array2::ones((1, 3)).view());
    assert!((penalties[[0, 1]] + 0.6).abs() < 1e-3, "{penalties}");
    for k in [0, 6] {
        let fault = LocalLearning::new(Array2::ones((5, 3)), vec![0; 5], 1, k, 1.0).unwrap_err();
        assert_eq!(fault, MethodError::TooManyNeighbours { k, patterns: 5 });
    }
}

#[test]
fn arrays_keep_everything() {
    let labels: Vec<u8> = (0..50).map(|p| (p % 3) as u8).collect();
    let local = LocalLearning::new(points(50, 4, 6), labels, 3, 9, 0.5).unwrap();
    assert_eq!(LocalLearning::from_arrays(&mut Arrays(local.arrays())).unwrap(), local);
    let mut arrays = local.arrays();
    arrays[1].values[7] = 3.0; // a label beyond the classes
    assert!(LocalLearning::from_arrays(&mut Arrays(arrays)).is_err());
    assert!(LocalLearning::from_arrays(&mut Arrays(local.arrays()[..2].to_vec())).is_err());
}
