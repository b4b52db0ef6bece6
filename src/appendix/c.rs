#![doc = mathdoc::page!("c.md", "../../docs/figures/rates.svg")]

use crate::Real;
use crate::section1::{Optimiser, Parameters};
use ndarray::Array2;

/// [Eq. 21](self#eq-21): the rate of a parameter whose second derivative is `h`.
///
/// ```
/// use lenet5::appendix::c::rate;
/// assert_eq!(rate(5e-4, 0.02, 0.0), 0.025); // the ceiling eta / mu
/// assert!(rate(5e-4, 0.02, 7.0) < 7.2e-5);
/// ```
pub fn rate<R: Real>(eta: R, mu: R, h: R) -> R {
    eta / (mu + h)
}

/// [Eq. 22](self#eq-22): the second derivative of the loss by a shared parameter, from all those by the connections
/// that share it.
///
/// `hessian[[m, n]]` is the second derivative by connections `m` and `n`; the result is the sum of all. Training does not
/// call this function: [`shared`] approximates it.
///
/// ```
/// use lenet5::appendix::c::{shared, shared_exact};
/// use lenet5::ndarray::arr2;
///
/// // E = ½ (u x + u' x')² with x = 3, x' = 4 and one weight for both: E = ½ (7 w)²
/// let hessian = arr2(&[[9.0, 12.0], [12.0, 16.0]]);
/// assert_eq!(shared_exact(&hessian), 49.0);
/// assert_eq!(shared(&hessian), 25.0);
/// ```
pub fn shared_exact<R: Real>(hessian: &Array2<R>) -> R {
    hessian.sum()
}

/// [Eq. 23](self#eq-23): [`shared_exact`] without mixed terms, the sum of the diagonal.
pub fn shared<R: Real>(hessian: &Array2<R>) -> R {
    hessian.diag().sum()
}

/// [Eq. 25](self#eq-25): the second derivative by one factor of a connection's product `u x`, from the second derivative
/// `dda` by the weighted sum that contains it.
///
/// With the state `x` as the `other` factor, it is the second derivative by the weight `u`. With `u` as the `other`
/// factor, it is the contribution of one connection to the second derivative by `x`: a term of the sum in eq. 26 and 27.
pub fn connection<R: Real>(dda: R, other: R) -> R {
    dda * other * other
}

/// [Eq. 26](self#eq-26): the second derivative by a weighted sum `a`, with `slope = f'(a)` and
/// `bend = f''(a)`, from the second and first derivatives `ddx` and `dx` by the state `x = f(a)`.
///
/// Training does not call this function, since the result may be negative: [`gauss_newton`] approximates it.
pub fn second_derivative<R: Real>(slope: R, ddx: R, bend: R, dx: R) -> R {
    gauss_newton(slope, ddx) + bend * dx
}

/// [Eq. 27](self#eq-27): [`second_derivative`] without the term with `f''`. The result is not negative if `ddx` is not.
///
/// [`Activation::back_through_squared_slope`](crate::section1::Activation::back_through_squared_slope) computes it for a
/// whole layer.
pub fn gauss_newton<R: Real>(slope: R, ddx: R) -> R {
    slope * slope * ddx
}

/// The update rule of [eq. 18](self#eq-18), with the rates of [eq. 21](self#eq-21).
#[derive(Clone, Debug)]
pub struct StochasticDiagonalLevenbergMarquardt<P> {
    /// The rate `epsilon_k` of every parameter.
    pub rates: P,
}

impl<P> StochasticDiagonalLevenbergMarquardt<P> {
    /// The rule with the rates of [eq. 21](self#eq-21) for the second derivatives `h`.
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
