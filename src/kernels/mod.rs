//! The hot loops (skeleton).

mod real;

pub use real::Real;
