//! The whole experiment: which arms, which seeds, which patterns.

use crate::experiment::settings::expect;
use crate::experiment::{Arm, Data, ExperimentError, Job, Model, files};
use crate::section3::database::{Database, Patterns};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// The parts of an experiment: the contents of `config.toml` in its folder.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// The command that began it.
    pub command: String,
    /// Each arm is trained from each of these seeds.
    pub seeds: Vec<u64>,
    /// The patterns: the first so many of the database.
    pub data: Data,
    /// The arms, settings in full.
    pub arms: Vec<Arm>,
}

impl Plan {
    /// The words that name the experiment: `rbf vs softmax`.
    pub fn title(&self) -> String {
        title(&self.arms)
    }

    /// The folder of a new run: `out`, which must not be there yet, or the first of `runs/rbf-vs-softmax`, `-2`, `-3`, ...
    /// that is not there.
    ///
    /// # Errors
    /// When `out` exists.
    pub fn folder(arms: &[Arm], out: Option<&Path>) -> Result<PathBuf, ExperimentError> {
        match out {
            Some(out) if out.exists() => return Err(files::exists(out)),
            Some(out) => return Ok(out.into()),
            None => {}
        }
        let name = title(arms).replace(' ', "-");
        let names = std::iter::once(name.clone()).chain((2..).map(|n| format!("{name}-{n}")));
        let mut folders = names.map(|name| Path::new("runs").join(name));
        Ok(folders.find(|folder| !folder.exists()).expect("there are more numbers than folders"))
    }

    /// Makes the folder of a new experiment and writes the plan into it.
    ///
    /// # Errors
    /// When the plan makes no sense, or the folder exists or cannot be written.
    pub fn begin(&self, folder: &Path) -> Result<(), ExperimentError> {
        let (file, checkpoint) = (folder.join("config.toml"), folder.join("checkpoint"));
        self.check(&file)?;
        files::new_folder(folder)?;
        files::new_folder(&checkpoint)?;
        crate::files::put(&file, self.toml().as_bytes()).map_err(|cause| {
            // Without a plan the folder would only be in the way of the next attempt.
            let _ = std::fs::remove_dir(&checkpoint).and_then(|()| std::fs::remove_dir(folder));
            files::cannot("make", folder, files::ROOM)(cause)
        })
    }

    /// Makes the folder of a study, or goes on in it with what may have become another plan for the same patterns.
    ///
    /// # Errors
    /// When the plan makes no sense, or the folder holds something else or cannot be written.
    pub fn begin_or_continue(&self, folder: &Path) -> Result<(), ExperimentError> {
        if !folder.exists() {
            return self.begin(folder);
        }
        let file = folder.join("config.toml");
        self.check(&file)?;
        let before = Self::read(folder)?.data;
        if before != self.data {
            return Err(other_data(folder, &before, &self.data));
        }
        files::write(&file, self.toml().as_bytes())
    }

    fn toml(&self) -> String {
        toml::to_string(self).expect("a plan is plain tables")
    }

    /// Reads the plan of an experiment that was begun.
    ///
    /// # Errors
    /// When the folder holds no plan, or not a valid one.
    pub fn read(folder: &Path) -> Result<Self, ExperimentError> {
        let path = folder.join("config.toml");
        if !path.exists() {
            let fault = "holds no config.toml, so no run was begun there: name the folder of a run";
            return Err(ExperimentError::usage(folder, fault));
        }
        Self::parse(&path, &files::read_text(&path)?)
    }

    /// Reads a plan from the text of its file.
    ///
    /// # Errors
    /// When it is not a valid plan.
    pub fn parse(path: &Path, text: &str) -> Result<Self, ExperimentError> {
        let plan: Self = toml::from_str(text).map_err(|error| {
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

    /// The patterns that the plan speaks of.
    ///
    /// # Errors
    /// When the database is another one or has too few.
    pub fn select(&self, folder: &Path, database: Database) -> Result<Database, ExperimentError> {
        let (wanted, there) = (&self.data, Data::of(&database));
        if wanted.name != there.name || wanted.train > there.train || wanted.test > there.test {
            return Err(other_data(folder, wanted, &there));
        }
        let first = |patterns: Patterns, count| {
            if count < patterns.len() { patterns.range(0..count) } else { patterns }
        };
        let (train, test) = (first(database.train, wanted.train), first(database.test, wanted.test));
        Ok(Database { name: database.name, train, test })
    }

    /// Every arm from every seed; arms with the same seed stand side by side.
    pub fn jobs(&self) -> Vec<Job<'_>> {
        let pairs = self.seeds.iter().flat_map(|&seed| self.arms.iter().map(move |arm| (arm, seed)));
        pairs.enumerate().map(|(number, (arm, seed))| Job { arm, seed, number }).collect()
    }
}

fn title(arms: &[Arm]) -> String {
    arms.iter().map(|arm| arm.name.as_str()).collect::<Vec<_>>().join(" vs ")
}

/// Batch normalisation makes nothing of a mini-batch of one, even if it is the last of its pass.
fn check_remainder(arm: &Arm, patterns: usize) -> Result<(), String> {
    let batch = arm.settings.training.update.patterns(patterns);
    let holds = patterns % batch != 1 || !Model::initial(arm, 0).net.compares_patterns();
    let found = format!("{{ minibatch = {batch} }} for {patterns} patterns, which leaves one alone");
    let expected = "a number that leaves none or several: batch normalisation compares patterns";
    expect(holds, "training.update", found, expected)
}

/// The error for a run that is to be continued with other data than it began with.
fn other_data(folder: &Path, was: &Data, now: &Data) -> ExperimentError {
    let advice = "give it the same data with --data or --embedded";
    ExperimentError::usage(folder, format!("was begun on {was}, but the data here are {now}; {advice}"))
}
