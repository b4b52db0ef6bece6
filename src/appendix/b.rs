//! Appendix B: stochastic against batch learning.
//!
//! The gradient of the mean over all patterns is exact and costs a whole pass; the gradient of one pattern is noisy and
//! costs one pattern. Where patterns resemble each other, as handwritten digits do, most of the exact gradient is known
//! after a fraction of the pass: had the set been two copies of one half, a batch update would cost twice as much as
//! one on the half and say the same. So one update per pattern learns faster by far on large, redundant sets, and its
//! noise matters little while the parameters are far from where they will settle.
//!
//! The gradients are the same, pattern by pattern; only the moment of the update differs.

use serde::{Deserialize, Serialize};

/// When the parameters change (I-B, App. B).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Update {
    /// After every pattern, by its own gradient (eq. 3).
    Stochastic,
    /// After so many patterns, by the gradient of their mean: what frameworks call a batch (deviation 19).
    Minibatch(usize),
    /// After all patterns, by the gradient of their mean (eq. 2).
    Batch,
}

impl Update {
    /// How many of `patterns` patterns go into one update: at least 1.
    pub fn patterns(self, patterns: usize) -> usize {
        match self {
            Self::Stochastic => 1,
            Self::Minibatch(count) => count.max(1),
            Self::Batch => patterns.max(1),
        }
    }
}
