//! Functions that several tests share.

pub mod agreement;
pub mod all_blocks;
pub mod by_each;
pub mod claims;
pub mod differences;
pub mod draw;
pub mod draw_layers;
pub mod findings;
pub mod flat;
pub mod layers;
pub mod pages;
pub mod passes;
pub mod real_mnist;
pub mod training_case;
pub mod untrained;
pub mod waves;
pub mod wires;
