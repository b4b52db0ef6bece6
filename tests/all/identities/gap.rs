//! What eq. 1 makes of Fig. 6 (I-A), and of our own version of it.

use lenet5::experiment::StudyResults;
use lenet5::section1::gap;
use std::fs;

fn read(file: &str) -> String {
    fs::read_to_string(format!("{}/{file}", env!("CARGO_MANIFEST_DIR"))).expect(file)
}

/// Test minus training error with 15,000, 30,000 and 60,000 patterns, as the paper's plot has them.
fn of_the_paper() -> [f64; 3] {
    let file = read("paper/fig6.csv");
    let rows = file.lines().filter(|line| line.contains(",false,"));
    let gaps: Vec<f64> = rows
        .map(|row| row.split(',').skip(2).map(|error| error.parse::<f64>().expect("an error")))
        .map(|mut errors| errors.next().expect("of the test") - errors.next().expect("of training"))
        .collect();
    gaps.try_into().expect("three sizes")
}

/// The same of the study, with as many updates for each size.
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
    // A gap that is off by the 0.04 points to which two errors can be read off the plot.
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
    // The size that took no part in finding alpha.
    assert!((gap(k, 60e3, 30_000, alpha) - gaps[1]).abs() < 0.02, "{gaps:?}");
    assert!((gap(k, 60e3, 30_000, 0.5 * alpha) - gaps[1]).abs() > 0.1, "the control: half that alpha");
}
