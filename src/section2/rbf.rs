#![doc = mathdoc::md!(
    r#"
II-B, eq. 7: the output layer: distances to codes.

This is the layer at which most who rebuild LeNet-5 stop. It has ten units, each holds one *code*, a picture of 7 x 12
cells that are +1 or -1, and it answers how far the 84 numbers of F6 are from each of the ten.

# What the paper says

One Euclidean radial basis function unit per class, fed by all 84 units of F6 (II-B). Its output is a *penalty*: how badly
the pattern agrees with the class, the negative logarithm of a Gaussian likelihood but for constants. The codes are the
stylised characters of Fig. 3, fixed by hand, "at least initially". Whatever a unit does not know about its class it cannot
learn, for it has nothing to learn with: the layers below must bring F6 to look like the code.

# Shapes

| | shape for one pattern | for a batch of $B$ | |
|---|---|---|---|
| F6, $x$ | 84 | $B \times 84$ | what comes in |
| codes, $w$ | $10 \times 84$, which is $10 \times (12 \times 7)$ | the same | the fixed pictures, each cell one number |
| penalties, $y$ | 10 | $B \times 10$ | what goes out |
| loss, $E$ | 1 | $B$ | $y_D$ under eq. 8: *one* of the ten |

So an input of $(B, 84)$ and codes of $(10, 12, 7)$ make an output of $(B, 10)$: the picture is read row after row as a line
of 84, and the 84 are summed over. Height and width are only for our eyes.

# Forward

$$ (7) [`Rbf::fprop`](Head::fprop)
y_i = \sum_j (x_j - w_{ij})^2
$$

[`Rbf::scale`] may make it half of that ([deviation 1](crate::paper::deviations#1-loss-scale)); then the 2 in everything
below becomes a 1.

**Training and evaluation look at the same ten numbers and ask different questions.** Evaluation does not know the label and
asks *which code is nearest*: [`Penalties::nearest`], the smallest. Training knows it and asks *how far from the code of the
true label*: [`Penalties::of`]. With eq. 8 that one number is the loss, and the nine other codes play no part in the
step; with [eq. 9](super::loss#eq-9) they push. The layer has no mode to switch: who has no label cannot ask for the loss.

# Backward, line by line

The forward line is $y_i = \sum_j (x_j - w_{ij})^2$. From the loss comes $\partial E / \partial y_i$, a number for each class
([eq. 8 and 9](super::loss)): under eq. 8 it is 1 for the true class and 0 for the nine others.

1. Only one term of the sum has $x_j$ in it, and its derivative is $\partial y_i / \partial x_j = 2 (x_j - w_{ij})$.
2. $x_j$ reaches the loss through all ten outputs. The chain rule adds up the ten ways:

   $$
   \frac{\partial E}{\partial x_j} = \sum_i \frac{\partial E}{\partial y_i} \, 2 (x_j - w_{ij})
   \qquad \text{under eq. 8: } 2 (x_j - w_{Dj})
   $$

3. $w_{ij}$ is in one output only, with the opposite sign. It is wanted only if the codes may learn, as they may under eq. 9
   ([deviation 12](crate::paper::deviations#12-learnable-codes)):

   $$
   \frac{\partial E}{\partial w_{ij}} = -2 \frac{\partial E}{\partial y_i} (x_j - w_{ij})
   $$

# Second derivatives

[`bbprop`](Head::bbprop) of every layer below passes second derivatives down; here they begin.

1. **Eq. 8.** Differentiate $2 (x_j - w_{Dj})$ once more: $\partial^2 E / \partial x_j^2 = 2$, whatever the pattern, whatever
   its label. This is the 2 that many implementations forget. With half the squared distance it is a 1.
2. **Eq. 9.** $\partial E / \partial y_i = [i = D] - p_i$, where $p_i$ depends on $x$ as well. With
   $g_i = 2 (x_j - w_{ij})$ for short, $\partial p_i / \partial x_j = -p_i (g_i - \sum_k p_k g_k)$, and the product rule leaves

   $$
   \frac{\partial^2 E}{\partial x_j^2} = 2 \Bigl( 1 - \sum_i p_i \Bigr)
   + \sum_i p_i g_i^2 - \Bigl( \sum_i p_i g_i \Bigr)^2
   $$

   The first term is twice the share of rubbish, the rest is the variance of $g$ under $p$, in which rubbish counts with a
   $g$ of 0. Neither is ever negative. Both vanish as a pattern becomes certain, and then every rate of App. C climbs to its
   ceiling: [`Curvature::Constant`] keeps the 2 ([deviation
   6](crate::paper::deviations#6-map-criterion-value-of-j-and-output-curvature)).
3. **Codes that learn.** $2 \max(0, \partial E / \partial y_i) + p_i (1 - p_i) g_i^2$; the exact expression would be negative
   for the wrong classes.

# By hand

Two classes, codes of three cells, and a state of F6 that is close to the first:

```
use lenet5::section2::{Answer, Head, Penalties, Rbf};
use ndarray::{Array3, arr2};

let codes = arr2(&[[1.0, 1.0, -1.0], [1.0, -1.0, -1.0]]); // 2 classes x 3 cells
let rbf = Rbf { codes, ..Rbf::<f64>::paper() };
let x = Array3::from_shape_vec((3, 1, 1), vec![0.5, 1.0, -1.0])?;

let mut y = rbf.output();
rbf.fprop(&x, &mut y);
assert_eq!(y, Penalties::from(vec![0.25, 4.25])); // 0.5², and 0.5² + 2²
assert_eq!(y.answer(), 0);                        // evaluation: the smallest
assert_eq!(rbf.loss(&y, 1), 4.25);                // training: that of the label, were it 1

let (mut dx, mut ddx, mut none) = (x.clone(), x.clone(), rbf.clone());
rbf.bprop(&x, &y, 1, &mut dx, &mut none);
assert_eq!(dx.as_slice(), Some(&[-1.0, 4.0, 0.0][..])); // 2 (x - code of class 1)
rbf.bbprop(&x, &y, 1, &mut ddx, &mut none);
assert_eq!(ddx.as_slice(), Some(&[2.0, 2.0, 2.0][..]));
# Ok::<(), Box<dyn std::error::Error>>(())
```

# Where people get stuck

- **Argmax.** The largest output is the class that fits worst; whoever takes it measures an accuracy near 0 %.
  [`Penalties`] has no way to ask for it.
- **0 and 1 instead of -1 and +1.** 0 is the middle of the [squashing function](super::squashing), where F6 stands when it
  knows nothing; distances shrink to a quarter, and loss, gradients and rates with them.
- **The loss starts at about 84** and not at $\log 10 = 2.3$: each of 84 cells is 1 away from a state of 0.
- **The closest two codes are 48 apart, the farthest 200**: that is the scale on which to read a penalty, and $j$.
- **Is it not just a linear layer?** Nearly. All codes have the length $\sum_j w_{ij}^2 = 84$, so
  $y_i = \sum_j x_j^2 - 2 \sum_j w_{ij} x_j + 84$, and the first term is the same for all classes: the nearest code is the one
  with the largest scalar product. But the first term tells a good digit from something that is none.

# How we know

`tests/gradients/heads.rs` compares `bprop` with finite differences for any number of classes, any codes, both losses and
either scale, and sees wrong formulas refused: without the 2, with the label of another class, with another $j$.
`tests/curvature/heads.rs` does the same for second derivatives. `tests/identities/codes.rs` knows the distances.

The state of F6 of a trained network beside the ten codes:
"#
)]
#![doc = include_str!("../../docs/figures/f6.svg")]

use super::codes::digit_codes;
use super::head::{Answer, Curvature, Head};
use super::loss::Criterion;
use crate::section1::{Maps, Parameters, line, line_mut};
use crate::{Real, kernels};
use ndarray::Array2;

/// How far a pattern is from each class: one number per class, the smallest of which wins.
#[derive(Clone, Debug, PartialEq)]
pub struct Penalties<R>(Vec<R>);

impl<R: Real> Penalties<R> {
    /// The penalty of one class: what training asks for.
    pub fn of(&self, class: usize) -> R {
        self.0[class]
    }

    /// The class with the smallest penalty, the first of them if several are alike (deviation 17): what evaluation
    /// asks for.
    ///
    /// ```
    /// assert_eq!(lenet5::section2::Penalties::from(vec![90.0, 7.5, 60.0]).nearest(), 1);
    /// ```
    pub fn nearest(&self) -> usize {
        let first = (0, R::infinity());
        self.iter().enumerate().fold(first, |best, next| if next.1 < best.1 { next } else { best }).0
    }

    /// All penalties, class by class.
    pub fn iter(&self) -> impl Iterator<Item = R> {
        self.0.iter().copied()
    }
}

impl<R> From<Vec<R>> for Penalties<R> {
    fn from(penalties: Vec<R>) -> Self {
        Self(penalties)
    }
}

impl<R: Real> Answer<R> for Penalties<R> {
    fn answer(&self) -> usize {
        self.nearest()
    }

    fn scores(&self) -> &[R] {
        &self.0
    }
}

/// The Euclidean radial basis function layer of LeNet-5 and its loss.
#[derive(Clone, Debug, PartialEq)]
pub struct Rbf<R> {
    /// One code per class: classes x units of F6.
    pub codes: Array2<R>,
    /// Whether the codes are trained as well; in LeNet-5 they are not (II-B).
    pub learn_codes: bool,
    /// What a squared distance is multiplied by to make a penalty: 1 in eq. 7, ½ in another reading (deviation 1).
    pub scale: f64,
    /// Eq. 8 or eq. 9.
    pub criterion: Criterion,
    /// Under eq. 9, the second derivative that goes back to F6.
    pub curvature: Curvature,
}

impl<R: Real> Rbf<R> {
    /// The paper's: the ten digits of Fig. 3, fixed, with eq. 8.
    pub fn paper() -> Self {
        Self {
            codes: digit_codes(),
            learn_codes: false,
            scale: 1.0,
            criterion: Criterion::TrueClass,
            curvature: Curvature::Exact,
        }
    }

    /// The 2 in the derivative of a penalty.
    fn two(&self) -> R {
        R::of(2.0 * self.scale)
    }

    /// The codes, one row per class.
    fn rows(&self) -> impl Iterator<Item = &[R]> {
        line(&self.codes).chunks_exact(self.codes.dim().1)
    }

    /// The same rows of a gradient or curvature; none if the codes do not learn.
    fn learnt_rows(&mut self) -> impl Iterator<Item = &mut [R]> {
        let width = self.codes.dim().1;
        self.arrays_mut().flat_map(move |array| array.chunks_exact_mut(width))
    }

    /// Turns the 2 of eq. 8 into the second derivative of eq. 9 (deviation 6).
    fn add_competition(&self, x: &[R], output: &Penalties<R>, label: usize, ddx: &mut [R]) {
        let two = self.two();
        for (j, (ddx, &x)) in ddx.iter_mut().zip(x).enumerate() {
            let (mut mean, mut square) = (R::zero(), R::zero());
            for ((_, p), code) in self.slopes(output, label).zip(self.rows()) {
                let slope = two * (x - code[j]);
                *ddx -= two * p;
                mean += p * slope;
                square += p * slope * slope;
            }
            // Rounding must not make a vanishing variance negative.
            *ddx = (*ddx + square - mean * mean).max(R::zero());
        }
    }

    /// `dE/dy_i` for each class, with its share `p_i` of the competition.
    fn slopes(&self, output: &Penalties<R>, label: usize) -> impl Iterator<Item = (R, R)> {
        let share = self.criterion.shares(output);
        output.iter().enumerate().map(move |(i, y)| {
            let (p, wanted) = (share(y), if i == label { R::one() } else { R::zero() });
            (wanted - p, p)
        })
    }
}

impl<R: Real> Parameters<R> for Rbf<R> {
    fn arrays(&self) -> impl Iterator<Item = &[R]> {
        self.learn_codes.then(|| line(&self.codes)).into_iter()
    }

    fn arrays_mut(&mut self) -> impl Iterator<Item = &mut [R]> {
        self.learn_codes.then(|| line_mut(&mut self.codes)).into_iter()
    }
}

impl<R: Real> Head<R> for Rbf<R> {
    type Output = Penalties<R>;

    fn inputs(&self) -> usize {
        self.codes.dim().1
    }

    fn output(&self) -> Penalties<R> {
        Penalties(vec![R::zero(); self.codes.dim().0])
    }

    fn connections(&self) -> usize {
        self.codes.len()
    }

    fn fprop(&self, x: &Maps<R>, output: &mut Penalties<R>) {
        kernels::rbf::fprop(line(&self.codes), line(x), &mut output.0);
        output.0.iter_mut().for_each(|y| *y *= R::of(self.scale));
    }

    fn loss(&self, output: &Penalties<R>, label: usize) -> R {
        self.criterion.loss(output, label)
    }

    fn bprop(&self, x: &Maps<R>, output: &Penalties<R>, label: usize, dx: &mut Maps<R>, gradient: &mut Self) {
        let (x, dx, two) = (line(x), line_mut(dx), self.two());
        dx.fill(R::zero());
        for ((dy, _), code) in self.slopes(output, label).zip(self.rows()) {
            for ((dx, &x), &w) in dx.iter_mut().zip(x).zip(code) {
                *dx += two * dy * (x - w);
            }
        }
        for (((dy, _), code), dcode) in
            self.slopes(output, label).zip(self.rows()).zip(gradient.learnt_rows())
        {
            for ((dw, &x), &w) in dcode.iter_mut().zip(x).zip(code) {
                *dw -= two * dy * (x - w);
            }
        }
    }

    fn bbprop(
        &self,
        x: &Maps<R>,
        output: &Penalties<R>,
        label: usize,
        ddx: &mut Maps<R>,
        curvature: &mut Self,
    ) {
        let (x, ddx, two) = (line(x), line_mut(ddx), self.two());
        ddx.fill(two);
        if self.curvature == Curvature::Exact {
            self.add_competition(x, output, label, ddx);
        }
        for (((dy, p), code), ddcode) in
            self.slopes(output, label).zip(self.rows()).zip(curvature.learnt_rows())
        {
            for ((ddw, &x), &w) in ddcode.iter_mut().zip(x).zip(code) {
                let slope = two * (x - w);
                *ddw += two * dy.max(R::zero()) + p * (R::one() - p) * slope * slope;
            }
        }
    }
}
