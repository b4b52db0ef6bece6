#![doc = mathdoc::page!("loss.md", "../../docs/figures/rubbish.svg")]

use crate::Real;
use crate::section1::{Bend, Loss, Penalties};

/// The loss of penalties and a label: eq. 8 or eq. 9.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Criterion {
    /// [Eq. 8](self#eq-8): the penalty of the true class. If penalties are negative logarithms of probabilities, this is
    /// the cross-entropy.
    TrueClass,
    /// [Eq. 9](self#eq-9): the same, in competition with all classes and with rubbish.
    Competitive {
        /// The penalty `j` of rubbish, on the scale of the other penalties: see [what j is](self#what-is-j).
        rubbish: f64,
    },
}

impl Criterion {
    /// The function from a penalty `y_i` to the share `p_i` that a class with that penalty has under eq. 9. Under eq. 8,
    /// which has no competition, it is always 0.
    pub fn shares<R: Real>(self, penalties: &Penalties<R>) -> impl Fn(R) -> R + use<R> {
        let log_sum = match self {
            Self::TrueClass => R::infinity(),
            Self::Competitive { rubbish } => log_sum(penalties, rubbish),
        };
        move |penalty| (-penalty - log_sum).exp()
    }
}

impl<R: Real> Loss<R> for Criterion {
    type Desired = usize;

    /// One term of the sum in eq. 8 or 9: the loss of one pattern. It is finite for finite penalties, and not negative for
    /// penalties that are not negative.
    ///
    /// ```
    /// use lenet5::section1::{Loss, Penalties};
    /// use lenet5::section2::Criterion;
    /// let penalties = Penalties::from(vec![3.0, 40.0]);
    /// assert_eq!(Criterion::TrueClass.fprop(&penalties, &0), 3.0);
    /// // The true class is nearest by far, so the loss is nearly 0.
    /// assert!(Criterion::Competitive { rubbish: 100.0 }.fprop(&penalties, &0) < 1e-9);
    /// // e¹⁰⁰⁰ would overflow; the loss is computed without it.
    /// let far = Penalties::from(vec![1000.0, 2000.0]);
    /// assert_eq!(Criterion::Competitive { rubbish: 5000.0 }.fprop(&far, &1), 1000.0);
    /// ```
    fn fprop(&self, y: &Penalties<R>, &label: &usize) -> R {
        match *self {
            Self::TrueClass => y.of(label),
            Self::Competitive { rubbish } => y.of(label) + log_sum(y, rubbish),
        }
    }

    /// Writes `dE/dy_i = [i = label] - p_i`, where the bracket is 1 for the label and 0 for other classes.
    fn bprop(&self, y: &Penalties<R>, &label: &usize, dy: &mut Penalties<R>) {
        let share = self.shares(y);
        for (i, (dy, y)) in dy.maps_mut().iter_mut().zip(y.iter()).enumerate() {
            *dy = if i == label { R::one() } else { R::zero() } - share(y);
        }
    }

    fn bbprop(&self, y: &Penalties<R>, label: &usize, ddy: &mut Bend<R>) {
        self.bprop(y, label, &mut ddy.dy);
        let share = self.shares(y);
        ddy.shares.maps_mut().iter_mut().zip(y.iter()).for_each(|(p, y)| *p = share(y));
    }

    fn is_right(&self, y: &Penalties<R>, &label: &usize) -> bool {
        y.nearest() == label
    }
}

/// `log( exp(-j) + sum exp(-y_i) )`, with the largest term taken out of the sum so that nothing overflows.
fn log_sum<R: Real>(penalties: &Penalties<R>, rubbish: f64) -> R {
    let rubbish = R::of(rubbish);
    let all = || penalties.iter().chain([rubbish]);
    let least = all().fold(R::infinity(), R::min);
    all().map(|y| (least - y).exp()).sum::<R>().ln() - least
}
