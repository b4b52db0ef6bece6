#![doc = include_str!("variant.md")]

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
