#![doc = mathdoc::page!("lib.md")]

pub mod appendix;
pub mod cookbook;
#[cfg(feature = "cli")]
pub mod draw;
#[cfg(feature = "experiment")]
pub mod experiment;
#[cfg(feature = "figures")]
pub mod figures;
#[cfg(feature = "files")]
mod files;
pub mod kernels;
pub mod notation;
pub mod paper;
#[cfg(feature = "cli")]
pub mod report;
pub mod section1;
pub mod section2;
pub mod section3;
pub mod today;
#[cfg(feature = "files")]
pub mod weights;

pub use kernels::Real;
/// The arrays that states and parameters are kept in.
pub use ndarray;
pub use rand;
pub use rand_chacha;
