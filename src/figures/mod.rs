//! # Figures
//!
//! JSON in, SVG and PNG out: a figure is drawn from the findings of studies that are committed in
//! `experiments/results/`, or from the library itself, never from a training run, so that it can be drawn again at any
//! time with `experiment figures paper`. There is a file for each:
//!
//! | figure | shows | studies |
//! |---|---|---|
//! | [`fig_2`] | Fig. 2: the layers of LeNet-5 | |
//! | [`fig_3`] | Fig. 3: the codes | |
//! | [`squashing`] | f, f' and f'' (II-B, App. A) | |
//! | [`rubbish`] | what j does in eq. 9 | |
//! | [`signal`] | what reaches each layer before training, and how steep the loss is there | `readings` |
//! | [`learning_curves`] | Fig. 5, and our curves beside it | `heads` |
//! | [`fig_6`] | Fig. 6, and our errors beside it | `fig-6`, `distortions` |
//! | [`frontier`] | errors against the rates of the first pass | `frontier`, `finalists-rbf` |
//! | [`heads`] | RBF against softmax from the same seeds | `heads` |
//!
//! All look alike because all draw through [`look`] (page, palette, letters, widths) and [`panel`] (axes and marks).

pub mod axis;
mod error;
pub mod fig_2;
pub mod fig_3;
pub mod fig_6;
mod findings;
pub mod frontier;
pub mod heads;
pub mod learning_curves;
pub mod look;
pub mod panel;
mod png;
pub mod rubbish;
pub mod signal;
pub mod squashing;

pub use error::FigureError;
pub use findings::{Findings, Studies};

use std::path::{Path, PathBuf};

/// The findings of studies that are compiled in, by name: `experiments/results/NAME.json`.
const RESULTS: [(&str, &str); 6] = [
    ("distortions", include_str!("../../experiments/results/distortions.json")),
    ("fig-6", include_str!("../../experiments/results/fig-6.json")),
    ("finalists-rbf", include_str!("../../experiments/results/finalists-rbf.json")),
    ("frontier", include_str!("../../experiments/results/frontier.json")),
    ("heads", include_str!("../../experiments/results/heads.json")),
    ("readings", include_str!("../../experiments/results/readings.json")),
];

/// Draws a figure as SVG.
type Draw = fn(&Studies) -> Result<String, FigureError>;

/// The figures, by the names of their files.
const PAPER: [(&str, Draw); 9] = [
    ("fig-2", fig_2::draw),
    ("fig-3", fig_3::draw),
    ("squashing", squashing::draw),
    ("rubbish", rubbish::draw),
    ("signal", signal::draw),
    ("learning-curves", learning_curves::draw),
    ("fig-6", fig_6::draw),
    ("frontier", frontier::draw),
    ("heads", heads::draw),
];

/// A figure on its page.
pub struct Figure {
    /// The name of its files.
    pub name: &'static str,
    /// The page.
    pub svg: String,
}

/// Draws every figure from `studies`.
///
/// # Errors
/// When the studies lack an arm, or an arm lacks what a figure shows.
pub fn paper(studies: &Studies) -> Result<Vec<Figure>, FigureError> {
    PAPER.iter().map(|&(name, draw)| Ok(Figure { name, svg: draw(studies)? })).collect()
}

impl Figure {
    /// Writes `figures/NAME.svg` and `figures/NAME.png` in the folder `docs` and says where.
    ///
    /// # Errors
    /// When `docs` is not there, or a file cannot be written.
    pub fn save(&self, docs: &Path) -> Result<[PathBuf; 2], FigureError> {
        if !docs.is_dir() {
            return Err(FigureError::NoFolder(docs.into()));
        }
        let folder = docs.join("figures");
        let failed = |path: &Path| {
            let path = path.to_path_buf();
            move |cause| FigureError::Write { path, cause }
        };
        std::fs::create_dir_all(&folder).map_err(failed(&folder))?;
        let files = ["svg", "png"].map(|kind| folder.join(self.name).with_extension(kind));
        std::fs::write(&files[0], &self.svg).map_err(failed(&files[0]))?;
        std::fs::write(&files[1], self.png()?).map_err(failed(&files[1]))?;
        Ok(files)
    }

    /// The page as PNG, as wide as the SVG says.
    ///
    /// # Errors
    /// When the SVG is none.
    pub fn png(&self) -> Result<Vec<u8>, FigureError> {
        png::of(&self.svg).map_err(|fault| FigureError::Pixels { name: self.name, fault })
    }
}
