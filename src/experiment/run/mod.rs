//! Runs: arms that are trained, from their seeds to the files in a folder.

mod checkpoint;
mod classifiers;
mod folder;
mod jobs;
mod measure;
mod method;
mod model;
mod plan;
mod signal;
mod strings;
mod trained;
mod training;

pub use jobs::Outcome;
pub use model::Model;
pub use plan::Plan;
pub use trained::{Answer, Trained};

use crate::experiment::{Arm, Diverged, Pass};
use crate::section3::database::Database;
use crate::section3::training::Progress;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

/// One arm to be trained from one seed.
#[derive(Clone, Copy, Debug)]
pub struct Job<'a> {
    /// The arm.
    pub arm: &'a Arm,
    /// The seed.
    pub seed: u64,
    /// Its number among the jobs of an experiment, from 0.
    pub number: usize,
}

impl Job<'_> {
    /// The file of its trained network, and of its checkpoint.
    pub(in crate::experiment) fn model(&self) -> String {
        format!("{}-seed{}.safetensors", self.arm.name, self.seed)
    }

    /// The file that keeps its state between passes.
    pub(super) fn checkpoint(&self, folder: &Path) -> PathBuf {
        folder.join("checkpoint").join(self.model())
    }
}

/// Shows the progress of jobs. Jobs run side by side and report at any time.
pub trait Watch: Sync {
    /// Reports the patterns of this pass that have been presented so far.
    fn progress(&self, job: &Job, pass: usize, progress: &Progress);

    /// A pass is complete, and so is its checkpoint.
    fn pass(&self, job: &Job, pass: &Pass);

    /// Reports the share of the work of a job without passes that is done, 0 to 1.
    fn share(&self, _job: &Job, _done: f64) {}

    /// A job has ended because its loss or its weights are no longer finite.
    fn diverged(&self, _job: &Job, _diverged: &Diverged) {}
}

/// The patterns, the folder, the cores and the watch that all jobs of an experiment share.
#[derive(Clone, Copy)]
pub struct RunContext<'a> {
    /// The patterns to train and to judge on.
    pub database: &'a Database,
    /// The folder of their files.
    pub folder: &'a Path,
    /// The cores for all of them together; for a single job, its own.
    pub threads: usize,
    /// Set when all jobs are to stop.
    pub stop: &'a AtomicBool,
    /// The display of their progress.
    pub watch: &'a dyn Watch,
}
