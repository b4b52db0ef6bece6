#![doc = mathdoc::page!("mod.md")]

pub mod arms;
pub mod axis;
pub mod confusion;
pub mod elastic;
mod error;
pub mod f6;
pub mod f6_moves;
pub mod fig_13;
pub mod fig_2;
pub mod fig_3;
pub mod fig_4;
pub mod fig_5;
pub mod fig_6;
pub mod fig_7;
pub mod fig_8;
mod findings;
pub mod frontier;
pub mod heads;
pub mod kernels;
mod kit;
pub mod lines;
pub mod look;
pub mod margins;
pub mod page;
pub mod panel;
#[cfg(feature = "cli")]
mod png;
pub mod rates;
pub mod rubbish;
mod shades;
pub mod sheet;
pub mod signal;
pub mod squashing;
pub mod tiles;
pub mod today;

pub use error::FigureError;
pub use findings::{Findings, Studies};
pub use page::{Frame, Page};

use crate::experiment::Finished;
use look::Drawn;
use std::path::{Path, PathBuf};

/// The findings of studies that are compiled in, by name: `experiments/results/NAME.json`.
const RESULTS: [(&str, &str); 7] = [
    ("distortions", include_str!("../../experiments/results/distortions.json")),
    ("fig-6", include_str!("../../experiments/results/fig-6.json")),
    ("finalists-rbf", include_str!("../../experiments/results/finalists-rbf.json")),
    ("frontier", include_str!("../../experiments/results/frontier.json")),
    ("heads", include_str!("../../experiments/results/heads.json")),
    ("readings", include_str!("../../experiments/results/readings.json")),
    ("today", include_str!("../../experiments/results/today.json")),
];

/// Figures of one kind: the names of their files, and how each is drawn from what they show.
type Figures<Of> = &'static [(&'static str, fn(&Of) -> Drawn<Page>)];

/// The figures that need no data, and those that are drawn from studies.
const STUDIES: Figures<Studies> = &[
    ("fig-2", |_| fig_2::draw()),
    ("fig-3", |_| fig_3::draw()),
    ("squashing", |_| squashing::draw()),
    ("rubbish", |_| rubbish::draw()),
    ("signal", signal::draw),
    ("fig-5", fig_5::draw),
    ("fig-6", fig_6::draw),
    ("frontier", frontier::draw),
    ("heads", heads::draw),
    ("arms", arms::draw),
    ("today", today::draw),
];

/// The figures of all arms of a run.
const CURVES: Figures<Finished> = &[("fig-5", fig_5::of_run), ("arms", arms::of_run)];

/// A figure of `docs/figures` that shows a run's patterns, but nothing of the run.
const ELASTIC: Figures<Finished> = &[("elastic", elastic::draw)];
/// The figures of a run's patterns.
const PATTERNS: Figures<Finished> = &[("fig-4", fig_4::draw), ("fig-7", fig_7::draw)];

/// Draws a figure of an arm of a run, which has this number, unless there is nothing to be seen.
type OfArm = fn(&Finished, usize) -> Drawn<Option<Page>>;

/// The figures of each arm of a run; not all arms have all of them.
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

/// A figure on its page.
pub struct Figure {
    /// The name of its files.
    pub name: String,
    /// The page.
    pub page: Page,
}

/// Figures that belong together.
pub struct Chapter {
    /// What they are about.
    pub title: String,
    /// In the order in which they are to be looked at.
    pub figures: Vec<Figure>,
}

/// Draws every figure of `docs/figures`: from nothing but the library, from `studies`, and from the first arm of a `run`.
///
/// # Errors
/// When the studies lack an arm, or an arm or the run lacks what a figure shows.
pub fn paper(studies: &Studies, run: &Finished) -> Drawn<Vec<Figure>> {
    let parts = [drawn(STUDIES, studies)?, drawn(ELASTIC, run)?, drawn(PATTERNS, run)?, of_arm(run, 0, "")?];
    Ok(parts.into_iter().flatten().collect())
}

/// Draws every figure of a run: those of all arms together, then those of each.
///
/// # Errors
/// When a file of the run does not hold what a figure shows.
pub fn of_run(run: &Finished) -> Drawn<Vec<Chapter>> {
    let chapter = |title: &str, figures| Chapter { title: title.into(), figures };
    let mut chapters =
        vec![chapter("All arms", drawn(CURVES, run)?), chapter("The patterns", drawn(PATTERNS, run)?)];
    for (n, arm) in run.arms() {
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
    for (name, draw) in ARM {
        figures.extend(draw(run, arm)?.map(|page| Figure { name: format!("{prefix}{name}"), page }));
    }
    Ok(figures)
}

impl Figure {
    /// Writes `NAME.svg` and `NAME.png` in a folder that is there, and says where.
    ///
    /// # Errors
    /// When a file cannot be written.
    #[cfg(feature = "cli")]
    pub fn save(&self, folder: &Path) -> Drawn<[PathBuf; 2]> {
        let [svg, png] = ["svg", "png"].map(|kind| folder.join(format!("{}.{kind}", self.name)));
        Ok([write(svg, self.svg().as_bytes())?, write(png, &self.png()?)?])
    }

    /// The page as a file that needs nothing else: its letters are in it. Without blank lines, it can stand in Markdown.
    pub fn svg(&self) -> String {
        self.page.file()
    }

    /// The page as PNG, as wide as the SVG says.
    ///
    /// # Errors
    /// When the SVG is none.
    #[cfg(feature = "cli")]
    pub fn png(&self) -> Drawn<Vec<u8>> {
        png::of(&self.page.svg).map_err(|fault| FigureError::Pixels { name: self.name.clone(), fault })
    }
}

/// Writes a file of figures or of a report and says where; one that is there already is replaced.
#[cfg(feature = "cli")]
pub(crate) fn write(path: PathBuf, bytes: &[u8]) -> Drawn<PathBuf> {
    match crate::files::put(&path, bytes) {
        Ok(()) => Ok(path),
        Err(cause) => Err(FigureError::Write { path, cause }),
    }
}

/// Makes the folder that figures go into; the one above it must be there.
///
/// # Errors
/// When it is not, or the folder cannot be made.
pub fn folder(above: &Path) -> Drawn<PathBuf> {
    if !above.is_dir() {
        return Err(FigureError::NoFolder(above.into()));
    }
    let folder = above.join("figures");
    std::fs::create_dir_all(&folder).map_err(|cause| FigureError::Write { path: folder.clone(), cause })?;
    Ok(folder)
}
