//! Adam's step over a slice ([the rule](crate::today::adam#the-rule)).

use super::update::assert_same_length;
use super::{Real, dispatched};

/// The numbers of one step, bias corrections included.
#[derive(Clone, Copy, Debug)]
pub struct Step<R> {
    /// The share of the mean gradient that is kept.
    pub beta1: R,
    /// The share of the mean square that is kept.
    pub beta2: R,
    /// The factor of `m`: the rate divided by `1 - beta1^t`.
    pub rate: R,
    /// The factor of the root of `v`: `1 / sqrt(1 - beta2^t)`.
    pub root: R,
    /// Added to the root.
    pub epsilon: R,
    /// The share of a weight that decays: the rate times the decay.
    pub decay: R,
}

/// `m <- beta1 m + (1 - beta1) dw`, `v <- beta2 v + (1 - beta2) dw²`, `w <- w - rate m / (root sqrt(v) + epsilon) - decay w`.
///
/// # Panics
/// When the lengths of the slices differ.
pub fn step<R: Real>(step: Step<R>, w: &mut [R], m: &mut [R], v: &mut [R], dw: &[R]) {
    [&*m, &*v, dw].into_iter().for_each(|other| assert_same_length(w, other));
    dispatched!(R, _simd => step_inlined(step, w, m, v, dw))
}

#[inline(always)]
fn step_inlined<R: Real>(step: Step<R>, w: &mut [R], m: &mut [R], v: &mut [R], dw: &[R]) {
    let (new1, new2) = (R::one() - step.beta1, R::one() - step.beta2);
    for (((w, m), v), &dw) in w.iter_mut().zip(m).zip(v).zip(dw) {
        *m = step.beta1 * *m + new1 * dw;
        *v = step.beta2 * *v + new2 * (dw * dw);
        *w = *w - step.rate * *m / (step.root * v.sqrt() + step.epsilon) - step.decay * *w;
    }
}
