//! # The command line
//!
//! The words that `experiment` accepts. `tests/all/commands.rs` checks every command of the documentation against them, and
//! `src/bin/experiment/main.rs` executes them.

use crate::archaeology::front::Front;
use clap::builder::{PossibleValuesParser, StyledStr, TypedValueParser};
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Args, CommandFactory, Parser, Subcommand, ValueEnum, value_parser};
use clap_complete::Shell;
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
    /// Options for training them.
    #[command(flatten)]
    pub options: Options,
}

/// The tasks beside training arms.
#[derive(Subcommand)]
pub enum Command {
    /// List all arms and studies, a line each
    List,
    /// Show all settings of an arm, as TOML
    Show {
        /// A name that `experiment list` shows, or a path to a TOML file
        arm: String,
    },
    /// Classify pictures of one digit each with a trained network (photographs, scans, drawings; normalised as in III-A)
    Classify(Classify),
    /// Read strings of digits: a number on paper, one line, by cutting and the search for the best path (V, VI)
    Read(Read),
    /// Draw a digit and see how the networks classify it: a page for the browser, served by this program
    Draw(Draw),
    /// Run a study: many arms and seeds, one question; the same command again continues it
    Study {
        /// A name that `experiment list` shows, or a path to a TOML file
        study: String,
        /// Options for running it.
        #[command(flatten)]
        options: Common,
    },
    /// Draw the figures of a run again, and its report; or, from the committed findings, docs/figures and
    /// paper/claims.md
    Figures {
        /// The folder of a run; or `paper` for the findings that come with this program
        #[arg(value_name = "RUN_DIR|paper")]
        what: PathBuf,
    },
    /// Recover the network of 1998 from the paper's Fig. 13, with error bars and verdicts (about two minutes)
    Archaeology {
        /// Save the recovered layers in this file, as safetensors
        #[arg(long, value_name = "FILE")]
        save: Option<PathBuf>,
        /// Instead, look for the rasters of the figures in your own copy of the paper, and say whether they agree
        #[arg(long, value_name = "FILE", conflicts_with = "save")]
        pdf: Option<PathBuf>,
        /// Folder with the four files of MNIST, for Fig. 4, 7 and 8 [default: the cache folder]
        #[arg(long, value_name = "DIR")]
        data: Option<PathBuf>,
    },
    /// Compare networks with that of 1998, error by error: the 82 test patterns of Fig. 8
    #[command(name = "versus-1998")]
    Versus1998(Versus),
    /// Download MNIST, verified
    Fetch {
        /// Folder for the four files [default: the cache folder]
        #[arg(long, value_name = "DIR")]
        data: Option<PathBuf>,
    },
    /// Print the completions for a shell, to be read at its start: experiment completions bash > FILE
    Completions {
        /// The shell
        shell: Shell,
    },
}

/// Pictures to classify.
#[derive(Args)]
pub struct Classify {
    /// Pictures of one digit each, folders of pictures, or patterns in quotes ('scans/*.png'); PNG, JPEG, WebP, GIF, BMP, PGM
    #[arg(required = true)]
    pub images: Vec<PathBuf>,
    /// rbf or softmax, which come with this program, trained on MNIST; or a file that a run has left, ARM-seedN.safetensors
    #[arg(long, default_value = "rbf")]
    pub model: PathBuf,
    /// Print JSON: a line for each picture, with its answer, confidence and scores, or with the fault
    #[arg(long, conflicts_with = "csv")]
    pub json: bool,
    /// Print a table with a row for each picture, separated by commas
    #[arg(long)]
    pub csv: bool,
    /// Draw the steps from one picture to its 28 x 28 pixels, as FILE.svg and FILE.png
    #[arg(long, value_name = "FILE")]
    pub explain: Option<PathBuf>,
}

/// Strings to read.
#[derive(Args)]
pub struct Read {
    /// Pictures of one line of digits each, folders of pictures, or patterns in quotes ('scans/*.png')
    #[arg(required = true)]
    pub images: Vec<PathBuf>,
    /// How to read: by cutting, by a network that is moved over the string, or both, a line for each [default: both]
    #[arg(long, value_name = "WAY", conflicts_with = "model")]
    pub with: Option<With>,
    /// A network: strings, sdnn, rbf or softmax, which come with this program, or a file that a run has left,
    /// ARM-seedN.safetensors [default: strings to cut, sdnn to move]
    #[arg(long)]
    pub model: Option<PathBuf>,
    /// Print JSON: a line for each image and way, with the answer, its penalty, its confidence and other answers
    #[arg(long)]
    pub json: bool,
    /// Write the two graphs, the best path and all paths of one image in this file, as JSON; when both ways are asked for, those of
    /// the moved network in FILE-sdnn
    #[arg(long, value_name = "FILE")]
    pub graph: Option<PathBuf>,
    /// Draw one image, as FILE.svg and FILE.png: its cuts, its segmentation graph and the best path; for the moved network, as
    /// FILE-sdnn, F6 and the class at each position
    #[arg(long, value_name = "FILE")]
    pub figure: Option<PathBuf>,
}

/// The ways to read a string.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum With {
    /// Heuristic over-segmentation (V).
    Segmentation,
    /// A space displacement network (VII).
    Sdnn,
}

/// Networks to compare with that of 1998.
#[derive(Args)]
pub struct Versus {
    /// rbf or softmax, which come with this program, or files that runs have left [default: both]
    #[arg(value_name = "MODEL")]
    pub models: Vec<PathBuf>,
    /// Folder with the four files of MNIST
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// Print JSON: model, errors, shared, same_answer and the indices of the shared patterns
    #[arg(long)]
    pub json: bool,
    /// Compare the arms of all studies that come with this program; this needs no MNIST
    #[arg(long, conflicts_with_all = ["models", "data", "json", "figure"])]
    pub studies: bool,
    /// Draw the 82 patterns, with the answers of 1998 and of the networks, as FILE.svg and FILE.png
    #[arg(long, value_name = "FILE", conflicts_with = "json")]
    pub figure: Option<PathBuf>,
}

/// The page: its networks and patterns, and its address.
#[derive(Args)]
pub struct Draw {
    /// The page's port; the next free one if it is taken
    #[arg(long, value_name = "N", default_value_t = 1998)]
    pub port: u16,
    /// The address to serve at: by default for this machine alone
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1")]
    pub listen: IpAddr,
    /// Another network in place of the one with the same head: rbf, softmax, or ARM-seedN.safetensors as a run leaves
    /// it
    #[arg(long, value_name = "FILE")]
    pub model: Vec<PathBuf>,
    /// In place of rbf, the network whose C1 to S4 are those of 1998
    #[arg(long, value_name = "FRONT", value_parser = ["1998"])]
    pub front: Option<String>,
    /// Folder with the four files of MNIST; without it and without the cache, the page has fewer patterns
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// Open the page in a browser
    #[arg(long)]
    pub open: bool,
}

/// Options for training arms, or for continuing a run.
#[derive(Args)]
pub struct Options {
    /// Options that a study has as well.
    #[command(flatten)]
    pub common: Common,
    /// Keep these layers C1 to S4 as they are, and train the rest on top: 1998 is the front that Fig. 13 shows
    #[arg(long, value_name = "FRONT", value_parser = fronts())]
    pub front: Option<Front>,
    /// Continue the run in this folder
    #[arg(long, value_name = "RUN_DIR", conflicts_with_all = ["arms", "front", "out", "passes", "train", "test", "seed", "seeds"])]
    pub resume: Option<PathBuf>,
}

/// Options of a run or a study.
#[derive(Args)]
pub struct Common {
    /// Folder with the four files of MNIST
    #[arg(long, value_name = "DIR", conflicts_with = "embedded")]
    pub data: Option<PathBuf>,
    /// Use the digits that this program draws itself
    #[arg(long)]
    pub embedded: bool,
    /// Folder for the results, new or empty [default: runs/ARM-vs-ARM, numbered]
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Passes over the training patterns, instead of those in the arms
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
    /// Number of seeds, counted up from the first [default: 1, or as the study says]
    #[arg(long, value_name = "N", value_parser = value_parser!(u16).range(1..))]
    pub seeds: Option<u16>,
    /// Number of runs side by side [default: one for each core]
    #[arg(long, value_name = "N", value_parser = value_parser!(u16).range(1..=1024))]
    pub threads: Option<u16>,
    /// Print only the comparison at the end
    #[arg(short, long)]
    pub quiet: bool,
}

/// A front by its name.
fn fronts() -> impl TypedValueParser<Value = Front> {
    let named = |word: String| Front::ALL.into_iter().find(|(name, _)| *name == word);
    PossibleValuesParser::new(Front::ALL.map(|(name, _)| name))
        .map(move |word| named(word).expect("it is one of these").1)
}

/// A number of patterns or passes.
fn at_least_one() -> impl TypedValueParser<Value = usize> {
    value_parser!(u32).range(1..).map(|number| number as usize)
}

impl Cli {
    /// Reads a command line, the name of the program first.
    ///
    /// # Errors
    /// When a word is not known, is missing, or stands in a wrong place; the error is as a terminal shows it.
    pub fn read(words: impl IntoIterator<Item = impl Into<OsString> + Clone>) -> Result<Self, clap::Error> {
        let cli = Self::try_parse_from(words).map_err(advised)?;
        let fault = cli.fault().map(|fault| Self::command().error(ErrorKind::ValueValidation, fault));
        fault.map_or(Ok(cli), Err)
    }

    /// The script that completes the words of `experiment` in a shell.
    pub fn completions(shell: Shell) -> Vec<u8> {
        let mut script = Vec::new();
        clap_complete::generate(shell, &mut Self::command(), "experiment", &mut script);
        script
    }

    /// The names in `ARM vs ARM vs ARM`.
    pub fn arm_names(&self) -> impl Iterator<Item = &str> {
        self.arms.iter().step_by(2).map(String::as_str)
    }

    /// The fault in `ARM vs ARM vs ARM`, where arms are to be trained.
    fn fault(&self) -> Option<String> {
        if let Some(Command::Read(Read { images, graph, figure, .. })) = &self.command
            && images.len() > 1
            && (graph.is_some() || figure.is_some())
        {
            return Some(format!("--graph and --figure take one image, but there are {}", images.len()));
        }
        if self.command.is_some() || self.options.resume.is_some() {
            return None;
        }
        if self.arms.is_empty() {
            return Some("name an arm, or two: rbf vs softmax".into());
        }
        if let Some(advice) = advice(&self.arms[0]) {
            return Some(format!("there is no command '{}': {advice}", self.arms[0]));
        }
        if let Some(word) = self.arms.iter().skip(1).step_by(2).find(|word| *word != "vs") {
            return Some(format!("found '{word}' where 'vs' should stand: ARM vs ARM"));
        }
        self.arms.len().is_multiple_of(2).then(|| "an arm is missing after the last 'vs'".into())
    }
}

const IN_TOML: &str = "it stands in the TOML of an arm: `experiment show rbf > mine.toml`, change [training] there, and \
                       `experiment mine.toml`";

/// Words of other programs, and the advice for each.
const ADVICE: [(&[&str], &str); 14] = [
    (
        &["--epochs", "--epoch", "-e", "--num-epochs", "--n-epochs", "--max-epochs"],
        "--passes N sets how often all training patterns are presented: the paper calls an epoch a pass",
    ),
    (
        &[
            "--lr",
            "--learning-rate",
            "--eta",
            "--batch-size",
            "--batch",
            "-b",
            "--bs",
            "--minibatch",
            "--mini-batch",
        ],
        IN_TOML,
    ),
    (
        &[
            "--optimizer",
            "--optimiser",
            "--momentum",
            "--mu",
            "--dropout",
            "--weight-decay",
            "--wd",
            "--loss",
        ],
        IN_TOML,
    ),
    (
        &["--gpu", "--gpus", "--device", "--cuda", "--no-cuda", "--cpu"],
        "everything runs on the processor; --threads N sets how many runs go side by side",
    ),
    (&["--workers", "--num-workers", "--jobs", "-j"], "--threads N sets how many runs go side by side"),
    (&["--verbose", "-v", "--progress"], "progress is shown unless --quiet is given"),
    (
        &["--output", "--output-dir", "--out-dir", "-o", "--save", "--save-dir", "--save-model", "--log-dir"],
        "--out DIR names the folder of a run: its results, its report, and its networks, which are always saved",
    ),
    (
        &["--checkpoint", "--continue", "--restart"],
        "--resume RUN_DIR continues a run after its last complete pass",
    ),
    (
        &["--dataset", "--data-dir", "--data-path", "--mnist", "-d"],
        "--data DIR names the folder with the files of MNIST",
    ),
    (
        &["--help-all", "--usage", "-?"],
        "--help shows all options; `experiment help study` shows those of a command",
    ),
    (
        &["train", "run", "fit", "start", "compare"],
        "to train, name an arm, or two to compare: experiment rbf vs softmax",
    ),
    (
        &["test", "eval", "evaluate", "predict", "infer", "validate"],
        "each run ends with its test errors; `experiment classify IMAGE` gives the answers to images of your own",
    ),
    (&["download", "get", "install"], "`experiment fetch` downloads MNIST"),
    (
        &["plot", "report", "figure", "show-results"],
        "`experiment figures RUN_DIR` draws the figures and the report of a run",
    ),
];

/// The advice for a word of other programs.
fn advice(word: &str) -> Option<&'static str> {
    ADVICE.iter().find(|(words, _)| words.contains(&word)).map(|(_, advice)| *advice)
}

/// The error with advice in place of the option that is spelled most nearly alike.
fn advised(mut error: clap::Error) -> clap::Error {
    let Some(ContextValue::String(word)) = error.get(ContextKind::InvalidArg) else { return error };
    let Some(advice) = advice(word).filter(|_| error.kind() == ErrorKind::UnknownArgument) else {
        return error;
    };
    error.remove(ContextKind::SuggestedArg);
    error.insert(ContextKind::Suggested, ContextValue::StyledStrs(vec![StyledStr::from(advice)]));
    error
}
