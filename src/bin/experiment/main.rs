//! The command line: parse, run, print.

mod archaeology;
mod batch;
mod classify;
mod read;

use anyhow::{Context, Result, anyhow};
use lenet5::archaeology::front::Front;
use lenet5::draw::{self, Networks, Patterns, Server, Studio};
use lenet5::experiment::command_line::{Cli, Command, Common, Draw, Options};
use lenet5::experiment::{Arm, Data, ExperimentError, Finished, Machine, Plan, RunContext};
use lenet5::experiment::{Study, StudyResults, bars, screen, study_table};
use lenet5::figures::{self, Studies};
use lenet5::report;
use lenet5::section3::database::{DataError, Database, fetch, source};
use std::io::{ErrorKind, Write, stderr, stdout};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};

fn main() -> ExitCode {
    let cli = Cli::read(std::env::args_os()).unwrap_or_else(|error| error.exit());
    match execute(&cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Not `eprintln!`, which panics when standard error is closed.
            let _ = writeln!(stderr(), "error: {error:#}");
            ExitCode::from(exit_code(&error))
        }
    }
}

/// The exit code after Ctrl-C, as shells have it.
const STOPPED: u8 = 130;

/// 2 for a wrong command line or configuration, 130 after Ctrl-C, 1 for everything else.
fn exit_code(error: &anyhow::Error) -> u8 {
    match (error.downcast_ref::<ExperimentError>(), error.downcast_ref::<DataError>()) {
        (Some(error), _) if error.is_usage() => 2,
        (Some(ExperimentError::Stopped(_)), _) => STOPPED,
        (_, Some(DataError::Folder { .. } | DataError::Missing { .. })) => 2,
        _ => 1,
    }
}

/// Prints to standard output. A reader that closes the pipe early (`experiment list | head -1`) is no error.
fn say(text: &str) -> Result<()> {
    print(text.as_bytes())
}

fn print(bytes: &[u8]) -> Result<()> {
    match stdout().write_all(bytes).and_then(|()| stdout().flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(error).context("cannot write the output"),
        _ => Ok(()),
    }
}

fn execute(cli: &Cli) -> Result<()> {
    match &cli.command {
        Some(Command::List) => list(),
        Some(Command::Show { arm }) => say(&Arm::find(arm)?.toml()),
        Some(Command::Classify(options)) => classify::classify(options),
        Some(Command::Read(options)) => read::read(options),
        Some(Command::Draw(options)) => draw(options),
        Some(Command::Study { study: word, options }) => study(word, options),
        Some(Command::Figures { what }) if what == Path::new("paper") => draw_paper(),
        Some(Command::Figures { what }) => draw_run(what),
        Some(Command::Archaeology { pdf: Some(pdf), data, .. }) => {
            archaeology::compare_pdf(pdf, data.as_deref())
        }
        Some(Command::Archaeology { save, data, .. }) => {
            archaeology::recover(save.as_deref(), data.as_deref())
        }
        Some(Command::Versus1998(options)) => archaeology::versus_1998(options),
        Some(Command::Fetch { data }) => download(data.as_deref()),
        Some(Command::Completions { shell }) => print(&Cli::completions(*shell)),
        None => train(cli.arm_names(), &cli.options),
    }
}

fn list() -> Result<()> {
    let line = |name: &str, description: &str| say(&format!("  {name:26} {description}\n"));
    say("arms\n")?;
    Arm::built_in().try_for_each(|arm| line(&arm.name, &arm.settings.description))?;
    say("\nclassifiers of III-C, which are arms as well\n")?;
    Arm::classifiers().try_for_each(|arm| line(&arm.name, &arm.settings.description))?;
    say("\narms that are trained on strings of digits, too (VI)\n")?;
    Arm::readers().try_for_each(|arm| line(&arm.name, &arm.settings.description))?;
    say("\nstudies\n")?;
    Study::built_in().try_for_each(|study| line(&study.name, &study.description))
}

/// A plan, its patterns, and the folder of its results.
struct Experiment {
    plan: Plan,
    folder: PathBuf,
    database: Database,
}

impl Experiment {
    /// A new experiment.
    fn begin(arms: Vec<Arm>, options: &Common) -> Result<Self> {
        let folder = Plan::folder(&arms, options.out.as_deref())?;
        let database = load(options.embedded, options)?;
        let plan = plan(arms, 1, options, &database)?;
        let database = plan.select(&folder, database)?;
        plan.check_patterns(&database)?;
        plan.begin(&folder)?;
        Ok(Self { database, plan, folder })
    }

    /// The experiment that was begun in a folder.
    fn resume(folder: &Path, options: &Common) -> Result<Self> {
        let plan = Plan::resume(folder)?;
        // A run that began on embedded digits continues with them, whether MNIST is there or not.
        let embedded = options.data.is_none() && plan.data.name != "mnist";
        let database = load(options.embedded || embedded, options)?;
        Ok(Self { database: plan.select(folder, database)?, plan, folder: folder.into() })
    }

    /// The experiment of a study, new or begun.
    fn study(study: &Study, options: &Common) -> Result<Self> {
        let database = study.database(load(options.embedded, options)?);
        let plan = plan(study.arms.clone(), study.seeds, options, &database)?;
        let plan = Plan { study: Some(study.name.clone()), ..plan };
        let folder = options.out.clone().unwrap_or_else(|| format!("runs/study-{}", study.name).into());
        plan.begin_or_continue(&folder)?;
        Ok(Self { database: plan.select(&folder, database)?, plan, folder })
    }

    /// Trains, with progress on the screen, to the end or to Ctrl-C.
    fn train<T>(
        &self,
        options: &Common,
        run: impl FnOnce(&Plan, RunContext) -> Result<T, ExperimentError>,
    ) -> Result<T> {
        static STOP: AtomicBool = AtomicBool::new(false);
        static TRAINED: AtomicBool = AtomicBool::new(false);
        let Self { plan, folder, database } = self;
        let complete = complete(folder);
        let ctrl_c = move || {
            STOP.store(true, Ordering::Relaxed);
            if TRAINED.load(Ordering::Relaxed) {
                let _ = writeln!(stderr(), "error: stopped; {complete}");
                std::process::exit(STOPPED.into());
            }
        };
        ctrlc::set_handler(ctrl_c).context("cannot listen for Ctrl-C")?;
        let threads = options.threads.map_or_else(|| Machine::this().cores, usize::from);
        let screen = screen::Screen::new(plan, options.quiet);
        let results = run(plan, RunContext { database, folder, threads, stop: &STOP, watch: &screen });
        TRAINED.store(true, Ordering::Relaxed);
        screen.clear();
        Ok(results?)
    }
}

/// The message for an error after training: the results are complete all the same.
fn complete(folder: &Path) -> String {
    let place = folder.display();
    format!("the results in {place} are complete all the same; `experiment figures {place}` draws the report")
}

fn train<'a>(arms: impl Iterator<Item = &'a str>, options: &Options) -> Result<()> {
    let experiment = match &options.resume {
        Some(folder) => Experiment::resume(folder, &options.common)?,
        None => Experiment::begin(on_front(Arm::find_all(arms)?, options.front)?, &options.common)?,
    };
    let results = experiment.train(&options.common, Plan::run)?;
    // Figures are drawn from the folder: the patterns are not needed any more.
    let Experiment { folder, database, .. } = experiment;
    drop(database);
    let place = folder.display();
    let told = say(&format!("{}\nEverything is in {place}\n", screen::report(&results)));
    let drawn = draw_run(&folder);
    told.and(drawn).map_err(|error| anyhow!("{error:#}; {}", complete(&folder)))?;
    match results.divergences() {
        none if none.is_empty() => Ok(()),
        some => Err(anyhow!(
            "{}; the results in {place} are complete but for that, and there is nothing to resume: lower \
             training.eta_scale in the TOML, or raise training.mu if it has one, and begin a new run",
            some.join("; ")
        )),
    }
}

/// The arms, all on a front if one is given.
fn on_front(arms: Vec<Arm>, front: Option<Front>) -> Result<Vec<Arm>, ExperimentError> {
    match front {
        None => Ok(arms),
        Some(front) => arms.into_iter().map(|arm| arm.on_front(front)).collect(),
    }
}

fn study(word: &str, options: &Common) -> Result<()> {
    let study = Study::find(word)?;
    let experiment = Experiment::study(&study, options)?;
    let results = experiment.train(options, |plan, context| {
        let mut results = StudyResults::gather(&study, plan, &plan.study(context)?);
        plan.measure(&study.measure, context, &mut results)?;
        Ok(results)
    })?;
    let file = results.save(&experiment.folder)?;
    let (title, mut tables) = (format!("{}: {}", study.name, study.description), study_table::all(&results));
    if study.name == "classifiers" {
        let studies = Studies::built_in()?;
        let both = [&results, &studies.get("distortions")?.results];
        tables += &format!("\n{}\n\n{}\n", bars::errors_table(both), bars::costs_table(both));
    }
    let (reminder, place) = (screen::reminder(&results.data), file.display());
    say(&format!("{reminder}{title}\n\n{tables}\nEverything is in {place}\n"))
        .with_context(|| format!("the results are complete, in {place}"))
}

/// The patterns. If they are not MNIST, a banner says so.
fn load(embedded: bool, options: &Common) -> Result<Database> {
    let loaded = source::resolve(options.data.as_deref(), embedded)?;
    if let Some(notice) = loaded.notice.filter(|_| !options.quiet) {
        let _ = write!(stderr(), "{}", screen::banner(&notice));
    }
    Ok(loaded.database)
}

/// The plan for these arms; `seeds` unless the command line says how many.
fn plan(mut arms: Vec<Arm>, seeds: u16, options: &Common, database: &Database) -> Result<Plan> {
    for arm in arms.iter_mut().filter(|arm| arm.settings.has_network()) {
        arm.settings.training.passes = options.passes.unwrap_or(arm.settings.training.passes);
    }
    let Data { name, train, test } = Data::of(database);
    let count = |flag, kind, asked: Option<usize>, there| match asked {
        Some(asked) if asked > there => Err(ExperimentError::Usage(format!(
            "--{flag} {asked} asks for more patterns than there are: {name} has {there} {kind} patterns"
        ))),
        _ => Ok(asked.unwrap_or(there)),
    };
    let train = count("train", "training", options.train, train)?;
    let test = count("test", "test", options.test, test)?;
    let (first, seeds) = (u64::from(options.seed.unwrap_or(1)), options.seeds.unwrap_or(seeds));
    let seeds = (first..).take(usize::from(seeds)).collect();
    Ok(Plan { command: command(), study: None, seeds, data: Data { name, train, test }, arms })
}

/// The command that was given, as a shell reads it again. Bytes that are no text are replaced.
fn command() -> String {
    let plain = |c: char| c.is_alphanumeric() || "-_./=,:+@%".contains(c);
    let quoted = |word: String| match !word.is_empty() && word.chars().all(plain) {
        true => word,
        false => format!("'{}'", word.replace('\'', r"'\''")),
    };
    let words = std::env::args_os().skip(1).map(|word| quoted(word.to_string_lossy().into_owned()));
    std::iter::once("experiment".into()).chain(words).collect::<Vec<_>>().join(" ")
}

/// Serves the page until Ctrl-C.
fn draw(options: &Draw) -> Result<()> {
    let patterns = Patterns::open(options.data.as_deref())?;
    let front = options.front.iter().map(|front| format!("rbf-front-{front}").into());
    let models: Vec<PathBuf> = front.chain(options.model.iter().cloned()).collect();
    let studio = Studio { networks: Networks::open(&models)?, patterns };
    let server = Server::bind(options.listen, options.port)?;
    let stop = server.stop();
    ctrlc::set_handler(move || stop.now()).context("cannot listen for Ctrl-C")?;
    let Draw { listen, port, .. } = options;
    if !listen.is_loopback() {
        let warning = "serves every machine that can reach this one, unencrypted";
        let _ = writeln!(stderr(), "warning: --listen {listen} {warning}");
    }
    if ![0, server.port()].contains(port) {
        say(&format!("port {port} is taken: the page is at {}\n", server.port()))?;
    }
    let page = server.page();
    say(&format!("Draw a digit, and LeNet-5 reads it, at\n{page}\nCtrl-C ends it\n"))?;
    if options.open {
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
