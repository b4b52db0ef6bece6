//! Lanes: 16 `f32` or 8 `f64` that are processed together, on every machine, in vector registers of any size.

use super::{Real, power};
use fearless_simd::{SimdFloatElement, f32x16, f64x8, prelude::*};

/// Numbers of vector registers. Only kernels can name this trait, because the module is private.
pub trait Vectorised: SimdFloatElement {
    /// A set of lanes of these numbers.
    type Lanes<S: Simd>: SimdFloat<S, Element = Self>;

    /// The sum of all lanes, by adding one half to the other again and again.
    fn total<S: Simd>(lanes: Self::Lanes<S>) -> Self;
}

impl Vectorised for f32 {
    type Lanes<S: Simd> = f32x16<S>;

    #[inline(always)]
    fn total<S: Simd>(lanes: Self::Lanes<S>) -> Self {
        let (low, high) = lanes.split();
        let (low, high) = (low + high).split();
        let four = low + high;
        (four[0] + four[2]) + (four[1] + four[3])
    }
}

impl Vectorised for f64 {
    type Lanes<S: Simd> = f64x8<S>;

    #[inline(always)]
    fn total<S: Simd>(lanes: Self::Lanes<S>) -> Self {
        let (low, high) = lanes.split();
        let four = low + high;
        (four[0] + four[2]) + (four[1] + four[3])
    }
}

/// The largest number of lanes. Vector loads may read up to this many numbers past the end of a line.
pub(super) const LANES: usize = 16;

/// The number of lanes.
#[inline(always)]
pub(super) const fn width<S: Simd, R: Real>() -> usize {
    <R::Lanes<S> as SimdBase<S>>::LEN
}

/// [`width`], where the type of the instruction set cannot be named.
#[inline(always)]
pub(super) fn lanes_of<S: Simd, R: Real>(_: S) -> usize {
    width::<S, R>()
}

/// The same number in every lane.
#[inline(always)]
pub(super) fn all<S: Simd, R: Real>(simd: S, value: R) -> R::Lanes<S> {
    R::Lanes::<S>::splat(simd, value)
}

/// The start of each set of lanes in a line of this many numbers; the last set may overlap the one before.
#[inline(always)]
pub(super) fn blocks<S: Simd, R: Real>(_: S, numbers: usize) -> impl Iterator<Item = usize> {
    (0..numbers).step_by(width::<S, R>()).map(move |at| at.min(numbers - width::<S, R>()))
}

/// The first numbers of a slice.
#[inline(always)]
pub(super) fn load<S: Simd, R: Real>(simd: S, values: &[R]) -> R::Lanes<S> {
    R::Lanes::<S>::from_slice(simd, &values[..width::<S, R>()])
}

/// The last numbers of a slice, with zeros in place of all but the last `count`.
#[inline(always)]
pub(super) fn load_last<S: Simd, R: Real>(simd: S, values: &[R], count: usize) -> R::Lanes<S> {
    let mut last = load(simd, &values[values.len() - width::<S, R>()..]);
    last.as_mut_slice()[..width::<S, R>() - count].fill(R::zero());
    last
}

/// The first numbers of a slice, squared if `SQUARED`.
#[inline(always)]
pub(super) fn load_power<S: Simd, R: Real, const SQUARED: bool>(simd: S, values: &[R]) -> R::Lanes<S> {
    let values = load(simd, values);
    if SQUARED { values * values } else { values }
}

/// `sums += factor * values` over whole slices, the values squared if `SQUARED`.
#[inline(always)]
pub(super) fn add_scaled<S: Simd, R: Real, const SQUARED: bool>(
    simd: S,
    sums: &mut [R],
    factor: R,
    values: &[R],
) {
    let width = width::<S, R>();
    let factors = all(simd, factor);
    let (mut lines, blocks) = (sums.chunks_exact_mut(width), values.chunks_exact(width));
    let rest = blocks.remainder();
    for (line, block) in lines.by_ref().zip(blocks) {
        (load(simd, line) + factors * load_power::<S, R, SQUARED>(simd, block)).store_slice(line);
    }
    for (sum, &value) in lines.into_remainder().iter_mut().zip(rest) {
        *sum += factor * power::<R, SQUARED>(value);
    }
}

/// The sum of a slice, lane by lane, in four sets of lanes, so that an addition need not wait for the one before.
#[inline(always)]
pub(super) fn sum<S: Simd, R: Real>(simd: S, values: &[R]) -> R {
    let width = width::<S, R>();
    let mut sums = [all(simd, R::zero()); 4];
    let fours = values.chunks_exact(4 * width);
    let ones = fours.remainder().chunks_exact(width);
    let rest: R = ones.remainder().iter().copied().sum();
    for four in fours {
        for i in 0..4 {
            sums[i] += load(simd, &four[i * width..]);
        }
    }
    for one in ones {
        sums[0] += load(simd, one);
    }
    R::total((sums[0] + sums[1]) + (sums[2] + sums[3])) + rest
}

/// The sum of `a * b` over two slices, lane by lane.
#[inline(always)]
pub(super) fn dot<S: Simd, R: Real>(simd: S, a: &[R], b: &[R]) -> R {
    let width = width::<S, R>();
    let mut sums = all(simd, R::zero());
    let (blocks_a, blocks_b) = (a.chunks_exact(width), b.chunks_exact(width));
    let rest: R = blocks_a.remainder().iter().zip(blocks_b.remainder()).map(|(&a, &b)| a * b).sum();
    for (a, b) in blocks_a.zip(blocks_b) {
        sums += load(simd, a) * load(simd, b);
    }
    R::total(sums) + rest
}

/// The number of sets of lanes that [`totals`] sums at once.
pub(super) const SETS: usize = 32;

/// The sum of each set of lanes: neighbours are added until each set is one number.
#[inline(always)]
pub(super) fn totals<S: Simd, R: Real>(simd: S, sets: &[R::Lanes<S>; SETS]) -> [R; SETS] {
    let mut totals = [R::zero(); SETS];
    let fours: [_; 4] =
        halved::<S, R, 8, 4>(simd, halved::<S, R, 16, 8>(simd, halved::<S, R, 32, 16>(simd, *sets)));
    if width::<S, R>() == 16 {
        put::<S, R, 2>(halved::<S, R, 4, 2>(simd, fours), &mut totals);
    } else {
        put::<S, R, 4>(fours, &mut totals);
    }
    totals
}

/// Adds neighbouring lanes: half as many sets, each with the sums of two.
#[inline(always)]
fn halved<S: Simd, R: Real, const N: usize, const HALF: usize>(
    simd: S,
    sets: [R::Lanes<S>; N],
) -> [R::Lanes<S>; HALF] {
    let mut half = [all(simd, R::zero()); HALF];
    for n in 0..HALF {
        let (a, b) = (sets[2 * n], sets[2 * n + 1]);
        half[n] = a.unzip_low(b) + a.unzip_high(b);
    }
    half
}

/// Writes the sets of lanes one after the other.
#[inline(always)]
fn put<S: Simd, R: Real, const N: usize>(lanes: [R::Lanes<S>; N], numbers: &mut [R]) {
    for (lanes, numbers) in lanes.iter().zip(numbers.chunks_exact_mut(width::<S, R>())) {
        lanes.store_slice(numbers);
    }
}
