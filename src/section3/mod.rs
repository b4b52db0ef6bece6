//! Section III (skeleton).
pub mod database;
pub mod training;
