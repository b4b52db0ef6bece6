//! What stands in the place of S2 and S4: the paper's subsampling, or one of the two that came later.
//!
//! Each makes one unit of a window of 2 x 2, and a map comes out with half as many rows and columns. What they make of
//! the four is another thing:
//!
//! | `pooling =` | what becomes of the four | parameters of a map | from |
//! |---|---|---|---|
//! | `"subsampling"`, the default | [k times their sum, plus b](crate::section2::subsampling) | 2 | the paper, II-B |
//! | `"average"` | [a quarter of their sum](super::average_pooling) | 0 | the same without parameters |
//! | `"max"` | [the largest](super::max_pooling) | 0 | Riesenhuber and Poggio 1999 |
//!
//! So S2 and S4 have 12 and 32 parameters or none. An activation follows in every case, as in the paper.
//!
//! [`Pooling`] is the switch between them, and the only thing on this page: a network holds two. A gradient is a
//! `Pooling` of the same kind, in which the derivatives of the parameters are gathered, if there are any.
//!
//! ```
//! use lenet5::section1::Parameters;
//! use lenet5::section2::Subsampling;
//! use lenet5::today::{AveragePooling, MaxPooling, Pooling};
//! use ndarray::{Array3, arr3};
//!
//! let x = arr3(&[[[1.0, 2.0], [3.0, -2.0]]]);
//! let kinds = [
//!     Pooling::<f64>::Subsampling(Subsampling::new(1, 0.5)),
//!     Pooling::Average(AveragePooling),
//!     Pooling::Max(MaxPooling),
//! ];
//! let found = [(2.0, 2), (1.0, 0), (3.0, 0)];
//! for (kind, (wanted, parameters)) in kinds.iter().zip(found) {
//!     let mut y = Array3::zeros((1, 1, 1));
//!     kind.fprop(&x, &mut y);
//!     assert_eq!(y, arr3(&[[[wanted]]]));
//!     assert_eq!(kind.parameter_count(), parameters);
//! }
//! ```
//!
//! All three refuse maps with an odd number of rows or columns.

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
