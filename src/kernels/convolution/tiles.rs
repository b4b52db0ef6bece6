//! Square tiles of maps that are as high as LeNet-5's and wider, for the loops that work on square maps.
//!
//! Maps follow one another, and so do their lines; a tile has a piece of every line.

use super::super::Real;
use super::super::lanes::LANES;
use super::blocked::SIDE;

/// The largest number of elements in the tiles of all maps: sixteen maps of 14 x 14, or three of 32 x 32.
pub(super) const ROOM: usize = 16 * 14 * 14;

/// The first column of each tile of `OUT` columns.
#[inline(always)]
pub(super) fn starts<const OUT: usize>(columns: usize) -> impl Iterator<Item = usize> {
    (0..columns).step_by(OUT)
}

/// `WIDTH` columns of every line from column `start` on, with zeros beyond the end, or the maps themselves if they are not
/// wider.
#[inline(always)]
pub(super) fn cut<'a, R: Real, const WIDTH: usize>(
    maps: &'a [R],
    columns: usize,
    start: usize,
    room: &'a mut Option<[R; ROOM + LANES]>,
) -> &'a [R] {
    if columns == WIDTH {
        return maps;
    }
    let tile = &mut room.get_or_insert_with(|| [R::zero(); ROOM + LANES])[..maps.len() / columns * WIDTH];
    for (line, wide) in tile.chunks_exact_mut(WIDTH).zip(maps.chunks_exact(columns)) {
        copy_padded(&wide[start..], line);
    }
    tile
}

/// Fills `to` with the first numbers of `from`, and with zeros if there are not enough.
#[inline(always)]
pub(super) fn copy_padded<R: Real>(from: &[R], to: &mut [R]) {
    match from.get(..to.len()) {
        Some(from) => to.copy_from_slice(from),
        None => {
            to[..from.len()].copy_from_slice(from);
            to[from.len()..].fill(R::zero());
        }
    }
}

/// Writes the tile of a map; where it overlaps the tile before, by the reach of a kernel, it is added.
#[inline(always)]
pub(super) fn add<R: Real, const WIDTH: usize>(tile: &[R], map: &mut [R], columns: usize, start: usize) {
    let shared = if start == 0 { 0 } else { SIDE - 1 };
    for (wide, line) in map.chunks_exact_mut(columns).zip(tile.chunks_exact(WIDTH)) {
        let wide = &mut wide[start..];
        let count = wide.len().min(WIDTH);
        let (before, fresh) = wide[..count].split_at_mut(shared);
        before.iter_mut().zip(line).for_each(|(sum, &part)| *sum += part);
        fresh.copy_from_slice(&line[shared..count]);
    }
}

/// Writes the tiles of all maps.
#[inline(always)]
pub(super) fn paste<R: Real, const WIDTH: usize>(tile: &[R], maps: &mut [R], columns: usize, start: usize) {
    for (wide, line) in maps.chunks_exact_mut(columns).zip(tile.chunks_exact(WIDTH)) {
        wide[start..start + WIDTH].copy_from_slice(line);
    }
}
