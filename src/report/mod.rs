//! # The report of a run
//!
//! What a run leaves to look at: the figures of [`figures::of_run`], and two files that show them beside the comparison,
//! the settings and the machine. All is made from the JSON and the models in the run's folder, nothing is trained:
//! `experiment figures RUN_DIR` makes it again.
//!
//! | file | for |
//! |---|---|
//! | `report.html` ([`html`]) | a browser, with or without a network: figures, letters and style are in it |
//! | `report.md` ([`markdown`]) | a terminal, or a repository that shows Markdown; its figures are in `figures/` |
//! | `figures/NAME.svg`, `figures/NAME.png` | slides and papers |
//!
//! [`claims`] is the report of all runs together: every claim of the paper, and what came of it.

#![doc = mathdoc::page!()]

pub mod claims;
pub mod html;
pub mod markdown;

use crate::experiment::summary::Summary;
use crate::experiment::{ArmResults, Finished, Pass};
use crate::figures::{self, Chapter, FigureError};
use std::path::PathBuf;

/// How all of it is made again, for whoever finds a report.
const AGAIN: &str = "`experiment figures RUN_DIR` draws this report again, where RUN_DIR is the folder that it is in: \
                     from the JSON and the models there, without training and without MNIST.";

/// Whose numbers are whose in the table.
const WHOSE: &str = "The paper's row is what III-B of the paper says; the others were measured in this run. Errors are \
                     means over seeds, ± one standard deviation of single seeds; a difference is ours less the \
                     paper's, in percentage points; the time is that of all passes of one seed.";

/// What the columns of [`times`] are called.
const TIMES: [&str; 5] = ["", "a pattern", "a pass", "of it for second derivatives", "all seeds"];

/// Draws the figures of a run, writes them and both reports into its folder, and says where `report.html` is. A file
/// that is there already is replaced.
///
/// # Errors
/// When a file of the run does not hold what a figure shows, or a file cannot be written.
pub fn write(run: &Finished) -> Result<PathBuf, FigureError> {
    let chapters = figures::of_run(run)?;
    let folder = figures::folder(&run.folder)?;
    for figure in chapters.iter().flat_map(|chapter| &chapter.figures) {
        figure.save(&folder)?;
    }
    figures::write(run.folder.join("report.md"), markdown::page(run, &chapters).as_bytes())?;
    figures::write(run.folder.join("report.html"), html::page(run, &chapters).as_bytes())
}

/// What the run was trained and judged on, with the name that the database has on paper.
fn data(summary: &Summary) -> String {
    match summary.data.strip_suffix("mnist") {
        Some(patterns) => format!("{patterns}MNIST"),
        None => summary.data.clone(),
    }
}

/// The chapters that have figures.
fn filled(chapters: &[Chapter]) -> impl Iterator<Item = &Chapter> {
    chapters.iter().filter(|chapter| !chapter.figures.is_empty())
}

/// What the run was made on, and of what: pairs of a name and words.
fn making(run: &Finished) -> [(&'static str, String); 4] {
    let (results, machine) = (&run.results, &run.results.machine);
    let seeds: Vec<String> = run.plan.seeds.iter().map(u64::to_string).collect();
    [
        ("Seeds", seeds.join(", ")),
        ("Processor", format!("{}, {} cores", machine.processor, machine.cores)),
        ("System", machine.system.clone()),
        ("Version", format!("lenet5 {}", results.version)),
    ]
}

/// How long each arm took: for a training pattern and for a pass on average, and for all passes of all seeds together.
fn times(run: &Finished) -> Vec<[String; 5]> {
    let row = |(_, arm): (usize, &ArmResults)| {
        let passes: Vec<&Pass> = arm.runs.iter().flat_map(|run| &run.passes).collect();
        let sum = |of: fn(&Pass) -> f64| passes.iter().map(|pass| of(pass)).sum::<f64>();
        let mean = |of| sum(of) / passes.len() as f64;
        [
            arm.name.clone(),
            format!("{:.1} µs", mean(|pass| pass.us_per_pattern)),
            format!("{:.2} s", mean(|pass| pass.seconds)),
            format!("{:.2} s", mean(|pass| pass.hessian_seconds)),
            format!("{:.1} s", sum(|pass| pass.seconds)),
        ]
    };
    run.arms().map(row).collect()
}

/// Where a file of `figures/` is, as a link says it: arms may be called anything that a file may be called.
fn link(name: &str, kind: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._".contains(&byte);
    let encoded = |byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") };
    format!("figures/{}.{kind}", name.bytes().map(encoded).collect::<String>())
}
