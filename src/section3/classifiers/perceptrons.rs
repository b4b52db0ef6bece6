//! III-C.1, 5, 6: fully connected networks with one and two hidden layers, and with none.
//!
//! The paper trains them by Appendix C, with and without distortions. Their names count the units of each layer: 28 x 28 - 300
//! - 100 - 10. Parameters with biases are as many as the bars of Fig. 12 say.
//!
//! | network | parameters | Fig. 12, thousands | error, paper | with distortions |
//! |---|---|---|---|---|
//! | 28 x 28 - 10 | 7,850 | | 12.0 | |
//! | 20 x 20 - 10, deslanted | 4,010 | 4 | 8.4 | |
//! | 28 x 28 - 300 - 10 | 238,510 | | 4.7 | 3.6 |
//! | 20 x 20 - 300 - 10, deslanted | 123,310 | 123 | 1.6 | |
//! | 28 x 28 - 1000 - 10 | 795,010 | 795 | 4.5 | 3.8 |
//! | 28 x 28 - 300 - 100 - 10 | 266,610 | 267 | 3.05 | 2.5 |
//! | 28 x 28 - 500 - 150 - 10 | 469,160 | 469 | 2.95 | 2.45 |
//!
//! The text gives the last one 1000 units in its first hidden layer; the figures say 500, and only 500 fits their counts
//! (D-2 of [deviation 29](crate::paper::deviations#29-perceptrons)). The paper leaves their output and their loss open: ours
//! have ten squashed units, as [LeNet-1](super::lenet1), and are trained with [eq. 9](crate::section2::loss#eq-9), which was better on
//! validation patterns than squared errors.

use super::{Architecture, Images};
use crate::section2::Sums::FullConnection;

/// 28 x 28 - 10: the linear classifier of III-C.1, with squashed outputs.
pub const SINGLE: Architecture =
    Architecture { name: "28x28-10", layers: |_| vec![("H1", FullConnection(784, 10))], ..HIDDEN_300 };

/// 20 x 20 - 10, on deslanted images.
pub const DESLANTED_SINGLE: Architecture =
    Architecture { name: "20x20-10", layers: |_| vec![("H1", FullConnection(400, 10))], ..DESLANTED_300 };

/// 28 x 28 - 300 - 10.
pub const HIDDEN_300: Architecture = Architecture {
    name: "28x28-300-10",
    input: (1, 28, 28),
    images: Images::Regular,
    layers: |_| vec![("H1", FullConnection(784, 300)), ("H2", FullConnection(300, 10))],
};

/// 28 x 28 - 1000 - 10.
pub const HIDDEN_1000: Architecture = Architecture {
    name: "28x28-1000-10",
    layers: |_| vec![("H1", FullConnection(784, 1000)), ("H2", FullConnection(1000, 10))],
    ..HIDDEN_300
};

/// 28 x 28 - 300 - 100 - 10.
pub const HIDDEN_300_100: Architecture = Architecture {
    name: "28x28-300-100-10",
    layers: |_| {
        vec![
            ("H1", FullConnection(784, 300)),
            ("H2", FullConnection(300, 100)),
            ("H3", FullConnection(100, 10)),
        ]
    },
    ..HIDDEN_300
};

/// 28 x 28 - 500 - 150 - 10.
pub const HIDDEN_500_150: Architecture = Architecture {
    name: "28x28-500-150-10",
    layers: |_| {
        vec![
            ("H1", FullConnection(784, 500)),
            ("H2", FullConnection(500, 150)),
            ("H3", FullConnection(150, 10)),
        ]
    },
    ..HIDDEN_300
};

/// 20 x 20 - 300 - 10, on deslanted images.
pub const DESLANTED_300: Architecture = Architecture {
    name: "20x20-300-10",
    input: (1, 20, 20),
    images: Images::Deslanted,
    layers: |_| vec![("H1", FullConnection(400, 300)), ("H2", FullConnection(300, 10))],
};
