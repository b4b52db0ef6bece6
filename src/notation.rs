#![doc = mathdoc::page!("notation.md")]
