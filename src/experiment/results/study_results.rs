//! The findings of a study: small enough to be committed, complete enough for every table and figure.

use crate::archaeology::sizes::ArraySize;
use crate::experiment::{Arm, Data, ExperimentError, JudgedOn, LayerRates, LayerSignal, Machine, Outcome};
use crate::experiment::{Paired, Pass, Plan, Run, Spread, StringsTrained, Study, files};
use crate::section3::comparison::Rejection;
use crate::section3::invariance::{Change, Tolerance};
use crate::section6::reading::{Reading, StringErrors};
use crate::section7::spotting::Spotting;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// The findings of a study: `study.json`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StudyResults {
    /// The study.
    pub study: String,
    /// Its question.
    pub description: String,
    /// The patterns that decided.
    pub judged_on: JudgedOn,
    /// The patterns.
    pub data: Data,
    /// The computer that ran it.
    pub machine: Machine,
    /// The duration of all passes together, on one core each, in seconds.
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
    /// The findings of each seed.
    pub runs: Vec<StudyRun>,
}

/// One arm from one seed; lists hold a number for each pass.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StudyRun {
    /// The seed.
    pub seed: u64,
    /// The pass in which a weight or the loss was no longer finite, if the run diverged; the lists end before it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub diverged_in_pass: Option<usize>,
    /// Wrong answers after each pass on the patterns that decide, percent; one number if there are no passes.
    pub test_error_pct: Vec<f64>,
    /// Wrong answers during each pass, percent.
    pub train_error_pct: Vec<f64>,
    /// Smallest and largest rate of all parameters in the first pass; 0 without passes.
    pub rates: [f64; 2],
    /// The rates of each layer in the first pass, of the first seed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub layer_rates: Vec<LayerRates>,
    /// The signal in each layer before training.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub signal: Vec<LayerSignal>,
    /// The sizes of C1 to S4 after training.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sizes: Vec<ArraySize>,
    /// If the codes learnt: the smallest squared distance between two of them after each pass.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub codes_apart: Vec<f64>,
    /// The share of second derivatives in the time of a pass, percent.
    pub hessian_pct: f64,
    /// The duration of the fastest pass, in seconds: other work on the machine can only make a pass slower.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pass_seconds: Option<f64>,
    /// The costs and the rejections; absent in older findings.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub costs: Option<Costs>,
    /// The misclassified patterns after the last pass, if the test set decided.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub wrong: Vec<usize>,
    /// The answers to them; empty in older findings.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub answers: Vec<usize>,
    /// The errors on changed patterns after the last pass (III-E), if the study measures them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub invariance: Vec<Tolerance>,
    /// The answers to the nine inputs of Fig. 13, measured with it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fig_13: Vec<usize>,
    /// What training on strings left, if there was any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub strings: Option<StringsTrained>,
    /// The errors on strings (VI), if the study measures them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub string_errors: Option<StringErrors>,
    /// The strings that a network with a blank reads together with the model `strings`, mixed and with noise, if that was measured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub together: Option<[Reading; 2]>,
    /// What a network with a blank found on pages of test digits, if that was measured (VII-D).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub spotting: Option<Spotting>,
}

/// The costs of a classifier and the patterns it must reject (III-D).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Costs {
    /// Multiply-adds for one pattern.
    pub multiply_adds: usize,
    /// Variables that it has learnt or stored.
    pub variables: usize,
    /// Patterns that must be rejected so that 0.5 % of the rest are wrong, percent.
    pub reject_pct: f64,
    /// More about rejection.
    pub rejection: Rejection,
    /// The duration of training, in seconds.
    pub seconds_train: f64,
    /// The time to classify a pattern on one core, in microseconds.
    pub us_per_pattern: f64,
}

impl Costs {
    fn of(run: &Run) -> Self {
        let Rejection { of_all_pct, curve } = &run.rejection;
        let curve = curve.iter().map(|point| point.map(|value| rounded(value, 3))).collect();
        Self {
            multiply_adds: run.multiply_adds,
            variables: run.variables,
            reject_pct: rounded(run.reject_pct, 3),
            rejection: Rejection { of_all_pct: rounded(*of_all_pct, 3), curve },
            seconds_train: significant(run.seconds_train, 3),
            us_per_pattern: significant(run.us_per_pattern, 3),
        }
    }
}

impl StudyResults {
    /// Gathers the outcomes of the jobs of a study's plan.
    pub fn gather(study: &Study, plan: &Plan, outcomes: &[Outcome]) -> Self {
        let arm = |(arm, base): (&Arm, &Option<String>)| {
            let runs = plan.of_arm(arm, outcomes).enumerate();
            let runs = runs.map(|(n, outcome)| StudyRun::of(outcome, study.judged_on, n == 0)).collect();
            StudyArm { name: arm.name.clone(), base: base.clone(), runs }
        };
        let seconds = |outcome: &Outcome| match outcome {
            Ok(run) => run.seconds_train,
            Err(end) => end.passes.iter().map(|pass| pass.seconds).sum(),
        };
        Self {
            study: study.name.clone(),
            description: study.description.clone(),
            judged_on: study.judged_on,
            data: plan.data.clone(),
            machine: Machine::this(),
            core_seconds: outcomes.iter().map(seconds).sum::<f64>().round(),
            arms: plan.arms.iter().zip(&study.bases).map(arm).collect(),
        }
    }

    /// Writes the findings into `folder` and returns the path of the file.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn save(&self, folder: &Path) -> Result<PathBuf, ExperimentError> {
        let file = folder.join("study.json");
        let json = serde_json::to_string(self).expect("findings are plain numbers");
        files::write(&file, json.replace("{\"seed\"", "\n{\"seed\"").as_bytes())?;
        Ok(file)
    }

    /// Reads findings from the JSON of `file`.
    ///
    /// # Errors
    /// When it holds no findings.
    pub fn parse(file: &str, text: &str) -> Result<Self, ExperimentError> {
        serde_json::from_str(text).map_err(|error| {
            let fault = format!("does not hold the findings of a study: {error}; run the study again");
            ExperimentError::damaged(Path::new(file), fault)
        })
    }
}

impl StudyArm {
    /// The error after the last pass, over the seeds that did not diverge.
    pub fn test_error(&self) -> Option<Spread> {
        self.last(|run| &run.test_error_pct)
    }

    /// A number of the errors on strings, over the seeds; `None` if they were not measured.
    pub fn of_strings(&self, of: impl Fn(&StringErrors) -> f64) -> Option<Spread> {
        let values: Vec<f64> =
            self.runs.iter().filter_map(|run| run.string_errors.as_ref()).map(of).collect();
        (!values.is_empty()).then(|| Spread::of(&values))
    }

    /// The training error during the last pass.
    pub fn train_error(&self) -> Option<Spread> {
        self.last(|run| &run.train_error_pct)
    }

    fn last(&self, of: fn(&StudyRun) -> &Vec<f64>) -> Option<Spread> {
        let values: Vec<f64> = self.runs.iter().filter_map(|run| run.last(of)).collect();
        (!values.is_empty()).then(|| Spread::of(&values))
    }

    /// The mean over seeds after each pass.
    pub fn mean(&self, of: fn(&StudyRun) -> &Vec<f64>) -> Vec<f64> {
        let passes = self.runs.iter().map(|run| of(run).len()).min().unwrap_or(0);
        let mean =
            |pass: usize| self.runs.iter().map(|run| of(run)[pass]).sum::<f64>() / self.runs.len() as f64;
        (0..passes).map(mean).collect()
    }

    /// The mean size of each array over the seeds.
    pub fn mean_sizes(&self) -> Vec<ArraySize> {
        let of = |n: usize, first: &ArraySize| {
            let sizes: Vec<f64> = self.runs.iter().filter_map(|run| Some(run.sizes.get(n)?.rms)).collect();
            ArraySize { array: first.array.clone(), rms: Spread::of(&sizes).mean }
        };
        let first = self.runs.iter().find(|run| !run.sizes.is_empty());
        first.map_or(vec![], |run| run.sizes.iter().enumerate().map(|(n, size)| of(n, size)).collect())
    }

    /// The mean errors over seeds on patterns that are changed in one way; `None` where they were not measured.
    pub fn tolerance(&self, change: Change) -> Option<Tolerance> {
        Tolerance::mean(self.tolerances(change))
    }

    /// The same seed by seed.
    pub fn tolerances(&self, change: Change) -> impl Iterator<Item = &Tolerance> {
        self.runs.iter().flat_map(|run| &run.invariance).filter(move |found| found.change == change)
    }

    /// The number of seeds that diverged.
    pub fn diverged(&self) -> usize {
        self.runs.iter().filter(|run| run.diverged_in_pass.is_some()).count()
    }

    /// The comparison pattern by pattern of the test set: the share of its seeds in which each arm gets the pattern wrong,
    /// in percent. Seeds tell whether training again would give the same sign, patterns whether other patterns would.
    pub fn against_by_pattern(&self, other: &Self, patterns: usize) -> Option<Paired> {
        let mut differences = vec![0.0; patterns];
        for (arm, sign) in [(self, 100.0), (other, -100.0)] {
            let share = sign / arm.runs.len() as f64;
            arm.runs.iter().flat_map(|run| &run.wrong).for_each(|&p| differences[p] += share);
        }
        Paired::of_differences(&differences)
    }

    /// The last test errors of this arm less those of another, seed by seed; `None` where they cannot be tested.
    pub fn against(&self, other: &Self) -> Option<Paired> {
        let last = |run: &StudyRun| run.last(|run| &run.test_error_pct);
        let differences = self.runs.iter().zip(&other.runs).map(|(a, b)| Some(last(a)? - last(b)?));
        Paired::of_differences(&differences.collect::<Option<Vec<f64>>>()?)
    }
}

impl StudyRun {
    /// The last of a list of numbers, unless the run diverged.
    fn last(&self, of: fn(&Self) -> &Vec<f64>) -> Option<f64> {
        of(self).last().copied().filter(|_| self.diverged_in_pass.is_none())
    }

    /// The findings of a job. The rates of layers hardly differ from seed to seed: those of the first are kept.
    fn of(outcome: &Outcome, judged_on: JudgedOn, is_first: bool) -> Self {
        let (passes, run) = (passes(outcome), outcome.as_ref().ok());
        let first = passes.first();
        // Without passes, and where another classifier stands on the network, the error at the end.
        let after = |of: fn(&Pass) -> f64, end: fn(&Run) -> f64| {
            let mut each: Vec<f64> = passes.iter().map(|pass| rounded(of(pass), 3)).collect();
            if let Some(run) = run {
                each.pop();
                each.push(rounded(end(run), 3));
            }
            each
        };
        let sum = |of: fn(&Pass) -> f64| passes.iter().map(of).sum::<f64>();
        let (hessian, all) = (sum(|pass| pass.hessian_seconds), sum(|pass| pass.seconds));
        let rates = first.map(|pass| [pass.rate_min, pass.rate_max]);
        let rates = rates.unwrap_or_else(|| outcome.as_ref().err().map_or([0.0; 2], |end| end.rates));
        let layers = first.filter(|_| is_first).map_or(&[][..], |pass| &pass.rates);
        let wrong = run.filter(|_| judged_on == JudgedOn::Test).map_or(&[][..], |run| &run.misclassified);
        Self {
            seed: outcome.as_ref().map_or_else(|end| end.seed, |run| run.seed),
            diverged_in_pass: outcome.as_ref().err().map(|end| end.pass),
            test_error_pct: after(|pass| pass.test_error_pct, |run| run.test_error_pct),
            train_error_pct: after(|pass| pass.train_error_pct, |run| run.train_error_pct),
            rates: rates.map(|rate| significant(rate, 3)),
            layer_rates: layers.iter().map(short_rates).collect(),
            signal: run.map_or(vec![], |run| run.signal.iter().map(short_signal).collect()),
            sizes: run.map_or(vec![], |run| run.sizes.iter().map(short_size).collect()),
            codes_apart: passes.iter().filter_map(|pass| Some(significant(pass.codes_apart?, 4))).collect(),
            pass_seconds: passes.iter().map(|pass| rounded(pass.seconds, 2)).reduce(f64::min),
            hessian_pct: if all > 0.0 { rounded(100.0 * hessian / all, 2) } else { 0.0 },
            costs: run.filter(|_| judged_on == JudgedOn::Test).map(Costs::of),
            wrong: wrong.iter().map(|wrong| wrong.index).collect(),
            answers: wrong.iter().map(|wrong| wrong.answer).collect(),
            invariance: Vec::new(),
            fig_13: Vec::new(),
            strings: run.and_then(|run| run.strings),
            string_errors: None,
            together: None,
            spotting: None,
        }
    }
}

/// The passes of a job.
fn passes(outcome: &Outcome) -> &[Pass] {
    outcome.as_ref().map_or_else(|end| &end.passes, |run| &run.passes)
}

fn short_rates(rates: &LayerRates) -> LayerRates {
    let [least, median, largest] =
        [rates.least, rates.median, rates.largest].map(|rate| significant(rate, 3));
    LayerRates { layer: rates.layer.clone(), least, median, largest, deciles: Vec::new() }
}

fn short_signal(LayerSignal { layer, deviation, slope }: &LayerSignal) -> LayerSignal {
    let [deviation, slope] = [deviation, slope].map(|value| significant(*value, 3));
    LayerSignal { layer: layer.clone(), deviation, slope }
}

fn short_size(ArraySize { array, rms }: &ArraySize) -> ArraySize {
    ArraySize { array: array.clone(), rms: significant(*rms, 3) }
}

/// A value rounded to this many decimals.
fn rounded(value: f64, decimals: i32) -> f64 {
    let unit = 10f64.powi(decimals);
    (value * unit).round() / unit
}

/// A value rounded to this many significant digits.
fn significant(value: f64, digits: usize) -> f64 {
    format!("{value:.*e}", digits - 1).parse().unwrap_or(value)
}
