#![doc = mathdoc::page!("gradient_descent.md")]

use super::Parameters;
use crate::Real;

/// A rule that turns a gradient into a change of the parameters.
///
/// One call of `step` is one update. The caller decides when it comes: after each pattern (stochastic, eq. 3), or after
/// all of them, with the gradient of their mean loss (batch, eq. 2).
pub trait Optimiser<R: Real, P: Parameters<R>> {
    /// Changes `parameters` once; `gradient` is `dE/dw` in the same structure.
    fn step(&mut self, parameters: &mut P, gradient: &P);

    /// The rates, if a step is nothing but `w <- w - rates dE/dw`: then `bprop` can update each layer on its way down.
    fn rates(&self) -> Option<&P> {
        None
    }

    /// The rule's memory from step to step, each part with its name: a checkpoint has to hold it.
    fn memory(&self) -> Vec<(&'static str, &P)> {
        Vec::new()
    }
}

/// Plain gradient descent: `w <- w - eta dE/dw` ([eq. 2 and 3](self#eq-2)), with one rate for all parameters.
#[derive(Clone, Debug)]
pub struct Gradient<P> {
    /// The rate `eta`, once for each parameter, so that a step can be taken layer by layer.
    rates: P,
}

impl<P> Gradient<P> {
    /// A rule with the rate `eta` for all parameters of this structure.
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
