//! What a person sees while arms are trained, and afterwards.

use super::comparison::{PAPER_TEST_ERROR, PAPER_TRAIN_ERROR, Paired, Spread};
use super::results::{ArmResults, Pass, Results, Run};
use super::run::{Job, Watch};
use super::{Arm, Plan};
use crate::section3::training::Progress;
use comfy_table::{CellAlignment, Table, presets};
use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::time::Duration;

/// Live progress on standard error: a bar for each job that is being trained, a line for each pass.
pub struct Screen {
    bars: Vec<ProgressBar>,
    all: MultiProgress,
    quiet: bool,
    width: usize,
    passes: usize,
}

impl Screen {
    /// A screen for all jobs of `plan`; a quiet one shows nothing.
    pub fn new(plan: &Plan, quiet: bool) -> Self {
        let target = if quiet { ProgressDrawTarget::hidden() } else { ProgressDrawTarget::stderr() };
        let all = MultiProgress::with_draw_target(target);
        let style = "{prefix} {bar:24} {msg}, {per_sec}, {eta} left";
        let style = ProgressStyle::with_template(style).expect("the template is well formed");
        let style =
            style.with_key("per_sec", |state: &indicatif::ProgressState, out: &mut dyn std::fmt::Write| {
                let _ = write!(out, "{:.0} patterns/s", state.per_sec());
            });
        let width = plan.jobs().iter().map(|job| title(job).len()).max().unwrap_or_default();
        let bar = |job: &Job| {
            let patterns = plan.data.train * job.arm.settings.training.passes;
            let bar = ProgressBar::new(patterns as u64).with_style(style.clone());
            bar.with_prefix(format!("{:width$}", title(job)))
        };
        let bars = plan.jobs().iter().map(bar).collect();
        let passes = plan.arms.iter().map(|arm| arm.settings.training.passes).max().unwrap_or_default();
        Self { bars, all, quiet, width, passes }
    }

    /// Takes the bars away.
    pub fn clear(&self) {
        self.bars.iter().for_each(ProgressBar::finish_and_clear);
    }

    fn line(&self, text: &str) {
        if self.all.is_hidden() {
            eprintln!("{text}");
        } else {
            // A terminal that has gone away is no reason to stop training.
            let _ = self.all.println(text);
        }
    }
}

impl Watch for Screen {
    fn progress(&self, job: &Job, pass: usize, progress: &Progress) {
        let bar = &self.bars[job.number];
        if bar.is_hidden() && !self.quiet {
            self.all.add(bar.clone());
        }
        let before =
            bar.length().unwrap_or_default() / job.arm.settings.training.passes as u64 * (pass as u64 - 1);
        if bar.position() == 0 {
            // A resumed job has not trained its earlier passes at this speed.
            bar.set_position(before);
            bar.reset_eta();
        }
        bar.set_message(format!("pass {pass:2}, error so far {:.2} %", progress.error_pct()));
        bar.set_position(before + progress.patterns as u64);
    }

    fn pass(&self, job: &Job, pass: &Pass) {
        if self.quiet {
            return;
        }
        self.line(&format!(
            "{:width$}  pass {:2}/{:<2}  rates {:.1e} to {:.1e}  loss {:8.4}  training error {:5.2} %  test error {:5.2} %  {:.1} s",
            title(job),
            pass.pass,
            self.passes,
            pass.rate_min,
            pass.rate_max,
            pass.loss,
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

/// A line of settings for `experiment list`.
pub fn summary(arm: &Arm) -> String {
    format!("{:10} {}", arm.name, arm.settings.description)
}

/// What nobody must miss when the patterns are not MNIST.
pub fn banner(reason: &str) -> String {
    let bar = "!".repeat(78);
    format!(
        "{bar}\n!!  EMBEDDED DIGITS, NOT MNIST: {reason}\n!!  Everything below is about digits drawn by this program; \
         the paper's numbers are not.\n!!  For MNIST: `experiment fetch`, or --data DIR with the four files.\n{bar}"
    )
}

/// The comparison that an experiment ends with.
pub fn report(results: &Results) -> String {
    let mut text = format!(
        "{}: {} training and {} test patterns of {}\n\n{}\n",
        results.experiment,
        thousands(results.data.train),
        thousands(results.data.test),
        results.data.name,
        table(results),
    );
    for line in pairs(results).chain(caveats(results)) {
        text += &line;
        text.push('\n');
    }
    text
}

fn table(results: &Results) -> Table {
    let mut table = Table::new();
    table.load_style(presets::UTF8_HORIZONTAL_ONLY);
    table.set_header([
        "",
        "test error %",
        "paper",
        "difference",
        "training error %",
        "paper",
        "difference",
        "passes",
        "time",
    ]);
    table.column_iter_mut().skip(1).for_each(|column| column.set_cell_alignment(CellAlignment::Right));
    for arm in &results.arms {
        let values = |of: fn(&Run) -> f64| Spread::of(&arm.runs.iter().map(of).collect::<Vec<_>>());
        let (test, train) = (values(|run| run.test_error_pct), values(|run| run.train_error_pct));
        let seconds = values(|run| run.passes.iter().map(|pass| pass.seconds).sum()).mean;
        table.add_row([
            arm.name.clone(),
            spread(test),
            format!("{PAPER_TEST_ERROR:.2}"),
            format!("{:+.2}", test.mean - PAPER_TEST_ERROR),
            spread(train),
            format!("{PAPER_TRAIN_ERROR:.2}"),
            format!("{:+.2}", train.mean - PAPER_TRAIN_ERROR),
            passes(arm).to_string(),
            indicatif::HumanDuration(Duration::from_secs_f64(seconds)).to_string(),
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
            "{names}: {} points of test error over {seeds} seeds, paired t-test p = {:.3}",
            signed(paired.difference),
            paired.p
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
    [other_data, fewer, shorter].into_iter().flatten()
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
