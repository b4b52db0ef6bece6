#![doc = mathdoc::page!("mod.md", "../../docs/figures/then-and-now.svg", "../../docs/figures/errors-of-1998.svg")]

pub mod coding;
pub mod control;
pub mod display;
pub mod fig13;
pub mod fig25;
pub mod fig8;
pub mod fit;
pub mod front;
pub mod inputs;
pub mod likelihood;
mod linear;
mod map;
pub mod patterns;
#[cfg(feature = "cli")]
pub mod pdf;
pub mod rasters;
pub mod recover;
pub mod registration;
pub mod report;
pub mod sizes;
pub mod verdicts;
