#![doc = mathdoc::page!("mod.md", "../../docs/figures/fig-21.svg")]

pub mod criterion;
pub mod forward;
pub mod path_selector;
pub mod reader;
pub mod reading;
pub mod training;
