//! The whole experiment: its arms, seeds and patterns.

use super::folder::{self, CONFIG};
use crate::experiment::settings::expect;
use crate::experiment::{Arm, Data, ExperimentError, Job, Model, files};
use crate::section3::database::{Database, Patterns};
use serde::{Deserialize, Serialize};
use std::collections::HashSet;
use std::path::{Path, PathBuf};

/// The parts of an experiment: the contents of `config.toml` in its folder.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// The command that began it.
    pub command: String,
    /// The study that it is, if it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub study: Option<String>,
    /// Each arm is trained from each of these seeds.
    pub seeds: Vec<u64>,
    /// The numbers of patterns, counted from the first of the database.
    pub data: Data,
    /// The arms, settings in full.
    pub arms: Vec<Arm>,
}

impl Plan {
    /// The most jobs of an experiment: arms times seeds.
    const JOBS: usize = 10_000;

    /// The words that name the experiment: `rbf vs softmax`.
    pub fn title(&self) -> String {
        title(&self.arms)
    }

    /// The folder of a new run: `out`, which must be new or empty, or the first of `runs/rbf-vs-softmax`, `-2`, `-3`, ...
    /// that is.
    ///
    /// # Errors
    /// When `out` holds anything.
    pub fn folder(arms: &[Arm], out: Option<&Path>) -> Result<PathBuf, ExperimentError> {
        match out {
            Some(out) if !folder::is_free(out) => return Err(folder::exists(out)),
            Some(out) => return Ok(out.into()),
            None => {}
        }
        let name = title(arms).replace(' ', "-");
        let names = std::iter::once(name.clone()).chain((2..).map(|n| format!("{name}-{n}")));
        let mut folders = names.map(|name| Path::new("runs").join(name));
        Ok(folders.find(|path| folder::is_free(path)).expect("there are more numbers than folders"))
    }

    /// Makes the folder of a new experiment and writes the plan into it.
    ///
    /// # Errors
    /// When the plan makes no sense, or the folder holds anything or cannot be written.
    pub fn begin(&self, folder: &Path) -> Result<(), ExperimentError> {
        folder::make(folder, &self.config(folder)?, &self.longest_name())
    }

    /// Makes the folder of a study, or continues in it: with the same settings of its arms and the same patterns, and
    /// perhaps with other seeds and more arms.
    ///
    /// # Errors
    /// When the plan makes no sense, or the folder holds something else or cannot be written.
    pub fn begin_or_continue(&self, folder: &Path) -> Result<(), ExperimentError> {
        if folder::is_free(folder) {
            return self.begin(folder);
        }
        let config = self.config(folder)?;
        let before = Self::read(folder)?;
        before.check_continued_by(self).map_err(|fault| ExperimentError::usage(folder, fault))?;
        let _lock = folder::lock(folder)?;
        files::write(&folder.join(CONFIG), config.as_bytes())
    }

    /// An error, with the reason, unless another plan continues this one.
    fn check_continued_by(&self, next: &Self) -> Result<(), String> {
        let another = "name another folder with --out";
        match (&self.study, &next.study) {
            (Some(study), Some(other)) if study == other => {}
            (Some(study), _) => return Err(format!("is the folder of the study '{study}'; {another}")),
            (None, _) => return Err(format!("is the folder of a run, `{}`; {another}", self.command)),
        }
        if self.data != next.data {
            return Err(other_data(&self.data, &next.data));
        }
        let changed = next
            .arms
            .iter()
            .find(|arm| self.arms.iter().any(|old| old.name == arm.name && !old.is_like(arm)));
        changed.map_or(Ok(()), |arm| {
            let name = &arm.name;
            Err(format!("was begun with other settings of the arm {name}, or other --passes; use them again, or {another}"))
        })
    }

    /// The text of `config.toml`.
    fn config(&self, folder: &Path) -> Result<String, ExperimentError> {
        let file = folder.join(CONFIG);
        self.check(&file)?;
        let text = toml::to_string(self).expect("a plan is plain tables");
        match text.len() as u64 {
            0..=files::PLAN => Ok(text),
            bytes => {
                let fault = format!(
                    "would have {bytes} bytes, but at most {} are read again; use fewer arms",
                    files::PLAN
                );
                Err(ExperimentError::usage(&file, fault))
            }
        }
    }

    /// The longest name of a file in the folder of the experiment.
    pub(super) fn longest_name(&self) -> String {
        self.jobs().iter().map(Job::model).max_by_key(String::len).unwrap_or_default()
    }

    /// Reads the plan of a run that was begun, to continue it.
    ///
    /// # Errors
    /// When the folder holds no valid plan, or is that of a study.
    pub fn resume(folder: &Path) -> Result<Self, ExperimentError> {
        let plan = Self::read(folder)?;
        match &plan.study {
            None => Ok(plan),
            Some(study) => {
                let fault = format!("is the folder of the study '{study}'; its own command continues it");
                Err(ExperimentError::usage(folder, format!("{fault}: `{}`", plan.command)))
            }
        }
    }

    /// Reads the plan of an experiment that was begun.
    ///
    /// # Errors
    /// When the folder holds no plan, or not a valid one.
    pub fn read(folder: &Path) -> Result<Self, ExperimentError> {
        let path = folder.join(CONFIG);
        if !path.exists() {
            let fault = "holds no config.toml, so no run was begun there: name the folder of a run";
            return Err(ExperimentError::usage(folder, fault));
        }
        Self::parse(&path, &files::read_text(&path, files::PLAN)?)
    }

    /// Reads a plan from the text of its file.
    ///
    /// # Errors
    /// When it is not a valid plan.
    pub fn parse(path: &Path, text: &str) -> Result<Self, ExperimentError> {
        let plan: Self = files::toml(text).map_err(|error| {
            let fault = "is not the plan of an experiment: mend it, or begin a new run";
            ExperimentError::damaged(path, format!("{fault}\n{error}"))
        })?;
        plan.check(path)?;
        Ok(plan)
    }

    /// Whether there is anything to train, enough patterns for each arm, and all settings make sense.
    fn check(&self, path: &Path) -> Result<(), ExperimentError> {
        let Data { train, test, .. } = self.data;
        let usage = |fault: String| ExperimentError::Usage(format!("{}: {fault}", path.display()));
        let counts = [self.seeds.len(), self.arms.len(), train, test];
        for (key, count) in ["seeds", "arms", "data.train", "data.test"].into_iter().zip(counts) {
            expect(count > 0, key, "none", "at least one").map_err(usage)?;
        }
        let jobs = self.seeds.len().saturating_mul(self.arms.len());
        expect(jobs <= Self::JOBS, "seeds times arms", jobs, "at most 10000").map_err(usage)?;
        let mut seeds = HashSet::new();
        for seed in &self.seeds {
            expect(seeds.insert(seed), "seeds", format!("{seed} twice"), "different numbers")
                .map_err(usage)?;
        }
        Arm::distinct(&self.arms)?;
        for arm in &self.arms {
            let (name, patterns) = (&arm.name, arm.settings.training.patterns.unwrap_or(train));
            if patterns > train {
                return Err(ExperimentError::Usage(format!(
                    "{name} has training.patterns = {patterns}, but there are {train} training patterns: lower it, \
                     or take it out for all of them"
                )));
            }
            arm.check(&path.display().to_string())?;
            check_remainder(arm, patterns).map_err(usage)?;
        }
        Ok(())
    }

    /// The patterns that the plan names.
    ///
    /// # Errors
    /// When the database is another one or has too few.
    pub fn select(&self, folder: &Path, database: Database) -> Result<Database, ExperimentError> {
        let (wanted, there) = (&self.data, Data::of(&database));
        if wanted.name != there.name || wanted.train > there.train || wanted.test > there.test {
            return Err(ExperimentError::usage(folder, other_data(wanted, &there)));
        }
        let first = |patterns: Patterns, count| {
            if count < patterns.len() { patterns.range(0..count) } else { patterns }
        };
        let (train, test) = (first(database.train, wanted.train), first(database.test, wanted.test));
        Ok(Database { name: database.name, train, test })
    }

    /// Every arm from every seed, an arm whose result does not depend on the seed from the first one only; arms with the same
    /// seed stand side by side.
    pub fn jobs(&self) -> Vec<Job<'_>> {
        let pairs = self.seeds.iter().flat_map(|&seed| self.arms.iter().map(move |arm| (arm, seed)));
        let pairs = pairs.filter(|(arm, seed)| arm.draws() || self.seeds.first() == Some(seed));
        pairs.enumerate().map(|(number, (arm, seed))| Job { arm, seed, number }).collect()
    }
}

fn title(arms: &[Arm]) -> String {
    arms.iter().map(|arm| arm.name.as_str()).collect::<Vec<_>>().join(" vs ")
}

/// Batch normalisation cannot use a mini-batch of one pattern, even if it is the last of its pass.
fn check_remainder(arm: &Arm, patterns: usize) -> Result<(), String> {
    if !arm.settings.has_network() {
        return Ok(());
    }
    let batch = arm.settings.training.update.patterns(patterns);
    let holds = patterns % batch != 1 || !Model::initial(arm, 0).net.compares_patterns();
    let found = format!("{{ minibatch = {batch} }} for {patterns} patterns, which leaves one alone");
    let expected = "a number that leaves none or several: batch normalisation compares patterns";
    expect(holds, "training.update", found, expected)
}

/// The fault of a run that is to be continued with other data than it began with.
fn other_data(was: &Data, now: &Data) -> String {
    let advice = "give it the same data with --data or --embedded";
    format!("was begun on {was}, but the data here are {now}; {advice}")
}
