//! The execution of a plan: jobs side by side, and what they leave together.

use super::training::run;
use crate::experiment::{ArmResults, Diverged, ExperimentError, Gallery, Machine, Plan, Results, Run};
use crate::experiment::{RunContext, files};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// The end of a job: its run, or how it diverged, which in a study is a result, too.
pub type Outcome = Result<Run, Box<Diverged>>;

impl Plan {
    /// Trains every job, as many at a time as there are threads, and writes `results.json` and `gallery.json`. Each job
    /// computes alone: its result does not depend on how many there are beside it.
    ///
    /// # Errors
    /// The first error that a job meets; the other jobs then stop, too. Files that were saved are kept.
    pub fn run(&self, context: RunContext) -> Result<Results, ExperimentError> {
        let results = self.results(&whole(self.outcomes(context, |_| true))?);
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
        let fatal = |error: &ExperimentError| !matches!(error, ExperimentError::Diverged(_));
        let outcomes = self.outcomes(context, fatal).into_iter().map(|outcome| match outcome {
            Err(ExperimentError::Diverged(diverged)) => Ok(Err(diverged)),
            Err(ExperimentError::Stopped(_)) => Err(ExperimentError::Stopped(
                "the same command continues after the last complete passes".into(),
            )),
            outcome => outcome.map(Ok),
        });
        whole(outcomes.collect())
    }

    /// The end of each job, in their order. A `fatal` error of one stops all.
    fn outcomes(
        &self,
        context: RunContext,
        fatal: impl Fn(&ExperimentError) -> bool + Sync,
    ) -> Vec<Result<Run, ExperimentError>> {
        let (jobs, next) = (self.jobs(), AtomicUsize::new(0));
        let side_by_side = context.threads.min(jobs.len()).max(1);
        let context = RunContext { threads: context.threads / side_by_side, ..context };
        let outcomes = Mutex::new(Vec::new());
        let work = || {
            while let Some(job) = jobs.get(next.fetch_add(1, Ordering::Relaxed)) {
                let outcome = run(job, &context);
                context.stop.fetch_or(outcome.as_ref().is_err_and(&fatal), Ordering::Relaxed);
                outcomes.lock().expect("no job panics while it holds this").push((job.number, outcome));
            }
        };
        std::thread::scope(|scope| {
            (0..side_by_side).for_each(|_| drop(scope.spawn(work)));
        });
        let mut outcomes = outcomes.into_inner().expect("no job panics while it holds this");
        outcomes.sort_by_key(|(number, _)| *number);
        outcomes.into_iter().map(|(_, outcome)| outcome).collect()
    }

    fn results(&self, runs: &[Run]) -> Results {
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

/// All of them, or what went wrong: what a job met itself before what merely stopped the others.
fn whole<T>(outcomes: Vec<Result<T, ExperimentError>>) -> Result<Vec<T>, ExperimentError> {
    let (made, failed): (Vec<_>, Vec<_>) = outcomes.into_iter().partition(Result::is_ok);
    let errors = failed.into_iter().filter_map(Result::err);
    match errors.min_by_key(|error| matches!(error, ExperimentError::Stopped(_))) {
        Some(error) => Err(error),
        None => Ok(made.into_iter().flatten().collect()),
    }
}
