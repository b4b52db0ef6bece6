//! II-C, eq. 8 and 9: what a set of penalties costs.
//!
//! ```text
//! eq. 8   E = y_D
//!         dE/dy_i = [i = D]
//!
//! eq. 9   E = y_D + log( exp(-j) + sum over i of exp(-y_i) )
//!         dE/dy_i = [i = D] - p_i
//!         p_i = exp(-y_i) / ( exp(-j) + sum over k of exp(-y_k) )
//! ```
//!
//! In eq. 8 (maximum likelihood, or mean squared error) only the true class D counts; in eq. 9 (maximum a posteriori) the
//! others compete. `j` is the penalty of a class "none of these" (rubbish): a class whose penalty is far above `j` no longer needs to
//! be pushed away. As `j` falls below all penalties, `p_i` goes to 0 and eq. 9 has the gradient of eq. 8.
//!
//! E is the mean over patterns of these; here they stand for one pattern.
//!
#![doc = include_str!("../../docs/figures/rubbish.svg")]

use super::rbf::Penalties;
use crate::Real;

/// How penalties and a label become a loss.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Criterion {
    /// Eq. 8: the penalty of the true class.
    TrueClass,
    /// Eq. 9: the same, in competition with all classes and with rubbish.
    Competitive {
        /// The penalty `j` of rubbish.
        rubbish: f64,
    },
}

impl Criterion {
    /// The loss of one pattern.
    ///
    /// ```
    /// use lenet5::section2::{Criterion, Penalties};
    /// let penalties = Penalties::from(vec![3.0, 40.0]);
    /// assert_eq!(Criterion::TrueClass.loss(&penalties, 0), 3.0);
    /// // The true class is nearest by far: competition costs nothing.
    /// assert!(Criterion::Competitive { rubbish: 100.0 }.loss(&penalties, 0) < 1e-9);
    /// // e¹⁰⁰⁰ would overflow; the loss is computed without it.
    /// let far = Penalties::from(vec![1000.0, 2000.0]);
    /// assert_eq!(Criterion::Competitive { rubbish: 5000.0 }.loss(&far, 1), 1000.0);
    /// ```
    pub fn loss<R: Real>(self, penalties: &Penalties<R>, label: usize) -> R {
        match self {
            Self::TrueClass => penalties.of(label),
            Self::Competitive { rubbish } => penalties.of(label) + log_sum(penalties, rubbish),
        }
    }

    /// `p_i` of eq. 9 as a function of `y_i`: how much of the competition a class with that penalty has to itself. All
    /// zero under eq. 8, which knows no competition.
    pub fn shares<R: Real>(self, penalties: &Penalties<R>) -> impl Fn(R) -> R + use<R> {
        let log_sum = match self {
            Self::TrueClass => R::infinity(),
            Self::Competitive { rubbish } => log_sum(penalties, rubbish),
        };
        move |penalty| (-penalty - log_sum).exp()
    }
}

/// `log( exp(-j) + sum exp(-y_i) )`, the largest term taken out of the sum so that nothing overflows.
fn log_sum<R: Real>(penalties: &Penalties<R>, rubbish: f64) -> R {
    let rubbish = R::of(rubbish);
    let all = || penalties.iter().chain([rubbish]);
    let least = all().fold(R::infinity(), R::min);
    all().map(|y| (least - y).exp()).sum::<R>().ln() - least
}
