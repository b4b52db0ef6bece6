//! The switch: what an arm needs of an output layer beyond its mathematics.

use super::arm::{HeadSettings, Loss};
use crate::appendix::a::InitialWeights;
use crate::section1::line_mut;
use crate::section2::{Criterion, Curvature, FullConnection, Head, Rbf, Softmax};
use rand::Rng;

/// Name, shape and numbers.
pub type NamedArray<'a> = (&'static str, Vec<usize>, &'a mut [f32]);

/// An output layer that can be made from an arm's settings and kept in a file.
pub trait ArmHead: Head<f32> {
    /// The head that the settings describe; whatever it draws, it draws from `random`.
    fn build(settings: &HeadSettings, initial: InitialWeights, random: &mut impl Rng) -> Self;

    /// Its arrays as the weights contract names them: name, shape and numbers, trained or not.
    fn named_arrays(&mut self) -> Vec<NamedArray<'_>>;
}

impl ArmHead for Rbf<f32> {
    fn build(settings: &HeadSettings, _initial: InitialWeights, _random: &mut impl Rng) -> Self {
        let criterion = match settings.loss {
            Some(Loss::Eq9) => Criterion::Competitive { rubbish: settings.rubbish.unwrap_or_default() },
            _ => Criterion::TrueClass,
        };
        Self {
            learn_codes: settings.learn_codes.unwrap_or_default(),
            criterion,
            curvature: settings.curvature.unwrap_or(Curvature::Exact),
            ..Self::paper()
        }
    }

    fn named_arrays(&mut self) -> Vec<NamedArray<'_>> {
        vec![array("rbf.codes", &mut self.codes)]
    }
}

impl ArmHead for Softmax<f32> {
    fn build(settings: &HeadSettings, initial: InitialWeights, random: &mut impl Rng) -> Self {
        let output = FullConnection::drawn(84, 10, initial, random);
        Self { output, curvature: settings.curvature.unwrap_or(Curvature::Exact) }
    }

    fn named_arrays(&mut self) -> Vec<NamedArray<'_>> {
        let FullConnection { weight, bias } = &mut self.output;
        vec![array("output.weight", weight), array("output.bias", bias)]
    }
}

/// An array as the weights contract lists it.
pub(super) fn array<'a, D: ndarray::Dimension>(
    name: &'static str,
    array: &'a mut ndarray::Array<f32, D>,
) -> NamedArray<'a> {
    (name, array.shape().to_vec(), line_mut(array))
}
