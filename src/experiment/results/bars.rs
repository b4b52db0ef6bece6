//! The bars of Fig. 9 to 12, and our values for them.

use super::{Costs, Spread, StudyArm};
use crate::experiment::{Arm, ExperimentError};
use crate::section3::classifiers::Classifier;

/// The bars: see the head of the file.
const FIGURES: &str = include_str!("../../../paper/fig9-12.csv");

/// A classifier of Fig. 9, with the numbers that the paper prints for it.
#[derive(Clone, Debug, PartialEq)]
pub struct Bar {
    /// Its block of Fig. 9, from 1.
    pub block: usize,
    /// Its name in the figures.
    pub name: String,
    /// Its test error, percent (Fig. 9).
    pub error: f64,
    /// Test patterns to be rejected, percent (Fig. 10).
    pub reject: Option<f64>,
    /// Multiply-adds, thousands (Fig. 11).
    pub multiply_adds: Option<f64>,
    /// Variables, thousands (Fig. 12).
    pub variables: Option<f64>,
    /// The study that has ours.
    pub study: String,
    /// The arm that is ours.
    pub arm: String,
}

impl Bar {
    /// All bars, in the order of Fig. 9.
    ///
    /// # Panics
    /// When the compiled-in table is not well formed, which is tested.
    pub fn all() -> Vec<Self> {
        let rows = FIGURES.lines().filter(|line| !line.starts_with('#')).skip(1);
        rows.map(|row| Self::parse(row).expect("the compiled-in table is tested")).collect()
    }

    fn parse(row: &str) -> Option<Self> {
        let [block, name, error, reject, multiply_adds, variables, study, arm] =
            row.split(',').collect::<Vec<_>>().try_into().ok()?;
        Some(Self {
            block: block.parse().ok()?,
            name: name.into(),
            error: error.parse().ok()?,
            reject: reject.parse().ok(),
            multiply_adds: multiply_adds.parse().ok(),
            variables: variables.parse().ok(),
            study: study.into(),
            arm: arm.into(),
        })
    }
}

/// The 95 % interval of an error rate that was measured on so many patterns (Wilson's), percent.
pub fn interval(error_pct: f64, patterns: usize) -> [f64; 2] {
    const Z: f64 = 1.96;
    let (p, n) = (error_pct / 100.0, patterns as f64);
    let middle = (p + Z * Z / (2.0 * n)) / (1.0 + Z * Z / n);
    let half = Z / (1.0 + Z * Z / n) * (p * (1.0 - p) / n + Z * Z / (4.0 * n * n)).sqrt();
    [middle - half, middle + half].map(|p| 100.0 * p)
}

/// The uncertainty of the paper's errors, in percentage points (caption of Fig. 9).
pub const UNCERTAINTY: f64 = 0.1;

/// The verdict on an error: it holds if our 95 % interval and the paper's uncertainty meet.
pub fn verdict(paper: f64, ours: f64, patterns: usize) -> &'static str {
    let [from, to] = interval(ours, patterns);
    match (to < paper - UNCERTAINTY, from > paper + UNCERTAINTY) {
        (true, _) => "better",
        (_, true) => "worse",
        _ => "holds",
    }
}

impl StudyArm {
    /// The costs of the first seed that has them.
    pub fn costs(&self) -> Option<&Costs> {
        self.runs.iter().find_map(|run| run.costs.as_ref())
    }

    /// The mean over seeds of a number among the costs.
    pub fn mean_cost(&self, of: impl Fn(&Costs) -> f64) -> Option<Spread> {
        let values: Vec<f64> = self.runs.iter().filter_map(|run| run.costs.as_ref()).map(of).collect();
        (!values.is_empty()).then(|| Spread::of(&values))
    }
}

/// Multiply-adds and variables of the network of an arm that comes with the program, counted from its structure.
///
/// # Errors
/// When there is no such arm.
pub fn counted(arm: &str) -> Result<[usize; 2], ExperimentError> {
    let net = Arm::find(arm)?.settings.network(0).expect("the arm has been checked");
    Ok([Classifier::multiply_adds(&net), Classifier::variables(&net)])
}
