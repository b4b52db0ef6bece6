//! The reasons why a classifier cannot be trained.

use thiserror::Error;

/// The reason why a classifier cannot be trained on these patterns.
#[derive(Clone, Debug, Error, PartialEq)]
pub enum MethodError {
    /// A class has too few patterns.
    #[error("class {class} has {found} training patterns, expected at least {least}: train on more patterns")]
    TooFew {
        /// The class.
        class: usize,
        /// Its patterns.
        found: usize,
        /// The patterns that the classifier needs of each class.
        least: usize,
    },
    /// More neighbours are asked for than there are patterns.
    #[error("k is {k}, but there are {patterns} training patterns: lower k, or train on more patterns")]
    TooManyNeighbours {
        /// The number of neighbours.
        k: usize,
        /// The number of training patterns.
        patterns: usize,
    },
    /// The working memory would be too large.
    #[error("this would take {needed} MB of memory, but at most {allowed} MB are taken: train on fewer patterns")]
    Memory {
        /// The memory that training would take.
        needed: usize,
        /// The most that it may take.
        allowed: usize,
    },
    /// Training was told to stop.
    #[error("stopped")]
    Stopped,
}
