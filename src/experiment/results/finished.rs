//! A finished run, read back from its folder: what reports and figures are made of.

use super::super::error::ExperimentError;
use super::super::files;
use super::super::run::{Model, Plan};
use super::super::settings::{Codes, HeadKind};
use super::{ArmResults, Gallery, Results, Run};
use serde::de::DeserializeOwned;
use std::path::{Path, PathBuf};

/// A run that is through.
#[derive(Clone, Debug)]
pub struct Finished {
    /// Its folder.
    pub folder: PathBuf,
    /// What was asked for: `config.toml`.
    pub plan: Plan,
    /// What was measured: `results.json`.
    pub results: Results,
    /// What there is to see: `gallery.json`.
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

impl Finished {
    /// Reads the run in a folder.
    ///
    /// # Errors
    /// When it is not through, or one of its files was damaged, edited, or written by another version.
    pub fn read(folder: &Path) -> Result<Self, ExperimentError> {
        let plan = Plan::read(folder)?;
        match ["results.json", "study.json"].map(|name| folder.join(name).exists()) {
            [false, true] => return Err(ExperimentError::NotARun(folder.into())),
            [false, false] => return Err(ExperimentError::NotThrough(folder.into())),
            [true, _] => {}
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
        let results = json(&folder.join("results.json"), results)?;
        let gallery = json(&folder.join("gallery.json"), gallery)?;
        let run = Self { folder: folder.into(), plan, results, gallery };
        run.check()?;
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

    /// Whether the files belong together and their lists are as long as they must be.
    fn check(&self) -> Result<(), ExperimentError> {
        let (plan, results, gallery) = (&self.plan, &self.results, &self.gallery);
        let names: Vec<&str> = plan.arms.iter().map(|arm| arm.name.as_str()).collect();
        let found: Vec<&str> = results.arms.iter().map(|arm| arm.name.as_str()).collect();
        self.expect("results.json", "arms", found == names, || {
            format!("are {found:?}, but config.toml has {names:?}")
        })?;
        for (n, arm) in self.arms() {
            let seeds: Vec<u64> = arm.runs.iter().map(|run| run.seed).collect();
            let wrong = || format!("has seeds {seeds:?}, but config.toml has {:?}", plan.seeds);
            self.expect("results.json", &format!("arms[{n}].runs"), seeds == plan.seeds, wrong)?;
            arm.runs
                .iter()
                .enumerate()
                .try_for_each(|(m, run)| self.check_run(&format!("arms[{n}].runs[{m}]"), run, n))?;
            let missing = arm.wrong().find(|index| !gallery.test.contains_key(index));
            let wrong =
                || format!("has no pattern {}, which results.json calls misclassified", missing.unwrap_or(0));
            self.expect("gallery.json", "test", missing.is_none(), wrong)?;
        }
        self.check_gallery()
    }

    fn check_run(&self, at: &str, run: &Run, arm: usize) -> Result<(), ExperimentError> {
        let (passes, tested) = (run.passes.len(), self.results.data.test);
        let wanted = self.plan.arms[arm].settings.training.passes;
        let file = "results.json";
        self.expect(file, &format!("{at}.passes"), passes == wanted, || {
            format!("has {passes} passes, not {wanted}")
        })?;
        let counted: usize = run.confusion.iter().flatten().sum();
        let wrong = || format!("counts {counted} test patterns, but there were {tested}");
        self.expect(file, &format!("{at}.confusion"), counted == tested, wrong)?;
        let right: usize = run.confusion.iter().enumerate().filter_map(|(class, row)| row.get(class)).sum();
        let wrong = || format!("lists {} patterns, confusion {}", run.misclassified.len(), counted - right);
        self.expect(file, &format!("{at}.misclassified"), run.misclassified.len() == counted - right, wrong)?;
        // A state of F6 for the first pattern of each class, if there are codes to compare it with.
        let classes = self.gallery.samples.iter().filter(|class| !class.is_empty()).count();
        let head = &self.plan.arms[arm].settings.head;
        let pictures = head.kind == HeadKind::Rbf && head.codes == Codes::Fig3;
        let states = if pictures { classes } else { 0 };
        for (n, pass) in run.passes.iter().enumerate() {
            let odd = pass.rates.iter().find(|layer| layer.deciles.len() != 9);
            let wrong = || format!("does not have nine deciles for {}", odd.map_or("", |layer| &layer.layer));
            self.expect(file, &format!("{at}.passes[{n}].rates.deciles"), odd.is_none(), wrong)?;
            let there = pass.f6.iter().filter(|f6| f6.0.dim() == (12, 7)).count();
            let right = there == states && there == pass.f6.len();
            let wrong = || format!("has {there} pictures of 12 x 7, not {states}");
            self.expect(file, &format!("{at}.passes[{n}].f6"), right, wrong)?;
        }
        Ok(())
    }

    fn check_gallery(&self) -> Result<(), ExperimentError> {
        let (gallery, bins) = (&self.gallery, super::Margins::BINS);
        let (arms, there) = (self.results.arms.len(), gallery.arms.len());
        let file = "gallery.json";
        self.expect(file, "arms", arms == there, || format!("are {there}, but results.json has {arms}"))?;
        for (n, arm) in gallery.arms.iter().enumerate() {
            let counts = &arm.margins.counts;
            let square = counts.len() == bins && counts.iter().all(|row| row.len() == bins);
            self.expect(file, &format!("arms[{n}].margins.counts"), square, || {
                format!("is not {bins} x {bins}")
            })?;
            let (counted, tested) = (counts.iter().flatten().sum::<u32>(), self.results.data.test);
            let wrong = || format!("counts {counted} test patterns, but there were {tested}");
            self.expect(file, &format!("arms[{n}].margins.counts"), counted as usize == tested, wrong)?;
        }
        let named = gallery.samples.iter().chain(gallery.arms.iter().map(|arm| &arm.unusual)).flatten();
        let missing = named.into_iter().find(|index| !gallery.test.contains_key(index));
        self.expect(file, "test", missing.is_none(), || format!("has no pattern {}", missing.unwrap_or(&0)))?;
        let shown = || gallery.test.values().chain(&gallery.training);
        let sides = shown().all(|shown| shown.image.0.dim() == (28, 28) && shown.label < 10);
        self.expect(file, "test or training", sides, || {
            "has an image that is not 28 x 28, or a label above 9".into()
        })
    }

    fn expect(
        &self,
        file: &str,
        field: &str,
        holds: bool,
        wrong: impl Fn() -> String,
    ) -> Result<(), ExperimentError> {
        if holds { Ok(()) } else { Err(damaged(&self.folder.join(file), &format!("{field} {}", wrong()))) }
    }
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
    ExperimentError::Damaged {
        path: path.into(),
        fault: format!(
            "does not hold what a run of version {} leaves behind: {fault}; put the file back as it was, or train again",
            env!("CARGO_PKG_VERSION")
        ),
    }
}
