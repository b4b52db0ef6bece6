//! # The notes: our choices and our results
//!
//! The folder `paper/` summarises the paper section by section, and holds the facts that this project takes from it. Three
//! of its pages are part of this book, because many pages link to them:
//!
//! - [`deviations`]: every choice that the paper leaves open, and every departure from the paper, numbered;
//! - [`claims`]: every claim of the paper that can be checked, with its value, ours, a verdict, and the command behind it;
//! - [`reproduction`]: the experiments, their results, the difficulties and the open questions, on two pages.
//!
//! They refer to `paper/recipe.md`, the study that found which reading of the paper gives its numbers, and so the arms. An
//! *arm* is one way of training, described by a TOML file.

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
