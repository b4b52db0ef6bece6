//! Runs: arms that are trained, from their seeds to what they leave in a folder.

mod checkpoint;
mod jobs;
mod model;
mod plan;
mod signal;
mod training;

pub use jobs::Outcome;
pub use model::Model;
pub use plan::Plan;

use crate::experiment::{Arm, Pass};
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
    pub(super) fn model(&self) -> String {
        format!("{}-seed{}.safetensors", self.arm.name, self.seed)
    }

    /// Where the state between passes is kept.
    pub(super) fn checkpoint(&self, folder: &Path) -> PathBuf {
        folder.join("checkpoint").join(self.model())
    }
}

/// Progress of jobs. Jobs run side by side and report whenever they like.
pub trait Watch: Sync {
    /// So many patterns of this pass have been presented.
    fn progress(&self, job: &Job, pass: usize, progress: &Progress);

    /// A pass is complete, and so is its checkpoint.
    fn pass(&self, job: &Job, pass: &Pass);
}

/// The patterns, the folder, the cores and the watch that all jobs of an experiment share.
#[derive(Clone, Copy)]
pub struct RunContext<'a> {
    /// The patterns to train and to judge on.
    pub database: &'a Database,
    /// Where their files go.
    pub folder: &'a Path,
    /// How many cores there are for all of them; for one of them, how many it has for itself.
    pub threads: usize,
    /// Set when all jobs are to stop.
    pub stop: &'a AtomicBool,
    /// Where their progress is shown.
    pub watch: &'a dyn Watch,
}
