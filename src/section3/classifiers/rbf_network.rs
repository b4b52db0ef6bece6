#![doc = mathdoc::page!("rbf_network.md")]

use super::nearest::{squared_distances, squares};
use super::vectors::{Arrays, Watch, by_class, list, matrix, on_threads, read_in_blocks, report, vectors};
use super::{Classifier, Stored, adaptive_means, error::MethodError};
use crate::section1::{Penalties, Tensor};
use crate::section3::database::Patterns;
use nalgebra::DMatrix;
use ndarray::{Array1, Array2, ArrayView2, Axis, Slice, concatenate};
use std::iter::successors;
use std::ops::Range;

/// The training patterns whose products are summed together, always in the same parts, so that the number of threads does
/// not change the sums.
const PART: usize = 1000;

/// The choices that the paper leaves open, and the number of units that it gives.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Settings {
    /// Gaussian units for each class.
    pub centres: usize,
    /// The passes of the adaptive k-means over the patterns of a class.
    pub passes: usize,
    /// The variance of a Gaussian, as a multiple of the mean squared distance between a pattern and the centre of its group
    /// that is nearest to it.
    pub width: f32,
    /// Added to the mean square of each unit's output (regularised pseudo-inverse).
    pub ridge: f64,
    /// Draws the first centres and the order of the patterns.
    pub seed: u64,
}

impl Default for Settings {
    /// The choices made on validation patterns.
    fn default() -> Self {
        Self { centres: 100, passes: 5, width: 0.7, ridge: 1e-6, seed: 1 }
    }
}

/// Gaussian units with a linear layer on top (III-C.4).
#[derive(Clone, Debug, PartialEq)]
pub struct RbfNetwork {
    /// The centre of each unit, class after class: units x pixels.
    centres: Array2<f32>,
    /// One half over the variance of each unit.
    factors: Array1<f32>,
    /// Units x classes.
    weights: Array2<f32>,
    bias: Array1<f32>,
    squares: Vec<f32>,
}

impl RbfNetwork {
    /// Places the units and solves for the weights, with `threads` threads; their number changes only the time.
    ///
    /// # Errors
    /// When a class has fewer patterns than `centres`, or `watch` stops the training.
    pub fn train(
        patterns: &Patterns,
        settings: &Settings,
        threads: usize,
        watch: Watch,
    ) -> Result<Self, MethodError> {
        let Settings { centres, passes, width, ridge, seed } = *settings;
        let classes = by_class(patterns, centres.max(1))?;
        let x = vectors(patterns, 0..patterns.len());
        let groups: Vec<_> = classes.iter().map(|class| x.select(Axis(0), class)).collect();
        let share = |done: f64| watch(done / 2.0);
        let (centres, spreads) = adaptive_means::of_groups(&groups, centres, passes, seed, threads, &share)?;
        let mut network = Self {
            factors: spreads.mapv(|spread| 0.5 / (width * spread).max(f32::MIN_POSITIVE)),
            squares: squares(centres.view()),
            weights: Array2::zeros((centres.nrows(), classes.len())),
            bias: Array1::zeros(classes.len()),
            centres,
        };
        drop(groups);
        let labels: Vec<usize> = (0..patterns.len()).map(|p| patterns.label(p)).collect();
        network.solve(&x, &labels, ridge, threads, &|done| watch((1.0 + done) / 2.0))?;
        Ok(network)
    }

    /// The outputs of the Gaussian units: a row for each row of `x`.
    pub fn units(&self, x: ArrayView2<f32>) -> Array2<f32> {
        let mut units = squared_distances(x, self.centres.view(), &self.squares);
        for mut row in units.outer_iter_mut() {
            row.zip_mut_with(&self.factors, |u, factor| *u = (-factor * *u).exp());
        }
        units
    }

    /// The weights and biases with the smallest regularised squared error, from the normal equations.
    fn solve(
        &mut self,
        x: &Array2<f32>,
        labels: &[usize],
        ridge: f64,
        threads: usize,
        watch: Watch,
    ) -> Result<(), MethodError> {
        let (units, classes) = self.weights.dim();
        let (mut sums, threads) = (Array2::<f64>::zeros((units + 1, units + 1 + classes)), threads.max(1));
        let parts = x.nrows().div_ceil(PART);
        for first in (0..parts).step_by(threads) {
            report(watch, first as f64 / parts as f64)?;
            let together = threads.min(parts - first);
            let products = on_threads(together, together, |share| {
                let begin = (first + share.start) * PART;
                self.products(x, labels, begin..x.nrows().min(begin + PART))
            });
            for part in products.axis_chunks_iter(Axis(0), units + 1) {
                sums.zip_mut_with(&part, |sum, &product| *sum += f64::from(product));
            }
        }
        let solved = solution(&sums, ridge * x.nrows() as f64);
        self.weights = Array2::from_shape_fn((units, classes), |(i, j)| solved[(i, j)] as f32);
        self.bias = Array1::from_shape_fn(classes, |j| solved[(units, j)] as f32);
        Ok(())
    }

    /// The products of the units' outputs and a constant 1 with themselves and with the targets, summed over patterns.
    fn products(&self, x: &Array2<f32>, labels: &[usize], part: Range<usize>) -> Array2<f32> {
        let ones = Array2::ones((part.len(), 1));
        let mut targets = Array2::zeros((part.len(), self.bias.len()));
        labels[part.clone()].iter().enumerate().for_each(|(row, &class)| targets[[row, class]] = 1.0);
        let units = self.units(x.slice_axis(Axis(0), Slice::from(part)));
        let all = [units.view(), ones.view(), targets.view()];
        let right = concatenate(Axis(1), &all).expect("a row for each pattern");
        let left = concatenate(Axis(1), &all[..2]).expect("a row for each pattern");
        left.t().dot(&right)
    }

    /// The outputs: a row for each row of `x`, a column for each class.
    pub fn outputs(&self, x: ArrayView2<f32>) -> Array2<f32> {
        self.units(x).dot(&self.weights) + &self.bias
    }

    /// The classifier with these arrays.
    ///
    /// # Errors
    /// When one is missing, or they do not fit.
    pub fn from_arrays(arrays: &mut Arrays) -> Result<Self, String> {
        let (centres, factors) = (arrays.matrix("rbf.centres")?, arrays.list("rbf.factors")?);
        let (weights, bias) = (arrays.matrix("rbf.weights")?, arrays.list("rbf.bias")?);
        if (centres.nrows(), weights.dim()) != (factors.len(), (factors.len(), bias.len())) {
            let (shapes, others) = ([centres.dim(), weights.dim()], [factors.len(), bias.len()]);
            return Err(format!("has centres and weights of {shapes:?} for {others:?} factors and biases"));
        }
        Ok(Self { squares: squares(centres.view()), centres, factors, weights, bias })
    }
}

/// The solution of the normal equations, whose left and right sides stand next to each other in `sums`. The last unknown, the
/// bias, has no price. Where rounding has left the matrix without a root, the price is raised tenfold until there is one.
fn solution(sums: &Array2<f64>, price: f64) -> DMatrix<f64> {
    let unknowns = sums.nrows();
    let square = DMatrix::from_fn(unknowns, unknowns, |i, j| sums[[i, j]]);
    let targets = DMatrix::from_fn(unknowns, sums.ncols() - unknowns, |i, j| sums[[i, unknowns + j]]);
    let root = |price: &f64| {
        let mut square = square.clone();
        (0..unknowns - 1).for_each(|unit| square[(unit, unit)] += price);
        square.cholesky()
    };
    let least = square.trace() * 1e-12;
    let prices = successors(Some(price.max(least)), |price| Some(10.0 * price)).take(20);
    prices.filter_map(|price| root(&price)).next().expect("finite sums and a large price").solve(&targets)
}

impl Classifier<f32> for RbfNetwork {
    fn classes(&self) -> usize {
        self.bias.len()
    }

    fn multiply_adds(&self) -> usize {
        self.centres.len() + self.weights.len()
    }

    fn variables(&self) -> usize {
        self.centres.len() + self.factors.len() + self.weights.len() + self.bias.len()
    }

    fn read(&self, patterns: &Patterns, share: Range<usize>, each: &mut dyn FnMut(usize, &Penalties<f32>)) {
        read_in_blocks(patterns, share, each, |x| -self.outputs(x));
    }
}

impl Stored for RbfNetwork {
    fn arrays(&self) -> Vec<Tensor<f32>> {
        vec![
            matrix("rbf.centres", &self.centres),
            list("rbf.factors", &self.factors),
            matrix("rbf.weights", &self.weights),
            list("rbf.bias", &self.bias),
        ]
    }
}
