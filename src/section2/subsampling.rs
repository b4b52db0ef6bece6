#![doc = mathdoc::md!(
    r#"
II-A, II-B: subsampling layers: S2 and S4.

Half the rows and half the columns, and two numbers a map that are trained. It is not the average pooling of today,
and two sections of the paper describe it differently.

# What the paper says

Once a feature has been found, its exact place matters little; its place among others does (II-A). So a unit looks at
four units of one map, in a window of 2 x 2. Windows do not overlap, and the map comes out with half as many rows and
columns. The four are added, the sum is multiplied by a coefficient, a bias is added, and the squashing function
follows (II-B). Coefficient and bias are trained, one of each for a map. With a small coefficient the unit stays
where [f](super::squashing) is nearly straight, and the layer blurs; with a large one it becomes a noisy OR or a
noisy AND, depending on the bias.

# Shapes

$m$ is a map, $(r, c)$ a row and a column of the output.

| | in general | S2 | S4 |
|---|---|---|---|
| input, $x[m, r', c']$ | $M \times 2R \times 2C$ | 6 x 28 x 28 | 16 x 10 x 10 |
| coefficients $k[m]$, biases $b[m]$ | $M$ of each | 6 and 6 | 16 and 16 |
| output, $y[m, r, c]$ | $M \times R \times C$ | 6 x 14 x 14 | 16 x 5 x 5 |
| parameters | $2 M$ | 12 | 32 |
| connections | $5 M R C$: four inputs and the bias of each unit | 5,880 | 2,000 |

# Forward

$$
s[m, r, c] = \sum_{p=0}^{1} \sum_{q=0}^{1} x[m, 2r + p, 2c + q]
\qquad
y[m, r, c] = k[m] \, s[m, r, c] + b[m]
$$

for $0 \le r < R$ and $0 \le c < C$. As in every layer, $y$ is the weighted sum, and the squashing function comes
after it.

# Backward, line by line

From above comes $\mathrm{d}y[m, r, c]$, short for $\partial E / \partial y[m, r, c]$ as in the code.

1. **The bias** is in every unit of its map, times 1; **the coefficient** is in every unit of its map, times that
   unit's $s$. Both are shared, so the ways add up:

   $$
   \mathrm{d}b[m] = \sum_{r, c} \mathrm{d}y[m, r, c]
   \qquad
   \mathrm{d}k[m] = \sum_{r, c} \mathrm{d}y[m, r, c] \; s[m, r, c]
   $$

2. **An input** $x[m, r', c']$ is in one window only, that of $r = \lfloor r' / 2 \rfloor$ and $c = \lfloor c' / 2
   \rfloor$, times $k[m]$. There is nothing to add up, and all four of a window get the same:

   $$
   \mathrm{d}x[m, r', c'] = k[m] \; \mathrm{d}y[m, \lfloor r' / 2 \rfloor, \lfloor c' / 2 \rfloor]
   $$

# Second derivatives

$y$ is linear in each of the three, so each factor above is squared ([how that comes
about](super::convolution#second-derivatives)):

$$
\mathrm{dd}b[m] = \sum_{r, c} \mathrm{dd}y[m, r, c]
\qquad
\mathrm{dd}x[m, r', c'] = k[m]^2 \; \mathrm{dd}y[m, \lfloor r' / 2 \rfloor, \lfloor c' / 2 \rfloor]
$$

For the coefficient the paper leaves a choice. The second derivative of a shared weight is a sum over its
*connections* ([eq. 23](crate::appendix::c#eq-23)), and it does not say what a connection is here ([deviation
5](crate::paper::deviations#5-curvature-of-a-subsampling-coefficient)):

- [`Connection::Sum`], ours: the unit adds first and multiplies then, so what the coefficient multiplies is one
  number, $s$. Within a unit $\partial y / \partial k = s$, and nothing is left out:

  $$
  \mathrm{dd}k[m] = \sum_{r, c} \mathrm{dd}y[m, r, c] \; s[m, r, c]^2
  $$

- [`Connection::EachInput`]: give each of the four inputs a coefficient of its own, $y = u_1 x_1 + u_2 x_2 + u_3 x_3
  + u_4 x_4 + b$, take the second derivative by each, $x_n^2 \, \mathrm{dd}y$, and add up those four:

  $$
  \mathrm{dd}k[m] = \sum_{r, c} \mathrm{dd}y[m, r, c] \sum_{p, q} x[m, 2r + p, 2c + q]^2
  $$

They differ by the mixed terms of $(x_1 + x_2 + x_3 + x_4)^2$. For four equal inputs the first is four times the
second, and it is never more than that; for inputs that cancel it is 0. The paper's *count* of connections, five for
a unit, is that of the second reading; its *sentence* in II-B is that of the first. Measured: the two readings train
alike, as far as two seeds can tell (`experiment study readings`; `paper/recipe.md`).

# Sum or average?

II-A says that the unit averages, II-B that it adds. Write $\bar{k}$ for the coefficient of an average: $\bar{k} \, s
/ 4 = k \, s$ if $\bar{k} = 4 k$, so the two compute the same. Three things are not the same:

| | sum, $k$ | average, $\bar{k} = 4 k$ |
|---|---|---|
| an initial coefficient of ½ | twice the average | half the average |
| gradient | $\mathrm{d}k$ | $\mathrm{d}k / 4$ |
| second derivative | $\mathrm{dd}k$ | $\mathrm{dd}k / 16$ |

By [eq. 21](crate::appendix::c#eq-21) a step on $\bar{k}$ is $\eta / (\mu + h / 16)$ times a quarter of the gradient,
and moves $k$ by a quarter of that: $\eta / (16 \mu + h)$ times the gradient. It follows that the average is the sum
with a $\mu$ that is 16 times as large, for the coefficients alone. We add, as II-B does where it specifies LeNet-5,
and start at ½ ([deviation 3](crate::paper::deviations#3-subsampling-layers-sum-and-start-at-one-half));
`coefficient_of = "average"` in an arm's TOML is the other reading.

# By hand

A map of 2 x 4, hence two windows:

```text
x = 1  2 | 0  1    s = 5  2    k = ½    b = ¼    dy = 2 -1    ddy = 3  1
    3 -1 | 1  0
```

```
use lenet5::section1::{Module, Parameters};
use lenet5::section2::{Connection, Subsampling};
use ndarray::{Array3, arr1, arr3};

let mut layer = Subsampling::<f64>::new(1, 0.5);
layer.bias = arr1(&[0.25]);
let x = arr3(&[[[1.0, 2.0, 0.0, 1.0], [3.0, -1.0, 1.0, 0.0]]]);

let mut y = Array3::zeros(layer.output_shape((1, 2, 4))?);
layer.fprop(&x, &mut y);
assert_eq!(y, arr3(&[[[2.75, 1.25]]])); // ½·5 + ¼ and ½·2 + ¼

let (mut dx, mut gradient) = (x.clone(), layer.zeros());
let dy = arr3(&[[[2.0, -1.0]]]);
layer.bprop(&x, &dy, Some(&mut dx), &mut gradient);
assert_eq!(gradient.coefficient, arr1(&[8.0])); // 2·5 - 1·2
assert_eq!(gradient.bias, arr1(&[1.0]));        // 2 - 1
let row = [1.0, 1.0, -0.5, -0.5];               // ½·2 and ½·(-1)
assert_eq!(dx, arr3(&[[row, row]]));

let (mut ddx, mut sum) = (x.clone(), layer.zeros());
let ddy = arr3(&[[[3.0, 1.0]]]);
layer.bbprop(&x, &ddy, Some(&mut ddx), &mut sum);
assert_eq!(sum.coefficient, arr1(&[79.0]));     // 3·5² + 1·2²
assert_eq!(sum.bias, arr1(&[4.0]));             // 3 + 1
let row = [0.75, 0.75, 0.25, 0.25];             // ¼·3 and ¼·1
assert_eq!(ddx, arr3(&[[row, row]]));

let connection = Connection::EachInput;
let each = Subsampling { connection, ..layer.clone() };
let mut h = each.zeros();
each.bbprop(&x, &ddy, None, &mut h);
assert_eq!(h.coefficient, arr1(&[47.0]));       // 3·(1+4+9+1) + 1·(0+1+1+0)

// The same as an average: a quarter of the inputs, four times the coefficient.
let coefficient = arr1(&[2.0]);
let average = Subsampling { coefficient, ..layer.clone() };
let (quarter, mut same) = (&x / 4.0, y.clone());
average.fprop(&quarter, &mut same);
assert_eq!(same, y);
let (mut gradient, mut h) = (average.zeros(), average.zeros());
average.bprop(&quarter, &dy, None, &mut gradient);
average.bbprop(&quarter, &ddy, None, &mut h);
assert_eq!(gradient.coefficient, arr1(&[8.0 / 4.0]));
assert_eq!(h.coefficient, arr1(&[79.0 / 16.0]));
# Ok::<(), Box<dyn std::error::Error>>(())
```

# Where people get stuck

- **Average pooling** divides by 4, has nothing to learn and no squashing function. This layer adds, learns two
  numbers a map and is squashed. Without the two numbers S2 and S4 have 44 parameters fewer: one of the steps from
  [60,000 to 61,706](super::lenet5#60000-or-61706). Max pooling is another layer again.
- **A divisor in one pass only.** Who averages on the way down has to divide on the way back as well, and by the same
  number.
- **The coefficient's gradient needs $s$**, which nobody kept. It is added up again from `x`.
- **The squashing function** belongs behind S2 and S4 too, [for a reason](super::squashing#after-every-layer).
- **Odd sizes** are refused, not cut: [`output_shape`](Module::output_shape) is an error.

# How we know

`tests/gradients/layers.rs` compares `bprop` with finite differences for maps of many sizes, and sees an average
passed back by a layer that sums refused. `tests/kernels/subsampling.rs` compares the fast loops with loops over
single inputs. `tests/curvature/exact.rs` has a copy of the layer with a coefficient for each connection, in both
readings (`subsampling_sums_over_its_connections`, `each_input_adds_its_square`). `tests/identities/shifts.rs` moves
the input by two and finds the output moved by one. With [`Subsampling::trained`] off, `tests/gradients/network.rs`
finds both parameters still and every other gradient as before.
"#
)]

use crate::Real;
use crate::kernels::subsampling as kernel;
use crate::section1::{Maps, Module, Parameters, Shape, ShapeError, line, line_mut};
use ndarray::Array1;
use serde::{Deserialize, Serialize};

/// What eq. 23 calls a connection where a subsampling coefficient is shared (deviation 5).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Connection {
    /// The sum of the four inputs is one: `h` grows with `(x₁ + x₂ + x₃ + x₄)²`.
    Sum,
    /// Each input is one: `h` grows with `x₁² + x₂² + x₃² + x₄²`.
    EachInput,
}

/// A subsampling layer (II-A, II-B): a coefficient and a bias for each map, windows of 2 x 2.
#[derive(Clone, Debug, PartialEq)]
pub struct Subsampling<R> {
    /// What the sum of four is multiplied by; one number for each map.
    pub coefficient: Array1<R>,
    /// What is added to it; one number for each map.
    pub bias: Array1<R>,
    /// What counts as a connection when second derivatives of coefficients are summed (eq. 23, deviation 5).
    pub connection: Connection,
    /// Whether coefficients and biases are trained; in LeNet-5 they are.
    pub trained: bool,
}

impl<R: Real> Subsampling<R> {
    /// A layer for so many maps, with all coefficients alike and biases 0 (deviation 3).
    pub fn new(maps: usize, coefficient: f64) -> Self {
        Self {
            coefficient: Array1::from_elem(maps, R::of(coefficient)),
            bias: Array1::zeros(maps),
            connection: Connection::Sum,
            trained: true,
        }
    }

    /// Gives `h` of the coefficients what each input, squared, adds to it.
    fn curvature_of_inputs(&self, x: &Maps<R>, ddy: &Maps<R>, curvature: &mut Self) {
        for ((m, r, c), &ddy) in ddy.indexed_iter() {
            let square = |(row, column)| {
                let x = x[[m, 2 * r + row, 2 * c + column]];
                x * x
            };
            let squares: R = [(0, 0), (0, 1), (1, 0), (1, 1)].into_iter().map(square).sum();
            curvature.coefficient[m] += ddy * squares;
        }
    }

    fn backward<const SQUARED: bool>(
        &self,
        x: &Maps<R>,
        dy: &Maps<R>,
        dx: Option<&mut Maps<R>>,
        sums: &mut Self,
    ) {
        let columns = x.dim().2 / 2;
        let (dk, db) = (line_mut(&mut sums.coefficient), line_mut(&mut sums.bias));
        kernel::bprop_parameters::<R, SQUARED>(columns, line(x), line(dy), dk, db);
        if let Some(dx) = dx {
            kernel::bprop_states::<R, SQUARED>(columns, line(&self.coefficient), line(dy), line_mut(dx));
        }
    }
}

impl<R: Real> Parameters<R> for Subsampling<R> {
    fn arrays(&self) -> impl Iterator<Item = &[R]> {
        let arrays = self.trained.then(|| [line(&self.coefficient), line(&self.bias)]);
        arrays.into_iter().flatten()
    }

    fn arrays_mut(&mut self) -> impl Iterator<Item = &mut [R]> {
        let arrays = self.trained.then(|| [line_mut(&mut self.coefficient), line_mut(&mut self.bias)]);
        arrays.into_iter().flatten()
    }
}

impl<R: Real> Module<R> for Subsampling<R> {
    fn output_shape(&self, input: Shape) -> Result<Shape, ShapeError> {
        let maps = self.coefficient.len();
        if input.0 != maps || [input.1, input.2].iter().any(|&side| side == 0 || !side.is_multiple_of(2)) {
            let needed = format!("{maps} maps with even numbers of rows and columns");
            return Err(ShapeError { layer: "a subsampling layer", found: input, needed });
        }
        Ok((maps, input.1 / 2, input.2 / 2))
    }

    fn connections(&self, input: Shape) -> usize {
        input.0 * input.1 / 2 * input.2 / 2 * (4 + 1)
    }

    fn fprop(&self, x: &Maps<R>, y: &mut Maps<R>) {
        let columns = y.dim().2;
        kernel::fprop(columns, line(&self.coefficient), line(&self.bias), line(x), line_mut(y));
    }

    fn bprop(&self, x: &Maps<R>, dy: &Maps<R>, dx: Option<&mut Maps<R>>, gradient: &mut Self) {
        self.backward::<false>(x, dy, dx, gradient);
    }

    fn bbprop(&self, x: &Maps<R>, ddy: &Maps<R>, ddx: Option<&mut Maps<R>>, curvature: &mut Self) {
        match self.connection {
            Connection::Sum => self.backward::<true>(x, ddy, ddx, curvature),
            Connection::EachInput => {
                let before = curvature.coefficient.clone();
                self.backward::<true>(x, ddy, ddx, curvature);
                curvature.coefficient = before;
                self.curvature_of_inputs(x, ddy, curvature);
            }
        }
    }
}
