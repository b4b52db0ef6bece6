//! Sums over the units of a map, and straight lines through them: what [batch
//! normalisation](crate::today::batch_normalisation) is made of.
//!
//! All maps of a state stand one behind the other, and every other slice has a number for each map.

use super::lanes::{all, load, sum, width};
use super::{Real, dispatched};
use fearless_simd::prelude::*;

/// Adds the sum of each map to `sums`.
pub fn add_sums<R: Real>(x: &[R], sums: &mut [R]) {
    let area = x.len() / sums.len();
    dispatched!(simd => {
        for (x, total) in x.chunks_exact(area).zip(sums) {
            *total += sum(simd, x);
        }
    })
}

/// Adds the sum of `(x - mean)^2` of each map to `squares`.
pub fn add_squares<R: Real>(x: &[R], means: &[R], squares: &mut [R]) {
    let area = x.len() / squares.len();
    dispatched!(simd => {
        for ((x, &mean), square) in x.chunks_exact(area).zip(means).zip(squares) {
            *square += products(simd, x, x, mean, mean);
        }
    })
}

/// Adds, for each map, the sum of `dy` to `sums` and that of `dy (x - mean)` to `moments`.
pub fn add_slopes<R: Real>(x: &[R], means: &[R], dy: &[R], sums: &mut [R], moments: &mut [R]) {
    let area = x.len() / sums.len();
    dispatched!(simd => {
        let maps = x.chunks_exact(area).zip(dy.chunks_exact(area)).zip(means);
        for (((x, dy), &mean), (total, moment)) in maps.zip(sums.iter_mut().zip(moments)) {
            *total += sum(simd, dy);
            *moment += products(simd, x, dy, mean, R::zero());
        }
    })
}

/// The sum of `(a - mean_a) (b - mean_b)`.
#[inline(always)]
fn products<S: Simd, R: Real>(simd: S, a: &[R], b: &[R], mean_a: R, mean_b: R) -> R {
    let width = width::<S, R>();
    let (means_a, means_b) = (all(simd, mean_a), all(simd, mean_b));
    let mut sums = [all(simd, R::zero()); 2];
    let (blocks_a, blocks_b) = (a.chunks_exact(width), b.chunks_exact(width));
    let rest = blocks_a.remainder().iter().zip(blocks_b.remainder());
    let rest: R = rest.map(|(&a, &b)| (a - mean_a) * (b - mean_b)).sum();
    for (n, (a, b)) in blocks_a.zip(blocks_b).enumerate() {
        sums[n % 2] += (load(simd, a) - means_a) * (load(simd, b) - means_b);
    }
    R::total(sums[0] + sums[1]) + rest
}

/// `y = scale x + shift`, map by map.
pub fn line<R: Real>(x: &[R], scales: &[R], shifts: &[R], y: &mut [R]) {
    let area = x.len() / scales.len();
    dispatched!(_simd => {
        let maps = x.chunks_exact(area).zip(y.chunks_exact_mut(area));
        for ((x, y), (&scale, &shift)) in maps.zip(scales.iter().zip(shifts)) {
            for (y, &x) in y.iter_mut().zip(x) {
                *y = scale * x + shift;
            }
        }
    })
}

/// `dx = scale dy + slope x + shift`, map by map.
pub fn plane<R: Real>(dy: &[R], x: &[R], [scales, slopes, shifts]: [&[R]; 3], dx: &mut [R]) {
    let area = x.len() / scales.len();
    dispatched!(_simd => {
        let maps = dy.chunks_exact(area).zip(x.chunks_exact(area)).zip(dx.chunks_exact_mut(area));
        for (((dy, x), dx), ((&scale, &slope), &shift)) in maps.zip(scales.iter().zip(slopes).zip(shifts)) {
            for ((dx, &dy), &x) in dx.iter_mut().zip(dy).zip(x) {
                *dx = scale * dy + (slope * x + shift);
            }
        }
    })
}
