//! The bars of Fig. 9 to 12, and our values for them.

use super::study_table::markdown;
use super::{Costs, Spread, StudyArm, StudyResults};
use crate::experiment::{Arm, ExperimentError};
use crate::section3::classifiers::Classifier;
use serde::Deserialize;

/// The facts of the paper, with the numbers of the bars.
const FACTS: &str = include_str!("../../../paper/facts.toml");

/// The study and the arm that have our value of each bar, in the order of Fig. 9.
const OURS: [(&str, &str); 27] = [
    ("classifiers", "linear"),
    ("classifiers", "linear-deslanted"),
    ("classifiers", "pairwise"),
    ("classifiers", "neighbours"),
    ("classifiers", "neighbours-deslanted"),
    ("classifiers", "quadratic"),
    ("classifiers", "rbf-network"),
    ("classifiers", "tangent-distance"),
    ("classifiers", "svm"),
    ("classifiers", "svm-reduced"),
    ("classifiers", "svm-virtual"),
    ("classifiers", "28x28-300-10"),
    ("classifiers", "28x28-300-10-distorted"),
    ("classifiers", "20x20-300-10"),
    ("classifiers", "28x28-1000-10"),
    ("classifiers", "28x28-1000-10-distorted"),
    ("classifiers", "28x28-300-100-10"),
    ("classifiers", "28x28-300-100-10-distorted"),
    ("classifiers", "28x28-500-150-10"),
    ("classifiers", "28x28-500-150-10-distorted"),
    ("classifiers", "lenet-1-eq-9"),
    ("classifiers", "lenet-4"),
    ("classifiers", "lenet-4-local"),
    ("classifiers", "lenet-4-neighbours"),
    ("distortions", "none"),
    ("distortions", "fixed-600000"),
    ("classifiers", "lenet-4-boosted"),
];

/// A classifier of Fig. 9, with the numbers that the paper prints for it.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bar {
    /// Its name in the figures.
    pub name: String,
    /// Its test error, percent (Fig. 9).
    pub error: f64,
    /// Test patterns to be rejected, percent (Fig. 10).
    pub reject: Option<f64>,
    /// Multiply-adds, thousands (Fig. 11).
    #[serde(rename = "macs")]
    pub multiply_adds: Option<f64>,
    /// Variables, thousands (Fig. 12).
    #[serde(rename = "memory")]
    pub variables: Option<f64>,
    /// The study that has ours.
    #[serde(skip)]
    pub study: &'static str,
    /// The arm that is ours.
    #[serde(skip)]
    pub arm: &'static str,
}

impl Bar {
    /// All bars, in the order of Fig. 9.
    ///
    /// # Panics
    /// When the compiled-in facts are not well formed, which is tested.
    pub fn all() -> Vec<Self> {
        #[derive(Deserialize)]
        struct Facts {
            classifiers: Rows,
        }
        #[derive(Deserialize)]
        struct Rows {
            rows: Vec<Bar>,
        }
        let facts: Facts = toml::from_str(FACTS).expect("the compiled-in facts are tested");
        let bars = facts.classifiers.rows.into_iter().zip(OURS);
        bars.map(|(bar, (study, arm))| Self { study, arm, ..bar }).collect()
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

/// The findings of studies `classifiers` and `distortions`, which have our values of all bars.
pub type Findings<'a> = [&'a StudyResults; 2];

/// A row for each bar of Fig. 9: the paper's error, ours, its 95 % interval by pattern, the verdict, and the p of a paired test,
/// pattern by pattern, against LeNet-5.
///
/// # Panics
/// When a study lacks an arm.
pub fn errors_table(findings: Findings) -> String {
    let bars = Bar::all();
    let lenet5 = bars.iter().find(|bar| bar.name == "LeNet-5").expect("it is a bar").ours(findings).0;
    let row = |bar: &Bar| {
        let (arm, patterns) = bar.ours(findings);
        let [mut ours, mut range, mut judged] = [const { String::new() }; 3];
        if let Some(error) = arm.test_error() {
            let [from, to] = interval(error.mean, patterns);
            (ours, range) = (format!("{error:.2}"), format!("{from:.2} to {to:.2}"));
            judged = verdict(bar.error, error.mean, patterns).into();
        }
        let paired = arm.against_by_pattern(lenet5, patterns);
        let p = paired.map_or(String::new(), |paired| paired.p_in_words().replace("= ", ""));
        [
            format!("`{}`", bar.name),
            format!("`{}`", bar.arm),
            format!("{:.2}", bar.error),
            ours,
            range,
            judged,
            p,
        ]
    };
    let titles = ["classifier", "arm", "paper %", "ours %", "95 % interval", "verdict", "p against LeNet-5"];
    markdown(titles, 2, bars.iter().map(row))
}

/// A row for each bar of Fig. 9: rejection and costs, the paper's and ours.
///
/// # Panics
/// When a study lacks an arm.
pub fn costs_table(findings: Findings) -> String {
    let titles =
        ["classifier", "rejected %", "of all %", "multiply-adds", "variables", "training s", "µs a pattern"];
    let row = |bar: &Bar| {
        let arm = bar.ours(findings).0;
        let both = |paper: Option<f64>, ours: Option<String>| {
            let paper = paper.map_or("-".into(), |paper| paper.to_string());
            format!("{paper} / {}", ours.unwrap_or("-".into()))
        };
        let mean = |of: fn(&Costs) -> f64| arm.mean_cost(of).map(|spread| spread.mean);
        let rounded = |value: Option<f64>, decimals: usize| {
            value.map_or("-".into(), |value| format!("{value:.decimals$}"))
        };
        let counts = counted(LENET_5).expect("the arm is compiled in").map(|count| count as f64);
        let thousands = |of: fn(&Costs) -> f64, n: usize| {
            let count = mean(of).unwrap_or(counts[n]) / 1000.0;
            Some(if count < 10.0 { format!("{count:.1}") } else { format!("{count:.0}") })
        };
        [
            format!("`{}`", bar.name),
            both(bar.reject, mean(|costs| costs.reject_pct).map(|reject| format!("{reject:.1}"))),
            rounded(mean(|costs| costs.rejection.of_all_pct), 1),
            both(bar.multiply_adds, thousands(|costs| costs.multiply_adds as f64, 0)),
            both(bar.variables, thousands(|costs| costs.variables as f64, 1)),
            rounded(mean(|costs| costs.seconds_train), 0),
            rounded(mean(|costs| costs.us_per_pattern), 0),
        ]
    };
    markdown(titles, 1, Bar::all().iter().map(row))
}

impl Bar {
    /// The arm that has our value, and the number of test patterns.
    fn ours<'a>(&self, findings: Findings<'a>) -> (&'a StudyArm, usize) {
        let results = findings.into_iter().find(|results| results.study == self.study);
        let results = results.expect("both studies are given");
        let arm = results.arms.iter().find(|arm| arm.name == self.arm);
        (arm.expect("the study has all arms of the figures"), results.data.test)
    }
}

/// The arm of which the studies of LeNet-5 are. Their findings are older than the counts, which are those of its structure.
pub const LENET_5: &str = "rbf";

/// Multiply-adds and variables of the network of an arm that comes with the program, counted from its structure.
///
/// # Errors
/// When there is no such arm.
pub fn counted(arm: &str) -> Result<[usize; 2], ExperimentError> {
    let net = Arm::find(arm)?.settings.network(0).expect("the arm has been checked");
    Ok([Classifier::multiply_adds(&net), Classifier::variables(&net)])
}
