//! # Section I: learning from gradients, module by module
//!
//! A machine computes `Y = F(Z, W)` from a pattern `Z` and adjustable parameters `W`; a loss compares it with the
//! desired answer; learning is the search for `W` that makes the average loss small. What generalises is not proved
//! but measured, on patterns that took no part (I-A, eq. 1: the gap between test and training error grows with the
//! capacity of the machine and shrinks with the number of patterns).
//!
//! | the paper | here |
//! |---|---|
//! | I-B, eq. 2: one step per visit of all patterns | [`Gradient`], with the gradient of the mean |
//! | I-B, eq. 3: one step per pattern | [`Gradient`], [`Momentum`] |
//! | I-E, eq. 4: a cascade of modules, each passing gradients back | [`Module`], [`Sequential`] |
//! | appendix C: a rate for every parameter | [`StochasticDiagonalLevenbergMarquardt`](crate::appendix::c) |
//!
//! ## A module
//! A module computes its outputs from its inputs and its parameters, `x_out = F(w, x_in)`. Told how the loss changes
//! with its outputs, it can say how the loss changes with its inputs and its parameters. Both are products of a
//! transposed Jacobian with a vector; no Jacobian is ever written down (eq. 4):
//!
//! ```text
//! dE/dw    = (dF/dw)ᵀ dE/dx_out          "bprop", into the gradient
//! dE/dx_in = (dF/dx)ᵀ dE/dx_out          "bprop", into dx
//! ```
//!
//! The same walk with every derivative squared passes diagonal second derivatives back (eq. 25 and 27): `bbprop`.

pub mod gradient_descent;
pub mod module;
pub mod sequential;

pub use gradient_descent::{Gradient, Momentum, Optimiser};
pub use module::{Maps, Module, Parameters, Shape, ShapeError};
pub(crate) use module::{descend_by_gradient, line, line_mut};
pub use sequential::Sequential;
