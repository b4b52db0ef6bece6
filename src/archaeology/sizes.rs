//! The sizes of a front's parameters, and their distance from those of 1998
//! ([deviation 26](crate::paper::deviations#26-the-distance-from-1998)).

use super::recover::front_1998;
use crate::Real;
use crate::section1::{Network, Parameters};
use serde::{Deserialize, Serialize};

/// The root mean square of an array, without the weights that Table I leaves out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ArraySize {
    /// The array: `c1.weight`.
    pub array: String,
    /// Its root mean square.
    pub rms: f64,
}

/// The sizes of the arrays of C1, S2, C3 and S4, in this order; empty if the network has no such front.
pub fn sizes<R: Real>(net: &Network<R>) -> Vec<ArraySize> {
    let of_array = |name: &str| {
        let tensor = net.tensors().into_iter().find(|tensor| tensor.name == name)?;
        let there =
            tensor.values.iter().filter_map(num_traits::ToPrimitive::to_f64).filter(|value| *value != 0.0);
        let (count, sum) = there.fold((0, 0.0), |(count, sum), value| (count + 1, sum + value * value));
        // An array of zeros alone has the size 0.
        Some(ArraySize { array: name.into(), rms: (sum / f64::from(count.max(1))).sqrt() })
    };
    ARRAYS.iter().copied().map(of_array).collect::<Option<_>>().unwrap_or_default()
}

/// The arrays of a front.
const ARRAYS: [&str; 8] = [
    "c1.weight",
    "c1.bias",
    "s2.coefficient",
    "s2.bias",
    "c3.weight",
    "c3.bias",
    "s4.coefficient",
    "s4.bias",
];

/// The distance of a front from that of 1998, by the sizes of its eight arrays alone: the root mean square of the natural
/// logarithms of their ratios. All eight count alike, and 0.69 means that they differ by a factor of two. It was defined before
/// the first network was measured with it. `None` unless all eight are there.
pub fn distance_from_1998(sizes: &[ArraySize]) -> Option<f64> {
    let theirs = self::sizes(&front_1998());
    let ratio = |theirs: &ArraySize| {
        let ours = sizes.iter().find(|size| size.array == theirs.array)?;
        Some((ours.rms / theirs.rms).ln())
    };
    let ratios = theirs.iter().map(ratio).collect::<Option<Vec<f64>>>()?;
    Some((ratios.iter().map(|ratio| ratio * ratio).sum::<f64>() / ratios.len() as f64).sqrt())
}
