//! Training on strings after the passes of an arm (VI).

use super::training::stopped;
use crate::appendix::c::StochasticDiagonalLevenbergMarquardt as Sdlm;
use crate::experiment::{ExperimentError, Job, RunContext, StringTraining};
use crate::section1::{Network, Parameters};
use crate::section3::presentation::Presentation;
use crate::section3::training::Trainer;
use crate::section5::segmentation::Segmenter;
use crate::section5::strings::Spacing;
use crate::section6::reader::{OverSegmentation, StringReader};
use crate::section6::training::{Course, Keep, Singles, StringTrainer};
use crate::section7::sdnn::Sdnn;
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
    let spacing = Spacing { distortions: settings.distortions, ..Spacing::mixed() };
    let rates = rates(job, context, settings, &net);
    // Single patterns have another seed than strings.
    let singles = Singles { patterns, spacing: spacing.clone(), seed: !job.seed };
    let windows = job.arm.settings.windows.as_ref().map(|windows| windows.windows(patterns, !job.seed));
    let single: &dyn Presentation<f32> = windows.as_ref().map_or(&singles, |windows| windows);
    let loss = job.arm.settings.criterion();
    let course = Course {
        patterns,
        spacing,
        seed: job.seed,
        strings: settings.strings,
        noise: settings.noise.unwrap_or(0.0),
        keep: settings.keep.map(|factor| Keep { patterns: single, loss, factor }),
    };
    match windows.is_some() {
        true => run(job, context, StringTrainer::new(net, Sdnn::default(), settings.loss()), &course, &rates),
        false => {
            let reader = OverSegmentation::new(Segmenter::chosen());
            run(job, context, StringTrainer::new(net, reader, settings.loss()), &course, &rates)
        }
    }
}

fn run(
    job: &Job,
    context: &RunContext,
    mut trainer: StringTrainer<f32, impl StringReader<f32>>,
    course: &Course<f32>,
    rates: &Network<f32>,
) -> Result<(Network<f32>, usize), ExperimentError> {
    let presented = trainer.course(course, rates, |presented| {
        if presented.strings.is_multiple_of(REPORT) {
            context.watch.share(job, presented.strings as f64 / course.strings as f64);
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
