//! A trained classifier of any kind, read from its file.

use crate::experiment::{Arm, Codes, ExperimentError, HeadKind, Model};
use crate::files::read_bounded;
use crate::section1::Penalties;
use crate::section3::classifiers::vectors::Arrays;
use crate::section3::classifiers::{Classifier, Stored};
use crate::section3::database::Patterns;
use crate::section7::characters::BLANK;
use crate::weights::{self, Weights};
use ndarray::{ArrayView2, Axis};
use std::borrow::Cow;
use std::path::Path;

/// A classifier as a run leaves it, and the arm that made it.
pub struct Trained {
    /// The arm.
    pub arm: Arm,
    /// The classifier.
    pub classifier: Box<dyn Stored>,
}

/// The answer to a pattern.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// The class of least penalty.
    pub class: String,
    /// Whether its penalty is above that of rubbish (eq. 9): it is none of the classes. Never with a head that has no rubbish.
    pub is_none: bool,
    /// `exp(-E)` with the loss of the head: the class's share among all, and rubbish if the head has it.
    pub confidence: f64,
    /// The name of the scores.
    pub kind: &'static str,
    /// A score for each class, with its name.
    pub scores: Vec<(String, f32)>,
}

impl Trained {
    /// The network of this name that comes with the program, or the classifier in a file at this path.
    ///
    /// # Errors
    /// When the file cannot be read, or holds no classifier.
    pub fn find(word: &Path) -> Result<Self, ExperimentError> {
        if Model::is_built_in(word) || !word.exists() {
            return Model::find(word).map(Self::from);
        }
        let bytes = read_bounded(word, weights::MOST_BYTES)
            .map_err(|cause| ExperimentError::File(format!("cannot read {} ({cause})", word.display())))?;
        Self::parse(word, &bytes)
    }

    /// Reads a classifier from the contents of the file at `path`.
    ///
    /// # Errors
    /// When they hold no classifier.
    pub fn parse(path: &Path, bytes: &[u8]) -> Result<Self, ExperimentError> {
        let damaged = |fault: String| ExperimentError::damaged(path, fault);
        // A file that holds no arrays is refused by the reader of networks, which gives the reason.
        let Ok(weights) = Weights::open(bytes) else { return Model::parse(path, bytes).map(Self::from) };
        let arm = weights.metadata("arm").map(|text| Arm::parse("model", "the TOML in its metadata", text));
        let (arm, method) = match arm {
            Some(Ok(Arm { settings, .. })) if settings.method.is_some() => {
                let method = settings.method.clone().expect("it is there");
                (Arm { name: path.display().to_string(), settings }, method)
            }
            _ => return Model::parse(path, bytes).map(Self::from),
        };
        let mut arrays = Arrays(weights.arrays().map_err(damaged)?);
        let net = || Model::initial(&arm, 0).net;
        let classifier = method.restore(&mut arrays, arm.settings.pixels(), net).map_err(damaged)?;
        Ok(Self { classifier, arm })
    }

    /// The patterns with their images in the form that the classifier reads.
    pub fn images<'a>(&self, patterns: &'a Patterns) -> Cow<'a, Patterns> {
        self.arm.settings.images().of(patterns)
    }

    /// The penalties of the classes for an image of the database's form, 28 x 28 pixels.
    ///
    /// # Errors
    /// When the weights are so large that a penalty is not finite.
    pub fn penalties(&self, image: ArrayView2<u8>) -> Result<Penalties<f32>, ExperimentError> {
        let image = self.arm.settings.images().image(image).insert_axis(Axis(0));
        let pattern = Patterns::new(image, vec![0]).expect("a label for the image");
        let mut penalties = None;
        self.classifier.read(&pattern, 0..1, &mut |_, found| penalties = Some(found.clone()));
        let penalties = penalties.expect("every pattern is read");
        if penalties.iter().all(f32::is_finite) {
            return Ok(penalties);
        }
        let fault =
            "gives penalties that are not finite, because its weights are too large for single precision";
        let kind = if self.arm.settings.method.is_none() { "network" } else { "classifier" };
        Err(ExperimentError::File(format!("the {kind} {} {fault}: take another", self.arm.name)))
    }

    /// The scores to display and their name: the penalties, or the probabilities whose negative logarithms they are.
    pub fn scores(&self, penalties: &Penalties<f32>) -> (&'static str, Vec<f32>) {
        match (&self.arm.settings.method, self.arm.settings.head.kind) {
            (None, HeadKind::Softmax) => ("probabilities", penalties.probabilities()),
            _ => ("penalties", penalties.iter().collect()),
        }
    }

    /// The answer to an image of the database's form, 28 x 28 pixels.
    ///
    /// # Errors
    /// As for [`penalties`](Self::penalties).
    pub fn answer(&self, image: ArrayView2<u8>) -> Result<Answer, ExperimentError> {
        let penalties = self.penalties(image)?;
        let rubbish = self.arm.settings.head.rubbish.filter(|_| self.arm.settings.method.is_none());
        let least = penalties.iter().fold(f32::INFINITY, f32::min);
        let weight = |penalty: f64| (f64::from(least) - penalty).exp();
        let all: f64 = penalties.iter().map(f64::from).chain(rubbish).map(weight).sum();
        let (kind, scores) = self.scores(&penalties);
        Ok(Answer {
            class: self.class(penalties.nearest()),
            is_none: rubbish.is_some_and(|rubbish| f64::from(least) > rubbish),
            confidence: 1.0 / all,
            kind,
            scores: scores.into_iter().enumerate().map(|(class, score)| (self.class(class), score)).collect(),
        })
    }

    /// The name of a class: its digit, or "blank".
    pub fn class(&self, class: usize) -> String {
        let blank = self.arm.settings.head.codes == Codes::Fig3AndSpace && class == usize::from(BLANK);
        if blank { "blank".into() } else { class.to_string() }
    }

    /// The classifier.
    pub fn classifier(&self) -> &dyn Classifier<f32> {
        self.classifier.as_ref()
    }
}

impl From<Model> for Trained {
    fn from(Model { arm, net }: Model) -> Self {
        Self { arm, classifier: Box::new(net) }
    }
}
