#![doc = mathdoc::md!(
    r#"
II-B, eq. 5: a layer whose units see all of the layer before: F6.

A matrix times a vector, plus a vector. Every dimension is written out here once, since this is where days get lost.

# What the paper says

F6 has 84 units, each connected to all of C5: 10,164 parameters (II-B). A unit computes the scalar product of its
inputs and its weights and adds its bias: the weighted sum $a_i$ of [eq. 5](super::squashing#eq-5). It is 84 because
the [codes](mod@super::codes) of the output are pictures of 7 x 12.

# Shapes

| | in general | F6 |
|---|---|---|
| input, $x_j$ | $J$ | 120: C5's 120 x 1 x 1 |
| weights, $w_{ij}$ | $I \times J$, outputs x inputs | 84 x 120 |
| biases, $b_i$ | $I$ | 84 |
| output, $y_i$ | $I$ | 84: kept as 84 x 1 x 1 |
| $\mathrm{d}y_i$, $\mathrm{dd}y_i$ | $I$ | 84 |
| $\mathrm{d}x_j$, $\mathrm{dd}x_j$ | $J$ | 120 |
| parameters, and as many connections | $I (J + 1)$ | 84 x 121 = 10,164 |

So (84, 120) times (120), plus (84), makes (84). An input of any shape is read as one line of numbers, row after row.
There is no index for the batch: a pattern passes alone, as the paper updates after each.

# Forward

$$
y_i = b_i + \sum_{j=1}^{J} w_{ij} \, x_j
$$

# Backward, line by line

$\mathrm{d}y_i$ is short for $\partial E / \partial y_i$, as in the code.

1. $b_i$ is in one output, times 1, and $w_{ij}$ is in one output, times $x_j$:

   $$
   \mathrm{d}b_i = \mathrm{d}y_i
   \qquad
   \mathrm{d}w_{ij} = \mathrm{d}y_i \, x_j
   $$

   For each of 84 rows and 120 columns one product: the outer product of what comes back and what went in, of shape
   (84, 120) like $w$.
2. $x_j$ is in all outputs, in $y_i$ times $w_{ij}$. The ways add up:

   $$
   \mathrm{d}x_j = \sum_{i=1}^{I} w_{ij} \, \mathrm{d}y_i
   $$

   The forward line runs along a *row* of $w$ and sums over $j$; this one runs along a *column* and sums over $i$. In
   matrices: $y = w x + b$, and $\mathrm{d}x = w^{\top} \mathrm{d}y$, (120, 84) times (84).

# Second derivatives

$y$ is linear in everything, so the factors are squared ([how that comes
about](super::convolution#second-derivatives)); these are [eq. 25](crate::appendix::c#eq-25) and the sum of [eq.
27](crate::appendix::c#eq-27):

$$
\mathrm{dd}b_i = \mathrm{dd}y_i
\qquad
\mathrm{dd}w_{ij} = \mathrm{dd}y_i \, x_j^2
\qquad
\mathrm{dd}x_j = \sum_{i=1}^{I} w_{ij}^2 \, \mathrm{dd}y_i
$$

No weight is shared here, so the first two are exact, given $\mathrm{dd}y$; the third drops the mixed terms between
outputs.

# A step in one walk

With one update per pattern nobody needs $\mathrm{d}w$ for its own sake. [`descend`](Module::descend) reads each
weight once: adds $w_{ij} \, \mathrm{d}y_i$ to $\mathrm{d}x_j$, then takes $\epsilon_{ij} \, \mathrm{d}y_i \, x_j$
off the weight ([eq. 18](crate::appendix::c#eq-18)). The order matters: $\mathrm{d}x$ is made with the weights that
made $y$.

# By hand

Three inputs, two outputs:

```
use lenet5::section1::{Module, Parameters};
use lenet5::section2::FullConnection;
use ndarray::{Array3, arr1, arr2};

let mut layer = FullConnection::<f64> {
    weight: arr2(&[[1.0, 2.0, -1.0], [0.0, -2.0, 3.0]]), // outputs x inputs
    bias: arr1(&[0.5, -1.0]),
};
let column = |v: &[f64]| Array3::from_shape_fn((v.len(), 1, 1), |(i, _, _)| v[i]);
let (x, dy) = (column(&[2.0, 1.0, 3.0]), column(&[1.0, -2.0]));

let mut y = Array3::zeros(layer.output_shape((3, 1, 1))?);
layer.fprop(&x, &mut y);
assert_eq!(y, column(&[1.5, 6.0])); // ½ + 2 + 2 - 3, and -1 + 0 - 2 + 9

let (mut dx, mut gradient) = (x.clone(), layer.zeros());
layer.bprop(&x, &dy, Some(&mut dx), &mut gradient);
assert_eq!(gradient.bias, arr1(&[1.0, -2.0]));
let by_hand = arr2(&[[2.0, 1.0, 3.0], [-4.0, -2.0, -6.0]]); // 1·x and -2·x
assert_eq!(gradient.weight, by_hand);
// Down the columns: 1·1 - 2·0, 1·2 + 2·2, -1·1 - 2·3.
assert_eq!(dx, column(&[1.0, 6.0, -7.0]));

let (mut ddx, mut curvature) = (x.clone(), layer.zeros());
layer.bbprop(&x, &column(&[1.0, 2.0]), Some(&mut ddx), &mut curvature);
assert_eq!(curvature.bias, arr1(&[1.0, 2.0]));
let by_hand = arr2(&[[4.0, 1.0, 9.0], [8.0, 2.0, 18.0]]); // 1·x² and 2·x²
assert_eq!(curvature.weight, by_hand);
assert_eq!(ddx, column(&[1.0, 12.0, 19.0])); // 1 + 2·0, 4 + 2·4, 1 + 2·9

// One step, all rates ¼: the same dx; weights less a quarter of their gradient.
let mut rates = layer.zeros();
rates.fill(0.25);
let mut same = x.clone();
layer.descend(&x, &dy, Some(&mut same), &rates, &mut gradient);
assert_eq!(same, dx);
assert_eq!(layer.weight, arr2(&[[0.5, 1.75, -1.75], [1.0, -1.5, 4.5]]));
assert_eq!(layer.bias, arr1(&[0.25, -0.5]));
# Ok::<(), Box<dyn std::error::Error>>(())
```

# Where people get stuck

- **(84, 120) or (120, 84)?** Either will do, if it is the same in all passes; a square layer hides a transposition,
  so the tests use one to see it refused. Here, as in the frameworks, rows are outputs.
- **A batch in front** turns the outer product into a product of matrices that also sums over patterns. Here the sum
  over patterns is made by adding to `gradient`.
- **C5 is not one of these**, although [it computes the same](super::convolution#c5-a-convolution-or-not) on 32 x 32.
- **[f](super::squashing) is not in here.** F6 is squashed after it; the output layer of the [softmax
  head](super::softmax) is this layer too, and is not.

# How we know

`tests/gradients/layers.rs` compares `bprop` with finite differences for many sizes, and sees transposed weights and
missing bias gradients refused. `tests/kernels/full_connection.rs` compares all passes with loops over single
weights, and `descend` with `bprop` and an update, to the last bit. `tests/curvature/exact.rs` finds the second
derivatives of F6 to be the Gauss-Newton diagonal.
"#
)]

use crate::Real;
use crate::appendix::a::{self, InitialWeights};
use crate::kernels::full_connection as kernel;
use crate::section1::{Maps, Module, Parameters, Shape, ShapeError};
use crate::section1::{descend_by_gradient, line, line_mut, lines, lines_back};
use ndarray::{Array1, Array2};
use rand::Rng;

/// A fully connected layer (II-B): `y = w x + b`, without the squashing function; whatever the shape of its input, it
/// sees one line of numbers.
#[derive(Clone, Debug, PartialEq)]
pub struct FullConnection<R> {
    /// Outputs x inputs: 84 x 120 in F6.
    pub weight: Array2<R>,
    /// One for each output.
    pub bias: Array1<R>,
}

impl<R: Real> FullConnection<R> {
    /// A layer with initial weights uniform in `±1/√inputs` (deviation 2) and biases 0.
    pub fn new(inputs: usize, outputs: usize, random: &mut impl Rng) -> Self {
        Self::drawn(inputs, outputs, InitialWeights::RootFanIn, random)
    }

    /// A layer with initial weights of the given kind and biases 0.
    pub fn drawn(inputs: usize, outputs: usize, initial: InitialWeights, random: &mut impl Rng) -> Self {
        let mut weight = Array2::zeros((outputs, inputs));
        a::draw(initial, inputs, weight.iter_mut(), random);
        Self { weight, bias: Array1::zeros(outputs) }
    }

    /// Draws the biases as [`drawn`](Self::drawn) draws the weights (deviation 2).
    pub fn draw_biases(&mut self, initial: InitialWeights, random: &mut impl Rng) {
        a::draw(initial, self.weight.dim().1, self.bias.iter_mut(), random);
    }

    fn backward<const SQUARED: bool>(
        &self,
        x: &Maps<R>,
        dy: &Maps<R>,
        dx: Option<&mut Maps<R>>,
        sums: &mut Self,
    ) {
        let (dw, db) = (line_mut(&mut sums.weight), line_mut(&mut sums.bias));
        let mut unwanted = Vec::new();
        let dx = dx.map(line_mut).unwrap_or_else(|| {
            unwanted.resize(x.len(), R::zero());
            &mut unwanted
        });
        kernel::bprop::<R, SQUARED>(line(&self.weight), line(x), line(dy), dx, dw, db);
    }
}

impl<R: Real> Parameters<R> for FullConnection<R> {
    fn arrays(&self) -> impl Iterator<Item = &[R]> {
        [line(&self.weight), line(&self.bias)].into_iter()
    }

    fn arrays_mut(&mut self) -> impl Iterator<Item = &mut [R]> {
        [line_mut(&mut self.weight), line_mut(&mut self.bias)].into_iter()
    }
}

impl<R: Real> Module<R> for FullConnection<R> {
    fn output_shape(&self, input: Shape) -> Result<Shape, ShapeError> {
        let (outputs, inputs) = self.weight.dim();
        if input.0 * input.1 * input.2 != inputs {
            return Err(ShapeError {
                layer: "a full connection",
                found: input,
                needed: format!("{inputs} numbers"),
            });
        }
        Ok((outputs, 1, 1))
    }

    fn connections(&self, _input: Shape) -> usize {
        self.weight.len() + self.bias.len()
    }

    fn fprop(&self, x: &Maps<R>, y: &mut Maps<R>) {
        kernel::fprop(line(&self.weight), line(&self.bias), line(x), line_mut(y));
    }

    fn bprop(&self, x: &Maps<R>, dy: &Maps<R>, dx: Option<&mut Maps<R>>, gradient: &mut Self) {
        self.backward::<false>(x, dy, dx, gradient);
    }

    fn fprop_all(&self, batch: &mut [(&Maps<R>, &mut Maps<R>)]) {
        kernel::fprop_all(line(&self.weight), line(&self.bias), &mut lines(batch));
    }

    fn bprop_all(&self, batch: &mut [(&Maps<R>, &Maps<R>, &mut Maps<R>)], gradient: &mut Self) {
        let (dw, db) = (line_mut(&mut gradient.weight), line_mut(&mut gradient.bias));
        kernel::bprop_all(line(&self.weight), &mut lines_back(batch), dw, db);
    }

    fn descend(
        &mut self,
        x: &Maps<R>,
        dy: &Maps<R>,
        dx: Option<&mut Maps<R>>,
        rates: &Self,
        gradient: &mut Self,
    ) {
        let Some(dx) = dx else {
            return descend_by_gradient(self, x, dy, None, rates, gradient);
        };
        let FullConnection { weight, bias } = self;
        let rates = (line(&rates.weight), line(&rates.bias));
        kernel::descend(line_mut(weight), line_mut(bias), rates, line(x), line(dy), line_mut(dx));
    }

    fn bbprop(&self, x: &Maps<R>, ddy: &Maps<R>, ddx: Option<&mut Maps<R>>, curvature: &mut Self) {
        self.backward::<true>(x, ddy, ddx, curvature);
    }
}
