//! Errors of experiments, each with advice.

use super::results::Pass;
use std::fmt::Display;
use std::path::Path;
use thiserror::Error;

/// Errors of experiments. Messages say what was found, what was expected, and what to do.
#[derive(Debug, Error)]
pub enum ExperimentError {
    /// The command line or a configuration is wrong.
    #[error("{}", shown(.0))]
    Usage(String),
    /// A file cannot be read or written, or does not hold what it should.
    #[error("{}", shown(.0))]
    File(String),
    /// The loss or a weight is no longer finite.
    #[error(transparent)]
    Diverged(#[from] Box<Diverged>),
    /// Ctrl-C was pressed; the text says how to continue.
    #[error("stopped; {0}")]
    Stopped(String),
}

/// A message as a terminal can show it. Quoted input may be long and hold control characters: the middle of a long
/// message is left out, its beginning names the place of the fault, and its end the advice.
fn shown(message: &str) -> String {
    const BEGINNING: usize = 1200;
    const END: usize = 600;
    let visible =
        |c: char| if c.is_control() && !"\n\t".contains(c) { char::REPLACEMENT_CHARACTER } else { c };
    let visible = |part: &str| part.chars().map(visible).collect::<String>();
    if message.len() <= BEGINNING + END {
        return visible(message);
    }
    let (beginning, rest) = message.split_at(message.floor_char_boundary(BEGINNING));
    let end = &rest[rest.ceil_char_boundary(rest.len() - END)..];
    format!("{} [... {} bytes ...] {}", visible(beginning), rest.len() - end.len(), visible(end))
}

/// One arm and seed whose loss or weights are no longer finite.
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

    /// The error for a named folder or file that is not the right one.
    pub(crate) fn usage(path: &Path, fault: impl Display) -> Self {
        Self::Usage(format!("{} {fault}", path.display()))
    }

    /// The error for a file that does not hold what it should.
    pub(super) fn damaged(path: &Path, fault: impl Display) -> Self {
        Self::File(format!("{} {fault}", path.display()))
    }

    /// The error for a word that names no arm or study, with the nearest name.
    pub(super) fn unknown(kind: &str, word: &str, names: impl Iterator<Item = &'static str>) -> Self {
        let hint = Self::hint(word, names);
        Self::Usage(format!(
            "there is no {kind} '{word}'{hint}: `experiment list` shows all of them, and a path that ends in .toml is \
             read as one"
        ))
    }

    /// ` (did you mean 'NAME'?)` with the nearest of the names, if one is near.
    pub(super) fn hint(word: &str, names: impl Iterator<Item = &'static str>) -> String {
        let near = names.map(|name| (strsim::damerau_levenshtein(word, name), name)).min();
        let near = near.filter(|(distance, _)| *distance <= 1 + word.len() / 3);
        near.map_or(String::new(), |(_, name)| format!(" (did you mean '{name}'?)"))
    }
}
