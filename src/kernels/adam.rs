//! Adam's step over a slice ([the rule](crate::today::adam#the-rule)).

use super::update::assert_same_length;
use super::{Real, dispatched};

/// The numbers of one step, bias corrections included.
#[derive(Clone, Copy, Debug)]
pub struct Step<R> {
    /// How much of the mean gradient is kept.
    pub beta1: R,
    /// How much of the mean square is kept.
    pub beta2: R,
    /// What `m` is multiplied by: the rate over `1 - beta1^t`.
    pub rate: R,
    /// What the root of `v` is multiplied by: `1 / sqrt(1 - beta2^t)`.
    pub root: R,
    /// Added to the root.
    pub epsilon: R,
    /// The part of a weight that is taken away: the rate times the decay.
    pub decay: R,
}

/// `m <- beta1 m + (1 - beta1) dw`, `v <- beta2 v + (1 - beta2) dw²`, `w <- w - rate m / (root sqrt(v) + epsilon) - decay w`.
///
/// # Panics
/// When the slices are not of the same length.
pub fn step<R: Real>(step: Step<R>, w: &mut [R], m: &mut [R], v: &mut [R], dw: &[R]) {
    [&*m, &*v, dw].into_iter().for_each(|other| assert_same_length(w, other));
    dispatched!(_simd => step_inlined(step, w, m, v, dw))
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
