//! Eq. 1 (I-A) against Fig. 6 and against our repetition of Fig. 6.

use lenet5::experiment::StudyResults;
use lenet5::section1::gap;
use std::fs;

fn read(file: &str) -> String {
    fs::read_to_string(format!("{}/{file}", env!("CARGO_MANIFEST_DIR"))).expect(file)
}

/// Test minus training error with 15,000, 30,000 and 60,000 patterns, from the paper's plot.
fn of_the_paper() -> [f64; 3] {
    let file = read("paper/fig6.csv");
    let rows = file.lines().filter(|line| line.contains(",false,"));
    let gaps: Vec<f64> = rows
        .map(|row| row.split(',').skip(2).map(|error| error.parse::<f64>().expect("an error")))
        .map(|mut errors| errors.next().expect("of the test") - errors.next().expect("of training"))
        .collect();
    gaps.try_into().expect("three sizes")
}

/// The same from the study, which makes the same number of updates for each size.
fn of_the_study() -> [f64; 3] {
    let file = "experiments/results/fig-6.json";
    let study = StudyResults::parse(file, &read(file)).expect(file);
    ["15000-as-many-updates", "30000-as-many-updates", "60000"].map(|name| {
        let arm = study.arms.iter().find(|arm| arm.name == name).expect(name);
        arm.test_error().expect("runs").mean - arm.train_error().expect("runs").mean
    })
}

/// The `alpha` of eq. 1 between two sizes, one `times` the other.
fn alpha(less: f64, more: f64, times: f64) -> f64 {
    (less / more).ln() / times.ln()
}

#[test]
fn fig_6_has_an_alpha_as_the_paper_says() {
    let gaps = of_the_paper();
    for (gap, printed) in gaps.iter().zip([1.62, 0.83, 0.60]) {
        assert!((gap - printed).abs() < 1e-9);
    }
    assert!((alpha(gaps[0], gaps[2], 4.0) - 0.72).abs() < 0.005);
    // The gap may be off by 0.04 points, the accuracy of reading two errors off the plot.
    assert!((0.5..1.0).contains(&alpha(gaps[1] + 0.04, gaps[2], 2.0)));
}

#[test]
fn eq_1_fits_the_study() {
    let gaps = of_the_study();
    for (found, documented) in gaps.iter().zip([1.44 - 0.04, 1.06 - 0.11, 0.90 - 0.26]) {
        assert!((found - documented).abs() < 0.011, "{gaps:?}");
    }
    let alpha = alpha(gaps[0], gaps[2], 4.0);
    assert!((0.5..1.0).contains(&alpha), "{alpha}");
    let k = gaps[2] / gap(1.0, 60e3, 60_000, alpha);
    // A prediction for the size that was not used to find alpha.
    assert!((gap(k, 60e3, 30_000, alpha) - gaps[1]).abs() < 0.02, "{gaps:?}");
    assert!((gap(k, 60e3, 30_000, 0.5 * alpha) - gaps[1]).abs() > 0.1, "the control: half that alpha");
}
