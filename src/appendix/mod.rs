//! Appendices A to C: how to start, when to step, how far to step.
//!
//! | appendix | the question | here |
//! |---|---|---|
//! | A | Which squashing function, and how large are the first weights? | [`a`] |
//! | B | Does an update follow every pattern, or all patterns? | [`b`] |
//! | C | How far is a step in each of 60,000 directions? | [`c`] |
//!
//! They belong together. The initial weights decide how much of a pattern's signal reaches the last layers, and thereby the
//! second derivatives; these decide the rates; and a pass of 60,000 updates seldom recovers from rates that are too
//! large. Read them in this order; if you are in a hurry, read [App. C](c), line by line.

#![doc = mathdoc::page!()]

pub mod a;
pub mod b;
pub mod c;
