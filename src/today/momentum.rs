#![doc = mathdoc::md!(
    r#"
Momentum: gradient descent that keeps a part of its last step.

# What it is, and where it comes from

B. T. Polyak, *Some methods of speeding up the convergence of iteration methods* (1964); for networks D. E. Rumelhart,
G. E. Hinton and R. J. Williams, *Learning representations by back-propagating errors* (1986). So it is older than the
paper, whose recipe does without it; it stands here as a part of most recipes that came later.

**In 1998** the step was $-\epsilon_k \, \partial E / \partial w_k$ and was forgotten once taken ([eq.
18](crate::appendix::c#eq-18)). That the loss bends differently along different parameters was answered with a [rate
for each](crate::appendix::c). Momentum has one rate and answers by averaging over time.

# The rule

With $g_t$ for the gradient and $v$ for the step:

$$
v_t = \alpha v_{t-1} - \eta g_t
\qquad\qquad
w_t = w_{t-1} + v_t
$$

$\alpha$ is in [0, 1); with 0 it is [plain descent](crate::section1::Gradient). $v$ has the shape of all parameters
and begins at 0. Put the first line into itself until nothing is left:

$$
v_t = - \eta \, ( g_t + \alpha g_{t-1} + \alpha^2 g_{t-2} + \dots )
$$

1. **Where gradients agree** they add up. If all are $g$, the series is geometric and the step grows towards

   $$
   v = - \frac{\eta}{1 - \alpha} \, g
   $$

   With $\alpha = 0.9$ that is ten times the plain step. So a rate is to be read together with its $\alpha$.
2. **Where they alternate**, from one wall of a valley to the other, they cancel: for $g, -g, g, \dots$ the sum tends
   to $\pm g / (1 + \alpha)$, about half a plain step.

**Why one rate can do.** On a parabola, $g = h w$, the two lines are one recursion,
$w_{t+1} = (1 + \alpha - \eta h) w_t - \alpha w_{t-1}$. A solution $w_t = z^t$ needs

$$
z^2 - (1 + \alpha - \eta h) \, z + \alpha = 0
$$

The product of the two roots is $\alpha$. If they are complex they are each other's conjugates, of the same modulus,
so $|z| = \sqrt{\alpha}$: the error shrinks by $\sqrt\alpha$ a step, *whatever $h$ is*. They are complex if
$(1 + \alpha - \eta h)^2 < 4 \alpha$, which is

$$
(1 - \sqrt\alpha)^2 < \eta h < (1 + \sqrt\alpha)^2
$$

With $\alpha = 0.81$ that is from 0.01 to 3.61: curvatures that differ by a factor of 361 shrink alike, by 0.9 a step.
Plain descent shrinks by $|1 - \eta h|$ and diverges from $\eta h = 2$ on. This holds for exact gradients; those of
single patterns are noisy, and the noise is added up as well.

# By hand

A constant gradient of 1 with $\eta = \alpha = \frac12$, from 0; the step tends to -1:

| $g$ | $v$ | $w$ |
|---|---|---|
| 1 | -0.5 | -0.5 |
| 1 | -0.25 - 0.5 = -0.75 | -1.25 |
| 1 | -0.375 - 0.5 = -0.875 | -2.125 |

The parabola $E = \frac12 w^2$, so $g = w$, from $w = 1$, with $\eta = 1$ and $\alpha = \frac14$:

| $g$ | $v$ | $w$ |
|---|---|---|
| 1 | -1 | 0 |
| 0 | -0.25 | -0.25 |
| -0.25 | -0.0625 + 0.25 = 0.1875 | -0.0625 |

```
use lenet5::section1::{Optimiser, Parameters};
use lenet5::section2::FullConnection;
use lenet5::today::Momentum;
use ndarray::{arr1, arr2};

let (weight, bias) = (arr2(&[[0.0]]), arr1(&[0.0]));
let mut w = FullConnection::<f64> { weight, bias };
let (zero, mut g) = (w.zeros(), w.zeros());
let momentum = |eta, alpha| Momentum { eta, alpha, velocity: zero.clone() };

let mut rule = momentum(0.5, 0.5);
g.bias[0] = 1.0;
let path = [(); 3].map(|()| {
    rule.step(&mut w, &g);
    w.bias[0]
});
assert_eq!(path, [-0.5, -1.25, -2.125]);

let mut rule = momentum(1.0, 0.25);
w.bias[0] = 1.0;
let path = [(); 3].map(|()| {
    g.bias[0] = w.bias[0];
    rule.step(&mut w, &g);
    w.bias[0]
});
assert_eq!(path, [0.0, -0.25, -0.0625]);

// Curvatures of 0.02 and 3.6, one rate: both are gone after 400 steps.
let mut rule = momentum(1.0, 0.81);
(w.weight[[0, 0]], w.bias[0]) = (1.0, 1.0);
for _ in 0..400 {
    g.weight[[0, 0]] = 0.02 * w.weight[[0, 0]];
    g.bias[0] = 3.6 * w.bias[0];
    rule.step(&mut w, &g);
}
assert!(w.weight[[0, 0]].abs() < 1e-12 && w.bias[0].abs() < 1e-12);
```

# Where people get stuck

- **Where $\eta$ stands.** Many write $v = \alpha v + g$ and $w = w - \eta v$. As long as $\eta$ stays it is the same
  path. When $\eta$ falls, theirs shrinks at once; here the old steps run out at their old size.
- **$1 - \alpha$ before the gradient** makes $v$ a mean, and $\eta$ ten times as large for the same path. That is the
  $m$ of [Adam](super::adam).
- **The same $\eta$ with momentum as without** is a rate that is $1 / (1 - \alpha)$ times as large, and may diverge.
- **Zeros are not missing.** A parameter whose gradient is 0 keeps moving for a while.
- **It belongs into a checkpoint**: without its $v$ a run that is taken up again takes another path
  ([`memory`](Optimiser::memory)).

# How we know

`tests/today/rules.rs` makes whole paths of steps once more by the formula and sees others refused.
"#
)]

use crate::Real;
use crate::section1::{Optimiser, Parameters};

/// Gradient descent with momentum: `v <- alpha v - eta dE/dw`, then `w <- w + v`.
///
/// The paper does not use it: it is the plainest rule that remembers something from step to step. One rate for all
/// parameters.
#[derive(Clone, Debug)]
pub struct Momentum<R, P> {
    /// The rate `eta`.
    pub eta: R,
    /// How much of the last change is kept, `alpha` in [0, 1).
    pub alpha: R,
    /// The last change of every parameter, `v`; zeros at the beginning.
    pub velocity: P,
}

impl<R: Real, P: Parameters<R>> Optimiser<R, P> for Momentum<R, P> {
    fn step(&mut self, parameters: &mut P, gradient: &P) {
        let changes = self.velocity.arrays_mut().zip(gradient.arrays());
        for (w, (v, dw)) in parameters.arrays_mut().zip(changes) {
            for ((w, v), &dw) in w.iter_mut().zip(v).zip(dw) {
                *v = self.alpha * *v - self.eta * dw;
                *w += *v;
            }
        }
    }

    fn memory(&self) -> Vec<(&'static str, &P)> {
        vec![("velocity", &self.velocity)]
    }
}
