//! LeNet-5 by hand (skeleton).

pub mod appendix;
pub mod experiment;
pub mod kernels;
pub mod notation;
pub mod section1;
pub mod section2;
pub mod section3;

pub use kernels::Real;
