//! Sums of exponentials, for the forward algorithm ([eq. 14](crate::section6::forward#eq-14)): double precision only.

use super::dispatched;
use std::array::from_fn;

/// Numbers that are processed together.
const LANES: usize = 8;

/// `-log sum exp(-x_i)`, with the smallest number taken out of the sum, so that nothing overflows; infinite for no numbers and for
/// numbers that are all infinite. The numbers are overwritten.
pub fn logadd(x: &mut [f64]) -> f64 {
    // `f32` stands for all instruction sets; `f64` would mean the baseline.
    let least = dispatched!(f32, _simd => smallest(x));
    if least == f64::INFINITY || x.len() == 1 {
        return least;
    }
    least - dispatched!(f32, _simd => sum_of_powers(least, x)).ln()
}

/// `x_i <- exp(least - x_i)`, for numbers that are not smaller than `least`.
pub fn shares(least: f64, x: &mut [f64]) {
    dispatched!(f32, _simd => {
        let (blocks, rest) = x.as_chunks_mut::<LANES>();
        blocks.iter_mut().for_each(|block| powers(least, block));
        rest.as_chunks_mut::<1>().0.iter_mut().for_each(|one| powers(least, one));
    })
}

#[inline(always)]
fn smallest(x: &[f64]) -> f64 {
    let (blocks, rest) = x.as_chunks::<LANES>();
    let smaller = |a: f64, b: f64| if b < a { b } else { a };
    let mut least = [f64::INFINITY; LANES];
    for block in blocks {
        least = from_fn(|lane| smaller(least[lane], block[lane]));
    }
    least.into_iter().chain(rest.iter().copied()).fold(f64::INFINITY, smaller)
}

#[inline(always)]
fn sum_of_powers(least: f64, x: &mut [f64]) -> f64 {
    let (blocks, rest) = x.as_chunks_mut::<LANES>();
    let mut sums = [0.0; LANES];
    for block in blocks {
        powers(least, block);
        sums = from_fn(|lane| sums[lane] + block[lane]);
    }
    rest.as_chunks_mut::<1>().0.iter_mut().for_each(|one| powers(least, one));
    sums.iter().sum::<f64>() + rest.iter().sum::<f64>()
}

/// Added to a number, it rounds it to a whole one, whose bits are then the lowest of the sum: 1.5 * 2^52.
const ROUND: f64 = 6_755_399_441_055_744.0;
/// The logarithm of 2 in two parts: multiples of the first by whole numbers are exact.
const LOG_2: [f64; 2] = [6.931_471_803_691_238e-1, 1.908_214_929_270_587_7e-10];
/// 1/13 to 1/1.
const INVERSES: [f64; 13] = {
    let mut inverses = [0.0; 13];
    let mut n = 0;
    while n < 13 {
        inverses[n] = 1.0 / (13 - n) as f64;
        n += 1;
    }
    inverses
};
/// A power below e^-700 is 0: a share of 1 is all that counts.
const LEAST: f64 = -700.0;

/// `x_i <- e^(least - x_i)`, to the last bit or two.
///
/// `t = k log 2 + r` with a whole `k` and `|r| <= log(2) / 2`: `e^t` is `2^k`, which is an exponent of the number format, times the
/// Taylor series of `e^r`, as `1 + r (1 + r/2 (1 + r/3 ...))`.
#[inline(always)]
fn powers<const N: usize>(least: f64, x: &mut [f64; N]) {
    let t: [f64; N] = from_fn(|lane| least - x[lane]);
    let within: [f64; N] = from_fn(|lane| if t[lane] > LEAST { t[lane] } else { LEAST });
    let rounded: [f64; N] = from_fn(|lane| within[lane] * std::f64::consts::LOG2_E + ROUND);
    let k: [f64; N] = from_fn(|lane| rounded[lane] - ROUND);
    let r: [f64; N] = from_fn(|lane| (within[lane] - k[lane] * LOG_2[0]) - k[lane] * LOG_2[1]);
    let mut series = [1.0; N];
    for inverse in INVERSES {
        series = from_fn(|lane| 1.0 + series[lane] * (r[lane] * inverse));
    }
    for lane in 0..N {
        let power = f64::from_bits(rounded[lane].to_bits().wrapping_add(1023) << 52);
        x[lane] = if t[lane] < LEAST { 0.0 } else { series[lane] * power };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn powers_are_those_of_the_standard_library() {
        for n in 0..=7000 {
            let x = f64::from(n) / 10.0;
            let mut found = [x];
            powers(0.0, &mut found);
            let expected = (-x).exp();
            assert!(
                (found[0] - expected).abs() <= 4.0 * f64::EPSILON * expected,
                "{x}: {} {expected}",
                found[0]
            );
        }
        let mut far = [701.0, 1e300, f64::INFINITY];
        powers(0.0, &mut far);
        assert_eq!(far, [0.0; 3]);
    }

    /// Blocks and rest: every length up to three blocks.
    #[test]
    fn any_number_of_terms() {
        for n in 1..3 * LANES {
            let terms: Vec<f64> = (0..n).map(|i| ((7 * i) % 11) as f64 * 3.0 - 10.0).collect();
            let expected = -terms.iter().map(|x| (-x).exp()).sum::<f64>().ln();
            let found = logadd(&mut terms.clone());
            assert!((found - expected).abs() < 1e-12, "{n}: {found} {expected}");
            let mut shared = terms.clone();
            shares(-10.0, &mut shared);
            assert!(shared.iter().zip(&terms).all(|(s, x)| (s - (-10.0 - x).exp()).abs() < 1e-14));
        }
        assert_eq!(logadd(&mut []), f64::INFINITY);
        assert_eq!(logadd(&mut [f64::INFINITY; 9]), f64::INFINITY);
    }
}
