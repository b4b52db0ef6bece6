#![doc = mathdoc::page!("lenet5.md")]
#![doc = include_str!("../../docs/figures/fig-2.svg")]

use super::variant::{InitialBiases, InitialCoefficients, Variant};
use super::{Convolution, FullConnection, Head, Rbf, Squashing, Subsampling, Table};
use crate::Real;
use crate::appendix::a;
use crate::section1::{Maps, Module, Parameters, Shape, ShapeError};
use crate::section3::database::INPUT;
use ndarray::Array3;
use rand::Rng;

/// Side of every convolution kernel of LeNet-5.
const SIDE: usize = 5;
/// Inputs of a subsampling unit.
const WINDOW: usize = 4;

/// LeNet-5 (II-B) with an output layer of choice: [`Rbf`] is the paper's.
///
/// A gradient, second derivatives and rates are values of this type too, with derivatives and rates in the place of
/// parameters.
#[derive(Clone, Debug, PartialEq)]
pub struct LeNet5<R, H> {
    /// C1: 6 maps of 28 x 28, each a 5 x 5 convolution of the input.
    pub c1: Convolution<R>,
    /// S2: 6 maps of 14 x 14.
    pub s2: Subsampling<R>,
    /// C3: 16 maps of 10 x 10, connected to S2 by Table I.
    pub c3: Convolution<R>,
    /// S4: 16 maps of 5 x 5.
    pub s4: Subsampling<R>,
    /// C5: 120 maps of 1 x 1; a convolution, not a full connection: on a larger input its maps would be larger.
    pub c5: Convolution<R>,
    /// F6: 84 units.
    pub f6: FullConnection<R>,
    /// The output layer and its loss.
    pub head: H,
    /// What stands after every layer from C1 to F6.
    pub squashing: Squashing,
}

/// The states of all layers while a pattern passes through, squashed; or the derivatives of the loss by each of them.
#[derive(Clone, Debug, PartialEq)]
pub struct States<R, O> {
    /// The pattern.
    pub input: Maps<R>,
    /// After C1.
    pub c1: Maps<R>,
    /// After S2.
    pub s2: Maps<R>,
    /// After C3.
    pub c3: Maps<R>,
    /// After S4.
    pub s4: Maps<R>,
    /// After C5.
    pub c5: Maps<R>,
    /// After F6.
    pub f6: Maps<R>,
    /// Penalties or probabilities; nothing, for derivatives.
    pub output: O,
}

/// What one layer is made of, counted from its structure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Layer {
    /// The paper's name for it.
    pub name: &'static str,
    /// Maps, rows and columns of its state.
    pub shape: Shape,
    /// Trainable parameters.
    pub parameters: usize,
    /// Connections, biases included.
    pub connections: usize,
}

/// The paper's names of the layers that may have parameters, in the order of [`LeNet5::layers`].
pub const LAYERS: [&str; 7] = ["C1", "S2", "C3", "S4", "C5", "F6", "output"];

impl<R: Real> LeNet5<R, Rbf<R>> {
    /// The paper's network for digits, with initial weights that train (deviation 2).
    ///
    /// ```
    /// use lenet5::section1::Parameters;
    /// use lenet5::section2::LeNet5;
    /// use rand::SeedableRng;
    /// let net = LeNet5::<f32, _>::paper(&mut rand_chacha::ChaCha8Rng::seed_from_u64(1));
    /// assert_eq!(net.parameter_count(), 60_000);
    /// assert_eq!(net.census().map(|layer| layer.connections).sum::<usize>(), 340_908);
    /// ```
    pub fn paper(random: &mut impl Rng) -> Self {
        Self::new(Rbf::paper(), &Variant::default(), random)
    }
}

impl<R: Real, H: Head<R>> LeNet5<R, H> {
    /// LeNet-5 for 32 x 32 patterns, initial weights drawn layer by layer from C1 to F6; whatever else is drawn, is drawn
    /// after them.
    ///
    /// # Panics
    /// When the head does not look at 84 units.
    pub fn new(head: H, variant: &Variant, random: &mut impl Rng) -> Self {
        assert_eq!(head.inputs(), 84, "the head of LeNet-5 looks at the 84 units of F6");
        let initial = variant.initial_weights;
        let mut net = Self {
            c1: Convolution::new(Table::full(1, 6), SIDE, initial, random),
            s2: Self::subsampling(6, variant),
            c3: Convolution::new(variant.c3.table(), SIDE, initial, random),
            s4: Self::subsampling(16, variant),
            c5: Convolution::new(Table::full(16, 120), SIDE, initial, random),
            f6: FullConnection::drawn(120, 84, initial, random),
            head,
            squashing: variant.squashing,
        };
        if variant.initial_biases == InitialBiases::LikeWeights {
            net.draw_biases(variant, random);
        }
        if variant.initial_coefficients == InitialCoefficients::LikeWeights {
            let coefficients = net.s2.coefficient.iter_mut().chain(&mut net.s4.coefficient);
            a::draw(initial, WINDOW, coefficients, random);
        }
        net
    }

    fn subsampling(maps: usize, variant: &Variant) -> Subsampling<R> {
        let coefficient = match variant.initial_coefficients {
            InitialCoefficients::Constant(coefficient) => coefficient,
            InitialCoefficients::LikeWeights => 0.0,
        };
        Subsampling {
            connection: variant.coefficient_connection,
            trained: variant.trained_subsampling,
            ..Subsampling::new(maps, coefficient)
        }
    }

    fn draw_biases(&mut self, variant: &Variant, random: &mut impl Rng) {
        let initial = variant.initial_weights;
        self.c1.draw_biases(initial, random);
        self.c3.draw_biases(initial, random);
        self.c5.draw_biases(initial, random);
        self.f6.draw_biases(initial, random);
        a::draw(initial, WINDOW, self.s2.bias.iter_mut().chain(&mut self.s4.bias), random);
    }

    /// Room for the states of a pattern of 1 x 32 x 32.
    pub fn states(&self) -> States<R, H::Output> {
        let shapes = self.shapes((1, INPUT, INPUT)).expect("LeNet-5's layers fit each other");
        let [input, c1, s2, c3, s4, c5, f6] = shapes.map(Array3::zeros);
        States { input, c1, s2, c3, s4, c5, f6, output: self.head.output() }
    }

    /// The shape of every state, input first, for a given input.
    fn shapes(&self, input: Shape) -> Result<[Shape; 7], ShapeError> {
        let c1 = self.c1.output_shape(input)?;
        let s2 = self.s2.output_shape(c1)?;
        let c3 = self.c3.output_shape(s2)?;
        let s4 = self.s4.output_shape(c3)?;
        let c5 = self.c5.output_shape(s4)?;
        let f6 = self.f6.output_shape(c5)?;
        Ok([input, c1, s2, c3, s4, c5, f6])
    }

    /// Every layer with its parameters and connections, counted from the structure itself.
    pub fn census(&self) -> impl Iterator<Item = Layer> {
        let s = self.shapes((1, INPUT, INPUT)).expect("LeNet-5's layers fit each other");
        let classes = self.head.output();
        let output = (crate::section2::Answer::scores(&classes).len(), 1, 1);
        let connections = [
            self.c1.connections(s[0]),
            self.s2.connections(s[1]),
            self.c3.connections(s[2]),
            self.s4.connections(s[3]),
            self.c5.connections(s[4]),
            self.f6.connections(s[5]),
            self.head.connections(),
        ];
        let shapes = [s[1], s[2], s[3], s[4], s[5], s[6], output];
        let parameters = self.layers().map(|arrays| arrays.iter().map(|array| array.len()).sum());
        (0..LAYERS.len()).map(move |n| Layer {
            name: LAYERS[n],
            shape: shapes[n],
            parameters: parameters[n],
            connections: connections[n],
        })
    }

    /// The parameters of each layer, from C1 to the output, in the order of [`LAYERS`].
    pub fn layers(&self) -> [Vec<&[R]>; 7] {
        [
            self.c1.arrays().collect(),
            self.s2.arrays().collect(),
            self.c3.arrays().collect(),
            self.s4.arrays().collect(),
            self.c5.arrays().collect(),
            self.f6.arrays().collect(),
            self.head.arrays().collect(),
        ]
    }

    /// From the pattern in `s.input` to the output, leaving every layer's state in `s`.
    pub fn fprop(&self, s: &mut States<R, H::Output>) {
        self.c1.fprop(&s.input, &mut s.c1);
        self.squashing.squash(&mut s.c1);
        self.s2.fprop(&s.c1, &mut s.s2);
        self.squashing.squash(&mut s.s2);
        self.c3.fprop(&s.s2, &mut s.c3);
        self.squashing.squash(&mut s.c3);
        self.s4.fprop(&s.c3, &mut s.s4);
        self.squashing.squash(&mut s.s4);
        self.c5.fprop(&s.s4, &mut s.c5);
        self.squashing.squash(&mut s.c5);
        self.f6.fprop(&s.c5, &mut s.f6);
        self.squashing.squash(&mut s.f6);
        self.head.fprop(&s.f6, &mut s.output);
    }

    /// From the label back to C1: adds `dE/dw` to `gradient`, and leaves in `d` the derivative of the loss by every
    /// weighted sum. `s` holds the states that [`fprop`](Self::fprop) left.
    pub fn bprop<O>(
        &self,
        s: &States<R, H::Output>,
        label: usize,
        d: &mut States<R, O>,
        gradient: &mut Self,
    ) {
        self.head.bprop(&s.f6, &s.output, label, &mut d.f6, &mut gradient.head);
        self.squashing.unsquash::<R, false>(&s.f6, &mut d.f6);
        self.f6.bprop(&s.c5, &d.f6, Some(&mut d.c5), &mut gradient.f6);
        self.squashing.unsquash::<R, false>(&s.c5, &mut d.c5);
        self.c5.bprop(&s.s4, &d.c5, Some(&mut d.s4), &mut gradient.c5);
        self.squashing.unsquash::<R, false>(&s.s4, &mut d.s4);
        self.s4.bprop(&s.c3, &d.s4, Some(&mut d.c3), &mut gradient.s4);
        self.squashing.unsquash::<R, false>(&s.c3, &mut d.c3);
        self.c3.bprop(&s.s2, &d.c3, Some(&mut d.s2), &mut gradient.c3);
        self.squashing.unsquash::<R, false>(&s.s2, &mut d.s2);
        self.s2.bprop(&s.c1, &d.s2, Some(&mut d.c1), &mut gradient.s2);
        self.squashing.unsquash::<R, false>(&s.c1, &mut d.c1);
        self.c1.bprop(&s.input, &d.c1, None, &mut gradient.c1);
    }

    /// [`bprop`](Self::bprop) and the update of eq. 18 in one walk, for one update per pattern: the same step, to the
    /// last bit. `rates` hold an `epsilon` for each parameter; `gradient` is room to work in, whatever it holds.
    pub fn descend<O>(
        &mut self,
        s: &States<R, H::Output>,
        label: usize,
        d: &mut States<R, O>,
        rates: &Self,
        gradient: &mut Self,
    ) {
        gradient.head.fill(R::zero());
        self.head.bprop(&s.f6, &s.output, label, &mut d.f6, &mut gradient.head);
        self.head.update(&rates.head, &gradient.head);
        self.squashing.unsquash::<R, false>(&s.f6, &mut d.f6);
        self.f6.descend(&s.c5, &d.f6, Some(&mut d.c5), &rates.f6, &mut gradient.f6);
        self.squashing.unsquash::<R, false>(&s.c5, &mut d.c5);
        self.c5.descend(&s.s4, &d.c5, Some(&mut d.s4), &rates.c5, &mut gradient.c5);
        self.squashing.unsquash::<R, false>(&s.s4, &mut d.s4);
        self.s4.descend(&s.c3, &d.s4, Some(&mut d.c3), &rates.s4, &mut gradient.s4);
        self.squashing.unsquash::<R, false>(&s.c3, &mut d.c3);
        self.c3.descend(&s.s2, &d.c3, Some(&mut d.s2), &rates.c3, &mut gradient.c3);
        self.squashing.unsquash::<R, false>(&s.s2, &mut d.s2);
        self.s2.descend(&s.c1, &d.s2, Some(&mut d.c1), &rates.s2, &mut gradient.s2);
        self.squashing.unsquash::<R, false>(&s.c1, &mut d.c1);
        self.c1.descend(&s.input, &d.c1, None, &rates.c1, &mut gradient.c1);
    }

    /// The same walk for diagonal second derivatives (App. C, eq. 25 and 27): adds `d²E/dw²`, summed over the
    /// connections that share a weight (eq. 23), to `curvature`.
    pub fn bbprop<O>(
        &self,
        s: &States<R, H::Output>,
        label: usize,
        dd: &mut States<R, O>,
        curvature: &mut Self,
    ) {
        self.head.bbprop(&s.f6, &s.output, label, &mut dd.f6, &mut curvature.head);
        self.squashing.unsquash::<R, true>(&s.f6, &mut dd.f6);
        self.f6.bbprop(&s.c5, &dd.f6, Some(&mut dd.c5), &mut curvature.f6);
        self.squashing.unsquash::<R, true>(&s.c5, &mut dd.c5);
        self.c5.bbprop(&s.s4, &dd.c5, Some(&mut dd.s4), &mut curvature.c5);
        self.squashing.unsquash::<R, true>(&s.s4, &mut dd.s4);
        self.s4.bbprop(&s.c3, &dd.s4, Some(&mut dd.c3), &mut curvature.s4);
        self.squashing.unsquash::<R, true>(&s.c3, &mut dd.c3);
        self.c3.bbprop(&s.s2, &dd.c3, Some(&mut dd.s2), &mut curvature.c3);
        self.squashing.unsquash::<R, true>(&s.s2, &mut dd.s2);
        self.s2.bbprop(&s.c1, &dd.s2, Some(&mut dd.c1), &mut curvature.s2);
        self.squashing.unsquash::<R, true>(&s.c1, &mut dd.c1);
        self.c1.bbprop(&s.input, &dd.c1, None, &mut curvature.c1);
    }
}

impl<R: Real, H: Head<R>> Parameters<R> for LeNet5<R, H> {
    fn arrays(&self) -> impl Iterator<Item = &[R]> {
        let front = self.c1.arrays().chain(self.s2.arrays()).chain(self.c3.arrays()).chain(self.s4.arrays());
        front.chain(self.c5.arrays()).chain(self.f6.arrays()).chain(self.head.arrays())
    }

    fn arrays_mut(&mut self) -> impl Iterator<Item = &mut [R]> {
        let front = self.c1.arrays_mut().chain(self.s2.arrays_mut()).chain(self.c3.arrays_mut());
        let front = front.chain(self.s4.arrays_mut()).chain(self.c5.arrays_mut());
        front.chain(self.f6.arrays_mut()).chain(self.head.arrays_mut())
    }
}
