//! The command line: parse, run, print.

use anyhow::{Context, Result, bail};
use clap::{Args, CommandFactory, Parser, Subcommand};
use lenet5::experiment::{Arm, Data, ExperimentError, Model, Plan, picture, screen};
use lenet5::section2::{Answer, Head, LeNet5};
use lenet5::section3::database::{Database, fetch, place, source};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// LeNet-5 by hand: trains, compares and uses the networks of LeCun, Bottou, Bengio and Haffner (1998).
#[derive(Parser)]
#[command(name = "experiment", version, args_conflicts_with_subcommands = true)]
#[command(after_help = "ARM is a name that `experiment list` shows, or a path to a TOML file.")]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    /// Train the arms on the same data, in the same order, from the same seeds, and compare: rbf vs softmax
    #[arg(value_name = "ARM [vs ARM]")]
    arms: Vec<String>,
    #[command(flatten)]
    options: Options,
}

#[derive(Subcommand)]
enum Command {
    /// The arms there are, a line each
    List,
    /// All settings of an arm, as TOML
    Show {
        /// A name that `experiment list` shows, or a path to a TOML file
        arm: String,
    },
    /// What a trained network takes images for (PNG, JPEG, PGM; normalised as in III-A)
    Classify {
        /// Images of one digit each, dark on light or light on dark
        #[arg(required = true)]
        images: Vec<PathBuf>,
        /// A network that a run has left behind: ARM-seedN.safetensors
        #[arg(long)]
        model: PathBuf,
    },
    /// Download MNIST, verified
    Fetch {
        /// Where to; the cache folder if nothing is said
        #[arg(long, value_name = "DIR")]
        data: Option<PathBuf>,
    },
}

#[derive(Args)]
struct Options {
    /// Folder with the four files of MNIST
    #[arg(long, value_name = "DIR", conflicts_with = "embedded")]
    data: Option<PathBuf>,
    /// Take the digits that this program draws itself
    #[arg(long)]
    embedded: bool,
    /// Folder for the results; must not exist yet [default: runs/ARM-vs-ARM, numbered]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Passes over the training patterns, instead of what the arms say
    #[arg(long, value_parser = at_least_one)]
    passes: Option<usize>,
    /// Train on the first N patterns only
    #[arg(long, value_name = "N", value_parser = at_least_one)]
    train: Option<usize>,
    /// Test on the first N patterns only
    #[arg(long, value_name = "N", value_parser = at_least_one)]
    test: Option<usize>,
    /// The first seed
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How many seeds, counted up from the first
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = at_least_one)]
    seeds: usize,
    /// How many runs side by side [default: one for each core]
    #[arg(long, value_name = "N", value_parser = at_least_one)]
    threads: Option<usize>,
    /// Continue what was begun in this folder
    #[arg(long, value_name = "RUN_DIR", conflicts_with_all = ["arms", "out", "passes", "train", "test", "seed", "seeds"])]
    resume: Option<PathBuf>,
    /// Only the comparison at the end
    #[arg(long)]
    quiet: bool,
}

fn at_least_one(word: &str) -> Result<usize, String> {
    match word.parse() {
        Ok(0) => Err("must be at least 1".into()),
        Ok(number) => Ok(number),
        Err(error) => Err(error.to_string()),
    }
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    match execute(cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::from(exit_code(&error))
        }
    }
}

/// 2 for a wrong command line or configuration, 130 after Ctrl-C as shells have it, 1 for everything else.
fn exit_code(error: &anyhow::Error) -> u8 {
    match error.downcast_ref::<ExperimentError>() {
        Some(error) if error.is_usage() => 2,
        Some(ExperimentError::Stopped(_)) => 130,
        _ => 1,
    }
}

fn execute(cli: Cli) -> Result<()> {
    match cli.command {
        Some(Command::List) => Arm::built_in().for_each(|arm| println!("{}", screen::summary(&arm))),
        Some(Command::Show { arm }) => print!("{}", Arm::find(&arm)?.toml()),
        Some(Command::Classify { images, model }) => classify(&images, &model)?,
        Some(Command::Fetch { data }) => download(data)?,
        None => train(&cli.arms, &cli.options)?,
    }
    Ok(())
}

fn train(words: &[String], options: &Options) -> Result<()> {
    let arms = named_arms(words, options)?;
    let loaded = source::resolve(options.data.as_deref(), options.embedded)?;
    let banner = loaded.notice.as_deref().map(screen::banner);
    if let Some(banner) = &banner {
        eprintln!("{banner}");
    }
    let (plan, folder) = match &options.resume {
        Some(folder) => (Plan::read(folder)?, folder.clone()),
        None => {
            let plan = plan(arms, options, &loaded.database.name, &loaded.database)?;
            let folder = options.out.clone().unwrap_or_else(|| free_folder(&plan));
            plan.begin(&folder)?;
            (plan, folder)
        }
    };
    let database = plan.select(&folder, loaded.database)?;

    let stop = Arc::new(AtomicBool::new(false));
    let pressed = Arc::clone(&stop);
    ctrlc::set_handler(move || pressed.store(true, Ordering::Relaxed)).context("cannot listen for Ctrl-C")?;
    let threads =
        options.threads.unwrap_or_else(|| std::thread::available_parallelism().map_or(1, usize::from));
    let screen = screen::Screen::new(&plan, options.quiet);
    let results = plan.run(&folder, &database, threads, &stop, &screen);
    screen.clear();

    print!("{}", screen::report(&results?));
    if let Some(banner) = banner {
        println!("{banner}");
    }
    println!("Everything is in {}", folder.display());
    Ok(())
}

/// The arms of `ARM vs ARM vs ARM`; none if a run is resumed.
fn named_arms(words: &[String], options: &Options) -> Result<Vec<Arm>> {
    if words.is_empty() && options.resume.is_none() {
        Cli::command()
            .error(clap::error::ErrorKind::MissingRequiredArgument, "name an arm, or two: rbf vs softmax")
            .exit();
    }
    if let Some(word) = words.iter().skip(1).step_by(2).find(|word| *word != "vs") {
        Cli::command()
            .error(
                clap::error::ErrorKind::InvalidValue,
                format!("found '{word}' where 'vs' should stand: ARM vs ARM"),
            )
            .exit();
    }
    if words.len().is_multiple_of(2) && !words.is_empty() {
        Cli::command()
            .error(clap::error::ErrorKind::InvalidValue, "an arm is missing after the last 'vs'")
            .exit();
    }
    let arms: Vec<Arm> = words.iter().step_by(2).map(|word| Arm::find(word)).collect::<Result<_, _>>()?;
    let twice =
        arms.iter().enumerate().find(|(n, arm)| arms[..*n].iter().any(|other| other.name == arm.name));
    match twice {
        Some((_, arm)) => bail!(ExperimentError::ArmTwice(arm.name.clone())),
        None => Ok(arms),
    }
}

fn plan(mut arms: Vec<Arm>, options: &Options, name: &str, database: &Database) -> Result<Plan> {
    for arm in &mut arms {
        arm.settings.training.passes = options.passes.unwrap_or(arm.settings.training.passes);
    }
    let count = |flag, kind, asked: Option<usize>, there| match asked {
        Some(asked) if asked > there => {
            Err(ExperimentError::TooMany { flag, asked, name: name.into(), there, kind })
        }
        _ => Ok(asked.unwrap_or(there)),
    };
    let data = Data {
        name: name.into(),
        train: count("train", "training", options.train, database.train.len())?,
        test: count("test", "test", options.test, database.test.len())?,
    };
    Ok(Plan { seeds: (options.seed..).take(options.seeds).collect(), data, arms })
}

/// `runs/rbf-vs-softmax`, or the first of `-2`, `-3`, ... that is not there yet.
fn free_folder(plan: &Plan) -> PathBuf {
    let name = plan.title().replace(' ', "-");
    let numbered = (2..).map(|n| format!("{name}-{n}"));
    let mut folders = std::iter::once(name.clone()).chain(numbered).map(|name| Path::new("runs").join(name));
    folders.find(|folder| !folder.exists()).expect("there are more numbers than folders")
}

fn classify(images: &[PathBuf], model: &Path) -> Result<()> {
    match Model::load(model)?.1 {
        Model::Rbf(net) => answer(&net, images, "penalties"),
        Model::Softmax(net) => answer(&net, images, "probabilities"),
    }
}

fn answer<H: Head<f32>>(net: &LeNet5<f32, H>, images: &[PathBuf], what: &str) -> Result<()> {
    let mut states = net.states();
    for path in images {
        let image = picture::read(path)?;
        place(image.view(), &mut states.input);
        net.fprop(&mut states);
        let scores = states.output.scores().iter().enumerate();
        let scores: Vec<String> = scores.map(|(class, score)| format!("{class}: {score:.4}")).collect();
        println!("{}: {}   {what} {}", path.display(), states.output.answer(), scores.join("  "));
    }
    Ok(())
}

fn download(folder: Option<PathBuf>) -> Result<()> {
    let folder = folder.map_or_else(source::cache, Ok)?;
    fetch::fetch(&folder, fetch::MIRRORS)?;
    println!("MNIST is in {}", folder.display());
    Ok(())
}
