//! The comparison at the end of a run, in words and numbers. The terminal, `report.html` and `report.md` only lay it out.

use crate::experiment::{
    ArmResults, Data, PAPER_TEST_ERROR, PAPER_TRAIN_ERROR, Paired, Results, Run, Spread,
};

/// Titles of the columns of [`Summary::rows`]. Errors are in percent, differences are ours less the paper's in percentage
/// points, and the time is that of all passes of one seed.
pub const COLUMNS: [&str; 7] =
    ["", "test error %", "difference", "training error %", "difference", "passes", "time"];

/// The warning that the patterns are not MNIST, and its meaning.
pub const NOT_MNIST: [&str; 2] = [
    "EMBEDDED DIGITS, NOT MNIST",
    "Everything below is about digits drawn by this program; the paper's numbers are about MNIST. To get MNIST: \
     `experiment fetch`, or --data DIR with its four files.",
];

/// The results of a run in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    /// The arms: `rbf vs softmax`.
    pub experiment: String,
    /// The patterns: `60,000 training and 10,000 test patterns of mnist`.
    pub data: String,
    /// [`NOT_MNIST`], unless they are MNIST.
    pub warning: Option<[&'static str; 2]>,
    /// The paper's numbers, then those of each arm: means over seeds, `±` the standard deviation of a single seed.
    pub rows: Vec<[String; 7]>,
    /// The arms that diverged, every arm against the first, and the differences from the experiment of the paper.
    pub sentences: Vec<String>,
}

impl Summary {
    /// The summary of these results.
    pub fn of(results: &Results) -> Self {
        let Data { name, train, test } = &results.data;
        let (train, test) = (thousands(*train), thousands(*test));
        let (first, others) = results.arms.split_at(results.arms.len().min(1));
        let pairs = first.iter().flat_map(|first| others.iter().filter_map(|other| pair(first, other)));
        Self {
            experiment: results.experiment.clone(),
            data: format!("{train} training and {test} test patterns of {name}"),
            warning: (name != "mnist").then_some(NOT_MNIST),
            rows: std::iter::once(paper()).chain(results.arms.iter().map(row)).collect(),
            sentences: divergences(results).into_iter().chain(pairs).chain(caveats(results)).collect(),
        }
    }
}

/// The paper's row (III-B).
fn paper() -> [String; 7] {
    let [test, train] = [PAPER_TEST_ERROR, PAPER_TRAIN_ERROR].map(|error| format!("{error:.2}"));
    ["paper", &test, "", &train, "", "20", "2-3 days"].map(String::from)
}

/// An arm's row: the means over the seeds that did not diverge.
fn row(arm: &ArmResults) -> [String; 7] {
    if arm.runs.is_empty() {
        return [&arm.name, "diverged", "", "diverged", "", "", ""].map(String::from);
    }
    let values = |of: fn(&Run) -> f64| Spread::of(&arm.runs.iter().map(of).collect::<Vec<_>>());
    let (test, train) = (values(|run| run.test_error_pct), values(|run| run.train_error_pct));
    let seconds = values(|run| run.seconds_train).mean;
    [
        arm.name.clone(),
        format!("{test:.2}"),
        format!("{:+.2}", test.mean - PAPER_TEST_ERROR),
        format!("{train:.2}"),
        format!("{:+.2}", train.mean - PAPER_TRAIN_ERROR),
        if arm.has_passes() { passes(arm).to_string() } else { "-".into() },
        format!("{seconds:.1} s"),
    ]
}

/// The arms and seeds that diverged, a sentence each.
fn divergences(results: &Results) -> Vec<String> {
    let sentence = |clause| {
        format!("{clause}: its loss or its weights were no longer finite. No mean in the table includes it.")
    };
    results.divergences().into_iter().map(sentence).collect()
}

/// An arm against the first, over the seeds from which neither diverged; `None` where there is no such seed.
fn pair(first: &ArmResults, other: &ArmResults) -> Option<String> {
    let (names, differences) =
        (format!("{} against {}", first.name, other.name), Paired::differences(first, other));
    let (seeds, difference) = (differences.len(), differences.first()?);
    if let Some(paired) = Paired::of_differences(&differences) {
        let (difference, interval, p) = (paired.difference, paired.interval_in_words(), paired.p_in_words());
        return Some(format!(
            "{names}: {difference:+.2} points of test error over {seeds} seeds ({interval}), paired t-test \
             p {p}"
        ));
    }
    Some(match seeds {
        1 => format!(
            "{names}: {difference:+.2} points of test error; one seed says little, --seeds 5 says more"
        ),
        _ => format!("{names}: the same difference in each of {seeds} seeds, nothing to test"),
    })
}

/// The differences between this experiment and the one that the paper's numbers are from.
fn caveats(results: &Results) -> Vec<String> {
    let Data { name, train, test } = &results.data;
    let mut caveats = Vec::new();
    if name != "mnist" {
        caveats
            .push(format!("{}: the paper's numbers stand beside these for orientation only.", NOT_MNIST[0]));
    } else if (*train, *test) != (60_000, 10_000) {
        caveats.push("The paper trained on 60,000 patterns and tested on 10,000.".into());
    }
    if results.arms.iter().flat_map(|arm| &arm.runs).any(|run| ![0, 20].contains(&run.passes.len())) {
        caveats.push("The paper made 20 passes.".into());
    }
    for ArmResults { name, runs, .. } in &results.arms {
        for Run { seed, .. } in runs.iter().filter(|run| run.test_error_pct >= GUESSING) {
            let why = "its rates are too high, or it saw too few patterns";
            caveats.push(format!("{name}, seed {seed}, answers hardly better than by guessing: {why}."));
        }
    }
    caveats
}

/// A test error that is hardly better than guessing, percent: ten classes guessed at random are wrong in about 90 %.
const GUESSING: f64 = 75.0;

fn passes(arm: &ArmResults) -> usize {
    arm.runs.first().map_or(0, |run| run.passes.len())
}

/// 60,000.
pub fn thousands(number: usize) -> String {
    indicatif::HumanCount(number as u64).to_string()
}
