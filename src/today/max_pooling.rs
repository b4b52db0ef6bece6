#![doc = mathdoc::md!(
    r#"
Max pooling, in the place of S2 and S4.

# What it is, and where it comes from

Of each window of 2 x 2 units the largest passes. M. Riesenhuber and T. Poggio, *Hierarchical Models of Object
Recognition in Cortex* (1999), have it in a model of seeing; M. Ranzato, F. J. Huang, Y.-L. Boureau and Y. LeCun,
*Unsupervised Learning of Invariant Feature Hierarchies* (2007), in a convolutional network. D. Scherer, A. Müller and
S. Behnke, *Evaluation of Pooling Operations in Convolutional Architectures for Object Recognition* (2010), compared
it with subsampling like the paper's and found it better.

**In 1998** [subsampling](crate::section2::subsampling) stood there: the sum of the four, times a trained coefficient,
and a trained bias. The paper says that with a large coefficient such a unit is a noisy OR: it answers if any of the
four does. The maximum says just that, and has nothing to learn.

# Shapes

$m$ is a map, $(r, c)$ a row and a column of the output.

| | in general | S2 | S4 |
|---|---|---|---|
| input, $x[m, r', c']$ | $M \times 2R \times 2C$ | 6 x 28 x 28 | 16 x 10 x 10 |
| output, $y[m, r, c]$ | $M \times R \times C$ | 6 x 14 x 14 | 16 x 5 x 5 |
| parameters | 0 | 0 | 0 |

# Forward

$$
y[m, r, c] = \max_{p, q \in \{0, 1\}} x[m, 2r + p, 2c + q]
$$

# Backward, line by line

1. Let $(p^*, q^*)$ be where the largest of a window stands. Near this input the forward line is
   $y[m, r, c] = x[m, 2r + p^*, 2c + q^*]$: one input, times 1. The three others may move a little and change nothing.
2. Windows do not overlap, so an input is in one window, and there is nothing to add up:

   $$
   \mathrm{d}x[m, 2r + p, 2c + q] =
   [\, (p, q) = (p^*, q^*) \,] \; \mathrm{d}y[m, r, c]
   $$

3. **Ties.** If two are the largest, the maximum has a kink there. All of $\mathrm{d}y$ goes to the first of them, row
   after row. To give it to both would count it twice.

Each window hands on what it got, to one input: three of four get 0. Where the largest stands is not kept; the way
back looks for it again in $x$.

# Second derivatives

Where there is no tie, $y$ is one of its inputs, so the factor is 1 and its square as well: $\mathrm{dd}x$ takes the
way of $\mathrm{d}x$.

# By hand

The input of the [page on subsampling](crate::section2::subsampling#by-hand): a map of 2 x 4, hence two windows. In
the second are two ones, and the first of them, in the upper row, gets the derivative.

```text
x = 1  2 | 0  1    y = 3  1    dy = 2 -1    dx = 0  0 | 0 -1
    3 -1 | 1  0                                  2  0 | 0  0
```

```
use lenet5::section1::Module;
use lenet5::today::MaxPooling;
use ndarray::{Array3, arr3};

let x = arr3(&[[[1.0, 2.0, 0.0, 1.0], [3.0, -1.0, 1.0, 0.0]]]);
let mut y = Array3::zeros(Module::<f64>::output_shape(&MaxPooling, (1, 2, 4))?);
MaxPooling.fprop(&x, &mut y);
assert_eq!(y, arr3(&[[[3.0, 1.0]]]));

let mut dx = x.clone();
let dy = arr3(&[[[2.0, -1.0]]]);
MaxPooling.bprop(&x, &dy, Some(&mut dx), &mut MaxPooling.clone());
assert_eq!(dx, arr3(&[[[0.0, 0.0, 0.0, -1.0], [2.0, 0.0, 0.0, 0.0]]]));
# Ok::<(), Box<dyn std::error::Error>>(())
```

# Where people get stuck

- **Before the activation or after it?** Both the rectifier and $\tanh$ rise, so the largest stays the largest:
  $\max_i f(x_i) = f(\max_i x_i)$. One evaluation of $f$ for four, if it comes after the pooling: that is
  [`linear_convolutions`](super::network::Blocks::linear_convolutions). With the rectifier it is the same network.
  With $\tanh$ before *and* after, as the paper has it, $f$ is applied twice, and that is another one.
- **It is not linear**, unlike a mean: two layers with nothing but max pooling between them do not collapse into one.
- **The mean rises.** The largest of four is larger than the four are on the average, more so if they are
  independent of each other. Whoever counts on weighted sums of a certain size has to count that in.
- **Gradients of 0** for three of four inputs do not mean that a unit is dead: in another pattern it is the largest.
- **Overlapping windows**, 3 x 3 with a step of 2, are another layer: an input is in several windows there, and what
  comes back has to be added up.
- **Odd sizes** are refused, not cut: [`output_shape`](Module::output_shape) is an error.

# How we know

`tests/today/blocks.rs` compares `bprop` with finite differences, for windows without ties, and sees wrong ones
refused. `tests/kernels` compares the loops with the formula, on LeNet-5's sizes and others.
"#
)]

use super::pooling::halved;
use crate::Real;
use crate::kernels::max_pooling as kernel;
use crate::section1::{Maps, Module, Shape, ShapeError, line, line_mut, nothing_to_learn};

/// Max pooling: the largest of each 2 x 2 window, so maps x 2 rows x 2 columns become maps x rows x columns; nothing to
/// learn. Of several that are alike the first one counts, row after row.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MaxPooling;

nothing_to_learn!(MaxPooling);

impl<R: Real> Module<R> for MaxPooling {
    fn output_shape(&self, input: Shape) -> Result<Shape, ShapeError> {
        halved("max pooling", input)
    }

    fn connections(&self, (maps, rows, columns): Shape) -> usize {
        maps * rows * columns
    }

    fn fprop(&self, x: &Maps<R>, y: &mut Maps<R>) {
        kernel::fprop(y.dim().2, line(x), line_mut(y));
    }

    fn bprop(&self, x: &Maps<R>, dy: &Maps<R>, dx: Option<&mut Maps<R>>, _gradient: &mut Self) {
        if let Some(dx) = dx {
            kernel::bprop(dy.dim().2, line(x), line(dy), line_mut(dx));
        }
    }

    fn bbprop(&self, x: &Maps<R>, ddy: &Maps<R>, ddx: Option<&mut Maps<R>>, curvature: &mut Self) {
        self.bprop(x, ddy, ddx, curvature);
    }
}
