#![doc = mathdoc::md!(
    r#"
Dropout: in training, units fall silent at random.

# What it is, and where it comes from

N. Srivastava, G. Hinton, A. Krizhevsky, I. Sutskever and R. Salakhutdinov, *Dropout: A Simple Way to Prevent Neural
Networks from Overfitting* (2014). Each time a pattern passes in training, each unit of a layer is silent with a
probability $r$, drawn anew for each unit and each pattern. No unit can count on a particular other one being there,
so each has to be of use by itself. Every draw is a thinned network, and all of them share their weights; evaluation
asks all units at once, which comes close to the mean of what the thinned ones say.

**In 1998** nothing stood there. What keeps LeNet-5 from learning its patterns by heart are shared weights, and
[distortions](crate::section3::distortions): more patterns in the place of noise in the network. Here C5 and F6 may
have dropout, the two layers in which nothing is shared.

# Shapes

Whatever goes in, comes out. A mask of the same shape, drawn for each pattern: 120 numbers for C5, 84 for F6. No
parameters.

# Forward, in training and in evaluation

$$
\text{training: } y = k \, x, \quad
k = \begin{cases} 0 & \text{with probability } r \\ 1 / (1 - r) & \text{otherwise} \end{cases}
\qquad\qquad
\text{evaluation: } y = x
$$

**Why $1 / (1 - r)$?** So that the next layer hears as much in training as in evaluation. In the mean over the draws

$$
\langle y \rangle = r \cdot 0 + (1 - r) \cdot \frac{x}{1 - r} = x
$$

and since a weighted sum is linear, the mean of the next layer's sums is the sum that evaluation computes:
$\langle \sum_j w_j y_j \rangle = \sum_j w_j x_j$. What is not the same is how they scatter:

$$
\langle y^2 \rangle - \langle y \rangle^2 = \frac{x^2}{1 - r} - x^2 = \frac{r}{1 - r} \, x^2
$$

With $r = \frac12$ the deviation of a unit is as large as its state. And behind the next activation the means differ
as well, since $f$ is not linear: evaluation is close to the mean over all thinned networks, not equal to it.

The authors multiply weights by $1 - r$ in evaluation (in their text $p$ is the probability to be kept), and mention
the other way, which nearly everybody has today: it leaves evaluation alone.

# Backward

$k$ does not depend on $x$. Once it is drawn, the forward line is a multiplication by a number:

$$
\mathrm{d}x = k \, \mathrm{d}y
$$

The *same* $k$ as on the way forward: what was silent hears nothing, and what was louder hears more. So the mask is
drawn before [`fprop`](Dropout::fprop) and kept beside the state ([`Stage::kept`](super::network::Stage::kept)), and
both passes are functions without chance, which can be checked by finite differences like any other.

# By hand

With $r = \frac12$ a unit is 0 or doubled. Two units have four masks, all as likely, and their mean is $x$:

```
use lenet5::section1::Maps;
use lenet5::today::Dropout;
use ndarray::{Array3, arr3};
use rand::SeedableRng;

let half = Dropout { rate: 0.5 };
let (x, mut sum) = (arr3(&[[[1.0, 3.0]]]), arr3(&[[[0.0, 0.0]]]));
for kept in [[0.0, 0.0], [2.0, 0.0], [0.0, 2.0], [2.0, 2.0]] {
    let mut y = x.clone();
    half.fprop(&arr3(&[[kept]]), &mut y);
    sum += &y;
}
assert_eq!(sum / 4.0, x);

let mut dy = arr3(&[[[5.0, 7.0]]]);
half.bprop(&arr3(&[[[2.0, 0.0]]]), &mut dy);
assert_eq!(dy, arr3(&[[[10.0, 0.0]]]));

// What is drawn: 0, or 1 / (1 - ¼) = 1⅓, and 1 on average.
let random = &mut rand_chacha::ChaCha8Rng::seed_from_u64(1);
let mut kept: Maps<f64> = Array3::zeros((1, 200, 200));
Dropout { rate: 0.25 }.draw(&mut kept, random);
assert!(kept.iter().all(|&k| k == 0.0 || k == 1.0 / 0.75));
assert!((kept.sum() / 40_000.0 - 1.0).abs() < 0.01);
```

# Where people get stuck

- **The factor twice, or never.** Whoever divides by $1 - r$ in training must not multiply by it in evaluation.
- **A new mask on the way back** is the gradient of a network that did not compute the loss.
- **The slope of the activation** belongs to the state *before* the mask. $S (A - y^2 / A)$ of a state that has been
  doubled is not the slope of anything; the rectifier does not mind, since a doubled state is above 0 where the state
  is.
- **A mask that was never drawn** is 0 everywhere, and the layer is silent. In training
  [`draw`](super::Network::draw) comes before [`fprop`](super::Network::fprop).
- **The training error** is that of thinned networks and may be above the test error.
- **Below a normalisation** it changes the variance: F6's sums scatter more in training than in evaluation, and the
  running variance of F6 is that of training.

# How we know

`tests/today/blocks.rs` compares `bprop` with finite differences under a fixed mask and sees wrong ones refused.
`tests/today/network.rs` checks that units fall silent in training and none does in evaluation.
"#
)]

use crate::Real;
use crate::section1::Maps;
use rand::Rng;

/// Dropout (Srivastava et al. 2014): in training a unit is silent with this probability, and the others are louder for it.
/// In evaluation it is not called.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Dropout {
    /// The probability, from 0 up to, not including, 1.
    pub rate: f64,
}

impl Dropout {
    /// Draws what each unit of one pattern is multiplied by, whatever `kept` was: 0, or `1 / (1 - rate)`.
    pub fn draw<R: Real>(&self, kept: &mut Maps<R>, random: &mut impl Rng) {
        let factor = R::of(1.0 / (1.0 - self.rate));
        let threshold = (self.rate * 4_294_967_296.0) as u64;
        kept.mapv_inplace(|_| if u64::from(random.next_u32()) < threshold { R::zero() } else { factor });
    }

    /// `y = kept x`, in place.
    pub fn fprop<R: Real>(&self, kept: &Maps<R>, x: &mut Maps<R>) {
        *x *= kept;
    }

    /// `dx = kept dy`, in place, by the mask of the way forward.
    pub fn bprop<R: Real>(&self, kept: &Maps<R>, dy: &mut Maps<R>) {
        *dy *= kept;
    }
}
