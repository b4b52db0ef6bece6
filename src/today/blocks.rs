#![doc = mathdoc::page!("blocks.md")]

use super::{AveragePooling, BatchNormalisation, Dropout, Initial, MaxPooling, Relu};
use crate::Real;
use crate::section1::{Network, NetworkError, Shape};
use crate::section2::{Convolution, FullConnection, LayerPlan, Subsampling, Sums, Twice, Variant};
use rand::Rng;
use serde::{Deserialize, Serialize};

/// The function of each weighted sum: `activation` under `[today]`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ActivationKind {
    /// The paper's `A tanh(S a)`, with the A and S of the variant.
    #[default]
    Tanh,
    /// `max(0, a)`.
    Relu,
}

/// The layers S2 and S4: `pooling` under `[today]`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PoolingKind {
    /// The paper's: a trained coefficient and a bias for each map.
    #[default]
    Subsampling,
    /// The mean of four.
    Average,
    /// The largest of four.
    Max,
}

/// The choice of blocks; the default is the paper's network. In the TOML file of an arm these are the keys of `[today]`
/// ([table](self#what-can-be-chosen)).
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Blocks {
    /// The function of each weighted sum.
    pub activation: ActivationKind,
    /// Whether C1 and C3 have no activation, so that it follows only the pooling.
    pub linear_convolutions: bool,
    /// The layers S2 and S4.
    pub pooling: PoolingKind,
    /// The initial weights of C1, C3, C5 and F6; if `None`, those of `[network]`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub initial_weights: Option<Initial>,
    /// Whether the weighted sums of C1, C3, C5 and F6 are normalised over the mini-batch.
    pub batch_normalisation: bool,
    /// The probability, at least 0 and below 1, that a unit of C5 and F6 is set to 0 in training.
    pub dropout: f64,
}

impl Blocks {
    /// The network of these layers with these blocks, without an output layer. First [`Variant::build`] draws the weights,
    /// then `initial_weights` replaces them; so blocks without `initial_weights` begin with the paper's weights.
    ///
    /// # Errors
    /// When the layers do not fit each other.
    pub fn build<R: Real>(
        &self,
        variant: &Variant,
        input: Shape,
        layers: &[LayerPlan],
        random: &mut impl Rng,
    ) -> Result<Network<R>, NetworkError> {
        let mut paper = variant.build(input, layers, random)?;
        self.draw(&mut paper, layers, random);
        let mut net = Network::new(input);
        for (name, sums) in layers {
            let linear = matches!(sums, Sums::Convolution(..)) && self.linear_convolutions;
            net = self.sums(net, &paper, name, sums)?;
            if *sums == Sums::Twice {
                continue;
            }
            let is_vector = (net.state_shape().1, net.state_shape().2) == (1, 1);
            net = match self.activation {
                _ if linear && !is_vector => net,
                ActivationKind::Tanh => net.then(name, variant.squashing)?,
                ActivationKind::Relu => net.then(name, Relu)?,
            };
            if self.dropout > 0.0 && is_vector {
                net = net.then(name, Dropout { rate: self.dropout })?;
            }
        }
        Ok(net)
    }

    /// Adds the weighted sums of a layer, copied from `paper` or replaced by pooling, and their normalisation.
    fn sums<R: Real>(
        &self,
        net: Network<R>,
        paper: &Network<R>,
        name: &str,
        sums: &Sums,
    ) -> Result<Network<R>, NetworkError> {
        const BUILT: &str = "the paper's network is built of the same layers";
        let (net, maps) = match (sums, self.pooling) {
            (Sums::Twice, _) => return net.then(name, Twice),
            (Sums::Subsampling(_), PoolingKind::Average) => return net.then(name, AveragePooling),
            (Sums::Subsampling(_), PoolingKind::Max) => return net.then(name, MaxPooling),
            (Sums::Subsampling(_), PoolingKind::Subsampling) => {
                return net.then(name, paper.layer::<Subsampling<R>>(name).expect(BUILT).clone());
            }
            (Sums::Convolution(table, _), _) => {
                (net.then(name, paper.layer::<Convolution<R>>(name).expect(BUILT).clone())?, table.outputs())
            }
            (Sums::FullConnection(_, outputs), _) => {
                (net.then(name, paper.layer::<FullConnection<R>>(name).expect(BUILT).clone())?, *outputs)
            }
        };
        if self.batch_normalisation { net.then(name, BatchNormalisation::new(maps)) } else { Ok(net) }
    }

    /// Replaces the weights by `initial_weights`, those of convolutions first.
    fn draw<R: Real>(&self, net: &mut Network<R>, layers: &[LayerPlan], random: &mut impl Rng) {
        let Some(initial) = self.initial_weights else { return };
        for (name, _) in layers {
            let layer = net.layer_mut::<Convolution<R>>(name);
            layer.into_iter().for_each(|layer| initial.convolution(layer, random));
        }
        for (name, _) in layers {
            let layer = net.layer_mut::<FullConnection<R>>(name);
            layer.into_iter().for_each(|layer| initial.full_connection(layer, random));
        }
    }
}
