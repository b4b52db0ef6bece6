//! II-B: what can be chosen about LeNet-5 itself.
//!
//! The paper fixes the layers and leaves a few things about them open. A [`Variant`] says how each is read; some of
//! its settings are no readings but changes, which show what a part of the network is good for. The default is what
//! this project settled on, and what [`LeNet5::paper`](super::LeNet5::paper) builds. In an arm's TOML the same
//! settings stand under `[network]`.
//!
//! | setting | default | otherwise | the paper |
//! |---|---|---|---|
//! | [`initial_weights`] | ±1/√F | ±2.4/F; either with the bias counted in F | App. A: ±2.4/F; [2], [4] |
//! | [`initial_biases`] | 0 | drawn like weights | silent; [2] |
//! | [`initial_coefficients`] | ½ | another constant, or drawn like weights | silent; [3] |
//! | [`coefficient_connection`] | the sum of four is one | each input is one | eq. 23, open; [5] |
//! | [`trained_subsampling`] | yes | no: a change | II-B: trained |
//! | [`c3`] | Table I | full: a change | II-B: [Table I](super::table1) |
//! | [`squashing`] | A = 1.7159, S = 2/3 | other numbers: a change | [eq. 6](super::squashing#eq-6) |
//!
//! [`initial_weights`]: Variant::initial_weights
//! [`initial_biases`]: Variant::initial_biases
//! [`initial_coefficients`]: Variant::initial_coefficients
//! [`coefficient_connection`]: Variant::coefficient_connection
//! [`trained_subsampling`]: Variant::trained_subsampling
//! [`c3`]: Variant::c3
//! [`squashing`]: Variant::squashing
//! [2]: crate::paper::deviations#2-initial-weights
//! [3]: crate::paper::deviations#3-subsampling-layers-sum-and-start-at-one-half
//! [4]: crate::paper::deviations#4-fan-in
//! [5]: crate::paper::deviations#5-curvature-of-a-subsampling-coefficient
//!
//! The numbers in the last column are [deviations](crate::paper::deviations). Measured, one choice at a time: study
//! `readings` (`experiment study readings`); `paper/recipe.md` tells what came of it.
//!
//! ```
//! use lenet5::section1::Parameters;
//! use lenet5::section2::{C3, LeNet5, Rbf, Variant};
//! use rand::SeedableRng;
//!
//! let parameters = |variant| {
//!     let random = &mut rand_chacha::ChaCha8Rng::seed_from_u64(1);
//!     LeNet5::<f32, _>::new(Rbf::paper(), &variant, random).parameter_count()
//! };
//! let default = Variant::default();
//! assert_eq!(parameters(default), 60_000);
//! assert_eq!(parameters(Variant { c3: C3::Full, ..default }), 60_900);
//! assert_eq!(parameters(Variant { trained_subsampling: false, ..default }), 59_956);
//! ```
//!
//! # Where people get stuck
//!
//! - **What is drawn, and when.** All weights are drawn before anything else, so two variants of one seed start with
//!   the same weights, whatever else is drawn (`tests/lenet5/structure.rs`); only how widely they are spread may
//!   differ, or, with a full C3, how many there are.
//! - **±2.4/F does not train**, at the printed rates or at a fifth of them: hardly any signal reaches F6. Measured:
//!   study `readings`, and the first table of `paper/recipe.md`.
//! - **Sum or average** is not a setting of the network: both compute the same, and they differ in the steps of
//!   training alone ([why](super::subsampling#sum-or-average)).

use super::subsampling::Connection;
use super::{Squashing, Table, table1::TABLE_I};
use crate::appendix::a::InitialWeights;
use serde::{Deserialize, Serialize};

/// Where biases start (deviation 2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum InitialBiases {
    /// At 0.
    Zero,
    /// Drawn like the weights of their unit.
    LikeWeights,
}

/// Where the coefficients of subsampling layers start (deviation 3).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum InitialCoefficients {
    /// All at this number, which multiplies the sum of the four inputs.
    Constant(f64),
    /// Drawn like the weights of a unit with four inputs.
    LikeWeights,
}

/// Which maps of S2 the maps of C3 see.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum C3 {
    /// Those of Table I.
    #[serde(rename = "table-1")]
    Table1,
    /// All of them: 16 x 6 kernels in place of 60.
    #[serde(rename = "full")]
    Full,
}

impl C3 {
    /// The connections of C3.
    pub fn table(self) -> Table {
        match self {
            Self::Table1 => Table::new(6, &TABLE_I),
            Self::Full => Table::full(6, 16),
        }
    }
}

/// One LeNet-5 among others; the default is this project's reading of II-B.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Variant {
    /// How wide the initial weights are spread (deviations 2 and 4).
    pub initial_weights: InitialWeights,
    /// Where biases start.
    pub initial_biases: InitialBiases,
    /// Where subsampling coefficients start.
    pub initial_coefficients: InitialCoefficients,
    /// What counts as a connection of a subsampling coefficient in eq. 23.
    pub coefficient_connection: Connection,
    /// Whether subsampling coefficients and their biases are trained.
    pub trained_subsampling: bool,
    /// Which maps of S2 the maps of C3 see.
    pub c3: C3,
    /// A and S of the squashing function.
    pub squashing: Squashing,
}

impl Default for Variant {
    fn default() -> Self {
        Self {
            initial_weights: InitialWeights::RootFanIn,
            initial_biases: InitialBiases::Zero,
            initial_coefficients: InitialCoefficients::Constant(0.5),
            coefficient_connection: Connection::Sum,
            trained_subsampling: true,
            c3: C3::Table1,
            squashing: Squashing::PAPER,
        }
    }
}
