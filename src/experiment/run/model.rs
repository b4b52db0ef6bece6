//! A trained network, and the arm that made it.

use crate::experiment::{Arm, ExperimentError, HeadKind, files};
use crate::section1::{Maps, Network, Penalties, States};
use crate::section2::{Rbf, Squashing};
use crate::section3::classifiers::Architecture;
use crate::section3::database::{Patterns, place};
use crate::weights::Weights;
use ndarray::{Array3, ArrayView2};
use std::path::Path;

/// A network as an arm starts from it, or as a run leaves it.
#[derive(Clone, Debug)]
pub struct Model {
    /// The arm.
    pub arm: Arm,
    /// The network.
    pub net: Network<f32>,
}

/// The networks that come with the program: `models/README.md` says how they were trained.
const COMMITTED: [(&str, &[u8]); 2] = [
    ("rbf", include_bytes!("../../../models/rbf.safetensors")),
    ("softmax", include_bytes!("../../../models/softmax.safetensors")),
];

impl Model {
    /// The network of this name that comes with the program, or the one in a file at this path.
    ///
    /// # Errors
    /// When the file cannot be read, or is no network in the sense of the weights contract.
    pub fn find(word: &Path) -> Result<Self, ExperimentError> {
        match committed(word) {
            Some(bytes) => Self::parse(word, bytes),
            None => Self::load(word),
        }
    }

    /// Reads a network and the arm that made it.
    ///
    /// # Errors
    /// When the file cannot be read, or is no network in the sense of the weights contract.
    pub fn load(path: &Path) -> Result<Self, ExperimentError> {
        Self::parse(path, &files::read(path)?)
    }

    /// The network that an arm starts from.
    pub fn initial(arm: &Arm, seed: u64) -> Self {
        let net = arm.settings.network(seed).expect("the arm has been checked");
        Self { arm: arm.clone(), net }
    }

    /// Whether a network of this name comes with the program.
    pub fn is_built_in(word: &Path) -> bool {
        committed(word).is_some()
    }

    fn parse(path: &Path, bytes: &[u8]) -> Result<Self, ExperimentError> {
        let advice = "name a network as a run leaves it, ARM-seedN.safetensors";
        let damaged = |fault: String| ExperimentError::damaged(path, format!("{fault}: {advice}"));
        let weights = Weights::open(bytes).map_err(damaged)?;
        let text = weights.metadata("arm").ok_or_else(|| damaged("holds no arm in its metadata".into()))?;
        let mut model = Self::initial(&Arm::parse("model", &path.display().to_string(), text)?, 0);
        weights.take("", &mut model.net).map_err(damaged)?;
        Ok(model)
    }

    /// The architecture of the network.
    pub fn architecture(&self) -> &'static Architecture {
        self.arm.settings.architecture().expect("the arm has been checked")
    }

    /// The patterns as the network gets them, before they are placed on its input plane.
    pub fn images<'a>(&self, patterns: &'a Patterns) -> std::borrow::Cow<'a, Patterns> {
        self.architecture().images.of(patterns)
    }

    /// An image of the database's form, 28 x 28 pixels, on the network's input plane.
    pub fn pattern(&self, image: ArrayView2<u8>) -> Maps<f32> {
        let mut input = Array3::zeros(self.net.input());
        place(self.architecture().images.image(image).view(), &mut input);
        input
    }

    /// The states of all layers for a pattern, and the penalty of each class.
    pub fn fprop(&self, pattern: &Maps<f32>) -> States<f32> {
        let mut states = self.net.states();
        states.input_mut().assign(pattern);
        self.net.fprop(&mut states);
        states
    }

    /// The codes of the output layer, a row for each class, if it has any.
    pub fn codes(&self) -> Option<ArrayView2<'_, f32>> {
        self.net.output_layer::<Rbf<f32>>().map(|rbf| rbf.codes.view())
    }

    /// The scores that are shown of penalties: themselves, or the probabilities that they are the logarithms of.
    pub fn scores(&self, penalties: &Penalties<f32>) -> Vec<f32> {
        match self.arm.settings.head.kind {
            HeadKind::Rbf => penalties.iter().collect(),
            HeadKind::Softmax => penalties.probabilities(),
        }
    }

    /// The squashing function that bounds the states: the paper's where the network has none.
    pub fn squashing(&self) -> Squashing {
        if self.arm.settings.today.is_some() { Squashing::PAPER } else { self.arm.settings.network.squashing }
    }
}

fn committed(word: &Path) -> Option<&'static [u8]> {
    COMMITTED.iter().find(|(name, _)| Path::new(name) == word).map(|(_, bytes)| *bytes)
}
