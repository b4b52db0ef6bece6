//! Networks in files: safetensors, each array under the name of its layer, `c1.weight`.
//!
//! Arrays have the precision of the network and the orientation that frameworks have; a convolution is dense, with zeros
//! where its table has no connection; a subsampling coefficient multiplies the *sum* of four.
//!
//! A file that went through another program is read as well: metadata may be gone, numbers may be F16, BF16, F32 or F64,
//! and all names may have one prefix, `module.c1.weight`. Numbers must be finite and within the network's precision.
//!
//! ```
//! use lenet5::section2::LeNet5;
//! use lenet5::weights;
//!
//! let random = &mut lenet5::random(1);
//! let (net, mut other) = (LeNet5::paper::<f32>(random), LeNet5::paper(random));
//! let file = std::env::temp_dir().join("lenet5-weights-example.safetensors");
//! weights::save(&net, &file)?;
//! weights::load(&mut other, &file)?;
//! assert_eq!(net, other);
//! # std::fs::remove_file(file)?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

#![doc = mathdoc::page!()]

use crate::section1::{Network, Parameters, Tensor};
use crate::section3::database::recognise;
use crate::{Real, files};
use safetensors::{Dtype, SafeTensors, tensor::TensorView};
use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use thiserror::Error;

/// Most bytes of a file of a network whose size is not known beforehand: a thousand times what LeNet-5 takes.
#[cfg(feature = "experiment")]
pub(crate) const MOST_BYTES: u64 = 256 << 20;
/// Most bytes of a file's header, which lists arrays and metadata.
const HEADER: u64 = 16 << 20;
/// Most arrays of a file: LeNet-5 has 13.
const ARRAYS: usize = 4096;
/// Most characters of a name in a message.
const SHOWN: usize = 80;

/// Why a network cannot be saved or loaded.
#[derive(Debug, Error)]
pub enum WeightsError {
    /// The file cannot be read.
    #[error("cannot read {path} ({cause}): check its name and its permissions")]
    Read {
        /// The file.
        path: PathBuf,
        /// The operating system's error.
        cause: std::io::Error,
    },
    /// The file cannot be written.
    #[error("cannot write {path} ({cause}): make room for it or check the permissions")]
    Write {
        /// The file.
        path: PathBuf,
        /// The operating system's error.
        cause: std::io::Error,
    },
    /// The file does not hold this network.
    #[error("{path} {fault}")]
    Damaged {
        /// The file.
        path: PathBuf,
        /// The fault.
        fault: String,
    },
}

/// Writes a network to the file at `path`, in the place of what was there.
///
/// # Errors
/// When the file cannot be written.
pub fn save<R: Real>(net: &Network<R>, path: &Path) -> Result<(), WeightsError> {
    let bytes = bytes(&[(String::new(), net)], []);
    files::put(path, &bytes).map_err(|cause| WeightsError::Write { path: path.into(), cause })
}

/// Reads the weights of a network of this structure.
///
/// # Errors
/// When the file cannot be read, or holds another network; `net` is then as it was.
pub fn load<R: Real>(net: &mut Network<R>, path: &Path) -> Result<(), WeightsError> {
    // The memories of a rule may be in the file too.
    let numbers: usize = net.tensors().iter().map(|array| array.values.len()).sum();
    let bytes = files::read_bounded(path, HEADER + 32 * numbers as u64);
    let bytes = bytes.map_err(|cause| WeightsError::Read { path: path.into(), cause })?;
    let damaged = |fault| WeightsError::Damaged { path: path.into(), fault };
    Weights::open(&bytes).and_then(|weights| weights.load(net)).map_err(damaged)
}

/// The contents of a file with these networks, each with a prefix to its arrays' names, and with metadata.
pub fn bytes<R: Real, const N: usize>(
    nets: &[(String, &Network<R>)],
    metadata: [(&str, String); N],
) -> Vec<u8> {
    let named = |(prefix, net): &(String, &Network<R>)| {
        let renamed = |array: Tensor<R>| Tensor { name: format!("{prefix}{}", array.name), ..array };
        net.tensors().into_iter().map(renamed).collect::<Vec<_>>()
    };
    bytes_of(&nets.iter().flat_map(named).collect::<Vec<_>>(), metadata)
}

/// The contents of a file with these arrays and with metadata.
pub fn bytes_of<R: Real, const N: usize>(arrays: &[Tensor<R>], metadata: [(&str, String); N]) -> Vec<u8> {
    let dtype = if size_of::<R>() == 4 { Dtype::F32 } else { Dtype::F64 };
    let bytes: Vec<Vec<u8>> = arrays.iter().map(|array| little_endian(&array.values)).collect();
    let views = arrays.iter().zip(&bytes).map(|(Tensor { name, shape, .. }, bytes)| {
        let view = TensorView::new(dtype, shape.clone(), bytes).expect("as many bytes as the shape says");
        (name.as_str(), view)
    });
    let metadata: HashMap<String, String> = metadata.map(|(key, value)| (key.into(), value)).into();
    safetensors::serialize(views, (N > 0).then_some(metadata)).expect("names and shapes are well formed")
}

/// Numbers as files have them, in their own precision.
fn little_endian<R: Real>(values: &[R]) -> Vec<u8> {
    let double = values.iter().map(|&w| w.to_f64().expect("a number of either precision"));
    match size_of::<R>() {
        4 => double.flat_map(|w| (w as f32).to_le_bytes()).collect(),
        _ => double.flat_map(f64::to_le_bytes).collect(),
    }
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
        Self::parse(bytes).map_err(|fault| match recognise(bytes) {
            Some(found) => format!("is {found}; expected a safetensors file"),
            None => fault,
        })
    }

    fn parse(bytes: &'a [u8]) -> Result<Self, String> {
        check_header(bytes)?;
        let unreadable = |error: safetensors::SafeTensorError| {
            format!("is not a whole safetensors file: {}", shown(&error.to_string()))
        };
        let (_, header) = SafeTensors::read_metadata(bytes).map_err(unreadable)?;
        let tensors = SafeTensors::deserialize(bytes).map_err(unreadable)?;
        Ok(Self { tensors, metadata: header.metadata().clone().unwrap_or_default() })
    }

    /// The metadata under this key.
    pub fn metadata(&self, key: &str) -> Option<&str> {
        self.metadata.get(key).map(String::as_str)
    }

    /// Whether there are arrays whose names begin with this prefix.
    pub fn has(&self, prefix: &str) -> bool {
        self.tensors.names().iter().any(|name| name.starts_with(prefix))
    }

    /// All arrays, whatever they are of.
    ///
    /// # Errors
    /// When one is of another type, or not of finite numbers: which.
    pub fn arrays<R: Real>(&self) -> Result<Vec<Tensor<R>>, String> {
        let array = |(name, view): (String, TensorView)| {
            let (values, shape) = (numbers(&name, &view, view.shape())?, view.shape().to_vec());
            Ok(Tensor { name, shape, values })
        };
        self.tensors.tensors().into_iter().map(array).collect()
    }

    /// How many arrays of this network the file has, with their names and shapes, under one prefix.
    pub fn matching<R: Real>(&self, net: &Network<R>) -> usize {
        let wanted = net.tensors();
        let prefix = self.prefixes(&wanted).first().map_or("", |(prefix, _)| prefix);
        let is_there = |array: &&Tensor<R>| {
            let found = self.tensors.tensor(&format!("{prefix}{}", array.name));
            found.is_ok_and(|view| view.shape() == array.shape)
        };
        wanted.iter().filter(is_there).count()
    }

    /// Gives a network its arrays; all names may have one prefix that another program has put before them.
    ///
    /// # Errors
    /// As for [`take`](Self::take), or when several prefixes would do.
    pub fn load<R: Real>(&self, net: &mut Network<R>) -> Result<(), String> {
        let wanted = net.tensors();
        let prefixes = self.prefixes(&wanted);
        let best = prefixes.first().map_or("", |(prefix, _)| prefix);
        // The memory of a rule has a prefix after the common one: `module.velocity.c1.weight`.
        let is_rival = |prefix: &str, count| count == wanted.len() && !prefix.starts_with(best);
        match prefixes.iter().find(|(prefix, count)| is_rival(prefix, *count)) {
            None => self.take(best, net),
            Some((other, _)) => {
                let (best, other) = (shown(best), shown(other));
                Err(format!("holds two networks, under the prefixes {best} and {other}: remove one of them"))
            }
        }
    }

    /// Gives a network the arrays whose names have this prefix.
    ///
    /// # Errors
    /// When an array is missing, of another shape or type, or not of finite numbers: which. `net` is then as it was.
    pub fn take<R: Real>(&self, prefix: &str, net: &mut Network<R>) -> Result<(), String> {
        let mut taken = net.clone();
        let wanted = net.tensors();
        for array in &wanted {
            let name = format!("{prefix}{}", array.name);
            let view = self.tensors.tensor(&name).map_err(|_| self.missing(prefix, array, &wanted))?;
            let values = numbers(&name, &view, &array.shape)?;
            let set = taken.set_tensor(&Tensor { values, ..array.clone() });
            set.map_err(|fault| format!("has weights in {} that {fault}", shown(&name)))?;
        }
        *net = taken;
        Ok(())
    }

    /// The prefixes under which the file has arrays of these names, that of most first, and of those alike the shortest.
    fn prefixes<R: Real>(&self, wanted: &[Tensor<R>]) -> Vec<(&str, usize)> {
        let mut counts = BTreeMap::new();
        for (name, _) in self.tensors.iter() {
            let prefixes = wanted.iter().filter_map(|array| name.strip_suffix(&array.name));
            for prefix in prefixes.filter(|prefix| prefix.is_empty() || prefix.ends_with('.')) {
                *counts.entry(prefix).or_insert(0) += 1;
            }
        }
        let mut prefixes: Vec<(&str, usize)> = counts.into_iter().collect();
        prefixes.sort_by_key(|&(prefix, count)| (Reverse(count), prefix.len()));
        prefixes
    }

    /// The fault of an array that is not there, with the arrays of its shape that may be it.
    fn missing<R: Real>(&self, prefix: &str, array: &Tensor<R>, wanted: &[Tensor<R>]) -> String {
        let is_wanted = |name: &str| wanted.iter().any(|other| name == format!("{prefix}{}", other.name));
        // The arrays of the two heads are no other name for each other.
        let is_head = |name: &str| ["rbf.codes", "output.weight"].iter().any(|head| name.ends_with(head));
        let alike = self
            .tensors
            .iter()
            .filter(|(name, view)| view.shape() == array.shape && !is_wanted(name) && !is_head(name));
        let mut alike: Vec<String> = alike.map(|(name, _)| shown(name)).collect();
        alike.sort_unstable();
        alike.truncate(4);
        let (name, shape) = (shown(&format!("{prefix}{}", array.name)), &array.shape);
        let fault = format!("holds no {name}; the network has one of shape {shape:?}");
        match alike.as_slice() {
            [] => fault,
            [one] => format!("{fault}: rename {one}, which has this shape, if it is the same"),
            several => {
                format!("{fault}: rename the right one of {}, which have this shape", several.join(", "))
            }
        }
    }
}

/// Refuses a header that is longer, or lists more arrays, than the file of any network here: reading it would take memory
/// out of proportion.
fn check_header(bytes: &[u8]) -> Result<(), String> {
    let Some((length, rest)) = bytes.split_first_chunk() else { return Ok(()) };
    let length = u64::from_le_bytes(*length);
    if length > HEADER {
        return Err(format!(
            "is not a safetensors file: its header would have {length} bytes, more than {HEADER}"
        ));
    }
    let header = &rest[..rest.len().min(length as usize)];
    let key = b"data_offsets";
    let arrays = header.windows(key.len()).filter(|window| window == key).count();
    if arrays > ARRAYS {
        return Err(format!(
            "lists {arrays} arrays; at most {ARRAYS} are read, and networks here have some dozen"
        ));
    }
    Ok(())
}

/// The numbers of one array, which must have this shape and be finite.
fn numbers<R: Real>(name: &str, view: &TensorView, shape: &[usize]) -> Result<Vec<R>, String> {
    let found = view.shape();
    if found != shape {
        let advice = if found.iter().rev().eq(shape) { ": transpose it" } else { "" };
        return Err(format!(
            "holds {} of shape {found:?}; the network has one of shape {shape:?}{advice}",
            shown(name)
        ));
    }
    let numbers = doubles(view).ok_or_else(|| {
        format!("holds {} as {:?}; expected F32, F64, F16 or BF16: convert it", shown(name), view.dtype())
    })?;
    let finite = |number: f64| match R::of(number) {
        taken if taken.is_finite() => Ok(taken),
        _ if number.is_finite() => {
            Err(format!("holds {number:e} in {}, too large for {} bits", shown(name), 8 * size_of::<R>()))
        }
        _ => Err(format!("holds {number} in {}; weights are finite", shown(name))),
    };
    numbers.into_iter().map(finite).collect()
}

/// The numbers of an array in double precision, if it is one of floating-point numbers.
fn doubles(view: &TensorView) -> Option<Vec<f64>> {
    let bytes = view.data();
    Some(match view.dtype() {
        Dtype::F64 => bytes.as_chunks().0.iter().map(|&word| f64::from_le_bytes(word)).collect(),
        Dtype::F32 => bytes.as_chunks().0.iter().map(|&word| f32::from_le_bytes(word).into()).collect(),
        Dtype::F16 => bytes.as_chunks().0.iter().map(|&word| half(u16::from_le_bytes(word))).collect(),
        Dtype::BF16 => {
            let brain = |&word: &[u8; 2]| f32::from_bits(u32::from(u16::from_le_bytes(word)) << 16).into();
            bytes.as_chunks().0.iter().map(brain).collect()
        }
        _ => return None,
    })
}

/// A number of IEEE 754's half precision: a sign, five bits of exponent, ten of fraction.
fn half(bits: u16) -> f64 {
    let (exponent, fraction) = (i32::from((bits >> 10) & 31), f64::from(bits & 1023));
    let magnitude = match exponent {
        0 => fraction * f64::powi(2.0, -24),
        31 if fraction == 0.0 => f64::INFINITY,
        31 => f64::NAN,
        _ => (1024.0 + fraction) * f64::powi(2.0, exponent - 25),
    };
    if bits >> 15 == 1 { -magnitude } else { magnitude }
}

/// A text of a file as messages show it: on one line, and not too long.
fn shown(text: &str) -> String {
    match text.char_indices().nth(SHOWN) {
        None => text.escape_debug().to_string(),
        Some((end, _)) => format!("{}...", text[..end].escape_debug()),
    }
}
