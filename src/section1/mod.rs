#![doc = mathdoc::page!("mod.md")]

mod erased;
pub mod gradient_descent;
pub mod layer;
pub mod loss;
pub mod mini_batch;
pub mod module;
pub mod network;
pub mod parameters;
mod states;

pub use gradient_descent::{Gradient, Optimiser};
pub use layer::{Activation, Layer, Maps, Shape, ShapeError};
pub(crate) use layer::{back_flat, halved, unit_by_unit};
pub use loss::{Bend, Loss, Penalties};
pub use mini_batch::{InTraining, MiniBatch};
pub(crate) use module::bprop_then_update;
pub use module::{Back, Bbprop, Module, SecondOrder, State, Wanted};
pub use network::{Census, Network, NetworkError};
pub use parameters::{Parameters, Tensor, side_by_side};
pub(crate) use parameters::{arrays, flat, flat_mut, nothing_to_learn, tensors};
pub use states::States;

/// [Eq. 1](self#eq-1): test error minus training error, in the unit of `k`.
///
/// `k (capacity / patterns)^alpha`, where `patterns` is the number of training patterns `P`, `capacity` the paper's
/// `h`, and `alpha` is between 0.5 and 1 (I-A).
///
/// ```
/// // Four times as many patterns at least halve the gap, and at most quarter it.
/// let gap = |patterns, alpha| lenet5::section1::gap(8.0, 100.0, patterns, alpha);
/// assert_eq!((gap(100, 0.5), gap(400, 0.5), gap(400, 1.0)), (8.0, 4.0, 2.0));
/// ```
pub fn gap(k: f64, capacity: f64, patterns: usize, alpha: f64) -> f64 {
    k * (capacity / patterns as f64).powf(alpha)
}
