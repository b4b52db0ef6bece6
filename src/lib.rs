//! # LeNet-5 by hand
//!
//! The network of Y. LeCun, L. Bottou, Y. Bengio and P. Haffner, *Gradient-Based Learning Applied to Document
//! Recognition*, Proceedings of the IEEE 86(11), 1998: without automatic differentiation and without a deep-learning
//! library. Every gradient and every second derivative is derived on these pages, written by hand, and checked against
//! finite differences.
//!
//! # Start here
//!
//! The pages are a walk through the paper; the code is their last word. This order takes about two hours, with a pencil:
//!
//! | | page | min | and then you know |
//! |---|---|---|---|
//! | 1 | [`section2`] | 10 | which layers there are, and where people get stuck |
//! | 2 | [`lenet5`](section2::lenet5) | 10 | the shape of everything between a pattern and ten penalties |
//! | 3 | [`module`](section1::module) | 10 | what `fprop` and `bprop` are, for any layer |
//! | 4 | [`full_connection`](section2::full_connection), [`squashing`](section2::squashing) | 10 | the two simplest, both ways |
//! | 5 | [`convolution`](section2::convolution), [`table1`](section2::table1) | 20 | C1, C3 and C5: shared weights, kernels that are not there |
//! | 6 | [`subsampling`](section2::subsampling) | 10 | S2 and S4, which are not average pooling |
//! | 7 | [`rbf`](section2::rbf), [`codes`](mod@section2::codes) | 15 | the output layer, which hardly anyone rebuilds |
//! | 8 | [`loss`](section2::loss), [`softmax`](section2::softmax) | 15 | what is minimised, then and today |
//! | 9 | [`c`](appendix::c), [`a`](appendix::a) | 20 | second derivatives, a rate for each parameter, and why the printed recipe diverges |
//! | 10 | [`training`](section3::training) | 5 | a pass, and what is measured on the way |
//!
//! In a hurry: [`rbf`](section2::rbf), then [`c`](appendix::c). In need of a line of code: the [`cookbook`]. Symbols are in
//! [`notation`].
//!
//! # The map
//!
//! With the paper in one hand, open the page that has its number. Behind it stand the tests (`cargo test --test NAME`) and
//! the experiment (`cargo run --bin experiment -- ...`):
//!
//! | paper | page | eq. | tests | experiment |
//! |---|---|---|---|---|
//! | I | learning from gradients: [`section1`], [`gradient_descent`](section1::gradient_descent) | 1-3 | doctests | `study rules` |
//! | I-E | a cascade: [`module`](section1::module), [`sequential`](section1::sequential) | 4 | `gradients` | |
//! | II-A | [`convolution`](section2::convolution), [`subsampling`](section2::subsampling) | | `gradients`, `identities` | `study structure` |
//! | II-B | [`lenet5`](section2::lenet5), [`table1`](section2::table1), [`squashing`](section2::squashing), [`full_connection`](section2::full_connection) | 5, 6 | `lenet5`, `gradients` | `paper` |
//! | II-B | the output: [`rbf`](section2::rbf), [`codes`](mod@section2::codes) | 7 | `gradients`, `identities` | `rbf vs softmax` |
//! | II-C | [`loss`](section2::loss) | 8, 9 | `gradients`, `curvature` | `study codes` |
//! | | not the paper's: [`softmax`](section2::softmax) | | `gradients` | `study heads` |
//! | III-A | [`database`](section3::database), [`normalisation`](section3::database::normalisation) | | `database`, `normalisation` | `fetch` |
//! | III-B | [`training`](section3::training), [`presentation`](section3::presentation) | | `lenet5`, `presentation` | `study fig-6` |
//! | III-B | [`distortions`](section3::distortions) | | `distortions` | `study distortions` |
//! | III-E | noise: [`invariance`](section3::invariance) | | `invariance` | |
//! | IV-X | systems of many networks: not here yet | 10-17 | | |
//! | App.&nbsp;A | initial weights: [`a`](appendix::a) | | `lenet5` | `study readings` |
//! | App.&nbsp;B | stochastic or batch: [`b`](appendix::b) | | doctests | `study rules` |
//! | App.&nbsp;C | a rate for each parameter: [`c`](appendix::c) | 18-27 | `curvature` | `study second-derivatives` |
//! | | what came later, apart: [`today`] | | `today` | `paper vs today`, `study today` |
//!
//! Around it: [`experiment`] (arms, runs, results), [`figures`] and [`report`] (drawn from a run's files), [`draw`] (the
//! page to draw on), [`kernels`] (the hot loops). Where the paper leaves a choice open, or we leave the paper, the pages
//! link to a numbered entry of [`paper::deviations`].
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
//! the arms were found. The library does without the command line's dependencies if the feature `cli` is off; the feature
//! `figures` is what a notebook wants on top of that.
//!
//! # How far to trust it
//!
//! Every `bprop` is compared with central differences in double precision, for sizes, tables, codes and inputs that
//! proptest draws; no check counts before a wrong formula has been seen to fail it (`tests/gradients.rs`). The two agree to
//! 4e-8 of the larger number where cascades are deepest; 1e-6 is asked for. What is wrong with less:
//! ```
//! let f = |a: f64| 1.7159 * (2.0 / 3.0 * a).tanh();
//! let exact = 2.0 / 3.0 * (1.7159 - f(0.7).powi(2) / 1.7159); // f'(0.7), from the state alone
//!
//! // Double precision: the difference quotient is right to ten digits, and any slip shows.
//! let difference = (f(0.7 + 1e-5) - f(0.7 - 1e-5)) / 2e-5;
//! assert!(((difference - exact) / exact).abs() < 1e-9);
//!
//! // Single precision with the same step: not even two digits are left to compare.
//! let g = |a: f32| 1.7159 * (2.0f32 / 3.0 * a).tanh();
//! let difference = f64::from((g(0.7 + 1e-5) - g(0.7 - 1e-5)) / 2e-5);
//! assert!(((difference - exact) / exact).abs() > 1e-3);
//!
//! // An absolute tolerance alone: derivatives that are small may be anything, here ten times too large.
//! let (right, wrong) = (1e-6_f64, 1e-5);
//! assert!((right - wrong).abs() < 1e-4);
//!
//! // `difference > tolerance` as the sign of failure: what is not a number passes.
//! assert!(!(f64::NAN > 1e-6));
//! ```

pub mod appendix;
pub mod cookbook;
#[cfg(feature = "cli")]
pub mod draw;
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
pub mod today;

pub use kernels::Real;
/// The arrays that states and parameters are kept in.
pub use ndarray;
