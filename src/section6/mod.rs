#![doc = mathdoc::page!("mod.md")]

pub mod criterion;
pub mod forward;
pub mod path_selector;
pub mod reading;
pub mod training;
