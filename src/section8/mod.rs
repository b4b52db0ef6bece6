#![doc = mathdoc::page!("mod.md")]

pub mod composition;
pub mod transducer;

pub use composition::{Composition, compose};
pub use transducer::{Step, Transducer, TransducerError};
