#![doc = mathdoc::page!("output.md", "../../docs/figures/heads.svg")]

use crate::section1::{Shape, ShapeError};
use serde::{Deserialize, Serialize};

/// The second derivative that an output layer passes down to the network, where there is a choice (deviations 6 and 11).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Curvature {
    /// The diagonal of the loss's second derivatives: it vanishes as the network becomes certain.
    Exact,
    /// A constant, as if every pattern were undecided.
    Constant,
}

/// The shape of the penalties of an output layer, `classes` in each column, for a state with `units` in each column.
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
