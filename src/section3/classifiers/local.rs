#![doc = mathdoc::page!("local.md")]

use super::error::MethodError;
use super::nearest::{nearest, squared_distances, squares};
use super::vectors::{Arrays, list, matrix};
use crate::section1::Tensor;
use nalgebra::{DMatrix, DVector};
use ndarray::{Array1, Array2, ArrayView1, ArrayView2, Axis};

/// The rows whose distances are computed together.
const BLOCK: usize = 256;

/// A linear classifier for each new vector, trained on the stored vectors around it (III-C.8).
#[derive(Clone, Debug, PartialEq)]
pub struct LocalLearning {
    features: Array2<f32>,
    squares: Vec<f32>,
    labels: Vec<u8>,
    classes: usize,
    k: usize,
    ridge: f32,
}

impl LocalLearning {
    /// With the feature vectors of the training patterns, a row for each, and their labels. A linear classifier is trained on
    /// `k` of them; `ridge` is the price of its slopes, as a share of the mean variance of a feature among the `k`.
    ///
    /// # Errors
    /// When `k` is 0 or larger than the number of vectors.
    pub fn new(
        features: Array2<f32>,
        labels: Vec<u8>,
        classes: usize,
        k: usize,
        ridge: f32,
    ) -> Result<Self, MethodError> {
        if !(1..=features.nrows()).contains(&k) {
            return Err(MethodError::TooManyNeighbours { k, patterns: features.nrows() });
        }
        Ok(Self { squares: squares(features.view()), features, labels, classes, k, ridge })
    }

    /// The classifier with these arrays.
    ///
    /// # Errors
    /// When one is missing, or they do not fit.
    pub fn from_arrays(arrays: &mut Arrays) -> Result<Self, String> {
        let (features, labels) = (arrays.matrix("local.features")?, arrays.list("local.labels")?);
        let settings = arrays.list("local.settings")?;
        let &[classes, k, ridge] = settings.as_slice().unwrap_or_default() else {
            return Err(format!("has local.settings of {} numbers, expected 3", settings.len()));
        };
        let labels: Vec<u8> = labels.iter().map(|&label| label as u8).collect();
        if labels.len() != features.nrows() || labels.iter().any(|&label| f32::from(label) >= classes) {
            let (labels, vectors) = (labels.len(), features.nrows());
            return Err(format!("has {labels} labels of {classes} classes for {vectors} vectors"));
        }
        Self::new(features, labels, classes as usize, k as usize, ridge).map_err(|fault| fault.to_string())
    }

    /// The number of classes.
    pub fn classes(&self) -> usize {
        self.classes
    }

    /// Multiply-adds for one vector: the distances, the matrix of the nearest vectors and its decomposition.
    pub fn multiply_adds(&self) -> usize {
        let features = self.features.ncols();
        self.features.len() + self.k * features.pow(2) + features.pow(3) / 6
    }

    /// Everything that it has stored.
    pub fn arrays(&self) -> Vec<Tensor<f32>> {
        let labels = self.labels.iter().map(|&label| f32::from(label)).collect();
        let settings = [self.classes as f32, self.k as f32, self.ridge].into_iter().collect();
        vec![
            matrix("local.features", &self.features),
            list("local.labels", &labels),
            list("local.settings", &settings),
        ]
    }

    /// The penalties of the classes for each row of `x`: the outputs of its own linear classifier, with the sign changed.
    pub fn penalties(&self, x: ArrayView2<f32>) -> Array2<f32> {
        let mut penalties = Array2::zeros((x.nrows(), self.classes));
        let blocks = penalties.axis_chunks_iter_mut(Axis(0), BLOCK);
        for (mut rows, x) in blocks.zip(x.axis_chunks_iter(Axis(0), BLOCK)) {
            let distances = squared_distances(x, self.features.view(), &self.squares);
            for ((x, distances), mut row) in
                x.outer_iter().zip(distances.outer_iter()).zip(rows.outer_iter_mut())
            {
                for (share, place) in self.shares(x, distances) {
                    row[usize::from(self.labels[place])] -= share;
                }
            }
        }
        penalties
    }

    /// The share that each of the nearest vectors has in the output at `x`. The shares add up to 1.
    pub fn shares(&self, x: ArrayView1<f32>, distances: ArrayView1<f32>) -> Vec<(f32, usize)> {
        let near = nearest(distances, self.k);
        let places: Vec<usize> = near.iter().map(|&(_, place)| place).collect();
        let steps = self.features.select(Axis(0), &places) - x;
        let weights = kernel(&near);
        let shares = &weights * &(1.0 - steps.dot(&slope(&steps, &weights, self.ridge)));
        let sum = shares.sum();
        shares.iter().map(|share| share / sum).zip(places).collect()
    }
}

/// The weights of the nearest vectors, from 1 at distance 0 to nearly 0 at the distance of the last.
fn kernel(near: &[(f32, usize)]) -> Array1<f32> {
    let radius = 1.01 * near.last().map_or(0.0, |last| last.0) + f32::MIN_POSITIVE;
    near.iter().map(|near| 1.0 - near.0 / radius).collect()
}

/// The regularised solution of `steps h = 1`: the regression of a constant on the steps from the new vector.
fn slope(steps: &Array2<f32>, weights: &Array1<f32>, ridge: f32) -> Array1<f32> {
    let weighted = steps * &weights.view().insert_axis(Axis(1));
    let (square, sum) = (steps.t().dot(&weighted), weighted.sum_axis(Axis(0)));
    let features = sum.len();
    let price = f64::from(ridge * square.diag().sum()) / features as f64 + f64::MIN_POSITIVE;
    let mut matrix = DMatrix::from_fn(features, features, |i, j| f64::from(square[[i, j]]));
    (0..features).for_each(|i| matrix[(i, i)] += price);
    let sum = DVector::from_iterator(features, sum.iter().map(|&sum| f64::from(sum)));
    let solved = matrix.cholesky().map(|root| root.solve(&sum));
    solved.map_or(Array1::zeros(features), |h| h.iter().map(|&h| h as f32).collect())
}
