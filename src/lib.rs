//! # LeNet-5 by hand
//!
//! The network of Y. LeCun, L. Bottou, Y. Bengio and P. Haffner, *Gradient-Based Learning Applied to Document
//! Recognition*, Proceedings of the IEEE 86(11), 1998: without automatic differentiation and without a deep-learning
//! library. Every gradient and every second derivative is derived, written down and checked against finite
//! differences.
//!
//! The modules follow the paper: with the page in one hand, open the module that has its number.
//!
//! | paper | module | equations | checked in |
//! |---|---|---|---|
//! | I-B, I-E: learning by gradients, module by module | [`section1`] | 2 to 4 | `tests/gradients.rs` |
//! | II-A, II-B: C1 to F6 and the RBF output | [`section2`] | 5 to 7 | `tests/gradients.rs`, `tests/lenet5.rs` |
//! | II-C: the losses | [`section2`] ([`Criterion`](section2::Criterion)) | 8, 9 | `tests/gradients.rs`, `tests/identities.rs` |
//! | III-A: the database | [`section3::database`] | | `tests/database`, `tests/embedded_digits.rs` |
//! | III-B: training and results | [`section3::training`], [`section3::presentation`], [`experiment`] | | `tests/cli` |
//! | III-B: distorted patterns | [`section3::distortions`] | | `tests/distortions.rs` |
//! | III-E: noise | [`section3::invariance`] | | `tests/invariance.rs` |
//! | Fig. 2 to 8, 13 | [`figures`], [`report`] | | `tests/figures.rs`, `tests/report.rs` |
//! | App. A: initial weights | [`appendix::a`] | | `tests/lenet5.rs` |
//! | App. B: stochastic against batch | [`appendix::b`] | 2, 3 | `tests/cli` |
//! | App. C: a rate for every parameter | [`appendix::c`], `bbprop` of every layer | 18 to 21, 23 to 25, 27 | `tests/curvature.rs` |
//!
//! Symbols are listed in [`notation`]. Where the paper leaves a choice open, or we leave the paper, the code says
//! *deviation n*: that is entry n of `paper/deviations.md`.
//!
//! # A pattern walks through LeNet-5
//! ```
//! use lenet5::section2::{Answer, LeNet5};
//! use lenet5::section3::database::embedded;
//! use rand::SeedableRng;
//!
//! let net = LeNet5::<f32, _>::paper(&mut rand_chacha::ChaCha8Rng::seed_from_u64(1));
//! let mut states = net.states();
//! embedded::digits(1998).test.pattern(0, &mut states.input);
//! net.fprop(&mut states);
//! assert_eq!(states.f6.len(), 84);
//! assert!(states.output.answer() < 10); // the nearest code: any of them, since nothing has been learnt yet
//! ```
//!
//! # What runs
//! `cargo run --bin experiment -- rbf vs softmax` trains the paper's network and its modern variant side by side and
//! sets both beside the paper's numbers; `experiment study heads` does so from ten seeds, and `paper/recipe.md` tells how
//! the arms were found. The library does without the command line's dependencies if the feature
//! `cli` is off.

pub mod appendix;
pub mod experiment;
#[cfg(feature = "figures")]
pub mod figures;
pub mod kernels;
pub mod notation;
pub mod paper;
#[cfg(feature = "cli")]
pub mod report;
pub mod section1;
pub mod section2;
pub mod section3;

pub use kernels::Real;
/// The arrays that states and parameters are kept in.
pub use ndarray;
