//! Every block of today in one network.

use lenet5::today::{ActivationKind, Blocks, Initial, PoolingKind};

/// All blocks together.
pub const ALL: Blocks = Blocks {
    activation: ActivationKind::Relu,
    linear_convolutions: false,
    pooling: PoolingKind::Max,
    initial_weights: Some(Initial::He),
    batch_normalisation: true,
    dropout: 0.3,
};
