#![doc = mathdoc::page!("least_squares.md")]

use super::error::MethodError;
use super::vectors::{Watch, report, side_by_side, vectors};
use crate::section3::database::Patterns;
use nalgebra::{Cholesky, DMatrix};
use ndarray::{Array1, Array2, ArrayView2, Axis, Slice, concatenate};
use std::ops::AddAssign;

/// The number of patterns whose products are summed in single precision before they are added in double precision.
const BLOCK: usize = 1000;
/// The number of patterns that one thread sums before the sums of several threads are added.
const PART: usize = 5 * BLOCK;
/// The number of columns of the symmetric matrix of products that are computed together.
const STRIP: usize = 128;

/// Sums over patterns of the products that least squares needs; the last input of each is the constant 1.
#[derive(Clone, Debug)]
pub struct NormalEquations {
    /// The sum of `x x^T`: inputs x inputs.
    pub products: Array2<f64>,
    /// The sum of `x t^T`: inputs x outputs.
    pub targets: Array2<f64>,
    /// The number of patterns.
    pub patterns: usize,
}

/// Weights and biases of linear units.
#[derive(Clone, Debug, PartialEq)]
pub struct LinearUnits {
    /// The weights: units x inputs.
    pub weight: Array2<f32>,
    /// The biases, one for each unit.
    pub bias: Array1<f32>,
}

impl LinearUnits {
    /// The outputs for rows of inputs: rows x units.
    pub fn outputs(&self, rows: ArrayView2<f32>) -> Array2<f32> {
        rows.dot(&self.weight.t()) + &self.bias
    }

    /// The number of connections, biases included.
    pub fn connections(&self) -> usize {
        self.weight.len() + self.bias.len()
    }
}

impl NormalEquations {
    /// Without patterns yet.
    pub fn new(inputs: usize, outputs: usize) -> Self {
        let products = Array2::zeros((inputs + 1, inputs + 1));
        Self { products, targets: Array2::zeros((inputs + 1, outputs)), patterns: 0 }
    }

    /// Adds rows of inputs and the rows of their targets.
    pub fn add(&mut self, rows: ArrayView2<f32>, targets: ArrayView2<f32>) {
        let ones = Array2::ones((rows.nrows(), 1));
        let rows = concatenate(Axis(1), &[rows, ones.view()]).expect("a constant for each row");
        let inputs = rows.ncols();
        for begin in (0..inputs).step_by(STRIP) {
            // The matrix is symmetric: what stands left of a strip's first row is in an earlier strip.
            let end = inputs.min(begin + STRIP);
            let strip = rows.slice_axis(Axis(1), Slice::from(begin..end));
            let products = strip.t().dot(&rows.slice_axis(Axis(1), Slice::from(begin..)));
            for ((i, j), &product) in products.indexed_iter() {
                self.products[[begin + i, begin + j]] += f64::from(product);
                if begin + j >= end {
                    self.products[[begin + j, begin + i]] += f64::from(product);
                }
            }
        }
        self.targets += &rows.t().dot(&targets).mapv(f64::from);
        self.patterns += rows.nrows();
    }

    /// Sums over all patterns of the inputs that `inputs` makes of rows of pixels, on so many threads. The target of the true class
    /// is 1, of all others -1. The number of threads does not change a bit of it.
    ///
    /// # Errors
    /// When training is to stop.
    pub fn of(
        patterns: &Patterns,
        threads: usize,
        watch: Watch,
        inputs: impl Fn(Array2<f32>) -> Array2<f32> + Sync,
    ) -> Result<Self, MethodError> {
        let part = |begin: usize| -> Option<Self> {
            let mut sums: Option<Self> = None;
            for begin in (begin..patterns.len().min(begin + PART)).step_by(BLOCK) {
                let share = begin..patterns.len().min(begin + BLOCK);
                let rows = inputs(vectors(patterns, share.clone()));
                let target = |(row, class)| if patterns.label(begin + row) == class { 1.0 } else { -1.0 };
                let targets = Array2::from_shape_fn((rows.nrows(), patterns.classes()), target);
                let sums = sums.get_or_insert_with(|| Self::new(rows.ncols(), patterns.classes()));
                sums.add(rows.view(), targets.view());
            }
            sums
        };
        let begins: Vec<usize> = (0..patterns.len()).step_by(PART).collect();
        let mut equations: Option<Self> = None;
        for together in begins.chunks(threads.max(1)) {
            report(watch, together[0] as f64 / patterns.len() as f64)?;
            for sums in side_by_side(together, part).into_iter().flatten() {
                match &mut equations {
                    Some(equations) => *equations += &sums,
                    None => equations = Some(sums),
                }
            }
        }
        Ok(equations.unwrap_or_else(|| Self::new(0, 0)))
    }

    /// The units with the smallest mean squared error plus `ridge` times the sum of squared weights; biases are free.
    pub fn solve(&self, ridge: f64) -> LinearUnits {
        let (inputs, outputs) = (self.targets.nrows() - 1, self.targets.ncols());
        let strength = ridge * self.patterns as f64;
        // A floor keeps the matrix positive definite where a pixel never has ink.
        let floor = 1e-7 * self.products.diag().sum() / (inputs + 1) as f64;
        let matrix = DMatrix::from_fn(inputs + 1, inputs + 1, |i, j| {
            let added = if i != j {
                0.0
            } else if i < inputs {
                strength + floor
            } else {
                floor
            };
            self.products[[i, j]] + added
        });
        let right = DMatrix::from_fn(inputs + 1, outputs, |i, j| self.targets[[i, j]]);
        let solved = Cholesky::new(matrix).expect("the floor makes it positive definite").solve(&right);
        LinearUnits {
            weight: Array2::from_shape_fn((outputs, inputs), |(unit, input)| solved[(input, unit)] as f32),
            bias: Array1::from_shape_fn(outputs, |unit| solved[(inputs, unit)] as f32),
        }
    }
}

impl AddAssign<&Self> for NormalEquations {
    fn add_assign(&mut self, other: &Self) {
        self.products += &other.products;
        self.targets += &other.targets;
        self.patterns += other.patterns;
    }
}
