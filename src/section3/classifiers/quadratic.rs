#![doc = mathdoc::page!("quadratic.md")]

use super::error::MethodError;
use super::least_squares::{LinearUnits, NormalEquations};
use super::vectors::{Arrays, Watch, by_class, list, matrix, read_in_blocks};
use super::{Classifier, Stored};
use crate::section1::{Penalties, Tensor};
use crate::section3::database::Patterns;
use nalgebra::{DMatrix, SymmetricEigen};
use ndarray::{Array1, Array2, ArrayView2};
use serde::{Deserialize, Serialize};
use std::ops::Range;

/// The polynomial features of the principal components; with 40 of them, the first two are 820 and a constant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Terms {
    /// All products of two components, squares included, and no linear terms.
    Products,
    /// The components themselves, and the products of two different ones.
    LinearAndProducts,
    /// The components themselves, and all products: 860 and a constant, which the paper's 821 inputs leave no room for.
    All,
}

/// The leading principal components of images.
#[derive(Clone, Debug, PartialEq)]
pub struct PrincipalComponents {
    /// The mean of each pixel.
    pub mean: Array1<f32>,
    /// The directions of largest variance, of length 1, the largest first: components x pixels.
    pub directions: Array2<f32>,
}

impl PrincipalComponents {
    /// The `count` leading components of the patterns: eigenvectors of the covariance matrix.
    ///
    /// # Errors
    /// When training is to stop.
    pub fn of(patterns: &Patterns, count: usize, threads: usize, watch: Watch) -> Result<Self, MethodError> {
        let sums = NormalEquations::of(patterns, threads, watch, |rows| rows)?;
        let (pixels, n) = (sums.products.nrows() - 1, sums.patterns as f64);
        let mean = |i: usize| sums.products[[i, pixels]] / n;
        let covariance =
            DMatrix::from_fn(pixels, pixels, |i, j| sums.products[[i, j]] / n - mean(i) * mean(j));
        let eigen = SymmetricEigen::new(covariance);
        let mut order: Vec<usize> = (0..pixels).collect();
        order.sort_by(|&a, &b| eigen.eigenvalues[b].total_cmp(&eigen.eigenvalues[a]));
        let count = count.min(pixels);
        Ok(Self {
            mean: Array1::from_shape_fn(pixels, |i| mean(i) as f32),
            directions: Array2::from_shape_fn((count, pixels), |(c, i)| {
                eigen.eigenvectors[(i, order[c])] as f32
            }),
        })
    }

    /// The components of rows of pixels.
    pub fn of_rows(&self, rows: ArrayView2<f32>) -> Array2<f32> {
        (&rows - &self.mean).dot(&self.directions.t())
    }
}

/// Principal components, their products, and a linear unit for each class.
#[derive(Clone, Debug, PartialEq)]
pub struct Quadratic {
    components: PrincipalComponents,
    terms: Terms,
    units: LinearUnits,
}

impl Quadratic {
    /// The classifier with so many components and the smallest squared error, and `ridge` times the squared weights.
    ///
    /// # Errors
    /// When a class has no patterns, or training is to stop.
    pub fn train(
        patterns: &Patterns,
        components: usize,
        terms: Terms,
        ridge: f64,
        threads: usize,
        watch: Watch,
    ) -> Result<Self, MethodError> {
        by_class(patterns, 1)?;
        let components = PrincipalComponents::of(patterns, components, threads, &|done| watch(done / 2.0))?;
        let inputs = |rows: Array2<f32>| terms.of(components.of_rows(rows.view()).view());
        let second_half = &|done| watch(0.5 + done / 2.0);
        let units = NormalEquations::of(patterns, threads, second_half, inputs)?.solve(ridge);
        Ok(Self { components, terms, units })
    }

    /// The classifier with these arrays.
    ///
    /// # Errors
    /// When one is missing, or they do not fit.
    pub fn from_arrays(arrays: &mut Arrays, terms: Terms) -> Result<Self, String> {
        let (mean, directions) = (arrays.list("pca.mean")?, arrays.matrix("pca.directions")?);
        let units = LinearUnits::from_arrays(arrays)?;
        let (pixels, inputs) = (directions.ncols(), terms.count(directions.nrows()));
        if pixels != mean.len() || units.weight.ncols() != inputs {
            let found = units.weight.ncols();
            return Err(format!(
                "has components of {pixels} pixels, means of {}, {found} inputs",
                mean.len()
            ));
        }
        Ok(Self { components: PrincipalComponents { mean, directions }, terms, units })
    }
}

impl Terms {
    /// The number of features of so many components, without the constant.
    pub fn count(self, components: usize) -> usize {
        let products = components * (components + 1) / 2;
        if self == Self::All { components + products } else { products }
    }

    /// The features of rows of components.
    pub fn of(self, rows: ArrayView2<f32>) -> Array2<f32> {
        let n = rows.ncols();
        // The constant 1 stands for the second factor of a linear term.
        let linear = |i: usize| (self != Self::Products).then_some((i, None));
        let first = |i: usize| if self == Self::LinearAndProducts { i + 1 } else { i };
        let products = |i: usize| (first(i)..n).map(move |j| (i, Some(j)));
        let terms: Vec<_> = (0..n).flat_map(|i| linear(i).into_iter().chain(products(i))).collect();
        let mut features = Array2::zeros((rows.nrows(), terms.len()));
        for (z, mut features) in rows.outer_iter().zip(features.outer_iter_mut()) {
            for (feature, &(i, j)) in features.iter_mut().zip(&terms) {
                *feature = j.map_or(z[i], |j| z[i] * z[j]);
            }
        }
        features
    }
}

impl Classifier<f32> for Quadratic {
    fn classes(&self) -> usize {
        self.units.bias.len()
    }

    fn multiply_adds(&self) -> usize {
        self.components.directions.len() + self.units.connections()
    }

    fn variables(&self) -> usize {
        self.components.mean.len() + self.components.directions.len() + self.units.connections()
    }

    fn read(&self, patterns: &Patterns, share: Range<usize>, each: &mut dyn FnMut(usize, &Penalties<f32>)) {
        read_in_blocks(patterns, share, each, |rows| {
            -self.units.outputs(self.terms.of(self.components.of_rows(rows).view()).view())
        });
    }
}

impl Stored for Quadratic {
    fn arrays(&self) -> Vec<Tensor<f32>> {
        let PrincipalComponents { mean, directions } = &self.components;
        let mut arrays = vec![list("pca.mean", mean), matrix("pca.directions", directions)];
        arrays.extend(self.units.arrays());
        arrays
    }
}
