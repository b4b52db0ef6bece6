//! Networks in files: safetensors, each array under the name of its layer, `c1.weight`.
//!
//! Single precision, in the orientation that frameworks have; a convolution is dense, with zeros where its table has no
//! connection; a subsampling coefficient multiplies the *sum* of four.
//!
//! ```
//! use lenet5::section2::LeNet5;
//! use lenet5::weights;
//! use rand::SeedableRng;
//!
//! let mut random = rand_chacha::ChaCha8Rng::seed_from_u64(1);
//! let (net, mut other) = (LeNet5::paper(&mut random), LeNet5::paper(&mut random));
//! let file = tempfile::NamedTempFile::new()?;
//! weights::save(&net, file.path())?;
//! weights::load(&mut other, file.path())?;
//! assert_eq!(net, other);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

#![doc = mathdoc::page!()]

use crate::files;
use crate::section1::{Network, Parameters, Tensor};
use safetensors::{Dtype, SafeTensors, tensor::TensorView};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use thiserror::Error;

/// Why a network cannot be saved or loaded.
#[derive(Debug, Error)]
pub enum WeightsError {
    /// The file cannot be read.
    #[error("cannot read {path} ({cause}): check its name and its permissions")]
    Read {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        cause: std::io::Error,
    },
    /// The file cannot be written.
    #[error("cannot write {path} ({cause}): make room for it or check the permissions")]
    Write {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        cause: std::io::Error,
    },
    /// The file does not hold this network.
    #[error("{path} {fault}")]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        fault: String,
    },
}

/// Writes a network, in the place of what was at `path`.
///
/// # Errors
/// When the file cannot be written.
pub fn save(net: &Network<f32>, path: &Path) -> Result<(), WeightsError> {
    let bytes = bytes(&[(String::new(), net)], []);
    files::put(path, &bytes).map_err(|cause| WeightsError::Write { path: path.into(), cause })
}

/// Reads the weights of a network of this structure.
///
/// # Errors
/// When the file cannot be read, or holds another network; `net` may then be changed in part.
pub fn load(net: &mut Network<f32>, path: &Path) -> Result<(), WeightsError> {
    let bytes = std::fs::read(path).map_err(|cause| WeightsError::Read { path: path.into(), cause })?;
    let damaged = |fault| WeightsError::Damaged { path: path.into(), fault };
    Weights::open(&bytes).and_then(|weights| weights.take("", net)).map_err(damaged)
}

/// The contents of a file with these networks, each with a prefix to its arrays' names, and what is to be known of them.
pub fn bytes<const N: usize>(nets: &[(String, &Network<f32>)], metadata: [(&str, String); N]) -> Vec<u8> {
    let named =
        nets.iter().flat_map(|(prefix, net)| net.tensors().into_iter().map(move |array| (prefix, array)));
    let arrays: Vec<(String, Vec<usize>, Vec<u8>)> = named
        .map(|(prefix, Tensor { name, shape, values })| {
            (format!("{prefix}{name}"), shape, values.iter().flat_map(|w| w.to_le_bytes()).collect())
        })
        .collect();
    let views = arrays.iter().map(|(name, shape, bytes)| {
        let view =
            TensorView::new(Dtype::F32, shape.clone(), bytes).expect("as many bytes as the shape says");
        (name.as_str(), view)
    });
    let metadata: HashMap<String, String> = metadata.map(|(key, value)| (key.into(), value)).into();
    safetensors::serialize(views, (N > 0).then_some(metadata)).expect("names and shapes are well formed")
}

/// The arrays and the metadata of a file.
pub struct Weights<'a> {
    tensors: SafeTensors<'a>,
    metadata: HashMap<String, String>,
}

impl<'a> Weights<'a> {
    /// Reads the contents of a file.
    ///
    /// # Errors
    /// When they are not safetensors: why.
    pub fn open(bytes: &'a [u8]) -> Result<Self, String> {
        let unreadable = |error| format!("is not a whole safetensors file: {error}");
        let (_, header) = SafeTensors::read_metadata(bytes).map_err(unreadable)?;
        let tensors = SafeTensors::deserialize(bytes).map_err(unreadable)?;
        Ok(Self { tensors, metadata: header.metadata().clone().unwrap_or_default() })
    }

    /// What the file says under this key.
    pub fn metadata(&self, key: &str) -> Option<&str> {
        self.metadata.get(key).map(String::as_str)
    }

    /// Whether there are arrays whose names begin with this prefix.
    pub fn has(&self, prefix: &str) -> bool {
        self.tensors.names().iter().any(|name| name.starts_with(prefix))
    }

    /// Gives a network the arrays whose names carry this prefix.
    ///
    /// # Errors
    /// When an array is missing, of another shape or type, or not of finite numbers: which.
    pub fn take(&self, prefix: &str, net: &mut Network<f32>) -> Result<(), String> {
        for tensor in net.tensors() {
            let name = format!("{prefix}{}", tensor.name);
            let values = self.numbers(&name, &tensor.shape)?;
            let taken = net.set_tensor(&Tensor { values, ..tensor });
            taken.map_err(|fault| format!("has weights in {name} that {fault}"))?;
        }
        Ok(())
    }

    /// The numbers of one array, which must have this shape and be finite.
    fn numbers(&self, name: &str, shape: &[usize]) -> Result<Vec<f32>, String> {
        let view = self.tensors.tensor(name);
        let view = view.map_err(|_| format!("holds no {name}; the network has one of shape {shape:?}"))?;
        if view.dtype() != Dtype::F32 || view.shape() != shape {
            let (dtype, found) = (view.dtype(), view.shape());
            return Err(format!(
                "holds {name} as {dtype:?} of shape {found:?}; the network has F32 of shape {shape:?}"
            ));
        }
        let (words, _) = view.data().as_chunks::<4>();
        let numbers: Vec<f32> = words.iter().map(|&word| f32::from_le_bytes(word)).collect();
        match numbers.iter().find(|number| !number.is_finite()) {
            Some(number) => Err(format!("holds {number} in {name}; weights are finite")),
            None => Ok(numbers),
        }
    }
}
