//! Errors of drawing figures, with advice.

use crate::experiment::ExperimentError;
use plotters::drawing::DrawingAreaErrorKind;
use std::path::PathBuf;
use thiserror::Error;

/// The reason why a figure cannot be drawn.
#[derive(Debug, Error)]
pub enum FigureError {
    /// A figure needs a study, an arm, or numbers of an arm that are missing; the text names them, their place, and what to do.
    #[error("{0}")]
    Missing(String),
    /// A file of findings cannot be read.
    #[error(transparent)]
    Results(#[from] ExperimentError),
    /// The page is too small, or cannot be drawn on.
    #[error("cannot draw the figure: {0}")]
    Draw(#[from] DrawingAreaErrorKind<std::io::Error>),
    /// The SVG cannot be turned into pixels.
    #[error("cannot turn {name}.svg into pixels: {fault}")]
    Pixels {
        /// The figure.
        name: String,
        /// The fault of its SVG.
        fault: String,
    },
    /// The folder for the figures does not exist.
    #[error("there is no folder {} here: run `experiment figures` in the folder of the repository's README.md", .0.display())]
    NoFolder(PathBuf),
    /// A figure cannot be written.
    #[error("cannot write {} ({cause}): make room for it or check the permissions", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// The error of the operating system.
        cause: std::io::Error,
    },
}
