//! What a person sees while arms are trained, and afterwards.

use super::Plan;
use super::comparison::{PAPER_TEST_ERROR, PAPER_TRAIN_ERROR, Paired, Spread};
use super::results::{ArmResults, Pass, Results, Run};
use super::run::{Job, Watch};
use crate::section3::training::Progress;
use comfy_table::{CellAlignment, LineStyle, Table, presets};
use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::{Write, stderr};

/// Every terminal has room for this.
const WIDTH: usize = 78;

/// Live progress on standard error: a bar for each job that is being trained, a line for each pass.
pub struct Screen {
    bars: Vec<ProgressBar>,
    /// A blank line above the bars. The ^C that a terminal echoes pushes them down by one line, and clearing would
    /// leave the topmost behind.
    space: ProgressBar,
    all: MultiProgress,
    quiet: bool,
    width: usize,
}

impl Screen {
    /// A screen for all jobs of `plan`; a quiet one shows nothing.
    pub fn new(plan: &Plan, quiet: bool) -> Self {
        let target = if quiet { ProgressDrawTarget::hidden() } else { ProgressDrawTarget::stderr() };
        let all = MultiProgress::with_draw_target(target);
        let blank = ProgressStyle::with_template(" ").expect("a space is well formed");
        let space = all.add(ProgressBar::no_length().with_style(blank));
        let style = "{prefix} {wide_bar} {msg}, {per_sec}, {eta} left";
        let style = ProgressStyle::with_template(style).expect("the template is well formed");
        let style =
            style.with_key("per_sec", |state: &indicatif::ProgressState, out: &mut dyn std::fmt::Write| {
                let _ = write!(out, "{:.0} patterns/s", state.per_sec());
            });
        let width = plan.jobs().iter().map(|job| title(job).len()).max().unwrap_or_default();
        let bar = |job: &Job| {
            let patterns = plan.data.train.saturating_mul(job.arm.settings.training.passes);
            // Hidden until `all` shows it, below those that are there already.
            let bar = ProgressBar::with_draw_target(Some(patterns as u64), ProgressDrawTarget::hidden());
            bar.with_style(style.clone()).with_prefix(format!("{:width$}", title(job)))
        };
        let bars = plan.jobs().iter().map(bar).collect();
        Self { bars, space, all, quiet, width }
    }

    /// Takes the bars away.
    pub fn clear(&self) {
        // A terminal that has gone away needs no clearing.
        let _ = self.all.clear();
    }

    fn line(&self, text: &str) {
        // A terminal or a reader that has gone away is no reason to stop training.
        let _ = if self.all.is_hidden() { writeln!(stderr(), "{text}") } else { self.all.println(text) };
    }
}

impl Watch for Screen {
    fn progress(&self, job: &Job, pass: usize, progress: &Progress) {
        let bar = &self.bars[job.number];
        let passes = job.arm.settings.training.passes as u64;
        let position =
            bar.length().unwrap_or_default() / passes * (pass as u64 - 1) + progress.patterns as u64;
        bar.set_message(format!("pass {pass:2}, error so far {:.2} %", progress.error_pct()));
        if bar.position() == 0 {
            self.space.tick();
            self.all.add(bar.clone());
            // What was trained before a run was resumed says nothing about the speed.
            bar.set_position(position);
            bar.reset_eta();
        }
        bar.set_position(position);
    }

    fn pass(&self, job: &Job, pass: &Pass) {
        if self.quiet {
            return;
        }
        self.line(&format!(
            "{:width$}  pass {:2}/{:<2}  training error {:5.2} %  test error {:5.2} %  {:.1} s",
            title(job),
            pass.pass,
            job.arm.settings.training.passes,
            pass.train_error_pct,
            pass.test_error_pct,
            pass.seconds,
            width = self.width,
        ));
        if pass.pass == job.arm.settings.training.passes {
            self.bars[job.number].finish_and_clear();
        }
    }
}

fn title(job: &Job) -> String {
    format!("{}, seed {}", job.arm.name, job.seed)
}

/// What nobody must miss when the patterns are not MNIST.
pub fn banner(reason: &str) -> String {
    let bar = "!".repeat(WIDTH);
    let text = format!(
        "EMBEDDED DIGITS, NOT MNIST: {reason}. Everything below is about digits drawn by this program; the paper's \
         numbers are about MNIST. To have it: `experiment fetch`, or --data DIR with its four files."
    );
    format!("{bar}\n{}{bar}\n", wrapped(&text, WIDTH - 4, "!!  "))
}

/// The words of `text` in lines of at most `width` characters, where words allow it, each after `mark`.
fn wrapped(text: &str, width: usize, mark: &str) -> String {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.is_empty() => line.push_str(word),
            Some(line) if line.len() + 1 + word.len() <= width => *line += &format!(" {word}"),
            _ => lines.push(word.into()),
        }
    }
    lines.iter().map(|line| format!("{mark}{line}\n")).collect()
}

/// The comparison that an experiment ends with.
pub fn report(results: &Results) -> String {
    let mut text = format!(
        "{}: {} training and {} test patterns of {}\n\n{}\n\n",
        results.experiment,
        thousands(results.data.train),
        thousands(results.data.test),
        results.data.name,
        table(results),
    );
    for line in pairs(results).chain(caveats(results)) {
        text += &wrapped(&line, WIDTH, "");
    }
    text
}

/// The paper's numbers, and each arm's with the difference.
fn table(results: &Results) -> Table {
    let mut table = Table::new();
    table.load_style(presets::UTF8_HORIZONTAL_ONLY.row_separator(LineStyle::none()));
    table.set_header([
        "",
        "test\nerror %",
        "difference",
        "training\nerror %",
        "difference",
        "passes",
        "time",
    ]);
    table.column_iter_mut().for_each(|column| {
        column.set_padding((1, 0));
    });
    table.column_iter_mut().skip(1).for_each(|column| column.set_cell_alignment(CellAlignment::Right));
    let [test, train] = [PAPER_TEST_ERROR, PAPER_TRAIN_ERROR].map(|error| format!("{error:.2}"));
    table.add_row(["paper", &test, "", &train, "", "20", "2-3 days"]);
    for arm in &results.arms {
        let values = |of: fn(&Run) -> f64| Spread::of(&arm.runs.iter().map(of).collect::<Vec<_>>());
        let (test, train) = (values(|run| run.test_error_pct), values(|run| run.train_error_pct));
        let seconds = values(|run| run.passes.iter().map(|pass| pass.seconds).sum()).mean;
        table.add_row([
            arm.name.clone(),
            spread(test),
            format!("{:+.2}", test.mean - PAPER_TEST_ERROR),
            spread(train),
            format!("{:+.2}", train.mean - PAPER_TRAIN_ERROR),
            passes(arm).to_string(),
            format!("{seconds:.1} s"),
        ]);
    }
    table
}

/// Every arm against the first, over the seeds.
fn pairs(results: &Results) -> impl Iterator<Item = String> {
    let (first, others) =
        results.arms.split_first().map_or((None, &[][..]), |(first, others)| (Some(first), others));
    first.into_iter().flat_map(move |first| others.iter().map(move |other| pair(first, other)))
}

fn pair(first: &ArmResults, other: &ArmResults) -> String {
    let names = format!("{} against {}", first.name, other.name);
    match (Paired::of(first, other), first.runs.len()) {
        (Some(paired), seeds) => format!(
            "{names}: {} points of test error over {seeds} seeds (95 % interval {:+.2} to {:+.2}), paired t-test \
             p {}",
            signed(paired.difference),
            paired.interval[0],
            paired.interval[1],
            paired.p_in_words()
        ),
        (None, 1) => {
            let difference = first.runs[0].test_error_pct - other.runs[0].test_error_pct;
            format!(
                "{names}: {difference:+.2} points of test error; one seed says little, --seeds 5 says more"
            )
        }
        (None, seeds) => format!("{names}: the same difference in each of {seeds} seeds, nothing to test"),
    }
}

/// In what the experiment differs from the one the paper's numbers are from.
fn caveats(results: &Results) -> impl Iterator<Item = String> {
    let data = &results.data;
    let other_data = (data.name != "mnist").then(|| {
        format!(
            "These are {}, not MNIST: beside the paper's numbers they stand for orientation only.",
            data.name
        )
    });
    let fewer = (data.name == "mnist" && (data.train, data.test) != (60_000, 10_000))
        .then(|| "The paper trained on 60,000 patterns and tested on 10,000.".into());
    let shorter =
        results.arms.iter().any(|arm| passes(arm) != 20).then(|| "The paper made 20 passes.".into());
    [other_data, fewer, shorter].into_iter().flatten().chain(results.arms.iter().flat_map(guesses))
}

/// Ten classes guessed at random are wrong in about 90 % of the patterns: what comes near is no result.
fn guesses(arm: &ArmResults) -> impl Iterator<Item = String> {
    let runs = arm.runs.iter().filter(|run| run.test_error_pct >= 85.0);
    runs.map(|run| {
        format!(
            "{}, seed {}, answers no better than by guessing: its rates are too high, or it saw too little.",
            arm.name, run.seed
        )
    })
}

fn passes(arm: &ArmResults) -> usize {
    arm.runs.first().map_or(0, |run| run.passes.len())
}

fn spread(spread: Spread) -> String {
    spread
        .deviation
        .map_or(format!("{:.2}", spread.mean), |deviation| format!("{:.2} ± {deviation:.2}", spread.mean))
}

fn signed(spread: Spread) -> String {
    spread
        .deviation
        .map_or(format!("{:+.2}", spread.mean), |deviation| format!("{:+.2} ± {deviation:.2}", spread.mean))
}

fn thousands(number: usize) -> String {
    indicatif::HumanCount(number as u64).to_string()
}
