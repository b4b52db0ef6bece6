//! Why a figure cannot be drawn, and what to do about it.

use crate::experiment::ExperimentError;
use plotters::drawing::DrawingAreaErrorKind;
use std::path::PathBuf;
use thiserror::Error;

/// Why a figure cannot be drawn.
#[derive(Debug, Error)]
pub enum FigureError {
    /// A figure wants a study, an arm, or numbers of an arm that are not there: which, where, and what to do.
    #[error("{0}")]
    Missing(String),
    /// The findings are no findings.
    #[error(transparent)]
    Results(#[from] ExperimentError),
    /// The page has no room, or cannot be written on.
    #[error("cannot draw the figure: {0}")]
    Draw(#[from] DrawingAreaErrorKind<std::io::Error>),
    /// The SVG cannot be turned into pixels.
    #[error("cannot turn {name}.svg into pixels: {fault}")]
    Pixels {
        /// The figure.
        name: String,
        /// What is wrong with it.
        fault: String,
    },
    /// The figures belong into a folder that is not there.
    #[error("there is no folder {} here: run `experiment figures` where the repository is, beside its README.md", .0.display())]
    NoFolder(PathBuf),
    /// A figure cannot be written.
    #[error("cannot write {} ({cause}): make room for it or check the permissions", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        cause: std::io::Error,
    },
}
