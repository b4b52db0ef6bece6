#![doc = mathdoc::page!("mod.md")]

pub mod codes;
pub mod convolution;
pub mod full_connection;
pub mod lenet5;
pub mod loss;
pub mod output;
pub mod rbf;
pub mod softmax;
pub mod squashing;
pub mod subsampling;
pub mod table1;
pub mod twice;
pub mod variant;

pub use codes::{Code, bitmap, codes, digit_codes};
pub use convolution::Convolution;
pub use full_connection::FullConnection;
pub use lenet5::LeNet5;
pub use loss::Criterion;
pub use output::Curvature;
pub use rbf::Rbf;
pub use softmax::Softmax;
pub use squashing::{A, S, Squashing};
pub use subsampling::{Connection, Subsampling};
pub use table1::{TABLE_I, Table};
pub use twice::Twice;
pub use variant::{C3, InitialBiases, InitialCoefficients, LayerPlan, Sums, Variant};
