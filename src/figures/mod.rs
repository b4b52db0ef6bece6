#![doc = mathdoc::page!("mod.md")]

pub mod arms;
pub mod axis;
pub mod chains;
pub mod classifiers;
pub mod collapse;
pub mod confusion;
pub mod displaced;
pub mod elastic;
mod error;
pub mod errors_of_1998;
pub mod f6;
pub mod f6_moves;
pub mod fig_13;
pub mod fig_13_1998;
pub mod fig_14;
pub mod fig_15;
pub mod fig_2;
pub mod fig_20;
pub mod fig_23;
mod fig_23_layout;
pub mod fig_24;
mod fig_24_row;
pub mod fig_25;
pub mod fig_3;
pub mod fig_4;
pub mod fig_5;
pub mod fig_6;
pub mod fig_7;
pub mod fig_8;
mod findings;
pub mod forms;
pub mod frontier;
pub mod heads;
pub mod invariance;
pub mod kernels;
mod kit;
pub mod lines;
pub mod look;
pub mod margins;
mod nodes;
pub mod page;
pub mod panel;
#[cfg(feature = "cli")]
mod png;
pub mod rates;
pub mod reading;
pub mod rejection;
pub mod rubbish;
mod shades;
pub mod sheet;
pub mod signal;
pub mod squashing;
pub mod steps;
pub mod string_pages;
pub mod strings;
pub mod then_and_now;
pub mod tiles;
pub mod today;

pub use error::FigureError;
pub use findings::{Findings, Studies};
pub use page::{Frame, Page};

use crate::experiment::{ArmResults, Finished};
use look::Drawn;
use std::path::{Path, PathBuf};

/// The findings of studies that are compiled in, by name: `experiments/results/NAME.json`.
const RESULTS: [(&str, &str); 14] = [
    ("classifiers", include_str!("../../experiments/results/classifiers.json")),
    ("distortions", include_str!("../../experiments/results/distortions.json")),
    ("fig-6", include_str!("../../experiments/results/fig-6.json")),
    ("finalists-rbf", include_str!("../../experiments/results/finalists-rbf.json")),
    ("fronts", include_str!("../../experiments/results/fronts.json")),
    ("frontier", include_str!("../../experiments/results/frontier.json")),
    ("heads", include_str!("../../experiments/results/heads.json")),
    ("invariance", include_str!("../../experiments/results/invariance.json")),
    ("readings", include_str!("../../experiments/results/readings.json")),
    ("search-strings", include_str!("../../experiments/results/search-strings.json")),
    ("stability", include_str!("../../experiments/results/stability.json")),
    ("strings", include_str!("../../experiments/results/strings.json")),
    ("structure", include_str!("../../experiments/results/structure.json")),
    ("today", include_str!("../../experiments/results/today.json")),
];

/// Figures drawn from the same kind of source: the name of the files of each, and the function that draws it.
type Figures<Of> = &'static [(&'static str, fn(&Of) -> Drawn<Page>)];

/// The figures of studies, and those that need no data.
const STUDIES: Figures<Studies> = &[
    ("fig-2", |_| fig_2::draw()),
    ("fig-3", |_| fig_3::draw()),
    ("fig-14", |_| fig_14::draw()),
    ("fig-15", |_| fig_15::draw()),
    ("fig-20", |_| fig_20::draw()),
    ("fig-23", |_| fig_23::draw()),
    ("fig-24", |_| fig_24::draw()),
    ("fig-25", |_| fig_25::draw()),
    ("fig-21", |_| chains::draw()),
    ("fig-16", |_| string_pages::fig_16()),
    ("steps", |_| steps::example()),
    ("squashing", |_| squashing::draw()),
    ("rubbish", |_| rubbish::draw()),
    ("then-and-now", |_| then_and_now::draw()),
    ("signal", signal::draw),
    ("fig-5", fig_5::draw),
    ("fig-6", fig_6::draw),
    ("fig-9", classifiers::fig_9),
    ("fig-10", classifiers::fig_10),
    ("fig-11", classifiers::fig_11),
    ("fig-12", classifiers::fig_12),
    ("rejection", rejection::draw),
    ("frontier", frontier::draw),
    ("heads", heads::draw),
    ("invariance", invariance::draw),
    ("fig-13-1998", fig_13_1998::draw),
    ("arms", arms::draw),
    ("today", today::draw),
    ("strings-by-gap", strings::by_gap),
    ("junk", strings::junk),
    ("collapse", collapse::draw),
];

/// The figures of all arms of a run.
const CURVES: Figures<Finished> = &[("fig-5", fig_5::of_run), ("arms", arms::of_run)];

/// Figures of `docs/figures` that show a run's patterns, but no result of the run.
const ELASTIC: Figures<Finished> = &[("elastic", elastic::draw), ("forms", forms::draw)];
/// The figures of a run's patterns.
const PATTERNS: Figures<Finished> = &[("fig-4", fig_4::draw), ("fig-7", fig_7::draw)];

/// Draws a figure of the arm of a run with this number, if the arm has that figure.
type OfArm = fn(&Finished, usize) -> Drawn<Option<Page>>;

/// The figures of each arm of a run; some arms have only some of them.
const ARM: [(&str, OfArm); 8] = [
    ("fig-13", fig_13::draw),
    ("f6", f6::draw),
    ("f6-moves", f6_moves::draw),
    ("margins", margins::draw),
    ("fig-8", fig_8::draw),
    ("confusion", confusion::draw),
    ("kernels", kernels::draw),
    ("rates", rates::draw),
];

/// Those of them that need no network.
const OF_METHODS: [&str; 2] = ["fig-8", "confusion"];

/// A figure on its page.
pub struct Figure {
    /// The name of its files.
    pub name: String,
    /// The page.
    pub page: Page,
}

/// Figures that belong together.
pub struct Chapter {
    /// The title of the chapter.
    pub title: String,
    /// The figures, in reading order.
    pub figures: Vec<Figure>,
}

/// Draws every figure of `docs/figures`: from the library, from `studies`, and from the first arm of a `run`.
///
/// # Errors
/// When the studies lack an arm, or when an arm or the run lacks numbers that a figure shows.
pub fn paper(studies: &Studies, run: &Finished) -> Drawn<Vec<Figure>> {
    let parts = [drawn(STUDIES, studies)?, drawn(ELASTIC, run)?, drawn(PATTERNS, run)?, of_arm(run, 0, "")?];
    Ok(parts.into_iter().flatten().collect())
}

/// Draws every figure of a run: those of all arms together, then those of each arm.
///
/// # Errors
/// When the files of the run lack numbers that a figure shows.
pub fn of_run(run: &Finished) -> Drawn<Vec<Chapter>> {
    let chapter = |title: &str, figures| Chapter { title: title.into(), figures };
    // An arm that diverged from every seed has nothing to show.
    let trained = run.arms().filter(|(_, arm)| !arm.runs.is_empty());
    let passes = run.results.arms.iter().any(ArmResults::has_passes);
    let curves = if passes { drawn(CURVES, run)? } else { Vec::new() };
    let mut chapters = vec![chapter("All arms", curves), chapter("The patterns", drawn(PATTERNS, run)?)];
    for (n, arm) in trained {
        chapters.push(chapter(&arm.name, of_arm(run, n, &format!("{}-", arm.name))?));
    }
    Ok(chapters)
}

fn drawn<Of>(figures: Figures<Of>, of: &Of) -> Drawn<Vec<Figure>> {
    figures.iter().map(|&(name, draw)| Ok(Figure { name: name.into(), page: draw(of)? })).collect()
}

/// The figures of an arm, their names after `prefix`.
fn of_arm(run: &Finished, arm: usize, prefix: &str) -> Drawn<Vec<Figure>> {
    let mut figures = Vec::new();
    let is_network = run.plan.arms[arm].settings.method.is_none();
    for (name, draw) in ARM.into_iter().filter(|(name, _)| is_network || OF_METHODS.contains(name)) {
        figures.extend(draw(run, arm)?.map(|page| Figure { name: format!("{prefix}{name}"), page }));
    }
    Ok(figures)
}

impl Figure {
    /// Writes `NAME.svg` and `NAME.png` in an existing folder, and returns their paths.
    ///
    /// # Errors
    /// When a file cannot be written.
    #[cfg(feature = "cli")]
    pub fn save(&self, folder: &Path) -> Drawn<[PathBuf; 2]> {
        let [svg, png] = ["svg", "png"].map(|kind| folder.join(format!("{}.{kind}", self.name)));
        Ok([write(svg, self.svg().as_bytes())?, write(png, &self.png()?)?])
    }

    /// The page as a self-contained SVG file ([`Page::file`]).
    pub fn svg(&self) -> String {
        self.page.file()
    }

    /// The page as PNG, one pixel for each unit of the SVG.
    ///
    /// # Errors
    /// When the SVG cannot be read.
    #[cfg(feature = "cli")]
    pub fn png(&self) -> Drawn<Vec<u8>> {
        png::of(&self.page.svg).map_err(|fault| FigureError::Pixels { name: self.name.clone(), fault })
    }
}

/// Writes a file of figures or of a report and returns its path; an existing file is replaced.
#[cfg(feature = "cli")]
pub(crate) fn write(path: PathBuf, bytes: &[u8]) -> Drawn<PathBuf> {
    match crate::files::put(&path, bytes) {
        Ok(()) => Ok(path),
        Err(cause) => Err(FigureError::Write { path, cause }),
    }
}

/// Makes the folder `figures` in an existing folder.
///
/// # Errors
/// When the folder `above` does not exist, or the new one cannot be made.
pub fn folder(above: &Path) -> Drawn<PathBuf> {
    if !above.is_dir() {
        return Err(FigureError::NoFolder(above.into()));
    }
    let folder = above.join("figures");
    std::fs::create_dir_all(&folder).map_err(|cause| FigureError::Write { path: folder.clone(), cause })?;
    Ok(folder)
}
