//! The results of a run: `results.json`.

#[cfg(feature = "figures")]
pub mod bars;
mod comparison;
mod finished;
mod gallery;
mod grey;
mod machine;
mod study_results;
#[cfg(feature = "figures")]
pub mod study_table;
#[cfg(feature = "figures")]
pub mod summary;
#[cfg(feature = "figures")]
pub(super) mod table;

pub use comparison::{PAPER_TEST_ERROR, PAPER_TRAIN_ERROR, Paired, Spread};
pub use finished::Finished;
pub use gallery::{ArmGallery, Gallery, Margins, Shown, f6, right_and_wrong};
pub use grey::Grey;
pub use machine::Machine;
pub use study_results::{Costs, StudyArm, StudyResults, StudyRun};

use crate::archaeology::sizes::ArraySize;
use crate::section3::comparison::Rejection;
use crate::section3::database::Database;
use crate::section3::evaluation::Misclassified;
use serde::{Deserialize, Serialize};
use std::fmt::{self, Display, Formatter};

/// Everything that was measured in an experiment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Results {
    /// The words that began it: `rbf vs softmax`.
    pub experiment: String,
    /// The command that began it.
    pub command: String,
    /// The version of this program.
    pub version: String,
    /// The computer that made it.
    pub machine: Machine,
    /// The patterns.
    pub data: Data,
    /// The arms, in the order in which they were named.
    pub arms: Vec<ArmResults>,
}

/// The patterns that an experiment is trained and tested on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Data {
    /// `mnist`, or `embedded digits`.
    pub name: String,
    /// Training patterns.
    pub train: usize,
    /// Test patterns.
    pub test: usize,
}

impl Data {
    /// All patterns of a database.
    pub fn of(database: &Database) -> Self {
        Self { name: database.name.clone(), train: database.train.len(), test: database.test.len() }
    }
}

impl Results {
    /// Every arm and seed that diverged, a clause each: `paper, seed 3, diverged in pass 2`.
    pub fn divergences(&self) -> Vec<String> {
        let of_arm = |arm: &ArmResults| {
            let clause = |run: &DivergedRun| {
                format!("{}, seed {}, diverged in pass {}", arm.name, run.seed, run.diverged_in_pass)
            };
            arm.diverged.iter().map(clause).collect::<Vec<_>>()
        };
        self.arms.iter().flat_map(of_arm).collect()
    }
}

impl Display for Data {
    fn fmt(&self, f: &mut Formatter) -> fmt::Result {
        write!(f, "{} + {} patterns of {}", self.train, self.test, self.name)
    }
}

/// One arm, once for each seed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ArmResults {
    /// Its name.
    pub name: String,
    /// A run for each seed that did not diverge.
    pub runs: Vec<Run>,
    /// The seeds that diverged.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub diverged: Vec<DivergedRun>,
}

impl ArmResults {
    /// Whether it was trained pass by pass.
    pub fn has_passes(&self) -> bool {
        self.runs.iter().any(|run| !run.passes.is_empty())
    }
}

/// One arm that diverged from one seed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DivergedRun {
    /// The seed.
    pub seed: u64,
    /// The pass in which a weight or the loss was no longer finite.
    pub diverged_in_pass: usize,
    /// The measurements of each pass before it.
    pub passes: Vec<Pass>,
}

/// What training on strings left (VI).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct StringsTrained {
    /// Strings that no path of their graph spelled; they changed nothing.
    pub without_path: usize,
    /// The smallest squared distance between two codes afterwards, if codes are learnt.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closest_codes: Option<f64>,
}

/// One arm trained from one seed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Run {
    /// The seed of the initial weights and of the order of the patterns.
    pub seed: u64,
    /// Wrong answers on the test patterns after the last pass, percent.
    pub test_error_pct: f64,
    /// Wrong answers during the last pass, percent; without passes, on the first 10,000 training patterns.
    pub train_error_pct: f64,
    /// The file that holds the network after the last pass.
    pub model: String,
    /// The signal of the patterns in each layer before training.
    pub signal: Vec<LayerSignal>,
    /// The sizes of C1 to S4 after the last pass; empty in other architectures.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sizes: Vec<ArraySize>,
    /// What training on strings left, if there was any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub strings: Option<StringsTrained>,
    /// Multiply-adds for one pattern: one for each connection.
    pub multiply_adds: usize,
    /// Trainable parameters, or stored numbers.
    pub variables: usize,
    /// Test patterns that must be rejected so that 0.5 % of the rest are wrong, percent (III-D).
    pub reject_pct: f64,
    /// More about rejection (III-D).
    #[serde(default)]
    pub rejection: Rejection,
    /// The duration of training: of all passes, in seconds.
    pub seconds_train: f64,
    /// The time to classify a test pattern on one core, in microseconds.
    pub us_per_pattern: f64,
    /// The measurements of each pass.
    pub passes: Vec<Pass>,
    /// `confusion[label][answer]` counts test patterns after the last pass.
    pub confusion: Vec<Vec<usize>>,
    /// Every test pattern that was answered wrongly after the last pass.
    pub misclassified: Vec<Misclassified>,
}

/// One pass over the training patterns.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Pass {
    /// Its number, from 1.
    pub pass: usize,
    /// eta, scaled.
    pub eta: f64,
    /// The smallest rate of any parameter.
    pub rate_min: f64,
    /// The largest.
    pub rate_max: f64,
    /// The rates layer by layer; empty with one rate for all.
    pub rates: Vec<LayerRates>,
    /// The mean loss during the pass.
    pub loss: f64,
    /// Wrong answers during the pass, percent, while the network was still changing (Fig. 5).
    pub train_error_pct: f64,
    /// Wrong answers on the test patterns after the pass, percent.
    pub test_error_pct: f64,
    /// If the codes learn: the smallest squared distance between two of them, after the pass.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub codes_apart: Option<f64>,
    /// With an RBF head: the state of F6 after the pass as a picture of 12 x 7, from `-A` to `A` of the squashing
    /// function, for the first test pattern of each class.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub f6: Vec<Grey>,
    /// The duration of the estimate of second derivatives, in seconds.
    pub hessian_seconds: f64,
    /// The duration of the pass with its estimates and its test, in seconds.
    pub seconds: f64,
    /// The time for a training pattern, in microseconds.
    pub us_per_pattern: f64,
}

/// The signal in the state of a layer. If it is small, little of the pattern gets through; if it is large, the layer
/// saturates.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LayerSignal {
    /// The layer.
    pub layer: String,
    /// The standard deviation of a unit's state over patterns: root mean square over the units.
    pub deviation: f64,
    /// The mean of `f'` over patterns and units: the factor of a derivative on its way down through the squashing function.
    pub slope: f64,
}

/// The rates of one layer's parameters in one pass (eq. 21).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LayerRates {
    /// The layer.
    pub layer: String,
    /// The smallest.
    pub least: f64,
    /// The median.
    pub median: f64,
    /// The largest.
    pub largest: f64,
    /// The nine deciles; empty in the findings of studies.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub deciles: Vec<f64>,
}

impl LayerRates {
    /// The rates of a layer; `None` if it has no parameters.
    pub fn of(layer: &str, rates: impl Iterator<Item = f32>) -> Option<Self> {
        let mut rates: Vec<f32> = rates.collect();
        rates.sort_by(f32::total_cmp);
        let below = |tenths: usize| f64::from(rates[rates.len() * tenths / 10]);
        let (least, largest) = (f64::from(*rates.first()?), f64::from(*rates.last()?));
        let (layer, deciles) = (layer.into(), (1..10).map(below).collect());
        Some(Self { layer, least, median: below(5), largest, deciles })
    }

    /// The smallest and the largest rate in all of these layers.
    pub fn limits(layers: &[Self]) -> Option<[f64; 2]> {
        let limits = |layer: &Self| [layer.least, layer.largest];
        layers.iter().map(limits).reduce(|[a, b], [c, d]| [a.min(c), b.max(d)])
    }
}
