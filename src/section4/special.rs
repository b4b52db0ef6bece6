#![doc = mathdoc::page!("special.md")]

use super::system::MultiModule;
use crate::Real;
use crate::section2::squashing::{A, S};

/// `y = x_1 + x_2 + ...`
#[derive(Clone, Copy, Debug)]
pub struct Sum;

/// The "Y" connection: each output is the input.
#[derive(Clone, Copy, Debug)]
pub struct FanOut {
    /// The number of outputs.
    pub outputs: usize,
}

/// `y = c x`: the inputs are the vector `x` and the coefficient `c`.
#[derive(Clone, Copy, Debug)]
pub struct Coefficient;

/// `y = M x`: the inputs are the vector `x` and the matrix `M`, row by row.
#[derive(Clone, Copy, Debug)]
pub struct Matrix;

/// A switch: the last input is the number `s` of the input that is the output, 0 for the first.
#[derive(Clone, Copy, Debug)]
pub struct Multiplexer;

/// The smallest input, element by element; if several are equal, the first of them (O-19, deviation 40).
#[derive(Clone, Copy, Debug)]
pub struct Min;

/// The squashing function of LeNet-5, `x = A tanh(S a)`, element by element.
#[derive(Clone, Copy, Debug)]
pub struct Squashed;

/// The loss `E = |x - d|² / 2` of the inputs `x` and `d`.
#[derive(Clone, Copy, Debug)]
pub struct SquaredDistance;

/// The common length of all inputs.
fn same_length(inputs: &[usize]) -> Result<usize, String> {
    match inputs {
        [first, others @ ..] if others.iter().all(|size| size == first) => Ok(*first),
        _ => Err(format!(
            "was given inputs of lengths {inputs:?}, expected one length for all, and one input at least"
        )),
    }
}

fn add_product<R: Real>(sum: &mut [R], factor: R, values: &[R]) {
    sum.iter_mut().zip(values).for_each(|(sum, &value)| *sum += factor * value);
}

impl<R: Real> MultiModule<R> for Sum {
    fn output_sizes(&self, inputs: &[usize]) -> Result<Vec<usize>, String> {
        same_length(inputs).map(|size| vec![size])
    }

    fn fprop(&self, x: &[&[R]], y: &mut [Vec<R>]) {
        y[0].fill(R::zero());
        x.iter().for_each(|x| add_product(&mut y[0], R::one(), x));
    }

    fn bprop(&self, _x: &[&[R]], dy: &[&[R]], dx: &mut [Vec<R>]) {
        dx.iter_mut().for_each(|dx| dx.copy_from_slice(dy[0]));
    }

    fn bbprop(&self, x: &[&[R]], ddy: &[&[R]], ddx: &mut [Vec<R>]) {
        self.bprop(x, ddy, ddx);
    }
}

impl<R: Real> MultiModule<R> for FanOut {
    fn output_sizes(&self, inputs: &[usize]) -> Result<Vec<usize>, String> {
        match inputs {
            [size] => Ok(vec![*size; self.outputs]),
            _ => Err(format!("was given {} inputs, expected 1", inputs.len())),
        }
    }

    fn fprop(&self, x: &[&[R]], y: &mut [Vec<R>]) {
        y.iter_mut().for_each(|y| y.copy_from_slice(x[0]));
    }

    fn bprop(&self, _x: &[&[R]], dy: &[&[R]], dx: &mut [Vec<R>]) {
        dy.iter().for_each(|dy| add_product(&mut dx[0], R::one(), dy));
    }

    fn bbprop(&self, x: &[&[R]], ddy: &[&[R]], ddx: &mut [Vec<R>]) {
        self.bprop(x, ddy, ddx);
    }
}

impl<R: Real> MultiModule<R> for Coefficient {
    fn output_sizes(&self, inputs: &[usize]) -> Result<Vec<usize>, String> {
        match inputs {
            [size, 1] => Ok(vec![*size]),
            _ => Err(format!("was given inputs of lengths {inputs:?}, expected a vector and 1 coefficient")),
        }
    }

    fn fprop(&self, x: &[&[R]], y: &mut [Vec<R>]) {
        y[0].iter_mut().zip(x[0]).for_each(|(y, &x0)| *y = x[1][0] * x0);
    }

    fn bprop(&self, x: &[&[R]], dy: &[&[R]], dx: &mut [Vec<R>]) {
        add_product(&mut dx[0], x[1][0], dy[0]);
        dx[1][0] = x[0].iter().zip(dy[0]).map(|(&x, &dy)| x * dy).sum();
    }

    fn bbprop(&self, x: &[&[R]], ddy: &[&[R]], ddx: &mut [Vec<R>]) {
        add_product(&mut ddx[0], x[1][0] * x[1][0], ddy[0]);
        ddx[1][0] = x[0].iter().zip(ddy[0]).map(|(&x, &ddy)| x * x * ddy).sum();
    }
}

impl<R: Real> MultiModule<R> for Matrix {
    fn output_sizes(&self, inputs: &[usize]) -> Result<Vec<usize>, String> {
        match *inputs {
            [columns, cells] if columns > 0 && cells.is_multiple_of(columns) => Ok(vec![cells / columns]),
            _ => Err(format!(
                "was given inputs of lengths {inputs:?}, expected a vector and rows of its length"
            )),
        }
    }

    fn fprop(&self, x: &[&[R]], y: &mut [Vec<R>]) {
        for (y, row) in y[0].iter_mut().zip(x[1].chunks(x[0].len())) {
            *y = row.iter().zip(x[0]).map(|(&m, &x)| m * x).sum();
        }
    }

    fn bprop(&self, x: &[&[R]], dy: &[&[R]], dx: &mut [Vec<R>]) {
        let columns = x[0].len();
        for (i, &dy) in dy[0].iter().enumerate() {
            let row = i * columns..(i + 1) * columns;
            add_product(&mut dx[0], dy, &x[1][row.clone()]);
            add_product(&mut dx[1][row], dy, x[0]);
        }
    }

    fn bbprop(&self, x: &[&[R]], ddy: &[&[R]], ddx: &mut [Vec<R>]) {
        let squares = |values: &[R]| values.iter().map(|&v| v * v).collect::<Vec<_>>();
        self.bprop(&[&squares(x[0]), &squares(x[1])], ddy, ddx);
    }
}

impl<R: Real> MultiModule<R> for Multiplexer {
    fn output_sizes(&self, inputs: &[usize]) -> Result<Vec<usize>, String> {
        match inputs {
            [regular @ .., 1] => same_length(regular).map(|size| vec![size]),
            _ => {
                Err(format!("was given inputs of lengths {inputs:?}, expected 1 number for the switch, last"))
            }
        }
    }

    fn fprop(&self, x: &[&[R]], y: &mut [Vec<R>]) {
        y[0].copy_from_slice(x[selected(x)]);
    }

    fn bprop(&self, x: &[&[R]], dy: &[&[R]], dx: &mut [Vec<R>]) {
        dx[selected(x)].copy_from_slice(dy[0]);
    }

    fn bbprop(&self, x: &[&[R]], ddy: &[&[R]], ddx: &mut [Vec<R>]) {
        self.bprop(x, ddy, ddx);
    }
}

/// The number of the input that the switch selects, the nearest there is.
fn selected<R: Real>(x: &[&[R]]) -> usize {
    let regular = x.len() - 1;
    x[regular][0].to_usize().unwrap_or(0).min(regular - 1)
}

impl<R: Real> MultiModule<R> for Min {
    fn output_sizes(&self, inputs: &[usize]) -> Result<Vec<usize>, String> {
        same_length(inputs).map(|size| vec![size])
    }

    fn fprop(&self, x: &[&[R]], y: &mut [Vec<R>]) {
        y[0].iter_mut().enumerate().for_each(|(i, y)| *y = x[least(x, i)][i]);
    }

    fn bprop(&self, x: &[&[R]], dy: &[&[R]], dx: &mut [Vec<R>]) {
        dy[0].iter().enumerate().for_each(|(i, &dy)| dx[least(x, i)][i] = dy);
    }

    fn bbprop(&self, x: &[&[R]], ddy: &[&[R]], ddx: &mut [Vec<R>]) {
        self.bprop(x, ddy, ddx);
    }
}

/// The number of the input whose element `i` is the smallest; the first, if several are.
fn least<R: Real>(x: &[&[R]], i: usize) -> usize {
    (1..x.len()).fold(0, |best, k| if x[k][i] < x[best][i] { k } else { best })
}

impl<R: Real> MultiModule<R> for Squashed {
    fn output_sizes(&self, inputs: &[usize]) -> Result<Vec<usize>, String> {
        match inputs {
            [size] => Ok(vec![*size]),
            _ => Err(format!("was given {} inputs, expected 1", inputs.len())),
        }
    }

    fn fprop(&self, x: &[&[R]], y: &mut [Vec<R>]) {
        y[0].iter_mut().zip(x[0]).for_each(|(y, &a)| *y = squash(a));
    }

    fn bprop(&self, x: &[&[R]], dy: &[&[R]], dx: &mut [Vec<R>]) {
        dx[0].iter_mut().zip(x[0].iter().zip(dy[0])).for_each(|(dx, (&a, &dy))| *dx = slope(a) * dy);
    }

    fn bbprop(&self, x: &[&[R]], ddy: &[&[R]], ddx: &mut [Vec<R>]) {
        let back = |(ddx, (&a, &ddy)): (&mut R, (&R, &R))| *ddx = slope(a) * slope(a) * ddy;
        ddx[0].iter_mut().zip(x[0].iter().zip(ddy[0])).for_each(back);
    }
}

fn squash<R: Real>(a: R) -> R {
    R::of(A) * (R::of(S) * a).tanh()
}

fn slope<R: Real>(a: R) -> R {
    let y = squash(a);
    R::of(S / A) * (R::of(A * A) - y * y)
}

impl<R: Real> MultiModule<R> for SquaredDistance {
    fn output_sizes(&self, inputs: &[usize]) -> Result<Vec<usize>, String> {
        match inputs {
            [x, d] if x == d => Ok(vec![1]),
            _ => Err(format!("was given inputs of lengths {inputs:?}, expected two of one length")),
        }
    }

    fn fprop(&self, x: &[&[R]], y: &mut [Vec<R>]) {
        let squares: R = x[0].iter().zip(x[1]).map(|(&x, &d)| (x - d) * (x - d)).sum();
        y[0][0] = R::of(0.5) * squares;
    }

    fn bprop(&self, x: &[&[R]], dy: &[&[R]], dx: &mut [Vec<R>]) {
        for (i, (&a, &b)) in x[0].iter().zip(x[1]).enumerate() {
            dx[0][i] = dy[0][0] * (a - b);
            dx[1][i] = -dx[0][i];
        }
    }

    /// The walk begins here: the second derivative of `E` by itself is 0, and its own curvature by `x` is 1.
    fn bbprop(&self, x: &[&[R]], ddy: &[&[R]], ddx: &mut [Vec<R>]) {
        for (i, (&a, &b)) in x[0].iter().zip(x[1]).enumerate() {
            ddx[0][i] = R::one() + ddy[0][0] * (a - b) * (a - b);
            ddx[1][i] = ddx[0][i];
        }
    }
}
