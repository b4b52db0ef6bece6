//! # Section II: convolutional networks and LeNet-5
//!
//! Section II is the network: II-A has the three ideas, II-B the seven layers, II-C the loss. How it starts is
//! [appendix A](crate::appendix::a), how it is trained [appendix C](crate::appendix::c) and [section
//! III](crate::section3).
//!
//! # What the paper says
//!
//! A fully connected network can be trained on images of characters, but it has very many weights, it must learn a
//! shifted 7 for each position anew, and it would learn as well if the pixels of all patterns were shuffled in the
//! same way: it does not know that an image is one. Three ideas make a network see shapes wherever they stand
//! (II-A):
//!
//! - *local receptive fields*: a unit sees a small neighbourhood, enough for an edge or a corner;
//! - *shared weights*: what finds a corner here finds it there too, so a whole map has one set of weights;
//! - *subsampling*: once a feature has been found, its place is given up step by step, and its place among others
//!   kept.
//!
//! LeNet-5 is built of them (II-B). Going up, maps become more numerous and smaller:
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
//!
//! # In which order to read
//!
//! About an hour and a quarter with a pencil, by our estimate. Every page of a layer has the same order: what the
//! paper says, shapes, forward, backward line by line, second derivatives, an example by hand, where people get
//! stuck, how we know.
//!
//! | | page | minutes | what it settles |
//! |---|---|---|---|
//! | 1 | [`lenet5`], down to "Three passes" | 5 | all layers and shapes at a glance |
//! | 2 | [`squashing`] | 8 | eq. 5 and 6; a slope from the state alone |
//! | 3 | [`full_connection`] | 6 | the simplest layer with weights, all three passes |
//! | 4 | [`convolution`] | 15 | the same with shared weights: index by index, with bounds |
//! | 5 | [`table1`] | 3 | 16 maps, 60 kernels |
//! | 6 | [`subsampling`] | 9 | sum, average, and what a connection is |
//! | 7 | [`mod@codes`], [`rbf`] | 10 | eq. 7; shapes, codes, nearest and true |
//! | 8 | [`loss`], [`head`] | 8 | eq. 8 and 9; what `j` is |
//! | 9 | [`lenet5`] again, from "Three passes" | 8 | the whole way down and back, counts |
//! | | [`softmax`], [`variant`] | 6 | not in the paper: today's output layer; what can be chosen |
//!
//! # Where people get stuck
//!
//! - **16 or 60 kernels in C3?** 16 maps; 60 kernels, one for each pair of maps that Table I connects: [Table
//!   I](table1#16-or-60-kernels).
//! - **1,516 parameters?** Six maps of 75 weights, nine of 100, one of 150, and 16 biases: [Table
//!   I](table1#16-or-60-kernels).
//! - **60,000 or 61,706?** No trained subsampling, -44; a full C3, +900; a trained linear output, +850:
//!   [LeNet-5](lenet5#60000-or-61706).
//! - **340,908 connections?** Every use of a weight or a bias, and 840 of the output layer:
//!   [LeNet-5](lenet5#why-340908-connections).
//! - **S or average pooling?** The sum of four, times a trained coefficient, plus a trained bias, squashed:
//!   [subsampling](subsampling#where-people-get-stuck).
//! - **Sum or average?** The same unit; the coefficient's gradient differs 4-fold, its second derivative 16-fold:
//!   [subsampling](subsampling#sum-or-average).
//! - **f after which layers?** C1, S2, C3, S4, C5, F6; not after the output:
//!   [squashing](squashing#after-every-layer).
//! - **Is the kernel turned round?** Not in the forward pass; in `dx` it appears so, and nothing need be turned:
//!   [convolution](convolution#backward-line-by-line).
//! - **A shared weight's derivative?** The sum, not the mean, over all places that use it:
//!   [convolution](convolution#backward-line-by-line).
//! - **C5: a convolution or not?** Both; on a larger input its maps are larger:
//!   [convolution](convolution#c5-a-convolution-or-not).
//! - **(84, 120) or (120, 84)?** Outputs x inputs; forward along rows, backward along columns: [full
//!   connection](full_connection#where-people-get-stuck).
//! - **How are (10, 12, 7) codes and 84 units an output of 10?** A picture is a line of 84, and the 84 are summed
//!   over: [RBF](rbf#shapes).
//! - **Largest or smallest?** An RBF output is a penalty: the smallest wins: [RBF](rbf#where-people-get-stuck).
//! - **Why does training need the label and evaluation not?** Two questions to the same ten numbers:
//!   [RBF](rbf#forward).
//! - **Where does the 2 at the output come from?** From differentiating a square twice:
//!   [RBF](rbf#second-derivatives).
//! - **What is `j`?** The penalty of "none of these", to be compared with penalties: [loss].
//! - **Why second derivatives at all?** Each parameter gets a rate of its own from them: [appendix
//!   C](crate::appendix::c).

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
