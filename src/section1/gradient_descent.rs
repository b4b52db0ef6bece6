#![doc = mathdoc::md!(
    r#"
I-B, eq. 2 and 3: how a gradient becomes a change of the parameters.

# What the paper says

If the loss varies smoothly with the parameters $W$, a small change of $W$ tells which way is down (I-B). The plain
rule looks at all patterns before it moves. It takes the gradient of $E$, the mean of the losses $E^p$ of the
patterns:

$$ (2) [`Gradient`] after [`Update::Batch`](crate::appendix::b::Update::Batch)
W_k = W_{k-1} - \epsilon \, \frac{\partial E(W)}{\partial W}
$$

The rule that trains LeNet-5 moves after every pattern $p_k$, by the gradient of its loss alone:

$$ (3) [`Gradient`] after [`Update::Stochastic`](crate::appendix::b::Update::Stochastic)
W_k = W_{k-1} - \epsilon \, \frac{\partial E^{p_k}(W)}{\partial W}
$$

$W$ then wanders about an average path and, on large redundant sets, arrives much sooner: [App. B](crate::appendix::b)
says why. [App. C](crate::appendix::c) has a rate for each parameter in place of the one $\epsilon$.

# The idea: what to do and when are two questions

The two equations differ in whose gradient they take, and so in when they can take it; the step is the same. So the
program keeps them apart:

| question | answered by | answers |
|---|---|---|
| when, and by which gradient? | [`Update`](crate::appendix::b::Update) | after one pattern, after some, after all |
| how far, given a gradient? | [`Optimiser`] | [`Gradient`], [`Momentum`](crate::today::Momentum), [a rate each](crate::appendix::c) |

Parameters, gradient and rates are values of one type, say three networks $(w, dw, \epsilon)$ of 60,000 numbers each.
A step is one walk over them side by side ([`Parameters`]).

# By hand

One parameter, the bias $b$ of a unit that sees nothing; two patterns that want it to be 1 and 3, with
$E^p = \frac12 (b - d_p)^2$. So $\partial E^p / \partial b = b - d_p$, and the mean loss is lowest at $b = 2$. From
$b = 0$, with $\epsilon = \frac12$, once through both patterns:

| | gradient | $b$ |
|---|---|---|
| batch | $\frac12 ((0 - 1) + (0 - 3)) = -2$ | 1 |
| stochastic, first pattern | $0 - 1 = -1$ | 0.5 |
| stochastic, second pattern | $0.5 - 3 = -2.5$ | 1.75 |

```
use lenet5::section1::{Gradient, Optimiser, Parameters};
use lenet5::section2::FullConnection;
use ndarray::{arr1, arr2};

let start = FullConnection::<f64> { weight: arr2(&[[0.0]]), bias: arr1(&[0.0]) };
let mut rule = Gradient { eta: 0.5 };
let mut gradient = start.zeros();

let mut batch = start.clone();
gradient.bias[0] = ((batch.bias[0] - 1.0) + (batch.bias[0] - 3.0)) / 2.0;
rule.step(&mut batch, &gradient);
assert_eq!(batch.bias[0], 1.0);

let (mut stochastic, mut path) = (start, Vec::new());
for d in [1.0, 3.0].into_iter().cycle().take(100) {
    gradient.bias[0] = stochastic.bias[0] - d;
    rule.step(&mut stochastic, &gradient);
    path.push(stochastic.bias[0]);
}
assert_eq!(path[..2], [0.5, 1.75]);

// It ends in wandering between 5/3 and 7/3, about the 2 that batches come to.
assert!((path[98] - 5.0 / 3.0).abs() < 1e-12);
assert!((path[99] - 7.0 / 3.0).abs() < 1e-12);
```

With the same $\epsilon$ the stochastic rule is nearly there after one pass and never quite there. That is why the
[schedule](crate::section3::training::ETA) lets the rates fall.

# Where people get stuck

- **The index.** $k$ counts *updates* here. In [App. C](crate::appendix::c#where-people-get-stuck) it counts
  parameters, and units of the layer above.
- **“Stochastic”** means one pattern per update in this paper. What is called SGD today is mostly a mean over 32 to
  256 patterns; a rate that suits one does not suit the other.
  [`Update::Minibatch`](crate::appendix::b::Update::Minibatch) is that ([deviation
  19](crate::paper::deviations#19-mini-batches)).
- **Mean or sum.** The gradient of a batch is that of the *mean* loss. With the sum, $\epsilon$ would have to know how
  many patterns there are.
- **Momentum** is not in the paper's recipe. It is the plainest rule that remembers something from step to step, and
  stands with [what came later](crate::today::momentum).

# How we know

`tests/lenet5/training.rs` moves LeNet-5 along means of four, four and two gradients and finds what mini-batches of
four make of it; batches of one and of all are eq. 3 and 2. `tests/curvature/rates.rs` checks steps with a rate for
each parameter number by number; `tests/identities/copies.rs` has the argument of App. B on LeNet-5.
"#
)]

use super::Parameters;
use crate::Real;

/// A rule that turns a gradient into a change of the parameters.
///
/// One call of `step` is one update: after each pattern (stochastic, eq. 3) or after all of them with the gradient of
/// their mean (batch, eq. 2). Which of the two is the caller's business, not the rule's.
pub trait Optimiser<R: Real, P: Parameters<R>> {
    /// Changes `parameters` once; `gradient` is `dE/dw` in the same structure.
    fn step(&mut self, parameters: &mut P, gradient: &P);

    /// The rates, if a step is nothing but `w <- w - rates dE/dw`: then it can be taken layer by layer on the way back.
    fn rates(&self) -> Option<&P> {
        None
    }

    /// What the rule remembers from step to step besides the parameters, and what it is called: it belongs in a checkpoint.
    fn memory(&self) -> Vec<(&'static str, &P)> {
        Vec::new()
    }
}

/// Plain gradient descent: `w <- w - eta dE/dw` ([eq. 2 and 3](self#eq-2)), one rate for all.
#[derive(Clone, Copy, Debug)]
pub struct Gradient<R> {
    /// The rate `eta`.
    pub eta: R,
}

impl<R: Real, P: Parameters<R>> Optimiser<R, P> for Gradient<R> {
    fn step(&mut self, parameters: &mut P, gradient: &P) {
        for (w, dw) in parameters.arrays_mut().zip(gradient.arrays()) {
            for (w, &dw) in w.iter_mut().zip(dw) {
                *w -= self.eta * dw;
            }
        }
    }
}
