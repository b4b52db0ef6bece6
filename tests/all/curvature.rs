//! The second derivatives of App. C, with and without approximation, and the bounds of the rates.
//!
//! The recursion of eq. 27 does not give the true diagonal of the Hessian and is not meant to. These tests check:
//!
//! - `recursion`: all 60,000 of them against loops over all 340,068 connections below the output layer (eq. 23, 25, 27);
//! - `exact`: under eq. 8 they are the Gauss-Newton diagonal for F6 and C5, and for shared weights below one full
//!   connection (compared with one parameter per connection); with the term of eq. 26 they are the true second derivatives;
//! - `outputs`: the second derivatives from which the recursion starts, by F6, by codes and by the weights of softmax;
//! - `claims`: the claims of App. A and C about shared weights, and about eq. 26 and 27;
//! - `rates`: they are positive, at most `eta/mu`, and constant during a pass.

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

/// The tolerance for squares of first differences, which are as accurate as first differences: 2e-10 of the larger.
const SQUARED: Tolerance = Tolerance { relative: 1e-7, floor: 1e-8 };

/// The tolerance for second differences, which lose digits: a loss of 100 has a rounding error of 1e-14, which is divided by
/// the square of the step. They agree to 3e-8 where the values are of the order of 1.
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
