#![doc = mathdoc::md!(
    r#"
App. C, eq. 18 to 27: stochastic diagonal Levenberg-Marquardt, a rate for every parameter.

A parameter along which the loss bends sharply needs small steps; one along which it is flat bears large ones. This
page goes from the update down to the second derivative that sets its size.

# What the paper says

Each of the 60,000 parameters has a rate of its own. Before each pass the second derivatives are estimated on 500
patterns; from them come the rates, which stand still until the pass is over (App. C, III-B). The estimate leaves out
whatever could make it negative or expensive. No miracle of speed is promised, but a method that converges reliably
without much adjustment, most useful where weights are shared: a weight of C1 has 784 connections, a weight of F6 has
one.

**Why second derivatives at all?** Take the parabola $E = \frac{h}{2} (w - w^*)^2$. Its gradient is $h (w - w^*)$, so
the step that ends at the bottom is the gradient divided by $h$. With many parameters, the gradient's components
divided each by its own $h$ make a step of the same scale along every axis. What lies between the axes stays unknown.

# The update

Pattern $p$ changes every parameter $w_k$ at once:

$$ (18) [`Parameters::update`], [`Optimiser::step`]; on the way back: [`Module::descend`]
w_k \leftarrow w_k - \epsilon_k \frac{\partial E^p}{\partial w_k}
$$

Let $u_{ij}$ be the weight of the connection from unit $j$ to unit $i$, and $V_k$ the connections that share $w_k$:

$$ (19) [`Module::bprop`]
\frac{\partial E^p}{\partial w_k} = \sum_{(i,j) \in V_k} \frac{\partial E^p}{\partial u_{ij}}
$$

$$ (20) [`Convolution::weight`], [`Subsampling::coefficient`]
u_{ij} = w_k \quad \text{for all } (i,j) \in V_k
$$

The rate is large where the second derivative $h_{kk}$ is small. The constant $\mu$ bounds it by $\eta / \mu$ where
there is no curvature at all; $\eta$ is the one number of the [schedule](crate::section3::training::ETA).

$$ (21) [`rate`]
\epsilon_k = \frac{\eta}{\mu + h_{kk}}
$$

# The second derivative, line by line

1. **Exactly.** By eq. 20 the loss depends on $w_k$ through every $u_{ij}$ of $V_k$, each with the slope 1. Eq. 19 is
   the chain rule once. Once more, for each term of its sum:

   $$ (22) [`shared_exact`]
   h_{kk} = \sum_{(i,j) \in V_k} \sum_{(l,m) \in V_k} \frac{\partial^2 E}{\partial u_{ij} \, \partial u_{lm}}
   $$

2. **Without mixed terms**, the first of the paper's three approximations. A weight of C1 has $784^2$ terms in eq. 22;
   784 of them remain.

   $$ (23) [`shared`]
   h_{kk} = \sum_{(i,j) \in V_k} \frac{\partial^2 E}{\partial u_{ij}^2}
   $$

3. **Pattern by pattern.** $E$ is the mean of the $E^p$, and the derivative of a mean is the mean of the derivatives.
   To take it over 500 patterns instead of all is another of the three.

   $$ (24) [`Trainer::curvature`]
   \frac{\partial^2 E}{\partial u_{ij}^2} = \frac{1}{P} \sum_p \frac{\partial^2 E^p}{\partial u_{ij}^2}
   $$

4. **From the weight to the weighted sum.** The forward line is $a_i = \sum_j u_{ij} x_j + b_i$. Once:
   $\partial E / \partial u_{ij} = \partial E / \partial a_i \; x_j$. The state $x_j$ comes from below and does not
   move with $u_{ij}$, so differentiating again brings another $x_j$ and nothing else. This line is exact.

   $$ (25) [`connection`]; for a layer: [`Module::bbprop`]
   \frac{\partial^2 E^p}{\partial u_{ij}^2} = \frac{\partial^2 E^p}{\partial a_i^2} \, x_j^2
   $$

5. **From the weighted sum to the state.** The forward line is $x_i = f(a_i)$ ([eq.
   5](crate::section2::squashing#eq-5)). Once: $\partial E / \partial a_i = f'(a_i) \, \partial E / \partial x_i$.
   Both factors move with $a_i$, so the product rule has two terms:

   $$
   \frac{\partial^2 E}{\partial a_i^2} = f'(a_i)^2 \frac{\partial^2 E}{\partial x_i^2} + f''(a_i) \frac{\partial E}{\partial x_i}
   $$

6. **From the state to the layer above.** Unit $k$ above adds $u_{ki} x_i$ to its sum. Once:
   $\partial E / \partial x_i = \sum_k u_{ki} \, \partial E / \partial a_k$. Again, each $k$ meets all $m$ of the same
   layer:

   $$
   \frac{\partial^2 E}{\partial x_i^2} = \sum_k \sum_m u_{ki} u_{mi} \frac{\partial^2 E}{\partial a_k \, \partial a_m}
   \;\approx\; \sum_k u_{ki}^2 \frac{\partial^2 E}{\partial a_k^2}
   $$

   Mixed terms are left out here as well; with them, eq. 26 would be no recursion from unit to unit. Lines 5 and 6
   together:

   $$ (26) [`second_derivative`]
   \frac{\partial^2 E^p}{\partial a_i^2} = f'(a_i)^2 \sum_k u_{ki}^2 \frac{\partial^2 E^p}{\partial a_k^2}
   + f''(a_i) \frac{\partial E^p}{\partial x_i}
   $$

7. **Without the bend**, the approximation of Gauss and Newton. The last term may have either sign, and a negative $h$
   turns descent into ascent. Without it the network counts as linear around the pattern; the loss keeps its
   curvature.

   $$ (27) [`gauss_newton`]; for a layer: [`Squashing::unsquash`]
   \frac{\partial^2 E^p}{\partial a_i^2} = f'(a_i)^2 \sum_k u_{ki}^2 \frac{\partial^2 E^p}{\partial a_k^2}
   $$

Eq. 27 is back-propagation with every factor squared: squares times something that is not negative, added up. If it
starts above zero it stays there, and $\mu + h_{kk}$ is never less than $\mu$.

**Where does it start?** At the loss. Under eq. 7 and 8, $\partial^2 E / \partial x_i^2 = 2$ for each unit of F6, so
$\partial^2 E / \partial a_i^2 = 2 f'(a_i)^2$. The paper does not print this 2. With half the squared distance it is a
1; under eq. 9 and with softmax it is [something else](crate::section2::rbf#second-derivatives).

# Layer by layer

Here $da$ stands for $\partial E / \partial a$, and $dda$, $ddw$, $ddx$ for second derivatives as eq. 23, 25 and 27
have them; each sum in $ddw$ is over the places that share the parameter.

| | forward | down to its input | to its parameters |
|---|---|---|---|
| [RBF], eq. 8 | $y_D = \sum_j (x_j - w_{Dj})^2$ | $ddx_j = 2$ | none |
| [squashing] | $x = f(a)$ | $dda = f'(a)^2 \, ddx$ | none |
| [full] | $a_i = \sum_j u_{ij} x_j + b_i$ | $ddx_j = \sum_i u_{ij}^2 \, dda_i$ | $ddu_{ij} = dda_i \, x_j^2$, $ddb_i = dda_i$ |
| [convolution] | the same at every place | the same, over the units that see $x_j$ | the same, summed over places |
| [subsampling] | $a = c s + b$, $s = x_1 + \dots + x_4$ | $ddx_j = c^2 \, dda$ | $ddc = \sum dda \, s^2$, $ddb = \sum dda$ |

In a subsampling unit the four inputs act through one sum, so the mixed terms are had for nothing and we keep them
([deviation 5](crate::paper::deviations#5-curvature-of-a-subsampling-coefficient)).

# By hand

A chain of two layers with one unit each, $x_0 \to a_1 \to x_1 \to a_2 \to x_2$, and $E = (x_2 - d)^2$. To get round
numbers, $f(a) = 2 \tanh(a / 2)$: at $a = \ln 3$ it has $f = 1$, $f' = 3/4$ and $f'' = -3/8$. The biases bring both
sums there.

| | $u$ | $x$ below | $a = u x + b$ | $f(a)$ |
|---|---|---|---|---|
| layer 1 | 1 | 2 | $\ln 3$ | 1 |
| layer 2 | 2 | 1 | $\ln 3$ | 1 |

```
use lenet5::appendix::c::{connection, gauss_newton, rate, second_derivative};

let (f1, f2) = (0.75, -0.375); // f' and f'' in both layers
let (dx2, ddx2) = (4.0, 2.0);  // of E = (1 - d)² with d = -1

// Eq. 27, from the top down.
let dda2 = gauss_newton(f1, ddx2);
assert_eq!(dda2, 1.125);                   // (3/4)² 2
assert_eq!(connection(dda2, 1.0), 1.125);  // eq. 25: by u₂, with x₁ = 1
let ddx1 = connection(dda2, 2.0);          // one term of a sum: u₂² dda₂
let dda1 = gauss_newton(f1, ddx1);
assert_eq!(dda1, 2.53125);                 // (3/4)² 4.5
assert_eq!(connection(dda1, 2.0), 10.125); // by u₁, with x₀ = 2

// Eq. 26 needs the gradient as well: dE/dx₁ = u₂ f' dE/dx₂.
let dx1 = 2.0 * f1 * dx2;
let exact2 = second_derivative(f1, ddx2, f2, dx2);
assert_eq!(exact2, -0.375);                // 1.125 - (3/8) 4
let exact1 = second_derivative(f1, connection(exact2, 2.0), f2, dx1);
assert_eq!(exact1, -3.09375);              // (3/4)² (-1.5) - (3/8) 6
assert_eq!(connection(exact1, 2.0), -12.375);

// In a chain nothing is mixed, so eq. 26 is the true second derivative.
// By b₁, with differences:
let b = f64::ln(3.0) - 2.0;
let f = |a: f64| 2.0 * (a / 2.0).tanh();
let loss = |b1: f64| (f(2.0 * f(1.0 * 2.0 + b1) + b) + 1.0).powi(2);
let (below, above) = (loss(b - 1e-4), loss(b + 1e-4));
let difference = (above - 2.0 * loss(b) + below) / 1e-8;
assert!((difference - exact1).abs() < 1e-4);

// It is useless for a rate where it is negative: the step goes uphill.
assert!(rate(5e-4, 0.02, -12.375) < 0.0);
assert!(rate(5e-4, 0.02, 10.125) < 5e-5);
```

The layers themselves say what eq. 27 said:

```
use lenet5::section1::{Parameters, Sequential};
use lenet5::section2::{FullConnection, Squashing};
use ndarray::{arr1, arr2, arr3};

let bias = arr1(&[f64::ln(3.0) - 2.0]);
let unit = |u: f64| FullConnection { weight: arr2(&[[u]]), bias: bias.clone() };
let f = Squashing { amplitude: 2.0, slope: 0.5 };
let mut chain = Sequential::new((1, 1, 1))
    .then(unit(1.0))?
    .then(f)?
    .then(unit(2.0))?
    .then(f)?;

let mut h = chain.zeros();
chain.fprop(&arr3(&[[[2.0]]]));
chain.bbprop(&arr3(&[[[2.0]]]), &mut h); // from d²E/dx₂² = 2
let h: Vec<f64> = h.arrays().flatten().copied().collect();
let by_hand = [10.125, 2.53125, 1.125, 1.125]; // u₁, b₁, u₂, b₂
for (h, by_hand) in h.iter().zip(by_hand) {
    assert!((h - by_hand).abs() < 1e-12);
}
# Ok::<(), Box<dyn std::error::Error>>(())
```

# What the printed rates tell

The paper prints the smallest and the largest rate of the first pass, $7 \cdot 10^{-5}$ and 0.016, with
$\eta = 5 \cdot 10^{-4}$ and $\mu = 0.02$ (III-B). Eq. 21 solved for $h$ tells what its network was like before the
first update:

```
let h = |epsilon: f64| 5e-4 / epsilon - 0.02;
assert!((h(7e-5) - 7.1).abs() < 0.05);    // the steepest parameter
assert!((h(0.016) - 0.011).abs() < 5e-4); // the flattest
assert_eq!(5e-4 / 0.02, 0.025);           // eta / mu: none was at the ceiling
```

# Why the printed recipe diverges

Measured (`experiment study readings --data DIR`, told in `paper/recipe.md`): with App. A's initial weights and all
else as printed, 90 % of the validation patterns are wrong after 20 passes.

- **Every rate is at the ceiling.** With $\pm 2.4/F$ [hardly any signal reaches F6](super::a), so $h$ is about 0
  everywhere: the median rate of C1, S2, C3 and S4 in the first pass is 0.025, which is $\eta / \mu$, and that of C5
  and F6 is 0.019 and 0.024. The paper's own network stood far from there. With $\pm 1/\sqrt{F}$ and coefficients of ½
  no layer does ([deviation 2](crate::paper::deviations#2-initial-weights)).
- **The full $\eta$ is too large even then.** With the loss as printed, $\pm 1/\sqrt{F}$, coefficients of ½ and the
  printed $\eta$ the validation error is 2.82 ± 0.81 %; with half of it 1.13 ± 0.11 %, with a fifth 1.08 ± 0.01 %. We
  scale the schedule by one constant ([deviation 7](crate::paper::deviations#7-scale-of-the-schedule)).

Why it is too large we infer from eq. 21 and from how runs fail; the two were not measured one by one. A parameter
that looks flat when $h$ is estimated, because the units above it are saturated, steps with $\eta / \mu = 50 \eta$
until the pass ends, however steep it has become. And $h$ is a mean: a rare pattern that bends a hundred times more is
presented all the same, with the rate of the mean. One such step can throw F6 into saturation, where $f'$ is nearly
zero; the next estimate finds $h$ small there, and hands out the ceiling.

# Where people get stuck

- **Squared gradients.** Later methods divide by a mean of $(\partial E / \partial w)^2$. Here $f'$, $u$ and $x$ are
  squared and the gradient does not enter: a pattern that is read perfectly has no gradient, and still the curvature 2
  at F6.
- **The 2 at the output**, forgotten: see above. A 1 there is the same as twice the $\mu$, with rates that are called
  twice as large ([deviation 1](crate::paper::deviations#1-loss-scale)).
- **One rate per layer, or $h$ once for all passes.** Neither is this method; `study second-derivatives` has the
  latter: the validation error is 1.12 ± 0.01 % in place of 0.98 ± 0.01 (two seeds, those that the arm was chosen on).
- **The rates are frozen during a pass.** They are those of the weights with which the pass begins: see above for what
  follows.
- **It is not the true Hessian's diagonal, and must not be.** Who compares the two finds them different below F6 and
  C5 even with the term of eq. 26, for lines 2 and 6 drop mixed terms.
- **Always $\epsilon_k \le \eta / \mu$**, since $h_{kk} \ge 0$. A larger rate is an error in a program.
- **One letter, three meanings.** $k$ is a parameter in eq. 18 to 23 and a unit above in eq. 26 and 27; and in eq. 22
  the paper calls the second connection $(k, l)$, where we write $(l, m)$.
- **Which 500?** The paper says that it hardly matters; we draw new ones before each pass ([deviation
  9](crate::paper::deviations#9-which-500-patterns)). Measured: with 100 to 5,000 patterns the smallest and largest
  rate stay within a few per cent, with 20 the largest is a fifth larger
  (`experiment study second-derivatives --data DIR`). The estimate takes 0.9 % of the time of a pass
  (`experiment study stability --data DIR`).
- **Is it faster?** Not here. The best of five single rates learns the first passes faster; after 20, SDLM is ahead by
  0.1 points, which two seeds do not settle. But a single rate does well only between $1.3 \cdot 10^{-4}$ and $10^{-3}$,
  at $2 \cdot 10^{-3}$ it is half a point worse, and nobody knows that beforehand (`experiment study rules --data DIR`).

# How we know

- `tests/curvature/recursion.rs`: all 60,000 second derivatives against a slow network that walks over each of the
  340,068 connections below the output layer with [`connection`] and [`gauss_newton`]. It sees refused: weights not
  squared, nothing squared, squared gradients, eq. 26, a start of 1 in place of 2.
- `tests/curvature/exact.rs`: what can be exact, is. Under eq. 8, F6 and C5 have the Gauss-Newton diagonal that finite
  differences give; below, they have not, and the test says so. With sharing undone, [`shared`] of the connections'
  second derivatives is what `bbprop` says, and [`shared_exact`] is what moving the shared weight gives. With
  [`second_derivative`] the slow network has the true second derivatives of the biases of F6 and C5; with
  [`gauss_newton`] it has not.
- `tests/curvature/heads.rs`: where the recursion starts. `tests/curvature/rates.rs`: each rate is positive, at most
  $\eta / \mu$, and stands still.
- `tests/lenet5/training.rs`: ten updates of LeNet-5 are those that the slow network makes with eq. 18, 21, 23 to 25
  and 27; it sees one rate for all refused, and rates that are wrong by one part in a hundred.

[`Module::descend`]: crate::section1::Module::descend
[`Module::bprop`]: crate::section1::Module::bprop
[`Module::bbprop`]: crate::section1::Module::bbprop
[`Convolution::weight`]: crate::section2::Convolution::weight
[`Subsampling::coefficient`]: crate::section2::Subsampling::coefficient
[`Squashing::unsquash`]: crate::section2::Squashing::unsquash
[`Trainer::curvature`]: crate::section3::training::Trainer::curvature
[RBF]: crate::section2::rbf
[squashing]: crate::section2::squashing
[full]: crate::section2::full_connection
[convolution]: crate::section2::convolution
[subsampling]: crate::section2::subsampling

The rates of all passes, layer by layer:
"#
)]
#![doc = include_str!("../../docs/figures/rates.svg")]

use crate::Real;
use crate::section1::{Optimiser, Parameters};
use ndarray::Array2;

/// [Eq. 21](self#eq-21): the rate of a parameter whose second derivative is `h`.
///
/// ```
/// use lenet5::appendix::c::rate;
/// assert_eq!(rate(5e-4, 0.02, 0.0), 0.025); // the ceiling eta / mu
/// assert!(rate(5e-4, 0.02, 7.0) < 7.2e-5);
/// ```
pub fn rate<R: Real>(eta: R, mu: R, h: R) -> R {
    eta / (mu + h)
}

/// [Eq. 22](self#eq-22): the second derivative of the loss by a shared parameter, from all those by the connections
/// that share it.
///
/// `hessian[[m, n]]` is that by connections `m` and `n`; the answer is the sum of all. Nothing in training calls it: it
/// is what [`shared`] approximates.
///
/// ```
/// use lenet5::appendix::c::{shared, shared_exact};
/// use lenet5::ndarray::arr2;
///
/// // E = ½ (u x + u' x')² with x = 3, x' = 4 and one weight for both: E = ½ (7 w)²
/// let hessian = arr2(&[[9.0, 12.0], [12.0, 16.0]]);
/// assert_eq!(shared_exact(&hessian), 49.0);
/// assert_eq!(shared(&hessian), 25.0);
/// ```
pub fn shared_exact<R: Real>(hessian: &Array2<R>) -> R {
    hessian.sum()
}

/// [Eq. 23](self#eq-23): the same without mixed terms, the sum of the diagonal.
pub fn shared<R: Real>(hessian: &Array2<R>) -> R {
    hessian.diag().sum()
}

/// [Eq. 25](self#eq-25): the second derivative by the weight `u` of a connection, from `dda` by the
/// weighted sum `a` that the connection adds `u x` to: `other` is `x`.
///
/// A product does not care which factor is which: with `u` as `other` it is what one connection adds to the second
/// derivative by `x`, a term of the sum in eq. 26 and 27.
pub fn connection<R: Real>(dda: R, other: R) -> R {
    dda * other * other
}

/// [Eq. 26](self#eq-26): the second derivative by a weighted sum `a`, with `slope = f'(a)` and
/// `bend = f''(a)`, from the second and first derivatives `ddx` and `dx` by the state `x = f(a)`.
///
/// Nothing in training calls it, since it may be negative: it is what [`gauss_newton`] approximates.
pub fn second_derivative<R: Real>(slope: R, ddx: R, bend: R, dx: R) -> R {
    gauss_newton(slope, ddx) + bend * dx
}

/// [Eq. 27](self#eq-27): the same without the term of the bend, so that nothing negative comes of nothing negative.
///
/// [`Squashing::unsquash`](crate::section2::Squashing::unsquash) does it for a whole layer.
pub fn gauss_newton<R: Real>(slope: R, ddx: R) -> R {
    slope * slope * ddx
}

/// [Eq. 18](self#eq-18) with the rates of [eq. 21](self#eq-21).
#[derive(Clone, Debug)]
pub struct StochasticDiagonalLevenbergMarquardt<P> {
    /// The rate `epsilon_k` of every parameter.
    pub rates: P,
}

impl<P> StochasticDiagonalLevenbergMarquardt<P> {
    /// Turns second derivatives `h` into rates ([eq. 21](self#eq-21)).
    pub fn new<R: Real>(mut h: P, eta: R, mu: R) -> Self
    where
        P: Parameters<R>,
    {
        h.arrays_mut().flatten().for_each(|h| *h = rate(eta, mu, *h));
        Self { rates: h }
    }
}

impl<R: Real, P: Parameters<R>> Optimiser<R, P> for StochasticDiagonalLevenbergMarquardt<P> {
    fn step(&mut self, parameters: &mut P, gradient: &P) {
        parameters.update(&self.rates, gradient);
    }

    fn rates(&self) -> Option<&P> {
        Some(&self.rates)
    }
}
