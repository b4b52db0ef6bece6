//! 2 x 2 windows that do not overlap, one map after the other.
//!
//! `columns` is the width of an output map; input maps are twice as wide and twice as high. Square maps of S2's and S4's
//! sides have their own loops, in which every size is a constant. Lines that fill the lanes have their own loops, too.

use super::lanes::{LANES, all, blocks, lanes_of, load, load_last, load_power, width};
use super::{Real, dispatched, power};
use fearless_simd::prelude::*;

/// The number of windows that are processed at once: one map of S2, eight of S4.
const WINDOWS: usize = 200;

/// Does the work with the side of a map as a constant, if it is one of LeNet-5's; else by `lines`, if they fill the lanes.
macro_rules! by_side {
    ($simd:ident, $columns:expr, $area:expr, $side:ident => $work:expr, lines => $lines:expr, else $plain:expr) => {
        match ($columns, $area) {
            (14, 196) => {
                const $side: usize = 14;
                $work
            }
            (5, 25) => {
                const $side: usize = 5;
                $work
            }
            (columns, _) if columns >= lanes_of::<_, R>($simd) => $lines,
            _ => $plain,
        }
    };
}

/// `y = coefficient * (sum of the four inputs) + bias`, one coefficient and one bias for each map.
pub fn fprop<R: Real>(columns: usize, coefficients: &[R], biases: &[R], x: &[R], y: &mut [R]) {
    let area = y.len() / biases.len();
    dispatched!(R, simd => by_side!(simd, columns, area, SIDE => {
        fprop_inlined::<_, R, SIDE>(simd, coefficients, biases, x, y)
    }, lines => {
        fprop_lines(simd, columns, coefficients, biases, x, y)
    }, else {
        let maps = y.chunks_exact_mut(area).zip(x.chunks_exact(4 * area));
        for ((y, x), (&coefficient, &bias)) in maps.zip(coefficients.iter().zip(biases)) {
            for (y, sum) in y.iter_mut().zip(windows(columns, x)) {
                *y = coefficient * sum + bias;
            }
        }
    }))
}

#[inline(always)]
fn fprop_inlined<S: Simd, R: Real, const SIDE: usize>(
    simd: S,
    coefficients: &[R],
    biases: &[R],
    x: &[R],
    y: &mut [R],
) {
    let maps = WINDOWS / (SIDE * SIDE);
    let parameters = coefficients.chunks(maps).zip(biases.chunks(maps));
    for ((y, x), (k, b)) in
        y.chunks_mut(maps * SIDE * SIDE).zip(x.chunks(4 * maps * SIDE * SIDE)).zip(parameters)
    {
        let sums = window_sums::<S, R, SIDE>(simd, x);
        let maps = y.chunks_exact_mut(SIDE * SIDE).zip(sums.chunks_exact(SIDE * SIDE));
        for ((y, sums), (&coefficient, &bias)) in maps.zip(k.iter().zip(b)) {
            let (coefficient, bias) = (all(simd, coefficient), all(simd, bias));
            let end = SIDE * SIDE - width::<S, R>();
            for at in (0..SIDE * SIDE).step_by(width::<S, R>()) {
                let at = at.min(end);
                (load(simd, &sums[at..]) * coefficient + bias).store_slice(&mut y[at..at + width::<S, R>()]);
            }
        }
    }
}

#[inline(always)]
fn fprop_lines<S: Simd, R: Real>(
    simd: S,
    columns: usize,
    coefficients: &[R],
    biases: &[R],
    x: &[R],
    y: &mut [R],
) {
    let maps = y.chunks_exact_mut(y.len() / biases.len()).zip(x.chunks_exact(x.len() / biases.len()));
    for ((y, x), (&coefficient, &bias)) in maps.zip(coefficients.iter().zip(biases)) {
        let (coefficient, bias) = (all(simd, coefficient), all(simd, bias));
        for (y, x) in y.chunks_exact_mut(columns).zip(x.chunks_exact(4 * columns)) {
            for at in blocks::<_, R>(simd, columns) {
                (line_sums(simd, columns, at, x) * coefficient + bias)
                    .store_slice(&mut y[at..][..width::<S, R>()]);
            }
        }
    }
}

/// Adds, for each map, the sum of `dy * (sum of the four inputs)` to the derivative by its coefficient (the inner sum squared
/// if `SQUARED`), and the sum of `dy` to the derivative by its bias.
pub fn bprop_parameters<R: Real, const SQUARED: bool>(
    columns: usize,
    x: &[R],
    dy: &[R],
    dcoefficients: &mut [R],
    dbiases: &mut [R],
) {
    let area = dy.len() / dbiases.len();
    dispatched!(R, simd => by_side!(simd, columns, area, SIDE => {
        bprop_parameters_inlined::<_, R, SIDE, SQUARED>(simd, x, dy, dcoefficients, dbiases)
    }, lines => {
        bprop_parameters_lines::<_, R, SQUARED>(simd, columns, x, dy, dcoefficients, dbiases)
    }, else {
        let maps = x.chunks_exact(4 * area).zip(dy.chunks_exact(area));
        for ((x, dy), (dk, db)) in maps.zip(dcoefficients.iter_mut().zip(dbiases)) {
            let products = dy.iter().zip(windows(columns, x)).map(|(&dy, sum)| dy * power::<R, SQUARED>(sum));
            *dk += products.sum::<R>();
            *db += dy.iter().copied().sum::<R>();
        }
    }))
}

#[inline(always)]
fn bprop_parameters_inlined<S: Simd, R: Real, const SIDE: usize, const SQUARED: bool>(
    simd: S,
    x: &[R],
    dy: &[R],
    dcoefficients: &mut [R],
    dbiases: &mut [R],
) {
    let (maps, width) = (WINDOWS / (SIDE * SIDE), width::<S, R>());
    let sums = dcoefficients.chunks_mut(maps).zip(dbiases.chunks_mut(maps));
    for ((x, dy), (dk, db)) in x.chunks(4 * maps * SIDE * SIDE).zip(dy.chunks(maps * SIDE * SIDE)).zip(sums) {
        let windows = window_sums::<S, R, SIDE>(simd, x);
        let maps = windows.chunks_exact(SIDE * SIDE).zip(dy.chunks_exact(SIDE * SIDE));
        for ((windows, dy), (dk, db)) in maps.zip(dk.iter_mut().zip(db)) {
            let end = SIDE * SIDE - width;
            let rest = load_last(simd, dy, SIDE * SIDE % width);
            let (mut products, mut slopes) =
                (rest * load_power::<S, R, SQUARED>(simd, &windows[end..]), rest);
            for at in (0..SIDE * SIDE / width * width).step_by(width) {
                let dy = load(simd, &dy[at..]);
                products += dy * load_power::<S, R, SQUARED>(simd, &windows[at..]);
                slopes += dy;
            }
            *dk += R::total(products);
            *db += R::total(slopes);
        }
    }
}

#[inline(always)]
fn bprop_parameters_lines<S: Simd, R: Real, const SQUARED: bool>(
    simd: S,
    columns: usize,
    x: &[R],
    dy: &[R],
    dcoefficients: &mut [R],
    dbiases: &mut [R],
) {
    let (width, maps) = (width::<S, R>(), dbiases.len());
    let maps = x.chunks_exact(x.len() / maps).zip(dy.chunks_exact(dy.len() / maps));
    for ((x, dy), (dk, db)) in maps.zip(dcoefficients.iter_mut().zip(dbiases)) {
        let [mut products, mut slopes] = [all(simd, R::zero()); 2];
        let mut gather = |dy: R::Lanes<S>, sums: R::Lanes<S>| {
            products += dy * if SQUARED { sums * sums } else { sums };
            slopes += dy;
        };
        for (x, dy) in x.chunks_exact(4 * columns).zip(dy.chunks_exact(columns)) {
            for at in (0..columns / width * width).step_by(width) {
                gather(load(simd, &dy[at..]), line_sums(simd, columns, at, x));
            }
            if !columns.is_multiple_of(width) {
                let rest = load_last(simd, dy, columns % width);
                gather(rest, line_sums(simd, columns, columns - width, x));
            }
        }
        *dk += R::total(products);
        *db += R::total(slopes);
    }
}

/// Writes `coefficient * dy` to all four inputs of each window, the coefficient squared if `SQUARED`.
pub fn bprop_states<R: Real, const SQUARED: bool>(
    columns: usize,
    coefficients: &[R],
    dy: &[R],
    dx: &mut [R],
) {
    let area = dy.len() / coefficients.len();
    dispatched!(R, simd => {
        let maps = dx.chunks_exact_mut(4 * area).zip(dy.chunks_exact(area));
        for ((dx, dy), &coefficient) in maps.zip(coefficients) {
            let factor = power::<R, SQUARED>(coefficient);
            by_side!(simd, columns, area, SIDE => {
                spread::<_, R, SIDE>(simd, factor, dy, dx)
            }, lines => {
                spread_lines(simd, columns, factor, dy, dx)
            }, else {
                spread_plain(columns, factor, dy, dx)
            });
        }
    })
}

#[inline(always)]
fn spread_plain<R: Real>(columns: usize, factor: R, dy: &[R], dx: &mut [R]) {
    for (dy, dx) in dy.chunks_exact(columns).zip(dx.chunks_exact_mut(4 * columns)) {
        let (upper, lower) = dx.split_at_mut(2 * columns);
        for ((&dy, above), below) in dy.iter().zip(upper.chunks_exact_mut(2)).zip(lower.chunks_exact_mut(2)) {
            above.fill(factor * dy);
            below.fill(factor * dy);
        }
    }
}

#[inline(always)]
fn spread_lines<S: Simd, R: Real>(simd: S, columns: usize, factor: R, dy: &[R], dx: &mut [R]) {
    let (width, factors) = (width::<S, R>(), all(simd, factor));
    for (dy, dx) in dy.chunks_exact(columns).zip(dx.chunks_exact_mut(4 * columns)) {
        let (upper, lower) = dx.split_at_mut(2 * columns);
        for at in blocks::<_, R>(simd, columns) {
            let values = load(simd, &dy[at..]) * factors;
            for line in [&mut *upper, &mut *lower] {
                values.zip_low(values).store_slice(&mut line[2 * at..][..width]);
                values.zip_high(values).store_slice(&mut line[2 * at + width..][..width]);
            }
        }
    }
}

/// The sums of the four inputs of the windows from `at` on, in a pair of lines with this many `columns` of windows.
#[inline(always)]
fn line_sums<S: Simd, R: Real>(simd: S, columns: usize, at: usize, pair: &[R]) -> R::Lanes<S> {
    let (upper, lower) = (&pair[2 * at..], &pair[2 * (columns + at)..]);
    let left = load(simd, upper) + load(simd, lower);
    let right = load(simd, &upper[width::<S, R>()..]) + load(simd, &lower[width::<S, R>()..]);
    left.unzip_low(right) + left.unzip_high(right)
}

/// The sum of the four inputs in each window of a map.
fn windows<R: Real>(columns: usize, x: &[R]) -> impl Iterator<Item = R> {
    x.chunks_exact(4 * columns).flat_map(move |lines| {
        let (upper, lower) = lines.split_at(2 * columns);
        let pairs = upper.chunks_exact(2).zip(lower.chunks_exact(2));
        pairs.map(|(above, below)| (above[0] + below[0]) + (above[1] + below[1]))
    })
}

/// The sum of the four inputs in each of up to [`WINDOWS`] windows of maps of `2 SIDE` x `2 SIDE`: pairs of lines are added
/// first, then pairs of columns.
#[inline(always)]
fn window_sums<S: Simd, R: Real, const SIDE: usize>(simd: S, x: &[R]) -> [R; WINDOWS + LANES] {
    let (width, pairs) = (width::<S, R>(), x.len() / (4 * SIDE));
    let mut padded = [R::zero(); 4 * WINDOWS + LANES];
    let x = if 2 * SIDE < width {
        // Vector loads read past the end of the last line.
        padded[..x.len()].copy_from_slice(x);
        &padded
    } else {
        x
    };
    let mut lines = [R::zero(); 2 * (WINDOWS + LANES)];
    for pair in 0..pairs {
        let (upper, lower) = (&x[4 * SIDE * pair..], &x[4 * SIDE * pair + 2 * SIDE..]);
        for at in (0..2 * SIDE).step_by(width) {
            // The last columns overlap those before them; their sums are computed twice, with the same result.
            let at = at.min((2 * SIDE).saturating_sub(width));
            let sums = load(simd, &upper[at..]) + load(simd, &lower[at..]);
            sums.store_slice(&mut lines[2 * SIDE * pair + at..][..width]);
        }
    }
    let mut sums = [R::zero(); WINDOWS + LANES];
    for at in (0..WINDOWS).step_by(width) {
        let (left, right) = (load(simd, &lines[2 * at..]), load(simd, &lines[2 * at + width..]));
        (left.unzip_low(right) + left.unzip_high(right)).store_slice(&mut sums[at..at + width]);
    }
    sums
}

/// `factor * dy` in all four places of each window of a map of `2 SIDE` x `2 SIDE`.
#[inline(always)]
fn spread<S: Simd, R: Real, const SIDE: usize>(simd: S, factor: R, dy: &[R], dx: &mut [R]) {
    let mut padded = [R::zero(); WINDOWS + LANES];
    padded[..SIDE * SIDE].copy_from_slice(&dy[..SIDE * SIDE]);
    let (width, factors, mut lines) =
        (width::<S, R>(), all(simd, factor), [R::zero(); 2 * (WINDOWS + LANES)]);
    for at in (0..SIDE * SIDE).step_by(width) {
        let values = load(simd, &padded[at..]) * factors;
        values.zip_low(values).store_slice(&mut lines[2 * at..2 * at + width]);
        values.zip_high(values).store_slice(&mut lines[2 * at + width..2 * (at + width)]);
    }
    for (line, dx) in lines.chunks_exact(2 * SIDE).zip(dx.chunks_exact_mut(4 * SIDE)) {
        dx[..2 * SIDE].copy_from_slice(line);
        dx[2 * SIDE..].copy_from_slice(line);
    }
}
