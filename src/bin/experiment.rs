//! The command line: parse, run, print.

use anyhow::{Context, Result, anyhow, bail};
use lenet5::draw::{self, Networks, Patterns, Server, Studio};
use lenet5::experiment::command_line::{Cli, Command, Common, Draw, Options};
use lenet5::experiment::{
    Arm, Data, ExperimentError, Finished, Model, Plan, RunContext, Study, StudyResults,
};
use lenet5::experiment::{picture, screen, study_table};
use lenet5::figures::{self, Studies};
use lenet5::report;
use lenet5::section3::database::{DataError, Database, fetch, source};
use std::io::{ErrorKind, Write, stderr, stdout};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

fn main() -> ExitCode {
    let cli = Cli::read(std::env::args_os()).unwrap_or_else(|error| error.exit());
    match execute(&cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Not `eprintln!`, which panics when nobody reads standard error any more.
            let _ = writeln!(stderr(), "error: {error:#}");
            ExitCode::from(exit_code(&error))
        }
    }
}

/// 2 for a wrong command line or configuration, 130 after Ctrl-C as shells have it, 1 for everything else.
fn exit_code(error: &anyhow::Error) -> u8 {
    match (error.downcast_ref::<ExperimentError>(), error.downcast_ref::<DataError>()) {
        (Some(error), _) if error.is_usage() => 2,
        (Some(ExperimentError::Stopped(_) | ExperimentError::StudyStopped), _) => 130,
        (_, Some(DataError::Folder { .. } | DataError::Missing { .. })) => 2,
        _ => 1,
    }
}

/// Prints to standard output. A reader who has left early (`experiment list | head -1`) has seen enough.
fn say(text: &str) -> Result<()> {
    match stdout().write_all(text.as_bytes()).and_then(|()| stdout().flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(error).context("cannot write the output"),
        _ => Ok(()),
    }
}

fn execute(cli: &Cli) -> Result<()> {
    match &cli.command {
        Some(Command::List) => list(),
        Some(Command::Show { arm }) => say(&Arm::find(arm)?.toml()),
        Some(Command::Classify { images, model }) => classify(images, model),
        Some(Command::Draw(options)) => draw(options),
        Some(Command::Study { study: word, options }) => study(word, options),
        Some(Command::Figures { what }) if what == Path::new("paper") => draw_paper(),
        Some(Command::Figures { what }) => draw_run(what),
        Some(Command::Fetch { data }) => download(data.as_deref()),
        None => train(cli.arm_names(), &cli.options),
    }
}

fn list() -> Result<()> {
    let line = |name: &str, description: &str| say(&format!("  {name:18} {description}\n"));
    say("arms\n")?;
    Arm::built_in().try_for_each(|arm| line(&arm.name, &arm.settings.description))?;
    say("\nstudies\n")?;
    Study::built_in().try_for_each(|study| line(&study.name, &study.description))
}

/// What is to be trained, on which patterns, and where the results go.
struct Experiment {
    plan: Plan,
    folder: PathBuf,
    database: Database,
    /// What to say about the patterns, if they are not MNIST.
    banner: String,
}

fn train<'a>(arms: impl Iterator<Item = &'a str>, options: &Options) -> Result<()> {
    let Experiment { plan, folder, database, banner } = match &options.resume {
        Some(folder) => resume(folder, &options.common)?,
        None => begin(named_arms(arms)?, &options.common)?,
    };
    let (stop, threads) = (stop_on_ctrl_c()?, threads(&options.common));
    let screen = screen::Screen::new(&plan, options.common.quiet);
    let context = RunContext { database: &database, folder: &folder, threads, stop: &stop, watch: &screen };
    let results = plan.run(context);
    screen.clear();
    say(&format!("{banner}{}\nEverything is in {}\n", screen::report(&results?), folder.display()))?;
    // Figures are drawn from the folder: the patterns are not needed any more.
    drop(database);
    // Whatever is wrong now, it is not the command that trained.
    draw_run(&folder).map_err(|error| {
        let folder = folder.display();
        anyhow!(
            "{error:#}; the results are complete all the same, `experiment figures {folder}` draws them again"
        )
    })
}

/// What Ctrl-C sets.
fn stop_on_ctrl_c() -> Result<Arc<AtomicBool>> {
    let stop = Arc::new(AtomicBool::new(false));
    let pressed = Arc::clone(&stop);
    ctrlc::set_handler(move || pressed.store(true, Ordering::Relaxed)).context("cannot listen for Ctrl-C")?;
    Ok(stop)
}

fn threads(options: &Common) -> usize {
    let cores = || std::thread::available_parallelism().map_or(1, usize::from);
    options.threads.map_or_else(cores, usize::from)
}

fn study(word: &str, options: &Common) -> Result<()> {
    let mut study = Study::find(word)?;
    study.seeds = options.seeds.unwrap_or(study.seeds);
    let (database, banner) = load(options.embedded, options)?;
    let database = study.database(database);
    let plan = Plan { seeds: seeds(options, study.seeds), ..plan(study.arms.clone(), options, &database)? };
    let folder =
        options.out.clone().unwrap_or_else(|| Path::new("runs").join(format!("study-{}", study.name)));
    plan.begin_or_continue(&folder)?;
    let (database, stop) = (plan.select(&folder, database)?, stop_on_ctrl_c()?);
    let screen = screen::Screen::new(&plan, options.quiet);
    let threads = threads(options);
    let context = RunContext { database: &database, folder: &folder, threads, stop: &stop, watch: &screen };
    let outcomes = plan.study(context);
    screen.clear();
    let results = StudyResults::gather(&study, plan.data.clone(), &outcomes?);
    let file = results.save(&folder)?;
    let title = format!("{}: {}", study.name, study.description);
    let tables = if study_table::has_steps(&results) {
        study_table::steps(&results)
    } else {
        let pairs: String = study_table::pairs(&results).iter().map(|pair| format!("{pair}\n")).collect();
        format!("{}\n\n{pairs}", study_table::table(&results))
    };
    say(&format!("{banner}{title}\n\n{tables}\nEverything is in {}\n", file.display()))
}

fn begin(arms: Vec<Arm>, options: &Common) -> Result<Experiment> {
    if let Some(out) = options.out.as_ref().filter(|out| out.exists()) {
        bail!(ExperimentError::OutputExists(out.clone()));
    }
    let (database, banner) = load(options.embedded, options)?;
    let plan = plan(arms, options, &database)?;
    let folder = options.out.clone().unwrap_or_else(|| free_folder(&plan));
    plan.begin(&folder)?;
    Ok(Experiment { database: plan.select(&folder, database)?, plan, folder, banner })
}

fn resume(folder: &Path, options: &Common) -> Result<Experiment> {
    let plan = Plan::read(folder)?;
    // What began on embedded digits goes on with them, whether MNIST is there or not.
    let embedded = options.data.is_none() && plan.data.name != "mnist";
    let (database, banner) = load(options.embedded || embedded, options)?;
    Ok(Experiment { database: plan.select(folder, database)?, plan, folder: folder.into(), banner })
}

/// The patterns, and what to say about them if they are not MNIST.
fn load(embedded: bool, options: &Common) -> Result<(Database, String)> {
    let loaded = source::resolve(options.data.as_deref(), embedded)?;
    let banner = loaded.notice.as_deref().map(screen::banner).unwrap_or_default();
    if !options.quiet {
        let _ = write!(stderr(), "{banner}");
    }
    Ok((loaded.database, banner))
}

/// The arms of `ARM vs ARM vs ARM`.
fn named_arms<'a>(names: impl Iterator<Item = &'a str>) -> Result<Vec<Arm>> {
    let arms: Vec<Arm> = names.map(Arm::find).collect::<Result<_, _>>()?;
    let named_before = |(n, arm): &(usize, &Arm)| arms[..*n].iter().any(|other| other.name == arm.name);
    match arms.iter().enumerate().find(named_before) {
        Some((_, arm)) => bail!(ExperimentError::ArmTwice(arm.name.clone())),
        None => Ok(arms),
    }
}

fn plan(mut arms: Vec<Arm>, options: &Common, database: &Database) -> Result<Plan> {
    let name = &database.name;
    for arm in &mut arms {
        arm.settings.training.passes = options.passes.unwrap_or(arm.settings.training.passes);
    }
    let count = |flag, kind, asked: Option<usize>, there| match asked {
        Some(asked) if asked > there => {
            Err(ExperimentError::TooMany { flag, asked, name: name.clone(), there, kind })
        }
        _ => Ok(asked.unwrap_or(there)),
    };
    let data = Data {
        name: name.clone(),
        train: count("train", "training", options.train, database.train.len())?,
        test: count("test", "test", options.test, database.test.len())?,
    };
    Ok(Plan { command: command(), seeds: seeds(options, 1), data, arms })
}

/// The command that was given, as it can be given again.
fn command() -> String {
    let quoted = |word: String| if word.contains(char::is_whitespace) { format!("'{word}'") } else { word };
    let words = std::env::args().skip(1).map(quoted);
    std::iter::once("experiment".into()).chain(words).collect::<Vec<_>>().join(" ")
}

/// The seeds that were asked for, or so many.
fn seeds(options: &Common, many: u16) -> Vec<u64> {
    let first = u64::from(options.seed.unwrap_or(1));
    (first..).take(usize::from(options.seeds.unwrap_or(many))).collect()
}

/// `runs/rbf-vs-softmax`, or the first of `-2`, `-3`, ... that is not there yet.
fn free_folder(plan: &Plan) -> PathBuf {
    let name = plan.title().replace(' ', "-");
    let numbered = (2..).map(|n| format!("{name}-{n}"));
    let mut folders = std::iter::once(name.clone()).chain(numbered).map(|name| Path::new("runs").join(name));
    folders.find(|folder| !folder.exists()).expect("there are more numbers than folders")
}

fn classify(images: &[PathBuf], model: &Path) -> Result<()> {
    let model = Model::find(model)?;
    let what = if model.codes().is_some() { "penalties" } else { "probabilities" };
    for path in images {
        let penalties = model.fprop(&model.pattern(picture::read(path)?.view())).output;
        let scores = model.scores(&penalties).into_iter().enumerate();
        let scores: Vec<String> = scores.map(|(class, score)| format!("{class}: {score:.4}")).collect();
        let answer = penalties.nearest();
        say(&format!("{}: {answer}   {what} {}\n", path.display(), scores.join("  ")))?;
    }
    Ok(())
}

/// Serves the page until Ctrl-C.
fn draw(options: &Draw) -> Result<()> {
    let patterns = Patterns::open(options.data.as_deref())?;
    let studio = Studio { networks: Networks::open(&options.model)?, patterns };
    let server = Server::bind(options.listen, options.port)?;
    let stop = server.stop();
    ctrlc::set_handler(move || stop.now()).context("cannot listen for Ctrl-C")?;
    if !options.listen.is_loopback() {
        let listen = options.listen;
        let _ = writeln!(
            stderr(),
            "warning: --listen {listen} lets in whoever reaches this machine, unencrypted"
        );
    }
    if ![0, server.port()].contains(&options.port) {
        say(&format!("port {} is taken: this is {}\n", options.port, server.port()))?;
    }
    let page = server.page();
    say(&format!("Draw a digit, and LeNet-5 reads it, at\n{page}\nCtrl-C ends it\n"))?;
    if !options.no_open {
        draw::open(&page);
    }
    server.serve(studio).context("cannot serve the page")
}

fn draw_run(folder: &Path) -> Result<()> {
    let report = report::write(&Finished::read(folder)?)?;
    say(&format!("report: {}\n", report.display()))
}

fn draw_paper() -> Result<()> {
    let figures = figures::paper(&Studies::built_in()?, &Finished::built_in()?)?;
    let folder = figures::folder(Path::new("docs"))?;
    for figure in figures {
        for file in figure.save(&folder)? {
            say(&format!("{}\n", file.display()))?;
        }
    }
    say(&format!("{}\n", report::claims::write(Path::new("paper"))?.display()))
}

fn download(folder: Option<&Path>) -> Result<()> {
    let folder = folder.map_or_else(source::cache, |folder| Ok(folder.into()))?;
    fetch::fetch(&folder, fetch::MIRRORS)?;
    say(&format!("MNIST is in {}\n", folder.display()))
}
