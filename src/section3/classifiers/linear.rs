#![doc = mathdoc::page!("linear.md")]

use super::error::MethodError;
use super::least_squares::{LinearUnits, NormalEquations};
use super::vectors::{Arrays, Watch, by_class, list, matrix, read_in_blocks, report, vectors};
use super::{Classifier, Stored};
use crate::section1::{Penalties, Tensor};
use crate::section3::database::Patterns;
use ndarray::{Array2, ArrayView2};
use std::ops::Range;

/// A linear unit for each class; the largest output is the answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Linear {
    units: LinearUnits,
}

impl Linear {
    /// The units with the smallest squared error on the patterns, and `ridge` times their squared weights.
    ///
    /// # Errors
    /// When a class has no patterns, or training is to stop.
    pub fn train(patterns: &Patterns, ridge: f64, threads: usize, watch: Watch) -> Result<Self, MethodError> {
        by_class(patterns, 1)?;
        Ok(Self { units: NormalEquations::of(patterns, threads, watch, |rows| rows)?.solve(ridge) })
    }

    /// The classifier with these arrays.
    ///
    /// # Errors
    /// When one is missing, or they do not fit.
    pub fn from_arrays(arrays: &mut Arrays) -> Result<Self, String> {
        Ok(Self { units: LinearUnits::from_arrays(arrays)? })
    }
}

impl LinearUnits {
    /// The arrays of the units.
    pub fn arrays(&self) -> Vec<Tensor<f32>> {
        vec![matrix("output.weight", &self.weight), list("output.bias", &self.bias)]
    }

    /// The units with these arrays.
    ///
    /// # Errors
    /// When one is missing, or they do not fit.
    pub fn from_arrays(arrays: &mut Arrays) -> Result<Self, String> {
        let (weight, bias) = (arrays.matrix("output.weight")?, arrays.list("output.bias")?);
        if weight.nrows() != bias.len() {
            return Err(format!("has {} biases for {} units", bias.len(), weight.nrows()));
        }
        Ok(Self { weight, bias })
    }
}

impl Classifier<f32> for Linear {
    fn classes(&self) -> usize {
        self.units.bias.len()
    }

    fn multiply_adds(&self) -> usize {
        self.units.connections()
    }

    fn variables(&self) -> usize {
        self.units.connections()
    }

    fn read(&self, patterns: &Patterns, share: Range<usize>, each: &mut dyn FnMut(usize, &Penalties<f32>)) {
        read_in_blocks(patterns, share, each, |rows| -self.units.outputs(rows));
    }
}

impl Stored for Linear {
    fn arrays(&self) -> Vec<Tensor<f32>> {
        self.units.arrays()
    }
}

/// A unit for each pair of classes, trained on the patterns of these two only.
#[derive(Clone, Debug, PartialEq)]
pub struct Pairwise {
    units: LinearUnits,
    classes: usize,
    gain: f32,
}

impl Pairwise {
    /// The units with the smallest squared error on the patterns of their classes, and `ridge` times their squared weights.
    /// Outputs are multiplied by `gain` and cut at -1 and 1 before they are added: a large gain makes votes of them.
    ///
    /// # Errors
    /// When a class has no patterns, or training is to stop.
    pub fn train(patterns: &Patterns, ridge: f64, gain: f32, watch: Watch) -> Result<Self, MethodError> {
        let by_class = by_class(patterns, 1)?;
        let mut sums = Vec::new();
        for (class, of_class) in by_class.iter().enumerate() {
            report(watch, class as f64 / by_class.len() as f64)?;
            sums.push(of(patterns, of_class));
        }
        let units: Vec<LinearUnits> =
            pairs(sums.len()).map(|(i, j)| between(&sums[i], &sums[j], ridge)).collect();
        let rows: Vec<_> = units.iter().map(|unit| unit.weight.view()).collect();
        let weight = ndarray::concatenate(ndarray::Axis(0), &rows).expect("units have equally many inputs");
        let bias = units.iter().map(|unit| unit.bias[0]).collect();
        Ok(Self { units: LinearUnits { weight, bias }, classes: sums.len(), gain })
    }

    /// The classifier with these arrays.
    ///
    /// # Errors
    /// When one is missing, or they do not fit.
    pub fn from_arrays(arrays: &mut Arrays, gain: f32) -> Result<Self, String> {
        let units = LinearUnits::from_arrays(arrays)?;
        let classes = (1..=256).find(|&classes| pairs(classes).count() == units.bias.len());
        let classes = classes.ok_or(format!("has {} units, expected one for each pair", units.bias.len()))?;
        Ok(Self { units, classes, gain })
    }

    /// The scores of the classes for rows of pixels: `score(i)` is the sum of all `u(i/x)` less that of all `u(y/i)`.
    pub fn scores(&self, rows: ArrayView2<f32>) -> Array2<f32> {
        let outputs = self.units.outputs(rows);
        let mut scores = Array2::zeros((rows.nrows(), self.classes));
        for (mut scores, outputs) in scores.outer_iter_mut().zip(outputs.outer_iter()) {
            for ((i, j), &u) in pairs(self.classes).zip(outputs) {
                let u = (self.gain * u).clamp(-1.0, 1.0);
                scores[i] += u;
                scores[j] -= u;
            }
        }
        scores
    }
}

/// The pairs `i/j` of classes with `i < j`, in the order of the units.
fn pairs(classes: usize) -> impl Iterator<Item = (usize, usize)> {
    (0..classes).flat_map(move |i| (i + 1..classes).map(move |j| (i, j)))
}

/// The sums over the patterns of one class, all with the target 1.
fn of(patterns: &Patterns, numbers: &[usize]) -> NormalEquations {
    let pixels = patterns.image(0).len();
    let mut sums = NormalEquations::new(pixels, 1);
    for some in numbers.chunks(1000) {
        let mut rows = Array2::zeros((some.len(), pixels));
        for (&p, mut row) in some.iter().zip(rows.outer_iter_mut()) {
            row.assign(&vectors(patterns, p..p + 1).row(0));
        }
        sums.add(rows.view(), Array2::ones((some.len(), 1)).view());
    }
    sums
}

/// The unit with target 1 on one class and -1 on the other.
fn between(one: &NormalEquations, other: &NormalEquations, ridge: f64) -> LinearUnits {
    let (products, targets) = (&one.products + &other.products, &one.targets - &other.targets);
    NormalEquations { products, targets, patterns: one.patterns + other.patterns }.solve(ridge)
}

impl Classifier<f32> for Pairwise {
    fn classes(&self) -> usize {
        self.classes
    }

    fn multiply_adds(&self) -> usize {
        self.units.connections()
    }

    fn variables(&self) -> usize {
        self.units.connections()
    }

    fn read(&self, patterns: &Patterns, share: Range<usize>, each: &mut dyn FnMut(usize, &Penalties<f32>)) {
        read_in_blocks(patterns, share, each, |rows| -self.scores(rows));
    }
}

impl Stored for Pairwise {
    fn arrays(&self) -> Vec<Tensor<f32>> {
        self.units.arrays()
    }
}
