//! The loops of an update.

use super::{Real, dispatched};

/// `w <- w - epsilon dw`, each number with a rate of its own.
pub fn descend<R: Real>(w: &mut [R], epsilon: &[R], dw: &[R]) {
    assert_eq!((w.len(), w.len()), (epsilon.len(), dw.len()), "parameters, rates and gradient");
    dispatched!(_simd => {
        for ((w, &epsilon), &dw) in w.iter_mut().zip(epsilon).zip(dw) {
            *w -= epsilon * dw;
        }
    })
}

/// Multiplies all numbers by `factor`.
pub fn scale<R: Real>(values: &mut [R], factor: R) {
    dispatched!(_simd => values.iter_mut().for_each(|value| *value *= factor))
}

/// `v <- alpha v - eta dw`, then `w <- w + v`.
pub fn momentum<R: Real>(w: &mut [R], v: &mut [R], alpha: R, eta: R, dw: &[R]) {
    assert_eq!((w.len(), w.len()), (v.len(), dw.len()), "parameters, velocity and gradient");
    dispatched!(_simd => {
        for ((w, v), &dw) in w.iter_mut().zip(v).zip(dw) {
            *v = alpha * *v - eta * dw;
            *w += *v;
        }
    })
}
