#![doc = mathdoc::md!(
    r#"
II-B: LeNet-5, from C1 to the output: all shapes, all counts, and the three passes side by side.

A pattern walks through the layers in [`fprop`](LeNet5::fprop), its derivatives walk back in
[`bprop`](LeNet5::bprop), the second derivatives in [`bbprop`](LeNet5::bbprop). Each is a dozen lines, one for a
layer, and nothing is hidden between them.

# What the paper says

Seven layers, the input not counted (II-B): C1, S2, C3, S4, C5, F6 and the output. C is a
[convolution](super::convolution), S [subsampling](super::subsampling), F a [full
connection](super::full_connection), and the output measures [distances to codes](super::rbf); the number is the
layer's. All units up to F6 are [squashed](super::squashing). C1 to F6 have 60,000 parameters, and all layers 340,908
connections (II-A).

# A pattern's way

| | state, maps x rows x columns | a unit sees | fan-in | receptive field | parameters | connections |
|---|---|---|---|---|---|---|
| input | 1 x 32 x 32 | | | 1 | | |
| C1, f | 6 x 28 x 28 | 5 x 5 of the input | 25 | 5 | 156 | 122,304 |
| S2, f | 6 x 14 x 14 | 2 x 2 of one map | 4 | 6 | 12 | 5,880 |
| C3, f | 16 x 10 x 10 | 5 x 5 of 3, 4 or 6 maps ([Table I](super::table1)) | 75, 100, 150 | 14 | 1,516 | 151,600 |
| S4, f | 16 x 5 x 5 | 2 x 2 of one map | 4 | 16 | 32 | 2,000 |
| C5, f | 120 x 1 x 1 | 5 x 5 of 16 maps | 400 | 32 | 48,120 | 48,120 |
| F6, f | 84 | all of C5 | 120 | 32 | 10,164 | 10,164 |
| output | 10 penalties | all of F6 | 84 | 32 | 0 | 840 |
| in all | | | | | **60,000** | **340,908** |

The counts are the paper's, but for the connections of F6 and of the output, which follow. The fan-in, biases not
counted, is what [initial weights](crate::appendix::a) are drawn by. The receptive field is the side of the square of
pixels that a unit depends on; it follows from the windows: 5, then 5 + 1, then each step in S2's maps is two pixels,
6 + 4 x 2, then 14 + 2, and in S4's maps four, 16 + 4 x 4. A unit of C5 depends on the whole input. C3's ten places
are two pixels apart, so the centres of what its units see cover 20 x 20 pixels: the size to which digits are
normalised, as the paper remarks.

# Three passes

Let $a$ be the weighted sums of a layer, $x$ its input, $s$ the sum of four inputs, $y = f(a)$ its state, and
$\mathrm{d}v$, $\mathrm{dd}v$ the first and second derivative by $v$. `fprop` reads this table from the top, the
other two from the bottom:

| | `fprop` | `bprop` | `bbprop` |
|---|---|---|---|
| C1, C3, C5 | $a = b + \sum w x$ | $\mathrm{d}w = \sum \mathrm{d}a \, x$ | $\mathrm{dd}w = \sum \mathrm{dd}a \, x^2$ |
| | | $\mathrm{d}x = \sum w \, \mathrm{d}a$ | $\mathrm{dd}x = \sum w^2 \, \mathrm{dd}a$ |
| S2, S4 | $a = b + k \sum x$ | $\mathrm{d}k = \sum \mathrm{d}a \, s$ | $\mathrm{dd}k = \sum \mathrm{dd}a \, s^2$ |
| | | $\mathrm{d}x = k \, \mathrm{d}a$ | $\mathrm{dd}x = k^2 \, \mathrm{dd}a$ |
| F6 | $a = b + \sum w x$ | $\mathrm{d}w = \mathrm{d}a \, x$ | $\mathrm{dd}w = \mathrm{dd}a \, x^2$ |
| | | $\mathrm{d}x = \sum w \, \mathrm{d}a$ | $\mathrm{dd}x = \sum w^2 \, \mathrm{dd}a$ |
| biases | | $\mathrm{d}b = \sum \mathrm{d}a$ | $\mathrm{dd}b = \sum \mathrm{dd}a$ |
| after each | $y = f(a)$ | $\mathrm{d}a = f'(a) \, \mathrm{d}y$ | $\mathrm{dd}a = f'(a)^2 \, \mathrm{dd}y$ |
| output | $y_i = \sum_j (x_j - w_{ij})^2$ | $\mathrm{d}x_j = 2 (x_j - w_{Dj})$ | $\mathrm{dd}x_j = 2$ |

The third column is the second with every factor squared: that is all of Gauss-Newton here. The sums run over the
places that share a weight or that an input takes part in; each layer's page has their bounds. The last line is [eq.
7](super::rbf#eq-7) under [eq. 8](super::loss#eq-8). In the code the three functions are the same lines, two of them
in the reverse order:

| | `fprop`, read down | `bprop`, read up | `bbprop`, read up |
|---|---|---|---|
| C1 | `fprop`, `squash` | `bprop`, nothing below | `bbprop`, nothing below |
| S2 | `fprop`, `squash` | `bprop`, `unsquash` C1 | `bbprop`, `unsquash` C1 |
| C3 | `fprop`, `squash` | `bprop`, `unsquash` S2 | `bbprop`, `unsquash` S2 |
| S4 | `fprop`, `squash` | `bprop`, `unsquash` C3 | `bbprop`, `unsquash` C3 |
| C5 | `fprop`, `squash` | `bprop`, `unsquash` S4 | `bbprop`, `unsquash` S4 |
| F6 | `fprop`, `squash` | `bprop`, `unsquash` C5 | `bbprop`, `unsquash` C5 |
| output | `fprop` | `bprop`, `unsquash` F6 | `bbprop`, `unsquash` F6 |

`fprop` leaves all states in a [`States`], and the way back reads them there. A second `States` takes the
derivatives: after `unsquash` an array of it holds the derivative by the weighted sums, $\mathrm{d}a$, of that layer.

**`descend`** is `bprop` and the update of [eq. 18](crate::appendix::c#eq-18) in one walk: each layer hands its
$\mathrm{d}x$ down and then moves its own weights. It is the same step as the whole gradient first and one update
afterwards. A layer's derivatives depend on the states, which stay, on what comes from above, which has been made,
and on its own weights, which $\mathrm{d}x$ has used before they move; no layer further down looks up again. What it
saves is to write the 58,284 derivatives of C5 and F6 down and to read them again. `bbprop` has no such twin, since
rates are held for a whole pass.

# 60,000 or 61,706?

Most networks that are called LeNet-5 today have 61,706 parameters. Three steps lead from one to the other, and
[`Variant`] can take them: subsampling without trained coefficients and biases, C3 connected to all maps, and an
output that is ten trained weighted sums.

```
use lenet5::section1::Parameters;
use lenet5::section2::{C3, Curvature, FullConnection};
use lenet5::section2::{LeNet5, Softmax, Variant};
use rand::SeedableRng;

let random = &mut rand_chacha::ChaCha8Rng::seed_from_u64(1);
let paper = LeNet5::<f32, _>::paper(random);
assert_eq!(paper.parameter_count(), 60_000);

let s = paper.s2.parameter_count() + paper.s4.parameter_count();
let kernels = C3::Full.table().len() - C3::Table1.table().len();
let output = FullConnection::<f32>::new(84, 10, random);
assert_eq!((s, kernels, output.parameter_count()), (44, 36, 850));
assert_eq!(60_000 - 44 + 36 * 25 + 850, 61_706);

let mut variant = Variant { c3: C3::Full, ..Variant::default() };
variant.trained_subsampling = false;
let head = Softmax { output, curvature: Curvature::Exact };
let today = LeNet5::new(head, &variant, random);
assert_eq!(today.parameter_count(), 61_706);
```

# Why 340,908 connections?

A connection leads from one unit, or from the 1 that stands for a bias, to one unit. A convolution has each of its
parameters once at each place; a subsampling unit has four inputs and a bias; in C5 and F6 nothing is shared, so
connections are parameters; the output has no biases. [`census`](LeNet5::census) counts in the structure:

```
use lenet5::section2::LeNet5;
use rand::SeedableRng;

let random = &mut rand_chacha::ChaCha8Rng::seed_from_u64(1);
let net = LeNet5::<f32, _>::paper(random);
let by_hand = [
    28 * 28 * 6 * (25 + 1),     // C1: 122,304
    14 * 14 * 6 * (4 + 1),      // S2:   5,880
    10 * 10 * (60 * 25 + 16),   // C3: 151,600
    5 * 5 * 16 * (4 + 1),       // S4:   2,000
    120 * (16 * 25 + 1),        // C5:  48,120
    84 * (120 + 1),             // F6:  10,164
    10 * 84,                    // output: 840
];
assert!(net.census().map(|layer| layer.connections).eq(by_hand));
assert_eq!(by_hand.iter().sum::<usize>(), 340_908);

// Units from C1 to F6, each squashed once.
let s = net.states();
let units = [&s.c1, &s.s2, &s.c3, &s.s4, &s.c5, &s.f6].map(|x| x.len());
assert_eq!(units, [4_704, 1_176, 1_600, 400, 120, 84]);
assert_eq!(units.iter().sum::<usize>(), 8_084);
```

Without the output it is 340,068; the 840 are needed for the printed number. 345,308, which is quoted too, is not the
sum of these layers.

# By hand

A network of zeros can be followed all the way: every state is 0, each of a code's 84 cells is 1 away, and what comes
back stops at F6, for there is no weight to carry it further.

```
use lenet5::section1::Parameters;
use lenet5::section2::{A, LeNet5, S};
use rand::SeedableRng;

let random = &mut rand_chacha::ChaCha8Rng::seed_from_u64(1);
let net = LeNet5::<f64, _>::paper(random);
let mut zero = net.zeros(); // the codes are not parameters: they stay
let mut s = net.states();
s.input.fill(-0.1); // blank paper
zero.fprop(&mut s);
assert!(s.f6.iter().all(|&x| x == 0.0));
assert_eq!(s.output.of(3), 84.0); // so is the loss under eq. 8

let mut d = net.states();
let (mut gradient, mut h) = (net.zeros(), net.zeros());
zero.bprop(&s, 3, &mut d, &mut gradient);
zero.bbprop(&s, 3, &mut d, &mut h);
let slope = A * S; // f'(0)
for (unit, code) in net.head.codes.row(3).iter().enumerate() {
    let db = slope * 2.0 * (0.0 - code); // f'(0), and the 2 (x - w) of eq. 7
    assert!((gradient.f6.bias[unit] - db).abs() < 1e-12);
    let ddb = slope * slope * 2.0;       // f'(0)², and the 2
    assert!((h.f6.bias[unit] - ddb).abs() < 1e-12);
}
// C5's states are 0, and so are F6's weights.
assert!(gradient.f6.weight.iter().all(|&dw| dw == 0.0));
assert!(gradient.c5.bias.iter().all(|&db| db == 0.0));

// With weights: a step on the way back is the gradient and an update.
let (mut together, mut apart) = (net.clone(), net.clone());
let mut rates = net.zeros();
rates.fill(1e-4);
net.fprop(&mut s);
gradient.fill(0.0);
net.bprop(&s, 3, &mut d, &mut gradient);
apart.update(&rates, &gradient);
together.descend(&s, 3, &mut d, &rates, &mut gradient);
assert!(together == apart && together != net);
```

# Where people get stuck

- **f after every layer**, S2 and S4 and the convolutions too: [why](super::squashing#after-every-layer).
- **The order on the way back.** A layer hands down the derivative by the *state* below it; `unsquash` makes it the
  derivative by the weighted sums, and only then does the layer below take it.
- **60 kernels in C3**, not 16 and not 96: [Table I](super::table1#16-or-60-kernels).
- **S2 and S4 are not average pooling**: [sum or average](super::subsampling#sum-or-average).
- **C5 is a convolution** that happens to have one place: [both](super::convolution#c5-a-convolution-or-not).
- **The smallest output wins**, and the loss of a fresh network is about 84:
  [penalties](super::rbf#where-people-get-stuck).
- **The border is paper, -0.1**, and not 0: [the input](crate::section3::database).

# How we know

`tests/lenet5/structure.rs` compares shapes, parameters, connections, Table I and initial weights with the printed
ones. `tests/gradients/network.rs` compares `bprop` with finite differences along directions in every array of the
network and in its input, for both heads, and sees an error in any one layer refused. `tests/curvature/recursion.rs`
compares all 60,000 second derivatives with loops over 340,068 connections. `tests/lenet5/training.rs` makes the
first ten updates once more by a network that is nothing but single connections, and finds `descend` to be `bprop`
and an update, to the last bit.

The network as the paper's Fig. 2 shows it:
"#
)]
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
