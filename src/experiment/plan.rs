//! The whole experiment: which arms, which seeds, which patterns; and its execution, jobs side by side.

use super::arm::Arm;
use super::error::ExperimentError;
use super::files;
use super::results::{ArmResults, Data, Results, Run};
use super::run::{self, Bench, Job, Watch};
use crate::section3::database::{Database, Patterns};
use serde::{Deserialize, Serialize};
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// What an experiment is made of: the contents of `config.toml` in its folder.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
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
    /// When the folder exists or cannot be written.
    pub fn begin(&self, folder: &Path) -> Result<(), ExperimentError> {
        let checkpoint = folder.join("checkpoint");
        files::new_folder(folder)?;
        files::new_folder(&checkpoint)?;
        let text = toml::to_string(self).expect("a plan is plain tables");
        files::put(&folder.join("config.toml"), text.as_bytes()).map_err(|cause| {
            // Without a plan the folder would only be in the way of the next attempt.
            let _ = std::fs::remove_dir(&checkpoint).and_then(|()| std::fs::remove_dir(folder));
            ExperimentError::Output { path: folder.into(), cause }
        })
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
        let text = files::read_text(&path)?;
        let damaged = |error: toml::de::Error| ExperimentError::Damaged {
            path: path.clone(),
            fault: format!("is not the plan of an experiment: mend it, or begin a new run\n{error}"),
        };
        let plan: Self = toml::from_str(&text).map_err(damaged)?;
        plan.check(&path)?;
        Ok(plan)
    }

    /// Whether there is anything to train, and all settings make sense.
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
        self.arms.iter().try_for_each(|arm| arm.check(&path.display().to_string()))
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

    /// Trains every job, `threads` at a time, and writes `results.json`. Each job computes alone: its result does not
    /// depend on how many there are beside it.
    ///
    /// # Errors
    /// The first that a job meets; the others then stop, too. Whatever was saved is kept.
    pub fn run(
        &self,
        folder: &Path,
        database: &Database,
        threads: usize,
        stop: &AtomicBool,
        watch: &dyn Watch,
    ) -> Result<Results, ExperimentError> {
        let (jobs, next) = (self.jobs(), AtomicUsize::new(0));
        let side_by_side = threads.min(jobs.len()).max(1);
        let bench = Bench { database, folder, threads: threads / side_by_side, stop, watch };
        let outcomes: Vec<Mutex<Option<Result<Run, ExperimentError>>>> =
            jobs.iter().map(|_| Mutex::default()).collect();
        let work = || {
            while let Some(job) = jobs.get(next.fetch_add(1, Ordering::Relaxed)) {
                let outcome = run::run(job, &bench);
                stop.fetch_or(outcome.is_err(), Ordering::Relaxed);
                *outcomes[job.number].lock().expect("no job panics while it holds this") = Some(outcome);
            }
        };
        std::thread::scope(|scope| {
            (0..side_by_side).for_each(|_| drop(scope.spawn(work)));
        });
        let outcomes = outcomes.into_iter().filter_map(|outcome| outcome.into_inner().ok().flatten());
        let results = self.results(collect(outcomes)?);
        let json = serde_json::to_string_pretty(&results).expect("results are plain numbers");
        files::write(&folder.join("results.json"), json.as_bytes())?;
        Ok(results)
    }

    fn results(&self, runs: Vec<Run>) -> Results {
        let of_arm = |n: usize| runs.iter().skip(n).step_by(self.arms.len()).cloned().collect();
        let arms = self.arms.iter().enumerate();
        Results {
            experiment: self.title(),
            data: self.data.clone(),
            arms: arms.map(|(n, arm)| ArmResults { name: arm.name.clone(), runs: of_arm(n) }).collect(),
        }
    }
}

/// All runs, or what went wrong: what a job met itself before what merely stopped the others.
fn collect(
    outcomes: impl Iterator<Item = Result<Run, ExperimentError>>,
) -> Result<Vec<Run>, ExperimentError> {
    let (mut runs, mut failure) = (Vec::new(), None);
    for outcome in outcomes {
        match (outcome, &failure) {
            (Ok(run), _) => runs.push(run),
            (Err(error), None | Some(ExperimentError::Stopped(_))) => failure = Some(error),
            (Err(_), Some(_)) => {}
        }
    }
    failure.map_or(Ok(runs), Err)
}
