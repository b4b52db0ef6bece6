//! One arm, one seed: from initial weights to a trained network and its record.

use super::arm::{Arm, HeadKind, Rule};
use super::checkpoint::Checkpoint;
use super::error::ExperimentError;
use super::head::ArmHead;
use super::model;
use super::results::{LayerRates, Pass, Run};
use crate::appendix::c::StochasticDiagonalLevenbergMarquardt as Sdlm;
use crate::section1::{Gradient, Momentum, Optimiser, Parameters};
use crate::section2::{LAYERS, LeNet5, Rbf, Softmax};
use crate::section3::database::Database;
use crate::section3::training::{Evaluation, Progress, Trainer, constant_order, curvature_patterns};
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
pub(super) struct Bench<'a> {
    pub database: &'a Database,
    pub folder: &'a Path,
    /// Cores that a job has for itself.
    pub threads: usize,
    /// Set by whoever wants all jobs to stop.
    pub stop: &'a AtomicBool,
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

struct Training<'a, H: ArmHead> {
    job: &'a Job<'a>,
    bench: &'a Bench<'a>,
    trainer: Trainer<f32, H>,
    order: Vec<usize>,
    velocity: Option<LeNet5<f32, H>>,
    passes: Vec<Pass>,
}

impl<'a, H: ArmHead> Training<'a, H> {
    fn resume(job: &'a Job<'a>, bench: &'a Bench<'a>) -> Result<Self, ExperimentError> {
        let Checkpoint { net, velocity, passes } =
            Checkpoint::load(&job.checkpoint(bench.folder), job.arm, job.seed)?;
        let order = constant_order(job.seed, bench.database.train.len());
        Ok(Self { job, bench, trainer: Trainer::new(net), order, velocity, passes })
    }

    fn finish(mut self) -> Result<Run, ExperimentError> {
        while self.passes.len() < self.job.arm.settings.training.passes {
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
            passes: self.passes,
            confusion: evaluation.confusion,
            misclassified: evaluation.misclassified,
        })
    }

    fn one_pass(&mut self) -> Result<(), ExperimentError> {
        let (begin, number) = (Instant::now(), self.passes.len() + 1);
        let (mut optimiser, rates) = self.optimiser(number);
        let training = Instant::now();
        let progress = self.present_all(number, optimiser.as_mut())?;
        let us_per_pattern = training.elapsed().as_secs_f64() * 1e6 / progress.patterns as f64;
        self.velocity = optimiser.memory().cloned();
        if !self.trainer.net.arrays().flatten().all(|w| w.is_finite()) {
            return Err(self.diverged(number, "weights are"));
        }
        let eta = self.job.arm.settings.training.eta(number);
        let pass = Pass {
            pass: number,
            eta,
            rate_min: rates.iter().map(|layer| layer.least).reduce(f64::min).unwrap_or(eta),
            rate_max: rates.iter().map(|layer| layer.largest).reduce(f64::max).unwrap_or(eta),
            rates,
            loss: progress.mean_loss(),
            train_error_pct: progress.error_pct(),
            test_error_pct: self.evaluation().error_pct(),
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

    /// The rule that updates the parameters in this pass, and the rates that it uses, layer by layer.
    fn optimiser(&mut self, pass: usize) -> (Box<DynOptimiser<H>>, Vec<LayerRates>) {
        let settings = &self.job.arm.settings.training;
        let eta = settings.eta(pass) as f32;
        match settings.optimiser {
            Rule::Sdlm => {
                let train = &self.bench.database.train;
                let count = settings.hessian_patterns.unwrap_or_default();
                let some = curvature_patterns(self.job.seed, pass, train.len(), count);
                let h = self.trainer.curvature(train, &some);
                let sdlm = Sdlm::new(h, eta, settings.mu.unwrap_or_default() as f32);
                let rates = layer_rates(&sdlm.rates);
                (Box::new(sdlm), rates)
            }
            Rule::Gradient => (Box::new(Gradient { eta }), Vec::new()),
            Rule::Momentum => {
                let velocity = self.velocity.take().unwrap_or_else(|| self.trainer.net.zeros());
                let alpha = settings.momentum.unwrap_or_default() as f32;
                (Box::new(Momentum { eta, alpha, velocity }), Vec::new())
            }
        }
    }

    fn present_all(
        &mut self,
        pass: usize,
        optimiser: &mut DynOptimiser<H>,
    ) -> Result<Progress, ExperimentError> {
        /// How many patterns pass between two reports.
        const REPORT: usize = 500;
        let (job, bench, mut diverged) = (self.job, self.bench, false);
        let update = job.arm.settings.training.update;
        let progress = self.trainer.pass(&bench.database.train, &self.order, update, optimiser, |progress| {
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
            None if diverged => Err(self.diverged(pass, "loss is")),
            None => Err(ExperimentError::Stopped(bench.folder.into())),
        }
    }

    fn diverged(&self, pass: usize, what: &'static str) -> ExperimentError {
        ExperimentError::Diverged { arm: self.job.arm.name.clone(), seed: self.job.seed, pass, what }
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
