//! The embedded digits: a seed gives the same bytes everywhere, and the digits are recognisable.

use lenet5::section3::database::embedded::digits;
use lenet5::section3::database::{Database, Patterns};
use sha2::{Digest, Sha256};
use std::collections::HashSet;
use std::sync::LazyLock;

/// The grey levels of a pattern, and its class.
type Labelled = (Vec<u8>, usize);

static DIGITS: LazyLock<Database> = LazyLock::new(|| digits(1));

/// The first `count` patterns.
fn first(patterns: &Patterns, count: usize) -> Vec<Labelled> {
    (0..count).map(|p| (patterns.image(p).iter().copied().collect(), patterns.label(p))).collect()
}

/// SHA-256 of the images, each followed by its label.
fn hash(patterns: &Patterns) -> String {
    let mut hash = Sha256::new();
    for (image, label) in first(patterns, patterns.len()) {
        hash.update(image);
        hash.update([label as u8]);
    }
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Whether the nearest of `known` has the class of the pattern.
fn recognised(known: &[Labelled], (pattern, label): &Labelled) -> bool {
    let squared = |(&a, &b): (&u8, &u8)| (i32::from(a) - i32::from(b)).pow(2);
    let distance = |image: &[u8]| image.iter().zip(pattern).map(squared).sum::<i32>();
    known.iter().min_by_key(|(image, _)| distance(image)).is_some_and(|(_, nearest)| nearest == label)
}

#[test]
fn there_are_as_many_of_each_digit() {
    assert_eq!(DIGITS.name, "embedded digits");
    for (patterns, each) in [(&DIGITS.train, 1000), (&DIGITS.test, 200)] {
        assert_eq!(patterns.len(), 10 * each);
        for digit in 0..10 {
            assert_eq!((0..patterns.len()).filter(|&p| patterns.label(p) == digit).count(), each);
        }
    }
}

#[test]
fn their_order_is_random() {
    let follows = |p: &usize| DIGITS.train.label(p + 1) == (DIGITS.train.label(*p) + 1) % 10;
    let successions = (0..9_999).filter(follows).count();
    assert!((850..1150).contains(&successions), "{successions} of 9,999 labels follow the one before");
}

#[test]
fn a_seed_means_the_same_bytes_on_every_machine() {
    assert_eq!(hash(&DIGITS.train), "90042db8a0a1a1ad30eacb3f34b90ad0ec8e2ee0bb53e8c886f9d4be00bfa330");
    assert_eq!(hash(&DIGITS.test), "b964f1ba0d586cdf48662bcdb8733f59eea69df107c0f652c469c7ff8eb6fbbd");
}

#[test]
fn a_seed_gives_the_same_digits_again_and_another_seed_gives_others() {
    let (again, others) = (digits(1), digits(2));
    assert!(again.train == DIGITS.train && again.test == DIGITS.test);
    let images = |patterns: &Patterns| first(patterns, patterns.len()).into_iter().collect::<HashSet<_>>();
    let shared = images(&others.train).intersection(&images(&DIGITS.train)).count();
    assert!(shared < 10, "{shared} patterns are the same");
}

#[test]
fn no_test_pattern_is_met_in_training() {
    let train: HashSet<_> = first(&DIGITS.train, 10_000).into_iter().collect();
    assert!(first(&DIGITS.test, 2_000).iter().all(|pattern| !train.contains(pattern)));
}

#[test]
fn every_pattern_is_centred_by_its_mass_and_within_the_frame() {
    for (p, (image, label)) in first(&DIGITS.train, 10_000).into_iter().enumerate() {
        let mean = |place: fn(usize) -> usize| {
            let mass: usize = image.iter().map(|&grey| usize::from(grey)).sum();
            let moment: usize = image.iter().enumerate().map(|(i, &grey)| place(i) * usize::from(grey)).sum();
            moment as f64 / mass as f64
        };
        let (row, column) = (mean(|i| i / 28), mean(|i| i % 28));
        let edge = (0..28).any(|i| [i, 27 * 28 + i, 28 * i, 28 * i + 27].iter().any(|&at| image[at] > 0));
        let centred = (row - 14.0).abs() <= 0.5 && (column - 14.0).abs() <= 0.5;
        assert!(centred || edge, "pattern {p}, a {label}: centre of mass at row {row}, column {column}");
    }
}

#[test]
fn they_are_as_dark_as_those_of_mnist() {
    let grey = |(image, _): &Labelled| image.iter().map(|&grey| f64::from(grey) / 255.0).sum::<f64>() / 784.0;
    let mean = first(&DIGITS.train, 10_000).iter().map(grey).sum::<f64>() / 10_000.0;
    assert!((mean - 0.131).abs() < 0.005, "mean grey level {mean}; that of MNIST is 0.131");
}

#[test]
fn the_nearest_neighbour_recognises_most_of_them_and_not_all() {
    let known = first(&DIGITS.train, 2_000);
    let wrong = first(&DIGITS.test, 500).iter().filter(|pattern| !recognised(&known, pattern)).count();
    assert!((5..60).contains(&wrong), "{wrong} of 500 are wrong");
}
