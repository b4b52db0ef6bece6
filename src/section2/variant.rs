#![doc = mathdoc::page!("variant.md")]

use super::subsampling::Connection;
use super::{Convolution, FullConnection, Squashing, Subsampling, Table, Twice, table1::TABLE_I};
use crate::Real;
use crate::appendix::a::{self, InitialWeights};
use crate::section1::{Network, NetworkError, Shape};
use rand::Rng;
use serde::{Deserialize, Serialize};

/// The number of inputs of a subsampling unit.
const WINDOW: usize = 4;

/// The weighted sums of a layer. A squashing function follows each, except [`Sums::Twice`].
#[derive(Clone, Debug, PartialEq)]
pub enum Sums {
    /// A convolution: the table of connected maps, and the side of a kernel.
    Convolution(Table, usize),
    /// Subsampling in windows of 2 x 2: the number of maps.
    Subsampling(usize),
    /// A full connection: the numbers of inputs and of outputs.
    FullConnection(usize, usize),
    /// Each map twice, before subsampling (LeNet-4).
    Twice,
}

/// A layer's name and its weighted sums.
pub type LayerPlan = (&'static str, Sums);

/// The initial biases (deviation 2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum InitialBiases {
    /// All biases are 0.
    Zero,
    /// Biases are drawn like the weights of their unit.
    LikeWeights,
}

/// The initial coefficients of subsampling layers (deviation 3).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum InitialCoefficients {
    /// All coefficients have this value; a coefficient multiplies the sum of the four inputs.
    Constant(f64),
    /// Coefficients are drawn like the weights of a unit with four inputs.
    LikeWeights,
}

/// The maps of S2 that the maps of C3 see.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum C3 {
    /// The maps of Table I.
    #[serde(rename = "table-1")]
    Table1,
    /// All maps: 16 x 6 kernels instead of 60.
    #[serde(rename = "full")]
    Full,
}

impl C3 {
    /// The connection table of C3.
    pub fn table(self) -> Table {
        match self {
            Self::Table1 => Table::new(6, &TABLE_I),
            Self::Full => Table::full(6, 16),
        }
    }
}

/// A reading of the details that II-B leaves open; the default is this project's.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Variant {
    /// The range of the initial weights (deviations 2 and 4).
    pub initial_weights: InitialWeights,
    /// The initial biases.
    pub initial_biases: InitialBiases,
    /// The initial subsampling coefficients.
    pub initial_coefficients: InitialCoefficients,
    /// The connections of a subsampling coefficient in eq. 23.
    pub coefficient_connection: Connection,
    /// Whether subsampling coefficients and their biases are trained.
    pub trained_subsampling: bool,
    /// The maps of S2 that the maps of C3 see.
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

impl Variant {
    /// A network of these layers, without an output layer. Initial weights are drawn first, layer by layer, and all other
    /// initial values after them.
    ///
    /// # Errors
    /// When a layer does not fit the one below it.
    pub fn build<R: Real>(
        &self,
        input: Shape,
        layers: &[LayerPlan],
        random: &mut impl Rng,
    ) -> Result<Network<R>, NetworkError> {
        let mut net = Network::new(input);
        for (name, sums) in layers {
            net = match sums {
                Sums::Convolution(table, side) => {
                    net.then(name, Convolution::new(table.clone(), *side, self.initial_weights, random))
                }
                Sums::Subsampling(maps) => net.then(name, self.subsampling(*maps)),
                Sums::Twice => {
                    net = net.then(name, Twice)?;
                    continue;
                }
                Sums::FullConnection(inputs, outputs) => {
                    net.then(name, FullConnection::drawn(*inputs, *outputs, self.initial_weights, random))
                }
            }?;
            net = net.then(name, self.squashing)?;
        }
        self.draw_biases(&mut net, layers, random);
        self.draw_coefficients(&mut net, layers, random);
        Ok(net)
    }

    fn subsampling<R: Real>(&self, maps: usize) -> Subsampling<R> {
        let coefficient = match self.initial_coefficients {
            InitialCoefficients::Constant(coefficient) => coefficient,
            InitialCoefficients::LikeWeights => 0.0,
        };
        let mut layer = Subsampling::new(maps, coefficient);
        layer.connection = self.coefficient_connection;
        if self.trained_subsampling { layer } else { layer.fixed() }
    }

    /// Draws the biases of convolutions and full connections first, then those of subsampling layers.
    fn draw_biases<R: Real>(&self, net: &mut Network<R>, layers: &[LayerPlan], random: &mut impl Rng) {
        if self.initial_biases == InitialBiases::Zero {
            return;
        }
        let initial = self.initial_weights;
        for (name, _) in layers {
            net.layer_mut::<Convolution<R>>(name)
                .into_iter()
                .for_each(|layer| layer.draw_biases(initial, random));
            net.layer_mut::<FullConnection<R>>(name)
                .into_iter()
                .for_each(|layer| layer.draw_biases(initial, random));
        }
        for (name, _) in layers {
            let layer = net.layer_mut::<Subsampling<R>>(name);
            layer.into_iter().for_each(|layer| a::draw(initial, WINDOW, layer.bias.iter_mut(), random));
        }
    }

    fn draw_coefficients<R: Real>(&self, net: &mut Network<R>, layers: &[LayerPlan], random: &mut impl Rng) {
        if self.initial_coefficients != InitialCoefficients::LikeWeights {
            return;
        }
        for (name, _) in layers {
            let layer = net.layer_mut::<Subsampling<R>>(name).into_iter();
            layer.for_each(|layer| {
                a::draw(self.initial_weights, WINDOW, layer.coefficient.iter_mut(), random)
            });
        }
    }
}
