//! Sums of exponentials, for the forward algorithm ([eq. 14](crate::section6::forward#eq-14)): double precision only.

use super::dispatched;

/// Numbers that are processed together.
const LANES: usize = 8;

/// `-log sum exp(-x_i)`, with the smallest number taken out of the sum, so that nothing overflows; infinite for no numbers and for
/// numbers that are all infinite. The numbers are overwritten.
pub fn logadd(x: &mut [f64]) -> f64 {
    let least = x.iter().copied().fold(f64::INFINITY, f64::min);
    if least == f64::INFINITY || x.len() == 1 {
        return least;
    }
    // `f32` stands for all instruction sets; `f64` would mean the baseline.
    least - dispatched!(f32, _simd => sum_of_powers(least, x)).ln()
}

/// `x_i <- exp(least - x_i)`, for numbers that are not smaller than `least`.
pub fn shares(least: f64, x: &mut [f64]) {
    dispatched!(f32, _simd => {
        let (blocks, rest) = x.as_chunks_mut::<LANES>();
        blocks.iter_mut().for_each(|block| powers(least, block));
        powers(least, rest);
    })
}

#[inline(always)]
fn sum_of_powers(least: f64, x: &mut [f64]) -> f64 {
    let (blocks, rest) = x.as_chunks_mut::<LANES>();
    let mut sums = [0.0; LANES];
    for block in blocks {
        powers(least, block);
        sums.iter_mut().zip(&*block).for_each(|(sum, power)| *sum += power);
    }
    powers(least, rest);
    sums.iter().sum::<f64>() + rest.iter().sum::<f64>()
}

#[inline(always)]
fn powers(least: f64, x: &mut [f64]) {
    x.iter_mut().for_each(|x| *x = exp(least - *x));
}

/// `e^x` for `x <= 0`, to the last bit or two; 0 below -700, where a share of 1 is all that counts.
///
/// `x = k log 2 + r` with a whole `k` and `|r| <= log(2) / 2`: `e^x` is `2^k`, which is an exponent of the number format, times the
/// Taylor series of `e^r`.
#[inline(always)]
pub(super) fn exp(x: f64) -> f64 {
    /// Added to a number, it rounds it to a whole one, whose bits are then the lowest of the sum.
    const ROUND: f64 = 6_755_399_441_055_744.0; // 1.5 * 2^52
    const LOG_2: [f64; 2] = [6.931_471_803_691_238e-1, 1.908_214_929_270_587_7e-10];
    let rounded = x.max(-700.0) * std::f64::consts::LOG2_E + ROUND;
    let k = rounded - ROUND;
    let r = (x.max(-700.0) - k * LOG_2[0]) - k * LOG_2[1];
    // 1 + r (1 + r/2 (1 + r/3 ...)), for the series up to r^13.
    let mut series = 1.0;
    for n in (1..=13).rev() {
        series = 1.0 + series * (r * (1.0 / n as f64));
    }
    let power = f64::from_bits(rounded.to_bits().wrapping_add(1023) << 52);
    if x < -700.0 { 0.0 } else { series * power }
}
