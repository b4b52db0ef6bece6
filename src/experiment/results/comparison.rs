//! Statistics over seeds.

use super::{ArmResults, Run};
use statrs::distribution::{ContinuousCDF, StudentsT};
use std::fmt::{self, Display, Formatter};

/// The paper's test error of LeNet-5 on MNIST, percent (III-B).
pub const PAPER_TEST_ERROR: f64 = 0.95;
/// The paper's training error in pass 19, percent (III-B).
pub const PAPER_TRAIN_ERROR: f64 = 0.35;

/// A mean over seeds and the standard deviation of single seeds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spread {
    /// The mean.
    pub mean: f64,
    /// The standard deviation of a single seed, with n - 1; `None` for one seed.
    pub deviation: Option<f64>,
}

impl Spread {
    /// Mean and standard deviation; the mean of nothing is NaN.
    ///
    /// ```
    /// use lenet5::experiment::Spread;
    /// let spread = Spread::of(&[1.0, 2.0, 3.0]);
    /// assert_eq!((spread.mean, spread.deviation), (2.0, Some(1.0)));
    /// assert_eq!(format!("{spread:+.1}"), "+2.0 ± 1.0");
    /// ```
    pub fn of(values: &[f64]) -> Self {
        let n = values.len() as f64;
        let mean = values.iter().sum::<f64>() / n;
        let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
        Self { mean, deviation: (values.len() > 1).then(|| (squares / (n - 1.0)).sqrt()) }
    }
}

/// `mean ± standard deviation`, with the decimals of the format.
impl Display for Spread {
    fn fmt(&self, f: &mut Formatter) -> fmt::Result {
        self.mean.fmt(f)?;
        let decimals = f.precision().unwrap_or(2);
        self.deviation.map_or(Ok(()), |deviation| write!(f, " ± {deviation:.decimals$}"))
    }
}

/// The difference of two arms trained from the same seeds on the same patterns in the same order.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Paired {
    /// Test error of the first less that of the second, over seeds.
    pub difference: Spread,
    /// The 95 % confidence interval of the mean difference, by Student's t.
    pub interval: [f64; 2],
    /// Two-sided p of Student's paired t-test: the probability that chance alone makes a mean difference this large.
    pub p: f64,
}

impl Paired {
    /// `p` in words: `= 0.458`, or `< 0.001`.
    pub fn p_in_words(&self) -> String {
        if self.p < 0.001 { "< 0.001".into() } else { format!("= {:.3}", self.p) }
    }

    /// The interval in words: `95 % interval -0.12 to +0.05`.
    pub fn interval_in_words(&self) -> String {
        let [from, to] = self.interval;
        format!("95 % interval {from:+.2} to {to:+.2}")
    }

    /// Compares two arms seed by seed; `None` with fewer than two seeds, or if all differences are equal.
    pub fn of(a: &ArmResults, b: &ArmResults) -> Option<Self> {
        Self::of_differences(&Self::differences(a, b))
    }

    /// The test error of `a` less that of `b`, for each seed from which neither diverged.
    pub fn differences(a: &ArmResults, b: &ArmResults) -> Vec<f64> {
        let same_seed = |run: &Run| b.runs.iter().find(|other| other.seed == run.seed);
        let difference = |run: &Run| Some(run.test_error_pct - same_seed(run)?.test_error_pct);
        a.runs.iter().filter_map(difference).collect()
    }

    /// The test from the differences, seed by seed or pattern by pattern.
    pub fn of_differences(differences: &[f64]) -> Option<Self> {
        let (difference, n) = (Spread::of(differences), differences.len() as f64);
        let deviation = difference.deviation.filter(|&deviation| deviation > 0.0)?;
        let (mean, error) = (difference.mean, deviation / n.sqrt());
        let student = StudentsT::new(0.0, 1.0, n - 1.0).ok()?;
        let reach = student.inverse_cdf(0.975) * error;
        let p = 2.0 * student.sf((mean / error).abs());
        Some(Self { difference, interval: [mean - reach, mean + reach], p })
    }
}
