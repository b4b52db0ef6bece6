//! Strings made of the digits of a database.

use lenet5::section3::database::embedded;
use lenet5::section3::distortions::Amounts;
use lenet5::section5::strings::{ROWS, Spacing, Strings};

#[test]
fn strings_follow_from_seed_and_number() {
    let digits = embedded::digits(5);
    let strings = |seed| Strings { patterns: &digits.train, spacing: Spacing::mixed(), seed };
    assert_eq!(strings(1).get(3), strings(1).get(3));
    assert_ne!(strings(1).get(3), strings(1).get(4));
    assert_ne!(strings(1).get(3), strings(2).get(3));
    let mut lengths = [0; 6];
    for n in 0..60 {
        let field = strings(1).get(n);
        lengths[field.labels.len()] += 1;
        assert_eq!(field.image.nrows(), ROWS);
        let layers = strings(1).layers(n);
        assert_eq!(layers.len(), field.labels.len());
        // The field is the union of its digits, and each digit is there.
        for ((y, x), &grey) in field.image.indexed_iter() {
            assert_eq!(layers.iter().map(|layer| layer[[y, x]]).max(), Some(grey));
        }
        assert!(layers.iter().all(|layer| layer.iter().filter(|grey| **grey > 127).count() > 10));
    }
    assert!(lengths[3..].iter().all(|&count| count > 5) && lengths[..3] == [0, 0, 0], "{lengths:?}");
}

/// Columns from the last inked one of a digit to the first of the next.
#[test]
fn gaps_are_those_of_the_boxes() {
    let digits = embedded::digits(5);
    for gap in [-4, 0, 6] {
        let spacing = Spacing { digits: 2..=2, ..Spacing::with_gap(gap) };
        let strings = Strings { patterns: &digits.train, spacing, seed: 1 };
        for n in 0..20 {
            let inked = |layer: &ndarray::Array2<u8>| -> Vec<i32> {
                let columns = layer.columns().into_iter().enumerate();
                columns
                    .filter(|(_, column)| column.iter().any(|grey| *grey >= 30))
                    .map(|(x, _)| x as i32)
                    .collect()
            };
            let columns: Vec<Vec<i32>> = strings.layers(n).iter().map(inked).collect();
            assert_eq!(columns[1][0] - columns[0][columns[0].len() - 1] - 1, gap);
        }
    }
}

/// Distorted digits keep their classes, and differ whenever they are drawn.
#[test]
fn digits_of_strings_are_distorted_anew() {
    let digits = embedded::digits(1);
    let one = digits.train.range(0..1);
    let spacing = Spacing { digits: 2..=2, scale: 1.0..=1.0, jitter: 0, ..Spacing::with_gap(6) };
    let strings = |distortions| Strings {
        patterns: &one,
        spacing: Spacing { distortions, ..spacing.clone() },
        seed: 1,
    };
    let halves = |image: ndarray::Array2<u8>| {
        let ink: Vec<u64> =
            image.columns().into_iter().map(|c| c.iter().map(|&g| u64::from(g)).sum()).collect();
        let middle = (1..ink.len()).filter(|&x| ink[x - 1] == 0 && ink[x] > 0).max().unwrap();
        (ink[..middle].iter().sum::<u64>(), ink[middle..].iter().sum::<u64>())
    };
    let (left, right) = halves(strings(None).get(0).image);
    assert_eq!(left, right);
    let distorted = strings(Some(Amounts::Strength(0.5)));
    let (left, right) = halves(distorted.get(0).image);
    assert_ne!(left, right);
    assert_eq!(distorted.get(0), distorted.get(0));
    assert_eq!(distorted.get(0).labels, strings(None).get(0).labels);
}

#[test]
fn noise_inverts_its_share_of_the_pixels() {
    let digits = embedded::digits(5);
    let plain = Strings { patterns: &digits.train, spacing: Spacing::mixed(), seed: 1 };
    let noisy = Strings { spacing: Spacing { noise: 0.1, ..Spacing::mixed() }, ..plain.clone() };
    let (mut inverted, mut pixels) = (0, 0);
    for n in 0..40 {
        let (plain, noisy) = (plain.get(n).image, noisy.get(n).image);
        assert!(plain.iter().zip(&noisy).all(|(&a, &b)| a == b || a == 255 - b));
        inverted += plain.iter().zip(&noisy).filter(|(a, b)| a != b).count();
        pixels += plain.len();
    }
    let share = inverted as f64 / pixels as f64;
    assert!((share - 0.1).abs() < 0.01, "{share}");
}
