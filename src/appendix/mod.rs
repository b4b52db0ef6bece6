//! # Appendices A to C: how to start, how to step, how far
//!
//! - [`a`]: the squashing function's constants and the initial weights.
//! - [`b`]: an update after every pattern or after all.
//! - [`c`]: a rate of its own for every parameter, from diagonal second derivatives.

pub mod a;
pub mod b;
pub mod c;
