//! # The notes: what we chose, and what we found
//!
//! The folder `paper/` retells the paper section by section, in our words, and keeps what this project takes from it. Two
//! of its pages are part of this book, because the walkthrough leads to them everywhere:
//!
//! - [`deviations`]: every choice that the paper leaves open, and every place where we leave the paper, numbered.

pub mod deviations {
    //! [recipe.md]: crate::paper
    //! [appendix C]: crate::appendix::c
    #![doc = include_str!("../paper/deviations.md")]
}
