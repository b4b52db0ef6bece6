//! Fronts under which the rest of the network is trained anew: C1 to S4 do not learn
//! ([deviation 25](crate::paper::deviations#25-a-given-front)).

use super::recover::{front_1998, front_of};
use crate::experiment::Model;
use crate::section1::{Network, Parameters, Tensor};
use rand::Rng;
use rand::seq::SliceRandom;
use serde::{Deserialize, Serialize};
use std::path::Path;

/// A front that is given and stays as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Front {
    /// C1 to S4 of 1998, recovered from Fig. 13.
    #[serde(rename = "1998")]
    Recovered,
    /// The same with the weights of each kernel in a random order: a control.
    #[serde(rename = "1998-permuted")]
    Permuted,
    /// The front of our own `rbf`, as it comes with the program.
    #[serde(rename = "rbf")]
    Own,
    /// The initial weights: a control.
    #[serde(rename = "random")]
    Random,
}

impl Front {
    /// The fronts by their names.
    pub const ALL: [(&str, Self); 4] = [
        ("1998", Self::Recovered),
        ("1998-permuted", Self::Permuted),
        ("rbf", Self::Own),
        ("random", Self::Random),
    ];

    /// Weights of a kernel.
    const KERNEL: usize = 25;

    /// Puts the front into a network with LeNet-5's layers C1 to S4, and freezes them. `random` draws the permutations.
    ///
    /// # Panics
    /// When the network has other layers.
    pub fn put_into(self, net: &mut Network<f32>, random: &mut impl Rng) {
        let front = match self {
            Self::Recovered => Some(front_1998()),
            Self::Permuted => Some(permuted(front_1998(), random)),
            Self::Own => {
                let own = Model::find(Path::new("rbf")).map(|model| front_of(&model.net));
                Some(own.expect("rbf comes with the program").expect("it is LeNet-5"))
            }
            Self::Random => None,
        };
        for Tensor { name, shape, values } in front.iter().flat_map(Parameters::tensors) {
            let values = values.iter().map(|&value| value as f32).collect();
            net.set_tensor(&Tensor { name, shape, values }).expect("LeNet-5 has these arrays");
        }
        net.freeze_up_to("S4");
    }
}

/// The weights of each kernel in a random order.
fn permuted(mut front: Network<f64>, random: &mut impl Rng) -> Network<f64> {
    for mut tensor in front.tensors().into_iter().filter(|tensor| tensor.name.ends_with(".weight")) {
        tensor.values.chunks_mut(Front::KERNEL).for_each(|kernel| kernel.shuffle(random));
        front.set_tensor(&tensor).expect("it is the array of this network");
    }
    front
}
