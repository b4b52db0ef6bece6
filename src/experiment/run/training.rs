//! A job: one arm from one seed, pass by pass.

use super::checkpoint::{self, Checkpoint};
use super::method;
use super::{signal, strings};
use crate::appendix::c::StochasticDiagonalLevenbergMarquardt as Sdlm;
use crate::archaeology::sizes::{ArraySize, sizes};
use crate::experiment::{Choice, CoefficientOf, Diverged, Estimates, ExperimentError, Grey, Job, LayerRates};
use crate::experiment::{
    LayerSignal, Model, Pass, Rule, Run, RunContext, StringsTrained, TrainingSettings, f6,
};
use crate::section1::{Gradient, Network, Optimiser, Parameters};
use crate::section2::{Criterion, Rbf, Subsampling};
use crate::section3::classifiers::Stored;
use crate::section3::database::Patterns;
use crate::section3::evaluation::{Evaluation, evaluate};
use crate::section3::presentation::{
    Chance, Distorted, Distortions, Noisy, Presentation, curvature_patterns,
};
use crate::section3::training::{Progress, Trainer};
use crate::today::elastic::Bent;
use crate::today::{Adam, Momentum};
use std::borrow::Cow;
use std::ops::ControlFlow;
use std::sync::atomic::Ordering;
use std::time::Instant;

/// The number of patterns on which the signal is measured where no second derivatives are estimated.
const SIGNAL_PATTERNS: usize = 500;

/// The number of patterns on which running moments are recomputed: a hundred mini-batches of 64.
const MOMENTS_PATTERNS: usize = 6400;

/// Trains a job to its end, from its checkpoint if there is one. `data` is the identity of its patterns.
pub(super) fn run(job: &Job, context: &RunContext, data: &str) -> Result<Run, ExperimentError> {
    let method = &job.arm.settings.method;
    if method.is_none() && job.arm.settings.strings.is_none() {
        return Training::resume(job, context, data)?.finish();
    }
    if let Some(run) = method::remembered(job, context, data)? {
        return Ok(run);
    }
    let run = match method.as_ref().filter(|method| !method.has_network()) {
        None => Training::resume(job, context, data)?.finish()?,
        Some(method) => method::run(job, context, method)?,
    };
    method::remember(job, context, data, run)
}

type Rules = dyn Optimiser<f32, Network<f32>>;

/// A network in training, from pass to pass.
pub(super) struct Training<'a> {
    job: &'a Job<'a>,
    context: &'a RunContext<'a>,
    data: &'a str,
    /// The arm and its initial network.
    initial: Model,
    train: Cow<'a, Patterns>,
    test: Cow<'a, Patterns>,
    trainer: Trainer<f32, Criterion>,
    /// The memory of the rule between two passes.
    memory: Vec<(&'static str, Network<f32>)>,
    passes: Vec<Pass>,
    /// The numbers of the distorted copies that all passes present; `None` for those of the arm.
    copies: Option<Vec<usize>>,
}

impl<'a> Training<'a> {
    /// The training of a job, after the passes that it has made.
    pub(super) fn resume(
        job: &'a Job,
        context: &'a RunContext,
        data: &'a str,
    ) -> Result<Self, ExperimentError> {
        let Checkpoint { net, memory, passes } = Checkpoint::load(job, context.folder, data)?;
        let initial = Model::initial(job.arm, job.seed);
        let [train, test] = [&context.database.train, &context.database.test].map(|all| initial.images(all));
        let trainer = Trainer::new(net, job.arm.settings.criterion());
        Ok(Self { job, context, data, initial, train, test, trainer, memory, passes, copies: None })
    }

    fn settings(&self) -> &'a TrainingSettings {
        &self.job.arm.settings.training
    }

    /// The number of training patterns that this arm uses.
    fn patterns(&self) -> usize {
        self.settings().patterns.unwrap_or(self.train.len())
    }

    /// The same on the distorted copies with these numbers, in all passes.
    pub(super) fn on_copies(self, numbers: Vec<usize>) -> Self {
        Self { copies: Some(numbers), ..self }
    }

    /// The network after all passes.
    pub(super) fn trained(mut self) -> Result<Network<f32>, ExperimentError> {
        self.all_passes()?;
        Ok(self.trainer.net)
    }

    fn all_passes(&mut self) -> Result<(), ExperimentError> {
        while self.passes.len() < self.settings().passes {
            self.one_pass()?;
        }
        Ok(())
    }

    fn finish(mut self) -> Result<Run, ExperimentError> {
        self.all_passes()?;
        let begin = Instant::now();
        let (net, without_path) = match &self.job.arm.settings.strings {
            None => (self.trainer.net.clone(), None),
            Some(settings) => {
                let net = if settings.fresh { &self.initial.net } else { &self.trainer.net };
                let (net, without_path) = strings::train(self.job, self.context, settings, net.clone())?;
                (net, Some(without_path))
            }
        };
        let closest_codes = net.output_layer::<Rbf<f32>>().filter(|rbf| rbf.learns()).map(Rbf::closest_codes);
        let classifier: Box<dyn Stored> = match &self.job.arm.settings.method {
            None => Box::new(net),
            Some(method) => method::on_network(self.job, self.context, self.data, method, net)?,
        };
        let seconds =
            begin.elapsed().as_secs_f64() + self.passes.iter().map(|pass| pass.seconds).sum::<f64>();
        Ok(Run {
            train_error_pct: self.passes.last().map_or(f64::NAN, |pass| pass.train_error_pct),
            signal: self.signal(),
            sizes: self.sizes(),
            strings: without_path.map(|without_path| StringsTrained { without_path, closest_codes }),
            seconds_train: seconds,
            passes: self.passes,
            ..method::finish(self.job, self.context, classifier.as_ref())?
        })
    }

    /// The signal in each layer of the initial network; empty with blocks of today.
    fn signal(&self) -> Vec<LayerSignal> {
        let some = self.curvature_patterns(1);
        match self.job.arm.settings.today {
            None => signal::of(&self.initial, &self.train, &some),
            Some(_) => Vec::new(),
        }
    }

    /// The sizes of a front with squashing functions; empty with blocks of today, and in other architectures.
    fn sizes(&self) -> Vec<ArraySize> {
        match self.job.arm.settings.today {
            None if self.initial.architecture().name == "lenet-5" => sizes(&self.trainer.net),
            _ => Vec::new(),
        }
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
        if !Parameters::arrays(&self.trainer.net).flatten().all(|w| w.is_finite()) {
            return Err(self.diverged(number, "weights are", limits));
        }
        let pass = Pass {
            pass: number,
            eta,
            rate_min: limits[0],
            rate_max: limits[1],
            rates,
            loss: progress.mean_loss(),
            train_error_pct: progress.error_pct(),
            test_error_pct: self.evaluation().error_pct(),
            codes_apart: self.rbf().filter(|rbf| rbf.learns()).map(Rbf::closest_codes),
            f6: self.f6(),
            hessian_seconds,
            seconds: begin.elapsed().as_secs_f64(),
            us_per_pattern,
        };
        self.passes.push(pass);
        let (net, memory) = (&self.trainer.net, &self.memory);
        checkpoint::save(self.job, self.context.folder, self.data, net, memory, &self.passes)?;
        self.context.watch.pass(self.job, &self.passes[number - 1]);
        Ok(())
    }

    fn rbf(&self) -> Option<&Rbf<f32>> {
        self.trainer.net.output_layer()
    }

    fn evaluation(&self) -> Evaluation {
        evaluate(&self.trainer.net, &self.test, self.context.threads)
    }

    /// The state of F6 for the first test pattern of each class; empty without codes to compare it with.
    fn f6(&self) -> Vec<Grey> {
        let mut states = self.trainer.net.states();
        let limit = self.initial.squashing().amplitude as f32;
        let picture = |p: usize| {
            self.test.pattern(p, states.input_mut());
            self.trainer.net.fprop(&mut states);
            f6(states.last(), limit)
        };
        let patterns = self.rbf().map(|_| self.test.first_of_each_class());
        patterns.unwrap_or_default().into_iter().filter_map(picture).collect()
    }

    /// The rule that updates the parameters in this pass, and its rates layer by layer.
    fn optimiser(&mut self, pass: usize) -> (Box<Rules>, Vec<LayerRates>) {
        let settings = self.settings();
        let eta = settings.eta(pass) as f32;
        match settings.optimiser {
            Rule::Sdlm => {
                let mut h = self.curvature(pass);
                scale_coefficients(&mut h, settings.coefficient_of);
                let mut sdlm = Sdlm::new(h, eta, settings.mu.unwrap_or_default() as f32);
                let rates = layer_rates(&sdlm.rates, &self.trainer.net);
                scale_coefficients(&mut sdlm.rates, settings.coefficient_of);
                (Box::new(sdlm), rates)
            }
            Rule::Gradient => (Box::new(Gradient::new(eta, &self.trainer.net)), Vec::new()),
            Rule::Momentum => {
                let (alpha, velocity) = (settings.momentum.unwrap_or_default(), self.remembered("velocity"));
                (Box::new(Momentum { eta, alpha: alpha as f32, velocity }), Vec::new())
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

    /// The memory of the rule under this name; zeros before the first pass.
    fn remembered(&mut self, name: &str) -> Network<f32> {
        match self.memory.iter().position(|(remembered, _)| *remembered == name) {
            Some(place) => self.memory.swap_remove(place).1,
            None => self.trainer.net.zeros(),
        }
    }

    /// The second derivatives that this pass uses.
    fn curvature(&mut self, pass: usize) -> Network<f32> {
        if self.settings().hessian_estimates == Estimates::EachPass {
            let some = self.curvature_patterns(pass);
            self.trainer.curvature(self.train.as_ref(), &some)
        } else {
            let mut initial = Trainer::new(self.initial.net.clone(), self.trainer.loss);
            initial.curvature(self.train.as_ref(), &self.curvature_patterns(1))
        }
    }

    /// The patterns on which second derivatives are estimated before this pass.
    fn curvature_patterns(&self, pass: usize) -> Vec<usize> {
        let (settings, patterns) = (self.settings(), self.patterns());
        let count = settings.hessian_patterns.unwrap_or(SIGNAL_PATTERNS).min(patterns);
        match settings.hessian_choice {
            Choice::Fresh => curvature_patterns(self.job.seed, pass, patterns, count),
            Choice::Same => curvature_patterns(self.job.seed, 1, patterns, count),
            Choice::First => (0..count).collect(),
        }
    }

    /// The numbers of the patterns that this pass presents: of distorted ones where the arm has distortions.
    fn order(&self, pass: usize) -> Vec<usize> {
        let (order, seed, patterns) = (self.settings().order, self.job.seed, self.patterns());
        if let Some(copies) = &self.copies {
            return order.of(copies.len(), pass, seed).into_iter().map(|n| copies[n]).collect();
        }
        match self.settings().distortions {
            // Windows are new in each pass.
            None if self.job.arm.settings.windows.is_some() => {
                (0..patterns).map(|n| pass * patterns + n).collect()
            }
            None => order.of(patterns, pass, seed),
            Some(distortions) => distortions.numbers(order, [patterns, self.train.len()], pass, seed),
        }
    }

    fn present_all(
        &mut self,
        pass: usize,
        optimiser: &mut Rules,
        rates: [f64; 2],
    ) -> Result<Progress, ExperimentError> {
        /// Patterns between two reports.
        const REPORT: usize = 500;
        let (job, context, settings) = (self.job, self.context, self.settings());
        let (order, train, seed) = (self.order(pass), self.train.as_ref(), job.seed);
        let amounts = settings.distortions.map(Distortions::amounts);
        let distorted = |amounts| Distorted { patterns: train, amounts, seed };
        let bent = |amounts, pixels| Bent { patterns: train, amounts, pixels, seed };
        let patterns: &dyn Presentation<f32> = match (amounts, settings.elastic) {
            (None, _) => train,
            (Some(amounts), None) => &distorted(amounts),
            (Some(amounts), Some(pixels)) => &bent(amounts, pixels),
        };
        let patterns: &dyn Presentation<f32> = match settings.noise {
            None => patterns,
            Some(probability) => &Noisy { patterns, probability, pass, seed },
        };
        let windows = job.arm.settings.windows.as_ref().map(|windows| windows.windows(train, seed));
        let patterns: &dyn Presentation<f32> = windows.as_ref().map_or(patterns, |windows| windows);
        let (mut reported, mut finite) = (0, true);
        let watch = |progress: &Progress| {
            finite = progress.loss.is_finite();
            if progress.patterns / REPORT > reported {
                reported = progress.patterns / REPORT;
                context.watch.progress(job, pass, progress);
            }
            let stop = !finite || context.stop.load(Ordering::Relaxed);
            if stop { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        };
        let random = &mut Chance::Dropout(pass).stream(seed);
        let progress = self.trainer.pass(patterns, &order, settings.update, optimiser, random, watch);
        if progress.is_some() && settings.distortions.is_some() {
            let some: Vec<usize> = (0..MOMENTS_PATTERNS.min(self.patterns())).collect();
            self.trainer.recompute_running_moments(train, &some);
        }
        progress.ok_or_else(|| if finite { stopped(context) } else { self.diverged(pass, "loss is", rates) })
    }

    fn diverged(&self, pass: usize, what: &'static str, rates: [f64; 2]) -> ExperimentError {
        let (arm, passes) = (self.job.arm.name.clone(), self.passes.clone());
        Box::new(Diverged { arm, seed: self.job.seed, pass, what, passes, rates }).into()
    }
}

/// The error for a job that is to stop.
pub(super) fn stopped(context: &RunContext) -> ExperimentError {
    let folder = context.folder.display();
    ExperimentError::Stopped(format!(
        "`experiment --resume {folder}` continues after the last complete pass, with the same --data if there was \
         one"
    ))
}

/// The rates of the layers that learn.
fn layer_rates(rates: &Network<f32>, net: &Network<f32>) -> Vec<LayerRates> {
    let of_layer = |(name, arrays): (&str, Vec<&[f32]>)| LayerRates::of(name, arrays.concat().into_iter());
    rates.layers().into_iter().filter(|(name, _)| !net.is_frozen(name)).filter_map(of_layer).collect()
}

/// The coefficient of an average is four times that of the sum, so its second derivative is 1/16 of the sum's, and a step of
/// the sum's coefficient at the average's rate is 1/16 as large.
fn scale_coefficients(net: &mut Network<f32>, of: CoefficientOf) {
    if of == CoefficientOf::Average {
        for name in net.census().into_iter().map(|layer| layer.layer) {
            let layer = net.layer_mut::<Subsampling<f32>>(&name);
            layer.into_iter().for_each(|layer| layer.coefficient /= 16.0);
        }
    }
}
