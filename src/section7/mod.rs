#![doc = mathdoc::page!("mod.md")]

pub mod characters;
pub mod sdnn;
pub mod spotting;
pub mod windows;
