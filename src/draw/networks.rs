//! The two networks with all that the page needs: every weight, since a reader may point at any unit.

use super::answer::Bytes;
use crate::experiment::{ExperimentError, HeadKind, Loss, Model, Plan};
use crate::section1::{Parameters, Tensor};
use crate::section2::{Squashing, TABLE_I};
use serde::{Serialize, Serializer};
use std::path::{Path, PathBuf};

/// A network with the RBF head and one with softmax.
#[derive(Clone, Debug, Serialize)]
pub struct Networks {
    squashing: Squashing,
    table_1: [&'static [usize]; 16],
    networks: [Network; 2],
}

/// A network, and where it comes from.
#[derive(Clone, Debug, Serialize)]
pub struct Network {
    /// Its head.
    pub kind: HeadKind,
    /// `rbf`, `softmax`, or the name of its file.
    pub name: String,
    /// The patterns that it was trained on, as far as that is known.
    pub trained_on: String,
    /// With the loss of eq. 9: the penalty j of rubbish.
    pub rubbish: Option<f64>,
    /// With an RBF head: its loss, eq. 8 or eq. 9.
    pub criterion: Option<Loss>,
    /// The squashing function of its layers.
    pub squashing: Squashing,
    /// The network; the page gets its arrays under the names of the weights contract.
    #[serde(rename = "weights", serialize_with = "weights")]
    pub model: Model,
}

impl Networks {
    /// The networks that come with the program; for each, the last of `models` with its kind of head takes its place.
    ///
    /// # Errors
    /// When a model cannot be read.
    pub fn open(models: &[PathBuf]) -> Result<Self, ExperimentError> {
        let mut networks = [Network::find(Path::new("rbf"))?, Network::find(Path::new("softmax"))?];
        for path in models {
            let network = Network::find(path)?;
            let place = networks.iter_mut().find(|there| there.kind == network.kind);
            *place.expect("there is a network of each kind") = network;
        }
        Ok(Self { squashing: networks[0].squashing, table_1: TABLE_I, networks })
    }

    /// Both, the one with the RBF head first.
    pub fn iter(&self) -> impl Iterator<Item = &Network> {
        self.networks.iter()
    }
}

impl Network {
    fn find(path: &Path) -> Result<Self, ExperimentError> {
        let model = Model::find(path)?;
        let architecture = model.architecture().name;
        if model.arm.settings.today.is_some() || architecture != "lenet-5" {
            let found = if architecture == "lenet-5" { "blocks of today" } else { architecture };
            let wanted =
                "the page shows the layers of LeNet-5, so --model needs a network of an arm without [today]";
            return Err(ExperimentError::usage(path, format!("has {found}: {wanted}")));
        }
        let head = &model.arm.settings.head;
        Ok(Self {
            kind: head.kind,
            name: path.file_stem().unwrap_or_default().to_string_lossy().into_owned(),
            trained_on: trained_on(path, &model),
            rubbish: head.rubbish,
            criterion: head.loss,
            squashing: model.squashing(),
            model,
        })
    }
}

/// The patterns that a network was trained on, from the folder of its run, if the network is still in it.
fn trained_on(path: &Path, model: &Model) -> String {
    let run = || Plan::read(path.parent()?).ok();
    match run() {
        _ if Model::is_built_in(path) && model.arm.settings.front.is_some() => {
            "MNIST, 60000 patterns, on C1 to S4 of 1998".into()
        }
        _ if Model::is_built_in(path) => "MNIST, 60000 patterns".into(),
        Some(plan) => format!("{}, {} patterns", plan.data.name, plan.data.train),
        None => "not known: its run's config.toml is not beside it".into(),
    }
}

/// Writes the arrays of a network by their names.
fn weights<S: Serializer>(model: &Model, serializer: S) -> Result<S::Ok, S::Error> {
    #[derive(Serialize)]
    struct Weight {
        shape: Vec<usize>,
        f32s: Bytes,
    }
    serializer.collect_map(model.net.tensors().into_iter().map(|Tensor { name, shape, values }| {
        let f32s = Bytes(values.iter().flat_map(|w| w.to_le_bytes()).collect());
        (name, Weight { shape, f32s })
    }))
}
