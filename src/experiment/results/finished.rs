//! A finished run, read back from its folder: what reports and figures are made of.

use crate::experiment::{ArmResults, Codes, ExperimentError, Gallery, HeadKind, Margins, Model, Plan};
use crate::experiment::{Results, Run, Settings, files};
use serde::de::DeserializeOwned;
use std::fmt::Debug;
use std::path::{Path, PathBuf};

/// A run that is through.
#[derive(Clone, Debug)]
pub struct Finished {
    /// Its folder.
    pub folder: PathBuf,
    /// The plan: `config.toml`.
    pub plan: Plan,
    /// The measurements: `results.json`.
    pub results: Results,
    /// The patterns to look at: `gallery.json`.
    pub gallery: Gallery,
}

/// The run that the paper's figures are drawn from: its folder, and its files. Its networks are those that come with the
/// program.
const BUILT_IN: &str = "experiments/results/rbf-vs-softmax";
const BUILT_IN_FILES: [&str; 3] = [
    include_str!("../../../experiments/results/rbf-vs-softmax/config.toml"),
    include_str!("../../../experiments/results/rbf-vs-softmax/results.json"),
    include_str!("../../../experiments/results/rbf-vs-softmax/gallery.json"),
];

const A_STUDY: &str = "holds study.json, so it is the folder of a study: a report is made of a run, as \
                       `experiment rbf vs softmax` leaves one";
const NOT_THROUGH: &str = "holds no results.json: the run is not through";

impl Finished {
    /// Reads the run in a folder.
    ///
    /// # Errors
    /// When it is not through, or one of its files was damaged, edited, or written by another version.
    pub fn read(folder: &Path) -> Result<Self, ExperimentError> {
        let plan = Plan::read(folder)?;
        let there = |name: &str| folder.join(name).exists();
        if !there("results.json") {
            let place = folder.display();
            return Err(ExperimentError::Usage(match there("study.json") {
                true => format!("{place} {A_STUDY}"),
                false => format!("{place} {NOT_THROUGH}; --resume {place} goes on with it"),
            }));
        }
        let [results, gallery] =
            ["results.json", "gallery.json"].map(|name| files::read_text(&folder.join(name)));
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
    /// When one of them is not what it should be; the field is named.
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
    /// When its file cannot be read.
    pub fn model(&self, arm: usize) -> Result<Model, ExperimentError> {
        let arm = &self.results.arms[arm];
        match self.folder == Path::new(BUILT_IN) {
            true => Model::find(Path::new(&arm.name)),
            false => Model::load(&self.folder.join(&arm.runs[0].model)),
        }
    }

    /// Whether the results are those of the plan, and their lists as long as they must be.
    fn check_results(&self) -> Result<(), String> {
        let (plan, results) = (&self.plan, &self.results);
        let names = results.arms.iter().map(|arm| &arm.name);
        same("arms", names.collect(), plan.arms.iter().map(|arm| &arm.name).collect::<Vec<_>>())?;
        for (n, arm) in self.arms() {
            let seeds: Vec<u64> = arm.runs.iter().map(|run| run.seed).collect();
            same(&format!("arms[{n}].runs"), &seeds, &plan.seeds)?;
            for (m, run) in arm.runs.iter().enumerate() {
                self.check_run(&format!("arms[{n}].runs[{m}]"), run, &plan.arms[n].settings)?;
            }
        }
        Ok(())
    }

    fn check_run(&self, at: &str, run: &Run, settings: &Settings) -> Result<(), String> {
        same(&format!("{at}.passes"), run.passes.len(), settings.training.passes)?;
        let counted: usize = run.confusion.iter().flatten().sum();
        same(&format!("{at}.confusion"), counted, self.results.data.test)?;
        let right: usize = run.confusion.iter().enumerate().filter_map(|(class, row)| row.get(class)).sum();
        same(&format!("{at}.misclassified"), run.misclassified.len(), counted - right)?;
        // A state of F6 for the first pattern of each class, if there are codes to compare it with.
        let pictures = settings.head.kind == HeadKind::Rbf && settings.head.codes == Codes::Fig3;
        let classes = self.gallery.samples.iter().filter(|class| pictures && !class.is_empty()).count();
        for (n, pass) in run.passes.iter().enumerate() {
            let deciles = pass.rates.iter().map(|layer| layer.deciles.len()).collect();
            same(&format!("{at}.passes[{n}].rates.deciles"), deciles, vec![9; pass.rates.len()])?;
            let sides = pass.f6.iter().map(|f6| f6.0.dim()).collect();
            same(&format!("{at}.passes[{n}].f6"), sides, vec![(12, 7); classes])?;
        }
        Ok(())
    }

    /// Whether the gallery has every pattern that it or the results name, and each pattern is counted once.
    fn check_gallery(&self) -> Result<(), String> {
        let (gallery, results) = (&self.gallery, &self.results);
        same("arms", gallery.arms.len(), results.arms.len())?;
        for (n, arm) in gallery.arms.iter().enumerate() {
            let (at, counts) = (format!("arms[{n}].margins.counts"), &arm.margins.counts);
            same(&at, counts.iter().map(Vec::len).collect(), vec![Margins::BINS; Margins::BINS])?;
            same(&at, counts.iter().flatten().sum::<u32>() as usize, results.data.test)?;
        }
        let named = gallery.samples.iter().chain(gallery.arms.iter().map(|arm| &arm.unusual)).flatten();
        let mut named = named.copied().chain(results.arms.iter().flat_map(ArmResults::wrong));
        if let Some(index) = named.find(|index| !gallery.test.contains_key(index)) {
            return Err(format!("test: found no pattern {index}, which this file or results.json names"));
        }
        let shown = gallery.test.values().chain(&gallery.training);
        let odd = shown.filter(|shown| shown.image.0.dim() != (28, 28) || shown.label > 9);
        same("images that are not 28 x 28, or labels above 9", odd.count(), 0)
    }
}

/// Compares a part of a file with what it must be.
fn same<T: PartialEq + Debug>(at: &str, found: T, expected: T) -> Result<(), String> {
    if found == expected { Ok(()) } else { Err(format!("{at}: found {found:?}, expected {expected:?}")) }
}

/// Reads JSON; the error names the field.
fn json<T: DeserializeOwned>(path: &Path, text: &str) -> Result<T, ExperimentError> {
    let mut reader = serde_json::Deserializer::from_str(text);
    let value = serde_path_to_error::deserialize(&mut reader)
        .map_err(|error| damaged(path, &format!("{}: {}", error.path(), error.inner())))?;
    reader.end().map_err(|error| damaged(path, &format!("goes on after its end: {error}")))?;
    Ok(value)
}

fn damaged(path: &Path, fault: &str) -> ExperimentError {
    let version = env!("CARGO_PKG_VERSION");
    let advice = "put the file back as it was, or train again";
    let fault = format!("does not hold what a run of version {version} leaves behind: {fault}; {advice}");
    ExperimentError::damaged(path, fault)
}
