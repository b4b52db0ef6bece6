#![doc = mathdoc::page!("mod.md")]

pub mod cuts;
pub mod k_best;
pub mod recognition;
pub mod segmentation;
pub mod strings;
pub mod viterbi;
