//! III: data, training, results: where the numbers come from.
//!
//! Section II is a network that knows nothing. This section has what it learns from, how, and how well it does: the
//! database MNIST (III-A), LeNet-5 trained on it (III-B), LeNet-5 beside everything else that read digits in 1998
//! (III-C, III-D), and what it bears (III-E).
//!
//! # From a scanned form to a number
//!
//! | what happens | the paper | here |
//! |---|---|---|
//! | a scanned character becomes 28 x 28 grey pixels | III-A | [`normalisation`](database::normalisation) |
//! | 60,000 and 10,000 of them are files on a disk | III-A | [`database`] |
//! | the network sees them on a plane of 32 x 32 | II-B, III-A | [`place`](database::place) |
//! | a pass presents each of them once, in some order | III-B, App. C | [`presentation`] |
//! | distorted, if more data are wanted | III-B, Fig. 7 | [`distortions`] |
//! | after each the parameters change; 20 passes | III-B | [`training`] |
//! | the test patterns are read, the wrong answers counted | III-B, Fig. 5 | [`Evaluation`](training::Evaluation) |
//! | patterns are made difficult, to see what it bears | III-E, Fig. 13 | [`invariance`] |
//!
//! What is made of them, arms compared with the paper over many seeds, is [`experiment`](crate::experiment).
//!
//! # What the paper found
//!
//! | error, per cent | the paper | ours |
//! |---|---|---|
//! | test patterns, after 20 passes | 0.95 | 0.91 ± 0.06, arm `rbf`, 20 seeds (study `stability`) |
//! | training patterns, on the fly, pass 19 | 0.35 | 0.34 ± 0.04, arm `paper`, 20 seeds (study `stability`) |
//! | test patterns, distorted ones added | 0.8 | 0.79 ± 0.03, 5 seeds (study `distortions`) |
//!
//! A study is run again by `experiment study NAME --data DIR`. No single arm has the first two at once;
//! `paper/recipe.md` tells of the search, and `paper/claims.toml` has every claim of the section beside our result.
//!
//! # Not here
//!
//! The classifiers that LeNet-5 is compared with (III-C), what they cost (III-D), and the ranges of III-E, measured.
//! Of MNIST's three forms only the *regular* one is here: no deslanting, no 16 x 16.

pub mod database;
pub mod distortions;
pub mod invariance;
pub mod presentation;
pub mod training;
