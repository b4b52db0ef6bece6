//! I-A: penalties, the output of a network, and the losses that compare them with the desired answer.

use super::{Maps, State};
use crate::Real;
use ndarray::Array3;

/// Penalties of the classes, classes x rows x columns: one column of penalties for each place on a wide input. The class with
/// the smallest penalty is the answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Penalties<R>(Maps<R>);

impl<R: Real> Penalties<R> {
    /// The penalty of one class, for the first column.
    pub fn of(&self, class: usize) -> R {
        self.0[[class, 0, 0]]
    }

    /// The class with the smallest penalty: the answer. If several are equal, the first of them (deviation 17).
    ///
    /// ```
    /// assert_eq!(lenet5::section1::Penalties::from(vec![90.0, 7.5, 60.0]).nearest(), 1);
    /// ```
    pub fn nearest(&self) -> usize {
        let first = (0, R::infinity());
        self.iter().enumerate().fold(first, |best, next| if next.1 < best.1 { next } else { best }).0
    }

    /// The second smallest penalty minus the smallest: patterns with a small margin are rejected first (III-D).
    pub fn margin(&self) -> R {
        let (nearest, best) = (self.nearest(), self.iter().fold(R::infinity(), R::min));
        let others = self.iter().enumerate().filter(|(class, _)| *class != nearest);
        others.map(|(_, penalty)| penalty).fold(R::infinity(), R::min) - best
    }

    /// The penalties of all classes, for the first column.
    pub fn iter(&self) -> impl Iterator<Item = R> {
        let step = self.0.len_of(ndarray::Axis(1)) * self.0.len_of(ndarray::Axis(2));
        self.0.iter().copied().step_by(step.max(1))
    }

    /// All columns: classes x rows x columns.
    pub fn maps(&self) -> &Maps<R> {
        &self.0
    }

    /// All columns, to be changed.
    pub fn maps_mut(&mut self) -> &mut Maps<R> {
        &mut self.0
    }
}

impl<R> From<Maps<R>> for Penalties<R> {
    fn from(maps: Maps<R>) -> Self {
        Self(maps)
    }
}

impl<R> From<Vec<R>> for Penalties<R> {
    fn from(penalties: Vec<R>) -> Self {
        let shape = (penalties.len(), 1, 1);
        Self(Array3::from_shape_vec(shape, penalties).expect("a penalty for each class"))
    }
}

impl<R: 'static> State for Penalties<R> {
    type Second = Bend<R>;
}

/// Second derivatives of a loss by the penalties, in a short form: by penalties `i` and `k` it is `p_i [i = k] - p_i p_k`,
/// where `p_i` is the share of class `i` ([eq. 9](crate::section2::loss#eq-9)) and `[i = k]` is 1 if `i` equals `k`, else 0.
/// The first derivatives are there for output layers that are not linear.
#[derive(Clone, Debug, PartialEq)]
pub struct Bend<R> {
    /// `dE/dy`: a number for each class and column.
    pub dy: Penalties<R>,
    /// The shares `p`, of the same shape; zeros if the loss is linear in the penalties.
    pub shares: Penalties<R>,
}

impl<R: Real> From<Maps<R>> for Bend<R> {
    fn from(maps: Maps<R>) -> Self {
        Self { dy: maps.clone().into(), shares: maps.into() }
    }
}

/// The loss `E = D(desired, y)` of one pattern (I-A).
pub trait Loss<R: Real>: Send + Sync {
    /// The desired answer: in most cases a class.
    type Desired;

    /// The loss of these penalties.
    ///
    /// # Panics
    /// When there is no such class.
    fn fprop(&self, y: &Penalties<R>, desired: &Self::Desired) -> R;

    /// Writes `dE/dy`.
    fn bprop(&self, y: &Penalties<R>, desired: &Self::Desired, dy: &mut Penalties<R>);

    /// Writes the second derivatives by the penalties.
    fn bbprop(&self, y: &Penalties<R>, desired: &Self::Desired, ddy: &mut Bend<R>);

    /// Whether these penalties give the desired answer.
    fn is_right(&self, y: &Penalties<R>, desired: &Self::Desired) -> bool;
}
