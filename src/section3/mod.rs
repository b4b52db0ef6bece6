//! # Section III: data, training, results
//!
//! - [`database`] (III-A): MNIST from disk or from its mirrors, the treatment that turns a scan into a pattern, and
//!   digits drawn by the program itself for machines that cannot have MNIST.
//! - [`distortions`] (III-B): digits moved, scaled, squeezed and sheared at random, for more data.
//! - [`invariance`] (III-E): noise.
//! - [`presentation`] (III-B, App. C): which patterns a pass presents, in which order, and distorted how.
//! - [`training`] (III-B): passes in a constant order, the schedule, errors on the fly and on test patterns.
//!
//! What is made of them, arms compared with the paper, is [`experiment`](crate::experiment).

pub mod database;
pub mod distortions;
pub mod invariance;
pub mod presentation;
pub mod training;
