//! Training on strings after the passes of an arm (VI).

use super::training::stopped;
use crate::appendix::c::StochasticDiagonalLevenbergMarquardt as Sdlm;
use crate::experiment::{ExperimentError, Job, RunContext, StringTraining};
use crate::section1::{Network, Parameters};
use crate::section3::training::Trainer;
use crate::section5::segmentation::Segmenter;
use crate::section5::strings::Spacing;
use crate::section6::training::{Course, StringTrainer};
use std::ops::ControlFlow;
use std::sync::atomic::Ordering;

/// Single digits on which second derivatives are estimated.
const HESSIAN_PATTERNS: usize = 500;
/// Strings between two reports of progress.
const REPORT: usize = 100;

/// The network after training on strings, and the number of strings that no path spelled.
pub(super) fn train(
    job: &Job,
    context: &RunContext,
    settings: &StringTraining,
    net: Network<f32>,
) -> Result<(Network<f32>, usize), ExperimentError> {
    let patterns = &context.database.train;
    let criterion = job.arm.settings.criterion();
    let rates = rates(job, context, settings, &net);
    let course = Course {
        patterns,
        spacing: Spacing { distortions: settings.distortions, ..Spacing::mixed() },
        seed: job.seed,
        strings: settings.strings,
        noise: settings.noise.unwrap_or(0.0),
        keep: settings.keep.map(|factor| (criterion, factor)),
    };
    let mut trainer = StringTrainer::new(net, Segmenter::chosen(), settings.loss());
    let presented = trainer.course(&course, &rates, |presented| {
        if presented.strings.is_multiple_of(REPORT) {
            context.watch.share(job, presented.strings as f64 / settings.strings as f64);
        }
        if context.stop.load(Ordering::Relaxed) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    match presented {
        ControlFlow::Continue(presented) => Ok((trainer.net, presented.without_path)),
        ControlFlow::Break(()) => Err(stopped(context)),
    }
}

/// A rate for each parameter: of App. C, from single digits, or the same for all.
fn rates(job: &Job, context: &RunContext, settings: &StringTraining, net: &Network<f32>) -> Network<f32> {
    if settings.plain {
        let mut rates = net.zeros();
        rates.fill(settings.eta as f32);
        return rates;
    }
    let some: Vec<usize> = (0..HESSIAN_PATTERNS.min(context.database.train.len())).collect();
    let mut trainer = Trainer::new(net.clone(), job.arm.settings.criterion());
    let h = trainer.curvature(&context.database.train, &some);
    let mu = job.arm.settings.training.mu.unwrap_or(0.02);
    Sdlm::new(h, settings.eta as f32, mu as f32).rates
}
