//! One arm, one seed: from initial weights to a trained network and its record.

use super::arm::Arm;
use super::checkpoint::Checkpoint;
use super::error::ExperimentError;
use super::grey::Grey;
use super::head::ArmHead;
use super::network::{ArmNetwork, DynOptimiser, Presented};
use super::results::{LayerRates, Pass, Run};
use super::settings::{Choice, Estimates, HeadKind, Rule, TrainingSettings};
use super::{gallery, model};
use crate::appendix::c::StochasticDiagonalLevenbergMarquardt as Sdlm;
use crate::section2::{LAYERS, LeNet5, Rbf, Softmax};
use crate::section3::database::{Database, INPUT, Patterns};
use crate::section3::presentation::{Distorted, Distortions, Presentation, curvature_patterns};
use crate::section3::training::{Evaluation, Progress};
use crate::today::elastic::Bent;
use crate::today::{Adam, Momentum, Network};
use ndarray::Array3;
use std::collections::HashMap;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

/// One arm to be trained from one seed.
#[derive(Clone, Copy, Debug)]
pub struct Job<'a> {
    /// The arm.
    pub arm: &'a Arm,
    /// The seed.
    pub seed: u64,
    /// Its number among the jobs of an experiment, from 0.
    pub number: usize,
}

impl Job<'_> {
    /// What its files are called.
    pub fn name(&self) -> String {
        format!("{}-seed{}", self.arm.name, self.seed)
    }

    /// Where the trained network is kept in `folder`.
    fn model(&self) -> String {
        format!("{}.safetensors", self.name())
    }

    /// Where the state between passes is kept.
    fn checkpoint(&self, folder: &Path) -> PathBuf {
        folder.join("checkpoint").join(self.model())
    }
}

/// Who wants to know how far a job is. Jobs run side by side and report whenever they like.
pub trait Watch: Sync {
    /// So many patterns of this pass have been presented.
    fn progress(&self, job: &Job, pass: usize, progress: &Progress);

    /// A pass is complete, and so is its checkpoint.
    fn pass(&self, job: &Job, pass: &Pass);
}

/// What all jobs of an experiment share.
#[derive(Clone, Copy)]
pub struct Bench<'a> {
    /// What they are trained and judged on.
    pub database: &'a Database,
    /// Where their files go.
    pub folder: &'a Path,
    /// How many cores there are for all of them; for one of them, how many it has for itself.
    pub threads: usize,
    /// Set by whoever wants all jobs to stop.
    pub stop: &'a AtomicBool,
    /// Who is told how far they are.
    pub watch: &'a dyn Watch,
}

/// Trains a job to its last pass, from its checkpoint if there is one.
pub(super) fn run(job: &Job, bench: &Bench) -> Result<Run, ExperimentError> {
    match (job.arm.settings.head.kind, &job.arm.settings.today) {
        (HeadKind::Rbf, None) => Training::<LeNet5<f32, Rbf<f32>>>::resume(job, bench)?.finish(),
        (HeadKind::Softmax, None) => Training::<LeNet5<f32, Softmax<f32>>>::resume(job, bench)?.finish(),
        (HeadKind::Rbf, Some(_)) => Training::<Network<f32, Rbf<f32>>>::resume(job, bench)?.finish(),
        (HeadKind::Softmax, Some(_)) => Training::<Network<f32, Softmax<f32>>>::resume(job, bench)?.finish(),
    }
}

/// Patterns on which the signal is measured where no second derivatives are estimated.
const SIGNAL_PATTERNS: usize = 500;

struct Training<'a, N: ArmNetwork> {
    job: &'a Job<'a>,
    bench: &'a Bench<'a>,
    trainer: N::Trainer,
    /// What the rule remembers between two passes.
    memory: Vec<(&'static str, N)>,
    passes: Vec<Pass>,
}

impl<'a, N: ArmNetwork> Training<'a, N> {
    fn resume(job: &'a Job<'a>, bench: &'a Bench<'a>) -> Result<Self, ExperimentError> {
        let Checkpoint { net, memory, passes } =
            Checkpoint::<N>::load(&job.checkpoint(bench.folder), job.arm, job.seed)?;
        Ok(Self { job, bench, trainer: net.trainer(&job.arm.settings.training), memory, passes })
    }

    fn net(&self) -> &N {
        N::trained(&self.trainer)
    }

    fn settings(&self) -> &'a TrainingSettings {
        &self.job.arm.settings.training
    }

    fn train(&self) -> &'a Patterns {
        &self.bench.database.train
    }

    /// How many of the training patterns this arm uses.
    fn patterns(&self) -> usize {
        self.settings().patterns.unwrap_or(self.train().len())
    }

    fn finish(mut self) -> Result<Run, ExperimentError> {
        while self.passes.len() < self.settings().passes {
            self.one_pass()?;
        }
        let evaluation = self.evaluation();
        let model = self.job.model();
        let metadata = HashMap::from([("arm".into(), self.job.arm.toml())]);
        model::save(&self.bench.folder.join(&model), &[(String::new(), self.net())], metadata)?;
        Ok(Run {
            seed: self.job.seed,
            test_error_pct: evaluation.error_pct(),
            train_error_pct: self.passes.last().map_or(f64::NAN, |pass| pass.train_error_pct),
            model,
            signal: N::signal(self.job.arm, self.job.seed, self.train(), &self.curvature_patterns(1)),
            passes: self.passes,
            confusion: evaluation.confusion,
            misclassified: evaluation.misclassified,
        })
    }

    fn one_pass(&mut self) -> Result<(), ExperimentError> {
        let (begin, number) = (Instant::now(), self.passes.len() + 1);
        let (mut optimiser, rates) = self.optimiser(number);
        let hessian_seconds = begin.elapsed().as_secs_f64();
        let eta = self.settings().eta(number);
        let limits = LayerRates::limits(&rates).unwrap_or([eta; 2]);
        let training = Instant::now();
        let progress = self.present_all(number, optimiser.as_mut(), limits)?;
        let us_per_pattern = training.elapsed().as_secs_f64() * 1e6 / progress.patterns as f64;
        self.memory = optimiser.memory().into_iter().map(|(name, net)| (name, net.clone())).collect();
        if !self.net().arrays().flatten().all(|w| w.is_finite()) {
            return Err(self.diverged(number, "weights are", limits));
        }
        let [rate_min, rate_max] = limits;
        let pass = Pass {
            pass: number,
            eta,
            rate_min,
            rate_max,
            rates,
            loss: progress.mean_loss(),
            train_error_pct: progress.error_pct(),
            test_error_pct: self.evaluation().error_pct(),
            codes_apart: self.net().head().codes_apart(),
            f6: self.f6(),
            hessian_seconds,
            seconds: begin.elapsed().as_secs_f64(),
            us_per_pattern,
        };
        self.passes.push(pass);
        self.save()?;
        self.bench.watch.pass(self.job, &self.passes[number - 1]);
        Ok(())
    }

    fn evaluation(&self) -> Evaluation {
        self.net().evaluation(&self.bench.database.test, self.bench.threads)
    }

    /// How F6 sees the first test pattern of each class; nothing if there are no codes to compare it with.
    fn f6(&self) -> Vec<Grey> {
        let (net, test) = (self.net(), &self.bench.database.test);
        let limit = net.squashing().amplitude as f32;
        let mut input = Array3::zeros((1, INPUT, INPUT));
        let mut picture = |p: usize| {
            test.pattern(p, &mut input);
            gallery::f6(&net.states(&input).f6, limit)
        };
        match net.head().codes() {
            Some(_) => test.first_of_each_class().into_iter().map(&mut picture).collect(),
            None => Vec::new(),
        }
    }

    /// The rule that updates the parameters in this pass, and the rates that it uses, layer by layer.
    fn optimiser(&mut self, pass: usize) -> (Box<DynOptimiser<N>>, Vec<LayerRates>) {
        let settings = self.settings();
        let eta = settings.eta(pass) as f32;
        match settings.optimiser {
            Rule::Sdlm => {
                let mut h = self.curvature(pass);
                h.scale_coefficients(settings.coefficient_of);
                let mut sdlm = Sdlm::new(h, eta, settings.mu.unwrap_or_default() as f32);
                let rates = layer_rates(&sdlm.rates);
                sdlm.rates.scale_coefficients(settings.coefficient_of);
                (Box::new(sdlm), rates)
            }
            Rule::Gradient => {
                // Eq. 21 with h = 0 and mu = 1: one rate for all, of a rule that steps layer by layer.
                (Box::new(Sdlm::new(self.net().zeros(), eta, 1.0)), Vec::new())
            }
            Rule::Momentum => {
                let alpha = settings.momentum.unwrap_or_default() as f32;
                (Box::new(Momentum { eta, alpha, velocity: self.remembered("velocity") }), Vec::new())
            }
            Rule::Adam => {
                let decay = settings.weight_decay.unwrap_or_default() as f32;
                let updates = self.patterns().div_ceil(settings.update.patterns(self.patterns()));
                let (mean, square) = (self.remembered("mean"), self.remembered("square"));
                let steps = ((pass - 1) * updates) as i32;
                (Box::new(Adam { eta, decay, mean, square, steps }), Vec::new())
            }
        }
    }

    /// What the rule remembers under this name; zeros before the first pass.
    fn remembered(&mut self, name: &str) -> N {
        match self.memory.iter().position(|(remembered, _)| *remembered == name) {
            Some(place) => self.memory.swap_remove(place).1,
            None => self.net().zeros(),
        }
    }

    /// The second derivatives that this pass uses.
    fn curvature(&mut self, pass: usize) -> N {
        let (train, settings) = (self.train(), self.settings());
        if settings.hessian_estimates == Estimates::EachPass {
            let some = self.curvature_patterns(pass);
            N::curvature(&mut self.trainer, train, &some)
        } else {
            let mut initial = N::initial(self.job.arm, self.job.seed).trainer(settings);
            N::curvature(&mut initial, train, &self.curvature_patterns(1))
        }
    }

    /// The patterns that second derivatives are estimated on before this pass.
    fn curvature_patterns(&self, pass: usize) -> Vec<usize> {
        let (settings, patterns) = (self.settings(), self.patterns());
        let count = settings.hessian_patterns.unwrap_or(SIGNAL_PATTERNS).min(patterns);
        match settings.hessian_choice {
            Choice::Fresh => curvature_patterns(self.job.seed, pass, patterns, count),
            Choice::Same => curvature_patterns(self.job.seed, 1, patterns, count),
            Choice::First => (0..count).collect(),
        }
    }

    /// The numbers of the patterns that this pass presents: of the distorted ones, if there are any.
    fn order(&self, pass: usize) -> Vec<usize> {
        let (order, seed, patterns) = (self.settings().order, self.job.seed, self.patterns());
        match self.settings().distortions {
            None => order.of(patterns, pass, seed),
            Some(distortions) => distortions.numbers(order, [patterns, self.train().len()], pass, seed),
        }
    }

    fn present_all(
        &mut self,
        pass: usize,
        optimiser: &mut DynOptimiser<N>,
        rates: [f64; 2],
    ) -> Result<Progress, ExperimentError> {
        /// How many patterns pass between two reports.
        const REPORT: usize = 500;
        /// A hundred mini-batches of 64.
        const SETTLING_PATTERNS: usize = 6400;
        let (job, bench, settings, mut diverged) = (self.job, self.bench, self.settings(), false);
        let train = &bench.database.train;
        let strength = settings.distortions.map(Distortions::strength);
        let distorted = |strength| Distorted { patterns: train, strength, seed: job.seed };
        let bent = |strength, pixels| Bent { patterns: train, strength, pixels, seed: job.seed };
        let patterns: &dyn Presentation<f32> = match (strength, settings.elastic) {
            (None, _) => train,
            (Some(strength), None) => &distorted(strength),
            (Some(strength), Some(pixels)) => &bent(strength, pixels),
        };
        let order = &self.order(pass);
        let presented = Presented { patterns, order, update: settings.update, pass, seed: job.seed };
        let mut reported = 0;
        let watch = |progress: &Progress| {
            diverged = !progress.loss.is_finite();
            if progress.patterns / REPORT > reported {
                reported = progress.patterns / REPORT;
                bench.watch.progress(job, pass, progress);
            }
            if diverged || bench.stop.load(Ordering::Relaxed) {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            }
        };
        let progress = N::pass(&mut self.trainer, &presented, optimiser, watch);
        if progress.is_some() && settings.distortions.is_some() {
            let some: Vec<usize> = (0..SETTLING_PATTERNS.min(self.patterns())).collect();
            N::settle(&mut self.trainer, train, &some);
        }
        match progress {
            Some(progress) => Ok(progress),
            None if diverged => Err(self.diverged(pass, "loss is", rates)),
            None => Err(ExperimentError::Stopped(bench.folder.into())),
        }
    }

    fn diverged(&self, pass: usize, what: &'static str, rates: [f64; 2]) -> ExperimentError {
        let (arm, passes) = (self.job.arm.name.clone(), self.passes.clone());
        ExperimentError::Diverged { arm, seed: self.job.seed, pass, what, passes, rates }
    }

    fn save(&mut self) -> Result<(), ExperimentError> {
        let checkpoint =
            Checkpoint { net: self.net().clone(), memory: self.memory.clone(), passes: self.passes.clone() };
        checkpoint.save(&self.job.checkpoint(self.bench.folder), self.job.arm)
    }
}

fn layer_rates<N: ArmNetwork>(rates: &N) -> Vec<LayerRates> {
    let layers = LAYERS.into_iter().zip(rates.layers());
    layers.filter_map(|(name, arrays)| LayerRates::of(name, arrays.concat().into_iter())).collect()
}
