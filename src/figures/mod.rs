#![doc = include_str!("mod.md")]

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
pub mod lines;
pub mod look;
pub mod margins;
pub mod panel;
#[cfg(feature = "cli")]
mod png;
pub mod rates;
pub mod rubbish;
mod shades;
pub mod signal;
pub mod squashing;
pub mod tiles;
pub mod today;

pub use error::FigureError;
pub use findings::{Findings, Studies};
pub use look::{Frame, Page};

use crate::experiment::Finished;
#[cfg(feature = "cli")]
use crate::files::put;
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

/// Draws a figure from the findings of studies.
type OfStudies = fn(&Studies) -> Result<Page, FigureError>;
/// Draws a figure of a run.
type OfRun = fn(&Finished) -> Result<Page, FigureError>;
/// Draws a figure of an arm of a run, which has this number, unless there is nothing to be seen.
type OfArm = fn(&Finished, usize) -> Result<Option<Page>, FigureError>;

/// Draws a figure that needs no data.
type OfTheory = fn() -> Result<Page, FigureError>;

/// The figures that need no data, by the names of their files.
const THEORY: [(&str, OfTheory); 4] = [
    ("fig-2", fig_2::draw),
    ("fig-3", fig_3::draw),
    ("squashing", squashing::draw),
    ("rubbish", rubbish::draw),
];

/// The figures that are drawn from studies.
const STUDIES: [(&str, OfStudies); 7] = [
    ("signal", signal::draw),
    ("fig-5", fig_5::draw),
    ("fig-6", fig_6::draw),
    ("frontier", frontier::draw),
    ("heads", heads::draw),
    ("arms", arms::draw),
    ("today", today::draw),
];

/// The figures of a run that are of studies in `paper/`.
const CURVES: [(&str, OfRun); 2] = [("fig-5", fig_5::of_run), ("arms", arms::of_run)];

/// A figure of `docs/figures` that shows a run's patterns, but nothing of the run.
const ELASTIC: (&str, OfRun) = ("elastic", elastic::draw);

/// The figures of a run's patterns.
const RUN: [(&str, OfRun); 2] = [("fig-4", fig_4::draw), ("fig-7", fig_7::draw)];

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
pub fn paper(studies: &Studies, run: &Finished) -> Result<Vec<Figure>, FigureError> {
    let theory = THEORY.iter().map(|&(name, draw)| Ok(Figure { name: name.into(), page: draw()? }));
    let of_studies =
        STUDIES.iter().map(|&(name, draw)| Ok(Figure { name: name.into(), page: draw(studies)? }));
    let mut figures: Vec<Figure> = theory.chain(of_studies).collect::<Result<_, FigureError>>()?;
    figures.extend(of_all(run, &[ELASTIC])?);
    figures.extend(of_all(run, &RUN)?);
    figures.extend(of_arm(run, 0, "")?);
    Ok(figures)
}

/// Draws every figure of a run: those of all arms together, then those of each.
///
/// # Errors
/// When a file of the run does not hold what a figure shows.
pub fn of_run(run: &Finished) -> Result<Vec<Chapter>, FigureError> {
    let together = Chapter { title: "All arms".into(), figures: of_all(run, &CURVES)? };
    let patterns = Chapter { title: "The patterns".into(), figures: of_all(run, &RUN)? };
    let chapters = run.arms().map(|(n, arm)| {
        Ok(Chapter { title: arm.name.clone(), figures: of_arm(run, n, &format!("{}-", arm.name))? })
    });
    [Ok(together), Ok(patterns)].into_iter().chain(chapters).collect()
}

/// The figures that show all arms, or none.
fn of_all(run: &Finished, figures: &[(&str, OfRun)]) -> Result<Vec<Figure>, FigureError> {
    figures.iter().map(|&(name, draw)| Ok(Figure { name: name.into(), page: draw(run)? })).collect()
}

/// The figures of an arm, their names after `prefix`.
fn of_arm(run: &Finished, arm: usize, prefix: &str) -> Result<Vec<Figure>, FigureError> {
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
    pub fn save(&self, folder: &Path) -> Result<[PathBuf; 2], FigureError> {
        let failed = |path: &Path| {
            let path = path.to_path_buf();
            move |cause| FigureError::Write { path, cause }
        };
        let files = ["svg", "png"].map(|kind| folder.join(format!("{}.{kind}", self.name)));
        put(&files[0], self.svg().as_bytes()).map_err(failed(&files[0]))?;
        put(&files[1], &self.png()?).map_err(failed(&files[1]))?;
        Ok(files)
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
    pub fn png(&self) -> Result<Vec<u8>, FigureError> {
        png::of(&self.page.svg).map_err(|fault| FigureError::Pixels { name: self.name.clone(), fault })
    }
}

/// Makes the folder that figures go into; the one above it must be there.
///
/// # Errors
/// When it is not, or the folder cannot be made.
pub fn folder(above: &Path) -> Result<PathBuf, FigureError> {
    if !above.is_dir() {
        return Err(FigureError::NoFolder(above.into()));
    }
    let folder = above.join("figures");
    std::fs::create_dir_all(&folder).map_err(|cause| FigureError::Write { path: folder.clone(), cause })?;
    Ok(folder)
}
