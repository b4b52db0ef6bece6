//! Figures that compare our values with a plot of the paper at the same scale.

use super::{BLUE, attribute, coloured, drawn, found, tags, words};
use lenet5::experiment::{Spread, StudyArm};

/// Test and training errors of Fig. 6 without distortions, from left to right, and the test error with distortions.
fn fig_6() -> ([Vec<f64>; 2], f64) {
    let rows =
        include_str!("../../../paper/fig6.csv").lines().filter(|line| line.starts_with(char::is_numeric));
    let rows: Vec<Vec<&str>> = rows.map(|row| row.split(',').collect()).collect();
    let plain = || rows.iter().filter(|row| row[1] == "false");
    let errors = [2, 3].map(|column: usize| plain().map(|row| row[column].parse().unwrap()).collect());
    (errors, rows.iter().find(|row| row[1] == "true").unwrap()[2].parse().unwrap())
}

#[test]
fn fig_6_holds_the_papers_points_and_ours_at_one_scale() {
    let svg = &drawn("fig-6").page.svg;
    let ([test, training], distorted) = fig_6();
    let height = |tag: &&str| attribute(tag, "cy").parse::<f64>().unwrap();
    let rings: Vec<f64> = tags(svg, "circle", &["fill=\"none\""]).iter().map(height).collect();
    assert_eq!(rings.len(), test.len() + training.len());
    let point = (rings[3] - rings[0]) / (test[0] - training[0]);
    let at = |error: f64| rings[0] + (test[0] - error) * point;
    for (ring, error) in rings.iter().zip(test.iter().chain(&training)) {
        assert!((ring - at(*error)).abs() <= 1.5, "{error} is at {ring}, not {}", at(*error));
    }
    let squares = coloured(svg, BLUE, 5);
    assert_eq!(squares.len(), 1, "with distortions");
    let middle = f64::from(squares[0][0].1 + squares[0][2].1) / 2.0;
    assert!((middle - at(distorted)).abs() <= 1.5, "{distorted} is at {middle}");

    let [sizes, distortions] = ["fig-6", "distortions"].map(found);
    let mean = |arms: &[StudyArm], name: &str, error: fn(&StudyArm) -> Option<Spread>| {
        error(arms.iter().find(|arm| arm.name == name).unwrap()).unwrap().mean
    };
    let sets = ["15000-as-many-updates", "30000-as-many-updates", "60000"];
    let mut wanted: Vec<f64> = sets.map(|arm| mean(&sizes.arms, arm, StudyArm::test_error)).to_vec();
    wanted.push(mean(&distortions.arms, "fixed-600000", StudyArm::test_error));
    let dots: Vec<f64> = tags(svg, "circle", &[&format!("fill=\"{BLUE}\"")]).iter().map(height).collect();
    assert_eq!(dots.len(), wanted.len(), "{wanted:?}");
    for (dot, error) in dots.iter().zip(&wanted) {
        assert!((dot - at(*error)).abs() <= 1.5, "{error} is at {dot}, not {}", at(*error));
    }
}

#[test]
fn fig_6_says_what_is_what() {
    let svg = &drawn("fig-6").page.svg;
    let words = words(svg);
    for (text, times) in [("equal passes", 2), ("equal updates", 2), ("the paper", 2), ("test error", 1)] {
        assert_eq!(words.iter().filter(|there| **there == text).count(), times, "{text} in {words:?}");
    }
    for size in ["15,000", "30,000", "60,000", "+ 540,000 distorted"] {
        assert!(words.contains(&size), "no {size} in {words:?}");
    }
    let arms = found("distortions").arms;
    let ours = arms.iter().find(|arm| arm.name == "fixed-600000").unwrap().test_error().unwrap();
    let text = format!("ours {:.2} ± {:.2}", ours.mean, ours.deviation.unwrap());
    assert!(words.contains(&text.as_str()), "no {text} in {words:?}");
}
