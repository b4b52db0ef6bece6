#![doc = mathdoc::page!("mod.md")]

pub mod gradient_descent;
pub mod module;
pub mod sequential;

pub use gradient_descent::{Gradient, Optimiser};
pub use module::{Maps, Module, Parameters, Shape, ShapeError};
pub(crate) use module::{descend_by_gradient, line, line_mut, lines, lines_back, nothing_to_learn};
pub use sequential::Sequential;

/// [Eq. 1](self#eq-1): how far the test error lies above the training error, in the unit of `k`.
///
/// `k (capacity / patterns)^alpha`, where `patterns` is the number of training patterns `P`, `capacity` the paper's
/// `h`, and `alpha` is between 0.5 and 1 (I-A).
///
/// ```
/// // Four times the patterns halve the gap at least, and quarter it at most.
/// let gap = |patterns, alpha| lenet5::section1::gap(8.0, 100.0, patterns, alpha);
/// assert_eq!((gap(100, 0.5), gap(400, 0.5), gap(400, 1.0)), (8.0, 4.0, 2.0));
/// ```
pub fn gap(k: f64, capacity: f64, patterns: usize, alpha: f64) -> f64 {
    k * (capacity / patterns as f64).powf(alpha)
}
