//! Patterns as vectors, for classifiers that see an image as a list of pixels.

use super::error::MethodError;
use crate::section1::{Network, Parameters, Penalties, Tensor};
use crate::section3::database::Patterns;
use ndarray::{Array1, Array2, ArrayView2};
use std::ops::{ControlFlow, Range};

/// The number of patterns that are read together: enough to use a stored vector often while it is in the cache.
const BLOCK: usize = 256;

/// Called now and then while a classifier is trained, with the share of the work that is done, 0 to 1. Training ends with
/// [`MethodError::Stopped`] if it breaks.
pub type Watch<'a> = &'a (dyn Fn(f64) -> ControlFlow<()> + Sync);

/// Reports the share of the work that is done.
///
/// # Errors
/// When training is to stop.
pub fn report(watch: Watch, done: f64) -> Result<(), MethodError> {
    if watch(done).is_break() { Err(MethodError::Stopped) } else { Ok(()) }
}

/// The images of `share`, a row of pixels for each: 0 is paper, 1 is ink.
pub fn vectors(patterns: &Patterns, share: Range<usize>) -> Array2<f32> {
    let pixels = if patterns.is_empty() { 0 } else { patterns.image(0).len() };
    let mut vectors = Array2::zeros((share.len(), pixels));
    for (p, mut row) in share.zip(vectors.outer_iter_mut()) {
        row.iter_mut().zip(patterns.image(p)).for_each(|(x, &grey)| *x = f32::from(grey) / 255.0);
    }
    vectors
}

/// The numbers of the patterns of each class.
///
/// # Errors
/// When a class has fewer than `least` patterns.
pub fn by_class(patterns: &Patterns, least: usize) -> Result<Vec<Vec<usize>>, MethodError> {
    let mut classes = vec![Vec::new(); patterns.classes()];
    (0..patterns.len()).for_each(|p| classes[patterns.label(p)].push(p));
    match classes.iter().position(|class| class.len() < least) {
        Some(class) => Err(MethodError::TooFew { class, found: classes[class].len(), least }),
        None => Ok(classes),
    }
}

/// Reads `share` in blocks: `penalties` turns rows of pixels into rows of penalties of the classes.
pub fn read_in_blocks(
    patterns: &Patterns,
    share: Range<usize>,
    each: &mut dyn FnMut(usize, &Penalties<f32>),
    penalties: impl Fn(ArrayView2<f32>) -> Array2<f32>,
) {
    for begin in share.clone().step_by(BLOCK) {
        let block = begin..share.end.min(begin + BLOCK);
        let rows = penalties(vectors(patterns, block.clone()).view());
        block.zip(rows.outer_iter()).for_each(|(p, row)| each(p, &Penalties::from(row.to_vec())));
    }
}

/// Splits `rows` among threads, each with its part of the rows, and puts the results one below the other.
pub fn on_threads(
    rows: usize,
    threads: usize,
    work: impl Fn(Range<usize>) -> Array2<f32> + Sync,
) -> Array2<f32> {
    let share = rows.div_ceil(threads.max(1)).max(1);
    let begins: Vec<usize> = (0..rows).step_by(share).collect();
    let parts = side_by_side(&begins, |begin| work(begin..rows.min(begin + share)));
    let views: Vec<_> = parts.iter().map(|part| part.view()).collect();
    ndarray::concatenate(ndarray::Axis(0), &views).unwrap_or_default()
}

/// Does each job on a thread of its own; the results stand in the order of the jobs.
pub fn side_by_side<J: Copy + Send, R: Send>(jobs: &[J], work: impl Fn(J) -> R + Sync) -> Vec<R> {
    std::thread::scope(|scope| {
        let work = &work;
        let results: Vec<_> = jobs.iter().map(|&job| scope.spawn(move || work(job))).collect();
        results.into_iter().map(|result| result.join().expect("a part of the work does not panic")).collect()
    })
}

/// A matrix as an array of a file.
pub fn matrix(name: &str, values: &Array2<f32>) -> Tensor<f32> {
    Tensor { name: name.into(), shape: values.shape().to_vec(), values: values.iter().copied().collect() }
}

/// A list of numbers as an array of a file.
pub fn list(name: &str, values: &Array1<f32>) -> Tensor<f32> {
    Tensor { name: name.into(), shape: vec![values.len()], values: values.to_vec() }
}

/// The arrays of a file, to be taken out by name.
pub struct Arrays(pub Vec<Tensor<f32>>);

impl Arrays {
    /// Takes a matrix with any number of rows and columns.
    ///
    /// # Errors
    /// When there is no array of this name, or it is no matrix.
    pub fn matrix(&mut self, name: &str) -> Result<Array2<f32>, String> {
        let Tensor { shape, values, .. } = self.take(name)?;
        match shape[..] {
            [rows, columns] => {
                Ok(Array2::from_shape_vec((rows, columns), values).expect("a number for each place"))
            }
            _ => Err(format!("has {name} of shape {shape:?}, expected a matrix")),
        }
    }

    /// Whether the matrix of this name, if there is one, has so many columns.
    ///
    /// # Errors
    /// When it has not.
    pub fn expect_columns(&self, name: &str, columns: usize) -> Result<(), String> {
        let found = self.0.iter().find(|array| array.name == name).map(|array| &array.shape);
        match found.filter(|shape| shape.len() == 2 && shape[1] != columns) {
            Some(shape) => Err(format!("has {name} of shape {shape:?}, expected {columns} columns")),
            None => Ok(()),
        }
    }

    /// Takes a list of numbers.
    ///
    /// # Errors
    /// When there is no array of this name, or it is no list.
    pub fn list(&mut self, name: &str) -> Result<Array1<f32>, String> {
        let Tensor { shape, values, .. } = self.take(name)?;
        match shape[..] {
            [_] => Ok(Array1::from(values)),
            _ => Err(format!("has {name} of shape {shape:?}, expected a list")),
        }
    }

    /// Takes the arrays of a network, whose names begin with `prefix`.
    ///
    /// # Errors
    /// When an array is missing, or does not fit the structure of `net`.
    pub fn network(&mut self, prefix: &str, mut net: Network<f32>) -> Result<Network<f32>, String> {
        for wanted in net.tensors() {
            let found = self.take(&format!("{prefix}{}", wanted.name))?;
            if found.shape != wanted.shape {
                let (name, shape) = (found.name, found.shape);
                return Err(format!("has {name} of shape {shape:?}, expected {:?}", wanted.shape));
            }
            net.set_tensor(&Tensor { name: wanted.name, ..found })?;
        }
        Ok(net)
    }

    fn take(&mut self, name: &str) -> Result<Tensor<f32>, String> {
        let place = self.0.iter().position(|array| array.name == name);
        place.map(|place| self.0.swap_remove(place)).ok_or_else(|| format!("has no array {name}"))
    }
}
