#![doc = include_str!("pooling.md")]

use super::{AveragePooling, MaxPooling};
use crate::Real;
use crate::section1::{Maps, Module, Parameters, Shape, ShapeError};
use crate::section2::Subsampling;

/// Half as many rows and columns.
pub(super) fn halved(layer: &'static str, found: Shape) -> Result<Shape, ShapeError> {
    let (maps, rows, columns) = found;
    if [rows, columns].iter().any(|&side| side == 0 || !side.is_multiple_of(2)) {
        return Err(ShapeError { layer, found, needed: "even numbers of rows and columns".into() });
    }
    Ok((maps, rows / 2, columns / 2))
}

/// What stands in the place of S2 or S4: see [`PoolingKind`](super::network::PoolingKind) for the setting.
#[derive(Clone, Debug, PartialEq)]
pub enum Pooling<R> {
    /// The paper's: a trained coefficient and a bias for each map.
    Subsampling(Subsampling<R>),
    /// The mean of four.
    Average(AveragePooling),
    /// The largest of four.
    Max(MaxPooling),
}

impl<R: Real> Pooling<R> {
    /// From `x` to `y`, which has as many maps of half as many rows and columns. No activation.
    pub fn fprop(&self, x: &Maps<R>, y: &mut Maps<R>) {
        match self {
            Self::Subsampling(layer) => layer.fprop(x, y),
            Self::Average(layer) => layer.fprop(x, y),
            Self::Max(layer) => layer.fprop(x, y),
        }
    }

    /// From `dy = dE/dy` writes `dE/dx` to `dx`; what trained coefficients and biases get back is added to `gradient`.
    ///
    /// # Panics
    /// When `gradient` is of another kind.
    pub fn bprop(&self, x: &Maps<R>, dy: &Maps<R>, dx: &mut Maps<R>, gradient: &mut Self) {
        match (self, gradient) {
            (Self::Subsampling(layer), Self::Subsampling(sums)) => layer.bprop(x, dy, Some(dx), sums),
            (Self::Average(layer), Self::Average(sums)) => layer.bprop(x, dy, Some(dx), sums),
            (Self::Max(layer), Self::Max(sums)) => layer.bprop(x, dy, Some(dx), sums),
            _ => panic!("a gradient has the structure of its network"),
        }
    }
}

impl<R: Real> Parameters<R> for Pooling<R> {
    fn arrays(&self) -> impl Iterator<Item = &[R]> {
        let trained = if let Self::Subsampling(layer) = self { Some(layer.arrays()) } else { None };
        trained.into_iter().flatten()
    }

    fn arrays_mut(&mut self) -> impl Iterator<Item = &mut [R]> {
        let trained = if let Self::Subsampling(layer) = self { Some(layer.arrays_mut()) } else { None };
        trained.into_iter().flatten()
    }
}
