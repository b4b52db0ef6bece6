//! The findings of studies, looked up by name, and the sources of figures in words.

use super::look::Drawn;
use super::{FigureError, RESULTS};
pub(super) use crate::experiment::summary::thousands;
use crate::experiment::{Data, ExperimentError, Finished, JudgedOn, Spread, StudyArm, StudyResults};

/// The findings of several studies.
pub struct Studies(Vec<Findings>);

/// The findings of one study.
pub struct Findings {
    /// The name of the study.
    pub name: String,
    /// The file of the findings.
    pub file: String,
    /// The findings.
    pub results: StudyResults,
}

impl Studies {
    /// The findings that are compiled in: `experiments/results/*.json`.
    ///
    /// # Errors
    /// When one of the files is not a file of findings.
    pub fn built_in() -> Drawn<Self> {
        Self::parse(&RESULTS)
    }

    /// Reads findings from the name of each study and its JSON.
    ///
    /// # Errors
    /// When one of the texts is not a file of findings.
    pub fn parse(texts: &[(&str, &str)]) -> Drawn<Self> {
        let read = |&(name, text): &(&str, &str)| -> Result<Findings, ExperimentError> {
            let file = format!("experiments/results/{name}.json");
            Ok(Findings { name: name.into(), results: StudyResults::parse(&file, text)?, file })
        };
        Ok(Self(texts.iter().map(read).collect::<Result<_, _>>()?))
    }

    /// The findings of all studies that the test set decided.
    pub fn judged_on_test(&self) -> impl Iterator<Item = &StudyResults> {
        self.0.iter().map(|findings| &findings.results).filter(|results| results.judged_on == JudgedOn::Test)
    }

    /// The findings of a study.
    ///
    /// # Errors
    /// When there are no findings of this study.
    pub fn get(&self, study: &str) -> Drawn<&Findings> {
        let (missing, advice) =
            ("there are no findings of study", "add its JSON to RESULTS in src/figures/mod.rs");
        named(&self.0, |findings| &findings.name, study, missing, advice)
    }
}

impl Findings {
    /// The measurements of an arm.
    ///
    /// # Errors
    /// When the study has no such arm.
    pub fn arm(&self, name: &str) -> Drawn<&StudyArm> {
        let missing = format!("{} has no arm", self.file);
        let advice = "give the arm this name in the study, or change the figure";
        named(&self.results.arms, |arm| &arm.name, name, &missing, advice)
    }

    /// The error for an arm that has no `what`.
    pub fn lacking(&self, arm: &StudyArm, what: &str) -> FigureError {
        let advice = "run the study again, or leave the arm out of the figure";
        FigureError::Missing(format!("{}, arm {}: found no {what}; {advice}", self.file, arm.name))
    }

    /// The source of a figure's numbers: file, patterns, seeds of `arms`.
    pub fn source<'a>(&self, arms: impl IntoIterator<Item = &'a StudyArm>) -> String {
        let seeds: Vec<u64> = arms.into_iter().flat_map(|arm| &arm.runs).map(|run| run.seed).collect();
        let (first, last) = (seeds.iter().min().unwrap_or(&0), seeds.iter().max().unwrap_or(&0));
        source(&format!("Study {}", self.file), &self.results.data, &seeds_in_words(*first, *last))
    }

    /// The kind of these errors: on the test set or the validation set.
    pub fn error_of(&self) -> &'static str {
        match self.results.judged_on {
            JudgedOn::Test => "test error",
            JudgedOn::Validation => "validation error",
        }
    }
}

/// The item with this name, or an error with the missing name, the existing names, and advice.
fn named<'a, T>(all: &'a [T], of: fn(&T) -> &str, name: &str, missing: &str, advice: &str) -> Drawn<&'a T> {
    all.iter().find(|one| of(one) == name).ok_or_else(|| {
        let there = all.iter().map(of).collect::<Vec<_>>().join(", ");
        FigureError::Missing(format!("{missing} '{name}', only {there}: {advice}"))
    })
}

/// The source of the numbers of a figure of a run: folder, patterns, and `whose` they are.
pub fn run_source(run: &Finished, whose: &str) -> String {
    let (title, folder) = (&run.results.experiment, run.folder.display());
    source(&format!("Run {folder} ({title})"), &run.results.data, whose)
}

/// The source of the numbers of a figure of one arm, which shows its first seed; `more` follows.
pub fn arm_source(run: &Finished, arm: usize, more: &str) -> String {
    let arm = &run.results.arms[arm];
    run_source(run, &format!("arm {}, seed {}{more}", arm.name, arm.runs[0].seed))
}

fn source(of: &str, data: &Data, whose: &str) -> String {
    let (name, train, test) = (&data.name, thousands(data.train), thousands(data.test));
    format!("{of}: {name}, {train} patterns for training, {test} for evaluation; {whose}.")
}

/// The seeds of a run in words.
pub fn seeds(run: &Finished) -> String {
    let seeds = &run.plan.seeds;
    seeds_in_words(seeds[0], seeds[seeds.len() - 1])
}

fn seeds_in_words(first: u64, last: u64) -> String {
    if first == last { format!("seed {first}") } else { format!("seeds {first} to {last}") }
}

/// One standard deviation of single seeds, 0 for one seed.
pub fn deviation(spread: &Spread) -> f64 {
    spread.deviation.unwrap_or(0.0)
}

/// Mean and standard deviation in words.
pub fn in_words(spread: &Spread) -> String {
    let deviation = spread.deviation.map_or(String::new(), |deviation| format!(" ± {deviation:.2}"));
    format!("{:.2}{deviation}", spread.mean)
}

/// The test errors of an arm after the last pass, each with the number of earlier seeds that had the same error, so that
/// equal dots can be drawn side by side.
pub fn last_errors(arm: &StudyArm) -> Vec<(f64, f64)> {
    let errors: Vec<f64> = arm.runs.iter().filter_map(|run| run.test_error_pct.last().copied()).collect();
    let same = |n: usize| errors[..n].iter().filter(|error| **error == errors[n]).count();
    (0..errors.len()).map(|n| (errors[n], same(n) as f64)).collect()
}
