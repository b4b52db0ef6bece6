//! Sums over the units of a map, and affine functions of the units: the loops of [batch
//! normalisation](crate::today::batch_normalisation).
//!
//! The states of all maps follow one another; every other slice has one number for each map.

use super::lanes::{all, load, sum, width};
use super::{Real, dispatched};
use fearless_simd::prelude::*;

/// Adds the sum of each map to `sums`.
pub fn add_sums<R: Real>(x: &[R], sums: &mut [R]) {
    let area = x.len() / sums.len();
    dispatched!(R, simd => {
        if area == 1 {
            sums.iter_mut().zip(x).for_each(|(total, &x)| *total += x);
        } else {
            for (x, total) in x.chunks_exact(area).zip(sums) {
                *total += sum(simd, x);
            }
        }
    })
}

/// Adds the sum of `(x - mean)^2` of each map to `squares`.
pub fn add_squares<R: Real>(x: &[R], means: &[R], squares: &mut [R]) {
    let area = x.len() / squares.len();
    dispatched!(R, simd => {
        if area == 1 {
            for ((&x, &mean), square) in x.iter().zip(means).zip(squares) {
                *square += (x - mean) * (x - mean);
            }
        } else {
            for ((x, &mean), square) in x.chunks_exact(area).zip(means).zip(squares) {
                *square += products(simd, x, x, mean, mean);
            }
        }
    })
}

/// Adds, for each map, the sum of `dy` to `sums` and that of `dy (x - mean)` to `moments`.
pub fn add_slopes<R: Real>(x: &[R], means: &[R], dy: &[R], sums: &mut [R], moments: &mut [R]) {
    let area = x.len() / sums.len();
    dispatched!(R, simd => {
        let of_maps = sums.iter_mut().zip(moments).zip(means);
        if area == 1 {
            for (((total, moment), &mean), (&x, &dy)) in of_maps.zip(x.iter().zip(dy)) {
                *total += dy;
                *moment += (x - mean) * dy;
            }
        } else {
            let maps = x.chunks_exact(area).zip(dy.chunks_exact(area));
            for (((total, moment), &mean), (x, dy)) in of_maps.zip(maps) {
                *total += sum(simd, dy);
                *moment += products(simd, x, dy, mean, R::zero());
            }
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
pub fn affine<R: Real>(x: &[R], scales: &[R], shifts: &[R], y: &mut [R]) {
    let area = x.len() / scales.len();
    dispatched!(R, _simd => {
        let of_maps = scales.iter().zip(shifts);
        if area == 1 {
            y.iter_mut().zip(x).zip(of_maps).for_each(|((y, &x), (&scale, &shift))| *y = scale * x + shift);
        } else {
            let maps = x.chunks_exact(area).zip(y.chunks_exact_mut(area));
            for ((x, y), (&scale, &shift)) in maps.zip(of_maps) {
                y.iter_mut().zip(x).for_each(|(y, &x)| *y = scale * x + shift);
            }
        }
    })
}

/// `d <- scale d + slope x + shift`, map by map.
pub fn affine_of_two<R: Real>(x: &[R], [scales, slopes, shifts]: [&[R]; 3], d: &mut [R]) {
    let area = x.len() / scales.len();
    dispatched!(R, _simd => {
        let of_maps = scales.iter().zip(slopes).zip(shifts);
        if area == 1 {
            for ((d, &x), ((&scale, &slope), &shift)) in d.iter_mut().zip(x).zip(of_maps) {
                *d = scale * *d + (slope * x + shift);
            }
        } else {
            let maps = x.chunks_exact(area).zip(d.chunks_exact_mut(area));
            for ((x, d), ((&scale, &slope), &shift)) in maps.zip(of_maps) {
                d.iter_mut().zip(x).for_each(|(d, &x)| *d = scale * *d + (slope * x + shift));
            }
        }
    })
}
