#![doc = mathdoc::page!("mod.md")]

pub mod embedded;
mod error;
#[cfg(feature = "cli")]
pub mod fetch;
pub mod idx;
pub mod mnist;
pub mod normalisation;
mod patterns;
#[cfg(feature = "cli")]
pub mod source;

pub use error::{DataError, Fault};
pub use patterns::{BACKGROUND, Database, FOREGROUND, IMAGE, INPUT, Patterns, place};
