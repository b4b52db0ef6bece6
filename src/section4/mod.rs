#![doc = mathdoc::page!("mod.md")]

pub mod graph;
pub mod special;
pub mod system;
pub mod transformer;

pub use graph::{Arc, Graph, GraphError};
pub use system::{MultiModule, System, SystemError};
pub use transformer::GraphTransformer;
