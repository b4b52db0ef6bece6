//! A fully connected C3: kernels of 5 x 5 from six maps of 14 rows to sixteen of 10, square by square.
//!
//! If every output map sees every input map, the lanes can be the sixteen output maps. Each input is then multiplied by its
//! sixteen weights at once, and no lane is empty; with a line of 10 columns in the lanes, six would be. Weights and output
//! maps are transposed for this, from maps x places to places x maps.

use super::super::lanes::{all, load, width};
use super::super::{Real, power};
use super::Connections;
use super::blocked::SIDE;
use super::tiles::{cut, paste, starts};
use fearless_simd::prelude::*;

const INPUTS: usize = 6;
const OUTPUTS: usize = 16;
const IN: usize = 14;
const OUT: usize = 10;
/// The number of weights of an output map.
const WEIGHTS: usize = INPUTS * SIDE * SIDE;
/// The number of places of an output map.
const AREA: usize = OUT * OUT;

/// Whether these loops fit these connections between maps of C3's size, on this machine and in this precision.
#[inline(always)]
pub(super) fn fits<S: Simd, R: Real>(links: &Connections) -> bool {
    let all_connected = links.by_output.iter().all(|from| from.len() == INPUTS);
    let sizes = (width::<S, R>(), links.by_output.len(), links.by_input.len());
    sizes == (OUTPUTS, OUTPUTS, INPUTS) && all_connected
}

/// [`fprop`](super::fprop) from maps with this many columns.
#[inline(always)]
pub(super) fn fprop<S: Simd, R: Real>(
    simd: S,
    columns: usize,
    weights: &[R],
    biases: &[R],
    x: &[R],
    y: &mut [R],
) {
    let (pitch, mut room) = (columns + 1 - SIDE, None);
    let mut turned = [R::zero(); WEIGHTS * OUTPUTS];
    to_places_by_maps::<S, R, WEIGHTS>(simd, weights, &mut turned);
    let [mut places, mut tile] = [[R::zero(); AREA * OUTPUTS]; 2];
    for start in starts::<OUT>(pitch) {
        // The last tile overlaps the one before.
        let start = start.min(pitch - OUT);
        fprop_tile(simd, &turned, biases, cut::<R, IN>(x, columns, start, &mut room), &mut places);
        if pitch == OUT {
            to_maps_by_places::<S, R, AREA>(simd, &places, y);
        } else {
            to_maps_by_places::<S, R, AREA>(simd, &places, &mut tile);
            paste::<R, OUT>(&tile, y, pitch, start);
        }
    }
}

#[inline(always)]
fn fprop_tile<S: Simd, R: Real>(simd: S, weights: &[R], biases: &[R], x: &[R], places: &mut [R]) {
    for row in 0..OUT {
        let mut sums = [load(simd, biases); OUT];
        for (line, w) in weights.chunks_exact(SIDE * OUTPUTS).enumerate() {
            let x = &x[line / SIDE * IN * IN + (row + line % SIDE) * IN..][..IN];
            for kx in 0..SIDE {
                let w = load(simd, &w[kx * OUTPUTS..]);
                for column in 0..OUT {
                    sums[column] += w * all(simd, x[column + kx]);
                }
            }
        }
        for (column, sum) in sums.iter().enumerate() {
            sum.store_slice(&mut places[(row * OUT + column) * OUTPUTS..][..OUTPUTS]);
        }
    }
}

/// [`bprop_weights`](super::bprop_weights) without the biases, from maps with this many columns.
#[inline(always)]
pub(super) fn bprop_weights<S: Simd, R: Real, const SQUARED: bool>(
    simd: S,
    columns: usize,
    x: &[R],
    dy: &[R],
    dweights: &mut [R],
) {
    let (pitch, mut x_room, mut dy_room) = (columns + 1 - SIDE, None, None);
    for start in starts::<OUT>(pitch) {
        let x = cut::<R, IN>(x, columns, start, &mut x_room);
        let dy = cut::<R, OUT>(dy, pitch, start, &mut dy_room);
        bprop_weights_tile::<S, R, SQUARED>(simd, x, dy, dweights);
    }
}

/// Not inlined, because inside the loop over tiles it would keep its sums in memory.
#[inline(never)]
fn bprop_weights_tile<S: Simd, R: Real, const SQUARED: bool>(simd: S, x: &[R], dy: &[R], dweights: &mut [R]) {
    simd.vectorize(
        #[inline(always)]
        || bprop_weights_inlined::<S, R, SQUARED>(simd, x, dy, dweights),
    );
}

#[inline(always)]
fn bprop_weights_inlined<S: Simd, R: Real, const SQUARED: bool>(
    simd: S,
    x: &[R],
    dy: &[R],
    dweights: &mut [R],
) {
    let mut places = [R::zero(); AREA * OUTPUTS];
    to_places_by_maps::<S, R, AREA>(simd, dy, &mut places);
    let mut turned = [R::zero(); WEIGHTS * OUTPUTS];
    let kernels = turned.chunks_exact_mut(SIDE * SIDE * OUTPUTS);
    for (kernel, x) in kernels.zip(x.chunks_exact(IN * IN)) {
        let mut sums = [[all(simd, R::zero()); SIDE]; SIDE];
        for row in 0..OUT {
            for column in 0..OUT {
                let slopes = load(simd, &places[(row * OUT + column) * OUTPUTS..]);
                for ky in 0..SIDE {
                    let x = &x[(row + ky) * IN + column..][..SIDE];
                    for kx in 0..SIDE {
                        sums[ky][kx] += slopes * all(simd, power::<R, SQUARED>(x[kx]));
                    }
                }
            }
        }
        for (sum, w) in sums.as_flattened().iter().zip(kernel.chunks_exact_mut(OUTPUTS)) {
            sum.store_slice(w);
        }
    }
    let mut sums = [R::zero(); WEIGHTS * OUTPUTS];
    to_maps_by_places::<S, R, WEIGHTS>(simd, &turned, &mut sums);
    dweights.iter_mut().zip(sums).for_each(|(dw, sum)| *dw += sum);
}

/// Transposes [`OUTPUTS`] lines of `N` numbers to `N` lines of [`OUTPUTS`], a square at a time; the last square overlaps the
/// one before.
#[inline(always)]
fn to_places_by_maps<S: Simd, R: Real, const N: usize>(simd: S, maps: &[R], places: &mut [R]) {
    for at in (0..N).step_by(OUTPUTS) {
        let at = at.min(N - OUTPUTS);
        let mut square = [all(simd, R::zero()); OUTPUTS];
        for map in 0..OUTPUTS {
            square[map] = load(simd, &maps[map * N + at..]);
        }
        for (place, line) in transposed::<S, R>(square).iter().enumerate() {
            line.store_slice(&mut places[(at + place) * OUTPUTS..][..OUTPUTS]);
        }
    }
}

/// The reverse of [`to_places_by_maps`].
#[inline(always)]
fn to_maps_by_places<S: Simd, R: Real, const N: usize>(simd: S, places: &[R], maps: &mut [R]) {
    for at in (0..N).step_by(OUTPUTS) {
        let at = at.min(N - OUTPUTS);
        let mut square = [all(simd, R::zero()); OUTPUTS];
        for place in 0..OUTPUTS {
            square[place] = load(simd, &places[(at + place) * OUTPUTS..]);
        }
        for (map, line) in transposed::<S, R>(square).iter().enumerate() {
            line.store_slice(&mut maps[map * N + at..][..OUTPUTS]);
        }
    }
}

/// The square with rows and columns exchanged. Each round makes the first bit of a row's number the last of the column's,
/// and the first of the column's the last of the row's; after four rounds they are exchanged.
#[inline(always)]
fn transposed<S: Simd, R: Real>(mut square: [R::Lanes<S>; OUTPUTS]) -> [R::Lanes<S>; OUTPUTS] {
    for _ in 0..OUTPUTS.ilog2() {
        let before = square;
        for n in 0..OUTPUTS / 2 {
            let (a, b) = (before[n], before[n + OUTPUTS / 2]);
            (square[2 * n], square[2 * n + 1]) = (a.zip_low(b), a.zip_high(b));
        }
    }
    square
}
