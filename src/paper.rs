//! # The notes: what we chose, and what we found
//!
//! The folder `paper/` retells the paper section by section, in our words, and keeps what this project takes from it. Three
//! of its pages are part of this book, because the walkthrough leads to them everywhere:
//!
//! - [`deviations`]: every choice that the paper leaves open, and every place where we leave the paper, numbered;
//! - [`claims`]: every claim of the paper that can be checked, its value, ours, a verdict, and the command that shows it;
//! - [`reproduction`]: what was tried, what came out, what was difficult and what could not be settled, on two pages.
//!
//! `paper/recipe.md`, to which they refer, is the study behind the arms: which reading of the paper gives its numbers.
#![doc = mathdoc::page!()]

pub mod claims {
    //! [claims.toml]: crate::report::claims
    //! [section II]: crate::section2
    //! [section III]: crate::section3
    //! [Appendix A]: crate::appendix::a
    //! [Appendix B]: crate::appendix::b
    //! [Appendix C]: crate::appendix::c
    #![doc = include_str!("../paper/claims.md")]
}

pub mod deviations {
    //! [recipe.md]: crate::paper
    //! [appendix C]: crate::appendix::c
    //! [fig3-bitmaps.txt]: mod@crate::section2::codes
    #![doc = include_str!("../paper/deviations.md")]
}

pub mod reproduction {
    //! [claims.md]: crate::paper::claims
    //! [recipe.md]: crate::paper
    //! [deviations.md]: crate::paper::deviations
    //! [Appendix A]: crate::appendix::a
    #![doc = include_str!("../paper/REPRODUCTION.md")]
}
