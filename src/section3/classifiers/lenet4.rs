//! III-C.8: LeNet-4, between LeNet-1 and LeNet-5.
//!
//! The paper: 4 first-level maps; 8 subsampling maps, two on each of them; 16 feature maps; 16 subsampling maps; 120 fully
//! connected units; 10 outputs; about 260,000 connections and 17,000 parameters; error 1.1 %. No network of this description
//! has 17,000 parameters; the layers below, with LeNet-5's kernels and input, have 262,306 connections
//! ([deviation 28](crate::paper::deviations#28-lenet-4)).
//!
//! | layer | state | parameters | connections |
//! |---|---|---|---|
//! | C1, f | 4 x 28 x 28 | 104 | 81,536 |
//! | S2, f | 8 x 14 x 14 | 16 | 7,840 |
//! | C3, f | 16 x 10 x 10 | 1,216 | 121,600 |
//! | S4, f | 16 x 5 x 5 | 32 | 2,000 |
//! | C5, f | 120 | 48,120 | 48,120 |
//! | F6, f | 10 | 1,210 | 1,210 |
//! | in all | | **50,698** | **262,306** |

use super::{Architecture, Images};
use crate::section2::{LayerPlan, Sums, Table};

/// The network that arms call `lenet-4`.
pub const LENET_4: Architecture = Architecture {
    name: "lenet-4",
    input: (1, 32, 32),
    images: Images::Regular,
    layers: |_| layers().to_vec(),
};

/// The maps of S2 that each map of C3 sees: three of eight, no two on the same map of C1, 48 kernels.
const C3: [&[usize]; 16] = [
    &[0, 2, 4], &[1, 3, 5], &[0, 2, 6], &[1, 3, 7], &[0, 4, 6], &[1, 5, 7], &[2, 4, 6], &[3, 5, 7],
    &[0, 3, 5], &[1, 2, 4], &[0, 3, 7], &[1, 2, 6], &[0, 5, 7], &[1, 4, 6], &[2, 5, 7], &[3, 4, 6],
];

fn layers() -> [LayerPlan; 7] {
    [
        ("C1", Sums::Convolution(Table::full(1, 4), 5)),
        ("S2", Sums::Twice),
        ("S2", Sums::Subsampling(8)),
        ("C3", Sums::Convolution(Table::new(8, &C3), 5)),
        ("S4", Sums::Subsampling(16)),
        ("C5", Sums::Convolution(Table::full(16, 120), 5)),
        ("F6", Sums::FullConnection(120, 10)),
    ]
}
