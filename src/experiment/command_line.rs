//! # The command line
//!
//! The words that `experiment` accepts: `tests/all/commands.rs` holds every command of the documentation against them. The
//! commands themselves are in `src/bin/experiment.rs`.

use clap::builder::TypedValueParser;
use clap::error::ErrorKind;
use clap::{Args, CommandFactory, Parser, Subcommand, value_parser};
use std::ffi::OsString;
use std::net::IpAddr;
use std::path::PathBuf;

/// LeNet-5 by hand: trains, compares and uses the networks of LeCun, Bottou, Bengio and Haffner (1998).
#[derive(Parser)]
#[command(name = "experiment", version, args_conflicts_with_subcommands = true)]
#[command(after_help = "ARM is a name that `experiment list` shows, or a path to a TOML file.")]
pub struct Cli {
    /// The task, unless it is to train arms.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// Train the arms on the same data, in the same order, from the same seeds, and compare: rbf vs softmax
    #[arg(value_name = "ARM [vs ARM]")]
    pub arms: Vec<String>,
    /// How to train them.
    #[command(flatten)]
    pub options: Options,
}

/// The tasks beside training arms.
#[derive(Subcommand)]
pub enum Command {
    /// The arms and studies there are, a line each
    List,
    /// All settings of an arm, as TOML
    Show {
        /// A name that `experiment list` shows, or a path to a TOML file
        arm: String,
    },
    /// The answers of a trained network to images (PNG, JPEG, PGM; normalised as in III-A)
    Classify {
        /// Images of one digit each, dark on light or light on dark
        #[arg(required = true)]
        images: Vec<PathBuf>,
        /// rbf or softmax, trained on MNIST, that come with this program; or what a run has left behind:
        /// ARM-seedN.safetensors
        #[arg(long, default_value = "rbf")]
        model: PathBuf,
    },
    /// Draw a digit and see what the networks make of it: a page in the browser, served by this program
    Draw(Draw),
    /// Run a study: many arms and seeds, one question; run again, it goes on where it was stopped
    Study {
        /// A name that `experiment list` shows, or a path to a TOML file
        study: String,
        /// How to run it.
        #[command(flatten)]
        options: Common,
    },
    /// Draw the figures of a run again, and its report; or, from what is committed, docs/figures and
    /// paper/claims.md
    Figures {
        /// The folder of a run; or `paper`, for the findings that come with this program
        #[arg(value_name = "RUN_DIR|paper")]
        what: PathBuf,
    },
    /// Download MNIST, verified
    Fetch {
        /// Where to; the cache folder if nothing is said
        #[arg(long, value_name = "DIR")]
        data: Option<PathBuf>,
    },
}

/// The page: its networks and patterns, and its address.
#[derive(Args)]
pub struct Draw {
    /// The page's port; the next free one if it is taken
    #[arg(long, value_name = "N", default_value_t = 1998)]
    pub port: u16,
    /// The address to serve at: this machine alone, or one at which others reach it
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1")]
    pub listen: IpAddr,
    /// Another network in place of the one with the same head: rbf, softmax, or ARM-seedN.safetensors as a run leaves
    /// it
    #[arg(long, value_name = "FILE")]
    pub model: Vec<PathBuf>,
    /// Folder with the four files of MNIST; without it, and without the cache, there are fewer patterns to look at
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// Open no browser
    #[arg(long)]
    pub no_open: bool,
}

/// How arms are to be trained, or which run is to go on.
#[derive(Args)]
pub struct Options {
    /// Options that a study has as well.
    #[command(flatten)]
    pub common: Common,
    /// Continue what was begun in this folder
    #[arg(long, value_name = "RUN_DIR", conflicts_with_all = ["arms", "out", "passes", "train", "test", "seed", "seeds"])]
    pub resume: Option<PathBuf>,
}

/// How a run or a study is to be made.
#[derive(Args)]
pub struct Common {
    /// Folder with the four files of MNIST
    #[arg(long, value_name = "DIR", conflicts_with = "embedded")]
    pub data: Option<PathBuf>,
    /// Take the digits that this program draws itself
    #[arg(long)]
    pub embedded: bool,
    /// Folder for the results; must not exist yet [default: runs/ARM-vs-ARM, numbered]
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Passes over the training patterns, instead of what the arms say
    #[arg(long, value_name = "N", value_parser = at_least_one())]
    pub passes: Option<usize>,
    /// Train on the first N patterns only
    #[arg(long, value_name = "N", value_parser = at_least_one())]
    pub train: Option<usize>,
    /// Test on the first N patterns only
    #[arg(long, value_name = "N", value_parser = at_least_one())]
    pub test: Option<usize>,
    /// The first seed [default: 1]
    #[arg(long, value_name = "S")]
    pub seed: Option<u32>,
    /// How many seeds, counted up from the first [default: 1, or what the study says]
    #[arg(long, value_name = "N", value_parser = value_parser!(u16).range(1..))]
    pub seeds: Option<u16>,
    /// How many runs side by side [default: one for each core]
    #[arg(long, value_name = "N", value_parser = value_parser!(u16).range(1..=1024))]
    pub threads: Option<u16>,
    /// Only the comparison at the end
    #[arg(long)]
    pub quiet: bool,
}

/// A number of patterns or passes.
fn at_least_one() -> impl TypedValueParser<Value = usize> {
    value_parser!(u32).range(1..).map(|number| number as usize)
}

impl Cli {
    /// Reads a command line, the name of the program first.
    ///
    /// # Errors
    /// When a word is not known, is missing, or stands in a wrong place; the error says it, as a terminal shows it.
    pub fn read(words: impl IntoIterator<Item = impl Into<OsString> + Clone>) -> Result<Self, clap::Error> {
        let cli = Self::try_parse_from(words)?;
        let fault = cli.fault().map(|fault| Self::command().error(ErrorKind::ValueValidation, fault));
        fault.map_or(Ok(cli), Err)
    }

    /// The names in `ARM vs ARM vs ARM`.
    pub fn arm_names(&self) -> impl Iterator<Item = &str> {
        self.arms.iter().step_by(2).map(String::as_str)
    }

    /// The fault in `ARM vs ARM vs ARM`, where arms are to be trained.
    fn fault(&self) -> Option<String> {
        if self.command.is_some() || self.options.resume.is_some() {
            return None;
        }
        if self.arms.is_empty() {
            return Some("name an arm, or two: rbf vs softmax".into());
        }
        if let Some(word) = self.arms.iter().skip(1).step_by(2).find(|word| *word != "vs") {
            return Some(format!("found '{word}' where 'vs' should stand: ARM vs ARM"));
        }
        self.arms.len().is_multiple_of(2).then(|| "an arm is missing after the last 'vs'".into())
    }
}
