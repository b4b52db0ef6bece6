#![doc = mathdoc::page!("mod.md")]

pub mod control;
pub mod display;
pub mod fig25;
pub mod fit;
pub mod inputs;
pub mod likelihood;
mod linear;
pub mod rasters;
pub mod recover;
pub mod report;
pub mod verdicts;
