//! Appendix C: stochastic diagonal Levenberg-Marquardt: a rate of its own for every parameter.
//!
//! A parameter whose loss is sharply curved needs small steps, one whose loss is flat bears large ones. So each gets
//!
//! ```text
//! w_k <- w_k - epsilon_k dE/dw_k                                       eq. 18
//! dE/dw_k = sum over the connections that share w_k                    eq. 19, 20
//! epsilon_k = eta / (mu + h_kk)                                        eq. 21
//! h_kk = sum over those connections of d²E/du²                         eq. 23
//!        averaged over patterns                                        eq. 24
//! d²E/du_ij²  = d²E/da_i² x_j²                                         eq. 25
//! d²E/da_i²   = f'(a_i)² sum over k of u_ki² d²E/da_k²                 eq. 27
//! ```
//!
//! Eq. 23 leaves out what is off the diagonal, eq. 27 (Gauss-Newton) the term with `f''`, so `h` is never negative.
//!
//! The sums of eq. 20, 23, 25 and 27 are made by `bprop` and `bbprop` of the layers, the average of eq. 24 by
//! [`Trainer::curvature`](crate::section3::training::Trainer::curvature), the step by
//! [`update`](crate::section1::Parameters::update), or layer by layer on the way back by
//! [`descend`](crate::section1::Module::descend); here is the rate (21). `mu` bounds every rate by `eta/mu` where `h`
//! vanishes. `h` is estimated on some hundred patterns before each pass and held for the pass. It is not the true
//! second derivative and need not be: what is asked of it is the right order of magnitude, a positive sign, and a
//! price of next to nothing.
//!
#![doc = include_str!("../../docs/figures/rates.svg")]

use crate::Real;
use crate::section1::{Optimiser, Parameters};

/// Eq. 21: the rate of a parameter whose second derivative is `h`.
///
/// ```
/// use lenet5::appendix::c::rate;
/// assert_eq!(rate(5e-4, 0.02, 0.0), 0.025); // the ceiling eta / mu
/// assert!(rate(5e-4, 0.02, 7.0) < 7.2e-5);
/// ```
pub fn rate<R: Real>(eta: R, mu: R, h: R) -> R {
    eta / (mu + h)
}

/// Eq. 18 with the rates of eq. 21.
#[derive(Clone, Debug)]
pub struct StochasticDiagonalLevenbergMarquardt<P> {
    /// The rate `epsilon_k` of every parameter.
    pub rates: P,
}

impl<P> StochasticDiagonalLevenbergMarquardt<P> {
    /// Turns second derivatives `h` into rates (eq. 21).
    pub fn new<R: Real>(mut h: P, eta: R, mu: R) -> Self
    where
        P: Parameters<R>,
    {
        h.arrays_mut().flatten().for_each(|h| *h = rate(eta, mu, *h));
        Self { rates: h }
    }
}

impl<R: Real, P: Parameters<R>> Optimiser<R, P> for StochasticDiagonalLevenbergMarquardt<P> {
    fn step(&mut self, parameters: &mut P, gradient: &P) {
        parameters.update(&self.rates, gradient);
    }

    fn rates(&self) -> Option<&P> {
        Some(&self.rates)
    }
}
