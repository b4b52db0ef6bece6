#![doc = mathdoc::md!(
    r#"
Average pooling, in the place of S2 and S4.

# What it is, and where it comes from

The mean of each window of 2 x 2 units. It is what is left of the paper's layer if one takes away what it learns; most
programs that are called LeNet-5 have it there. The name is in K. Jarrett, K. Kavukcuoglu, M. Ranzato and Y. LeCun,
*What is the Best Multi-Stage Architecture for Object Recognition?* (2009), who set it beside max pooling.

**In 1998** [subsampling](crate::section2::subsampling) stood there: $y = k s + b$ with the sum $s$ of the four, a
trained coefficient $k$ and a trained bias $b$ for each map. With $k = \frac14$ and $b = 0$, not trained, it is this
layer.

# Shapes

$m$ is a map, $(r, c)$ a row and a column of the output.

| | in general | S2 | S4 |
|---|---|---|---|
| input, $x[m, r', c']$ | $M \times 2R \times 2C$ | 6 x 28 x 28 | 16 x 10 x 10 |
| output, $y[m, r, c]$ | $M \times R \times C$ | 6 x 14 x 14 | 16 x 5 x 5 |
| parameters | 0 | 0 in the place of 12 | 0 in the place of 32 |

# Forward

$$
y[m, r, c] = \frac14 \sum_{p=0}^{1} \sum_{q=0}^{1} x[m, 2r + p, 2c + q]
$$

# Backward

$x[m, r', c']$ is in one window only, times a quarter. So all four of a window get the same, and there is nothing to
add up:

$$
\mathrm{d}x[m, r', c'] = \frac14 \, \mathrm{d}y[m, \lfloor r' / 2 \rfloor, \lfloor c' / 2 \rfloor]
$$

# Second derivatives

$y$ is linear in $x$, so the factor is squared ([how that comes
about](crate::section2::convolution#second-derivatives)), and the 16 is easy to forget:

$$
\mathrm{dd}x[m, r', c'] = \frac{1}{16} \, \mathrm{dd}y[m, \lfloor r' / 2 \rfloor, \lfloor c' / 2 \rfloor]
$$

# By hand

The input of the [page on subsampling](crate::section2::subsampling#by-hand):

```text
x = 1  2 | 0  1    y = 1¼  ½    dy = 2 -1    ddy = 3  1
    3 -1 | 1  0
```

```
use lenet5::section1::{Module, Parameters};
use lenet5::section2::Subsampling;
use lenet5::today::AveragePooling;
use ndarray::{Array3, arr3};

let x = arr3(&[[[1.0, 2.0, 0.0, 1.0], [3.0, -1.0, 1.0, 0.0]]]);
let mut y = Array3::zeros((1, 1, 2));
AveragePooling.fprop(&x, &mut y);
assert_eq!(y, arr3(&[[[1.25, 0.5]]])); // 5/4 and 2/4

let (dy, ddy) = (arr3(&[[[2.0, -1.0]]]), arr3(&[[[3.0, 1.0]]]));
let (mut dx, mut ddx, mut none) = (x.clone(), x.clone(), AveragePooling);
AveragePooling.bprop(&x, &dy, Some(&mut dx), &mut none);
let row = [0.5, 0.5, -0.25, -0.25];         // 2/4 and -1/4
assert_eq!(dx, arr3(&[[row, row]]));
AveragePooling.bbprop(&x, &ddy, Some(&mut ddx), &mut none);
let row = [0.1875, 0.1875, 0.0625, 0.0625]; // 3/16 and 1/16
assert_eq!(ddx, arr3(&[[row, row]]));

// The paper's layer with a coefficient of a quarter:
let mut same = y.clone();
Subsampling::new(1, 0.25).fprop(&x, &mut same);
assert_eq!(same, y);
assert_eq!(Parameters::<f64>::parameter_count(&AveragePooling), 0);
```

# Where people get stuck

- **It is not what the paper has**: see [sum or average](crate::section2::subsampling#sum-or-average).
- **Nor is it [`trained_subsampling`](crate::section2::Variant::trained_subsampling) turned off.** There the
  coefficient stays where it began, at ½, and the layer is twice the mean.
- **The mean is smaller.** The mean of four independent states of mean 0 has half their deviation; the paper's layer
  begins at ½ of the sum, which keeps it. Two such layers one after the other make it a quarter.
- **Without an activation between them**, a convolution and a mean are one linear layer. With
  [`linear_convolutions`](super::network::Blocks::linear_convolutions) that is so: C1 and S2 are then a convolution of
  6 x 6 in steps of two, and [a squashing function](crate::section2::squashing#after-every-layer). Without it, the
  activation follows both, as in the paper.
- **Odd sizes** are refused, not cut: [`output_shape`](Module::output_shape) is an error.

# How we know

`tests/today/blocks.rs` compares `bprop` with finite differences and sees wrong ones refused. The loops are those of
subsampling: `tests/kernels/subsampling.rs`.
"#
)]

use super::pooling::halved;
use crate::Real;
use crate::kernels::subsampling as kernel;
use crate::section1::{Maps, Module, Shape, ShapeError, line, line_mut, nothing_to_learn};

/// Average pooling: the mean of each 2 x 2 window, so maps x 2 rows x 2 columns become maps x rows x columns; nothing to
/// learn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AveragePooling;

impl AveragePooling {
    fn pass_back<R: Real, const SQUARED: bool>(dy: &Maps<R>, dx: Option<&mut Maps<R>>) {
        if let Some(dx) = dx {
            let quarters = vec![R::of(0.25); dy.dim().0];
            kernel::bprop_states::<R, SQUARED>(dy.dim().2, &quarters, line(dy), line_mut(dx));
        }
    }
}

nothing_to_learn!(AveragePooling);

impl<R: Real> Module<R> for AveragePooling {
    fn output_shape(&self, input: Shape) -> Result<Shape, ShapeError> {
        halved("average pooling", input)
    }

    fn connections(&self, (maps, rows, columns): Shape) -> usize {
        maps * rows * columns
    }

    fn fprop(&self, x: &Maps<R>, y: &mut Maps<R>) {
        let (maps, _, columns) = y.dim();
        let (quarters, zeros) = (vec![R::of(0.25); maps], vec![R::zero(); maps]);
        kernel::fprop(columns, &quarters, &zeros, line(x), line_mut(y));
    }

    fn bprop(&self, _x: &Maps<R>, dy: &Maps<R>, dx: Option<&mut Maps<R>>, _gradient: &mut Self) {
        Self::pass_back::<R, false>(dy, dx);
    }

    fn bbprop(&self, _x: &Maps<R>, ddy: &Maps<R>, ddx: Option<&mut Maps<R>>, _curvature: &mut Self) {
        Self::pass_back::<R, true>(ddy, ddx);
    }
}
