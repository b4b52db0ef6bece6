#![doc = mathdoc::page!("mod.md")]

pub mod both;
pub mod characters;
pub mod sdnn;
pub mod spotting;
pub mod windows;
