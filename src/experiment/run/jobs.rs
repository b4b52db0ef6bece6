//! The execution of a plan: jobs side by side, and their results together.

use super::training::run;
use super::{checkpoint, folder};
use crate::experiment::{
    Arm, ArmResults, Diverged, DivergedRun, ExperimentError, Gallery, Job, Machine, Plan,
};
use crate::experiment::{Results, Run, RunContext, files};
use crate::section3::database::Database;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// The end of a job: its run, or how it diverged, which is a result as well.
pub type Outcome = Result<Run, Box<Diverged>>;

impl Plan {
    /// Trains every job, one for each thread at a time, and writes `results.json` and `gallery.json`. Each job computes
    /// alone: its result does not depend on the number of jobs beside it. A job that diverges does not stop the others.
    ///
    /// # Errors
    /// The first error that a job meets; the other jobs then stop as well. Files that were saved are kept.
    pub fn run(&self, context: RunContext) -> Result<Results, ExperimentError> {
        let results = self.results(&self.outcomes(context)?);
        let json = serde_json::to_string_pretty(&results).expect("results are plain numbers");
        files::write(&context.folder.join("results.json"), json.as_bytes())?;
        Gallery::of(&results, context.folder, context.database)?.save(context.folder)?;
        Ok(results)
    }

    /// The end of each job of a study, in their order.
    ///
    /// # Errors
    /// The first error that a job meets.
    pub fn study(&self, context: RunContext) -> Result<Vec<Outcome>, ExperimentError> {
        self.outcomes(context).map_err(|error| match error {
            ExperimentError::Stopped(_) => {
                ExperimentError::Stopped("the same command continues after the last complete passes".into())
            }
            error => error,
        })
    }

    /// Trains every job; an error of one stops all.
    fn outcomes(&self, context: RunContext) -> Result<Vec<Outcome>, ExperimentError> {
        let _lock = folder::lock(context.folder)?;
        folder::clean(context.folder);
        folder::check_names(context.folder, &self.longest_name())?;
        self.check_patterns(context.database)?;
        let (jobs, data, next) = (self.jobs(), checkpoint::identity(context.database), AtomicUsize::new(0));
        let side_by_side = context.threads.min(jobs.len()).max(1);
        let context = RunContext { threads: context.threads / side_by_side, ..context };
        let outcomes = Mutex::new(Vec::new());
        let work = || {
            while let Some(job) = jobs.get(next.fetch_add(1, Ordering::Relaxed)) {
                let outcome = outcome(job, &context, &data);
                context.stop.fetch_or(outcome.is_err(), Ordering::Relaxed);
                outcomes.lock().expect("no job panics while it holds this").push((job.number, outcome));
            }
        };
        std::thread::scope(|scope| {
            (0..side_by_side).for_each(|_| drop(scope.spawn(work)));
        });
        let mut outcomes = outcomes.into_inner().expect("no job panics while it holds this");
        outcomes.sort_by_key(|(number, _)| *number);
        whole(outcomes.into_iter().map(|(_, outcome)| outcome).collect())
    }

    /// Whether the patterns suffice for the method of each arm.
    ///
    /// # Errors
    /// When they do not: for which, and why.
    pub fn check_patterns(&self, database: &Database) -> Result<(), ExperimentError> {
        self.arms.iter().try_for_each(|arm| {
            let (method, pixels) = (arm.settings.method.as_ref(), arm.settings.pixels());
            let checked = method.map_or(Ok(()), |method| method.check_patterns(&database.train, pixels));
            checked.map_err(|fault| ExperimentError::Usage(format!("{}: {fault}", arm.name)))
        })
    }

    /// The outcomes of an arm, seed by seed.
    pub fn of_arm<'a, T>(&'a self, arm: &'a Arm, outcomes: &'a [T]) -> impl Iterator<Item = &'a T> {
        let jobs = self.jobs().into_iter().zip(outcomes);
        jobs.filter(|(job, _)| job.arm.name == arm.name).map(|(_, outcome)| outcome)
    }

    fn results(&self, outcomes: &[Outcome]) -> Results {
        let arm = |arm: &Arm| {
            let (mut runs, mut diverged) = (Vec::new(), Vec::new());
            for outcome in self.of_arm(arm, outcomes) {
                match outcome {
                    Ok(run) => runs.push(run.clone()),
                    Err(end) => diverged.push(DivergedRun {
                        seed: end.seed,
                        diverged_in_pass: end.pass,
                        passes: end.passes.clone(),
                    }),
                }
            }
            ArmResults { name: arm.name.clone(), runs, diverged }
        };
        Results {
            experiment: self.title(),
            command: self.command.clone(),
            version: env!("CARGO_PKG_VERSION").into(),
            machine: Machine::this(),
            data: self.data.clone(),
            arms: self.arms.iter().map(arm).collect(),
        }
    }
}

/// Trains a job to its end.
fn outcome(job: &Job, context: &RunContext, data: &str) -> Result<Outcome, ExperimentError> {
    match run(job, context, data) {
        Err(ExperimentError::Diverged(diverged)) => {
            context.watch.diverged(job, &diverged);
            Ok(Err(diverged))
        }
        run => run.map(Ok),
    }
}

/// All outcomes, or an error: that of the job that failed rather than those of the jobs that it stopped.
fn whole<T>(outcomes: Vec<Result<T, ExperimentError>>) -> Result<Vec<T>, ExperimentError> {
    let (made, failed): (Vec<_>, Vec<_>) = outcomes.into_iter().partition(Result::is_ok);
    let errors = failed.into_iter().filter_map(Result::err);
    match errors.min_by_key(|error| matches!(error, ExperimentError::Stopped(_))) {
        Some(error) => Err(error),
        None => Ok(made.into_iter().flatten().collect()),
    }
}
