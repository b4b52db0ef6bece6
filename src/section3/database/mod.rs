//! Section III-A: the database.

pub mod embedded;
pub mod normalisation;
mod patterns;

pub use patterns::{DataError, Database, Patterns};
