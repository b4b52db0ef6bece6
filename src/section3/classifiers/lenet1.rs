//! III-C: LeNet-1, the smallest convolutional network of the comparison.
//!
//! The paper refers to an earlier one (ref. 35) for the layers and gives these numbers: the image is reduced to 16 x 16
//! pixels and is placed in the middle of an input of 28 x 28; there are about 100,000 multiply-adds and about 2,600 free
//! parameters; the error is 1.7 %. The layers below fit these numbers ([deviation 24](crate::paper::deviations#24-lenet-1)).
//!
//! | layer | state | parameters | connections |
//! |---|---|---|---|
//! | C1, f | 4 x 24 x 24 | 104 | 59,904 |
//! | S2, f | 4 x 12 x 12 | 8 | 2,880 |
//! | C3, f | 12 x 8 x 8 | 512 | 32,768 |
//! | S4, f | 12 x 4 x 4 | 24 | 960 |
//! | F5, f | 10 | 1,930 | 1,930 |
//! | in all | | **2,578** | **98,442** |
//!
//! Each of the ten units of F5 stands for one class. With one-of-ten codes ([`Rbf::one_of`](crate::section2::Rbf::one_of)),
//! the penalty of a class is the squared error of the ten outputs.

use super::{Architecture, Images};
use crate::section2::{LayerPlan, Sums, Table};

/// The network that arms call `lenet-1`.
pub const LENET_1: Architecture = Architecture {
    name: "lenet-1",
    input: (1, 28, 28),
    images: Images::Reduced,
    layers: |_| layers().to_vec(),
};

/// The maps of S2 that each map of C3 sees: 20 kernels.
const C3: [&[usize]; 12] =
    [&[0], &[0, 1], &[0, 1], &[1], &[0, 1], &[0, 1], &[2], &[2, 3], &[2, 3], &[3], &[2, 3], &[2, 3]];

fn layers() -> [LayerPlan; 5] {
    [
        ("C1", Sums::Convolution(Table::full(1, 4), 5)),
        ("S2", Sums::Subsampling(4)),
        ("C3", Sums::Convolution(Table::new(4, &C3), 5)),
        ("S4", Sums::Subsampling(12)),
        ("F5", Sums::FullConnection(12 * 4 * 4, 10)),
    ]
}
