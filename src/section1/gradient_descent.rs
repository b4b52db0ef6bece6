//! I-B: gradient-based learning.

use super::Parameters;
use crate::Real;

/// A rule that turns a gradient into a change of the parameters.
///
/// One call of `step` is one update: after each pattern (stochastic, eq. 3) or after all of them with the gradient of
/// their mean (batch, eq. 2). Which of the two is the caller's business, not the rule's.
pub trait Optimiser<R: Real, P: Parameters<R>> {
    /// Changes `parameters` once; `gradient` is `dE/dw` in the same structure.
    fn step(&mut self, parameters: &mut P, gradient: &P);

    /// The rates, if a step is nothing but `w <- w - rates dE/dw`: then it can be taken layer by layer on the way back.
    fn rates(&self) -> Option<&P> {
        None
    }

    /// What the rule remembers from step to step besides the parameters, if anything: it belongs in a checkpoint.
    fn memory(&self) -> Option<&P> {
        None
    }
}

/// Plain gradient descent: `w <- w - eta dE/dw` (eq. 2 and 3), one rate for all.
#[derive(Clone, Copy, Debug)]
pub struct Gradient<R> {
    /// The rate `eta`.
    pub eta: R,
}

impl<R: Real, P: Parameters<R>> Optimiser<R, P> for Gradient<R> {
    fn step(&mut self, parameters: &mut P, gradient: &P) {
        for (w, dw) in parameters.arrays_mut().zip(gradient.arrays()) {
            for (w, &dw) in w.iter_mut().zip(dw) {
                *w -= self.eta * dw;
            }
        }
    }
}

/// Gradient descent with momentum: `v <- alpha v - eta dE/dw`, then `w <- w + v`.
///
/// The paper does not use it; App. B names it among the ways to speed up batch learning.
#[derive(Clone, Debug)]
pub struct Momentum<R, P> {
    /// The rate `eta`.
    pub eta: R,
    /// How much of the last change is kept, `alpha` in [0, 1).
    pub alpha: R,
    /// The last change of every parameter.
    pub velocity: P,
}

impl<R: Real, P: Parameters<R>> Optimiser<R, P> for Momentum<R, P> {
    fn step(&mut self, parameters: &mut P, gradient: &P) {
        let changes = self.velocity.arrays_mut().zip(gradient.arrays());
        for (w, (v, dw)) in parameters.arrays_mut().zip(changes) {
            for ((w, v), &dw) in w.iter_mut().zip(v).zip(dw) {
                *v = self.alpha * *v - self.eta * dw;
                *w += *v;
            }
        }
    }

    fn memory(&self) -> Option<&P> {
        Some(&self.velocity)
    }
}
