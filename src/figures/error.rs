//! Why a figure cannot be drawn, and what to do about it.

use crate::experiment::ExperimentError;
use plotters::drawing::DrawingAreaErrorKind;
use std::path::PathBuf;
use thiserror::Error;

/// Why a figure cannot be drawn.
#[derive(Debug, Error)]
pub enum FigureError {
    /// A figure wants findings that are not there.
    #[error(
        "there are no findings of study '{study}', only {there}: add its JSON to RESULTS in src/figures/mod.rs"
    )]
    NoStudy {
        /// The study.
        study: String,
        /// The studies there are.
        there: String,
    },
    /// A figure wants an arm that the study does not have.
    #[error(
        "{file} has no arm '{arm}', only {there}: give the arm this name in the study, or change the figure"
    )]
    NoArm {
        /// The findings.
        file: String,
        /// The arm.
        arm: String,
        /// The arms there are.
        there: String,
    },
    /// An arm lacks what the figure shows.
    #[error("{file}, arm {arm}: found no {what}; run the study again, or leave the arm out of the figure")]
    Lacking {
        /// The findings.
        file: String,
        /// The arm.
        arm: String,
        /// What it lacks.
        what: &'static str,
    },
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
