#![doc = mathdoc::md!(
    r#"
App. B: stochastic against batch learning.

Why move after every pattern when one could first look at all of them?

# What the paper says

The gradient of the mean over all patterns is exact and costs a whole pass. The gradient of one pattern is noisy and
costs one pattern. On large, redundant training sets the second is faster, at times by orders of magnitude. The
argument is a thought experiment: let the training set be two copies of one half. A batch update goes through both to
learn what one would have told it. The stochastic rule makes two passes over the half in the same time. Real sets
contain no exact copies, but where one may hope to generalise there is redundancy, and the argument holds by degrees.

The classical second-order methods are no way out: Gauss-Newton and Levenberg-Marquardt take of the order of $N^3$
operations per update for $N$ parameters, quasi-Newton methods $N^2$. Conjugate gradients and limited-memory BFGS take
$N$, but need batches, and gain less over a batch than one update per pattern does. What remains is a cheap correction
of scale: [App. C](super::c).

# The idea

The gradients are the same, pattern by pattern; only the moment of the update differs ([eq. 2 and
3](crate::section1::gradient_descent#eq-2)). Let $g_p$ be the gradient of pattern $p$, $P$ their number. Two copies
say

$$
\frac{1}{2P} \sum_{p} (g_p + g_p) = \frac{1}{P} \sum_{p} g_p
$$

which is what one copy says, for twice the price. One update per pattern uses the second copy at parameters that the
first has already moved.

| for 60,000 patterns | updates in a pass | in 20 passes |
|---|---|---|
| [`Update::Stochastic`] | 60,000 | 1,200,000 |
| [`Update::Batch`] | 1 | 20 |

# By hand

The bias $b$ of a unit that sees nothing, $E^p = \frac12 (b - d_p)^2$ and two patterns that want 1 and 3, as in
[section I](crate::section1::gradient_descent#by-hand); $\epsilon = \frac12$, from $b = 0$. The minimum is at 2.

```
use lenet5::appendix::b::Update;

let epsilon = 0.5;
let pass = |patterns: &[f64], update: Update| {
    let mut b = 0.0;
    for batch in patterns.chunks(update.patterns(patterns.len())) {
        let sum: f64 = batch.iter().map(|d| b - d).sum();
        b -= epsilon * sum / batch.len() as f64;
    }
    b
};
let (half, two_copies) = ([1.0, 3.0], [1.0, 3.0, 1.0, 3.0]);
// Twice the work, the same step:
assert_eq!(pass(&half, Update::Batch), 1.0);
assert_eq!(pass(&two_copies, Update::Batch), 1.0);
// Twice the work, two passes over the half:
assert_eq!(pass(&half, Update::Stochastic), 1.75);
assert_eq!(pass(&two_copies, Update::Stochastic), 2.1875);
// Between the two:
assert_eq!(pass(&two_copies, Update::Minibatch(2)), 1.5); // by way of 1
```

# Measured

One update per pass, along the mean gradient, has learnt next to nothing after 20 passes: at the best of three scales
of $\eta$, 56 % of the validation patterns are wrong, where one update per pattern leaves 1 %
(`experiment study rules --data DIR`, two seeds).

# Where people get stuck

- **“Constant random order”** (App. C). Stochastic does not mean shuffled anew for each pass: the paper shuffles once
  ([deviation 8](crate::paper::deviations#8-constant-random-order)).
- **Mini-batches** lie between the two, and the paper allows for them. What made them the rule later was hardware that
  does 256 patterns in little more time than one, not an argument of this appendix. None of the paper's arms has them
  ([deviation 19](crate::paper::deviations#19-mini-batches)).
- **Noise** matters little while the parameters are far from where they will settle, and all the more at the end: the
  rates fall from pass to pass.

# How we know

`tests/identities/copies.rs` does the thought experiment with LeNet-5: on two copies a batch update is the same as on
one, and one stochastic pass is two passes over the half, to the last bit. `tests/lenet5/training.rs` knows that
batches move along the mean of their gradients, whatever their size, and that batches of one and of all are the two
rules.
"#
)]

use serde::{Deserialize, Serialize};

/// When the parameters change (I-B, App. B).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Update {
    /// After every pattern, by its own gradient (eq. 3).
    Stochastic,
    /// After so many patterns, by the gradient of their mean: what frameworks call a batch (deviation 19).
    Minibatch(usize),
    /// After all patterns, by the gradient of their mean (eq. 2).
    Batch,
}

impl Update {
    /// How many of `patterns` patterns go into one update: at least 1.
    pub fn patterns(self, patterns: usize) -> usize {
        match self {
            Self::Stochastic => 1,
            Self::Minibatch(count) => count.max(1),
            Self::Batch => patterns.max(1),
        }
    }
}
