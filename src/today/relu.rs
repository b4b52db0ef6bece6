#![doc = mathdoc::md!(
    r#"
The rectifier, in the place of the squashing function.

# What it is, and where it comes from

A weighted sum above 0 passes as it is; one below 0 becomes 0. The function is old. It became the usual one after V.
Nair and G. Hinton, *Rectified Linear Units Improve Restricted Boltzmann Machines* (2010), and X. Glorot, A. Bordes
and Y. Bengio, *Deep Sparse Rectifier Neural Networks* (2011), who trained deep networks with it from random weights.

**In 1998** the [squashing function](crate::section2::squashing) $A \tanh(S a)$ stood there, after every layer from C1
to F6.

| | $A \tanh(S a)$ | rectifier |
|---|---|---|
| states | between $-A$ and $A$ | 0 or more, without a bound |
| slope | at most 1.144, towards 0 on both sides | 1 or 0 |
| mean of the states | about 0, if sums are | above 0 |
| on the other side of 0 | the same with a minus | nothing at all |

The derivative that reaches C1 has been multiplied by a slope for each layer on the way. A slope of 1 does not wear it
down, however many layers there are; for that one pays with units that hear nothing.

# Shapes

Whatever goes in, comes out: maps x rows x columns. No parameters.

# Forward

$$
y = \max(0, a)
$$

# Backward, from the state alone

1. Above 0 the forward line is $y = a$, with the slope 1. Below it is $y = 0$, with the slope 0:

   $$
   \mathrm{d}a = [\, a > 0 \,] \; \mathrm{d}y
   $$

   A bracket is 1 if it is true and 0 if not.
2. $y > 0$ wherever $a > 0$, and nowhere else. So the state tells, and the weighted sum may be forgotten, as it may
   with $\tanh$:

   $$
   \mathrm{d}a = [\, y > 0 \,] \; \mathrm{d}y
   $$

3. **At $a = 0$** there is a kink: the slope on the left is 0, on the right 1. We take the left one. It matters where
   sums are exactly 0, as they are if all inputs of a unit are 0 and so is its bias.

# Second derivatives

The function bends only in its kink, so $f'' = 0$ everywhere else, and the term that [eq.
27](crate::appendix::c#eq-27) drops is not there: $\mathrm{dd}a = f'^2 \, \mathrm{dd}y$ is exact. And $f'^2 = f'$, so
second derivatives take the same way as first ones.

# By hand

```
use lenet5::today::Relu;
use ndarray::arr3;

let mut state = arr3(&[[[-1.0, 0.0, 2.0]]]);
Relu.squash(&mut state);
assert_eq!(state, arr3(&[[[0.0, 0.0, 2.0]]]));
let mut slope = arr3(&[[[3.0, 3.0, 3.0]]]);
Relu.unsquash(&state, &mut slope);
assert_eq!(slope, arr3(&[[[0.0, 0.0, 3.0]]])); // at the kink: 0

// Rectified twice is rectified once: it may stand before a pooling and after.
let once = state.clone();
Relu.squash(&mut state);
assert_eq!(state, once);
```

# Where people get stuck

- **Dead units.** A unit whose sum is below 0 for every pattern gets no derivative for any, so nothing moves it back.
  A step that is too large does that to a unit; hence smaller rates, or
  [normalised sums](super::batch_normalisation), of which about half are above 0 as long as $\beta$ is 0.
- **The codes of the paper's output layer.** F6 cannot reach a cell of -1: each costs a penalty of at least 1,
  whatever is learnt. The rectifier wants [softmax](crate::section2::softmax) on top.
- **Initial weights.** Half of the sums are cut off, and with them half of the mean square; [He's
  weights](super::initial) make up for it.
- **A network without a bound**: its states grow with its weights, and one diverging weight shows in all layers above.
- **$y \ge 0$ in the place of $y > 0$** is true everywhere, and passes everything back.

# How we know

`tests/today/blocks.rs` compares `bprop` with finite differences, away from the kink, and sees wrong ones refused.
`tests/kernels` compares the loop with the formula.
"#
)]

use crate::Real;
use crate::kernels::rectifier as kernel;
use crate::section1::{Maps, Module, Shape, ShapeError, line, line_mut, nothing_to_learn};

/// The rectifier, `y = max(0, a)`, unit by unit; nothing to learn. A network uses it in place ([`squash`](Self::squash),
/// [`unsquash`](Self::unsquash)); as a [`Module`] it stands on its own.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Relu;

impl Relu {
    /// Replaces the weighted sums `a` of a layer by its state, in place: those below 0 by 0.
    pub fn squash<R: Real>(&self, a: &mut Maps<R>) {
        kernel::fprop(line_mut(a));
    }

    /// Replaces `dE/dy` by `dE/da`, in place, where `y` is the state: what was cut off gets nothing back. The slope is its
    /// own square: second derivatives take the same way.
    pub fn unsquash<R: Real>(&self, y: &Maps<R>, dy: &mut Maps<R>) {
        kernel::slope(line(y), line_mut(dy));
    }
}

nothing_to_learn!(Relu);

impl<R: Real> Module<R> for Relu {
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
            dx.assign(dy);
            self.unsquash(x, dx); // x is above 0 wherever y is
        }
    }

    fn bbprop(&self, x: &Maps<R>, ddy: &Maps<R>, ddx: Option<&mut Maps<R>>, curvature: &mut Self) {
        self.bprop(x, ddy, ddx, curvature);
    }
}
