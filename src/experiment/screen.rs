//! The terminal while arms are trained, and afterwards.

use super::results::table::table as numbers;
use super::summary::{COLUMNS, NOT_MNIST, Summary};
use super::{Job, Pass, Plan, Results, Watch};
use crate::section3::training::Progress;
use comfy_table::{LineStyle, Table, presets};
use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};
use std::fmt;
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
        let bar = |job: &Job| {
            let patterns = plan.data.train.saturating_mul(job.arm.settings.training.passes);
            // Hidden until `all` shows it, below those that are there already.
            let bar = ProgressBar::with_draw_target(Some(patterns as u64), ProgressDrawTarget::hidden());
            bar.with_style(style.clone()).with_prefix(format!("{:width$}", title(job)))
        };
        let bars = plan.jobs().iter().map(bar).collect();
        Self { bars, space, all, quiet }
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
            // Passes from before a run was resumed say nothing about the speed.
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
}

fn title(job: &Job) -> String {
    format!("{}, seed {}", job.arm.name, job.seed)
}

/// The warning that the patterns are not MNIST.
pub fn banner(reason: &str) -> String {
    let (bar, [title, meaning]) = ("!".repeat(WIDTH), NOT_MNIST);
    let text = format!("{title}: {reason}. {meaning}");
    format!("{bar}\n{}{bar}\n", wrapped(&text, WIDTH - 4, "!!  "))
}

/// The words of `text` in lines of at most `width` characters, where words allow it, each after `mark`.
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

/// The comparison that an experiment ends with.
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
