//! What the figures are drawn from: the findings of studies, looked up by name.

use super::RESULTS;
use super::error::FigureError;
pub(super) use crate::experiment::summary::thousands;
use crate::experiment::{ExperimentError, Finished, JudgedOn, StudyArm, StudyResults};

/// The findings of several studies.
pub struct Studies(Vec<Findings>);

/// The findings of one study.
pub struct Findings {
    /// The study.
    pub name: String,
    /// Where they are from.
    pub file: String,
    /// What was found.
    pub results: StudyResults,
}

impl Studies {
    /// The findings that are compiled in: `experiments/results/*.json`.
    ///
    /// # Errors
    /// When one of the files holds no findings.
    pub fn built_in() -> Result<Self, FigureError> {
        Self::parse(&RESULTS)
    }

    /// Reads findings: the name of each study, and its JSON.
    ///
    /// # Errors
    /// When one of them is none.
    pub fn parse(texts: &[(&str, &str)]) -> Result<Self, FigureError> {
        let read = |&(name, text): &(&str, &str)| -> Result<Findings, ExperimentError> {
            let file = format!("experiments/results/{name}.json");
            Ok(Findings { name: name.into(), results: StudyResults::parse(&file, text)?, file })
        };
        Ok(Self(texts.iter().map(read).collect::<Result<_, _>>()?))
    }

    /// The findings of a study.
    ///
    /// # Errors
    /// When there are none.
    pub fn get(&self, study: &str) -> Result<&Findings, FigureError> {
        let there = || listed(self.0.iter().map(|findings| &findings.name));
        let missing = || FigureError::NoStudy { study: study.into(), there: there() };
        self.0.iter().find(|findings| findings.name == study).ok_or_else(missing)
    }
}

impl Findings {
    /// What was measured of an arm.
    ///
    /// # Errors
    /// When the study has no such arm.
    pub fn arm(&self, name: &str) -> Result<&StudyArm, FigureError> {
        let arms = &self.results.arms;
        let there = || listed(arms.iter().map(|arm| &arm.name));
        let missing = || FigureError::NoArm { file: self.file.clone(), arm: name.into(), there: there() };
        arms.iter().find(|arm| arm.name == name).ok_or_else(missing)
    }

    /// The error for an arm that has no `what`.
    pub fn lacking(&self, arm: &StudyArm, what: &'static str) -> FigureError {
        FigureError::Lacking { file: self.file.clone(), arm: arm.name.clone(), what }
    }

    /// Where a figure's numbers are from: file, patterns, seeds of `arms`.
    pub fn source<'a>(&self, arms: impl IntoIterator<Item = &'a StudyArm>) -> String {
        let data = &self.results.data;
        let seeds: Vec<u64> = arms.into_iter().flat_map(|arm| &arm.runs).map(|run| run.seed).collect();
        let (first, last) = (seeds.iter().min().unwrap_or(&0), seeds.iter().max().unwrap_or(&0));
        let (train, test) = (thousands(data.train), thousands(data.test));
        let seeds = if first == last { format!("seed {first}") } else { format!("seeds {first} to {last}") };
        let (file, name) = (&self.file, &data.name);
        format!("Study {file}: {name}, {train} patterns trained on, {test} judged; {seeds}.")
    }

    /// Which errors these are.
    pub fn error_of(&self) -> &'static str {
        match self.results.judged_on {
            JudgedOn::Test => "test error",
            JudgedOn::Validation => "validation error",
        }
    }
}

fn listed<'a>(names: impl Iterator<Item = &'a String>) -> String {
    names.map(String::as_str).collect::<Vec<_>>().join(", ")
}

/// Where the numbers of a figure of a run are from: folder, patterns, and `whose` they are.
pub fn run_source(run: &Finished, whose: &str) -> String {
    let data = &run.results.data;
    let (train, test, name) = (thousands(data.train), thousands(data.test), &data.name);
    let (title, folder) = (&run.results.experiment, run.folder.display());
    format!("Run {folder} ({title}): {name}, {train} patterns trained on, {test} judged; {whose}.")
}

/// The same for a figure of one arm, which is of its first seed; `more` follows.
pub fn arm_source(run: &Finished, arm: usize, more: &str) -> String {
    let arm = &run.results.arms[arm];
    run_source(run, &format!("arm {}, seed {}{more}", arm.name, arm.runs[0].seed))
}
