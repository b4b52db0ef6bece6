#![doc = mathdoc::md!(
    r#"
II-A, II-B: convolutional layers: C1, C3 and C5.

This is the page for whoever has written the forward pass of a convolution and is stuck on the way back: which index
runs over what, where it starts, where it ends, and what gets turned round.

# What the paper says

A unit sees a small window of some maps of the layer below, its *local receptive field*. Windows of neighbours
overlap: two units of C1 side by side share 4 columns and 5 rows of their 5 x 5 pixels. All units of a map, wherever
they stand, have one set of weights and one bias, so a map finds one feature everywhere, and a shifted input gives a
shifted output. The weighted sums of a map are a convolution and a bias; the squashing function comes after it
(II-A). C1, C3 and C5 are such layers (II-B).

# The idea

One small window of weights is laid on every place of the input. In C1, 156 numbers do the work of 122,304
connections. The backward pass has to do with that ratio: a weight that is used in 784 places is told 784 things, and
adds them up.

# Shapes

Indices: $o$ an output map, $i$ an input map, $(r, c)$ a row and a column, $(k_y, k_x)$ a place in the kernel (`ky`,
`kx` in the code). The input has $H \times W$ units a map, the kernel $K \times K$. $T_o$ are the input maps that map
$o$ sees: a row of the layer's [`Table`].

| | in general | C1 | C3 | C5 |
|---|---|---|---|---|
| input, $x[i, r, c]$ | $I \times H \times W$ | 1 x 32 x 32 | 6 x 14 x 14 | 16 x 5 x 5 |
| kernels, $w[o, i, k_y, k_x]$ | one $K \times K$ for each pair $(o, i)$ | 6 of 5 x 5 | 60 of 5 x 5 | 1,920 of 5 x 5 |
| biases, $b[o]$ | one for each output map | 6 | 16 | 120 |
| output, $y[o, r, c]$ | $O \times (H - K + 1) \times (W - K + 1)$ | 6 x 28 x 28 | 16 x 10 x 10 | 120 x 1 x 1 |
| parameters | $K^2$ a kernel, 1 a bias | 156 | 1,516 | 48,120 |

Derivatives have the shape of what they are derivatives by. [`Convolution::weight`] holds the kernels of the pairs
that are there, one after the other, in the order of [`Table::pairs`]; [`Convolution::dense`] lays them out as
frameworks do, with zeros where there is none.

# Forward

$$
y[o, r, c] = b[o] + \sum_{i \in T_o} \; \sum_{k_y = 0}^{K-1} \; \sum_{k_x = 0}^{K-1}
w[o, i, k_y, k_x] \; x[i, r + k_y, c + k_x]
$$

for $0 \le r \le H - K$ and $0 \le c \le W - K$: wherever the kernel lies wholly inside the input. There is no
padding, so 32 becomes 28 and 14 becomes 10. The weight at the upper left, $w[o, i, 0, 0]$, meets the input at the
upper left of the window: **the kernel is not turned round.** Mathematics turns it and calls this one
cross-correlation; every framework calls it a convolution. The paper does not say, and since kernels are learnt it
makes no difference but for the picture of a kernel.

# Backward, line by line

From above comes $\partial E / \partial y[o, r, c]$; we write $\mathrm{d}y[o, r, c]$, as the code does, and
$\mathrm{d}w$, $\mathrm{d}b$, $\mathrm{d}x$ likewise. For each of them the question is the same: in which outputs
does it occur, and times what?

1. **The bias** $b[o]$ occurs in every output of map $o$, times 1:

   $$
   \mathrm{d}b[o] = \sum_{r=0}^{H-K} \; \sum_{c=0}^{W-K} \mathrm{d}y[o, r, c]
   $$

2. **The weight** $w[o, i, k_y, k_x]$ occurs in every output of map $o$ too, each time with another input: in $y[o,
   r, c]$ with $x[i, r + k_y, c + k_x]$. So

   $$
   \mathrm{d}w[o, i, k_y, k_x] = \sum_{r=0}^{H-K} \; \sum_{c=0}^{W-K} \mathrm{d}y[o, r, c] \; x[i, r + k_y, c + k_x]
   $$

   This is the rule for shared weights ([eq. 19 and 20](crate::appendix::c#eq-19)): give every connection a weight of
   its own, take its derivative, $\mathrm{d}y \, x$, and add up all that share one. It is a sum and not a mean. Read
   as a picture, it is the forward line again, with $\mathrm{d}y$ as a large kernel that fits into $x$ in $K \times
   K$ places.
3. **The input** $x[i, r', c']$ occurs in $y[o, r, c]$ whenever $r + k_y = r'$ and $c + k_x = c'$ for some place of
   the kernel. So $r = r' - k_y$ and $c = c' - k_x$, and the forward line, read for this input, gives

   $$
   \mathrm{d}x[i, r', c'] = \sum_{o : \, i \in T_o} \; \sum_{k_y} \; \sum_{k_x}
   w[o, i, k_y, k_x] \; \mathrm{d}y[o, r' - k_y, c' - k_x]
   $$

   The bounds are what everybody gets wrong once. $r' - k_y$ has to be a row of the output, from 0 to $H - K$, and
   $k_y$ a row of the kernel, from 0 to $K - 1$. Together:

   $$
   \max(0, \; r' - (H - K)) \; \le \; k_y \; \le \; \min(K - 1, \; r')
   $$

   and the same for columns. A corner of the input is in one window, so its sum has one term for each map; a unit in
   the middle is in $K^2$ of them.

**Why people call that a full correlation with the kernel turned round.** Put $K - 1 - m$ in the place of $k_y$ and
$K - 1 - n$ in that of $k_x$: the sum then has $w[o, i, K-1-m, K-1-n]$, the kernel turned by 180 degrees, times
$\mathrm{d}y[o, r' - (K - 1) + m, \, c' - (K - 1) + n]$. Here $m$ and $n$ are *added*, as in the forward line. Lay $K
- 1$ zeros round $\mathrm{d}y$ on all sides, and the indices shift by $K - 1$ and always fit: it is the forward line
  on the padded $\mathrm{d}y$, whose output has $(H - K + 1) + 2 (K - 1) - K + 1 = H$ rows, as many as the input.
  Nothing needs to be turned or padded to compute it, though. The general loops in
  [`kernels::convolution`](crate::kernels::convolution) are those of the forward pass for all three sums: where it
  reads an input and writes an output, this one reads the output's derivative and writes the input's.

# Second derivatives

$y$ is linear in $w$, in $b$ and in $x$; it bends nothing itself. It passes on how the loss bends above it. If a
number $v$ occurs in one output $y$ only, then differentiating $\mathrm{d}v = (\partial y / \partial v) \,
\mathrm{d}y$ by $v$ once more gives $\mathrm{dd}v = (\partial y / \partial v)^2 \, \mathrm{dd}y$: the same factor,
squared. If it occurs in several, the exact derivative has mixed terms besides, one for each two outputs. App. C
drops them, for shared weights ([eq. 23](crate::appendix::c#eq-23)) as well as for states ([eq.
27](crate::appendix::c#eq-27)). What is left are the lines above with $x$ and $w$ squared:

$$
\mathrm{dd}b[o] = \sum_{r, c} \mathrm{dd}y[o, r, c]
\qquad
\mathrm{dd}w[o, i, k_y, k_x] = \sum_{r, c} \mathrm{dd}y[o, r, c] \; x[i, r + k_y, c + k_x]^2
$$

$$
\mathrm{dd}x[i, r', c'] = \sum_{o : \, i \in T_o} \; \sum_{k_y, k_x}
w[o, i, k_y, k_x]^2 \; \mathrm{dd}y[o, r' - k_y, c' - k_x]
$$

Nothing in them is negative if $\mathrm{dd}y$ is not, so neither is what comes out. One function makes both passes:
`backward::<SQUARED>`. In C5 a weight occurs in one output only, and its line is exact, given $\mathrm{dd}y$.

# By hand

An input of 3 x 3, a kernel of 2 x 2, four outputs:

```text
    1  2  0
x = 0  1  3     w = 1 -1     b = ½     dy = 1  2
    2  0  1         2  3                    0 -1
```

```
use lenet5::appendix::a::InitialWeights::RootFanIn;
use lenet5::section1::{Module, Parameters};
use lenet5::section2::{Convolution, Table};
use ndarray::{Array3, arr1, arr3};
use rand::SeedableRng;

let random = &mut rand_chacha::ChaCha8Rng::seed_from_u64(1);
let mut layer = Convolution::new(Table::full(1, 1), 2, RootFanIn, random);
layer.weight = arr3(&[[[1.0, -1.0], [2.0, 3.0]]]);
layer.bias = arr1(&[0.5]);
let x = arr3(&[[[1.0, 2.0, 0.0], [0.0, 1.0, 3.0], [2.0, 0.0, 1.0]]]);

let mut y = Array3::zeros(layer.output_shape((1, 3, 3))?);
layer.fprop(&x, &mut y);
// Upper left: ½ + 1·1 - 1·2 + 2·0 + 3·1. With the kernel turned round
// it would be ½ + 3·1 + 2·2 - 1·0 + 1·1 = 8.5.
assert_eq!(y, arr3(&[[[2.5, 13.5], [3.5, 1.5]]]));

let (mut dx, mut gradient) = (x.clone(), layer.zeros());
let dy = arr3(&[[[1.0, 2.0], [0.0, -1.0]]]);
layer.bprop(&x, &dy, Some(&mut dx), &mut gradient);
assert_eq!(gradient.bias, arr1(&[2.0])); // 1 + 2 + 0 - 1
// w[0, 0] has met the inputs 1, 2, 0, 1: 1·1 + 2·2 + 0·0 - 1·1 = 4.
assert_eq!(gradient.weight, arr3(&[[[4.0, -1.0], [2.0, 6.0]]]));
// The middle is in all four windows: 3·1 + 2·2 - 1·0 + 1·(-1) = 6.
// The lower right corner is in one: 3·(-1) = -3.
let by_hand = [[1.0, 1.0, -2.0], [2.0, 6.0, 7.0], [0.0, -2.0, -3.0]];
assert_eq!(dx, arr3(&[by_hand]));

let (mut ddx, mut curvature) = (x.clone(), layer.zeros());
let ddy = arr3(&[[[1.0, 2.0], [0.0, 1.0]]]);
layer.bbprop(&x, &ddy, Some(&mut ddx), &mut curvature);
assert_eq!(curvature.bias, arr1(&[4.0]));
// Inputs squared: 1·1² + 2·2² + 0·0² + 1·1² = 10.
assert_eq!(curvature.weight, arr3(&[[[10.0, 13.0], [2.0, 20.0]]]));
// Weights squared: 9·1 + 4·2 + 1·0 + 1·1 = 18 in the middle.
let by_hand = [[1.0, 3.0, 2.0], [4.0, 18.0, 19.0], [0.0, 4.0, 9.0]];
assert_eq!(ddx, arr3(&[by_hand]));
# Ok::<(), Box<dyn std::error::Error>>(())
```

# C5: a convolution or not?

Both. Its kernels of 5 x 5 cover the whole 5 x 5 of S4, so there is one place to lay them on, and on a pattern of 32
x 32 it computes what a full connection with the same 48,120 numbers computes. The paper calls it a convolution,
because on a larger input its maps would be larger, which is what section VII lives on. A full connection would
refuse that input:

```
use lenet5::section1::{Module, Parameters};
use lenet5::section2::{FullConnection, LeNet5};
use ndarray::Array3;
use rand::SeedableRng;

let random = &mut rand_chacha::ChaCha8Rng::seed_from_u64(1);
let net = LeNet5::<f64, _>::paper(random);
let weight = net.c5.weight.to_shape((120, 400))?.to_owned();
let flat = FullConnection { weight, bias: net.c5.bias.clone() };
assert_eq!(net.c5.parameter_count(), 48_120);
assert_eq!(flat.parameter_count(), 48_120);

let wave = |(m, r, c)| f64::sin((m * 25 + r * 5 + c) as f64);
let x = Array3::from_shape_fn((16, 5, 5), wave);
let mut y = Array3::zeros((120, 1, 1));
let mut same = y.clone();
net.c5.fprop(&x, &mut y);
flat.fprop(&x, &mut same);
assert_eq!(y, same);

// Four pixels more each way, and C5 has four places, four pixels apart.
let c1 = net.c1.output_shape((1, 36, 36))?;
let s2 = net.s2.output_shape(c1)?;
let c3 = net.c3.output_shape(s2)?;
let s4 = net.s4.output_shape(c3)?;
assert_eq!([c1, s2], [(6, 32, 32), (6, 16, 16)]);
assert_eq!([c3, s4], [(16, 12, 12), (16, 6, 6)]);
assert_eq!(net.c5.output_shape(s4)?, (120, 2, 2));
assert!(flat.output_shape(s4).is_err());
# Ok::<(), Box<dyn std::error::Error>>(())
```

# Where people get stuck

- **A sum, not a mean.** Whoever divides $\mathrm{d}w$ by the number of places takes steps in C1 that are 784 times
  too small. That shared weights have large derivatives is taken care of elsewhere: their second derivatives are sums
  over the same places, and [divide](crate::appendix::c) their rates.
- **One bias for a map**: not for a unit, and not for a kernel. C3 has 16, not 60.
- **60 kernels, 16 maps.** See [Table I](super::table1#16-or-60-kernels). The kernel of a pair that is not connected
  is not zero; it is not there, and no gradient can wake it.
- **Transposed or turned.** In $\mathrm{d}x$ the kernel is turned by 180 degrees; a transposed one looks right as
  long as kernels are symmetric.
- **`gradient` is added to, `dx` is written.** Patterns add up in the one; the other belongs to a single pattern.
- **No `dx` for C1.** Nobody wants the derivative by the pixels: [`bprop`](Module::bprop) takes `None`.
- **The squashing function is not in here.** `y` is the weighted sum $a$; [f](super::squashing) follows after C1, C3
  *and* C5.
- **Normalise first, then pad.** The border of two pixels that makes 28 into 32 is paper, at -0.1, and part of the
  [input](crate::section3::database); this layer pads nothing.

# How we know

`tests/gradients/layers.rs` compares `bprop` with finite differences by every weight, bias and input, for tables,
kernels and maps of many sizes; it sees a kernel transposed, a kernel turned round and a connection to another map
refused. `tests/kernels/convolution.rs` compares the fast loops with a loop over single connections, in both
precisions. `tests/curvature/exact.rs` undoes the sharing and finds $\mathrm{dd}w$ as the sum over the copy's
connections (`convolutions_sum_over_their_connections`); `tests/curvature/recursion.rs` compares it with loops over
all connections of LeNet-5. `tests/identities/shifts.rs` shifts inputs, and `tests/lenet5/structure.rs` finds in C5's
maps on a larger input what C5 answers to its parts.

The kernels of C1 and C3 in a trained network:
"#
)]
#![doc = include_str!("../../docs/figures/kernels.svg")]

use super::table1::Table;
use crate::Real;
use crate::appendix::a::{self, InitialWeights};
use crate::kernels::convolution::{self as kernel, Sizes};
use crate::kernels::full_connection;
use crate::section1::{Maps, Module, Parameters, Shape, ShapeError};
use crate::section1::{descend_by_gradient, line, line_mut, lines, lines_back};
use ndarray::{Array1, Array3, Array4, Axis};
use rand::Rng;

/// A convolutional layer: one kernel per connection of its [`Table`], one bias per output map.
#[derive(Clone, Debug, PartialEq)]
pub struct Convolution<R> {
    /// The kernels, connection by connection: connections x kernel rows x kernel columns.
    pub weight: Array3<R>,
    /// A bias for each output map.
    pub bias: Array1<R>,
    table: Table,
}

impl<R: Real> Convolution<R> {
    /// A layer that sees windows of `side x side`, with initial weights drawn as App. A has it
    /// (see [`InitialWeights`]) and biases 0.
    pub fn new(table: Table, side: usize, initial: InitialWeights, random: &mut impl Rng) -> Self {
        let mut weight = Array3::zeros((table.len(), side, side));
        for ((output, _), mut kernel) in table.pairs().zip(weight.axis_iter_mut(Axis(0))) {
            let fan_in = table.links().by_output[output].len() * side * side;
            a::draw(initial, fan_in, kernel.iter_mut(), random);
        }
        Self { weight, bias: Array1::zeros(table.outputs()), table }
    }

    /// Draws the biases as [`new`](Self::new) draws the weights: from the fan-in of their map (deviation 2).
    pub fn draw_biases(&mut self, initial: InitialWeights, random: &mut impl Rng) {
        let (_, rows, columns) = self.weight.dim();
        for (from, bias) in self.table.links().by_output.iter().zip(&mut self.bias) {
            a::draw(initial, from.len() * rows * columns, std::iter::once(bias), random);
        }
    }

    /// Which output maps see which input maps.
    pub fn table(&self) -> &Table {
        &self.table
    }

    /// The weights as frameworks keep them, output maps x input maps x rows x columns, with zeros where there is no
    /// connection.
    pub fn dense(&self) -> Array4<R> {
        let (_, rows, columns) = self.weight.dim();
        let mut dense = Array4::zeros((self.table.outputs(), self.table.inputs(), rows, columns));
        for ((output, input), kernel) in self.table.pairs().zip(self.weight.axis_iter(Axis(0))) {
            dense.index_axis_mut(Axis(0), output).index_axis_mut(Axis(0), input).assign(&kernel);
        }
        dense
    }

    /// Takes the weights from a [`dense`](Self::dense) array of the same shape. If that has anything but zeros where there
    /// is no connection, the answer is `false` and the layer is left as it was.
    pub fn set_dense(&mut self, dense: &Array4<R>) -> bool {
        let before = self.weight.clone();
        for ((output, input), mut kernel) in self.table.pairs().zip(self.weight.axis_iter_mut(Axis(0))) {
            kernel.assign(&dense.index_axis(Axis(0), output).index_axis(Axis(0), input));
        }
        let nothing_lost = self.dense() == *dense;
        if !nothing_lost {
            self.weight = before;
        }
        nothing_lost
    }

    fn sizes(&self, input: Shape) -> Sizes {
        let (_, rows, columns) = self.weight.dim();
        Sizes { input: (input.1, input.2), kernel: (rows, columns) }
    }

    /// Whether every output sees every number of such an input, as in C5.
    fn is_full_connection(&self, input: Shape) -> bool {
        kernel::is_full_connection(self.sizes(input), self.table.links())
    }

    fn backward<const SQUARED: bool>(
        &self,
        x: &Maps<R>,
        dy: &Maps<R>,
        dx: Option<&mut Maps<R>>,
        sums: &mut Self,
    ) {
        let (shape, links) = (x.dim(), self.table.links());
        let sizes = self.sizes(shape);
        let (dw, db) = (line_mut(&mut sums.weight), line_mut(&mut sums.bias));
        let (weights, x, dy) = (line(&self.weight), line(x), line(dy));
        match dx.map(line_mut) {
            Some(dx) if self.is_full_connection(shape) => {
                full_connection::bprop::<R, SQUARED>(weights, x, dy, dx, dw, db);
            }
            dx => {
                kernel::bprop_weights::<R, SQUARED>(sizes, links, x, dy, dw, db);
                dx.into_iter()
                    .for_each(|dx| kernel::bprop_states::<R, SQUARED>(sizes, links, weights, dy, dx));
            }
        }
    }
}

impl<R: Real> Parameters<R> for Convolution<R> {
    fn arrays(&self) -> impl Iterator<Item = &[R]> {
        [line(&self.weight), line(&self.bias)].into_iter()
    }

    fn arrays_mut(&mut self) -> impl Iterator<Item = &mut [R]> {
        [line_mut(&mut self.weight), line_mut(&mut self.bias)].into_iter()
    }
}

impl<R: Real> Module<R> for Convolution<R> {
    fn output_shape(&self, input: Shape) -> Result<Shape, ShapeError> {
        let (_, rows, columns) = self.weight.dim();
        if input.0 != self.table.inputs() || input.1 < rows || input.2 < columns {
            let needed = format!("{} maps of at least {rows} x {columns}", self.table.inputs());
            return Err(ShapeError { layer: "a convolution", found: input, needed });
        }
        Ok((self.table.outputs(), input.1 + 1 - rows, input.2 + 1 - columns))
    }

    fn connections(&self, input: Shape) -> usize {
        let (rows, columns) = self.sizes(input).output();
        rows * columns * (self.weight.len() + self.bias.len())
    }

    fn fprop(&self, x: &Maps<R>, y: &mut Maps<R>) {
        let (shape, weights, biases) = (x.dim(), line(&self.weight), line(&self.bias));
        if self.is_full_connection(shape) {
            full_connection::fprop(weights, biases, line(x), line_mut(y));
        } else {
            kernel::fprop(self.sizes(shape), self.table.links(), weights, biases, line(x), line_mut(y));
        }
    }

    fn bprop(&self, x: &Maps<R>, dy: &Maps<R>, dx: Option<&mut Maps<R>>, gradient: &mut Self) {
        self.backward::<false>(x, dy, dx, gradient);
    }

    fn fprop_all(&self, batch: &mut [(&Maps<R>, &mut Maps<R>)]) {
        if batch.iter().all(|(x, _)| self.is_full_connection(x.dim())) {
            full_connection::fprop_all(line(&self.weight), line(&self.bias), &mut lines(batch));
        } else {
            batch.iter_mut().for_each(|(x, y)| self.fprop(x, y));
        }
    }

    fn bprop_all(&self, batch: &mut [(&Maps<R>, &Maps<R>, &mut Maps<R>)], gradient: &mut Self) {
        if batch.iter().all(|(x, ..)| self.is_full_connection(x.dim())) {
            let (dw, db) = (line_mut(&mut gradient.weight), line_mut(&mut gradient.bias));
            full_connection::bprop_all(line(&self.weight), &mut lines_back(batch), dw, db);
        } else {
            batch.iter_mut().for_each(|(x, dy, dx)| self.bprop(x, dy, Some(dx), gradient));
        }
    }

    fn descend(
        &mut self,
        x: &Maps<R>,
        dy: &Maps<R>,
        dx: Option<&mut Maps<R>>,
        rates: &Self,
        gradient: &mut Self,
    ) {
        let dx = match dx {
            Some(dx) if self.is_full_connection(x.dim()) => dx,
            dx => return descend_by_gradient(self, x, dy, dx, rates, gradient),
        };
        let rates = (line(&rates.weight), line(&rates.bias));
        let (weights, biases) = (line_mut(&mut self.weight), line_mut(&mut self.bias));
        full_connection::descend(weights, biases, rates, line(x), line(dy), line_mut(dx));
    }

    fn bbprop(&self, x: &Maps<R>, ddy: &Maps<R>, ddx: Option<&mut Maps<R>>, curvature: &mut Self) {
        self.backward::<true>(x, ddy, ddx, curvature);
    }
}
