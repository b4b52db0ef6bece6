#![doc = include_str!("mod.md")]

pub mod database;
pub mod distortions;
pub mod invariance;
pub mod presentation;
pub mod training;
