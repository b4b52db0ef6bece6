//! What an experiment needs of a network, be it the paper's LeNet-5 or one with blocks of today.

use super::arm::Arm;
use super::head::{ArmHead, NamedArray, array};
use super::results::LayerSignal;
use super::settings::{CoefficientOf, TrainingSettings};
use super::signal;
use crate::appendix::b::Update;
use crate::section1::{Maps, Optimiser, Parameters};
use crate::section2::{Convolution, LAYERS, LeNet5, Squashing, States};
use crate::section3::database::Patterns;
use crate::section3::presentation::{Chance, Presentation};
use crate::section3::training::{Evaluation, Progress, Trainer};
use std::ops::ControlFlow;

/// Any rule that can update such a network.
pub(super) type DynOptimiser<N> = dyn Optimiser<f32, N>;

/// What a pass presents.
pub(super) struct Presented<'a> {
    /// The patterns.
    pub patterns: &'a dyn Presentation<f32>,
    /// Their numbers.
    pub order: &'a [usize],
    /// How many of them make an update.
    pub update: Update,
    /// The number of the pass.
    pub pass: usize,
    /// What everything random is drawn from.
    pub seed: u64,
}

/// A network that an arm can describe.
pub(super) trait ArmNetwork: Parameters<f32> + 'static {
    /// Its output layer.
    type Head: ArmHead;
    /// It, with room for its training.
    type Trainer;

    /// What an arm starts from.
    fn initial(arm: &Arm, seed: u64) -> Self;

    /// C1, C3 and C5, which files keep dense.
    fn convolutions(&self) -> [(&'static str, &Convolution<f32>); 3];

    /// The same, to be read.
    fn convolutions_mut(&mut self) -> [(&'static str, &mut Convolution<f32>); 3];

    /// All arrays that files keep as they are.
    fn plain_arrays(&mut self) -> Vec<NamedArray<'_>>;

    /// The output layer.
    fn head(&self) -> &Self::Head;

    /// What bounds its states: the paper's squashing function if nothing does.
    fn squashing(&self) -> Squashing;

    /// The states of all layers for a pattern in evaluation, and what each class costs.
    fn states(&self, pattern: &Maps<f32>) -> States<f32, Vec<f32>>;

    /// How it does on patterns that it does not learn from.
    fn evaluation(&self, patterns: &Patterns, threads: usize) -> Evaluation;

    /// What reaches each layer of an arm's initial network; nothing where nobody asks.
    fn signal(arm: &Arm, seed: u64, patterns: &Patterns, some: &[usize]) -> Vec<LayerSignal>;

    /// Room for training.
    fn trainer(self, settings: &TrainingSettings) -> Self::Trainer;

    /// The network in training.
    fn trained(trainer: &Self::Trainer) -> &Self;

    /// One pass; nothing if `watch` broke it off.
    fn pass(
        trainer: &mut Self::Trainer,
        presented: &Presented,
        optimiser: &mut DynOptimiser<Self>,
        watch: impl FnMut(&Progress) -> ControlFlow<()>,
    ) -> Option<Progress>;

    /// After a pass over distorted patterns: what a network keeps of patterns beside its weights, taken of these as they are.
    fn settle(_trainer: &mut Self::Trainer, _patterns: &Patterns, _some: &[usize]) {}

    /// The mean second derivatives over some patterns.
    fn curvature(trainer: &mut Self::Trainer, patterns: &Patterns, some: &[usize]) -> Self;

    /// The coefficient of an average is four times that of the sum: its second derivative is a sixteenth, and so is a step
    /// of the sum's coefficient that is taken at the average's rate.
    fn scale_coefficients(&mut self, of: CoefficientOf);

    /// The parameters of each layer, from C1 to the output.
    fn layers(&self) -> [Vec<&[f32]>; LAYERS.len()];
}

impl<H: ArmHead> ArmNetwork for LeNet5<f32, H> {
    type Head = H;
    type Trainer = Trainer<f32, H>;

    /// C1 to F6 are alike for all heads (deviation 8).
    fn initial(arm: &Arm, seed: u64) -> Self {
        let network = &arm.settings.network;
        let head = H::build(&arm.settings.head, network, &mut Chance::Head.stream(seed));
        Self::new(head, network, &mut Chance::Weights.stream(seed))
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
            array("s2.coefficient", &mut self.s2.coefficient),
            array("s2.bias", &mut self.s2.bias),
            array("c3.bias", &mut self.c3.bias),
            array("s4.coefficient", &mut self.s4.coefficient),
            array("s4.bias", &mut self.s4.bias),
            array("c5.bias", &mut self.c5.bias),
            array("f6.weight", &mut self.f6.weight),
            array("f6.bias", &mut self.f6.bias),
        ];
        arrays.extend(self.head.named_arrays());
        arrays
    }

    fn head(&self) -> &H {
        &self.head
    }

    fn squashing(&self) -> Squashing {
        self.squashing
    }

    fn states(&self, pattern: &Maps<f32>) -> States<f32, Vec<f32>> {
        let mut states = Self::states(self);
        states.input.assign(pattern);
        self.fprop(&mut states);
        let output = self.head.penalties(&states.output);
        let States { input, c1, s2, c3, s4, c5, f6, .. } = states;
        States { input, c1, s2, c3, s4, c5, f6, output }
    }

    fn evaluation(&self, patterns: &Patterns, threads: usize) -> Evaluation {
        Evaluation::of(self, patterns, threads)
    }

    fn signal(arm: &Arm, seed: u64, patterns: &Patterns, some: &[usize]) -> Vec<LayerSignal> {
        signal::of::<H>(&Self::initial(arm, seed), patterns, some)
    }

    fn trainer(self, _settings: &TrainingSettings) -> Trainer<f32, H> {
        Trainer::new(self)
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
        trainer.pass(presented.patterns, presented.order, presented.update, optimiser, watch)
    }

    fn curvature(trainer: &mut Trainer<f32, H>, patterns: &Patterns, some: &[usize]) -> Self {
        trainer.curvature(patterns, some)
    }

    fn scale_coefficients(&mut self, of: CoefficientOf) {
        if of == CoefficientOf::Average {
            self.s2.coefficient /= 16.0;
            self.s4.coefficient /= 16.0;
        }
    }

    fn layers(&self) -> [Vec<&[f32]>; LAYERS.len()] {
        Self::layers(self)
    }
}
