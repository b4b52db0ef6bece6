//! Means, standard deviations and the paired test against closed forms and printed tables.

use approx::assert_relative_eq;
use lenet5::experiment::{ArmResults, Paired, Run, Spread};

/// An arm with these test errors, one per seed.
fn arm(errors: &[f64]) -> ArmResults {
    let run = |(&test_error_pct, seed)| Run {
        seed,
        test_error_pct,
        train_error_pct: 0.0,
        model: String::new(),
        sizes: Vec::new(),
        strings: None,
        signal: Vec::new(),
        passes: Vec::new(),
        multiply_adds: 0,
        variables: 0,
        reject_pct: 0.0,
        rejection: Default::default(),
        seconds_train: 0.0,
        us_per_pattern: 0.0,
        confusion: Vec::new(),
        misclassified: Vec::new(),
    };
    ArmResults { name: "arm".into(), runs: errors.iter().zip(1..).map(run).collect(), diverged: Vec::new() }
}

/// The two-sided p of `n` differences with mean `t` standard errors from 0.
fn p(n: usize, t: f64) -> f64 {
    // Deviations from the mean that add up to 0.
    let mut differences: Vec<f64> = (0..n).map(|i| i as f64 - (n - 1) as f64 / 2.0).collect();
    let standard_error = Spread::of(&differences).deviation.unwrap() / (n as f64).sqrt();
    differences.iter_mut().for_each(|difference| *difference += t * standard_error);
    let paired = Paired::of(&arm(&differences), &arm(&vec![0.0; n])).unwrap();
    paired.p
}

#[test]
fn spread_by_hand() {
    let spread = Spread::of(&[2.0, 4.0, 4.0, 4.0, 5.0, 5.0, 7.0, 9.0]);
    assert_eq!(spread.mean, 5.0);
    assert_relative_eq!(spread.deviation.unwrap(), (32.0f64 / 7.0).sqrt());
    assert_eq!(Spread::of(&[0.95]), Spread { mean: 0.95, deviation: None });
    assert!(Spread::of(&[]).mean.is_nan());
}

#[test]
fn paired_test_in_closed_form() {
    // One degree of freedom is Cauchy's distribution: p = 1 - 2/π arctan |t|, which is ½ at t = 1.
    assert_relative_eq!(p(2, 1.0), 0.5, epsilon = 1e-9);
    // Two degrees of freedom: p = 1 - |t| / sqrt(2 + t²), which is 1/3 where t² = 8/5.
    assert_relative_eq!(p(3, 1.6f64.sqrt()), 1.0 / 3.0, epsilon = 1e-9);
    assert_relative_eq!(p(3, -1.6f64.sqrt()), 1.0 / 3.0, epsilon = 1e-9);
    assert_relative_eq!(p(5, 0.0), 1.0, epsilon = 1e-9);
}

#[test]
fn paired_test_against_the_usual_table() {
    // Two-sided critical values of the usual table, with n - 1 degrees of freedom.
    for (n, t, level) in [
        (2, 12.706, 0.05),
        (3, 4.303, 0.05),
        (5, 2.776, 0.05),
        (5, 4.604, 0.01),
        (10, 2.262, 0.05),
        (10, 3.250, 0.01),
    ] {
        assert_relative_eq!(p(n, t), level, max_relative = 2e-3);
    }
}

#[test]
fn pairs_are_seeds() {
    // Differences of 1, 2 and 3 points: mean 2, standard deviation 1, t = 2 sqrt 3, p = 1 - sqrt(12 / 14).
    let paired = Paired::of(&arm(&[11.0, 22.0, 33.0]), &arm(&[10.0, 20.0, 30.0])).unwrap();
    assert_eq!(paired.difference, Spread { mean: 2.0, deviation: Some(1.0) });
    assert_relative_eq!(paired.p, 1.0 - (12.0f64 / 14.0).sqrt(), epsilon = 1e-9);
    // With two degrees of freedom the table has t = 4.303; the standard error is 1 / sqrt 3.
    let reach = 4.303 / 3f64.sqrt();
    assert_relative_eq!(paired.interval[0], 2.0 - reach, max_relative = 2e-3);
    assert_relative_eq!(paired.interval[1], 2.0 + reach, max_relative = 2e-3);

    assert_eq!(Paired::of(&arm(&[1.0]), &arm(&[2.0])), None, "one seed");
    assert_eq!(Paired::of(&arm(&[1.0, 2.0]), &arm(&[2.0, 3.0])), None, "no spread");
}

#[test]
fn a_seed_that_one_arm_lacks_is_left_out() {
    let (mut a, b) = (arm(&[11.0, 99.0, 23.0]), arm(&[10.0, 20.0, 20.0]));
    a.runs.remove(1);
    assert_eq!(Paired::differences(&a, &b), [1.0, 3.0]);
    assert_eq!(Paired::of(&b, &a).unwrap().difference.mean, -2.0);
}
