//! Nearest neighbours, on images and on the states of a network.

use super::{penalties, unwatched};
use lenet5::section2::LeNet5;
use lenet5::section3::classifiers::error::MethodError;
use lenet5::section3::classifiers::neighbours::Neighbours;
use lenet5::section3::classifiers::on_features::{OnFeatures, features, stored};
use lenet5::section3::classifiers::vectors::{Arrays, vectors};
use lenet5::section3::classifiers::{Classifier, Stored};
use lenet5::section3::database::embedded;
use ndarray::array;

/// By sorting all distances: the class with most votes among the `k` nearest, and of equal ones the nearest.
#[test]
fn answers_are_those_of_a_sorted_list() {
    let digits = embedded::digits(5);
    let (train, test) = (digits.train.range(0..300), digits.test.range(0..60));
    for k in [1, 3, 7] {
        let neighbours = Neighbours::train(&train, k).unwrap();
        let (all, rows, images) =
            (penalties(&neighbours, &test), vectors(&test, 0..60), vectors(&train, 0..300));
        for (p, row) in rows.outer_iter().enumerate() {
            let distance = |t: usize| (&row - &images.row(t)).mapv(|d| f64::from(d).powi(2)).sum();
            let mut order: Vec<(f64, usize)> = (0..300).map(|t| (distance(t), train.label(t))).collect();
            order.sort_by(|a, b| a.0.total_cmp(&b.0));
            let votes = |class| order[..k].iter().filter(|(_, label)| *label == class).count();
            let most = (0..10).map(votes).max().unwrap();
            let answer = order.iter().map(|(_, label)| *label).find(|&class| votes(class) == most).unwrap();
            let least = (0..10).min_by(|&a, &b| all[p][a].total_cmp(&all[p][b])).unwrap();
            assert_eq!(least, answer, "k = {k}, pattern {p}");
            assert!(all[p][answer] >= (k - most) as f32 && all[p][answer] < (k - most + 1) as f32);
        }
    }
}

#[test]
fn k_is_at_least_1_and_at_most_the_number_of_patterns() {
    let train = embedded::digits(5).train.range(0..20);
    for k in [0, 21] {
        let fault = Neighbours::train(&train, k).unwrap_err();
        assert_eq!(fault, MethodError::TooManyNeighbours { k, patterns: 20 });
    }
    let all = Neighbours::train(&train, 20).unwrap();
    assert_eq!((all.variables(), all.multiply_adds()), (20 * 784, 20 * 784));
    let again = Neighbours::from_arrays(&mut Arrays(all.arrays()), 20).unwrap();
    assert_eq!(again, all);
}

/// A stored pattern at distance 0 has the penalty 0 with k = 1, and NaN appears nowhere.
#[test]
fn a_stored_pattern_finds_itself() {
    let stored = array![[0.0_f32, 0.0], [1.0, 0.0], [0.0, 2.0]];
    let neighbours = Neighbours::new(stored.clone(), vec![0, 1, 1], 2, 1).unwrap();
    let penalties = neighbours.penalties(stored.view());
    assert_eq!(penalties[[0, 0]], 0.0);
    assert_eq!(penalties[[1, 1]], 0.0);
    assert!(penalties.iter().all(|penalty| penalty.is_finite()), "{penalties}");
    assert!(penalties[[0, 1]] > 1.0 && penalties[[2, 0]] > 1.0, "{penalties}");
}

#[test]
fn features_are_the_states_of_a_layer() {
    let digits = embedded::digits(5);
    let (train, test) = (digits.train.range(0..100), digits.test.range(0..10));
    let net = LeNet5::paper::<f32>(&mut lenet5::random(1));
    let rows = features(&net, "C5", &test, 0..10);
    let mut states = net.states();
    for p in 0..10 {
        test.pattern(p, states.input_mut());
        net.fprop(&mut states);
        assert_eq!(rows.row(p).to_vec(), states["C5"].iter().copied().collect::<Vec<_>>());
    }
    let (rows, labels) = stored(&net, "C5", &train, &unwatched).unwrap();
    let last = Neighbours::new(rows, labels, 10, 3).unwrap();
    let expected = last.penalties(features(&net, "C5", &test, 0..10).view());
    let classifier = OnFeatures { net, layer: "C5".into(), last: Box::new(last) };
    let found = penalties(&classifier, &test);
    assert_eq!(found.concat(), expected.iter().copied().collect::<Vec<_>>());
    // C1 to C5 of LeNet-5, and 100 comparisons of 120 features.
    assert_eq!(classifier.multiply_adds(), 122_304 + 5_880 + 151_600 + 2_000 + 48_120 + 100 * 120);
}
