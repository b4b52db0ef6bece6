//! Irregular numbers that are the same every time.

use lenet5::section1::{Maps, Shape};
use ndarray::Array3;

/// Irregular numbers.
pub fn waves(shape: Shape) -> Maps<f64> {
    let mut n = 0.0;
    Array3::from_shape_simple_fn(shape, || {
        n += 1.0;
        f64::sin(n * n)
    })
}
