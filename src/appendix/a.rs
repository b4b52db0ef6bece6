#![doc = mathdoc::md!(
    r#"
App. A: the squashing function's constants, and the initial weights.

Two choices are made before training begins: the shape of $f$, and the size of the first weights.

# What the paper says

$f(a) = A \tanh(S a)$ with $A = 1.7159$ and $S = 2/3$, so that $f(\pm 1) = \pm 1$, the gain in normal conditions is
about 1, and $\lvert f'' \rvert$ is largest near the targets $\pm 1$. It is a convenience, the paper says, and does
not change the result: see [the squashing function](crate::section2::squashing).

Weights are drawn uniformly from $\pm 2.4 / F_i$, with $F_i$ the fan-in of unit $i$, the number of its inputs.
Weighted sums should begin with about the same standard deviation everywhere and within the normal range of $f$. If
weights are too small, gradients are small; if they are too large, units saturate, and gradients are small again. The
deviation of a sum of $F$ inputs grows like $\sqrt{F}$ if the inputs are independent and like $F$ if they rise and
fall together. The paper expects the latter; hence $1/F$.

# Fan-in, and what the rules make of it

| layer | $F$ | $2.4/F$ | $1/\sqrt{F}$ |
|---|---|---|---|
| C1 | 25 | 0.096 | 0.2 |
| C3 | 75, 100 or 150, by its row of [Table I](crate::section2::TABLE_I) | 0.032 to 0.016 | 0.115 to 0.082 |
| C5 | 400 | 0.006 | 0.05 |
| F6 | 120 | 0.02 | 0.091 |

[`InitialWeights::half_width`] computes them. All connections that share a weight belong to units of the same fan-in,
so the rule is never of two minds. The bias is not counted ([deviation 4](crate::paper::deviations#4-fan-in)).

# How much of a signal passes, line by line

1. A number drawn uniformly from $\pm c$ has mean 0 and variance $c^2 / 3$.
2. The forward line is $a = \sum_j u_j x_j$. Squared, it has the terms $u_j u_l x_j x_l$. In the mean over the draw of
   the weights those with $j \ne l$ vanish, for $u_j$ and $u_l$ are drawn apart and have mean 0:

   $$
   \langle a^2 \rangle = \frac{c^2}{3} \sum_j x_j^2 = \frac{c^2}{3} \, F \, r^2
   $$

   where $r^2$ is the mean square of the inputs.
3. So the sum is $c \sqrt{F/3}$ times the size of an input. For the two rules:

   $$
   c = \frac{2.4}{F}: \quad \frac{1.386}{\sqrt{F}} \, r
   \qquad\qquad
   c = \frac{1}{\sqrt{F}}: \quad 0.577 \, r
   $$

4. Nothing in line 2 asked whether inputs are independent. If they rise and fall together, the sums of different units
   differ more from each other, but their mean square is the same. It follows that before training $1/F$ is too small
   for correlated inputs as well. A sum grows like $F$ when its weights agree with what its inputs have in common:
   that is a matter of training, not of the draw.
5. Close to the origin $f$ multiplies by $f'(0) = A S = 1.144$. From layer to layer the factors multiply.

```
use lenet5::appendix::a::InitialWeights::{self, FanIn, RootFanIn};
use lenet5::section2::{A, S};

// How much larger a state is than those it is made of, where f is straight.
let gain = |initial: InitialWeights, fan_in: usize| {
    A * S * initial.half_width(fan_in) * (fan_in as f64 / 3.0).sqrt()
};
for (fan_in, printed) in [(400, 0.079), (120, 0.145)] { // C5, F6
    assert!((gain(FanIn, fan_in) - printed).abs() < 5e-4);
    assert!((gain(RootFanIn, fan_in) - 0.66).abs() < 5e-4);
}

// Line 4: two weights of +1 or -1, all four ways to draw them. Inputs alike
// or not, the mean square of the sum is F = 2.
let ways = [(1.0, 1.0), (1.0, -1.0), (-1.0, 1.0), (-1.0, -1.0)];
for (x1, x2) in [(1.0, 1.0), (1.0, -1.0)] {
    let square = |(u1, u2): (f64, f64)| (u1 * x1 + u2 * x2).powi(2);
    assert_eq!(ways.map(square).iter().sum::<f64>() / 4.0, 2.0);
}
```

Measured (`experiment study readings --data DIR`; the table is in `paper/recipe.md`): the standard deviation of a
unit's state over patterns, before the first update.

| | S4 | C5 | F6 | C5 to S4 | F6 to C5 |
|---|---|---|---|---|---|
| $2.4/F$ | 0.0657 | 0.00523 | 0.000752 | 0.080 | 0.144 |
| $1/\sqrt{F}$ | 0.398 | 0.252 | 0.164 | 0.63 | 0.65 |

The factors are those of line 5; that of $1/\sqrt{F}$ is a little smaller, since its states are large enough for $f$
to bend.

# What goes wrong

- **$\pm 2.4/F$ with the printed rates.** Patterns move F6 by a thousandth. All second derivatives below are then
  about 0, all rates stand at their ceiling $\eta / \mu$ for a whole pass, F6 saturates and does not return: [why the
  printed recipe diverges](super::c#why-the-printed-recipe-diverges). So, a departure, we draw from $\pm 1/\sqrt{F}$,
  with biases of 0 ([deviation 2](crate::paper::deviations#2-initial-weights)).
- **All weights zero**, or all the same. The paper calls the origin of weight space a fixed point of learning, a
  saddle that attracts from almost everywhere. And units that begin alike get the same gradient and stay alike.
- **The coefficient of a subsampling unit** has a fan-in of four. Drawn from $\pm 2.4/4$ it may begin near zero, or
  turn its map upside down. It begins at ½ ([deviation
  3](crate::paper::deviations#3-subsampling-layers-sum-and-start-at-one-half)): four independent inputs, added and
  halved, keep their deviation.

# How we know

`tests/lenet5/structure.rs` checks that the weights of every unit fill the interval of its own fan-in and do not leave
it, each map of C3 by its row of Table I, under every rule; and that a seed decides them all, whatever else is drawn.

What reaches each layer before training:
"#
)]
#![doc = include_str!("../../docs/figures/signal.svg")]

use crate::Real;
use ndarray_rand::rand_distr::{Distribution, Uniform};
use rand::Rng;
use serde::{Deserialize, Serialize};

/// How wide the initial weights are spread, given the fan-in `F` of their unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum InitialWeights {
    /// Uniform in `±1/√F`.
    #[serde(rename = "1/sqrt(F)")]
    RootFanIn,
    /// Uniform in `±2.4/F`, as App. A prints it.
    #[serde(rename = "2.4/F")]
    FanIn,
    /// Uniform in `±1/√(F+1)`: the bias counts as an input (deviation 4).
    #[serde(rename = "1/sqrt(F+1)")]
    RootFanInWithBias,
    /// Uniform in `±2.4/(F+1)`.
    #[serde(rename = "2.4/(F+1)")]
    FanInWithBias,
}

impl InitialWeights {
    /// The largest weight a unit of this fan-in can start with.
    ///
    /// ```
    /// use lenet5::appendix::a::InitialWeights;
    /// assert_eq!(InitialWeights::FanIn.half_width(400), 0.006);
    /// assert_eq!(InitialWeights::RootFanIn.half_width(400), 0.05);
    /// ```
    pub fn half_width(self, fan_in: usize) -> f64 {
        match self {
            Self::RootFanIn => 1.0 / (fan_in as f64).sqrt(),
            Self::FanIn => 2.4 / fan_in as f64,
            Self::RootFanInWithBias => Self::RootFanIn.half_width(fan_in + 1),
            Self::FanInWithBias => Self::FanIn.half_width(fan_in + 1),
        }
    }
}

/// Draws the weights of a unit of this fan-in.
pub(crate) fn draw<'a, R: Real>(
    initial: InitialWeights,
    fan_in: usize,
    weights: impl Iterator<Item = &'a mut R>,
    random: &mut impl Rng,
) {
    let half_width = initial.half_width(fan_in);
    let uniform = Uniform::new_inclusive(-half_width, half_width).expect("a fan-in is at least 1");
    weights.for_each(|w| *w = R::of(uniform.sample(random)));
}
