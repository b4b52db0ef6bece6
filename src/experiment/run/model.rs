//! A trained network, and the arm that made it.

use crate::experiment::{Arm, Codes, ExperimentError, HeadKind};
use crate::files::read_bounded;
use crate::section1::{Maps, Network, Parameters, Penalties, States};
use crate::section2::{Rbf, Squashing};
use crate::section3::classifiers::Architecture;
use crate::section3::database::{Patterns, place};
use crate::weights::{self, Weights};
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

/// The arms whose networks a file without metadata may hold: names and shapes of arrays tell them apart.
const RECOGNISED: [&str; 4] = ["rbf", "softmax", "lenet-1", "today"];

/// The networks that come with the program: `models/README.md` describes how they were trained.
const COMMITTED: [(&str, &[u8]); 5] = [
    ("rbf", include_bytes!("../../../models/rbf.safetensors")),
    ("softmax", include_bytes!("../../../models/softmax.safetensors")),
    ("strings", include_bytes!("../../../models/strings.safetensors")),
    ("sdnn", include_bytes!("../../../models/sdnn.safetensors")),
    ("rbf-front-1998", include_bytes!("../../../models/rbf-front-1998.safetensors")),
];

impl Model {
    /// The network of this name that comes with the program, or the one in a file at this path.
    ///
    /// # Errors
    /// When the file cannot be read, or is no network in the sense of the weights contract.
    pub fn find(word: &Path) -> Result<Self, ExperimentError> {
        match committed(word) {
            Some(bytes) => Self::parse(word, bytes),
            None if word.extension().is_none() && !word.exists() => Err(unknown(word)),
            None => Self::load(word),
        }
    }

    /// Reads a network and the arm that made it.
    ///
    /// # Errors
    /// When the file cannot be read, or is no network in the sense of the weights contract.
    pub fn load(path: &Path) -> Result<Self, ExperimentError> {
        let bytes = read_bounded(path, weights::MOST_BYTES).map_err(|cause| {
            ExperimentError::File(format!("cannot read {} ({cause}): {ADVICE}", path.display()))
        })?;
        Self::parse(path, &bytes)
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

    /// Reads a network from the contents of the file at `path`. Its arm is in the metadata, or is recognised by the
    /// arrays; it goes by the file's name.
    ///
    /// # Errors
    /// When the contents are no network in the sense of the weights contract.
    pub fn parse(path: &Path, bytes: &[u8]) -> Result<Self, ExperimentError> {
        let damaged = |fault: String| ExperimentError::damaged(path, format!("{fault}: {ADVICE}"));
        let weights = Weights::open(bytes).map_err(damaged)?;
        let arm = match weights.metadata("arm") {
            Some(text) => Arm::parse("model", "the TOML in its metadata", text)
                .map_err(|error| ExperimentError::File(format!("{}: {error}", path.display())))?,
            None => recognised(&weights).map_err(|fault| ExperimentError::damaged(path, fault))?,
        };
        if arm.settings.method.is_some() {
            let fault =
                "holds a classifier that is no network, and this needs the layers of one: name a network";
            return Err(ExperimentError::usage(path, fault));
        }
        let mut model = Self::initial(&Arm { name: path.display().to_string(), ..arm }, 0);
        weights.load(&mut model.net).map_err(damaged)?;
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

    /// The same as [`fprop`](Self::fprop), with penalties that are finite, so that there is an answer.
    ///
    /// # Errors
    /// When the weights are so large that a penalty is not finite.
    pub fn read(&self, pattern: &Maps<f32>) -> Result<States<f32>, ExperimentError> {
        let states = self.fprop(pattern);
        if states.output.iter().all(f32::is_finite) {
            return Ok(states);
        }
        let fault =
            "gives penalties that are not finite, because its weights are too large for single precision";
        Err(ExperimentError::File(format!("the network {} {fault}: take another", self.arm.name)))
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

    /// Whether the network has a class for places without a character, and so reads strings as a space displacement network.
    pub fn has_blank(&self) -> bool {
        self.arm.settings.head.codes == Codes::Fig3AndSpace
    }

    /// The scores to display: the penalties, or the probabilities whose negative logarithms they are.
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

const ADVICE: &str = "name a network as a run leaves it, ARM-seedN.safetensors";

fn committed(word: &Path) -> Option<&'static [u8]> {
    COMMITTED.iter().find(|(name, _)| Path::new(name) == word).map(|(_, bytes)| *bytes)
}

/// The error for a word that names neither a network of the program nor a file.
fn unknown(word: &Path) -> ExperimentError {
    let word = word.display().to_string();
    let hint = ExperimentError::hint(&word, COMMITTED.iter().map(|(name, _)| *name));
    ExperimentError::Usage(format!(
        "there is no network '{word}'{hint}: 'rbf', 'softmax', 'strings', 'sdnn' and 'rbf-front-1998' come with the program; else {ADVICE}"
    ))
}

/// The arm whose network has the arrays of this file.
fn recognised(weights: &Weights) -> Result<Arm, String> {
    let of = |name| Model::initial(&Arm::find(name).expect("the arm is compiled in"), 0);
    let models = RECOGNISED.map(of);
    let names = |model: &Model| model.net.tensors().into_iter().map(|array| array.name).collect::<Vec<_>>();
    let fitting: Vec<&Model> =
        models.iter().filter(|model| weights.matching(&model.net) == names(model).len()).collect();
    // LeNet-5 with blocks of today has the arrays of LeNet-5, and more.
    let Some(best) = fitting.iter().max_by_key(|model| names(model).len()) else {
        let nearest = models.into_iter().reduce(|best, next| {
            if weights.matching(&next.net) > weights.matching(&best.net) { next } else { best }
        });
        let mut nearest = nearest.expect("there are arms to recognise");
        let fault = weights.load(&mut nearest.net).err().unwrap_or_default();
        let (arms, name) = (RECOGNISED.join(", "), &nearest.arm.name);
        return Err(format!(
            "has no arm in its metadata, and its arrays are not those of {arms}; for {name}, it {fault}. Rename its \
             arrays, or add its arm's TOML to its metadata under the key 'arm' (`experiment show rbf` prints such a TOML)"
        ));
    };
    let both = fitting.iter().find(|other| names(other).iter().any(|name| !names(best).contains(name)));
    match both {
        None => Ok(best.arm.clone()),
        Some(other) => Err(format!(
            "has no arm in its metadata, and its arrays are those of {} and of {}: remove those of one head, \
             rbf.codes or output.weight and output.bias",
            best.arm.name, other.arm.name
        )),
    }
}
