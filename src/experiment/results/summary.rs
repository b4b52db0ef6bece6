//! The comparison that a run ends with, in words and numbers: the terminal, `report.html` and `report.md` only set it.

use super::comparison::{PAPER_TEST_ERROR, PAPER_TRAIN_ERROR, Paired, Spread};
use super::{ArmResults, Data, Results, Run};

/// What the columns of [`Summary::rows`] are called. Errors are in percent, differences are ours less the paper's in
/// percentage points, and the time is that of all passes of one seed.
pub const COLUMNS: [&str; 7] =
    ["", "test error %", "difference", "training error %", "difference", "passes", "time"];

/// What nobody must miss when the patterns are not MNIST, and what it means.
pub const NOT_MNIST: [&str; 2] = [
    "EMBEDDED DIGITS, NOT MNIST",
    "Everything below is about digits drawn by this program; the paper's numbers are about MNIST. To have it: \
     `experiment fetch`, or --data DIR with its four files.",
];

/// What there is to say about the results of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    /// What was compared: `rbf vs softmax`.
    pub experiment: String,
    /// On what: `60,000 training and 10,000 test patterns of mnist`.
    pub data: String,
    /// [`NOT_MNIST`], if it is so.
    pub warning: Option<[&'static str; 2]>,
    /// The paper's numbers, then those of each arm: means over seeds, `±` the deviation of a single seed.
    pub rows: Vec<[String; 7]>,
    /// Every arm against the first, and in what the run differs from the one that the paper's numbers are from.
    pub sentences: Vec<String>,
}

impl Summary {
    /// What these results say.
    pub fn of(results: &Results) -> Self {
        let Data { name, train, test } = &results.data;
        let (train, test) = (thousands(*train), thousands(*test));
        Self {
            experiment: results.experiment.clone(),
            data: format!("{train} training and {test} test patterns of {name}"),
            warning: (name != "mnist").then_some(NOT_MNIST),
            rows: std::iter::once(paper()).chain(results.arms.iter().map(row)).collect(),
            sentences: pairs(results).chain(caveats(results)).collect(),
        }
    }
}

/// The paper's row (III-B).
fn paper() -> [String; 7] {
    let [test, train] = [PAPER_TEST_ERROR, PAPER_TRAIN_ERROR].map(|error| format!("{error:.2}"));
    ["paper", &test, "", &train, "", "20", "2-3 days"].map(String::from)
}

/// An arm's row.
fn row(arm: &ArmResults) -> [String; 7] {
    let values = |of: fn(&Run) -> f64| Spread::of(&arm.runs.iter().map(of).collect::<Vec<_>>());
    let (test, train) = (values(|run| run.test_error_pct), values(|run| run.train_error_pct));
    let seconds = values(|run| run.passes.iter().map(|pass| pass.seconds).sum()).mean;
    [
        arm.name.clone(),
        spread(test),
        format!("{:+.2}", test.mean - PAPER_TEST_ERROR),
        spread(train),
        format!("{:+.2}", train.mean - PAPER_TRAIN_ERROR),
        passes(arm).to_string(),
        format!("{seconds:.1} s"),
    ]
}

/// Every arm against the first, over the seeds.
fn pairs(results: &Results) -> impl Iterator<Item = String> {
    let (first, others) =
        results.arms.split_first().map_or((None, &[][..]), |(first, others)| (Some(first), others));
    first.into_iter().flat_map(move |first| others.iter().map(move |other| pair(first, other)))
}

fn pair(first: &ArmResults, other: &ArmResults) -> String {
    let names = format!("{} against {}", first.name, other.name);
    match (Paired::of(first, other), first.runs.len()) {
        (Some(paired), seeds) => format!(
            "{names}: {} points of test error over {seeds} seeds (95 % interval {:+.2} to {:+.2}), paired t-test \
             p {}",
            signed(paired.difference),
            paired.interval[0],
            paired.interval[1],
            paired.p_in_words()
        ),
        (None, 1) => {
            let difference = first.runs[0].test_error_pct - other.runs[0].test_error_pct;
            format!(
                "{names}: {difference:+.2} points of test error; one seed says little, --seeds 5 says more"
            )
        }
        (None, seeds) => format!("{names}: the same difference in each of {seeds} seeds, nothing to test"),
    }
}

/// In what the experiment differs from the one the paper's numbers are from.
fn caveats(results: &Results) -> impl Iterator<Item = String> {
    let data = &results.data;
    let other_data = (data.name != "mnist").then(|| {
        format!(
            "These are {}, not MNIST: beside the paper's numbers they stand for orientation only.",
            data.name
        )
    });
    let fewer = (data.name == "mnist" && (data.train, data.test) != (60_000, 10_000))
        .then(|| "The paper trained on 60,000 patterns and tested on 10,000.".into());
    let shorter =
        results.arms.iter().any(|arm| passes(arm) != 20).then(|| "The paper made 20 passes.".into());
    [other_data, fewer, shorter].into_iter().flatten().chain(results.arms.iter().flat_map(guesses))
}

/// Ten classes guessed at random are wrong in about 90 % of the patterns: what comes near is no result.
fn guesses(arm: &ArmResults) -> impl Iterator<Item = String> {
    let runs = arm.runs.iter().filter(|run| run.test_error_pct >= 85.0);
    runs.map(|run| {
        format!(
            "{}, seed {}, answers no better than by guessing: its rates are too high, or it saw too little.",
            arm.name, run.seed
        )
    })
}

fn passes(arm: &ArmResults) -> usize {
    arm.runs.first().map_or(0, |run| run.passes.len())
}

fn spread(spread: Spread) -> String {
    spread
        .deviation
        .map_or(format!("{:.2}", spread.mean), |deviation| format!("{:.2} ± {deviation:.2}", spread.mean))
}

fn signed(spread: Spread) -> String {
    spread
        .deviation
        .map_or(format!("{:+.2}", spread.mean), |deviation| format!("{:+.2} ± {deviation:.2}", spread.mean))
}

/// 60,000.
pub fn thousands(number: usize) -> String {
    indicatif::HumanCount(number as u64).to_string()
}
