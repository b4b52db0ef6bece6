//! What a study measures on its trained networks besides their errors.

use crate::archaeology::fig13;
use crate::experiment::{ExperimentError, Measurement, Model, Plan, RunContext, StudyResults};
use crate::section3::invariance::{Change, Tolerance};
use crate::section5::segmentation::Segmenter;
use crate::section6::reader::OverSegmentation;
use crate::section6::reading::{Junk, Reading, StringErrors};
use crate::section7::both::Both;
use crate::section7::sdnn::Sdnn;
use crate::section7::spotting::{Spotter, Spotting};
use std::path::Path;
use std::sync::atomic::Ordering;

impl Plan {
    /// Adds measurements on the trained networks to the findings of a study. Networks that diverged are left out.
    ///
    /// # Errors
    /// When a network cannot be read, or the study is to stop.
    pub fn measure(
        &self,
        what: &[Measurement],
        context: RunContext,
        results: &mut StudyResults,
    ) -> Result<(), ExperimentError> {
        for job in self.jobs().iter().filter(|_| !what.is_empty()) {
            let arm = results.arms.iter_mut().find(|arm| arm.name == job.arm.name);
            let run = arm.and_then(|arm| arm.runs.iter_mut().find(|run| run.seed == job.seed));
            let Some(run) = run.filter(|run| run.diverged_in_pass.is_none()) else { continue };
            let model = Model::load(&context.folder.join(job.model()))?;
            if what.contains(&Measurement::Invariance) {
                run.invariance = invariance(&model, &context)?;
                run.fig_13 = fig13::answers(&model.net);
            }
            if what.contains(&Measurement::Strings) {
                run.string_errors = Some(strings(&model, &context)?);
                if model.has_blank() {
                    run.together = Some(together(&model, &context)?);
                    run.spotting = Some(spotting(&model, &context));
                }
            }
        }
        Ok(())
    }
}

/// The errors of a network on test patterns under every change.
fn invariance(model: &Model, context: &RunContext) -> Result<Vec<Tolerance>, ExperimentError> {
    let patterns = model.images(&context.database.test);
    let of = |change| {
        go_on(context)?;
        Ok(Tolerance::of(&model.net, &patterns, change, context.threads))
    };
    Change::ALL.into_iter().map(of).collect()
}

/// The errors of a network on strings of test digits.
fn strings(model: &Model, context: &RunContext) -> Result<StringErrors, ExperimentError> {
    go_on(context)?;
    let (net, patterns, threads) = (&model.net, &context.database.test, context.threads);
    if model.has_blank() {
        return Ok(StringErrors::of(net, &Sdnn::default(), patterns, threads));
    }
    let segmenter = Segmenter::chosen();
    let errors = StringErrors::of(net, &OverSegmentation::new(segmenter), patterns, threads);
    Ok(StringErrors { junk: Junk::of(net, &segmenter, patterns), ..errors })
}

/// The strings of test digits, read together with the model `strings`.
fn together(model: &Model, context: &RunContext) -> Result<[Reading; 2], ExperimentError> {
    let partner = Model::find(Path::new("strings"))?.net;
    let reader = Both::new(partner, OverSegmentation::new(Segmenter::chosen()));
    Ok(Reading::mixed(&model.net, &reader, &context.database.test))
}

/// What the network finds on pages of test digits.
fn spotting(model: &Model, context: &RunContext) -> Spotting {
    Spotting::of(&model.net, &Spotter::default(), &context.database.test)
}

fn go_on(context: &RunContext) -> Result<(), ExperimentError> {
    match context.stop.load(Ordering::Relaxed) {
        false => Ok(()),
        true => Err(ExperimentError::Stopped("the same command measures again".into())),
    }
}
