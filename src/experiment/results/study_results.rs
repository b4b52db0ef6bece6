//! What a study found: small enough to be committed, complete enough to draw everything from.

use super::super::error::ExperimentError;
use super::super::files;
use super::super::run::Outcome;
use super::super::settings::{JudgedOn, Study};
use super::comparison::{Paired, Spread};
use super::{Data, LayerRates, LayerSignal, Machine, Pass};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// The findings of a study: `study.json`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StudyResults {
    /// The study.
    pub study: String,
    /// What was asked.
    pub description: String,
    /// Which patterns decided.
    pub judged_on: JudgedOn,
    /// How many patterns there were.
    pub data: Data,
    /// What it was run on.
    pub machine: Machine,
    /// How long all passes took together, on one core each.
    pub core_seconds: f64,
    /// The arms in the order of the study.
    pub arms: Vec<StudyArm>,
}

/// One arm of a study.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StudyArm {
    /// Its name.
    pub name: String,
    /// The arm of the study that it is a change to, if it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base: Option<String>,
    /// What was measured, seed by seed.
    pub runs: Vec<StudyRun>,
}

/// One arm from one seed; lists hold a number for each pass.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StudyRun {
    /// The seed.
    pub seed: u64,
    /// The pass in which a weight or the loss was no longer finite, if there was one; the lists end before it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub diverged_in_pass: Option<usize>,
    /// Wrong answers after each pass on the patterns that decide, percent.
    pub test_error_pct: Vec<f64>,
    /// Wrong answers during each pass, percent.
    pub train_error_pct: Vec<f64>,
    /// Smallest and largest rate of all parameters in the first pass.
    pub rates: [f64; 2],
    /// The rates of each layer in the first pass, of the first seed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub layer_rates: Vec<LayerRates>,
    /// What reached each layer before training.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub signal: Vec<LayerSignal>,
    /// If the codes learnt: the smallest squared distance between two of them after each pass.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub codes_apart: Vec<f64>,
    /// How much of a pass went into second derivatives, percent.
    pub hessian_pct: f64,
    /// How long the fastest pass took, in seconds: other work on the machine can only make a pass slower.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pass_seconds: Option<f64>,
    /// Judged on the test set: the patterns that the last pass left wrong.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub wrong: Vec<usize>,
}

impl StudyResults {
    /// Gathers what the jobs of `study` found; `outcomes` come seed by seed, and within a seed arm by arm.
    pub fn gather(study: &Study, data: Data, outcomes: &[Outcome]) -> Self {
        let of_arm = |n: usize| outcomes.iter().skip(n).step_by(study.arms.len());
        let arm = |(n, name): (usize, &String)| StudyArm {
            name: name.clone(),
            base: study.bases[n].clone(),
            runs: of_arm(n)
                .map(|outcome| StudyRun::of(outcome, study.judged_on))
                .enumerate()
                .map(brief)
                .collect(),
        };
        let seconds = outcomes.iter().flat_map(|outcome| outcome.passes()).map(|pass| pass.seconds);
        Self {
            study: study.name.clone(),
            description: study.description.clone(),
            judged_on: study.judged_on,
            data,
            machine: Machine::this(),
            core_seconds: seconds.sum::<f64>().round(),
            arms: study.arms.iter().map(|arm| &arm.name).enumerate().map(arm).collect(),
        }
    }

    /// Writes the findings into `folder` and says where.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn save(&self, folder: &Path) -> Result<PathBuf, ExperimentError> {
        let file = folder.join("study.json");
        let json = serde_json::to_string(self).expect("findings are plain numbers");
        files::write(&file, json.replace("{\"seed\"", "\n{\"seed\"").as_bytes())?;
        Ok(file)
    }

    /// Reads findings from their JSON; `file` is where it is from.
    ///
    /// # Errors
    /// When it holds no findings.
    pub fn parse(file: &str, text: &str) -> Result<Self, ExperimentError> {
        let fault = |error| format!("is not what a study found: {error}; run the study again");
        serde_json::from_str(text)
            .map_err(|error| ExperimentError::Damaged { path: file.into(), fault: fault(error) })
    }
}

impl StudyArm {
    /// The error after the last pass over the seeds that got there.
    pub fn test_error(&self) -> Option<Spread> {
        self.last(|run| &run.test_error_pct)
    }

    /// The training error during the last pass.
    pub fn train_error(&self) -> Option<Spread> {
        self.last(|run| &run.train_error_pct)
    }

    fn last(&self, of: fn(&StudyRun) -> &Vec<f64>) -> Option<Spread> {
        let whole = self.runs.iter().filter(|run| run.diverged_in_pass.is_none());
        let values: Vec<f64> = whole.filter_map(|run| of(run).last().copied()).collect();
        (!values.is_empty()).then(|| Spread::of(&values))
    }

    /// The mean over seeds after each pass.
    pub fn mean(&self, of: fn(&StudyRun) -> &Vec<f64>) -> Vec<f64> {
        let passes = self.runs.iter().map(|run| of(run).len()).min().unwrap_or(0);
        let mean =
            |pass: usize| self.runs.iter().map(|run| of(run)[pass]).sum::<f64>() / self.runs.len() as f64;
        (0..passes).map(mean).collect()
    }

    /// How many seeds diverged.
    pub fn diverged(&self) -> usize {
        self.runs.iter().filter(|run| run.diverged_in_pass.is_some()).count()
    }

    /// The same pattern by pattern of the test set: in how many of its seeds each arm gets it wrong, in percent. Seeds say
    /// whether training again would give the same sign, patterns whether other patterns would.
    pub fn against_by_pattern(&self, other: &Self, patterns: usize) -> Option<Paired> {
        let mut differences = vec![0.0; patterns];
        for (arm, sign) in [(self, 100.0), (other, -100.0)] {
            let share = sign / arm.runs.len() as f64;
            arm.runs.iter().flat_map(|run| &run.wrong).for_each(|&p| differences[p] += share);
        }
        Paired::of_differences(&differences)
    }

    /// The last test errors of this arm less those of another, seed by seed; `None` if there is nothing to test.
    pub fn against(&self, other: &Self) -> Option<Paired> {
        let pairs = self.runs.iter().zip(&other.runs);
        let last =
            |run: &StudyRun| run.test_error_pct.last().copied().filter(|_| run.diverged_in_pass.is_none());
        let differences: Option<Vec<f64>> = pairs.map(|(a, b)| Some(last(a)? - last(b)?)).collect();
        Paired::of_differences(&differences?)
    }
}

impl StudyRun {
    fn of(outcome: &Outcome, judged_on: JudgedOn) -> Self {
        let (passes, rates) = (outcome.passes(), outcome.first_rates());
        let each = |of: fn(&Pass) -> f64| passes.iter().map(of).map(|value| rounded(value, 3)).collect();
        let (run, seed, diverged_in_pass) = match outcome {
            Outcome::Trained(run) => (Some(run), run.seed, None),
            Outcome::Diverged { seed, pass, .. } => (None, *seed, Some(*pass)),
        };
        let judged = run.filter(|_| judged_on == JudgedOn::Test);
        let share = |of: fn(&Pass) -> f64| passes.iter().map(of).sum::<f64>();
        let (hessian, all) = (share(|pass| pass.hessian_seconds), share(|pass| pass.seconds));
        Self {
            seed,
            diverged_in_pass,
            test_error_pct: each(|pass| pass.test_error_pct),
            train_error_pct: each(|pass| pass.train_error_pct),
            rates: rates.map(|rate| significant(rate, 3)),
            layer_rates: passes.first().map_or(vec![], |pass| pass.rates.iter().map(short_rates).collect()),
            signal: run.map_or(vec![], |run| run.signal.iter().map(short_signal).collect()),
            codes_apart: passes
                .iter()
                .filter_map(|pass| pass.codes_apart)
                .map(|d| significant(d, 4))
                .collect(),
            pass_seconds: passes.iter().map(|pass| pass.seconds).reduce(f64::min).map(|s| rounded(s, 2)),
            hessian_pct: if all > 0.0 { rounded(100.0 * hessian / all, 2) } else { 0.0 },
            wrong: judged.map_or(vec![], |run| run.misclassified.iter().map(|wrong| wrong.index).collect()),
        }
    }
}

/// Of the later seeds, without the rates layer by layer, which hardly differ from those of the first.
fn brief((n, run): (usize, StudyRun)) -> StudyRun {
    if n == 0 { run } else { StudyRun { layer_rates: vec![], ..run } }
}

fn short_rates(rates: &LayerRates) -> LayerRates {
    let short = |rate| significant(rate, 3);
    LayerRates {
        layer: rates.layer.clone(),
        least: short(rates.least),
        median: short(rates.median),
        largest: short(rates.largest),
        deciles: Vec::new(),
    }
}

fn short_signal(signal: &LayerSignal) -> LayerSignal {
    let short = |value| significant(value, 3);
    LayerSignal {
        layer: signal.layer.clone(),
        deviation: short(signal.deviation),
        slope: short(signal.slope),
    }
}

/// So many decimals.
fn rounded(value: f64, decimals: i32) -> f64 {
    let unit = 10f64.powi(decimals);
    (value * unit).round() / unit
}

/// So many digits that matter.
fn significant(value: f64, digits: usize) -> f64 {
    format!("{value:.*e}", digits - 1).parse().unwrap_or(value)
}
