#![doc = mathdoc::page!("momentum.md")]

use crate::Real;
use crate::kernels;
use crate::section1::{Optimiser, Parameters, side_by_side};

/// Gradient descent with momentum: `v <- alpha v - eta dE/dw`, then `w <- w + v`.
///
/// The paper does not use it. All parameters have one rate.
#[derive(Clone, Debug)]
pub struct Momentum<R, P> {
    /// The rate `eta`.
    pub eta: R,
    /// The share of the last change that is repeated, `alpha` in [0, 1).
    pub alpha: R,
    /// The last change of every parameter, `v`; zeros at the beginning.
    pub velocity: P,
}

impl<R: Real, P: Parameters<R>> Optimiser<R, P> for Momentum<R, P> {
    fn step(&mut self, parameters: &mut P, gradient: &P) {
        let changes = side_by_side(self.velocity.arrays_mut(), gradient.arrays());
        for (w, (v, dw)) in side_by_side(parameters.arrays_mut(), changes) {
            kernels::update::momentum(w, v, self.alpha, self.eta, dw);
        }
    }

    fn memory(&self) -> Vec<(&'static str, &P)> {
        vec![("velocity", &self.velocity)]
    }
}
