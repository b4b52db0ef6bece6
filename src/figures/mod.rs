//! # Figures
//!
//! JSON in, SVG and PNG out: a figure is drawn from the findings of studies that are committed in
//! `experiments/results/`, never from a training run, so that it can be drawn again at any time with
//! `experiment figures paper`. There is a file for each:
//!
//! | figure | shows | studies |
//! |---|---|---|
//! | [`signal`] | how much of the patterns reaches each layer before training | `readings` |
//! | [`learning_curves`] | Fig. 5, and our curves beside it | `heads` |
//! | [`frontier`] | errors against the rates of the first pass | `frontier`, `finalists-rbf` |
//! | [`heads`] | RBF against softmax from the same seeds | `heads` |
//!
//! All look alike because all draw through [`look`] (page, palette, letters, widths) and [`panel`] (axes and marks).

pub mod axis;
mod error;
mod findings;
pub mod frontier;
pub mod heads;
pub mod learning_curves;
pub mod look;
pub mod panel;
mod png;
pub mod signal;

pub use error::FigureError;
pub use findings::{Findings, Studies};
pub use look::Page;

use crate::experiment::Finished;
use crate::experiment::files::put;
use std::path::{Path, PathBuf};

/// The findings of studies that are compiled in, by name: `experiments/results/NAME.json`.
const RESULTS: [(&str, &str); 4] = [
    ("finalists-rbf", include_str!("../../experiments/results/finalists-rbf.json")),
    ("frontier", include_str!("../../experiments/results/frontier.json")),
    ("heads", include_str!("../../experiments/results/heads.json")),
    ("readings", include_str!("../../experiments/results/readings.json")),
];

/// Draws a figure from the findings of studies.
type OfStudies = fn(&Studies) -> Result<Page, FigureError>;
/// Draws a figure of a run.
type OfRun = fn(&Finished) -> Result<Page, FigureError>;
/// Draws a figure of an arm of a run, which has this number.
type OfArm = fn(&Finished, usize) -> Result<Page, FigureError>;

/// The figures that are drawn from studies, by the names of their files.
const STUDIES: [(&str, OfStudies); 4] = [
    ("signal", signal::draw),
    ("learning-curves", learning_curves::draw),
    ("frontier", frontier::draw),
    ("heads", heads::draw),
];

/// The figures of a run.
const RUN: [(&str, OfRun); 0] = [];

/// The figures of each arm of a run.
const ARM: [(&str, OfArm); 0] = [];

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

/// Draws every figure of the paper, and every other of `paper/recipe.md`, from `studies` and a `run`, whose first arm is the
/// paper's network.
///
/// # Errors
/// When the studies lack an arm, or an arm or the run lacks what a figure shows.
pub fn paper(studies: &Studies, run: &Finished) -> Result<Vec<Figure>, FigureError> {
    let figure = |name: &str, page| Ok(Figure { name: name.into(), page: page? });
    let of_studies = STUDIES.iter().map(|(name, draw)| figure(name, draw(studies)));
    let of_run = RUN.iter().map(|(name, draw)| figure(name, draw(run)));
    let of_arm = ARM.iter().map(|(name, draw)| figure(name, draw(run, 0)));
    of_studies.chain(of_run).chain(of_arm).collect()
}

/// Draws every figure of a run: those of all arms together, then those of each.
///
/// # Errors
/// When a file of the run does not hold what a figure shows.
pub fn of_run(run: &Finished) -> Result<Vec<Chapter>, FigureError> {
    let of_run = RUN.iter().map(|&(name, draw)| Ok(Figure { name: name.into(), page: draw(run)? }));
    let together = Chapter { title: "All arms".into(), figures: of_run.collect::<Result<_, FigureError>>()? };
    let chapters = run.arms().map(|(n, arm)| {
        let name = |name: &str| format!("{}-{name}", arm.name);
        let figures = ARM.iter().map(|(figure, draw)| Ok(Figure { name: name(figure), page: draw(run, n)? }));
        Ok(Chapter { title: arm.name.clone(), figures: figures.collect::<Result<_, FigureError>>()? })
    });
    std::iter::once(Ok(together)).chain(chapters).collect()
}

impl Figure {
    /// Writes `NAME.svg` and `NAME.png` in a folder that is there, and says where.
    ///
    /// # Errors
    /// When a file cannot be written.
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

    /// The page as a file that needs nothing else: its letters are in it.
    pub fn svg(&self) -> String {
        self.page.svg.replacen('>', &format!(">\n<style>{}</style>", look::letters()), 1)
    }

    /// The page as PNG, as wide as the SVG says.
    ///
    /// # Errors
    /// When the SVG is none.
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
