#![doc = mathdoc::page!("gradient_descent.md")]

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

    /// What the rule remembers from step to step besides the parameters, and what it is called: it belongs in a checkpoint.
    fn memory(&self) -> Vec<(&'static str, &P)> {
        Vec::new()
    }
}

/// Plain gradient descent: `w <- w - eta dE/dw` ([eq. 2 and 3](self#eq-2)), one rate for all.
#[derive(Clone, Debug)]
pub struct Gradient<P> {
    /// The rate `eta` of each parameter, the same for all: so that a step can be taken layer by layer.
    rates: P,
}

impl<P> Gradient<P> {
    /// With the rate `eta` for all parameters of this structure.
    pub fn new<R: Real>(eta: R, parameters: &P) -> Self
    where
        P: Parameters<R>,
    {
        let mut rates = parameters.clone();
        rates.fill(eta);
        Self { rates }
    }
}

impl<R: Real, P: Parameters<R>> Optimiser<R, P> for Gradient<P> {
    fn step(&mut self, parameters: &mut P, gradient: &P) {
        parameters.update(&self.rates, gradient);
    }

    fn rates(&self) -> Option<&P> {
        Some(&self.rates)
    }
}
