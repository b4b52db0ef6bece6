//! Second derivatives, as App. C wants them: what is exact, what is not, and what every rate must be.
//!
//! The recursion of eq. 27 does not give the true diagonal of the Hessian and is not meant to. What can be checked:
//!
//! - `recursion`: all 60,000 of them against loops over all 340,068 connections below the output layer (eq. 23, 25, 27);
//! - `exact`: under eq. 8 they are the Gauss-Newton diagonal for F6 and C5, and, with sharing undone, for shared weights
//!   below one full connection; with the term of eq. 26 they are the true second derivatives;
//! - `outputs`: the second derivatives from which the recursion starts, by F6, by codes and by the weights of softmax;
//! - `claims`: what App. A and C say of shared weights, and of eq. 26 and 27;
//! - `rates`: positive, at most `eta/mu`, and held.

use crate::common::{agreement, differences, draw, draw_layers, flat, passes, untrained, waves, wires};
mod claims;
mod exact;
mod outputs;
mod rates;
mod recursion;

use agreement::Tolerance;
use lenet5::section2::{Criterion, Curvature, FullConnection, Rbf, Softmax};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

/// Squares of first differences are as good as first differences: they agree to 2e-10 of the larger.
const SQUARED: Tolerance = Tolerance { relative: 1e-7, floor: 1e-8 };

/// Second differences lose digits: rounding leaves a loss of 100 with an error of 1e-14, and that is divided by the square
/// of the step. They agree to 3e-8 where the values are of the order of 1.
const SECOND: Tolerance = Tolerance { relative: 1e-6, floor: 2e-7 };

/// `f''(0)` by central differences of fourth order.
fn second_difference(mut f: impl FnMut(f64) -> f64) -> f64 {
    let step = 5e-3;
    let (near, far) = (f(step) + f(-step), f(2.0 * step) + f(-2.0 * step));
    (16.0 * near - far - 30.0 * f(0.0)) / (12.0 * step * step)
}

/// Eq. 9.
fn competitive(rubbish: f64) -> Criterion {
    Criterion::Competitive { rubbish }
}

/// Codes of digits with this curvature.
fn rbf(curvature: Curvature) -> Rbf<f64> {
    let mut rbf = Rbf::paper();
    rbf.curvature = curvature;
    rbf
}

/// Softmax on 84 units.
fn softmax(curvature: Curvature) -> Softmax<f64> {
    Softmax { output: FullConnection::new(84, 10, &mut ChaCha8Rng::seed_from_u64(0)), curvature }
}
