//! The output on the terminal, while arms are trained and afterwards.

use super::results::table::table as numbers;
use super::summary::{COLUMNS, NOT_MNIST, Summary};
use super::{Data, Diverged, Job, Pass, Plan, Results, Watch};
use crate::section3::training::Progress;
use comfy_table::{LineStyle, Table, presets};
use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};
use std::fmt;
use std::io::{Write, stderr};

/// The width of text, which every terminal has.
const WIDTH: usize = 78;

/// The length of the bar of a job without passes: thousandths of its work.
const SHARES: usize = 1000;

/// Live progress on standard error: a bar for each job that is being trained, a line for each pass.
pub struct Screen {
    bars: Vec<ProgressBar>,
    /// A blank line above the bars. The ^C that a terminal echoes moves them down by one line, and clearing would then
    /// leave the topmost.
    space: ProgressBar,
    all: MultiProgress,
    quiet: bool,
}

impl Screen {
    /// A screen for all jobs of `plan`; a quiet one shows nothing.
    pub fn new(plan: &Plan, quiet: bool) -> Self {
        let target = if quiet { ProgressDrawTarget::hidden() } else { ProgressDrawTarget::stderr() };
        let all = MultiProgress::with_draw_target(target);
        let blank = ProgressStyle::with_template(" ").expect("a space is well formed");
        let space = all.add(ProgressBar::no_length().with_style(blank));
        let style = ProgressStyle::with_template("{prefix} {wide_bar} {msg}, {per_sec}, {eta} left");
        let per_sec = |state: &ProgressState, out: &mut dyn fmt::Write| {
            let _ = write!(out, "{:.0} patterns/s", state.per_sec());
        };
        let style = style.expect("the template is well formed").with_key("per_sec", per_sec);
        let width = plan.jobs().iter().map(|job| title(job).len()).max().unwrap_or_default();
        let without_passes = ProgressStyle::with_template("{prefix} {wide_bar} {msg}, {eta} left");
        let without_passes = without_passes.expect("the template is well formed");
        let bar = |job: &Job| {
            let passes = job.arm.settings.training.passes;
            let style = if passes == 0 { &without_passes } else { &style };
            let patterns = if passes == 0 { SHARES } else { plan.data.train.saturating_mul(passes) };
            // Hidden until `all` shows it below the others.
            let bar = ProgressBar::with_draw_target(Some(patterns as u64), ProgressDrawTarget::hidden());
            bar.with_style(style.clone()).with_prefix(format!("{:width$}", title(job)))
        };
        let bars = plan.jobs().iter().map(bar).collect();
        Self { bars, space, all, quiet }
    }

    /// Removes the bars.
    pub fn clear(&self) {
        // A terminal that is closed needs no clearing.
        let _ = self.all.clear();
    }

    fn line(&self, text: &str) {
        // Training continues when the terminal is closed.
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
            // Passes before the run was resumed do not count for the speed.
            bar.set_position(position);
            bar.reset_eta();
        }
        bar.set_position(position);
    }

    fn pass(&self, job: &Job, pass: &Pass) {
        if self.quiet {
            return;
        }
        let Pass { pass: number, train_error_pct, test_error_pct, seconds, .. } = pass;
        let (bar, passes) = (&self.bars[job.number], job.arm.settings.training.passes);
        let title = bar.prefix();
        self.line(&format!(
            "{title}  pass {number:2}/{passes:<2}  training error {train_error_pct:5.2} %  test error \
             {test_error_pct:5.2} %  {seconds:.1} s"
        ));
        if *number == passes {
            bar.finish_and_clear();
        }
    }

    fn share(&self, job: &Job, done: f64) {
        let bar = &self.bars[job.number];
        let position = (done * bar.length().unwrap_or_default() as f64) as u64;
        bar.set_message("training, then reading the test patterns");
        if bar.position() == 0 {
            self.space.tick();
            self.all.add(bar.clone());
        }
        bar.set_position(position);
        if done >= 1.0 {
            bar.finish_and_clear();
            if !self.quiet {
                self.line(&format!("{}  done", bar.prefix()));
            }
        }
    }

    fn diverged(&self, job: &Job, diverged: &Diverged) {
        self.bars[job.number].finish_and_clear();
        if !self.quiet {
            self.line(&diverged.to_string());
        }
    }
}

fn title(job: &Job) -> String {
    format!("{}, seed {}", job.arm.name, job.seed)
}

/// The warning that the patterns are not MNIST.
pub fn banner(reason: &str) -> String {
    let (bar, [title, meaning], width) = ("!".repeat(WIDTH), NOT_MNIST, WIDTH - 4);
    let text = format!("{title}: {reason}. {meaning}");
    // A folder's name may be longer than a line.
    let pieces = |word: &str| {
        let word: Vec<char> = host(word).chars().collect();
        word.chunks(width).map(|piece| piece.iter().collect()).collect::<Vec<String>>()
    };
    let words: Vec<String> = text.split_whitespace().flat_map(pieces).collect();
    format!("{bar}\n{}{bar}\n", wrapped(&words.join(" "), width, "!!  "))
}

/// A word in which a URL is shortened to its host.
fn host(word: &str) -> String {
    let Some((before, url)) = word.split_once("https://") else { return word.into() };
    let end = url.trim_start_matches(|c: char| c != '/').trim_start_matches(|c: char| !":,;)".contains(c));
    format!("{before}{}{end}", url.split('/').next().unwrap_or_default())
}

/// The words of `text` in lines of at most `width` characters, each after `mark`. Only longer words make longer lines.
pub(crate) fn wrapped(text: &str, width: usize, mark: &str) -> String {
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

/// The line that the results of a study begin with where the patterns are not MNIST.
pub fn reminder(data: &Data) -> String {
    if data.name.starts_with("mnist") { String::new() } else { format!("{}\n", NOT_MNIST[0]) }
}

/// The comparison at the end of an experiment.
pub fn report(results: &Results) -> String {
    let summary = Summary::of(results);
    let mut text = format!("{}: {}\n\n{}\n\n", summary.experiment, summary.data, table(&summary));
    for sentence in summary.sentences {
        text += &wrapped(&sentence, WIDTH, "");
    }
    text
}

/// The paper's numbers, and each arm's with the difference.
fn table(summary: &Summary) -> Table {
    let titles = COLUMNS.map(|column| column.replace(" error", "\nerror"));
    let mut table = numbers(titles.each_ref().map(String::as_str), 1, summary.rows.clone());
    table.load_style(presets::UTF8_HORIZONTAL_ONLY.row_separator(LineStyle::none()));
    table.column_iter_mut().for_each(|column| {
        column.set_padding((1, 0));
    });
    table
}
