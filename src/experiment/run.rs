//! One arm, one seed: from initial weights to a trained network and its record.

use super::arm::Arm;
use super::checkpoint::Checkpoint;
use super::error::ExperimentError;
use super::grey::Grey;
use super::head::ArmHead;
use super::results::{LayerRates, Pass, Run};
use super::settings::{Choice, CoefficientOf, Estimates, HeadKind, Rule, TrainingSettings};
use super::{gallery, model, signal};
use crate::appendix::c::StochasticDiagonalLevenbergMarquardt as Sdlm;
use crate::section1::{Momentum, Optimiser, Parameters};
use crate::section2::{LAYERS, LeNet5, Rbf, Softmax};
use crate::section3::database::{Database, Patterns};
use crate::section3::presentation::{Distorted, Presentation, curvature_patterns};
use crate::section3::training::{Evaluation, Progress, Trainer};
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
    match job.arm.settings.head.kind {
        HeadKind::Rbf => Training::<Rbf<f32>>::resume(job, bench)?.finish(),
        HeadKind::Softmax => Training::<Softmax<f32>>::resume(job, bench)?.finish(),
    }
}

/// Any rule that can update the network of an arm.
type DynOptimiser<H> = dyn Optimiser<f32, LeNet5<f32, H>>;

/// Patterns on which the signal is measured where no second derivatives are estimated.
const SIGNAL_PATTERNS: usize = 500;

struct Training<'a, H: ArmHead> {
    job: &'a Job<'a>,
    bench: &'a Bench<'a>,
    trainer: Trainer<f32, H>,
    velocity: Option<LeNet5<f32, H>>,
    passes: Vec<Pass>,
}

impl<'a, H: ArmHead> Training<'a, H> {
    fn resume(job: &'a Job<'a>, bench: &'a Bench<'a>) -> Result<Self, ExperimentError> {
        let Checkpoint { net, velocity, passes } =
            Checkpoint::load(&job.checkpoint(bench.folder), job.arm, job.seed)?;
        Ok(Self { job, bench, trainer: Trainer::new(net), velocity, passes })
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
        model::save(&self.bench.folder.join(&model), &[("", &self.trainer.net)], metadata)?;
        Ok(Run {
            seed: self.job.seed,
            test_error_pct: evaluation.error_pct(),
            train_error_pct: self.passes.last().map_or(f64::NAN, |pass| pass.train_error_pct),
            model,
            signal: signal::of::<H>(self.job, self.train(), &self.curvature_patterns(1)),
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
        self.velocity = optimiser.memory().cloned();
        if !self.trainer.net.arrays().flatten().all(|w| w.is_finite()) {
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
            codes_apart: self.trainer.net.head.codes_apart(),
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
        Evaluation::of(&self.trainer.net, &self.bench.database.test, self.bench.threads)
    }

    /// How F6 sees the first test pattern of each class; nothing if there are no codes to compare it with.
    fn f6(&self) -> Vec<Grey> {
        let (net, test) = (&self.trainer.net, &self.bench.database.test);
        let mut states = net.states();
        let mut picture = |p: usize| {
            test.pattern(p, &mut states.input);
            net.fprop(&mut states);
            gallery::f6(&states.f6, net.squashing.amplitude as f32)
        };
        match net.head.codes() {
            Some(_) => test.first_of_each_class().into_iter().map(&mut picture).collect(),
            None => Vec::new(),
        }
    }

    /// The rule that updates the parameters in this pass, and the rates that it uses, layer by layer.
    fn optimiser(&mut self, pass: usize) -> (Box<DynOptimiser<H>>, Vec<LayerRates>) {
        let settings = self.settings();
        let eta = settings.eta(pass) as f32;
        match settings.optimiser {
            Rule::Sdlm => {
                let mut h = self.curvature(pass);
                scale_coefficients(&mut h, settings);
                let mut sdlm = Sdlm::new(h, eta, settings.mu.unwrap_or_default() as f32);
                let rates = layer_rates(&sdlm.rates);
                scale_coefficients(&mut sdlm.rates, settings);
                (Box::new(sdlm), rates)
            }
            Rule::Gradient => {
                // Eq. 21 with h = 0 and mu = 1: one rate for all, of a rule that steps layer by layer.
                (Box::new(Sdlm::new(self.trainer.net.zeros(), eta, 1.0)), Vec::new())
            }
            Rule::Momentum => {
                let velocity = self.velocity.take().unwrap_or_else(|| self.trainer.net.zeros());
                let alpha = settings.momentum.unwrap_or_default() as f32;
                (Box::new(Momentum { eta, alpha, velocity }), Vec::new())
            }
        }
    }

    /// The second derivatives that this pass uses.
    fn curvature(&mut self, pass: usize) -> LeNet5<f32, H> {
        let (train, now) = (self.train(), self.settings().hessian_estimates == Estimates::EachPass);
        if now {
            self.trainer.curvature(train, &self.curvature_patterns(pass))
        } else {
            let initial = model::initial(self.job.arm, self.job.seed);
            Trainer::<f32, H>::new(initial).curvature(train, &self.curvature_patterns(1))
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
        optimiser: &mut DynOptimiser<H>,
        rates: [f64; 2],
    ) -> Result<Progress, ExperimentError> {
        /// How many patterns pass between two reports.
        const REPORT: usize = 500;
        let (job, bench, settings, mut diverged) = (self.job, self.bench, self.settings(), false);
        let train = &bench.database.train;
        let distorted = |strength| Distorted { patterns: train, strength, seed: job.seed };
        let patterns: &dyn Presentation<f32> = match settings.distortions {
            None => train,
            Some(distortions) => &distorted(distortions.strength()),
        };
        let progress =
            self.trainer.pass(patterns, &self.order(pass), settings.update, optimiser, |progress| {
                diverged = !progress.loss.is_finite();
                if progress.patterns.is_multiple_of(REPORT) {
                    bench.watch.progress(job, pass, progress);
                }
                if diverged || bench.stop.load(Ordering::Relaxed) {
                    ControlFlow::Break(())
                } else {
                    ControlFlow::Continue(())
                }
            });
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
        let checkpoint = Checkpoint {
            net: self.trainer.net.clone(),
            velocity: self.velocity.clone(),
            passes: self.passes.clone(),
        };
        checkpoint.save(&self.job.checkpoint(self.bench.folder), self.job.arm)
    }
}

fn layer_rates<H: ArmHead>(rates: &LeNet5<f32, H>) -> Vec<LayerRates> {
    let layers = LAYERS.into_iter().zip(rates.layers());
    layers.filter_map(|(name, arrays)| LayerRates::of(name, arrays.concat().into_iter())).collect()
}

/// The coefficient of an average is four times that of the sum: its second derivative is a sixteenth, and so is a step of
/// the sum's coefficient that is taken at the average's rate.
fn scale_coefficients<H: ArmHead>(values: &mut LeNet5<f32, H>, settings: &TrainingSettings) {
    if settings.coefficient_of == CoefficientOf::Average {
        values.s2.coefficient /= 16.0;
        values.s4.coefficient /= 16.0;
    }
}
