//! A job whose classifier is no network, or stands on one.

use super::training::Training;
use crate::experiment::{Arm, ExperimentError, Job, Method, Run, RunContext, files};
use crate::section1::Network;
use crate::section3::classifiers::Stored;
use crate::section3::classifiers::boosted::{Boosted, disputed, half_wrong};
use crate::section3::classifiers::error::MethodError;
use crate::section3::comparison::Rejection;
use crate::section3::database::Patterns;
use crate::section3::evaluation::{Evaluation, evaluate};
use crate::section3::presentation::Distorted;
use crate::weights;
use serde::{Deserialize, Serialize};
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::atomic::Ordering;
use std::time::Instant;

/// The training patterns on which the training error of a classifier without passes is measured.
const TRAINING_ERROR: usize = 10_000;

/// The finished run of a job, so that a study that continues does not train it again.
#[derive(Serialize, Deserialize)]
struct Kept {
    arm: String,
    seed: u64,
    data: String,
    run: Run,
}

/// The file of a finished run.
fn kept(job: &Job, context: &RunContext) -> PathBuf {
    job.checkpoint(context.folder).with_extension("json")
}

/// The run of a job that has been finished before, on the same patterns and with the same settings.
pub(super) fn remembered(
    job: &Job,
    context: &RunContext,
    data: &str,
) -> Result<Option<Run>, ExperimentError> {
    let path = kept(job, context);
    if !path.exists() || !context.folder.join(job.model()).exists() {
        return Ok(None);
    }
    let text = files::read_text(&path, files::LARGE)?;
    let found: Kept = serde_json::from_str(&text).map_err(|error| {
        ExperimentError::damaged(&path, format!("is no finished run ({error}): delete it to train again"))
    })?;
    let same = (found.arm.as_str(), found.seed, found.data.as_str()) == (&job.arm.toml(), job.seed, data);
    Ok(same.then_some(found.run))
}

/// Keeps the run of a job.
pub(super) fn remember(
    job: &Job,
    context: &RunContext,
    data: &str,
    run: Run,
) -> Result<Run, ExperimentError> {
    let found = Kept { arm: job.arm.toml(), seed: job.seed, data: data.into(), run };
    let json = serde_json::to_string(&found).expect("a run is plain numbers");
    files::write(&kept(job, context), json.as_bytes())?;
    Ok(found.run)
}

/// Trains the classifier of a job that has no network, evaluates it, and writes its file.
pub(super) fn run(job: &Job, context: &RunContext, method: &Method) -> Result<Run, ExperimentError> {
    let settings = &job.arm.settings;
    let train = settings.images().of(&context.database.train);
    let begin = Instant::now();
    let watch = |done| share(job, context, done);
    let classifier = method
        .train(&train, job.seed, context.threads.max(1), &watch)
        .map_err(|fault| error(job, context, &fault))?;
    let seconds_train = begin.elapsed().as_secs_f64();
    let run = finish(job, context, classifier.as_ref())?;
    let some = train.range(0..train.len().min(TRAINING_ERROR));
    let train_error_pct = evaluate(classifier.as_ref(), &some, context.threads).error_pct();
    context.watch.share(job, 1.0);
    Ok(Run { seconds_train, train_error_pct, ..run })
}

/// Puts the classifier of a job on its trained network, or trains more networks of its kind.
pub(super) fn on_network(
    job: &Job,
    context: &RunContext,
    data: &str,
    method: &Method,
    net: Network<f32>,
) -> Result<Box<dyn Stored>, ExperimentError> {
    let train = job.arm.settings.images().of(&context.database.train);
    match method {
        Method::Boosted { set } => boosted(job, context, data, net, &train, *set),
        _ => {
            let watch = |done| share(job, context, done);
            method.on(net, &train, &watch).map_err(|fault| error(job, context, &fault))
        }
    }
}

/// The first distorted copies from which the second network's set and the third's are drawn: beyond those of the passes.
const FIRST_COPIES: [usize; 2] = [10_000, 1_000_000];

fn boosted(
    job: &Job,
    context: &RunContext,
    data: &str,
    one: Network<f32>,
    train: &Patterns,
    set: usize,
) -> Result<Box<dyn Stored>, ExperimentError> {
    let distortions = job.arm.settings.training.distortions.expect("arms are checked");
    let copies = Distorted { patterns: train, amounts: distortions.amounts(), seed: job.seed };
    let mut go_on = |done| share(job, context, done).is_continue();
    let stopped = || error(job, context, &MethodError::Stopped);
    let numbers = half_wrong(&one, &copies, FIRST_COPIES[0], set, &mut go_on).ok_or_else(stopped)?;
    let two = another(job, context, data, 2, numbers)?;
    let numbers = disputed([&one, &two], &copies, FIRST_COPIES[1], set, &mut go_on).ok_or_else(stopped)?;
    let three = another(job, context, data, 3, numbers)?;
    Ok(Box::new(Boosted::new([one, two, three], train)))
}

/// Another network of the same structure, from other initial weights, trained on the distorted copies with these numbers.
fn another(
    job: &Job,
    context: &RunContext,
    data: &str,
    number: u64,
    numbers: Vec<usize>,
) -> Result<Network<f32>, ExperimentError> {
    let mut arm = Arm { name: format!("{}-net{number}", job.arm.name), ..job.arm.clone() };
    arm.settings.method = None;
    let job = Job { arm: &arm, seed: job.seed + number * 1_000_000, number: job.number };
    Training::resume(&job, context, data)?.on_copies(numbers).trained()
}

/// Reports the share of the work that is done, and asks whether to go on.
fn share(job: &Job, context: &RunContext, done: f64) -> ControlFlow<()> {
    context.watch.share(job, done);
    if context.stop.load(Ordering::Relaxed) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
}

fn error(job: &Job, context: &RunContext, fault: &MethodError) -> ExperimentError {
    match fault {
        MethodError::Stopped => super::training::stopped(context),
        fault => ExperimentError::Usage(format!("{}: {fault}", job.arm.name)),
    }
}

/// Evaluates a trained classifier of any kind on the test patterns and writes its file.
pub(super) fn finish(
    job: &Job,
    context: &RunContext,
    classifier: &dyn Stored,
) -> Result<Run, ExperimentError> {
    let test = job.arm.settings.images().of(&context.database.test);
    let begin = Instant::now();
    let evaluation: Evaluation = evaluate(classifier, &test, context.threads);
    let seconds = begin.elapsed().as_secs_f64() * context.threads.max(1) as f64;
    let model = job.model();
    let bytes = weights::bytes_of(&classifier.arrays(), [("arm", job.arm.toml())]);
    files::write(&context.folder.join(&model), &bytes)?;
    Ok(Run {
        seed: job.seed,
        test_error_pct: evaluation.error_pct(),
        train_error_pct: f64::NAN,
        model,
        signal: Vec::new(),
        sizes: Vec::new(),
        strings: None,
        multiply_adds: classifier.multiply_adds(),
        variables: classifier.variables(),
        reject_pct: evaluation.reject_pct(Rejection::WRONG_PCT),
        rejection: evaluation.rejection(),
        seconds_train: 0.0,
        us_per_pattern: seconds * 1e6 / evaluation.patterns() as f64,
        passes: Vec::new(),
        confusion: evaluation.confusion,
        misclassified: evaluation.misclassified,
    })
}
