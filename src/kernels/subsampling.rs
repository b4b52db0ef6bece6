//! 2 x 2 neighbourhoods that do not overlap: their sums, and their numbers spread back.

use super::{Real, dispatched, power};

/// `sums[r][c]` = the sum of the 2 x 2 inputs under `(r, c)`; `sums` is `rows x columns`, `inputs` twice that each way.
pub fn sums<R: Real>(columns: usize, inputs: &[R], sums: &mut [R]) {
    dispatched!(_simd => sums_inlined(columns, inputs, sums))
}

#[inline(always)]
fn sums_inlined<R: Real>(columns: usize, inputs: &[R], sums: &mut [R]) {
    for (sums, lines) in sums.chunks_exact_mut(columns).zip(inputs.chunks_exact(4 * columns)) {
        let (upper, lower) = lines.split_at(2 * columns);
        for ((sum, above), below) in sums.iter_mut().zip(upper.chunks_exact(2)).zip(lower.chunks_exact(2)) {
            *sum = (above[0] + above[1]) + (below[0] + below[1]);
        }
    }
}

/// Gives each of the 2 x 2 inputs under `(r, c)` the number `coefficient * values[r][c]`
/// (the coefficient squared, if `SQUARED`).
pub fn spread<R: Real, const SQUARED: bool>(columns: usize, coefficient: R, values: &[R], inputs: &mut [R]) {
    let coefficient = power::<R, SQUARED>(coefficient);
    dispatched!(_simd => spread_inlined(columns, coefficient, values, inputs))
}

#[inline(always)]
fn spread_inlined<R: Real>(columns: usize, coefficient: R, values: &[R], inputs: &mut [R]) {
    for (values, lines) in values.chunks_exact(columns).zip(inputs.chunks_exact_mut(4 * columns)) {
        let (upper, lower) = lines.split_at_mut(2 * columns);
        for ((&value, above), below) in values.iter().zip(upper.chunks_exact_mut(2)).zip(lower.chunks_exact_mut(2)) {
            let share = coefficient * value;
            above.fill(share);
            below.fill(share);
        }
    }
}
