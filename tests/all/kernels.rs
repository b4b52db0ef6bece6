//! The kernels against the sums of their equations, in f32 and in f64, on odd sizes.
//!
//! The twins here are slow on purpose: every index of an equation is a loop. They add in f64 and count the additions, whose
//! number bounds the rounding error: `n` additions in any order are off by at most `n EPSILON` times the sum of the terms'
//! magnitudes.

use crate::common::draw;
mod adam;
mod convolution;
mod full_connection;
mod max_pooling;
mod normalisation;
mod rbf;
mod rectifier;
mod squashing;
mod subsampling;
mod update;

use lenet5::Real;

/// The expected value of one number of a kernel.
#[derive(Clone, Copy, Debug, Default)]
struct Sum {
    value: f64,
    magnitude: f64,
    terms: usize,
}

impl Sum {
    fn of(first: f64) -> Self {
        let mut sum = Self::default();
        sum.add(first);
        sum
    }

    fn add(&mut self, term: f64) {
        self.value += term;
        self.magnitude += term.abs();
        self.terms += 1;
    }

    /// Whether `found` equals this sum except for rounding: up to three roundings in each term, one in each addition, and one
    /// of this sum.
    fn explains<R: Real>(&self, found: R) -> bool {
        let bound = (self.terms + 3) as f64 * as_f64(R::epsilon()) * self.magnitude;
        (as_f64(found) - self.value).abs() <= bound
    }
}

fn as_f64<R: Real>(value: R) -> f64 {
    value.to_f64().expect("f32 and f64 are f64")
}

/// The numbers in the precision under test.
fn rounded<R: Real>(values: &[f64]) -> Vec<R> {
    values.iter().map(|&value| R::of(value)).collect()
}

/// The same numbers, exactly, for the twin.
fn exactly<R: Real>(values: &[R]) -> Vec<f64> {
    values.iter().map(|&value| as_f64(value)).collect()
}

/// The first number that differs from the twin's, if any.
fn unexplained<R: Real>(name: &str, found: &[R], twin: &[Sum]) -> Option<String> {
    assert_eq!(found.len(), twin.len(), "{name}");
    let at = found.iter().zip(twin).position(|(&found, sum)| !sum.explains(found))?;
    Some(format!("{name}[{at}] is {:?} where the twin has {:?}", found[at], twin[at]))
}

/// Irregular numbers, none of them zero.
fn waves(count: usize) -> Vec<f64> {
    (1..=count).map(|n| f64::sin((n * n) as f64)).collect()
}

/// A factor of a pass: the number in first order, its square in second order.
fn power(squared: bool, value: f64) -> f64 {
    if squared { value * value } else { value }
}
