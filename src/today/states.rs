//! What a network of today keeps of a pattern on its way through the layers, and on the way back.

use crate::section1::Maps;
use crate::section2::lenet5;

/// The layers that make weighted sums.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Layer {
    C1,
    C3,
    C5,
    F6,
}

impl Layer {
    /// The derivatives by its state or its weighted sums.
    pub(super) fn of<R>(self, slopes: &mut Slopes<R>) -> &mut Maps<R> {
        match self {
            Self::C1 => &mut slopes.c1,
            Self::C3 => &mut slopes.c3,
            Self::C5 => &mut slopes.c5,
            Self::F6 => &mut slopes.f6,
        }
    }
}

/// A layer's weighted sums, and what becomes of them, maps x rows x columns each.
#[derive(Clone, Debug, PartialEq)]
pub struct Stage<R> {
    /// The weighted sums.
    pub sums: Maps<R>,
    /// The state: normalised, squashed, and with some units silent.
    pub state: Maps<R>,
    /// What dropout multiplies the units by, if [`Network::draw`](super::network::Network::draw) has drawn it; nothing in C1 and C3.
    pub kept: Maps<R>,
}

/// The derivatives of the loss by the states of all layers while they come back, by the weighted sums once they have:
/// those of the paper's network, with nothing for input and output.
pub type Slopes<R> = lenet5::States<R, ()>;

/// The states of all layers while a pattern passes through.
#[derive(Clone, Debug, PartialEq)]
pub struct States<R, O> {
    /// The pattern.
    pub input: Maps<R>,
    /// C1.
    pub c1: Stage<R>,
    /// After S2, squashed.
    pub s2: Maps<R>,
    /// C3.
    pub c3: Stage<R>,
    /// After S4, squashed.
    pub s4: Maps<R>,
    /// C5.
    pub c5: Stage<R>,
    /// F6.
    pub f6: Stage<R>,
    /// What the head says.
    pub output: O,
}

impl<R, O> States<R, O> {
    pub(super) fn stage(&self, layer: Layer) -> &Stage<R> {
        match layer {
            Layer::C1 => &self.c1,
            Layer::C3 => &self.c3,
            Layer::C5 => &self.c5,
            Layer::F6 => &self.f6,
        }
    }
}
