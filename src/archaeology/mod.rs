#![doc = mathdoc::page!("mod.md", "../../docs/figures/then-and-now.svg")]

pub mod control;
pub mod display;
pub mod fig25;
pub mod fig8;
pub mod fit;
pub mod inputs;
pub mod likelihood;
mod linear;
mod map;
pub mod rasters;
pub mod recover;
pub mod report;
pub mod verdicts;
