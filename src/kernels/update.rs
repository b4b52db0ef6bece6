//! Updates of parameters by their gradient, slice by slice.
//!
//! Every function panics if the lengths of its slices differ.

use super::{Real, dispatched};

/// `w <- w - epsilon dw`, each weight with its own rate ([eq. 18](crate::appendix::c#eq-18)).
pub fn gradient_step<R: Real>(w: &mut [R], rates: &[R], dw: &[R]) {
    assert_same_length(w, rates);
    assert_same_length(w, dw);
    dispatched!(R, _simd => for_each(w, rates.iter().zip(dw), |w, (&epsilon, &dw)| *w -= epsilon * dw))
}

/// `v <- alpha v - eta dw`, then `w <- w + v` ([momentum](crate::today::momentum)).
pub fn momentum<R: Real>(w: &mut [R], v: &mut [R], alpha: R, eta: R, dw: &[R]) {
    assert_same_length(w, v);
    assert_same_length(w, dw);
    dispatched!(R, _simd => for_each(w, v.iter_mut().zip(dw), |w, (v, &dw)| {
        *v = alpha * *v - eta * dw;
        *w += *v;
    }))
}

/// `value <- factor value`.
pub fn scale<R: Real>(values: &mut [R], factor: R) {
    dispatched!(R, _simd => values.iter_mut().for_each(|value| *value *= factor))
}

#[inline(always)]
fn for_each<R, I: IntoIterator>(w: &mut [R], others: I, change: impl Fn(&mut R, I::Item)) {
    for (w, others) in w.iter_mut().zip(others) {
        change(w, others);
    }
}

#[track_caller]
pub(super) fn assert_same_length<R>(a: &[R], b: &[R]) {
    assert!(a.len() == b.len(), "{} parameters, but {} numbers for them", a.len(), b.len());
}
