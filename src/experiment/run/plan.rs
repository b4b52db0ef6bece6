//! The whole experiment: which arms, which seeds, which patterns; and its execution, jobs side by side.

use super::super::error::ExperimentError;
use super::super::files;
use super::super::results::{ArmResults, Data, Gallery, Machine, Pass, Results, Run};
use super::super::settings::Arm;
use super::training::run;
use super::{Job, Model, RunContext};
use crate::section3::database::{Database, Patterns};
use serde::{Deserialize, Serialize};
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// What an experiment is made of: the contents of `config.toml` in its folder.
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
        self.arms.iter().map(|arm| arm.name.as_str()).collect::<Vec<_>>().join(" vs ")
    }

    /// Makes the folder of a new experiment and writes the plan into it.
    ///
    /// # Errors
    /// When the plan makes no sense, or the folder exists or cannot be written.
    pub fn begin(&self, folder: &Path) -> Result<(), ExperimentError> {
        let checkpoint = folder.join("checkpoint");
        self.check(&folder.join("config.toml"))?;
        files::new_folder(folder)?;
        files::new_folder(&checkpoint)?;
        crate::files::put(&folder.join("config.toml"), self.toml().as_bytes()).map_err(|cause| {
            // Without a plan the folder would only be in the way of the next attempt.
            let _ = std::fs::remove_dir(&checkpoint).and_then(|()| std::fs::remove_dir(folder));
            ExperimentError::Output { path: folder.into(), cause }
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
        self.check(&folder.join("config.toml"))?;
        let before = Self::read(folder)?;
        if before.data != self.data {
            let words = |data: &Data| format!("{} + {} patterns of {}", data.train, data.test, data.name);
            let (was, now) = (words(&before.data), words(&self.data));
            return Err(ExperimentError::OtherData { path: folder.into(), was, now });
        }
        files::write(&folder.join("config.toml"), self.toml().as_bytes())
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
            return Err(ExperimentError::NoRun(folder.into()));
        }
        Self::parse(&path, &files::read_text(&path)?)
    }

    /// Reads a plan from the text of its file.
    ///
    /// # Errors
    /// When it is not a valid plan.
    pub fn parse(path: &Path, text: &str) -> Result<Self, ExperimentError> {
        let damaged = |error: toml::de::Error| ExperimentError::Damaged {
            path: path.into(),
            fault: format!("is not the plan of an experiment: mend it, or begin a new run\n{error}"),
        };
        let plan: Self = toml::from_str(text).map_err(damaged)?;
        plan.check(path)?;
        Ok(plan)
    }

    /// Whether there is anything to train, enough patterns for each arm, and all settings make sense.
    fn check(&self, path: &Path) -> Result<(), ExperimentError> {
        let counts = [
            ("seeds", self.seeds.len()),
            ("arms", self.arms.len()),
            ("data.train", self.data.train),
            ("data.test", self.data.test),
        ];
        if let Some((key, _)) = counts.into_iter().find(|&(_, count)| count == 0) {
            let (file, expected) = (path.display().to_string(), "at least one");
            return Err(ExperimentError::Value { file, key, found: "none".into(), expected });
        }
        let there = self.data.train;
        self.arms.iter().try_for_each(|arm| match arm.settings.training.patterns {
            Some(wanted) if wanted > there => {
                Err(ExperimentError::TooManyWanted { arm: arm.name.clone(), wanted, there })
            }
            _ => {
                arm.check(&path.display().to_string())?;
                Self::check_remainder(path, arm, arm.settings.training.patterns.unwrap_or(there))
            }
        })
    }

    /// Batch normalisation makes nothing of a mini-batch of one, even if it is the last of its pass.
    fn check_remainder(path: &Path, arm: &Arm, patterns: usize) -> Result<(), ExperimentError> {
        let batch = arm.settings.training.update.patterns(patterns);
        if patterns % batch != 1 || !Model::initial(arm, 0).net.compares_patterns() {
            return Ok(());
        }
        let found = format!("{{ minibatch = {batch} }} for {patterns} patterns, which leaves one alone");
        let expected = "a number that leaves none or several: batch normalisation compares patterns";
        let (file, key) = (path.display().to_string(), "training.update");
        Err(ExperimentError::Value { file, key, found, expected })
    }

    /// The patterns that the plan speaks of.
    ///
    /// # Errors
    /// When the database is another one or has too few.
    pub fn select(&self, folder: &Path, database: Database) -> Result<Database, ExperimentError> {
        let (train, test) = (database.train.len(), database.test.len());
        let Data { name, train: wanted_train, test: wanted_test } = &self.data;
        if *name != database.name || *wanted_train > train || *wanted_test > test {
            return Err(ExperimentError::OtherData {
                path: folder.into(),
                was: format!("{wanted_train} + {wanted_test} patterns of {name}"),
                now: format!("{train} + {test} patterns of {}", database.name),
            });
        }
        let first = |patterns: Patterns, count| {
            if count < patterns.len() { patterns.range(0..count) } else { patterns }
        };
        Ok(Database {
            name: database.name,
            train: first(database.train, *wanted_train),
            test: first(database.test, *wanted_test),
        })
    }

    /// Every arm from every seed; arms with the same seed stand side by side.
    pub fn jobs(&self) -> Vec<Job<'_>> {
        let pairs = self.seeds.iter().flat_map(|&seed| self.arms.iter().map(move |arm| (arm, seed)));
        pairs.enumerate().map(|(number, (arm, seed))| Job { arm, seed, number }).collect()
    }

    /// Trains every job, as many at a time as there are threads, and writes `results.json` and `gallery.json`. Each job computes alone: its
    /// result does not depend on how many there are beside it.
    ///
    /// # Errors
    /// The first that a job meets; the others then stop, too. Whatever was saved is kept.
    pub fn run(&self, context: RunContext) -> Result<Results, ExperimentError> {
        let results = self.results(collect(self.outcomes(context, |_| true).into_iter())?);
        let json = serde_json::to_string_pretty(&results).expect("results are plain numbers");
        files::write(&context.folder.join("results.json"), json.as_bytes())?;
        Gallery::of(&results, context.folder, context.database)?.save(context.folder)?;
        Ok(results)
    }

    /// The same for a study, where an arm that diverges is a result.
    ///
    /// # Errors
    /// The first other that a job meets.
    pub fn study(&self, context: RunContext) -> Result<Vec<Outcome>, ExperimentError> {
        let fatal = |error: &ExperimentError| !matches!(error, ExperimentError::Diverged { .. });
        let outcomes = self.outcomes(context, fatal).into_iter().map(|outcome| match outcome {
            Ok(run) => Ok(Outcome::Trained(Box::new(run))),
            Err(ExperimentError::Diverged { seed, pass, passes, rates, .. }) => {
                Ok(Outcome::Diverged { seed, pass, passes, rates })
            }
            Err(ExperimentError::Stopped(_)) => Err(ExperimentError::StudyStopped),
            Err(error) => Err(error),
        });
        collect(outcomes)
    }

    /// What becomes of each job, in their order. What is `fatal` to one stops all.
    fn outcomes(
        &self,
        context: RunContext,
        fatal: impl Fn(&ExperimentError) -> bool + Sync,
    ) -> Vec<Result<Run, ExperimentError>> {
        let (jobs, next) = (self.jobs(), AtomicUsize::new(0));
        let side_by_side = context.threads.min(jobs.len()).max(1);
        let context = RunContext { threads: context.threads / side_by_side, ..context };
        let outcomes: Vec<Mutex<Option<Result<Run, ExperimentError>>>> =
            jobs.iter().map(|_| Mutex::default()).collect();
        let work = || {
            while let Some(job) = jobs.get(next.fetch_add(1, Ordering::Relaxed)) {
                let outcome = run(job, &context);
                context.stop.fetch_or(outcome.as_ref().is_err_and(&fatal), Ordering::Relaxed);
                *outcomes[job.number].lock().expect("no job panics while it holds this") = Some(outcome);
            }
        };
        std::thread::scope(|scope| {
            (0..side_by_side).for_each(|_| drop(scope.spawn(work)));
        });
        outcomes.into_iter().filter_map(|outcome| outcome.into_inner().ok().flatten()).collect()
    }

    fn results(&self, runs: Vec<Run>) -> Results {
        let of_arm = |n: usize| runs.iter().skip(n).step_by(self.arms.len()).cloned().collect();
        let arms = self.arms.iter().enumerate();
        Results {
            experiment: self.title(),
            command: self.command.clone(),
            version: env!("CARGO_PKG_VERSION").into(),
            machine: Machine::this(),
            data: self.data.clone(),
            arms: arms.map(|(n, arm)| ArmResults { name: arm.name.clone(), runs: of_arm(n) }).collect(),
        }
    }
}

/// What became of a job of a study.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// It was trained to its last pass.
    Trained(Box<Run>),
    /// It was not.
    Diverged {
        /// Its seed.
        seed: u64,
        /// The pass that it did not survive.
        pass: usize,
        /// The passes before.
        passes: Vec<Pass>,
        /// Smallest and largest rate in the pass that it did not survive.
        rates: [f64; 2],
    },
}

impl Outcome {
    /// The passes that it made.
    pub fn passes(&self) -> &[Pass] {
        match self {
            Self::Trained(run) => &run.passes,
            Self::Diverged { passes, .. } => passes,
        }
    }

    /// The smallest and the largest rate in its first pass.
    pub fn first_rates(&self) -> [f64; 2] {
        match (self.passes().first(), self) {
            (None, Self::Diverged { rates, .. }) => *rates,
            (first, _) => first.map_or([f64::NAN; 2], |pass| [pass.rate_min, pass.rate_max]),
        }
    }
}

/// All of them, or what went wrong: what a job met itself before what merely stopped the others.
fn collect<T>(outcomes: impl Iterator<Item = Result<T, ExperimentError>>) -> Result<Vec<T>, ExperimentError> {
    let (mut runs, mut failure) = (Vec::new(), None);
    for outcome in outcomes {
        match (outcome, &failure) {
            (Ok(run), _) => runs.push(run),
            (Err(error), None | Some(ExperimentError::Stopped(_) | ExperimentError::StudyStopped)) => {
                failure = Some(error)
            }
            (Err(_), Some(_)) => {}
        }
    }
    failure.map_or(Ok(runs), Err)
}
