//! Distances from one state to several codes.

use super::lanes::{all, load, width};
use super::{Real, dispatched};
use fearless_simd::prelude::*;

/// `y_i = sum_j (x_j - w_ij)^2`; `codes` is outputs x inputs, row-major.
pub fn fprop<R: Real>(codes: &[R], x: &[R], y: &mut [R]) {
    dispatched!(simd => fprop_inlined(simd, codes, x, y))
}

#[inline(always)]
fn fprop_inlined<S: Simd, R: Real>(simd: S, codes: &[R], x: &[R], y: &mut [R]) {
    let whole = x.len() - x.len() % width::<S, R>();
    for (code, y) in codes.chunks_exact(x.len()).zip(y) {
        let mut sums = all(simd, R::zero());
        for at in (0..whole).step_by(width::<S, R>()) {
            let difference = load(simd, &x[at..]) - load(simd, &code[at..]);
            sums += difference * difference;
        }
        let rest: R = x[whole..].iter().zip(&code[whole..]).map(|(&x, &w)| (x - w) * (x - w)).sum();
        *y = R::total(sums) + rest;
    }
}
