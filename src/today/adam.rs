#![doc = mathdoc::md!(
    r#"
Adam: a step for every parameter, scaled by the size of its own gradients; and weight decay.

# What it is, and where it comes from

D. P. Kingma and J. Ba, *Adam: A Method for Stochastic Optimization* (2015). Of each parameter's gradient two running
means are kept, that of the gradient and that of its square; the step is the first divided by the root of the second.
Weight decay apart from the gradient is from I. Loshchilov and F. Hutter, *Decoupled Weight Decay Regularization*
(2019); together the two are called AdamW.

**In 1998** [App. C](crate::appendix::c) stood there, which has the same wish, a rate of its own for every parameter,
and grants it with second derivatives. [Below](#beside-app-c) the two stand side by side.

# Shapes

$w$, the gradient $g$, and the two means $m$ and $v$ have the shape of all parameters, 60,000 numbers each for the
paper's network. Everything on this page is for one parameter; none knows of another.

# The rule

At the step $t$, counted from 1, with $m_0 = v_0 = 0$:

$$
m_t = \beta_1 m_{t-1} + (1 - \beta_1) \, g_t
\qquad
v_t = \beta_2 v_{t-1} + (1 - \beta_2) \, g_t^2
$$

$$
w_t = w_{t-1} - \eta \, \frac{m_t / (1 - \beta_1^t)}{\sqrt{v_t / (1 - \beta_2^t)} + \epsilon}
- \eta \lambda \, w_{t-1}
$$

with the authors' $\beta_1 = 0.9$, $\beta_2 = 0.999$ and $\epsilon = 10^{-8}$ ([`BETA1`], [`BETA2`], [`EPSILON`]).
$\eta$ is the rate, $\lambda$ the decay.

# The two corrections, line by line

1. Put the line of $m$ into itself until $m_0 = 0$ is reached:

   $$
   m_t = (1 - \beta_1) \sum_{k=1}^{t} \beta_1^{t-k} g_k
   $$

2. Let all gradients have the expectation $\langle g \rangle$. It comes out of the sum, and what is left is a
   geometric series, $1 + \beta_1 + \dots + \beta_1^{t-1} = (1 - \beta_1^t) / (1 - \beta_1)$:

   $$
   \langle m_t \rangle = (1 - \beta_1^t) \, \langle g \rangle
   $$

   The weights of the mean add up to $1 - \beta_1^t$ and not to 1: the rest is the weight of the 0 at the beginning.
   Dividing by it makes a true mean.
3. $v$ is the same with $g^2$ and $\beta_2$: $\langle v_t \rangle = (1 - \beta_2^t) \, \langle g^2 \rangle$.

At the first step the corrected means are $g_1$ and $g_1^2$, so the step is $-\eta \, g_1 / |g_1|$: **the first step
of every parameter is $\eta$, up or down, however large its gradient.** Without the corrections it would be
$0.1 / \sqrt{0.001} = 3.16$ times that. The second one matters longer: $0.999^t$ falls to a half after 693 steps only.

The kernel takes what does not depend on the parameter out of the loop: the rate $\eta / (1 - \beta_1^t)$, and
$1 / \sqrt{1 - \beta_2^t}$ by which the root of $v$ is multiplied.

# Weight decay, decoupled

A penalty on large weights, $\frac\lambda2 w^2$, adds $\lambda w$ to the gradient. In plain descent that takes the
share $\eta \lambda$ of every weight away, in each step. In Adam $\lambda w$ would go through the division with
everything else: the share would be $\eta \lambda / \sqrt v$, and a weight with large gradients would decay least.
Decoupled, $-\eta \lambda w$ is added behind the division, and all weights lose the same share. With $\lambda = 0$
there is none.

In this program it acts on every parameter: biases and the gains of [normalisation](super::batch_normalisation) too.

# Beside App. C

| | [SDLM](crate::appendix::c), 1998 | Adam, 2015 |
|---|---|---|
| the step of $w_k$ | $\eta \, g_k / (\mu + h_{kk})$ | $\eta \, m_k / (\epsilon + \sqrt{v_k})$ |
| divides by | the second derivative | the root of the mean *squared gradient* |
| which it has from | a pass of its own, `bbprop`, over 500 patterns | the gradients that are there anyhow |
| how often | before each pass over the data | at each step |
| the loss doubled | the same step, but for $\mu$ | the same step, but for $\epsilon$ |
| $\eta$ is | a pure number | a length, in the unit of $w$ |
| flat, gradient 0 | $\eta / \mu$, the highest rate | no step |
| remembers | a rate for each parameter | two numbers for each parameter |
| every layer has to know | second derivatives | nothing new |

**What they divide by is not the same thing.** Measure $w$ in another unit, $w' = c w$. Gradients are then divided by
$c$, second derivatives by $c^2$. SDLM's step $g / h$ is multiplied by $c$, as $w$ itself is: it is the same step.
Adam's $m / \sqrt v$ does not change at all. So where the loss is a parabola, $g / h$ knows how far it is to the
bottom; Adam's step is about $\eta$ for everyone while gradients agree, and less when they change their sign from step
to step. That also holds near the bottom, where gradients are noise: only a smaller $\eta$ ends the wandering, hence
the [falling rate](super::training#a-rate-that-falls).

And yet they are related. If the loss is the negative logarithm of a probability and the labels are drawn by that
probability, the mean of $g^2$, pattern by pattern, *is* the mean second derivative (both are Fisher's information).
Then Adam divides by the root of what App. C divides by. Of the mean gradient of a mini-batch this is not true: its
square is smaller, as noise cancels.

# By hand

One weight, $w = 0$, $\eta = 1$, no decay, and the gradients 2 and -2. The square is 4 both times, so the root of the
corrected $v$ is 2.

| $t$ | $g$ | $m$ | $m / (1 - 0.9^t)$ | step | $w$ |
|---|---|---|---|---|---|
| 1 | 2 | 0.2 | 0.2 / 0.1 = 2 | -1 | -1 |
| 2 | -2 | 0.18 - 0.2 = -0.02 | -0.02 / 0.19 = -2/19 | 1/19 | -18/19 |

```
use lenet5::section1::{Optimiser, Parameters};
use lenet5::section2::FullConnection;
use lenet5::today::Adam;
use ndarray::{arr1, arr2};

let (weight, bias) = (arr2(&[[0.0]]), arr1(&[0.0]));
let mut w = FullConnection::<f64> { weight, bias };
let mut g = w.zeros();
let mut rule = Adam::new(1.0, 0.0, &w);
let path = [2.0, -2.0].map(|gradient| {
    g.weight[[0, 0]] = gradient;
    g.bias[0] = 1e6 * gradient; // gradients of another size
    rule.step(&mut w, &g);
    (w.weight[[0, 0]], w.bias[0])
});
for (found, wanted) in path.into_iter().zip([-1.0, -18.0 / 19.0]) {
    assert!((found.0 - wanted).abs() < 1e-7);
    assert!((found.1 - wanted).abs() < 1e-7); // and the same steps
}
assert!((rule.mean.weight[[0, 0]] + 0.02).abs() < 1e-12);
let v = 0.999 * 0.004 + 0.004;
assert!((rule.square.weight[[0, 0]] - v).abs() < 1e-12);

// What the corrections correct, and for how long.
assert!((0.1 / 0.001_f64.sqrt() - 3.16_f64).abs() < 0.005);
assert!(0.999_f64.powi(692) > 0.5 && 0.999_f64.powi(693) < 0.5);

// Decay alone: a tenth of the rate, of whatever is there.
(w.weight[[0, 0]], w.bias[0]) = (8.0, -2.0);
g.fill(0.0);
Adam::new(0.5, 0.2, &w).step(&mut w, &g);
assert!((w.weight[[0, 0]] - 7.2).abs() < 1e-12);
assert!((w.bias[0] + 1.8).abs() < 1e-12);
```

# Where people get stuck

- **Without the corrections**, or with $t$ counted from 0, which divides by 0.
- **$\epsilon$ in the root or outside.** $\sqrt{v} + \epsilon$ and $\sqrt{v + \epsilon}$ are far apart where $v$ is
  small: $10^{-8}$ and $10^{-4}$ at $v = 0$. And inside the correction or outside: here $v$ is corrected first, as in
  the authors' algorithm.
- **A rate of 0.1**, which plain descent may bear, moves every weight by 0.1 at once. He's weights of C5 have a
  deviation of [0.07](super::initial).
- **Rare gradients.** A parameter that hears something once in a thousand steps has a small $v$ when it does, and
  makes a large step.
- **Decay counts $\eta$ in**: a weight loses $\eta \lambda$ of itself in a step, so the decay falls with the rate.
- **A run that is taken up again** needs $m$, $v$ *and* $t$.

# How we know

`tests/today/rules.rs` makes whole paths of steps once more by the formula and sees others refused; `tests/kernels`
does so for the loop.
"#
)]

use crate::Real;
use crate::kernels::adam::{self as kernel, Step};
use crate::section1::{Optimiser, Parameters};

/// Adam (Kingma and Ba 2015) with decoupled weight decay (Loshchilov and Hutter 2019): [the rule](self#the-rule).
#[derive(Clone, Debug)]
pub struct Adam<R, P> {
    /// The rate eta: about how far a parameter moves in a step, in its own unit.
    pub eta: R,
    /// lambda: how much of a parameter decays in a step of rate 1; 0 is none. All parameters decay, biases and gains too.
    pub decay: R,
    /// m: the running mean of the gradient, not corrected.
    pub mean: P,
    /// v: the running mean of its square, not corrected.
    pub square: P,
    /// How many steps there have been: what the corrections depend on.
    pub steps: i32,
}

/// How much of the mean gradient is kept from step to step.
pub const BETA1: f64 = 0.9;
/// How much of the mean square is kept from step to step.
pub const BETA2: f64 = 0.999;
/// Added to the root of the mean square: keeps a step finite where no gradient has been seen.
pub const EPSILON: f64 = 1e-8;

impl<R: Real, P: Parameters<R>> Adam<R, P> {
    /// At the beginning: no steps, all means 0, in the structure of `parameters`.
    pub fn new(eta: R, decay: R, parameters: &P) -> Self {
        Self { eta, decay, mean: parameters.zeros(), square: parameters.zeros(), steps: 0 }
    }

    /// The numbers of the next step, which do not depend on the parameter.
    fn next(&mut self) -> Step<R> {
        self.steps += 1;
        let corrected = |beta: f64| 1.0 - beta.powi(self.steps);
        Step {
            beta1: R::of(BETA1),
            beta2: R::of(BETA2),
            rate: self.eta / R::of(corrected(BETA1)),
            root: R::of(1.0 / corrected(BETA2).sqrt()),
            epsilon: R::of(EPSILON),
            decay: self.eta * self.decay,
        }
    }
}

impl<R: Real, P: Parameters<R>> Optimiser<R, P> for Adam<R, P> {
    fn step(&mut self, parameters: &mut P, gradient: &P) {
        let step = self.next();
        let memory = self.mean.arrays_mut().zip(self.square.arrays_mut());
        for ((w, (m, v)), dw) in parameters.arrays_mut().zip(memory).zip(gradient.arrays()) {
            kernel::step(step, w, m, v, dw);
        }
    }

    fn memory(&self) -> Vec<(&'static str, &P)> {
        vec![("mean", &self.mean), ("square", &self.square)]
    }
}
