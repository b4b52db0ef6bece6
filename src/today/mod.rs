//! From 1998 to today: blocks that came later.

pub mod adam;
pub mod batch_normalisation;
pub mod dropout;
pub mod initial;
pub mod momentum;
pub mod network;
pub mod pooling;
pub mod relu;
pub mod training;

pub use adam::Adam;
pub use batch_normalisation::{BatchNormalisation, Moments};
pub use dropout::Dropout;
pub use momentum::Momentum;
pub use network::{Blocks, Network};
pub use pooling::{AveragePooling, MaxPooling, Pooling};
pub use relu::Relu;
