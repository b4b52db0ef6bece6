#![doc = mathdoc::page!("mod.md")]

pub mod embedded;
#[cfg(feature = "files")]
mod error;
#[cfg(feature = "cli")]
pub mod fetch;
pub mod field;
#[cfg(feature = "files")]
pub mod idx;
#[cfg(feature = "files")]
pub mod mnist;
pub mod normalisation;
mod patterns;
#[cfg(feature = "files")]
mod recognise;
#[cfg(feature = "cli")]
pub mod source;

#[cfg(feature = "files")]
pub use error::{DataError, Fault};
pub use patterns::{BACKGROUND, Database, FOREGROUND, IMAGE, Patterns, Unpaired, place};
#[cfg(feature = "files")]
pub(crate) use recognise::recognise;
