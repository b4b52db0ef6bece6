//! From 1998 to today: blocks that came later.

pub mod adam;
pub mod average_pooling;
pub mod batch_normalisation;
pub mod dropout;
pub mod initial;
pub mod max_pooling;
pub mod momentum;
pub mod network;
pub mod pooling;
pub mod relu;
pub mod training;

pub use adam::Adam;
pub use average_pooling::AveragePooling;
pub use batch_normalisation::{BatchNormalisation, Moments};
pub use dropout::Dropout;
pub use max_pooling::MaxPooling;
pub use momentum::Momentum;
pub use network::{Blocks, Network};
pub use pooling::Pooling;
pub use relu::Relu;
