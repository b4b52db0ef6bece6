//! Single patterns that the figures of a run show. They are chosen once, when the run ends, so that the figures need nothing
//! but its folder.

use crate::experiment::{ArmResults, ExperimentError, Grey, Results, Trained, files};
use crate::section1::{Maps, Penalties, flat};
use crate::section3::database::{Database, Patterns};
use ndarray::ArrayView2;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::Path;

/// The contents of `gallery.json`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Gallery {
    /// Test patterns by their index in the test set: all that are named below or in the results.
    pub test: BTreeMap<usize, Shown>,
    /// The first test patterns of each class, class by class (Fig. 4): at most [`Gallery::SAMPLES`] of each.
    pub samples: Vec<Vec<usize>>,
    /// The first training pattern of each class (Fig. 7).
    pub training: Vec<Shown>,
    /// A part for each arm: its network of the first seed.
    pub arms: Vec<ArmGallery>,
}

/// A pattern to look at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shown {
    /// Its class.
    pub label: usize,
    /// The image: 28 x 28, 255 is ink.
    pub image: Grey,
}

/// Single patterns as an arm's first network sees them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ArmGallery {
    /// For each class, the test pattern of the highest penalty that is classified correctly (Fig. 13).
    pub unusual: Vec<usize>,
    /// The penalty of the true class against the lowest of the others, over the test patterns.
    pub margins: Margins,
}

/// Counts of patterns: `counts[right][wrong]` patterns had a penalty in the bin `right` for their class, and the lowest
/// penalty of the other classes in the bin `wrong`. Bins are equal steps of the logarithm ([`Margins::edge`]).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Margins {
    /// The counts.
    pub counts: Vec<Vec<u32>>,
}

impl Margins {
    /// Bins in each direction.
    pub const BINS: usize = 60;
    /// Bins in a decade; the first one begins at 0.001.
    const PER_DECADE: f64 = 10.0;

    /// The penalty at which a bin begins; the last one, [`Margins::BINS`], is the end of all.
    pub fn edge(bin: usize) -> f64 {
        10f64.powf(bin as f64 / Self::PER_DECADE - 3.0)
    }

    /// The bin of a penalty: the first or the last if it is beyond their range.
    fn bin(penalty: f32) -> usize {
        let place = ((f64::from(penalty).log10() + 3.0) * Self::PER_DECADE).floor();
        place.clamp(0.0, (Self::BINS - 1) as f64) as usize
    }
}

impl Gallery {
    /// Test patterns of each class in Fig. 4.
    pub const SAMPLES: usize = 20;
    /// The most wrong answers of an arm that are kept: all of a trained network, not all of one that guesses.
    pub const WRONG: usize = 300;

    /// The gallery of a run whose networks are in `folder`.
    ///
    /// # Errors
    /// When a network cannot be read.
    pub fn of(results: &Results, folder: &Path, database: &Database) -> Result<Self, ExperimentError> {
        let (test, train) = (&database.test, &database.train);
        let shown = |patterns: &Patterns, p| Shown {
            label: patterns.label(p),
            image: Grey(patterns.image(p).to_owned()),
        };
        let arms = results.arms.iter().map(|arm| ArmGallery::of(arm, folder, test));
        let arms: Vec<ArmGallery> = arms.collect::<Result<_, _>>()?;
        let of_class = |class| (0..test.len()).filter(move |&p| test.label(p) == class).take(Self::SAMPLES);
        let samples: Vec<Vec<usize>> = (0..test.classes()).map(|class| of_class(class).collect()).collect();
        let wrong = results.arms.iter().flat_map(|arm| arm.wrong());
        let named = samples.iter().chain(arms.iter().map(|arm| &arm.unusual)).flatten().copied().chain(wrong);
        let test = named.map(|p| (p, shown(test, p))).collect();
        let training = train.first_of_each_class().into_iter().map(|p| shown(train, p)).collect();
        Ok(Self { test, samples, training, arms })
    }

    /// Writes `gallery.json`.
    pub(crate) fn save(&self, folder: &Path) -> Result<(), ExperimentError> {
        let json = serde_json::to_string(self).expect("a gallery is plain numbers and words");
        let lines = json.replace("{\"label\"", "\n{\"label\"").replace("],[", "],\n[");
        files::write(&folder.join("gallery.json"), lines.as_bytes())
    }
}

impl ArmGallery {
    /// The part of an arm; without patterns if it diverged from every seed.
    fn of(arm: &ArmResults, folder: &Path, test: &Patterns) -> Result<Self, ExperimentError> {
        let mut counts = vec![vec![0; Margins::BINS]; Margins::BINS];
        let Some(run) = arm.runs.first() else {
            return Ok(Self { unusual: Vec::new(), margins: Margins { counts } });
        };
        let trained = Trained::find(&folder.join(&run.model))?;
        let mut unusual = vec![None; test.classes()];
        trained.classifier.read(&trained.images(test), 0..test.len(), &mut |p, penalties| {
            let label = test.label(p);
            let (right, wrong) = right_and_wrong(penalties, label);
            counts[Margins::bin(right)][Margins::bin(wrong)] += 1;
            let dearer = unusual[label].is_none_or(|(_, dearest)| right > dearest);
            if right < wrong && dearer {
                unusual[label] = Some((p, right));
            }
        });
        let unusual = unusual.into_iter().flatten().map(|(p, _)| p).collect();
        Ok(Self { unusual, margins: Margins { counts } })
    }
}

impl ArmResults {
    /// The test patterns that its first network misclassified: at most [`Gallery::WRONG`].
    pub fn wrong(&self) -> impl Iterator<Item = usize> {
        let first = self.runs.iter().take(1).flat_map(|run| &run.misclassified);
        first.map(|wrong| wrong.index).take(Gallery::WRONG)
    }
}

/// The penalty of the right class and the least of the others.
pub fn right_and_wrong(penalties: &Penalties<f32>, label: usize) -> (f32, f32) {
    let others = penalties.iter().enumerate().filter(|(class, _)| *class != label);
    (penalties.of(label), others.map(|(_, penalty)| penalty).fold(f32::INFINITY, f32::min))
}

/// The state of F6, 84 numbers, as a picture of 12 x 7 between `-amplitude` and `amplitude`; `None` with another number
/// of units.
pub fn f6(state: &Maps<f32>, amplitude: f32) -> Option<Grey> {
    Some(Grey::between(amplitude, ArrayView2::from_shape((12, 7), flat(state)).ok()?))
}
