//! The weights contract: a network as a safetensors file that other frameworks load as it is.
//!
//! `c3.weight` is written dense, 16 x 6 x 5 x 5, with zeros where Table I has no connection; reading it back refuses
//! anything else there. The arm's TOML is kept as the metadata `arm`.

use super::arm::Arm;
use super::error::ExperimentError;
use super::files;
use super::head::ArmHead;
use super::network::ArmNetwork;
use super::settings::HeadKind;
use crate::section1::{Maps, line};
use crate::section2::{Convolution, LeNet5, Rbf, Softmax, Squashing, States};
use crate::today::Network;
use ndarray::ArrayView2;
use safetensors::{Dtype, SafeTensors, tensor::TensorView};
use std::collections::HashMap;
use std::path::Path;

/// A trained network of any kind.
#[derive(Clone, Debug)]
pub enum Model {
    /// With the paper's output layer.
    Rbf(LeNet5<f32, Rbf<f32>>),
    /// With softmax on F6.
    Softmax(LeNet5<f32, Softmax<f32>>),
    /// With blocks of today under the paper's output layer.
    TodayRbf(Network<f32, Rbf<f32>>),
    /// With blocks of today under softmax.
    TodaySoftmax(Network<f32, Softmax<f32>>),
}

/// The networks that come with the program: `models/README.md` says how they were trained.
const COMMITTED: [(&str, &[u8]); 2] = [
    ("rbf", include_bytes!("../../models/rbf.safetensors")),
    ("softmax", include_bytes!("../../models/softmax.safetensors")),
];

impl Model {
    /// The network of this name that comes with the program, or the one in a file at this path; with the arm that made it.
    ///
    /// # Errors
    /// When the file cannot be read, or is not a LeNet-5 in the sense of the weights contract.
    pub fn find(word: &Path) -> Result<(Arm, Self), ExperimentError> {
        match COMMITTED.iter().find(|(name, _)| Path::new(name) == word) {
            Some((name, bytes)) => Self::parse(Path::new(name), bytes),
            None => Self::load(word),
        }
    }

    /// Reads a model and the arm that made it.
    ///
    /// # Errors
    /// When the file cannot be read, or is not a LeNet-5 in the sense of the weights contract.
    pub fn load(path: &Path) -> Result<(Arm, Self), ExperimentError> {
        Self::parse(path, &files::read(path)?)
    }

    /// The network that an arm starts from.
    pub fn initial(arm: &Arm, seed: u64) -> Self {
        match (arm.settings.head.kind, &arm.settings.today) {
            (HeadKind::Rbf, None) => Self::Rbf(ArmNetwork::initial(arm, seed)),
            (HeadKind::Softmax, None) => Self::Softmax(ArmNetwork::initial(arm, seed)),
            (HeadKind::Rbf, Some(_)) => Self::TodayRbf(ArmNetwork::initial(arm, seed)),
            (HeadKind::Softmax, Some(_)) => Self::TodaySoftmax(ArmNetwork::initial(arm, seed)),
        }
    }

    fn any(&self) -> &dyn AnyNetwork {
        match self {
            Self::Rbf(net) => net,
            Self::Softmax(net) => net,
            Self::TodayRbf(net) => net,
            Self::TodaySoftmax(net) => net,
        }
    }

    /// C1 and C3.
    pub fn convolutions(&self) -> [&Convolution<f32>; 2] {
        self.any().kernels()
    }

    /// What stands after every layer from C1 to F6, and bounds its states: the paper's function where nothing does.
    pub fn squashing(&self) -> Squashing {
        self.any().limits()
    }

    /// The codes of the output layer, 10 x 84, if it has any.
    pub fn codes(&self) -> Option<ArrayView2<'_, f32>> {
        self.any().codes()
    }

    /// The states of all layers for a pattern of 1 x 32 x 32, and what each class costs
    /// ([`ArmHead::penalties`](super::ArmHead::penalties)).
    pub fn fprop(&self, pattern: &Maps<f32>) -> States<f32, Vec<f32>> {
        self.any().answer(pattern)
    }

    /// What is shown of ten penalties: themselves, or the probabilities that they are the logarithms of.
    pub fn scores(&self, penalties: &[f32]) -> Vec<f32> {
        match self.codes() {
            Some(_) => penalties.to_vec(),
            None => penalties.iter().map(|penalty| (-penalty).exp()).collect(),
        }
    }

    /// All arrays as the weights contract has them: name, shape, and the bytes of little-endian single precision.
    pub fn arrays(&self) -> Vec<(String, Vec<usize>, Vec<u8>)> {
        self.any().contents()
    }

    /// Whether a network of this name comes with the program.
    pub fn is_built_in(word: &Path) -> bool {
        COMMITTED.iter().any(|(name, _)| Path::new(name) == word)
    }

    fn parse(path: &Path, bytes: &[u8]) -> Result<(Arm, Self), ExperimentError> {
        let damaged = |fault: String| ExperimentError::Damaged {
            path: path.into(),
            fault: format!("{fault}: name a network as a run leaves it, ARM-seedN.safetensors"),
        };
        let (tensors, metadata) = open(bytes).map_err(damaged)?;
        let text = metadata.get("arm").ok_or_else(|| damaged("holds no arm in its metadata".into()))?;
        let arm = Arm::parse("model", &path.display().to_string(), text)?;
        let model = match (arm.settings.head.kind, &arm.settings.today) {
            (HeadKind::Rbf, None) => read(&arm, &tensors, "").map(Self::Rbf),
            (HeadKind::Softmax, None) => read(&arm, &tensors, "").map(Self::Softmax),
            (HeadKind::Rbf, Some(_)) => read(&arm, &tensors, "").map(Self::TodayRbf),
            (HeadKind::Softmax, Some(_)) => read(&arm, &tensors, "").map(Self::TodaySoftmax),
        };
        Ok((arm, model.map_err(damaged)?))
    }
}

/// What can be asked of any network.
trait AnyNetwork {
    fn kernels(&self) -> [&Convolution<f32>; 2];
    fn limits(&self) -> Squashing;
    fn codes(&self) -> Option<ArrayView2<'_, f32>>;
    fn answer(&self, pattern: &Maps<f32>) -> States<f32, Vec<f32>>;
    fn contents(&self) -> Vec<Contents>;
}

impl<N: ArmNetwork> AnyNetwork for N {
    fn kernels(&self) -> [&Convolution<f32>; 2] {
        let [(_, c1), (_, c3), _] = self.convolutions();
        [c1, c3]
    }

    fn limits(&self) -> Squashing {
        self.squashing()
    }

    fn codes(&self) -> Option<ArrayView2<'_, f32>> {
        self.head().codes()
    }

    fn answer(&self, pattern: &Maps<f32>) -> States<f32, Vec<f32>> {
        self.states(pattern)
    }

    fn contents(&self) -> Vec<Contents> {
        contents("", self)
    }
}

/// Writes networks, each with a prefix to its arrays' names, and what is to be known about them.
pub(super) fn save<N: ArmNetwork>(
    path: &Path,
    nets: &[(String, &N)],
    metadata: HashMap<String, String>,
) -> Result<(), ExperimentError> {
    let arrays: Vec<Contents> = nets.iter().flat_map(|(prefix, net)| contents(prefix, *net)).collect();
    let views = arrays.iter().map(|(name, shape, bytes)| {
        let view =
            TensorView::new(Dtype::F32, shape.clone(), bytes).expect("as many bytes as the shape says");
        (name.as_str(), view)
    });
    let bytes = safetensors::serialize(views, Some(metadata)).expect("names and shapes are well formed");
    files::write(path, &bytes)
}

/// Name, shape, and the bytes of little-endian single precision.
type Contents = (String, Vec<usize>, Vec<u8>);

fn contents<N: ArmNetwork>(prefix: &str, net: &N) -> Vec<Contents> {
    let mut net = net.clone();
    let bytes = |numbers: &[f32]| numbers.iter().flat_map(|w| w.to_le_bytes()).collect();
    let kernels = net.convolutions().map(|(name, layer)| {
        let dense = layer.dense();
        (format!("{prefix}{name}.weight"), dense.shape().to_vec(), bytes(line(&dense)))
    });
    let rest = net.plain_arrays().into_iter();
    kernels
        .into_iter()
        .chain(rest.map(|(name, shape, w)| (format!("{prefix}{name}"), shape, bytes(w))))
        .collect()
}

/// The arrays and the metadata of a safetensors file.
pub(super) fn open(bytes: &[u8]) -> Result<(SafeTensors<'_>, HashMap<String, String>), String> {
    let unreadable = |error| format!("is not a whole safetensors file: {error}");
    let (_, header) = SafeTensors::read_metadata(bytes).map_err(unreadable)?;
    let tensors = SafeTensors::deserialize(bytes).map_err(unreadable)?;
    Ok((tensors, header.metadata().clone().unwrap_or_default()))
}

/// The network of an arm whose arrays carry this prefix.
pub(super) fn read<N: ArmNetwork>(arm: &Arm, file: &SafeTensors, prefix: &str) -> Result<N, String> {
    let mut net = N::initial(arm, 0);
    for (name, shape, numbers) in net.plain_arrays() {
        numbers.copy_from_slice(&take(file, &format!("{prefix}{name}"), &shape)?);
    }
    for (name, layer) in net.convolutions_mut() {
        read_kernels(layer, file, &format!("{prefix}{name}.weight"))?;
    }
    Ok(net)
}

fn read_kernels(layer: &mut Convolution<f32>, file: &SafeTensors, name: &str) -> Result<(), String> {
    let mut dense = layer.dense();
    let numbers = take(file, name, dense.shape())?;
    dense.iter_mut().zip(numbers).for_each(|(w, number)| *w = number);
    if layer.set_dense(&dense) {
        Ok(())
    } else {
        Err(format!("has weights in {name} where Table I has no connection; they should be 0"))
    }
}

/// The numbers of one array, which must have this shape and be finite.
fn take(file: &SafeTensors, name: &str, shape: &[usize]) -> Result<Vec<f32>, String> {
    let view =
        file.tensor(name).map_err(|_| format!("holds no {name}; a LeNet-5 has one of shape {shape:?}"))?;
    if view.dtype() != Dtype::F32 || view.shape() != shape {
        let (dtype, found) = (view.dtype(), view.shape());
        return Err(format!(
            "holds {name} as {dtype:?} of shape {found:?}; a LeNet-5 has F32 of shape {shape:?}"
        ));
    }
    let (words, _) = view.data().as_chunks::<4>();
    let numbers: Vec<f32> = words.iter().map(|&word| f32::from_le_bytes(word)).collect();
    match numbers.iter().find(|number| !number.is_finite()) {
        Some(number) => Err(format!("holds {number} in {name}; weights are finite")),
        None => Ok(numbers),
    }
}
