//! Section III-A: the database.
//!
//! MNIST is made of two collections of the American bureau of standards, NIST: SD-3, written by employees of the
//! Census Bureau, and SD-1, written by high-school students, which is harder to read. The bureau meant the first for
//! training and the second for testing; the paper mixes them, about half and half in either set, and divides the 500
//! writers of SD-1 between the two. There are 60,000 patterns to train on, and 10,000 are used to test with.
//!
//! The original black-and-white characters were scaled to fit a box of 20 x 20 pixels, their proportions kept, which
//! made them grey (anti-aliasing), and were placed in a field of 28 x 28 with the centre of mass in the middle. For
//! the network this field is extended to 32 x 32 with background, paper at -0.1 and ink at 1.175 (II-B): see
//! [`Patterns::pattern`].
//!
//! # On disk
//!
//! | file | holds | shape |
//! |---|---|---|
//! | `train-images-idx3-ubyte` | grey images, 0 is paper, 255 is ink | 60,000 x 28 x 28 |
//! | `train-labels-idx1-ubyte` | labels, 0 to 9 | 60,000 |
//! | `t10k-images-idx3-ubyte` | grey images | 10,000 x 28 x 28 |
//! | `t10k-labels-idx1-ubyte` | labels | 10,000 |
//!
//! Each file may be gzipped. [`idx`] describes the format, and reads any pair of such files.
//!
//! # What is checked
//!
//! That a file is whole and ends where it says, that its checksum is right if it is gzipped, that it holds what its
//! name promises, that images have 28 x 28 pixels, that labels are digits, and as many as there are images. Of MNIST
//! also that the uncompressed content has the published SHA-256: a result on other patterns would be no
//! reproduction. What is wrong is told by a [`DataError`].

pub mod embedded;
mod error;
#[cfg(feature = "cli")]
pub mod fetch;
pub mod idx;
pub mod mnist;
pub mod normalisation;
mod patterns;
#[cfg(feature = "cli")]
pub mod source;

pub use error::{DataError, Fault};
pub use patterns::{BACKGROUND, Database, FOREGROUND, IMAGE, INPUT, Patterns, place};
