//! Appendices A to C: how to start, how to step, how far.
//!
//! | appendix | the question | here |
//! |---|---|---|
//! | A | Which squashing function, and weights of which size to begin with? | [`a`] |
//! | B | An update after every pattern, or after all? | [`b`] |
//! | C | How far to step, in each of 60,000 directions? | [`c`] |
//!
//! They belong together. The initial weights decide how much of a pattern reaches the last layers, and so how large
//! the second derivatives are; those decide the rates; and rates that are too large are seldom forgiven when there
//! are 60,000 updates to a pass. Read them in this order; in a hurry, read [App. C](c), line by line.
#![doc = mathdoc::page!()]

pub mod a;
pub mod b;
pub mod c;
