#![doc = mathdoc::page!("mod.md")]

pub mod classifiers;
pub mod comparison;
pub mod database;
pub mod distortions;
pub mod evaluation;
pub mod invariance;
pub mod presentation;
pub mod training;
