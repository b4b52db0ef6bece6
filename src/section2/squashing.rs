#![doc = mathdoc::md!(
    r#"
II-B, eq. 5 and 6: the squashing function, after every layer from C1 to F6.

One function, applied unit by unit. Its two constants decide where F6 lives, and its slope is in every derivative
that comes back.

# What the paper says

A unit up to F6 computes a weighted sum of its inputs and a bias, $a_i$, and its state is a function of that (II-B):

$$ (5) [`Squashing::squash`]
x_i = f(a_i)
$$

The function is a scaled hyperbolic tangent:

$$ (6) [`kernels::squashing::fprop`](crate::kernels::squashing::fprop)
f(a) = A \tanh(S a)
$$

with $A = 1.7159$ and $S = 2/3$. Then $f(1) = 1$ and $f(-1) = -1$, the function is odd, lies between $-A$ and $A$,
and is meant to have a gain of about 1 where it is used (App. A). The cells of the [codes](mod@super::codes), +1 and
-1, are where it bends most and not in its flat tails, so F6 need not saturate to reach them (II-B, App. A).

# Shapes

Whatever goes in, comes out: maps x rows x columns. A pattern takes one evaluation for each unit from C1 to F6, 8,084
in all. No parameters; by II-B's way of counting, no connections.

# Backward, from the state alone

1. Differentiate eq. 6: $f'(a) = A S \bigl( 1 - \tanh^2(S a) \bigr)$.
2. The state is $y = A \tanh(S a)$, so $\tanh(S a) = y / A$. Put it in:

   $$
   f'(a) = S \Bigl( A - \frac{y^2}{A} \Bigr)
   $$

3. One input makes one output, so there is nothing to add up:

   $$
   \mathrm{d}a = S \Bigl( A - \frac{y^2}{A} \Bigr) \, \mathrm{d}y
   $$

The weighted sum $a$ is gone from it. So LeNet-5 squashes in place, keeps one array for a layer, and
[`unsquash`](Squashing::unsquash) turns $\mathrm{d}y$ into $\mathrm{d}a$ in place too: a multiplication or three, and
no hyperbolic tangent on the way back.

# Second derivatives

1. Differentiate $f'$ once more. With $y$ standing for $f(a)$ and $\mathrm{d}y / \mathrm{d}a = f'$:

   $$
   f''(a) = - \frac{2 S}{A} \, y \, f'(a)
   $$

2. The exact rule for the loss has two terms, since $\mathrm{d}a = f'(a) \, \mathrm{d}y$ is a product ([eq.
   26](crate::appendix::c#eq-26)):

   $$
   \mathrm{dd}a = f'(a)^2 \, \mathrm{dd}y + f''(a) \, \mathrm{d}y
   $$

3. [Eq. 27](crate::appendix::c#eq-27) drops the second, whose sign may be either, and keeps

   $$
   \mathrm{dd}a = f'(a)^2 \, \mathrm{dd}y
   $$

   which is never negative. That is `unsquash` with `SQUARED`.

**Where it bends most.** Write $t = \tanh(S a)$. Then $f'' = -2 A S^2 \, t (1 - t^2)$, and the derivative of $t -
t^3$ is $1 - 3 t^2$: it vanishes at $t = \pm 1 / \sqrt{3}$. That is $a = \pm 0.988$, where $y = \pm A / \sqrt{3} =
\pm 0.991$, and not quite the $\pm 1$ of the paper's sentence; at 1 the curvature is less by one part in 7,500.

# By hand

With $A = 2$ and $S = \frac{1}{2}$ a state of 1 is easy: $f' = \frac{1}{2} (2 - \frac{1}{2}) = \frac{3}{4}$.

```
use lenet5::section2::{A, S, Squashing};
use ndarray::arr3;

let easy = Squashing { amplitude: 2.0, slope: 0.5 };
let state = arr3(&[[[1.0, 0.0, -2.0]]]); // the last is saturated
let mut first = arr3(&[[[4.0, 4.0, 4.0]]]);
let mut second = first.clone();
easy.unsquash::<f64, false>(&state, &mut first);
assert_eq!(first, arr3(&[[[3.0, 4.0, 0.0]]]));   // ¾·4, 1·4, 0·4
easy.unsquash::<f64, true>(&state, &mut second);
assert_eq!(second, arr3(&[[[2.25, 4.0, 0.0]]])); // (¾)²·4, 1·4, 0·4

// The paper's: f(1) is 1 to five digits; f'(0) = A S = 1.1439.
let at = |a: f64| {
    let (mut y, mut slope) = (arr3(&[[[a]]]), arr3(&[[[1.0]]]));
    Squashing::PAPER.squash(&mut y);
    Squashing::PAPER.unsquash::<f64, false>(&y, &mut slope);
    [y[[0, 0, 0]], slope[[0, 0, 0]]]
};
assert!((at(1.0)[0] - 1.0).abs() < 2e-5);
assert!((at(0.0)[1] - 1.1439).abs() < 1e-4);
assert!((at(1.0)[1] - 0.7554).abs() < 1e-4); // at the codes: two thirds of it

// |f''| is largest where tanh² = 1/3.
let most = (1.0 / 3_f64.sqrt()).atanh() / S;
let bend = |a: f64| 2.0 * S / A * at(a)[0] * at(a)[1];
assert!((most - 0.988).abs() < 1e-3);
assert!((at(most)[0] - 0.991).abs() < 1e-3);
assert!(bend(most) > bend(0.98) && bend(most) > bend(1.0));
assert!(bend(most) / bend(1.0) - 1.0 < 1.0 / 7_000.0);
```

# After every layer

"Units up to F6", in the sentence before eq. 5, means those of C1, S2, C3, S4, C5 and F6. Leaving $f$ out between a C
and an S layer is an easy slip. What stands there then is linear: sums of four of a 5 x 5 convolution are one
convolution with a kernel of 6 x 6 that moves by two, and S2's coefficient can be multiplied into C1's weights. Two
layers become one, and the coefficient is left with nothing to say. The output layer is not squashed: its units
compute [distances](super::rbf).

# Where people get stuck

- **$f'$ of the wrong thing.** $S (A - y^2 / A)$ wants the state. Given the weighted sum, it is wrong and looks
  plausible.
- **$1 - y^2$**, the slope of a plain tanh, forgets $A$ and $S$; so does a state that is compared with $\pm 1$ as if
  these were the asymptotes. They are $\pm A$.
- **Saturation.** Near $\pm A$ the slope is 0: nothing comes back, and second derivatives vanish as well, so the
  [rates](crate::appendix::c) of the layers below climb to their ceiling.
- **The two derivatives have different powers.** $\mathrm{dd}y$ is multiplied by $f'^2$, not by $f'$.

# How we know

`tests/gradients/layers.rs` compares `bprop` with finite differences, for the paper's $A$ and $S$ and others; it sees
refused: no slope at all, the slope taken at the weighted sum, another $A$ or $S$, the slope squared.
`tests/curvature/exact.rs` checks $f''$, eq. 26 and eq. 27 on one unit by second differences.
`tests/identities/squashing.rs` finds the 0.988. `tests/kernels/squashing.rs` bounds the error of the hyperbolic
tangent of single precision, which is an approximation of our own ([deviation
13](crate::paper::deviations#13-hyperbolic-tangent)).

The function and its derivatives:
"#
)]
#![doc = include_str!("../../docs/figures/squashing.svg")]

use crate::Real;
use crate::kernels;
use crate::section1::{Maps, Module, Shape, ShapeError, line, line_mut, nothing_to_learn};
use serde::{Deserialize, Serialize};

/// The amplitude of the squashing function (II-B, App. A).
pub const A: f64 = 1.7159;
/// Its slope at the origin is `A S` (II-B, App. A).
pub const S: f64 = 2.0 / 3.0;

/// The squashing function as a module of its own: `y = f(a)`, unit by unit; nothing to learn.
///
/// ```
/// use lenet5::section1::Module;
/// use lenet5::section2::Squashing;
/// use ndarray::arr3;
///
/// let mut y = arr3(&[[[0.0]]]);
/// Squashing::PAPER.fprop(&arr3(&[[[1.0]]]), &mut y);
/// assert!((y[[0, 0, 0]] - 1.0_f64).abs() < 2e-5); // f(1) = 1
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Squashing {
    /// The amplitude A.
    #[serde(rename = "A")]
    pub amplitude: f64,
    /// S: the slope at the origin is `A S`.
    #[serde(rename = "S")]
    pub slope: f64,
}

impl Squashing {
    /// With the A and S of App. A.
    pub const PAPER: Self = Self { amplitude: A, slope: S };

    /// Replaces the weighted sums `a` of a layer by its state `f(a)`, in place (eq. 5).
    pub fn squash<R: Real>(&self, a: &mut Maps<R>) {
        kernels::squashing::fprop(R::of(self.amplitude), R::of(self.slope), line_mut(a));
    }

    /// Replaces `dE/dy` by `dE/da`, in place, where `y = f(a)` is the state: `da = f'(a) dy`.
    ///
    /// `SQUARED` is for second derivatives: `dda = f'(a)² ddy` (eq. 27).
    pub fn unsquash<R: Real, const SQUARED: bool>(&self, y: &Maps<R>, dy: &mut Maps<R>) {
        let (amplitude, slope) = (R::of(self.amplitude), R::of(self.slope));
        kernels::squashing::slope::<R, SQUARED>(amplitude, slope, line(y), line_mut(dy));
    }

    /// A module knows its input and not its output: the state is made again.
    fn pass_back<R: Real, const SQUARED: bool>(&self, x: &Maps<R>, dy: &Maps<R>, dx: &mut Maps<R>) {
        dx.assign(dy);
        let mut y = x.clone();
        self.squash(&mut y);
        self.unsquash::<R, SQUARED>(&y, dx);
    }
}

nothing_to_learn!(Squashing);

impl<R: Real> Module<R> for Squashing {
    fn output_shape(&self, input: Shape) -> Result<Shape, ShapeError> {
        Ok(input)
    }

    fn connections(&self, _input: Shape) -> usize {
        0
    }

    fn fprop(&self, x: &Maps<R>, y: &mut Maps<R>) {
        y.assign(x);
        self.squash(y);
    }

    fn bprop(&self, x: &Maps<R>, dy: &Maps<R>, dx: Option<&mut Maps<R>>, _gradient: &mut Self) {
        if let Some(dx) = dx {
            self.pass_back::<R, false>(x, dy, dx);
        }
    }

    fn bbprop(&self, x: &Maps<R>, ddy: &Maps<R>, ddx: Option<&mut Maps<R>>, _curvature: &mut Self) {
        if let Some(ddx) = ddx {
            self.pass_back::<R, true>(x, ddy, ddx);
        }
    }
}
