//! A finished run, read back from its folder for reports and figures.

use crate::experiment::{
    Arm, ArmResults, Codes, ExperimentError, Gallery, HeadKind, Job, LayerRates, Margins,
};
use crate::experiment::{Model, Pass, Plan, Results, Run, files};
use crate::section3::evaluation::Misclassified;
use serde::de::DeserializeOwned;
use std::fmt::Debug;
use std::path::{Path, PathBuf};

/// A run that has ended.
#[derive(Clone, Debug)]
pub struct Finished {
    /// Its folder.
    pub folder: PathBuf,
    /// The plan: `config.toml`.
    pub plan: Plan,
    /// The measurements: `results.json`.
    pub results: Results,
    /// The patterns that figures show: `gallery.json`.
    pub gallery: Gallery,
}

/// The run of the committed figures: its folder and its files. Its networks come with the program.
const BUILT_IN: &str = "experiments/results/rbf-vs-softmax";
const BUILT_IN_FILES: [&str; 3] = [
    include_str!("../../../experiments/results/rbf-vs-softmax/config.toml"),
    include_str!("../../../experiments/results/rbf-vs-softmax/results.json"),
    include_str!("../../../experiments/results/rbf-vs-softmax/gallery.json"),
];

const A_STUDY: &str = "holds study.json, so it is the folder of a study: a report is made of a run, as \
                       `experiment rbf vs softmax` leaves one";
const NOT_FINISHED: &str = "holds no results.json: the run is not finished";

impl Finished {
    /// Reads the run in a folder.
    ///
    /// # Errors
    /// When it has not ended, or one of its files was damaged, edited, or written by another version.
    pub fn read(folder: &Path) -> Result<Self, ExperimentError> {
        let plan = Plan::read(folder)?;
        let there = |name: &str| folder.join(name).exists();
        if !there("results.json") {
            let place = folder.display();
            return Err(ExperimentError::Usage(match there("study.json") {
                true => format!("{place} {A_STUDY}"),
                false => format!("{place} {NOT_FINISHED}; --resume {place} continues it"),
            }));
        }
        let [results, gallery] =
            ["results.json", "gallery.json"].map(|name| files::read_text(&folder.join(name), files::LARGE));
        Self::parse(folder, plan, &results?, &gallery?)
    }

    /// The run that comes with the program.
    ///
    /// # Errors
    /// When its files do not belong together.
    pub fn built_in() -> Result<Self, ExperimentError> {
        let ([config, results, gallery], folder) = (BUILT_IN_FILES, Path::new(BUILT_IN));
        Self::parse(folder, Plan::parse(&folder.join("config.toml"), config)?, results, gallery)
    }

    /// Puts a run together from the texts of its files.
    ///
    /// # Errors
    /// When one of them does not belong to the run; the error names the field.
    pub fn parse(folder: &Path, plan: Plan, results: &str, gallery: &str) -> Result<Self, ExperimentError> {
        let [results_file, gallery_file] = ["results.json", "gallery.json"].map(|name| folder.join(name));
        let (results, gallery) = (json(&results_file, results)?, json(&gallery_file, gallery)?);
        let run = Self { folder: folder.into(), plan, results, gallery };
        run.check_results().map_err(|fault| damaged(&results_file, &fault))?;
        run.check_gallery().map_err(|fault| damaged(&gallery_file, &fault))?;
        Ok(run)
    }

    /// The arms, each with its number.
    pub fn arms(&self) -> impl Iterator<Item = (usize, &ArmResults)> {
        self.results.arms.iter().enumerate()
    }

    /// The network of an arm's first seed after its last pass.
    ///
    /// # Errors
    /// When its file cannot be read, or holds the network of another arm.
    ///
    /// # Panics
    /// When the arm diverged from every seed.
    pub fn model(&self, arm: usize) -> Result<Model, ExperimentError> {
        let (planned, arm) = (&self.plan.arms[arm], &self.results.arms[arm]);
        if self.folder == Path::new(BUILT_IN) {
            return Model::find(Path::new(&arm.name));
        }
        let path = self.folder.join(&arm.runs[0].model);
        let model = Model::load(&path)?;
        if !model.arm.is_like(planned) {
            let fault = format!("holds a network of an arm with other settings, expected {}", arm.name);
            return Err(damaged(&path, &fault));
        }
        Ok(model)
    }

    /// Whether the results are those of the plan, their lists as long as they must be, and their numbers possible.
    fn check_results(&self) -> Result<(), String> {
        let (plan, results) = (&self.plan, &self.results);
        same("experiment", &results.experiment, &plan.title())?;
        same("command", &results.command, &plan.command)?;
        same("data", &results.data, &plan.data)?;
        let names = results.arms.iter().map(|arm| &arm.name);
        same("arms", names.collect(), plan.arms.iter().map(|arm| &arm.name).collect::<Vec<_>>())?;
        for ((n, arm), planned) in self.arms().zip(&plan.arms) {
            // The seeds in their order, each trained to the end or diverged.
            let diverged: Vec<u64> = arm.diverged.iter().map(|run| run.seed).collect();
            let seeds = if planned.draws() { &plan.seeds[..] } else { &plan.seeds[..1] };
            let (lost, trained) = seeds.iter().partition::<Vec<u64>, _>(|seed| diverged.contains(seed));
            same(&format!("arms[{n}].runs"), arm.runs.iter().map(|run| run.seed).collect(), trained)?;
            same(&format!("arms[{n}].diverged"), diverged, lost)?;
            for (m, run) in arm.runs.iter().enumerate() {
                self.check_run(&format!("arms[{n}].runs[{m}]"), run, planned)?;
            }
        }
        Ok(())
    }

    fn check_run(&self, at: &str, run: &Run, arm: &Arm) -> Result<(), String> {
        let model = Job { arm, seed: run.seed, number: 0 }.model();
        same(&format!("{at}.model"), &run.model, &model)?;
        let passes = run.passes.iter().map(|pass| pass.pass).collect();
        same(&format!("{at}.passes"), passes, (1..=arm.settings.training.passes).collect::<Vec<_>>())?;
        self.check_answers(at, run)?;
        let test = self.results.data.test as f64;
        let error = 100.0 * run.misclassified.len() as f64 / test;
        same(&format!("{at}.test_error_pct"), run.test_error_pct, error)?;
        percent(&format!("{at}.train_error_pct"), run.train_error_pct)?;
        percent(&format!("{at}.reject_pct"), run.reject_pct)?;
        // A state of F6 for the first pattern of each class, if there are codes to compare it with.
        let head = &arm.settings.head;
        let pictures = head.kind == HeadKind::Rbf && head.codes != Codes::OneOf && !run.passes.is_empty();
        let classes = self.gallery.samples.iter().filter(|class| pictures && !class.is_empty()).count();
        for (n, pass) in run.passes.iter().enumerate() {
            let at = format!("{at}.passes[{n}]");
            check_pass(&at, pass)?;
            let sides = pass.f6.iter().map(|f6| f6.0.dim()).collect();
            same(&format!("{at}.f6"), sides, vec![(12, 7); classes])?;
        }
        Ok(())
    }

    /// Whether the confusion matrix counts every test pattern, and the wrong answers are those of the list.
    fn check_answers(&self, at: &str, run: &Run) -> Result<(), String> {
        let (classes, test) = (run.confusion.len(), self.results.data.test);
        same(
            &format!("{at}.confusion"),
            run.confusion.iter().map(Vec::len).collect(),
            vec![classes; classes],
        )?;
        let counted = run.confusion.iter().flatten().fold(0usize, |sum, &count| sum.saturating_add(count));
        same(&format!("{at}.confusion"), counted, test)?;
        let mut wrong = vec![vec![0; classes]; classes];
        let mut next = 0;
        for (n, &Misclassified { index, label, answer }) in run.misclassified.iter().enumerate() {
            let at = format!("{at}.misclassified[{n}]");
            same(&format!("{at}.index in its place"), (next..test).contains(&index), true)?;
            same(&format!("{at}: different classes"), label.max(answer) < classes && label != answer, true)?;
            wrong[label][answer] += 1;
            next = index + 1;
        }
        let off_diagonal = run.confusion.iter().enumerate().map(|(label, row)| {
            row.iter().enumerate().map(|(answer, &count)| if answer == label { 0 } else { count }).collect()
        });
        same(&format!("{at}.misclassified"), wrong, off_diagonal.collect())
    }

    /// Whether the gallery has every pattern that it or the results name, and each pattern is counted once.
    fn check_gallery(&self) -> Result<(), String> {
        let (gallery, results) = (&self.gallery, &self.results);
        same("arms", gallery.arms.len(), results.arms.len())?;
        for (n, (arm, of)) in gallery.arms.iter().zip(&results.arms).enumerate() {
            let (at, counts) = (format!("arms[{n}].margins.counts"), &arm.margins.counts);
            same(&at, counts.iter().map(Vec::len).collect(), vec![Margins::BINS; Margins::BINS])?;
            let counted = counts.iter().flatten().map(|&count| u64::from(count)).sum::<u64>();
            same(&at, counted as usize, if of.runs.is_empty() { 0 } else { results.data.test })?;
        }
        same("training: an empty list", gallery.training.is_empty(), false)?;
        let named = gallery.samples.iter().chain(gallery.arms.iter().map(|arm| &arm.unusual)).flatten();
        let mut named = named.copied().chain(results.arms.iter().flat_map(ArmResults::wrong));
        if let Some(index) = named.find(|index| !gallery.test.contains_key(index)) {
            return Err(format!("test: found no pattern {index}, which this file or results.json names"));
        }
        let wrong =
            results.arms.iter().flat_map(|arm| arm.runs.iter().take(1)).flat_map(|run| &run.misclassified);
        let samples = gallery.samples.iter().enumerate();
        let samples = samples.flat_map(|(class, all)| all.iter().map(move |&index| (index, class)));
        for (index, label) in wrong.map(|wrong| (wrong.index, wrong.label)).chain(samples) {
            let found = gallery.test.get(&index).map_or(label, |shown| shown.label);
            same(&format!("test.{index}.label"), found, label)?;
        }
        let shown = gallery.test.values().chain(&gallery.training);
        let odd = shown.filter(|shown| shown.image.0.dim() != (28, 28) || shown.label > 9);
        same("images that are not 28 x 28, or labels above 9", odd.count(), 0)
    }
}

/// Whether the numbers of a pass are possible. Training computes in single precision, so none is beyond its range.
fn check_pass(at: &str, pass: &Pass) -> Result<(), String> {
    percent(&format!("{at}.train_error_pct"), pass.train_error_pct)?;
    percent(&format!("{at}.test_error_pct"), pass.test_error_pct)?;
    for (n, LayerRates { least, median, largest, deciles, .. }) in pass.rates.iter().enumerate() {
        same(&format!("{at}.rates[{n}].deciles"), deciles.len(), 9)?;
        let rates = [least, median, largest].into_iter().chain(deciles).copied();
        single(&format!("{at}.rates[{n}]"), rates)?;
    }
    let Pass { eta, rate_min, rate_max, loss, hessian_seconds, seconds, us_per_pattern, .. } = *pass;
    single(at, [eta, rate_min, rate_max, loss.abs(), hessian_seconds, seconds, us_per_pattern])?;
    single(&format!("{at}.codes_apart"), pass.codes_apart)
}

fn percent(at: &str, value: f64) -> Result<(), String> {
    match (0.0..=100.0).contains(&value) {
        true => Ok(()),
        false => Err(format!("{at}: found {value:?}, expected 0 to 100")),
    }
}

fn single(at: &str, values: impl IntoIterator<Item = f64>) -> Result<(), String> {
    match values.into_iter().find(|value| !(0.0..=f64::from(f32::MAX)).contains(value)) {
        Some(value) => Err(format!("{at}: found {value:?}, expected 0 to {:?}", f32::MAX)),
        None => Ok(()),
    }
}

/// Compares a part of a file with its expected value.
fn same<T: PartialEq + Debug>(at: &str, found: T, expected: T) -> Result<(), String> {
    if found == expected { Ok(()) } else { Err(format!("{at}: found {found:?}, expected {expected:?}")) }
}

/// Reads JSON; the error names the field.
fn json<T: DeserializeOwned>(path: &Path, text: &str) -> Result<T, ExperimentError> {
    let mut reader = serde_json::Deserializer::from_str(text);
    let value = serde_path_to_error::deserialize(&mut reader)
        .map_err(|error| damaged(path, &format!("{}: {}", error.path(), error.inner())))?;
    reader.end().map_err(|error| damaged(path, &format!("continues after its end: {error}")))?;
    Ok(value)
}

fn damaged(path: &Path, fault: &str) -> ExperimentError {
    let version = env!("CARGO_PKG_VERSION");
    let advice = "put the file back as it was, or train again";
    let fault = format!("is not as a run of version {version} writes it: {fault}; {advice}");
    ExperimentError::damaged(path, fault)
}
