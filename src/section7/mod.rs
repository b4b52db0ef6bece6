#![doc = mathdoc::page!("mod.md", "../../docs/figures/fig-23.svg")]

pub mod both;
pub mod characters;
pub mod sdnn;
pub mod spotting;
pub mod windows;
