//! From 1998 to today: what came later, apart from the paper, and what it buys.
//!
//! Most networks that are called LeNet-5 are made of parts that are younger than the paper: ReLU, max pooling, softmax, batch
//! normalisation, dropout, Adam. This folder has them, each with its derivation, its gradient by hand and its check by finite
//! differences, and nothing in `section1` to `section3` uses them ([deviation 23](crate::paper::deviations#23-what-came-later)). LeNet-5's layers
//! and their sizes stay as they are.
//!
//! # What stands where
//!
//! | block | in the place of | by | page |
//! |---|---|---|---|
//! | softmax and cross-entropy | [RBF units](crate::section2::rbf) on codes, eq. 8 and 9 | older than the paper (Bridle 1990) | [`softmax`](crate::section2::softmax), where the two are compared |
//! | Adam, weight decay | [a rate for each parameter](crate::appendix::c) from second derivatives | Kingma and Ba 2015, Loshchilov and Hutter 2019 | [`adam`] |
//! | momentum | the same | Polyak 1964 | [`momentum`] |
//! | mini-batches | one [update](crate::appendix::b) for each pattern | what GPUs are good at | [`training`] |
//! | ReLU | [A tanh(S a)](crate::section2::squashing) | Nair and Hinton 2010, Glorot and others 2011 | [`relu`] |
//! | initial weights for ReLU | [±1/√F](crate::appendix::a) | He and others 2015 | [`initial`] |
//! | max pooling, average pooling | [subsampling](crate::section2::subsampling) with trained coefficients | Ranzato and others 2007 | [`max_pooling`], [`average_pooling`] |
//! | full C3 | [Table I](crate::section2::table1) | | [`table1`](crate::section2::table1) |
//! | batch normalisation | nothing | Ioffe and Szegedy 2015 | [`batch_normalisation`] |
//! | dropout | nothing | Srivastava and others 2014 | [`dropout`] |
//! | distortions on the fly | [540,000 patterns](crate::section3::distortions) made once | known in 1998 (Fig. 7); new patterns for each pass came with faster machines | [`distortions`](crate::section3::distortions) |
//!
//! [`network`] puts them together. Two of its modes differ: `train()`, which [`Trainer::pass`](training::Trainer::pass) calls, and `eval()`, which holds at
//! all other times.
//!
//! # One change at a time
//!
//! `experiment study today --data DIR` goes from the arm `rbf` to the arm `today`. An arm changes one thing in the arm that is
//! named beside it; `p` is that of a paired t-test against it, and a second is one of a core that shared its machine with other work.
//!
//! <!-- steps today -->
//!
//! TABLE
//!
#![doc = include_str!("../../docs/figures/today.svg")]
//!
//! # What helped
//!
//! HELPED
//!
//! # What did not
//!
//! DIDNOT
//!
//! # What the authors could not have known
//!
//! UNKNOWN
//!
//! # A project that many find first
//!
//! PROJECT
//!
//! # How it was measured
//!
//! MEASURED
//!
//! <!-- steps search-today -->
//!
//! SEARCH
//!
//! # How we know that the blocks are right
//!
//! `tests/today/blocks.rs` compares each `bprop` with finite differences in double precision and sees wrong ones refused;
//! `tests/today/network.rs` does so for whole networks, and finds that without any of these blocks [`Network`] is the paper's
//! LeNet-5 to the last bit, after updates by either rule too; `tests/today/rules.rs` has momentum, Adam and initial weights
//! beside their printed formulas. `cargo bench` times them beside the paper's (`docs/performance.md`).

pub mod adam;
pub mod average_pooling;
pub mod batch_normalisation;
pub mod dropout;
pub mod initial;
pub mod max_pooling;
pub mod momentum;
pub mod network;
pub mod pooling;
pub mod relu;
pub mod training;

pub use adam::Adam;
pub use average_pooling::AveragePooling;
pub use batch_normalisation::{BatchNormalisation, Moments};
pub use dropout::Dropout;
pub use initial::Initial;
pub use max_pooling::MaxPooling;
pub use momentum::Momentum;
pub use network::{Blocks, Network};
pub use pooling::Pooling;
pub use relu::Relu;
