//! Section III-A: the database.

mod patterns;

pub use patterns::{DataError, Database, INPUT, Patterns};
