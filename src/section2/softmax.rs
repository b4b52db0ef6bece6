#![doc = mathdoc::md!(
    r#"
The marked departure: softmax and cross-entropy on F6, where the paper has RBF units.

**This layer is not in the paper.** It is what nearly every network called LeNet-5 has today, and the project is
built to compare the two ([deviation 11](crate::paper::deviations#11-softmax-and-cross-entropy)). Up to F6 the
networks are the same; ten linear units with biases of their own take the place of the codes, and their 850
parameters are trained.

# The idea

A score for each class, the larger the better; the scores become probabilities; the loss is how surprised the network
is by the label, $-\log p_D$. Scores need no target: unlike F6 under the RBF layer, which has a picture to resemble,
they are only ever compared with each other.

# Shapes

| | shape for one pattern | for a batch of $B$ |
|---|---|---|
| F6, $x$ | 84 | $B \times 84$ |
| weights $w$ and biases $b$ | $10 \times 84$ and 10 | the same |
| scores, $a$ | 10 | $B \times 10$ |
| probabilities, $p$ | 10 | $B \times 10$ |
| loss, $E$ | 1 | $B$ |

# Forward

$$
a_i = b_i + \sum_j w_{ij} x_j
\qquad
p_i = \frac{e^{a_i}}{\sum_k e^{a_k}}
\qquad
E = -\log p_D
$$

$D$ is the true class. As with [eq. 9](super::loss#without-overflow), the largest score $m$ is taken out of the sum,
so that nothing overflows: $\log p_i = (a_i - m) - \log \sum_k e^{a_k - m}$. [`Probabilities`] keep the logarithms as
well. In f32 a probability may round to 0, and its logarithm would then be infinite; kept beside it, it is just a
large number.

# Backward, line by line

In logarithms the forward line is $E = -a_D + \log \sum_k e^{a_k}$.

1. The first term has $a_i$ in it only if $i = D$: its derivative is $-[i = D]$ (1 where the bracket is true, else
   0).
2. In the second, $e^{a_i}$ is the only term of the sum with $a_i$ in it, and it is its own derivative:

   $$
   \frac{\partial}{\partial a_i} \log \sum_k e^{a_k} = \frac{e^{a_i}}{\sum_k e^{a_k}} = p_i
   $$

3. Together, what is there less what should be there:

   $$
   \frac{\partial E}{\partial a_i} = p_i - [i = D]
   $$

   The ten add up to 0: what one class gains the others lose. Under [eq. 9](super::loss#backward-line-by-line)
   rubbish has a part of it.
4. The rest is a [full connection](super::full_connection). From $a_i = b_i + \sum_j w_{ij} x_j$:

   $$
   \frac{\partial E}{\partial b_i} = \frac{\partial E}{\partial a_i}
   \qquad
   \frac{\partial E}{\partial w_{ij}} = \frac{\partial E}{\partial a_i} \, x_j
   \qquad
   \frac{\partial E}{\partial x_j} = \sum_i w_{ij} \frac{\partial E}{\partial a_i}
   $$

# Second derivatives

1. Differentiate $p_i - [i = D]$ once more. The bracket is a constant: **the second derivative does not know the
   label**. By the quotient rule

   $$
   \frac{\partial p_i}{\partial a_i}
   = \frac{e^{a_i} \sum_k e^{a_k} - e^{a_i} e^{a_i}}{\bigl( \sum_k e^{a_k} \bigr)^2}
   = p_i - p_i^2
   $$

   so

   $$
   \frac{\partial^2 E}{\partial a_i^2} = p_i (1 - p_i)
   $$

   It is never negative, and largest at $p_i = \frac{1}{2}$, where it is $\frac{1}{4}$.
2. As in [eq. 25 and 27](crate::appendix::c#eq-25), weights and states are squared on the way down:

   $$
   \frac{\partial^2 E}{\partial w_{ij}^2} = p_i (1 - p_i) \, x_j^2
   \qquad
   \frac{\partial^2 E}{\partial x_j^2} \approx \sum_i w_{ij}^2 \, p_i (1 - p_i)
   $$

   The first is exact. The second leaves out the mixed terms, $\partial^2 E / \partial a_i \partial a_k = -p_i p_k$,
   as eq. 27 does in every layer. (The RBF layer need not: its `bbprop` is exact up to F6.)
3. As the network becomes certain, $p_i (1 - p_i)$ goes to 0 for every class, and each rate $\eta / (\mu + h)$ to its
   ceiling: the trouble of [deviation 6](crate::paper::deviations#6-map-criterion-value-of-j-and-output-curvature).
   [`Curvature::Constant`] says $\frac{1}{4}$ instead, as if nothing were decided. The arm `softmax` has the exact
   one, with a larger $\mu$: its search found no gain in the constant (`experiment study search-softmax --data DIR`).

# By hand

Two classes and two units, the weights the unit matrix, and a state with $e^{x_0} = 3$ and $e^{x_1} = 1$:

```
use lenet5::section1::Parameters;
use lenet5::section2::{Answer, Curvature, FullConnection, Head, Softmax};
use ndarray::{Array3, arr1, arr2};

let near = |a: f64, b: f64| (a - b).abs() < 1e-12;
let (weight, bias) = (arr2(&[[1.0, 0.0], [0.0, 1.0]]), arr1(&[0.0, 0.0]));
let output = FullConnection { weight, bias };
let softmax = Softmax { output, curvature: Curvature::Exact };
let x = Array3::from_shape_vec((2, 1, 1), vec![3.0_f64.ln(), 0.0])?;

let mut p = softmax.output();
softmax.fprop(&x, &mut p);
assert!(near(p.of(0), 0.75) && near(p.of(1), 0.25)); // 3 : 1
assert_eq!(p.answer(), 0);                           // the largest
assert!(near(softmax.loss(&p, 0), (4.0_f64 / 3.0).ln()));
assert!(near(softmax.loss(&p, 1), 4.0_f64.ln()));

// Were the label 1: da = (0.75, 0.25 - 1), and dx = da, w being what it is.
let (mut dx, mut gradient) = (x.clone(), softmax.zeros());
softmax.bprop(&x, &p, 1, &mut dx, &mut gradient);
assert!(near(dx[[0, 0, 0]], 0.75) && near(dx[[1, 0, 0]], -0.75));
let dw = &gradient.output.weight;
assert!(near(dw[[1, 0]], -0.75 * 3.0_f64.ln())); // da_1 x_0

// p (1 - p) = 3/16 for both, whatever the label.
let (mut ddx, mut h) = (x.clone(), softmax.zeros());
softmax.bbprop(&x, &p, 1, &mut ddx, &mut h);
assert!(ddx.iter().all(|&ddx| near(ddx, 0.1875)));
assert!(near(h.output.weight[[1, 0]], 0.1875 * 3.0_f64.ln().powi(2)));
# Ok::<(), Box<dyn std::error::Error>>(())
```

# Softmax, or eq. 9?

All codes have the same length, so
[$-y_i = 2 \sum_j w_{ij} x_j - 84 - \sum_j x_j^2$](super::rbf#where-people-get-stuck), and what does not depend on
$i$ cancels in a softmax. It follows that the RBF layer under eq. 9 without rubbish *is* this layer, with weights
frozen at twice the codes and biases at 0:

```
use lenet5::section2::{Criterion, Head, Rbf};
use lenet5::section2::{Curvature, FullConnection, Softmax};
use ndarray::{Array1, Array3};

let criterion = Criterion::Competitive { rubbish: 1e6 };
let rbf = Rbf { criterion, ..Rbf::<f64>::paper() };
let (weight, bias) = (2.0 * &rbf.codes, Array1::zeros(10));
let output = FullConnection { weight, bias };
let softmax = Softmax { output, curvature: Curvature::Exact };

let state = |(j, _, _)| 0.3 * f64::sin((j * j) as f64);
let x = Array3::from_shape_fn((84, 1, 1), state); // any state of F6
let (mut y, mut p) = (rbf.output(), softmax.output());
rbf.fprop(&x, &mut y);
softmax.fprop(&x, &mut p);
let share = criterion.shares(&y);
assert!((0..10).all(|i| (share(y.of(i)) - p.of(i)).abs() < 1e-12));
assert!((rbf.loss(&y, 4) - softmax.loss(&p, 4)).abs() < 1e-9);
```

What sets the paper's layer apart is thus not the formula. Its weights are fixed, so that F6 cannot lower the loss by
making them grow; and with eq. 8, or a $j$ that is not far above, the distance itself counts.

What that is worth: 0.15 points of test error in favour of the RBF layer, 95 % interval 0.06 to 0.25, ten seeds,
after searches of about the same size for both (`experiment study heads --data DIR`; `paper/recipe.md`). [The two
side by side](super::head#the-two-heads-side-by-side).

# Where people get stuck

- **Softmax twice.** Some losses want scores, some probabilities, and some logarithms. Given probabilities where
  scores are expected, a second softmax squeezes ten numbers between 0 and 1 once more, and the loss never falls
  below $\log(1 + 9/e) = 1.46$. Here layer and loss are one [`Head`].
- **Largest here, smallest there.** [`Answer`] knows the difference, so that nobody else has to.
- **Exponentials overflow**, and $\log p$ of a $p$ that was rounded to 0 is infinite. Hence the logarithms.
- **The loss starts at about $\log 10 = 2.3$**, that of the RBF layer at 84; losses of the two heads do not compare.
  Errors do.
- **Certain is not done.** $-\log p_D$ is never 0; scaling up all weights lowers it further. Rates, and an end of
  training, are all that stops it.

# How we know

`tests/gradients/heads.rs` compares `bprop` with finite differences by every weight, bias and unit of F6, and sees
the gradient refused for another label and without the label's 1. `tests/curvature/heads.rs` does so for the second
derivatives of weights and biases, checks $\frac{1}{4}$ and the sum at F6, and refuses the squared gradient.
`tests/identities/penalties.rs` has probabilities that add up to 1 and losses that are finite for states up to a
hundred times what is usual. `tests/lenet5/training.rs` makes the first ten updates of a whole network again, in f64
and from the equations.
"#
)]

use super::full_connection::FullConnection;
use super::head::{Answer, Curvature, Head};
use crate::Real;
use crate::section1::{Maps, Parameters, line, line_mut};

/// How probable the network finds each class; the largest wins.
#[derive(Clone, Debug, PartialEq)]
pub struct Probabilities<R> {
    probabilities: Vec<R>,
    /// Kept beside them: a probability may round to 0, its logarithm does not.
    logarithms: Vec<R>,
}

impl<R: Real> Probabilities<R> {
    /// The probability of one class, from 0 to 1; those of all classes add up to 1.
    pub fn of(&self, class: usize) -> R {
        self.probabilities[class]
    }

    /// The class with the largest probability, the first of them if several are alike (deviation 17).
    pub fn most_probable(&self) -> usize {
        let first = (0, R::neg_infinity());
        let scores = self.logarithms.iter().copied().enumerate();
        scores.fold(first, |best, next| if next.1 > best.1 { next } else { best }).0
    }
}

impl<R: Real> Answer<R> for Probabilities<R> {
    fn answer(&self) -> usize {
        self.most_probable()
    }

    fn scores(&self) -> &[R] {
        &self.probabilities
    }
}

/// A fully connected layer from F6 to the classes, softmax, and the cross-entropy with the label.
#[derive(Clone, Debug, PartialEq)]
pub struct Softmax<R> {
    /// From F6 to one weighted sum per class.
    pub output: FullConnection<R>,
    /// The second derivative that goes back.
    pub curvature: Curvature,
}

impl<R: Real> Softmax<R> {
    /// Adds what `derivative` says of each class to the sums of the output layer and to `dx`.
    fn backward<const SQUARED: bool>(
        &self,
        x: &Maps<R>,
        dx: &mut Maps<R>,
        sums: &mut Self,
        derivative: impl Fn(usize) -> R,
    ) {
        let power = |value: R| if SQUARED { value * value } else { value };
        let (x, dx) = (line(x), line_mut(dx));
        dx.fill(R::zero());
        let rows = line(&self.output.weight).chunks_exact(x.len());
        let sums_rows = line_mut(&mut sums.output.weight).chunks_exact_mut(x.len());
        for (i, ((row, sums_row), db)) in rows.zip(sums_rows).zip(&mut sums.output.bias).enumerate() {
            let da = derivative(i);
            *db += da;
            for (((dw, dx), &w), &x) in sums_row.iter_mut().zip(dx.iter_mut()).zip(row).zip(x) {
                *dw += da * power(x);
                *dx += da * power(w);
            }
        }
    }
}

impl<R: Real> Parameters<R> for Softmax<R> {
    fn arrays(&self) -> impl Iterator<Item = &[R]> {
        self.output.arrays()
    }

    fn arrays_mut(&mut self) -> impl Iterator<Item = &mut [R]> {
        self.output.arrays_mut()
    }
}

impl<R: Real> Head<R> for Softmax<R> {
    type Output = Probabilities<R>;

    fn inputs(&self) -> usize {
        self.output.weight.dim().1
    }

    fn output(&self) -> Probabilities<R> {
        let zeros = vec![R::zero(); self.output.bias.len()];
        Probabilities { probabilities: zeros.clone(), logarithms: zeros }
    }

    fn connections(&self) -> usize {
        self.output.weight.len() + self.output.bias.len()
    }

    fn fprop(&self, x: &Maps<R>, output: &mut Probabilities<R>) {
        let (weights, biases) = (line(&self.output.weight), line(&self.output.bias));
        crate::kernels::full_connection::fprop(weights, biases, line(x), &mut output.logarithms);
        let largest = output.logarithms.iter().copied().fold(R::neg_infinity(), R::max);
        let sum: R = output.logarithms.iter().map(|&a| (a - largest).exp()).sum();
        for (log, p) in output.logarithms.iter_mut().zip(&mut output.probabilities) {
            *log -= largest + sum.ln();
            *p = log.exp();
        }
    }

    fn loss(&self, output: &Probabilities<R>, label: usize) -> R {
        -output.logarithms[label]
    }

    fn bprop(
        &self,
        x: &Maps<R>,
        output: &Probabilities<R>,
        label: usize,
        dx: &mut Maps<R>,
        gradient: &mut Self,
    ) {
        let wanted = |i| if i == label { R::one() } else { R::zero() };
        self.backward::<false>(x, dx, gradient, |i| output.of(i) - wanted(i));
    }

    fn bbprop(
        &self,
        x: &Maps<R>,
        output: &Probabilities<R>,
        _label: usize,
        ddx: &mut Maps<R>,
        curvature: &mut Self,
    ) {
        self.backward::<true>(x, ddx, curvature, |i| match self.curvature {
            Curvature::Exact => output.of(i) * (R::one() - output.of(i)),
            Curvature::Constant => R::of(0.25),
        });
    }
}
