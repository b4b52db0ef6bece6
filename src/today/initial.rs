#![doc = mathdoc::md!(
    r#"
Initial weights: He's, which rectifiers want, and what comes of none at all.

# What it is, and where it comes from

K. He, X. Zhang, S. Ren and J. Sun, *Delving Deep into Rectifiers: Surpassing Human-Level Performance on ImageNet
Classification* (2015): the weights of a unit with fan-in $F$ are drawn from a normal distribution of mean 0 and
variance $2/F$. Biases begin at 0.

**In 1998** [App. A](crate::appendix::a) drew from $\pm 2.4 / F$. The question is the same, that weighted sums should
have about the same size in every layer before training; two answers differ. App. A expects inputs that rise and fall
together, and puts $F$ where others have $\sqrt F$. And its $f$ is odd and nearly straight about 0, where a rectifier
throws half away. (This project departs from it and draws from $\pm 1/\sqrt F$: [deviation
2](crate::paper::deviations#2-initial-weights).)

# Where the 2 comes from, line by line

1. The forward line is $a = \sum_j w_j x_j$, with weights drawn apart from each other, of mean 0 and variance
   $\sigma^2$. In the mean over the draw the mixed terms of its square vanish, as [App.
   A](crate::appendix::a#how-much-of-a-signal-passes-line-by-line) has it:

   $$
   \langle a^2 \rangle = \sigma^2 \sum_j x_j^2 = \sigma^2 F r^2
   $$

   where $r^2$ is the mean square of the inputs. Their mean need not be 0, which is just as well: behind a rectifier
   it is not.
2. The distribution of the weights is even, so that of $a$ is: $a$ and $-a$ are equally likely. The rectifier keeps
   one of the two and makes 0 of the other:

   $$
   \langle y^2 \rangle = \langle \max(0, a)^2 \rangle = \frac12 \langle a^2 \rangle
   = \frac12 \sigma^2 F r^2
   $$

3. $y$ is an input of the next layer. Its mean square is that of the layer before, $\langle y^2 \rangle = r^2$, if

   $$
   \frac12 \sigma^2 F = 1
   \qquad\text{so}\qquad
   \sigma^2 = \frac{2}{F}
   $$

Without line 2, for an $f$ of slope 1 about 0, it would be $1/F$: the 2 is the half that the rectifier takes.

# Fan-in, and what the rules make of it

$F$ is the number of inputs of a unit, biases not counted. In C3 it is not the same for all maps: a map that sees
three maps of S2 has 75, one that sees four 100, and the last one, which sees all six, 150 ([Table
I](crate::section2::table1)). Each is drawn by its own; with C3 connected in full it is 150 for all.

| layer | $F$ | He, $\sqrt{2/F}$ | $\pm 1/\sqrt F$: $1/\sqrt{3F}$ | $\pm 2.4/F$: $1.386/F$ |
|---|---|---|---|---|
| C1 | 25 | 0.283 | 0.115 | 0.0554 |
| C3 | 75, 100, 150 | 0.163, 0.141, 0.115 | 0.0667, 0.0577, 0.0471 | 0.0185, 0.0139, 0.00924 |
| C5 | 400 | 0.0707 | 0.0289 | 0.00346 |
| F6 | 120 | 0.129 | 0.0527 | 0.0115 |

All are standard deviations; a number drawn uniformly from $\pm c$ has $c / \sqrt 3$. He's weights are
$\sqrt 6 = 2.45$ times as large as those from $\pm 1 / \sqrt F$. From layer to layer the size $r$ is multiplied by

| | He | $\pm 1/\sqrt F$ |
|---|---|---|
| rectifier | 1 | $\sqrt{1/6} = 0.41$ |
| $A \tanh(S a)$, where it is straight | $1.144 \sqrt 2 = 1.62$ | $1.144 / \sqrt 3 = 0.66$ |

so He's under a $\tanh$ would bring each layer closer to saturation than the one below.

# By hand

Two inputs, 1 and 2, and weights of +1 or -1, so $\sigma^2 = 1$; all four ways to draw them:

| $w$ | $a$ | $a^2$ | $y$ | $y^2$ |
|---|---|---|---|---|
| 1, 1 | 3 | 9 | 3 | 9 |
| 1, -1 | -1 | 1 | 0 | 0 |
| -1, 1 | 1 | 1 | 1 | 1 |
| -1, -1 | -3 | 9 | 0 | 0 |
| mean | 0 | 5 | 1 | 2½ |

The mean of $a^2$ is $1^2 + 2^2$, that of $y^2$ is half of it.

```
use lenet5::appendix::a::InitialWeights::RootFanIn;
use lenet5::section2::{A, Convolution, FullConnection, S, TABLE_I, Table};
use lenet5::today::Initial;
use rand::SeedableRng;

let ways = [[1.0, 1.0], [1.0, -1.0], [-1.0, 1.0], [-1.0, -1.0_f64]];
let sums = ways.map(|[w1, w2]| 1.0 * w1 + 2.0 * w2);
assert_eq!(sums.map(|a| a * a).iter().sum::<f64>() / 4.0, 5.0);
let states = sums.map(|a| a.max(0.0));
assert_eq!(states.map(|y| y * y).iter().sum::<f64>() / 4.0, 2.5);

// F6: 10,080 weights of a deviation of sqrt(2/120) = 0.129.
let random = &mut rand_chacha::ChaCha8Rng::seed_from_u64(1);
let deviation = |w: &[f64]| {
    (w.iter().map(|w| w * w).sum::<f64>() / w.len() as f64).sqrt()
};
let mut f6 = FullConnection::<f64>::new(120, 84, random);
Initial::He.full_connection(&mut f6, random);
let weights = f6.weight.as_slice().expect("a line");
assert!((deviation(weights) - 0.129).abs() < 0.004);

// C3: the last map has the last six kernels, and a fan-in of 150.
let table = Table::new(6, &TABLE_I);
let mut c3 = Convolution::<f64>::new(table, 5, RootFanIn, random);
Initial::He.convolution(&mut c3, random);
let weights = c3.weight.as_slice().expect("a line");
assert!((deviation(&weights[..6 * 75]) - 0.163).abs() < 0.02);
assert!((deviation(&weights[1500 - 150..]) - 0.115).abs() < 0.02);

// The table above.
let near = |a: f64, b: f64| (a / b - 1.0).abs() < 0.01;
for (fan_in, [he, root, app_a]) in [
    (25.0, [0.283, 0.115, 0.0554]),
    (75.0, [0.163, 0.0667, 0.0185]),
    (100.0, [0.141, 0.0577, 0.0139]),
    (150.0, [0.115, 0.0471, 0.00924]),
    (400.0, [0.0707, 0.0289, 0.00346]),
    (120.0, [0.129, 0.0527, 0.0115]),
] {
    assert!(near((2.0_f64 / fan_in).sqrt(), he));
    assert!(near((3.0_f64 * fan_in).sqrt().recip(), root));
    assert!(near(2.4 / fan_in / 3.0_f64.sqrt(), app_a));
}
assert!(near(A * S * 2.0_f64.sqrt(), 1.62));
assert!(near(A * S / 3.0_f64.sqrt(), 0.66));
```

# Where people get stuck

- **Variance or deviation.** $2/F$ is the variance. The weights have the deviation $\sqrt{2/F}$.
- **Uniform or normal.** To have the same variance, a uniform distribution must reach to $\pm\sqrt{6/F}$.
- **The fan-in of a convolution** is kernel times input maps, 25 in C1 and not 784.
- **What is not in the derivation.** The input of C1 is not rectified, so it needs $1/F$; the authors let that be,
  since one factor in one layer does no harm. Pooling is not in it: the largest of four is larger than one, the mean
  smaller.
- **No scale at all.** Numbers as a generator gives them, with a deviation of 1, put the sums of C5 at twenty times the size of
  its inputs ($\sqrt{400}$), and a $\tanh$ into saturation. [`Initial::UnscaledKernels`] does that, to be measured ([what a known
  project made of it](super#a-project-that-many-find-first)).
- **The output layer** has no rectifier behind it. [Softmax](crate::section2::softmax) keeps the weights that it is
  drawn with; so does whatever else the head has.
- **Behind a normalisation** the size of the weights below it cancels in the forward pass. What remains is that large
  weights turn more slowly: the gradient by them is smaller in the same proportion.

# How we know

`tests/today/rules.rs` measures the spread of the weights of every unit by its own fan-in, each map of C3 by its row
of the table. The doctest above does so in small.
"#
)]

use crate::Real;
use crate::section2::{Convolution, FullConnection};
use ndarray::Axis;
use ndarray_rand::rand_distr::{Distribution, StandardNormal};
use rand::Rng;
use serde::{Deserialize, Serialize};

/// How wide initial weights are spread: normal, around 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Initial {
    /// With deviation `sqrt(2/F)`, for a fan-in of `F` inputs, biases not counted.
    He,
    /// Kernels with deviation 1, whatever the fan-in: what comes of drawing numbers and not thinking of it. Full connections
    /// stay as they are.
    UnscaledKernels,
}

impl Initial {
    /// The standard deviation of the weights of a unit of this fan-in.
    pub fn deviation(self, fan_in: usize) -> f64 {
        match self {
            Self::He => (2.0 / fan_in as f64).sqrt(),
            Self::UnscaledKernels => 1.0,
        }
    }

    /// Draws the weights of a unit of this fan-in.
    fn draw<'a, R: Real>(
        self,
        fan_in: usize,
        weights: impl Iterator<Item = &'a mut R>,
        random: &mut impl Rng,
    ) {
        let deviation = self.deviation(fan_in);
        let normal = |random: &mut _| -> f64 { StandardNormal.sample(random) };
        weights.for_each(|w| *w = R::of(deviation * normal(random)));
    }

    /// Draws the kernels of a layer anew, each by the fan-in of its map: rows x columns x the input maps that it sees. Biases
    /// stay.
    pub fn convolution<R: Real>(self, layer: &mut Convolution<R>, random: &mut impl Rng) {
        let (_, rows, columns) = layer.weight.dim();
        let from = &layer.table().links().by_output;
        let fan_in = |(output, _): (usize, usize)| from[output].len() * rows * columns;
        let fan_ins: Vec<usize> = layer.table().pairs().map(fan_in).collect();
        for (fan_in, mut kernel) in fan_ins.into_iter().zip(layer.weight.axis_iter_mut(Axis(0))) {
            self.draw(fan_in, kernel.iter_mut(), random);
        }
    }

    /// Draws the weights of a layer anew, unless only kernels are meant; biases stay.
    pub fn full_connection<R: Real>(self, layer: &mut FullConnection<R>, random: &mut impl Rng) {
        if self == Self::He {
            let fan_in = layer.weight.dim().1;
            self.draw(fan_in, layer.weight.iter_mut(), random);
        }
    }
}
