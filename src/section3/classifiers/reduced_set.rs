#![doc = mathdoc::page!("reduced_set.md")]

use super::error::MethodError;
use super::svm::{KernelMachine, Polynomial};
use super::vectors::{Watch, on_threads, report, vectors};
use crate::section3::database::Patterns;
use nalgebra::{Cholesky, DMatrix};
use ndarray::{Array2, ArrayView2, Axis, Slice, Zip, concatenate};
use std::collections::VecDeque;
use std::ops::Range;

/// What is added to the diagonal of the reduced vectors' kernel matrix: two of them may nearly be the same.
const RIDGE: f64 = 1e-5;
/// Earlier steps that the quasi-Newton direction uses.
const MEMORY: usize = 8;
/// Patterns that the biases are corrected on, at most.
const PATTERNS: usize = 10_000;
/// Rows of the support vectors' kernel matrix that are computed together.
const BLOCK: usize = 512;

/// The size of the reduced set and the effort spent on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReducedSettings {
    /// The number of reduced vectors, $n$. At most the number of support vectors is taken.
    pub vectors: usize,
    /// Steps of the descent.
    pub steps: usize,
}

/// A machine over few vectors that approximates `machine`. The biases are corrected on `patterns`, the training patterns.
///
/// # Errors
/// When training is to stop.
pub fn reduce(
    machine: &KernelMachine,
    patterns: &Patterns,
    settings: &ReducedSettings,
    threads: usize,
    watch: Watch,
) -> Result<KernelMachine, MethodError> {
    let distance = Distance::of(machine, threads);
    let mut descent = Descent::from(&distance, start(machine, settings.vectors));
    for step in 0..settings.steps {
        report(watch, step as f64 / settings.steps as f64)?;
        if !descent.step() {
            break;
        }
    }
    let Descent { place, fit, .. } = descent;
    let (kernel, bias) = (machine.kernel, machine.bias.clone());
    let mut reduced = KernelMachine { kernel, vectors: place, weights: fit.weights.reversed_axes(), bias };
    reduced.weights = reduced.weights.as_standard_layout().into_owned();
    correct_biases(&mut reduced, machine, patterns, threads);
    Ok(reduced)
}

/// Every so many-th support vector, `count` of them.
fn start(machine: &KernelMachine, count: usize) -> Array2<f32> {
    let all = machine.vectors.nrows();
    let count = count.clamp(1, all);
    let rows: Vec<usize> = (0..count).map(|j| j * all / count).collect();
    machine.vectors.select(Axis(0), &rows)
}

/// Makes the mean score of each class on the first patterns that of `machine`.
fn correct_biases(reduced: &mut KernelMachine, machine: &KernelMachine, patterns: &Patterns, threads: usize) {
    let count = patterns.len().min(PATTERNS);
    let differences = on_threads(count, threads, |share| {
        let blocks = share.clone().step_by(BLOCK).map(|begin| begin..share.end.min(begin + BLOCK));
        let difference = |block| {
            let pixels = vectors(patterns, block);
            machine.scores(pixels.view()) - reduced.scores(pixels.view())
        };
        let differences: Vec<Array2<f32>> = blocks.map(difference).collect();
        let views: Vec<_> = differences.iter().map(|block| block.view()).collect();
        concatenate(Axis(0), &views).expect("a column for each class")
    });
    if let Some(mean) = differences.mean_axis(Axis(0)) {
        reduced.bias += &mean;
    }
}

/// The squared distance in feature space between the expansions of a machine and their best approximations by a list of
/// vectors, summed over the classes.
#[derive(Clone, Debug)]
pub struct Distance<'a> {
    machine: &'a KernelMachine,
    threads: usize,
    /// The squared lengths of the machine's expansions, summed over the classes: the distance without any vectors.
    pub squared_length: f64,
}

/// The best approximation by a list of vectors.
#[derive(Clone, Debug)]
pub struct Fit {
    /// The distance, plus [the ridge's part](self#the-weights).
    pub distance: f64,
    /// Its derivative by the vectors: vectors x pixels.
    pub gradient: Array2<f32>,
    /// The best weights: vectors x classes.
    pub weights: Array2<f32>,
}

impl<'a> Distance<'a> {
    /// The distance from the expansions of `machine`, computed by `threads` threads.
    pub fn of(machine: &'a KernelMachine, threads: usize) -> Self {
        let KernelMachine { kernel, vectors, weights, .. } = machine;
        let part = |share: Range<usize>| {
            let mut sums = Array2::zeros((share.len(), 1));
            for begin in share.clone().step_by(BLOCK) {
                let block = Slice::from(begin..share.end.min(begin + BLOCK));
                let rows = vectors.slice_axis(Axis(0), block);
                let expansions = kernel.of(rows, vectors.view()).dot(&weights.t());
                let own = weights.slice_axis(Axis(1), block);
                for (r, row) in expansions.outer_iter().enumerate() {
                    sums[[begin - share.start + r, 0]] = row.dot(&own.column(r));
                }
            }
            sums
        };
        let squared_length = sum(&on_threads(vectors.nrows(), threads, part));
        Self { machine, threads, squared_length }
    }

    /// The best approximation by `z`: vectors x pixels.
    ///
    /// # Panics
    /// When a number is not finite.
    pub fn fit(&self, z: &Array2<f32>) -> Fit {
        let Self { machine: KernelMachine { kernel, vectors: x, weights: b, .. }, threads, .. } = *self;
        let products = on_threads(z.nrows(), threads, |share| rows(z, &share).dot(&x.t()));
        let right =
            on_threads(z.nrows(), threads, |share| values(kernel, rows(&products, &share)).dot(&b.t()));
        let own = z.dot(&z.t());
        let weights = solve(&values(kernel, own.view()), &right);
        let among = weights.dot(&weights.t()) * slopes(kernel, own.view());
        let gradient = on_threads(z.nrows(), threads, |share| {
            let a = rows(&weights, &share);
            let pull = a.dot(b) * slopes(kernel, rows(&products, &share));
            (rows(&among, &share).dot(z) - pull.dot(x)) * 2.0
        });
        let explained: f64 = right.iter().zip(&weights).map(|(&h, &a)| f64::from(h) * f64::from(a)).sum();
        Fit { distance: self.squared_length - explained, gradient, weights }
    }
}

fn rows<'a>(matrix: &'a Array2<f32>, share: &Range<usize>) -> ArrayView2<'a, f32> {
    matrix.slice_axis(Axis(0), Slice::from(share.clone()))
}

fn values(kernel: &Polynomial, products: ArrayView2<f32>) -> Array2<f32> {
    let mut products = products.to_owned();
    kernel.of_products(&mut products);
    products
}

fn slopes(kernel: &Polynomial, products: ArrayView2<f32>) -> Array2<f32> {
    let mut products = products.to_owned();
    kernel.slope_of_products(&mut products);
    products
}

/// The solution of (`gram` + ridge) times weights = `right`.
fn solve(gram: &Array2<f32>, right: &Array2<f32>) -> Array2<f32> {
    let n = gram.nrows();
    let ridge = |i, j| if i == j { RIDGE } else { 0.0 };
    let gram = DMatrix::from_fn(n, n, |i, j| f64::from(gram[[i, j]]) + ridge(i, j));
    let right = DMatrix::from_fn(n, right.ncols(), |i, j| f64::from(right[[i, j]]));
    let cholesky = Cholesky::new(gram).expect("a kernel matrix plus a ridge is positive definite");
    let weights = cholesky.solve(&right);
    Array2::from_shape_fn((n, weights.ncols()), |(i, j)| weights[(i, j)] as f32)
}

fn sum(values: &Array2<f32>) -> f64 {
    values.iter().map(|&value| f64::from(value)).sum()
}

fn dot(a: &Array2<f32>, b: &Array2<f32>) -> f64 {
    let products = a.outer_iter().zip(b.outer_iter()).map(|(a, b)| f64::from(a.dot(&b)));
    products.sum()
}

/// A descent with the directions of L-BFGS.
struct Descent<'a> {
    distance: &'a Distance<'a>,
    place: Array2<f32>,
    fit: Fit,
    /// Earlier steps, and the change of the gradient in each.
    steps: VecDeque<(Array2<f32>, Array2<f32>)>,
}

impl<'a> Descent<'a> {
    fn from(distance: &'a Distance<'a>, place: Array2<f32>) -> Self {
        Self { distance, fit: distance.fit(&place), place, steps: VecDeque::new() }
    }

    /// Takes a step. Returns whether one was found that lessens the distance.
    fn step(&mut self) -> bool {
        let direction = self.direction();
        let slope = dot(&direction, &self.fit.gradient);
        let mut length = 1.0;
        for _ in 0..20 {
            let step = &direction * length;
            let place = &self.place + &step;
            let fit = self.distance.fit(&place);
            if fit.distance < self.fit.distance + 1e-4 * f64::from(length) * slope {
                self.remember(step, &fit.gradient - &self.fit.gradient);
                (self.place, self.fit) = (place, fit);
                return true;
            }
            length /= 2.0;
        }
        false
    }

    fn remember(&mut self, step: Array2<f32>, change: Array2<f32>) {
        if dot(&step, &change) > 0.0 {
            self.steps.truncate(MEMORY - 1);
            self.steps.push_front((step, change));
        }
    }

    /// Minus the gradient times the inverse of the curvature that the earlier steps have shown.
    fn direction(&self) -> Array2<f32> {
        let mut direction = -&self.fit.gradient;
        let Some((step, change)) = self.steps.front() else {
            let length = dot(&self.place, &self.place) / dot(&direction, &direction).max(f64::MIN_POSITIVE);
            return direction * (0.05 * length.sqrt() as f32);
        };
        let scale = (dot(step, change) / dot(change, change)) as f32;
        let mut parts = Vec::new();
        for (step, change) in &self.steps {
            let part = dot(step, &direction) / dot(step, change);
            Zip::from(&mut direction).and(change).for_each(|d, c| *d -= part as f32 * c);
            parts.push(part);
        }
        direction *= scale;
        for ((step, change), part) in self.steps.iter().zip(parts).rev() {
            let part = part - dot(change, &direction) / dot(step, change);
            Zip::from(&mut direction).and(step).for_each(|d, s| *d += part as f32 * s);
        }
        direction
    }
}
