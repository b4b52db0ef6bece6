//! # Section II: convolutional networks and LeNet-5
//!
//! Three ideas make a network see shapes wherever they stand (II-A): *local receptive fields*, *shared weights* and
//! *subsampling*. LeNet-5 (II-B) is eight layers of them, input included:
//!
//! | layer | module | state | parameters | connections |
//! |---|---|---|---|---|
//! | input | | 1 x 32 x 32 | | |
//! | C1 | [`Convolution`] 5 x 5 | 6 x 28 x 28 | 156 | 122,304 |
//! | S2 | [`Subsampling`] 2 x 2 | 6 x 14 x 14 | 12 | 5,880 |
//! | C3 | [`Convolution`] 5 x 5, [`TABLE_I`] | 16 x 10 x 10 | 1,516 | 151,600 |
//! | S4 | [`Subsampling`] 2 x 2 | 16 x 5 x 5 | 32 | 2,000 |
//! | C5 | [`Convolution`] 5 x 5 | 120 x 1 x 1 | 48,120 | 48,120 |
//! | F6 | [`FullConnection`] | 84 | 10,164 | 10,164 |
//! | output | [`Rbf`] (II-B) or, a departure, [`Softmax`] | 10 | 0 | 840 |
//! | in all | [`LeNet5`] | | 60,000 | 340,908 |
//!
//! After every C and S layer and after F6 stands the [squashing function](Squashing). The counts are taken from the
//! structure and compared with the paper in `tests/lenet5.rs`.

pub mod codes;
pub mod convolution;
pub mod full_connection;
pub mod head;
pub mod lenet5;
pub mod loss;
pub mod rbf;
pub mod softmax;
pub mod squashing;
pub mod subsampling;
pub mod table1;
pub mod variant;

pub use codes::{Code, bitmap, codes, digit_codes};
pub use convolution::Convolution;
pub use full_connection::FullConnection;
pub use head::{Answer, Curvature, Head};
pub use lenet5::{LAYERS, Layer, LeNet5, States};
pub use loss::Criterion;
pub use rbf::{Penalties, Rbf};
pub use softmax::{Probabilities, Softmax};
pub use squashing::{A, S, Squashing};
pub use subsampling::{Connection, Subsampling};
pub use table1::{TABLE_I, Table};
pub use variant::{C3, InitialBiases, InitialCoefficients, Variant};
