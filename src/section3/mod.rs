//! Section III (skeleton).
pub mod database;
