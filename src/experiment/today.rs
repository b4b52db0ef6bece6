//! Arms with blocks of today.

use super::arm::Arm;
use super::head::{ArmHead, NamedArray, array};
use super::network::{ArmNetwork, DynOptimiser, Presented};
use super::results::LayerSignal;
use super::settings::{CoefficientOf, TrainingSettings};
use crate::section1::Maps;
use crate::section2::{Convolution, LAYERS, Squashing, States};
use crate::section3::database::Patterns;
use crate::section3::presentation::Chance;
use crate::section3::training::{Evaluation, Progress};
use crate::today::batch_normalisation::Moments;
use crate::today::training::{self, Trainer};
use crate::today::{BatchNormalisation, Network, Pooling};
use std::ops::ControlFlow;

/// What the arrays of a normalisation are called: of C1, C3, C5 and F6.
const NORMALISED: [[&str; 4]; 4] = [
    ["c1.gain", "c1.shift", "c1.mean", "c1.variance"],
    ["c3.gain", "c3.shift", "c3.mean", "c3.variance"],
    ["c5.gain", "c5.shift", "c5.mean", "c5.variance"],
    ["f6.gain", "f6.shift", "f6.mean", "f6.variance"],
];

impl<H: ArmHead> ArmNetwork for Network<f32, H> {
    type Head = H;
    type Trainer = Trainer<f32, H>;

    fn initial(arm: &Arm, seed: u64) -> Self {
        let (network, blocks) = (&arm.settings.network, arm.settings.today.unwrap_or_default());
        let head = H::build(&arm.settings.head, network, &mut Chance::Head.stream(seed));
        Self::new(head, network, &blocks, &mut Chance::Weights.stream(seed))
    }

    fn convolutions(&self) -> [(&'static str, &Convolution<f32>); 3] {
        [("c1", &self.c1), ("c3", &self.c3), ("c5", &self.c5)]
    }

    fn convolutions_mut(&mut self) -> [(&'static str, &mut Convolution<f32>); 3] {
        [("c1", &mut self.c1), ("c3", &mut self.c3), ("c5", &mut self.c5)]
    }

    fn plain_arrays(&mut self) -> Vec<NamedArray<'_>> {
        let mut arrays = vec![
            array("c1.bias", &mut self.c1.bias),
            array("c3.bias", &mut self.c3.bias),
            array("c5.bias", &mut self.c5.bias),
            array("f6.weight", &mut self.f6.weight),
            array("f6.bias", &mut self.f6.bias),
        ];
        let pooled =
            [(&mut self.s2, ["s2.coefficient", "s2.bias"]), (&mut self.s4, ["s4.coefficient", "s4.bias"])];
        for (layer, [coefficient, bias]) in pooled {
            if let Pooling::Subsampling(layer) = layer {
                arrays.extend([array(coefficient, &mut layer.coefficient), array(bias, &mut layer.bias)]);
            }
        }
        let normalisations = self.normalisations.iter_mut().flatten().zip(NORMALISED);
        arrays.extend(normalisations.flat_map(|(layer, names)| normalisation_arrays(layer, names)));
        arrays.extend(self.head.named_arrays());
        arrays
    }

    fn head(&self) -> &H {
        &self.head
    }

    fn squashing(&self) -> Squashing {
        Squashing::PAPER
    }

    fn states(&self, pattern: &Maps<f32>) -> States<f32, Vec<f32>> {
        let mut states = [Self::states(self)];
        states[0].input.assign(pattern);
        self.fprop(&mut states);
        let [s] = states;
        let (c1, c3, c5, f6) = (s.c1.state, s.c3.state, s.c5.state, s.f6.state);
        States { input: s.input, c1, s2: s.s2, c3, s4: s.s4, c5, f6, output: self.head.penalties(&s.output) }
    }

    fn evaluation(&self, patterns: &Patterns, threads: usize) -> Evaluation {
        training::evaluation(self, patterns, threads)
    }

    fn signal(_arm: &Arm, _seed: u64, _patterns: &Patterns, _some: &[usize]) -> Vec<LayerSignal> {
        Vec::new()
    }

    fn trainer(self, settings: &TrainingSettings) -> Trainer<f32, H> {
        Trainer::new(self, settings.update.patterns(1))
    }

    fn trained(trainer: &Trainer<f32, H>) -> &Self {
        &trainer.net
    }

    fn pass(
        trainer: &mut Trainer<f32, H>,
        presented: &Presented,
        optimiser: &mut DynOptimiser<Self>,
        watch: impl FnMut(&Progress) -> ControlFlow<()>,
    ) -> Option<Progress> {
        let random = &mut Chance::Dropout(presented.pass).stream(presented.seed);
        trainer.pass(presented.patterns, presented.order, optimiser, random, watch)
    }

    fn settle(trainer: &mut Trainer<f32, H>, patterns: &Patterns, some: &[usize]) {
        trainer.settle(patterns, some);
    }

    fn curvature(_trainer: &mut Trainer<f32, H>, _patterns: &Patterns, _some: &[usize]) -> Self {
        unreachable!("settings with blocks of today and optimiser = \"sdlm\" are refused")
    }

    fn scale_coefficients(&mut self, _of: CoefficientOf) {}

    fn layers(&self) -> [Vec<&[f32]>; LAYERS.len()] {
        Default::default()
    }
}

fn normalisation_arrays<'a>(
    layer: &'a mut BatchNormalisation<f32>,
    names: [&'static str; 4],
) -> [NamedArray<'a>; 4] {
    let BatchNormalisation { gain, bias, running: Moments { mean, variance, .. } } = layer;
    [array(names[0], gain), array(names[1], bias), array(names[2], mean), array(names[3], variance)]
}
