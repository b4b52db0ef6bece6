//! Faults around a run, and advice.

use super::results::Pass;
use std::fmt::Display;
use std::path::Path;
use thiserror::Error;

/// Why an experiment cannot begin, go on, or be read. Messages say what was found, what was expected, and what to do.
#[derive(Debug, Error)]
pub enum ExperimentError {
    /// The command line or a configuration is wrong.
    #[error("{0}")]
    Usage(String),
    /// A file cannot be read or written, or does not hold what it should.
    #[error("{0}")]
    File(String),
    /// The loss or a weight is no longer finite.
    #[error(transparent)]
    Diverged(#[from] Box<Diverged>),
    /// Ctrl-C was pressed; the text says how to continue.
    #[error("stopped; {0}")]
    Stopped(String),
}

/// A run whose loss or weights are no longer finite.
#[derive(Clone, Debug, Error)]
#[error(
    "{arm}, seed {seed}, diverged in pass {pass}: its {what} no longer finite; \
     lower training.eta_scale in its TOML, or raise training.mu if it has one"
)]
pub struct Diverged {
    /// The arm.
    pub arm: String,
    /// The seed.
    pub seed: u64,
    /// The pass.
    pub pass: usize,
    /// `loss is`, or `weights are`.
    pub what: &'static str,
    /// The passes before it.
    pub passes: Vec<Pass>,
    /// Smallest and largest rate in it.
    pub rates: [f64; 2],
}

impl ExperimentError {
    /// Whether the command line or a configuration is wrong (exit code 2), and not the run (exit code 1).
    pub fn is_usage(&self) -> bool {
        matches!(self, Self::Usage(_))
    }

    /// The error for a folder or file that was named and is not the right one.
    pub(crate) fn usage(path: &Path, fault: impl Display) -> Self {
        Self::Usage(format!("{} {fault}", path.display()))
    }

    /// The error for a file that does not hold what it should.
    pub(super) fn damaged(path: &Path, fault: impl Display) -> Self {
        Self::File(format!("{} {fault}", path.display()))
    }

    /// The error for a word that is no arm or study, with the nearest that is.
    pub(super) fn unknown(kind: &str, word: &str, names: impl Iterator<Item = &'static str>) -> Self {
        let near = names.map(|name| (strsim::damerau_levenshtein(word, name), name)).min();
        let near = near.filter(|(distance, _)| *distance <= 1 + word.len() / 3);
        let hint = near.map_or(String::new(), |(_, name)| format!(" (did you mean '{name}'?)"));
        Self::Usage(format!(
            "there is no {kind} '{word}'{hint}: `experiment list` shows what there is, and a path that ends in \
             .toml is read as one"
        ))
    }
}
