#![doc = mathdoc::page!("lenet5.md", "../../docs/figures/fig-2.svg")]

use super::{C3, LayerPlan, Rbf, Sums, Table, Variant};
use crate::Real;
use crate::section1::{Layer, Maps, Module, Network, NetworkError, Penalties, Shape};
use rand::Rng;

/// LeNet-5: its layers below the output, and the networks made of them (II-B).
#[derive(Clone, Copy, Debug)]
pub struct LeNet5;

impl LeNet5 {
    /// The input plane: one map of 32 x 32 pixels.
    pub const INPUT: Shape = (1, 32, 32);

    /// The layers from C1 to F6, each with its name and its weighted sums; a squashing function follows each.
    pub fn layers(c3: C3) -> [LayerPlan; 6] {
        [
            ("C1", Sums::Convolution(Table::full(1, 6), 5)), // 6 maps of 28 x 28
            ("S2", Sums::Subsampling(6)),                    // 6 maps of 14 x 14
            ("C3", Sums::Convolution(c3.table(), 5)),        // 16 maps of 10 x 10
            ("S4", Sums::Subsampling(16)),                   // 16 maps of 5 x 5
            ("C5", Sums::Convolution(Table::full(16, 120), 5)), // 120 maps of 1 x 1; larger on a larger input
            ("F6", Sums::FullConnection(120, 84)),           // 84 units
        ]
    }

    /// LeNet-5 as `variant` reads it, with this output layer on F6.
    ///
    /// # Errors
    /// When the output layer does not take 84 units.
    pub fn network<R: Real>(
        output: impl Module<R, Input = Maps<R>, Output = Penalties<R>> + Layer<R>,
        variant: &Variant,
        random: &mut impl Rng,
    ) -> Result<Network<R>, NetworkError> {
        variant.build(Self::INPUT, &Self::layers(variant.c3), random)?.with_output(output)
    }

    /// The paper's network for digits, with initial weights that allow it to train (deviation 2).
    ///
    /// ```
    /// use lenet5::section1::Parameters;
    /// use lenet5::section2::LeNet5;
    /// let net = LeNet5::paper::<f32>(&mut lenet5::random(1));
    /// assert_eq!(net.parameter_count(), 60_000);
    /// assert_eq!(net.census().iter().map(|layer| layer.connections).sum::<usize>(), 340_908);
    /// ```
    pub fn paper<R: Real>(random: &mut impl Rng) -> Network<R> {
        Self::network(Rbf::paper(), &Variant::default(), random).expect("LeNet-5's layers fit each other")
    }
}
