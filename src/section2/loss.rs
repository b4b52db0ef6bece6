#![doc = mathdoc::md!(
    r#"
II-C, eq. 8 and 9: the loss: what a set of penalties costs, and what j is.

The output layer answers with ten penalties ([eq. 7](super::rbf#eq-7)). A loss makes one number of them and of the
label, and learning makes that number small. The paper has two.

# What the paper says

**Eq. 8** is maximum likelihood, and here the same as the mean squared error: the mean penalty of the true class.
$Z^p$ is pattern $p$, $D^p$ what it shows, $P$ the number of patterns.

$$ (8) [`Criterion::loss`] is one term, [`Progress::mean_loss`](crate::section3::training::Progress::mean_loss) the mean
E(W) = \frac{1}{P} \sum_{p=1}^{P} y_{D^p}(Z^p, W)
$$

It will do in most cases, but it lacks three things. The text numbers two of them; the third is ours, read out of eq.
9.

1. *Codes must not learn.* If they may, there is a perfect solution that is worth nothing: all codes become the same,
   F6 becomes constant and equal to them, every penalty is 0, and the network no longer looks at its input
   (*collapse*).
2. *There is no competition.* That a wrong class has a small penalty too is never noticed.
3. *Nothing stands for "none of these".*

**Eq. 9**, maximum a posteriori, has all three:

$$ (9) [`Criterion::loss`] is one term, [`Progress::mean_loss`](crate::section3::training::Progress::mean_loss) the mean
E(W) = \frac{1}{P} \sum_{p=1}^{P} \Bigl( y_{D^p}(Z^p, W) + \log \Bigl( e^{-j} + \sum_i e^{-y_i(Z^p, W)} \Bigr) \Bigr)
$$

It lowers the penalty of the right class and raises those of the wrong ones. $j > 0$ is the penalty of an extra
class, *rubbish*, and keeps the loss from raising penalties that are large already. The paper gives no value for it.

# The idea: eleven classes

Rubbish is an eleventh class whose penalty is the same for every pattern. Give each class its share of the sum,

$$
p_i = \frac{e^{-y_i}}{e^{-j} + \sum_k e^{-y_k}}
\qquad
p_{\text{rubbish}} = \frac{e^{-j}}{e^{-j} + \sum_k e^{-y_k}}
$$

and the eleven shares add up to 1. Take the logarithm of the true one:
$\log p_D = -y_D - \log ( e^{-j} + \sum_k e^{-y_k} )$, which is a term of eq. 9 with its sign reversed. So, for one
pattern,

$$
E = -\log p_D
$$

**Eq. 9 is what is called today the cross-entropy of a [softmax](super::softmax), over eleven scores**:
$-y_1, \dots, -y_{10}$ and $-j$. Two things follow. The loss is never negative, since no share exceeds 1; in the
paper's words, the second term never outweighs the first. And it is 0 only when the true class has everything.

# Shapes

| | shape | |
|---|---|---|
| penalties, $y$ | 10 | from [`Rbf`](super::Rbf) |
| $j$ | 1 | a constant of the run, [`Criterion::Competitive`] |
| shares, $p$ | 10, and what is left is rubbish's | [`Criterion::shares`] |
| loss, $E$ | 1 | [`Criterion::loss`] |
| $\partial E / \partial y$ | 10 | where [`Rbf::bprop`](super::Head::bprop) begins |

# Backward, line by line

**Eq. 8.** The forward line of one pattern is $E = y_D$. So $\partial E / \partial y_i = [i = D]$: 1 for the true
class, 0 for the others. ($[\,\cdot\,]$ is 1 where what stands in it is true, and 0 elsewhere.)

**Eq. 9.** The forward line is $E = y_D + \log S$ with $S = e^{-j} + \sum_k e^{-y_k}$.

1. The first term is that of eq. 8: $[i = D]$.
2. Only one term of the sum has $y_i$ in it, and $j$ does not depend on it: $\partial S / \partial y_i = -e^{-y_i}$.
3. The derivative of a logarithm is 1 over what is in it:

   $$
   \frac{\partial \log S}{\partial y_i} = \frac{1}{S} \, \frac{\partial S}{\partial y_i} = -\frac{e^{-y_i}}{S} = -p_i
   $$

4. Together:

   $$
   \frac{\partial E}{\partial y_i} = [i = D] - p_i
   $$

A step goes against the gradient. So the true class is pulled closer with a force of $1 - p_D$, until it has the
whole share, and a wrong one is pushed away with a force of $p_i$, its share. With all $p_i = 0$ this is eq. 8, and
[`Criterion::shares`] says so: one backward pass serves both.

# Second derivatives

1. Eq. 8 is linear in $y$: its second derivatives are 0, and the [2 at F6](super::rbf#second-derivatives) is that of
   eq. 7.
2. Eq. 9: differentiate $-p_i$. By the quotient rule $\partial p_i / \partial y_k = -p_i ([i = k] - p_k)$, hence

   $$
   \frac{\partial^2 E}{\partial y_i \, \partial y_k} = p_i \, ([i = k] - p_k)
   $$

   On the diagonal that is $p_i (1 - p_i)$. But the penalties all depend on the same $x_j$ of F6, so the terms off
   the diagonal count as well: [the RBF page](super::rbf#second-derivatives) adds them up, and finds a variance.

# Without overflow

In f32 $e^{89}$ is infinite and $e^{-104}$ is 0. The penalties of a fresh network, about 84, are near that edge, and
those of a wrong class, up to 200, are beyond it: the logarithm of a sum of zeros. So let $m$ be the smallest of the
penalties and $j$, and take it out of the sum:

$$
\log S = \log \Bigl( e^{m - j} + \sum_k e^{m - y_k} \Bigr) - m
$$

Nothing in the bracket is larger than 1 and one term is 1, so the sum is between 1 and 11 and its logarithm harmless.
The shares are $p_i = e^{-y_i - \log S}$.

# By hand

Two classes with penalties 1 and 3, and $j = 2$. Times $e^3$, the three terms of $S$ are $e^2 = 7.389$, $1$ and
$e = 2.718$, together 11.107:

```
use lenet5::section2::{Criterion, Penalties};

let y = Penalties::from(vec![1.0, 3.0]);
let eq9 = Criterion::Competitive { rubbish: 2.0 };
let near = |a: f64, b: f64| (a - b).abs() < 5e-5;

let share = eq9.shares(&y);
assert!(near(share(1.0), 0.6652)); // 7.389 / 11.107
assert!(near(share(3.0), 0.0900)); // 1 / 11.107
assert!(near(share(2.0), 0.2447)); // rubbish: 2.718 / 11.107

// Were the label 0: -log 0.6652, or 1 + log(e⁻² + e⁻¹ + e⁻³) = 1 - 0.5924.
// Then dE/dy = (1 - 0.6652, -0.0900).
assert!(near(eq9.loss(&y, 0), 0.4076));
// Were it 1: 2 more, as y_D is; the second term is the same.
// Then dE/dy = (-0.6652, 1 - 0.0900).
assert!(near(eq9.loss(&y, 1), 2.4076));

assert_eq!(Criterion::TrueClass.loss(&y, 1), 3.0);
assert_eq!(Criterion::TrueClass.shares(&y)(1.0), 0.0);
```

# What is j?

**Compare it with penalties, not with probabilities.** A network that has learnt nothing has [penalties of
84](super::rbf#where-people-get-stuck); a state of F6 that equals the code of its class has 0 there, and [48 to
200](mod@super::codes) for the others.

| $j$ is | then | eq. 9 becomes |
|---|---|---|
| far below all penalties | $e^{-j}$ outweighs the sum, all $p_i$ are 0 | $y_D - j$: eq. 8 less a constant |
| among them | a class well above $j$ is left alone, one below is pushed | competition with those that come close |
| far above all | $e^{-j}$ is nothing, there is no rubbish | competition among the ten alone |

"Well above" can be read off: $S \geq e^{-j}$, so $p_i \leq e^{-(y_i - j)}$. A class that is 10 above $j$ has a share
of at most 5 in 100,000.

A small $j$ does something else, which the paper does not mention. With the other classes far away,
$p_D = 1 / (1 + e^{y_D - j})$: a pattern pulls with its full force while its penalty is above $j$, with half of it at
$j$, and is let go below. So [`rbf`](crate::experiment), with $j = 3$, has the gradient of eq. 8 for every pattern
that is not read well yet, and none for the others:

```
use lenet5::section2::{Criterion, Penalties};
let eq9 = Criterion::Competitive { rubbish: 3.0 };
let pull = |y| 1.0 - eq9.shares(&Penalties::from(vec![y, 60.0]))(y);
assert!(pull(84.0) > 0.9999 && pull(13.0) > 0.9999);
assert_eq!(pull(3.0), 0.5);
assert!(pull(0.5) < 0.08);
```

Measured, on validation patterns and around eq. 8 (`experiment study readings --data DIR`): $j = 50$ and $100$ cost
half a point of error, $j = 10$ nothing that can be seen. How the value was found stands in `paper/recipe.md`
([deviation 6](crate::paper::deviations#6-map-criterion-value-of-j-and-output-curvature)).

# Do codes that learn collapse?

Under eq. 8 all ten penalties can be 0 and the loss with them. Under eq. 9 ten equal penalties of 0 leave
$\log(10 + e^{-j})$, more than $\log 10 = 2.3$: ten classes cannot share one certainty. Measured, with codes that
learn ([deviation 12](crate::paper::deviations#12-learnable-codes)), two seeds, `experiment study codes --data DIR`:

| | closest two codes, squared, at first | after pass 1 | after pass 20 | validation error % |
|---|---|---|---|---|
| eq. 8, fixed | 48 | 48 | 48 | 1.17 ± 0.04 |
| eq. 8, learnt | 48 | 8 to 9 | 1.6 | 1.51 ± 0.01 |
| eq. 9 with $j = 100$, learnt | 48 | 48 | 45 to 46 | 1.73 ± 0.12 |

So they do collapse under eq. 8, if not to a point within 20 passes, and they do not under eq. 9, as the paper says.
Learning the codes buys nothing here.

# Where people get stuck

- **The loss of a fresh network** says which loss it is: 84 under eq. 8, 81 under eq. 9 with $j = 3$, $\log 10 = 2.3$
  with $j$ far above (asserted below).
- **$j$ refuses nothing.** It is part of the loss. The answer is one of the ten, [the
  nearest](super::Penalties::nearest), whatever $j$ is.
- **$j$ goes with the scale of the penalties.** With half of eq. 7 ([deviation
  1](crate::paper::deviations#1-loss-scale)) the distances are 24 to 100, and $j$ is compared with those.
- **Patterns that are certain have no curvature.** As $p_D$ goes to 1, all second derivatives of eq. 9 go to 0, where
  those of eq. 8 stay 2. The gradient may vanish; the rates that are [computed from
  curvature](crate::appendix::c#eq-21) then climb to their ceiling. The arms hand back the constant instead
  ([`Curvature::Constant`](super::Curvature::Constant)).
- **Sum or mean?** One update per pattern takes the gradient of one term, and no $1/P$ ever appears. A mini-batch
  takes the mean of its own ([deviation 19](crate::paper::deviations#19-mini-batches)).

```
use lenet5::section2::{Criterion, Penalties};
let fresh = Penalties::from(vec![84.0_f64; 10]);
let eq9 = |rubbish| Criterion::Competitive { rubbish }.loss(&fresh, 7);
assert_eq!(Criterion::TrueClass.loss(&fresh, 7), 84.0);
assert!((eq9(3.0) - 81.0).abs() < 1e-9);
assert!((eq9(1000.0) - 10.0_f64.ln()).abs() < 1e-9);
```

# How we know

`tests/gradients/heads.rs` compares $\partial E / \partial x$ through both losses with finite differences, with $j$
below, among and above the penalties, and sees wrong ones refused: eq. 8 in place of eq. 9, another label, another
$j$. It also draws penalties and $j$ up to $10^{30}$: no loss overflows in f32 or turns negative.
`tests/identities/penalties.rs` checks that eq. 9 is minus the logarithm of a share, that shares and rubbish add up
to 1, that the gradient becomes that of eq. 8 as $j$ falls, and that codes which learn collapse under eq. 8 and keep
$\log 10$ under eq. 9. `tests/curvature/heads.rs` has the second derivatives.

When a wrong class is pushed away, for five losses:
"#
)]
#![doc = include_str!("../../docs/figures/rubbish.svg")]

use super::rbf::Penalties;
use crate::Real;

/// How penalties and a label become a loss.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Criterion {
    /// [Eq. 8](self#eq-8): the penalty of the true class.
    TrueClass,
    /// [Eq. 9](self#eq-9): the same, in competition with all classes and with rubbish.
    Competitive {
        /// The penalty `j` of rubbish, to be compared with the others: see [what j is](self#what-is-j).
        rubbish: f64,
    },
}

impl Criterion {
    /// The loss of one pattern: a term of the sum in eq. 8 or 9. Never negative, never infinite for finite penalties.
    ///
    /// ```
    /// use lenet5::section2::{Criterion, Penalties};
    /// let penalties = Penalties::from(vec![3.0, 40.0]);
    /// assert_eq!(Criterion::TrueClass.loss(&penalties, 0), 3.0);
    /// // The true class is nearest by far: competition costs nothing.
    /// assert!(Criterion::Competitive { rubbish: 100.0 }.loss(&penalties, 0) < 1e-9);
    /// // e¹⁰⁰⁰ would overflow; the loss is computed without it.
    /// let far = Penalties::from(vec![1000.0, 2000.0]);
    /// assert_eq!(Criterion::Competitive { rubbish: 5000.0 }.loss(&far, 1), 1000.0);
    /// ```
    pub fn loss<R: Real>(self, penalties: &Penalties<R>, label: usize) -> R {
        match self {
            Self::TrueClass => penalties.of(label),
            Self::Competitive { rubbish } => penalties.of(label) + log_sum(penalties, rubbish),
        }
    }

    /// `p_i` of eq. 9 as a function of `y_i`: how much of the competition a class with that penalty has to itself. All
    /// zero under eq. 8, which knows no competition.
    pub fn shares<R: Real>(self, penalties: &Penalties<R>) -> impl Fn(R) -> R + use<R> {
        let log_sum = match self {
            Self::TrueClass => R::infinity(),
            Self::Competitive { rubbish } => log_sum(penalties, rubbish),
        };
        move |penalty| (-penalty - log_sum).exp()
    }
}

/// `log( exp(-j) + sum exp(-y_i) )`, the largest term taken out of the sum so that nothing overflows.
fn log_sum<R: Real>(penalties: &Penalties<R>, rubbish: f64) -> R {
    let rubbish = R::of(rubbish);
    let all = || penalties.iter().chain([rubbish]);
    let least = all().fold(R::infinity(), R::min);
    all().map(|y| (least - y).exp()).sum::<R>().ln() - least
}
