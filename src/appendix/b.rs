#![doc = mathdoc::page!("b.md")]

use serde::{Deserialize, Serialize};

/// The times at which the parameters change (I-B, App. B).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Update {
    /// After every pattern, by its own gradient (eq. 3).
    Stochastic,
    /// After this number of patterns, by the gradient of their mean loss; frameworks call it a batch (deviation 19).
    Minibatch(usize),
    /// After all patterns, by the gradient of their mean loss (eq. 2).
    Batch,
}

impl Update {
    /// The number of patterns of one update, at least 1. A mini-batch is limited to all `patterns` patterns.
    pub fn patterns(self, patterns: usize) -> usize {
        match self {
            Self::Stochastic => 1,
            Self::Minibatch(count) => count.clamp(1, patterns.max(1)),
            Self::Batch => patterns.max(1),
        }
    }
}
