//! Statements of the paper about its formulas, which must hold for ours.

use crate::common::{draw, flat, passes};
mod claims;
mod codes;
mod copies;
mod gap;
mod penalties;
mod shifts;
mod squashing;

use crate::common::passes::{Numbers, by_bprop, fprop};
use lenet5::section1::{Loss, Maps};
use lenet5::section2::{Criterion, Rbf, Squashing};
use ndarray::Array3;

/// One unit after the squashing function.
fn f(a: f64) -> f64 {
    fprop(&Squashing::PAPER, &Array3::from_elem((1, 1, 1), a))[[0, 0, 0]]
}

/// A state of F6.
fn f6(x: Vec<f64>) -> Maps<f64> {
    Array3::from_shape_vec((84, 1, 1), x).expect("a state of F6")
}

/// The derivatives of the loss by the units of F6, and by the codes if they learn.
fn gradient(codes: &Rbf<f64>, criterion: Criterion, x: &Maps<f64>, label: usize) -> Vec<f64> {
    let y = fprop(codes, x);
    let mut dy = y.clone();
    criterion.bprop(&y, &label, &mut dy);
    by_bprop(codes, x, dy.numbers())
}
