#![doc = mathdoc::page!("output.md")]
#![doc = include_str!("../../docs/figures/heads.svg")]

use crate::section1::{Shape, ShapeError};
use serde::{Deserialize, Serialize};

/// Which second derivative an output layer hands back to the network where it has a choice (deviations 6 and 11).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Curvature {
    /// The diagonal of the loss's own: it vanishes as the network becomes certain.
    Exact,
    /// A constant, as if every pattern were undecided.
    Constant,
}

/// What an output layer of so many classes makes of `units` in each column of a state.
pub(super) fn output_shape(
    layer: &str,
    [classes, units]: [usize; 2],
    found: Shape,
) -> Result<Shape, ShapeError> {
    if found.0 != units {
        return Err(ShapeError::new(layer, found, format!("{units} units in each column")));
    }
    Ok((classes, found.1, found.2))
}
