//! The two networks, and what the page must know of them: every weight, for whoever points at a unit.

use super::answer::Bytes;
use crate::experiment::{ExperimentError, HeadKind, HeadSettings, Loss, Model, Plan};
use crate::section1::{Parameters, Tensor};
use crate::section2::TABLE_I;
use serde::Serialize;
use serde::ser::{SerializeMap, SerializeStruct, Serializer};
use std::path::{Path, PathBuf};

/// A network with the RBF head and one with softmax.
#[derive(Clone, Debug)]
pub struct Networks([Network; 2]);

/// A network, and where it comes from.
#[derive(Clone, Debug)]
pub struct Network {
    /// `rbf`, `softmax`, or what its file is called.
    pub name: String,
    /// What it has learnt from, as far as that is known.
    pub trained_on: String,
    /// What its arm says of the head.
    pub head: HeadSettings,
    /// The network.
    pub model: Model,
}

impl Networks {
    /// Those that come with the program, or in place of each the last of `models` with the same kind of head.
    ///
    /// # Errors
    /// When a model cannot be read.
    pub fn open(models: &[PathBuf]) -> Result<Self, ExperimentError> {
        let mut networks = [Network::find(Path::new("rbf"))?, Network::find(Path::new("softmax"))?];
        for path in models {
            let network = Network::find(path)?;
            let place = networks.iter_mut().find(|there| there.kind() == network.kind());
            *place.expect("there is a network of each kind") = network;
        }
        Ok(Self(networks))
    }

    /// Both, the one with the RBF head first.
    pub fn iter(&self) -> impl Iterator<Item = &Network> {
        self.0.iter()
    }
}

impl Network {
    fn find(path: &Path) -> Result<Self, ExperimentError> {
        let model = Model::find(path)?;
        if model.arm.settings.today.is_some() || model.architecture().name != "lenet-5" {
            return Err(ExperimentError::NotThePapers(path.into()));
        }
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        Ok(Self { name, trained_on: trained_on(path), head: model.arm.settings.head.clone(), model })
    }

    /// Which head it has.
    pub fn kind(&self) -> HeadKind {
        self.head.kind
    }

    fn criterion(&self) -> Option<&'static str> {
        match (self.kind(), self.head.loss) {
            (HeadKind::Softmax, _) => None,
            (HeadKind::Rbf, Some(Loss::Eq9)) => Some("eq-9"),
            (HeadKind::Rbf, _) => Some("eq-8"),
        }
    }
}

/// What a network has learnt from: the folder of its run says so, if it still lies there.
fn trained_on(path: &Path) -> String {
    let run = || Plan::read(path.parent()?).ok();
    match run() {
        _ if Model::is_built_in(path) => "MNIST, 60000 patterns".into(),
        Some(plan) => format!("{}, {} patterns", plan.data.name, plan.data.train),
        None => "not known: its run's config.toml is not beside it".into(),
    }
}

/// What the page gets.
impl Serialize for Networks {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut networks = serializer.serialize_struct("Networks", 3)?;
        networks.serialize_field("squashing", &self.0[0].model.squashing())?;
        networks.serialize_field("table_1", &TABLE_I)?;
        networks.serialize_field("networks", &self.0)?;
        networks.end()
    }
}

impl Serialize for Network {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut network = serializer.serialize_struct("Network", 7)?;
        network.serialize_field("kind", &self.kind())?;
        network.serialize_field("name", &self.name)?;
        network.serialize_field("trained_on", &self.trained_on)?;
        network.serialize_field("rubbish", &self.head.rubbish)?;
        network.serialize_field("criterion", &self.criterion())?;
        network.serialize_field("squashing", &self.model.squashing())?;
        network.serialize_field("weights", &Weights(&self.model))?;
        network.end()
    }
}

/// The arrays of a network by the names of the weights contract.
struct Weights<'a>(&'a Model);

/// One of them.
#[derive(Serialize)]
struct Weight {
    shape: Vec<usize>,
    f32s: Bytes,
}

impl Serialize for Weights<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let tensors = self.0.net.tensors();
        let mut weights = serializer.serialize_map(Some(tensors.len()))?;
        for Tensor { name, shape, values } in tensors {
            let f32s = Bytes(values.iter().flat_map(|w| w.to_le_bytes()).collect());
            weights.serialize_entry(&name, &Weight { shape, f32s })?;
        }
        weights.end()
    }
}
