//! The switch: what an arm needs of an output layer beyond its mathematics.

use super::settings::{HeadSettings, Loss, Penalty};
use crate::section1::line_mut;
use crate::section2::{Criterion, Curvature, FullConnection, Head, InitialBiases, Rbf, Softmax, Variant};
use ndarray::{ArrayView1, ArrayView2};
use rand::Rng;

/// Name, shape and numbers.
pub type NamedArray<'a> = (&'static str, Vec<usize>, &'a mut [f32]);

/// An output layer that can be made from an arm's settings and kept in a file.
pub trait ArmHead: Head<f32> {
    /// The head that the settings describe; whatever it draws, it draws from `random`.
    fn build(settings: &HeadSettings, network: &Variant, random: &mut impl Rng) -> Self;

    /// If its codes learn, the smallest squared distance between two of them.
    fn codes_apart(&self) -> Option<f64> {
        None
    }

    /// Its codes, a row for each class, if it has any.
    fn codes(&self) -> Option<ArrayView2<'_, f32>> {
        None
    }

    /// What each class costs, whatever the head: penalties, or the negative logarithms of probabilities. The smallest wins.
    fn penalties(&self, output: &Self::Output) -> Vec<f32>;

    /// Its arrays as the weights contract names them: name, shape and numbers, trained or not.
    fn named_arrays(&mut self) -> Vec<NamedArray<'_>>;
}

impl ArmHead for Rbf<f32> {
    fn build(settings: &HeadSettings, _network: &Variant, _random: &mut impl Rng) -> Self {
        let criterion = match settings.loss {
            Some(Loss::Eq9) => Criterion::Competitive { rubbish: settings.rubbish.unwrap_or_default() },
            _ => Criterion::TrueClass,
        };
        Self {
            learn_codes: settings.learn_codes.unwrap_or_default(),
            scale: if settings.penalty == Some(Penalty::HalfSquare) { 0.5 } else { 1.0 },
            criterion,
            curvature: settings.curvature.unwrap_or(Curvature::Exact),
            ..Self::paper()
        }
    }

    fn codes_apart(&self) -> Option<f64> {
        self.learn_codes.then(|| closest(self.codes.view()))
    }

    fn codes(&self) -> Option<ArrayView2<'_, f32>> {
        Some(self.codes.view())
    }

    fn penalties(&self, output: &Self::Output) -> Vec<f32> {
        output.iter().collect()
    }

    fn named_arrays(&mut self) -> Vec<NamedArray<'_>> {
        vec![array("rbf.codes", &mut self.codes)]
    }
}

impl ArmHead for Softmax<f32> {
    fn build(settings: &HeadSettings, network: &Variant, random: &mut impl Rng) -> Self {
        let mut output = FullConnection::drawn(84, 10, network.initial_weights, random);
        if network.initial_biases == InitialBiases::LikeWeights {
            output.draw_biases(network.initial_weights, random);
        }
        Self { output, curvature: settings.curvature.unwrap_or(Curvature::Exact) }
    }

    fn penalties(&self, output: &Self::Output) -> Vec<f32> {
        (0..self.output.bias.len()).map(|class| self.loss(output, class)).collect()
    }

    fn named_arrays(&mut self) -> Vec<NamedArray<'_>> {
        let FullConnection { weight, bias } = &mut self.output;
        vec![array("output.weight", weight), array("output.bias", bias)]
    }
}

/// The smallest squared distance between two codes.
pub fn closest(codes: ArrayView2<f32>) -> f64 {
    let rows = || codes.outer_iter().enumerate();
    let distance = |a: ArrayView1<f32>, b: ArrayView1<f32>| {
        a.iter().zip(b).map(|(a, b)| f64::from(a - b).powi(2)).sum::<f64>()
    };
    let pairs = rows().flat_map(|(i, a)| rows().skip(i + 1).map(move |(_, b)| distance(a, b)));
    pairs.fold(f64::INFINITY, f64::min)
}

/// An array as the weights contract lists it.
pub(super) fn array<'a, D: ndarray::Dimension>(
    name: &'static str,
    array: &'a mut ndarray::Array<f32, D>,
) -> NamedArray<'a> {
    (name, array.shape().to_vec(), line_mut(array))
}
