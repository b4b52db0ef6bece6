//! Derivatives by each component.

use super::differences;
use lenet5::section1::Maps;

pub fn dot(a: &Maps<f64>, b: &Maps<f64>) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// The derivative of `f` by each component of `x`.
pub fn by_each(mut f: impl FnMut(&[f64]) -> f64, x: &[f64]) -> Vec<f64> {
    let mut moved = x.to_vec();
    let mut partial = |n: usize| {
        let derivative = differences::slope(|h| {
            moved[n] = x[n] + h;
            f(&moved)
        });
        moved[n] = x[n];
        derivative
    };
    (0..x.len()).map(&mut partial).collect()
}
