//! Images on a plane, under an affine map and with displacements: the loops of
//! [distortions](crate::section3::distortions) and [elastic distortions](crate::today::elastic).
//!
//! An image has grey levels from 0 (paper) to 255; beyond its edges there is paper. Places are fixed-point numbers: they
//! add up exactly, and split into line and fraction at no cost. Floating point takes almost twice as long. An image of
//! 28 x 28 needs no heap memory.

use super::{Real, dispatched};
use std::array::from_fn;

/// A pixel in fixed-point numbers.
const PIXEL: i64 = 1 << 32;

/// Lines of paper around an image: one before it, and two after it for the interpolation.
const BORDER: usize = 3;

/// Side of MNIST's images, a constant for the compiler.
const SIDE: usize = 28;

/// Columns of the plane that are processed at once.
const RUN: usize = 32;

/// Displacements at the nodes of a grid, pixels downwards and to the right.
type Grid<const N: usize> = [[[f64; 2]; N]; N];

/// Grey levels and their size.
#[derive(Clone, Copy, Debug)]
pub struct Image<'a> {
    /// Rows x columns, row-major.
    pub levels: &'a [u8],
    /// Rows and columns.
    pub size: [usize; 2],
}

/// States and their size.
#[derive(Debug)]
pub struct Plane<'a, R> {
    /// Rows x columns, row-major.
    pub states: &'a mut [R],
    /// Columns.
    pub columns: usize,
    /// The state of paper, and the increase of the state for each grey level.
    pub paint: [R; 2],
}

/// The affine map from the pixels of a plane to the places of an image with its border, in fixed-point numbers.
#[derive(Clone, Copy, Debug)]
pub struct Inverse {
    /// Row and column for the first pixel of the plane.
    first: [i64; 2],
    /// Rows and columns for each pixel downwards.
    down: [i64; 2],
    /// Rows and columns for each pixel to the right.
    right: [i64; 2],
}

impl Inverse {
    /// The map that takes the place `middle` of the plane to the middle of an image of this `size`. Its linear part is given
    /// as rows and columns of the image for each pixel `down` and for each to the `right`.
    pub fn new(down: [f64; 2], right: [f64; 2], middle: [f64; 2], size: [usize; 2]) -> Self {
        let [row, column] = middle.map(|place| -place);
        let [source_row, source_column] = size.map(|pixels| (pixels + 1) as f64 / 2.0);
        let first = [
            source_row + down[0] * row + right[0] * column,
            source_column + right[1] * column + down[1] * row,
        ];
        Self { first: first.map(parts), down: down.map(parts), right: right.map(parts) }
    }

    /// The source of a place of the plane, which need not be a pixel.
    #[inline(always)]
    fn source(&self, [row, column]: [f64; 2]) -> [i64; 2] {
        from_fn(|n| self.first[n] + (self.down[n] as f64 * row + self.right[n] as f64 * column) as i64)
    }
}

/// A number of pixels in fixed-point form, limited to a million, which is beyond any image and far from overflow.
fn parts(pixels: f64) -> i64 {
    (pixels.clamp(-1e6, 1e6) * PIXEL as f64) as i64
}

/// Does the work with a buffer for an image, its border and one more line.
macro_rules! with_room {
    ($image:ident, $room:ident => $work:expr) => {
        if $image.size == [SIDE, SIDE] {
            let $image = Image { size: [SIDE, SIDE], ..$image };
            let $room = &mut [R::zero(); (SIDE + BORDER + 1) * (SIDE + BORDER)];
            $work
        } else {
            let [rows, columns] = $image.size;
            let $room = &mut vec![R::zero(); (rows + BORDER + 1) * (columns + BORDER)];
            $work
        }
    };
}

/// Writes an image on a plane: each pixel looks up its source in the image by the map.
pub fn place<R: Real>(image: Image, map: &Inverse, plane: Plane<R>) {
    dispatched!(R, _simd => with_room!(image, room => place_inlined(image, map, room, plane)))
}

#[inline(always)]
fn place_inlined<R: Real>(image: Image, map: &Inverse, room: &mut [R], plane: Plane<R>) {
    let (image, line) = Bordered::new(image, room);
    let [paper, ink] = plane.paint;
    for (states, y) in plane.states.chunks_exact_mut(plane.columns).zip(0..) {
        let [row, column]: [i64; 2] = from_fn(|n| map.first[n] + y * map.down[n]);
        let [rise, right] = map.right;
        if rise == 0 {
            image.write_line(row, line);
            for (state, x) in states.iter_mut().zip(0..) {
                *state = paper + ink * image.along(line, column + x * right);
            }
        } else {
            for (state, x) in states.iter_mut().zip(0..) {
                *state = paper + ink * image.at([row + x * rise, column + x * right]);
            }
        }
    }
}

/// [`place`] with displacements, interpolated between the nodes, before the map.
pub fn place_bent<R: Real, const N: usize>(image: Image, map: &Inverse, nodes: &Grid<N>, plane: Plane<R>) {
    dispatched!(R, _simd => with_room!(image, room => bent_inlined(image, map, nodes, room, plane)))
}

#[inline(always)]
fn bent_inlined<R: Real, const N: usize>(
    image: Image,
    map: &Inverse,
    nodes: &Grid<N>,
    room: &mut [R],
    plane: Plane<R>,
) {
    let (image, _) = Bordered::new(image, room);
    let ([paper, ink], columns) = (plane.paint, plane.columns);
    let rows = plane.states.len() / columns;
    for start in (0..columns).step_by(RUN) {
        let ways: [_; RUN] = from_fn(|x| way::<N>((start + x).min(columns - 1), columns));
        for (y, states) in plane.states.chunks_exact_mut(columns).enumerate() {
            let nodes = row_of_nodes(nodes, way::<N>(y, rows));
            for ((state, x), &way) in states[start..].iter_mut().zip(start..).zip(&ways) {
                let [down, right] = along_nodes(&nodes, way);
                *state = paper + ink * image.at(map.source([y as f64 + down, x as f64 + right]));
            }
        }
    }
}

/// The displacement at a pixel of a plane of this size, which the nodes span.
pub fn displacement<const N: usize>(nodes: &Grid<N>, pixel: [usize; 2], size: [usize; 2]) -> [f64; 2] {
    along_nodes(&row_of_nodes(nodes, way::<N>(pixel[0], size[0])), way::<N>(pixel[1], size[1]))
}

/// The node before this pixel of a line of `pixels`, and the weight of the next node.
#[inline(always)]
fn way<const N: usize>(pixel: usize, pixels: usize) -> (usize, f64) {
    let way = pixel as f64 * ((N - 1) as f64 / (pixels.max(2) - 1) as f64);
    let before = (way as usize).min(N - 2);
    let part = way - before as f64;
    (before, part * part * (3.0 - 2.0 * part))
}

/// The nodes, interpolated at a row of pixels.
#[inline(always)]
fn row_of_nodes<const N: usize>(nodes: &Grid<N>, (above, part): (usize, f64)) -> [[f64; 2]; N] {
    from_fn(|column| from_fn(|n| mix(nodes[above][column][n], nodes[above + 1][column][n], part)))
}

/// The displacement at a pixel of a row of nodes.
#[inline(always)]
fn along_nodes<const N: usize>(nodes: &[[f64; 2]; N], (left, part): (usize, f64)) -> [f64; 2] {
    from_fn(|n| mix(nodes[left][n], nodes[left + 1][n], part))
}

/// The grey levels of an image with a border of paper.
struct Bordered<'a, R> {
    levels: &'a [R],
    /// Rows and columns of the image without its border.
    size: [usize; 2],
}

impl<'a, R: Real> Bordered<'a, R> {
    /// The image with its border, and a buffer for a line.
    #[inline(always)]
    fn new(image: Image, room: &'a mut [R]) -> (Self, &'a mut [R]) {
        let [rows, columns] = image.size;
        let width = columns + BORDER;
        let (levels, line) = room.split_at_mut((rows + BORDER) * width);
        for row in 0..rows {
            let line = &mut levels[(row + 1) * width + 1..][..columns];
            for (x, &level) in line.iter_mut().zip(&image.levels[row * columns..]) {
                *x = level.into();
            }
        }
        (Self { levels, size: image.size }, line)
    }

    /// Writes the grey levels at this height between two rows.
    #[inline(always)]
    fn write_line(&self, row: i64, line: &mut [R]) {
        let (above, part) = split(row, self.size[0]);
        let (above, below) = self.levels[above * line.len()..][..2 * line.len()].split_at(line.len());
        for ((x, &a), &b) in line.iter_mut().zip(above).zip(below) {
            *x = mix(a, b, part);
        }
    }

    /// The grey level at this place along a line.
    #[inline(always)]
    fn along(&self, line: &[R], column: i64) -> R {
        let (left, part) = split(column, self.size[1]);
        mix(line[left], line[left + 1], part)
    }

    /// The grey level at this place, interpolated between two rows and then between two columns.
    #[inline(always)]
    fn at(&self, [row, column]: [i64; 2]) -> R {
        let ((above, down), (left, right)) = (split(row, self.size[0]), split(column, self.size[1]));
        let width = self.size[1] + BORDER;
        let place = above * width + left;
        let [a, b] = [place, place + 1].map(|at| mix(self.levels[at], self.levels[at + width], down));
        mix(a, b, right)
    }
}

/// Splits a position into a line of the image with its border (the nearest one, if it is beyond the border) and the fraction
/// of the way to the next line. `lines` does not count the border.
#[inline(always)]
fn split<R: Real>(position: i64, lines: usize) -> (usize, R) {
    let position = position.clamp(0, (lines + 1) as i64 * PIXEL);
    ((position / PIXEL) as usize, R::of((position % PIXEL) as f64 / PIXEL as f64))
}

/// The value at the fraction `part` of the way from `a` to `b`. Rounding keeps grey levels between 0 and 255.
#[inline(always)]
fn mix<R: Real>(a: R, b: R, part: R) -> R {
    a + (b - a) * part
}
