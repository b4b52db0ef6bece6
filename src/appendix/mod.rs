//! # Appendices A to C: how to start, how to step, how far
//!
//! - [`a`]: the squashing function's constants and the initial weights.
//! - Appendix B, stochastic against batch learning, is a choice of the caller: see
//!   [`Update`](crate::section3::training::Update).
//! - [`c`]: a rate of its own for every parameter, from diagonal second derivatives.

pub mod a;
pub mod c;
