#![doc = mathdoc::md!(
    r#"
I-E, eq. 4: the interface that every layer has.

# What the paper says

A system that learns as a whole is a cascade of modules (I-E). Module $n$ makes the next state from the state below it
and its own parameters: $X_n = F_n(W_n, X_{n-1})$, with the pattern as $X_0$. If the derivative of the loss by $X_n$
is known, two products are all that the module has to contribute:

$$ (4) [`Module::bprop`]
\begin{aligned}
\frac{\partial E^p}{\partial W_n} &= \frac{\partial F}{\partial W}(W_n, X_{n-1}) \, \frac{\partial E^p}{\partial X_n} \\
\frac{\partial E^p}{\partial X_{n-1}} &= \frac{\partial F}{\partial X}(W_n, X_{n-1}) \, \frac{\partial E^p}{\partial X_n}
\end{aligned}
$$

The first is the gradient of the module's own parameters. The second is what the module below waits for: it is that
module's $\partial E^p / \partial X_n$. Begun at the loss and followed down, this is back-propagation, for any modules
that have derivatives almost everywhere.

# Three passes

The names are the paper's own (IV-A):

| pass | comes in | goes out | adds to |
|---|---|---|---|
| [`fprop`](Module::fprop) | $x$ | $y = F(w, x)$ | |
| [`bprop`](Module::bprop) | $dy = \partial E / \partial y$ | $dx = \partial E / \partial x$ | the gradient $dw$ |
| [`bbprop`](Module::bbprop) | $ddy \approx \partial^2 E / \partial y^2$ | $ddx$ | the curvature $ddw$ |

`bbprop` is the same walk with every factor squared: [eq. 25](crate::appendix::c#eq-25) and [eq.
27](crate::appendix::c#eq-27).

# Shapes

Let $X_{n-1}$ have $a$ numbers, $X_n$ have $b$ and $W_n$ have $c$.

| | shape | |
|---|---|---|
| $\partial E / \partial X_n$ | $b$ | what comes in |
| $\partial F / \partial X$ | $a \times b$ | the *transposed* Jacobian: row $j$, column $i$ has $\partial y_i / \partial x_j$ |
| $\partial F / \partial W$ | $c \times b$ | likewise |
| $\partial E / \partial X_{n-1}$ | $a$ | the shape of the input, always |
| $\partial E / \partial W_n$ | $c$ | the shape of the parameters, always |

Whoever writes the Jacobian the other way round, outputs in rows, has to transpose it in eq. 4. Nobody needs to write
it at all. In C3 it would have 1,176 x 1,600 = 1,881,600 entries, and all but 150,000 of them would be zero: one for
each connection that is not a bias. The product with it is one more convolution. So a module has products to offer,
and no matrices.

# From a sum to its two products

Most layers are built from one line, a weighted sum. From it eq. 4 follows in three steps:

1. The forward line is $y_i = \sum_j w_{ij} x_j + b_i$, so $\partial y_i / \partial w_{ij} = x_j$,
   $\partial y_i / \partial b_i = 1$ and $\partial y_i / \partial x_j = w_{ij}$.
2. $w_{ij}$ and $b_i$ are in one output: $dw_{ij} = dy_i \, x_j$ and $db_i = dy_i$.
3. $x_j$ is in all of them, and the chain rule adds up the ways to the loss: $dx_j = \sum_i w_{ij} \, dy_i$.

A loop that goes forward over $(i, j)$ goes backward over the same $(i, j)$: where the one reads $x_j$ and adds to
$y_i$, the other reads $dy_i$ and adds to $dx_j$. Who keeps to that cannot confuse dimensions.

# By hand

Two modules, weighted sums both, and the loss $E = \frac12 (y - d)^2$ with $d = 1$:

$$
x_0 = \begin{pmatrix} 1 \\ 2 \end{pmatrix} \quad
W_1 = \begin{pmatrix} 1 & 0 \\ 1 & -1 \end{pmatrix} \quad
x_1 = W_1 x_0 = \begin{pmatrix} 1 \\ -1 \end{pmatrix} \quad
W_2 = \begin{pmatrix} 2 & 3 \end{pmatrix} \quad
y = W_2 x_1 = -1
$$

```
use lenet5::section1::{Maps, Module, Parameters};
use lenet5::section2::FullConnection;
use ndarray::{arr1, arr2};

let (w1, w2) = (arr2(&[[1.0, 0.0], [1.0, -1.0]]), arr2(&[[2.0, 3.0]]));
let first = FullConnection { weight: w1, bias: arr1(&[0.0, 0.0]) };
let second = FullConnection { weight: w2, bias: arr1(&[0.0]) };
let line = |x: &[f64]| Maps::from_shape_fn((x.len(), 1, 1), |(i, _, _)| x[i]);

// Up: the states are kept.
let x0 = line(&[1.0, 2.0]);
let (mut x1, mut y) = (line(&[0.0, 0.0]), line(&[0.0]));
first.fprop(&x0, &mut x1);
assert_eq!(x1, line(&[1.0, -1.0]));
second.fprop(&x1, &mut y);
assert_eq!(y, line(&[-1.0]));

// Down: each module gets the state that it saw on the way up.
let dy = y - 1.0; // dE/dy = y - d = -2
let (mut d_first, mut d_second) = (first.zeros(), second.zeros());
let (mut dx1, mut dx0) = (x1.clone(), x0.clone());
second.bprop(&x1, &dy, Some(&mut dx1), &mut d_second);
first.bprop(&x0, &dx1, Some(&mut dx0), &mut d_first);

assert_eq!(d_second.weight, arr2(&[[-2.0, 2.0]])); // dy times x1
assert_eq!(dx1, line(&[-4.0, -6.0]));              // dy times 2 and 3
// Row i, column j: dx1_i times x0_j; and dx1 itself for the biases.
assert_eq!(d_first.weight, arr2(&[[-4.0, -8.0], [-6.0, -12.0]]));
assert_eq!(d_first.bias, arr1(&[-4.0, -6.0]));
assert_eq!(dx0, line(&[-10.0, 6.0]));              // -4 - 6, and 6

// Once more, without asking for dE/dx0: it is added.
first.bprop(&x0, &dx1, None, &mut d_first);
assert_eq!(d_first.bias, arr1(&[-8.0, -12.0]));
```

# Where people get stuck

- **The gradient is added, not assigned.** A parameter that is used in several places gets a contribution from each
  ([eq. 19](crate::appendix::c#eq-19)), and several patterns make a batch. A module that overwrites is right as long
  as nothing is shared, and then wrong without a word. `dx` is another matter: a state belongs to one pattern, and is
  written.
- **`bprop` needs the state of `fprop`.** Eq. 4 takes the derivatives at $(W_n, X_{n-1})$: with the input of this
  pattern and the weights before the update. Modules here keep no states; the caller lends them, so there is no cache
  to be stale.
- **The lowest module need not compute $\partial E / \partial X_0$.** Nothing waits for it, and in C1 it would be
  117,600 products, as many as its forward pass has. Hence the `Option` around `dx`.
- **An update on the way down** ([`descend`](Module::descend)) must not touch a weight before its $dx$ has been taken.
- **A gradient check needs care.** In f32 a difference has too few digits to tell a wrong gradient from a right one
  ([deviation 14](crate::paper::deviations#14-single-and-double-precision)); and a test of the kind
  `difference > tolerance` lets not-a-number through.

# How we know

`tests/gradients/layers.rs` compares `bprop` of every layer, by every input and every parameter, with central
differences in f64, in sizes that it draws; it checks that a second call adds, with `dx` wanted or not.
`tests/gradients/network.rs` does so along random directions in whole networks, and sees an error in any one layer
refused. Each comparison is to 1 in $10^6$, and proves that it can fail: with its largest number wrong by 1 in 1,000
it must refuse.
"#
)]

use crate::Real;
use ndarray::Array3;
use thiserror::Error;

/// The state of a layer: maps x rows x columns. A vector of `n` units is `n` maps of one unit each, as C5 is.
pub type Maps<R> = Array3<R>;

/// Maps, rows and columns of a state.
pub type Shape = (usize, usize, usize);

/// A layer was given a state it cannot work on.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("{layer} was given {found:?} (maps, rows, columns) but needs {needed}")]
pub struct ShapeError {
    /// Which layer.
    pub layer: &'static str,
    /// The shape it was given.
    pub found: Shape,
    /// What would have fitted.
    pub needed: String,
}

/// Numbers that learning changes, in arrays that always come in the same order.
///
/// Parameters, their gradient, their second derivatives and their rates are values of one type, so an update is one
/// walk over several of them side by side.
pub trait Parameters<R: Real>: Clone {
    /// The arrays, in the order in which the pattern meets them.
    fn arrays(&self) -> impl Iterator<Item = &[R]>;

    /// The same arrays, to be changed.
    fn arrays_mut(&mut self) -> impl Iterator<Item = &mut [R]>;

    /// How many trainable parameters there are.
    fn parameter_count(&self) -> usize {
        self.arrays().map(<[R]>::len).sum()
    }

    /// Sets every parameter to `value`.
    fn fill(&mut self, value: R) {
        self.arrays_mut().for_each(|array| array.fill(value));
    }

    /// The same structure with all parameters zero: where gradients and second derivatives are gathered.
    fn zeros(&self) -> Self {
        let mut zeros = self.clone();
        zeros.fill(R::zero());
        zeros
    }

    /// `w <- w - rates dE/dw`, each parameter with a rate of its own ([eq. 18](crate::appendix::c#eq-18)).
    fn update(&mut self, rates: &Self, gradient: &Self) {
        for ((w, epsilon), dw) in self.arrays_mut().zip(rates.arrays()).zip(gradient.arrays()) {
            for ((w, &epsilon), &dw) in w.iter_mut().zip(epsilon).zip(dw) {
                *w -= epsilon * dw;
            }
        }
    }

    /// Multiplies every parameter by `factor`.
    fn scale(&mut self, factor: R) {
        self.arrays_mut().flatten().for_each(|value| *value *= factor);
    }
}

/// The [`Parameters`] of a module that has none.
macro_rules! nothing_to_learn {
    ($module:ty) => {
        impl<R: $crate::Real> $crate::section1::Parameters<R> for $module {
            fn arrays(&self) -> impl Iterator<Item = &[R]> {
                std::iter::empty()
            }

            fn arrays_mut(&mut self) -> impl Iterator<Item = &mut [R]> {
                std::iter::empty()
            }
        }
    };
}
pub(crate) use nothing_to_learn;

/// One step of a cascade: `y = F(w, x)`, and what its derivatives do to vectors that come back (I-E,
/// [eq. 4](self#eq-4)).
///
/// A module holds parameters and nothing else: states are lent to it by its caller. `gradient` and `curvature` are
/// modules of the same structure whose parameters hold derivatives; both passes *add* to them, so that several
/// patterns, and all places that share a weight (eq. 19, 20, 23), sum up.
pub trait Module<R: Real>: Parameters<R> + Send + Sync + 'static {
    /// What the module makes of an input of this shape.
    ///
    /// # Errors
    /// When the input does not fit.
    fn output_shape(&self, input: Shape) -> Result<Shape, ShapeError>;

    /// Connections between the input and the output, biases included: as the paper counts them in II-B.
    fn connections(&self, input: Shape) -> usize;

    /// `y = F(w, x)`: the forward pass.
    fn fprop(&self, x: &Maps<R>, y: &mut Maps<R>);

    /// From `dy = dE/dy`: adds `dE/dw` to `gradient` and, if somebody wants it, writes `dE/dx` to `dx`
    /// ([eq. 4](self#eq-4)).
    fn bprop(&self, x: &Maps<R>, dy: &Maps<R>, dx: Option<&mut Maps<R>>, gradient: &mut Self);

    /// [`fprop`](Module::fprop) of several patterns, each with its own `x` and `y`: the same numbers, faster where the weights
    /// are many.
    fn fprop_all(&self, batch: &mut [(&Maps<R>, &mut Maps<R>)]) {
        batch.iter_mut().for_each(|(x, y)| self.fprop(x, y));
    }

    /// [`bprop`](Module::bprop) of several patterns, each with its own `x`, `dy` and `dx`: the same numbers, faster where the
    /// weights are many.
    fn bprop_all(&self, batch: &mut [(&Maps<R>, &Maps<R>, &mut Maps<R>)], gradient: &mut Self) {
        batch.iter_mut().for_each(|(x, dy, dx)| self.bprop(x, dy, Some(dx), gradient));
    }

    /// [`bprop`](Module::bprop) and the update `w <- w - rates dE/dw` (eq. 18) in one, for one update per pattern.
    /// `gradient` is room to work in.
    fn descend(
        &mut self,
        x: &Maps<R>,
        dy: &Maps<R>,
        dx: Option<&mut Maps<R>>,
        rates: &Self,
        gradient: &mut Self,
    ) {
        descend_by_gradient(self, x, dy, dx, rates, gradient);
    }

    /// From `ddy = d²E/dy²`: adds `d²E/dw²` to `curvature` ([eq. 25](crate::appendix::c#eq-25)) and
    /// writes `d²E/dx²` to `ddx` ([eq. 27](crate::appendix::c#eq-27)), both diagonal and Gauss-Newton: never negative if `ddy` is not.
    fn bbprop(&self, x: &Maps<R>, ddy: &Maps<R>, ddx: Option<&mut Maps<R>>, curvature: &mut Self);
}

/// [`Module::descend`], step by step.
pub(crate) fn descend_by_gradient<R: Real, M: Module<R>>(
    module: &mut M,
    x: &Maps<R>,
    dy: &Maps<R>,
    dx: Option<&mut Maps<R>>,
    rates: &M,
    gradient: &mut M,
) {
    gradient.fill(R::zero());
    module.bprop(x, dy, dx, gradient);
    module.update(rates, gradient);
}

/// The numbers of a state in one line, row after row.
pub(crate) fn line<R: Real, D: ndarray::Dimension>(values: &ndarray::Array<R, D>) -> &[R] {
    values.as_slice().expect("states and parameters are made in row-major order and stay so")
}

/// The same, to be changed.
pub(crate) fn line_mut<R: Real, D: ndarray::Dimension>(values: &mut ndarray::Array<R, D>) -> &mut [R] {
    values.as_slice_mut().expect("states and parameters are made in row-major order and stay so")
}

/// [`line`] and [`line_mut`] of the states of several patterns.
pub(crate) fn lines<'a, R: Real>(batch: &'a mut [(&Maps<R>, &mut Maps<R>)]) -> Vec<(&'a [R], &'a mut [R])> {
    batch.iter_mut().map(|(x, y)| (line(*x), line_mut(*y))).collect()
}

/// The same on the way back.
pub(crate) fn lines_back<'a, R: Real>(
    batch: &'a mut [(&Maps<R>, &Maps<R>, &mut Maps<R>)],
) -> Vec<(&'a [R], &'a [R], &'a mut [R])> {
    batch.iter_mut().map(|(x, dy, dx)| (line(*x), line(*dy), line_mut(*dx))).collect()
}
