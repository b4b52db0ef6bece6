//! What can go wrong around a run, and what to do about it.

use super::results::Pass;
use std::path::PathBuf;
use thiserror::Error;

/// Why an experiment cannot begin, go on, or be read.
#[derive(Debug, Error)]
pub enum ExperimentError {
    /// No arm or study has this name.
    #[error(
        "there is no {kind} '{word}'{hint}: `experiment list` shows what there is, and a path that ends in .toml is read as one"
    )]
    Unknown {
        /// Arm or study.
        kind: &'static str,
        /// What was asked for.
        word: String,
        /// The nearest name, if one is near.
        hint: String,
    },
    /// Two arms have one name.
    #[error("two arms are called '{0}': name each arm once; an arm from a file goes by the file's name")]
    ArmTwice(String),
    /// A settings file cannot be read.
    #[error("cannot read the settings in {} ({cause}): expected a TOML file, as `experiment show rbf` prints one", path.display())]
    ReadSettings {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        cause: std::io::Error,
    },
    /// A settings file is not what it should be.
    #[error("{file} is not a valid {kind}:\n{message}")]
    Toml {
        /// Arm or study.
        kind: &'static str,
        /// The file.
        file: String,
        /// Line, place and what was expected there.
        message: String,
    },
    /// A setting has a value that makes no sense.
    #[error("{file}: {key} is {found}, but should be {expected}")]
    Value {
        /// The file.
        file: String,
        /// The key, with its table.
        key: &'static str,
        /// Its value.
        found: String,
        /// What would make sense.
        expected: &'static str,
    },
    /// The page shows the paper's layers, with the paper's equations.
    #[error("{} has blocks of today: the page shows the paper's layers, so --model wants a network of an arm without [today]", .0.display())]
    NotThePapers(PathBuf),
    /// More patterns were asked for than there are.
    #[error("--{flag} {asked} asks for more patterns than there are: {name} has {there} {kind} patterns")]
    TooMany {
        /// The option.
        flag: &'static str,
        /// How many were asked for.
        asked: usize,
        /// The database.
        name: String,
        /// How many there are.
        there: usize,
        /// Training or test.
        kind: &'static str,
    },
    /// An arm wants more training patterns than there are.
    #[error(
        "{arm} has training.patterns = {wanted}, but there are {there} training patterns: lower it, or take it out for all of them"
    )]
    TooManyWanted {
        /// The arm.
        arm: String,
        /// How many it asks for.
        wanted: usize,
        /// How many there are.
        there: usize,
    },
    /// The output folder is there already.
    #[error("{} exists already and is left as it is; name another with --out, or continue it with --resume {}", .0.display(), .0.display())]
    OutputExists(PathBuf),
    /// The output folder cannot be made.
    #[error("cannot make {} ({cause}): check that there is room and permission, or name another folder with --out", path.display())]
    Output {
        /// The folder, or the file in it.
        path: PathBuf,
        /// What the operating system said.
        cause: std::io::Error,
    },
    /// What was to be continued was never begun.
    #[error("{} holds no config.toml, so no run was begun there: name the folder of a run", .0.display())]
    NoRun(PathBuf),
    /// A run that is to be drawn is still under way.
    #[error(
        "{} holds no results.json: the run is not through; --resume {} goes on with it", .0.display(), .0.display()
    )]
    NotThrough(PathBuf),
    /// What is to be drawn is no run, but a study.
    #[error(
        "{} holds study.json, so it is the folder of a study: a report is made of a run, as `experiment rbf vs softmax` \
         leaves one", .0.display()
    )]
    NotARun(PathBuf),
    /// A file of a run cannot be written.
    #[error(
        "cannot write {} ({cause}): make room for it or check the permissions; what was saved before is still whole, \
         and --resume with the folder of this run continues from it", path.display()
    )]
    Write {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        cause: std::io::Error,
    },
    /// A file of a run cannot be read.
    #[error("cannot read {} ({cause}): check its name and its permissions", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        cause: std::io::Error,
    },
    /// A file of a run is not what it should be.
    #[error("{} {fault}", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        fault: String,
    },
    /// A file is no picture of a digit.
    #[error("{}: {fault}", path.display())]
    Picture {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        fault: String,
    },
    /// A run is to be continued with other data than it began with.
    #[error("{} was begun on {was}, but the data here are {now}; give it the same data with --data or --embedded", path.display())]
    OtherData {
        /// The run.
        path: PathBuf,
        /// What it was begun on.
        was: String,
        /// What is here.
        now: String,
    },
    /// The loss or a weight is no longer a finite number.
    #[error(
        "{arm}, seed {seed}, diverged in pass {pass}: its {what} no longer finite; \
         lower training.eta_scale in its TOML, or raise training.mu if it has one"
    )]
    Diverged {
        /// The arm.
        arm: String,
        /// The seed.
        seed: u64,
        /// The pass.
        pass: usize,
        /// The loss is, or the weights are.
        what: &'static str,
        /// The passes before it.
        passes: Vec<Pass>,
        /// Smallest and largest rate in it.
        rates: [f64; 2],
    },
    /// Someone pressed Ctrl-C.
    #[error("stopped; `experiment --resume {}` continues after the last complete pass, with the same --data if there was one", .0.display())]
    Stopped(PathBuf),
    /// Someone pressed Ctrl-C.
    #[error("stopped; the same command continues after the last complete passes")]
    StudyStopped,
}

impl ExperimentError {
    /// Whether the command line or a configuration is wrong (exit code 2), and not the run (exit code 1).
    pub fn is_usage(&self) -> bool {
        use ExperimentError::{
            ArmTwice, NoRun, NotARun, NotThrough, OtherData, OutputExists, ReadSettings, Toml, TooMany,
        };
        use ExperimentError::{NotThePapers, TooManyWanted, Unknown, Value};
        matches!(
            self,
            Unknown { .. }
                | ArmTwice(_)
                | NoRun(_)
                | NotThrough(_)
                | NotARun(_)
                | OtherData { .. }
                | ReadSettings { .. }
                | Toml { .. }
                | Value { .. }
                | TooMany { .. }
                | TooManyWanted { .. }
                | OutputExists(_)
                | NotThePapers(_)
        )
    }

    /// The error for a word that is no arm or study, with the nearest that is.
    pub(super) fn unknown(kind: &'static str, word: &str, names: impl Iterator<Item = &'static str>) -> Self {
        let near = names.map(|name| (strsim::damerau_levenshtein(word, name), name)).min();
        let hint = match near {
            Some((distance, name)) if distance <= 1 + word.len() / 3 => format!(" (did you mean '{name}'?)"),
            _ => String::new(),
        };
        Self::Unknown { kind, word: word.into(), hint }
    }
}
