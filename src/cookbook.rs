#![doc = mathdoc::page!("cookbook.md")]
