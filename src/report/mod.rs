//! # The report of a run
//!
//! The report has the figures of [`figures::of_run`] and two files that show them together with the comparison, the settings
//! and the machine. It is made from the JSON and the models in the run's folder, without training:
//! `experiment figures RUN_DIR` makes it again.
//!
//! | file | for |
//! |---|---|
//! | `report.html` ([`html`]) | a browser, also offline: it contains the figures, the letters and the style |
//! | `report.md` ([`markdown`]) | a terminal, or a repository that shows Markdown; its figures are in `figures/` |
//! | `figures/NAME.svg`, `figures/NAME.png` | slides and papers |
//!
//! [`claims`] is the report of all runs together: every claim of the paper, and our verdict.

#![doc = mathdoc::page!()]

pub mod claims;
pub mod html;
pub mod markdown;

use crate::experiment::summary::Summary;
use crate::experiment::{ArmResults, Finished, Pass};
use crate::figures::{self, Chapter, FigureError};
use std::path::PathBuf;

/// The command that makes a report again.
const AGAIN: &str = "`experiment figures RUN_DIR` makes this report again from the JSON and the models in RUN_DIR, the \
                     folder of this file, without training and without MNIST.";

/// The sources of the numbers in the table.
const WHOSE: &str = "The paper's row is from III-B of the paper; the others were measured in this run. Errors are means \
                     over seeds, ± one standard deviation of single seeds. A difference is ours minus the paper's, in \
                     percentage points. The time is that of all passes of one seed.";

/// The columns of [`times`].
const TIMES: [&str; 5] = ["", "a pattern", "a pass", "second derivatives, a pass", "all seeds"];

/// Draws the figures of a run, writes them and both reports into its folder, and returns the path of `report.html`.
/// Existing files are replaced.
///
/// # Errors
/// When the files of the run lack numbers that a figure shows, or a file cannot be written.
pub fn write(run: &Finished) -> Result<PathBuf, FigureError> {
    let chapters = figures::of_run(run)?;
    let folder = figures::folder(&run.folder)?;
    for figure in chapters.iter().flat_map(|chapter| &chapter.figures) {
        figure.save(&folder)?;
    }
    figures::write(run.folder.join("report.md"), markdown::page(run, &chapters).as_bytes())?;
    figures::write(run.folder.join("report.html"), html::page(run, &chapters).as_bytes())
}

/// The patterns of the run, with the printed name of the database.
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

/// Seeds, machine and version of the run: pairs of a name and words.
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

/// The times of each arm: for a training pattern and for a pass on average, and for all passes of all seeds together.
fn times(run: &Finished) -> Vec<[String; 5]> {
    let row = |(_, arm): (usize, &ArmResults)| {
        let passes: Vec<&Pass> = arm.runs.iter().flat_map(|run| &run.passes).collect();
        let sum = |of: fn(&Pass) -> f64| passes.iter().map(|pass| of(pass)).sum::<f64>();
        let mean = |of| sum(of) / passes.len() as f64;
        if passes.is_empty() {
            let all = arm.runs.iter().map(|run| run.seconds_train).sum::<f64>();
            return [&arm.name, "", "", "", &format!("{all:.1} s")].map(String::from);
        }
        [
            arm.name.clone(),
            format!("{:.1} µs", mean(|pass| pass.us_per_pattern)),
            format!("{:.2} s", mean(|pass| pass.seconds)),
            format!("{:.2} s", mean(|pass| pass.hessian_seconds)),
            format!("{:.1} s", sum(|pass| pass.seconds)),
        ]
    };
    run.arms().filter(|(_, arm)| !arm.runs.is_empty()).map(row).collect()
}

/// The link to a file of `figures/`, escaped, since the name of an arm may be any file name.
fn link(name: &str, kind: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._".contains(&byte);
    let encoded = |byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") };
    format!("figures/{}.{kind}", name.bytes().map(encoded).collect::<String>())
}
