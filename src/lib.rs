//! LeNet-5 by hand (skeleton).

pub mod kernels;
pub mod notation;
pub mod section3;

pub use kernels::Real;
