//! From the settings of an arm to its network and its loss.

use super::{Codes, HeadKind, HeadSettings, Loss, Penalty, Settings};
use crate::section1::{Network, NetworkError};
use crate::section2::codes::codes_of;
use crate::section2::{Criterion, Curvature, FullConnection, InitialBiases, Rbf, Softmax};
use crate::section3::classifiers::{ARCHITECTURES, Architecture};
use crate::section3::presentation::Chance;

impl Settings {
    /// The layers below the output.
    pub fn architecture(&self) -> Option<&'static Architecture> {
        ARCHITECTURES.iter().find(|architecture| architecture.name == self.architecture)
    }

    /// The initial network, its front put in if one is given. All layers below the output are the same for all heads (deviation 8).
    ///
    /// # Errors
    /// When the layers do not fit each other.
    ///
    /// # Panics
    /// When there is no such architecture, which a checked arm has.
    pub fn network(&self, seed: u64) -> Result<Network<f32>, NetworkError> {
        let Architecture { input, layers, .. } = self.architecture().expect("arms are checked");
        let (layers, random) = (layers(&self.network), &mut Chance::Weights.stream(seed));
        let net = match &self.today {
            None => self.network.build(*input, &layers, random)?,
            Some(blocks) => blocks.build(&self.network, *input, &layers, random)?,
        };
        let mut net = match self.head.kind {
            HeadKind::Rbf => net.with_output(self.head.rbf()),
            HeadKind::Softmax => {
                let (maps, rows, columns) = net.state_shape();
                net.with_output(self.softmax(maps * rows * columns, seed))
            }
        }?;
        if let Some(front) = self.front {
            front.put_into(&mut net, &mut Chance::Front.stream(seed));
        }
        Ok(net)
    }

    fn softmax(&self, units: usize, seed: u64) -> Softmax<f32> {
        let (weights, random) = (self.network.initial_weights, &mut Chance::Head.stream(seed));
        let mut output = FullConnection::drawn(units, self.head.classes, weights, random);
        if self.network.initial_biases == InitialBiases::LikeWeights {
            output.draw_biases(weights, random);
        }
        Softmax { output, curvature: self.head.curvature.unwrap_or(Curvature::Exact) }
    }

    /// The loss that is minimised.
    pub fn criterion(&self) -> Criterion {
        match self.head.loss {
            Some(Loss::Eq9) => Criterion::Competitive { rubbish: self.head.rubbish.unwrap_or_default() },
            _ => Criterion::TrueClass,
        }
    }
}

impl HeadSettings {
    fn rbf(&self) -> Rbf<f32> {
        let mut rbf = match self.codes {
            Codes::Fig3 => Rbf::paper(),
            Codes::Fig3AndSpace => Rbf::new(codes_of("0123456789 ")),
            Codes::OneOf => Rbf::one_of(self.classes),
        };
        rbf.scale = if self.penalty == Some(Penalty::HalfSquare) { 0.5 } else { 1.0 };
        rbf.curvature = self.curvature.unwrap_or(Curvature::Exact);
        if self.learn_codes.unwrap_or_default() { rbf.learning() } else { rbf }
    }
}
