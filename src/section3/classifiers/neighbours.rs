#![doc = mathdoc::page!("neighbours.md")]

use super::error::MethodError;
use super::nearest::{nearest, squared_distances};
use super::vectors::{Arrays, list, matrix, read_in_blocks, vectors};
use super::{Classifier, Stored};
use crate::section1::{Penalties, Tensor};
use crate::section3::database::Patterns;
use ndarray::{Array1, Array2, ArrayView1, ArrayView2};
use std::ops::Range;

/// The `k` stored vectors that are nearest to a pattern vote for their classes.
#[derive(Clone, Debug, PartialEq)]
pub struct Neighbours {
    /// The stored vectors, a row for each.
    stored: Array2<f32>,
    squares: Vec<f32>,
    labels: Vec<u8>,
    classes: usize,
    k: usize,
}

impl Neighbours {
    /// Stores all patterns.
    ///
    /// # Errors
    /// When `k` is 0 or larger than their number.
    pub fn train(patterns: &Patterns, k: usize) -> Result<Self, MethodError> {
        let labels = (0..patterns.len()).map(|p| patterns.label(p) as u8).collect();
        Self::new(vectors(patterns, 0..patterns.len()), labels, patterns.classes(), k)
    }

    /// Stores these vectors with their labels.
    ///
    /// # Errors
    /// When `k` is 0 or larger than their number.
    pub fn new(stored: Array2<f32>, labels: Vec<u8>, classes: usize, k: usize) -> Result<Self, MethodError> {
        if !(1..=stored.nrows()).contains(&k) {
            return Err(MethodError::TooManyNeighbours { k, patterns: stored.nrows() });
        }
        let squares = stored.outer_iter().map(|row| row.dot(&row)).collect();
        Ok(Self { stored, squares, labels, classes, k })
    }

    /// The classifier with these arrays.
    ///
    /// # Errors
    /// When one is missing, or they do not fit.
    pub fn from_arrays(arrays: &mut Arrays, k: usize) -> Result<Self, String> {
        let (stored, labels) = (arrays.matrix("neighbours.images")?, arrays.list("neighbours.labels")?);
        let labels: Vec<u8> = labels.iter().map(|&label| label as u8).collect();
        if labels.len() != stored.nrows() {
            return Err(format!("has {} labels for {} images", labels.len(), stored.nrows()));
        }
        let classes = labels.iter().max().map_or(0, |&most| usize::from(most) + 1);
        Self::new(stored, labels, classes, k).map_err(|fault| fault.to_string())
    }

    /// The penalties of the classes for rows of pixels or features.
    pub fn penalties(&self, rows: ArrayView2<f32>) -> Array2<f32> {
        let distances = squared_distances(rows, self.stored.view(), &self.squares);
        let mut penalties = Array2::zeros((rows.nrows(), self.classes));
        for (distances, mut penalties) in distances.outer_iter().zip(penalties.outer_iter_mut()) {
            penalties.assign(&self.of_distances(distances));
        }
        penalties
    }

    /// The votes that a class lacks, and a fraction that orders classes with equally many votes by their nearest vector.
    fn of_distances(&self, distances: ArrayView1<f32>) -> Array1<f32> {
        let mut least = vec![f32::INFINITY; self.classes];
        for (&distance, &label) in distances.iter().zip(&self.labels) {
            let least = &mut least[usize::from(label)];
            *least = least.min(distance);
        }
        let mut penalties = Array1::from_elem(self.classes, self.k as f32);
        nearest(distances, self.k).iter().for_each(|&(_, p)| penalties[usize::from(self.labels[p])] -= 1.0);
        let smallest = least.iter().copied().fold(f32::INFINITY, f32::min).max(0.0).sqrt();
        for (penalty, least) in penalties.iter_mut().zip(least) {
            let distance = least.max(0.0).sqrt();
            *penalty += if distance > 0.0 { 1.0 - smallest / distance } else { 0.0 };
        }
        penalties
    }
}

impl Classifier<f32> for Neighbours {
    fn classes(&self) -> usize {
        self.classes
    }

    fn multiply_adds(&self) -> usize {
        self.stored.len()
    }

    fn variables(&self) -> usize {
        self.stored.len()
    }

    fn read(&self, patterns: &Patterns, share: Range<usize>, each: &mut dyn FnMut(usize, &Penalties<f32>)) {
        read_in_blocks(patterns, share, each, |rows| self.penalties(rows));
    }
}

impl Stored for Neighbours {
    fn arrays(&self) -> Vec<Tensor<f32>> {
        let labels = self.labels.iter().map(|&label| f32::from(label)).collect();
        vec![matrix("neighbours.images", &self.stored), list("neighbours.labels", &labels)]
    }
}
