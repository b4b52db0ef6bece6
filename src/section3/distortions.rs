#![doc = mathdoc::page!("distortions.md")]
#![doc = include_str!("../../docs/figures/fig-7.svg")]

use super::database::{BACKGROUND, FOREGROUND, IMAGE};
const INPUT: usize = 32;
use crate::Real;
use ndarray::{Array3, ArrayView2, ArrayViewMut2, Axis, Slice};
use rand::Rng;
use std::array::from_fn;

/// Pixels of [`Distortion::rows`] and [`Distortion::columns`] at strength 1: as far as the field of 28 x 28 can go on
/// the plane of 32 x 32 and stay whole.
pub const TRANSLATION: f64 = 2.0;
/// [`Distortion::scale`] at strength 1: from 17 to 23 pixels for the box of 20 that a digit fits (III-A).
pub const SCALE: f64 = 0.15;
/// [`Distortion::squeeze`] at strength 1: a digit gets wider or narrower for its height by up to a fifth. In MNIST
/// width over height varies by a quarter (its standard deviation).
pub const SQUEEZE: f64 = 0.1;
/// [`Distortion::shear`] at strength 1: the slant changes by up to 17 degrees. In MNIST it varies by 16 (its standard
/// deviation).
pub const SHEAR: f64 = 0.3;

/// Sides of the image with its border of paper: a pixel before it, and two after, for the last of it to be mixed with.
const BORDERED: usize = IMAGE + 3;

/// An image with its border.
pub(crate) type Bordered<R> = [[R; BORDERED]; BORDERED];

/// A planar affine map composed of the five kinds of III-B, and turned (III-E): see the [module](self) for what each does.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Distortion {
    /// Translation downwards, in pixels.
    pub rows: f64,
    /// Translation to the right, in pixels.
    pub columns: f64,
    /// How much larger: 0.15 is 15 %, -0.15 the reverse of it, 0 nothing.
    pub scale: f64,
    /// How much wider, and flatter for it: 0.1 is 10 %, -0.1 the reverse of it, 0 nothing.
    pub squeeze: f64,
    /// Slant, in columns to the right per row downwards.
    pub shear: f64,
    /// Degrees clockwise: not one of the five, and never drawn.
    pub rotation: f64,
}

impl Distortion {
    /// Nothing happens.
    pub const NONE: Self =
        Self { rows: 0.0, columns: 0.0, scale: 0.0, squeeze: 0.0, shear: 0.0, rotation: 0.0 };

    /// Draws a distortion: each of its five amounts independently, and uniformly in `±strength` times its amplitude,
    /// [`TRANSLATION`], [`SCALE`], [`SQUEEZE`] or [`SHEAR`].
    pub fn draw(strength: f64, random: &mut impl Rng) -> Self {
        let mut within = |amplitude: f64| strength * amplitude * random.random_range(-1.0..=1.0);
        Self {
            rows: within(TRANSLATION),
            columns: within(TRANSLATION),
            scale: within(SCALE),
            squeeze: within(SQUEEZE),
            shear: within(SHEAR),
            rotation: 0.0,
        }
    }

    /// The inverse map, from pixels of the input plane to the bordered image.
    pub(crate) fn inverse(&self) -> Inverse {
        const MIDDLE: f64 = (INPUT - 1) as f64 / 2.0;
        const SOURCE: f64 = (IMAGE + 1) as f64 / 2.0;
        let (scale, squeeze) = (factor(self.scale), factor(self.squeeze));
        let (sin, cos) = self.rotation.to_radians().sin_cos();
        let (tall, wide) = (squeeze / scale, 1.0 / (scale * squeeze));
        let (down, rise) = (tall * cos, -tall * sin);
        let (right, slant) = (wide * (cos + self.shear * sin), wide * (sin - self.shear * cos));
        let (row, column) = (-MIDDLE - self.rows, -MIDDLE - self.columns);
        Inverse {
            row: parts(SOURCE + down * row + rise * column),
            column: parts(SOURCE + right * column + slant * row),
            down: parts(down),
            rise: parts(rise),
            right: parts(right),
            slant: parts(slant),
        }
    }
}

/// The factor that enlarges by an `amount`: positive, and its reciprocal if the amount is negative.
fn factor(amount: f64) -> f64 {
    if amount < 0.0 { 1.0 / (1.0 - amount) } else { 1.0 + amount }
}

/// Where the pixels of the input plane come from, in parts of a pixel.
pub(crate) struct Inverse {
    /// Row of the image for the first pixel of the plane.
    row: i64,
    /// Column of the image for the first pixel of the plane.
    column: i64,
    /// Rows for each pixel downwards.
    down: i64,
    /// Rows for each pixel to the right: none without rotation.
    rise: i64,
    /// Columns for each pixel to the right.
    right: i64,
    /// Columns for each pixel downwards.
    slant: i64,
}

impl Inverse {
    /// Where a place on the plane comes from that need not be a pixel: row and column of the bordered image.
    pub(crate) fn source(&self, [row, column]: [f64; 2]) -> [i64; 2] {
        let parts = |first, down, right| first + (down as f64 * row + right as f64 * column) as i64;
        [parts(self.row, self.down, self.rise), parts(self.column, self.slant, self.right)]
    }
}

/// Parts in a pixel. Whole numbers add up exactly, and fall apart into line and rest at no cost: with floating point
/// the whole takes almost twice as long.
const PIXEL: i64 = 1 << 32;

/// So many parts are so many pixels, a million at most, which is beyond any image and still far from overflow.
fn parts(pixels: f64) -> i64 {
    (pixels.clamp(-1e6, 1e6) * PIXEL as f64) as i64
}

/// Writes an image of 28 x 28 pixels on the input plane as [`place`](super::database::place) does, but distorted. An
/// image that is not distorted becomes the same pattern, to the last bit; no state is ever below [`BACKGROUND`] or
/// above [`FOREGROUND`].
///
/// # Panics
/// When the image is of another size.
pub fn place_distorted<R: Real>(image: ArrayView2<u8>, distortion: &Distortion, input: &mut Array3<R>) {
    let (ink, paper) = (R::of((FOREGROUND - BACKGROUND) / 255.0), R::of(BACKGROUND));
    let (image, inverse) = (bordered(image), distortion.inverse());
    for (mut states, y) in input.index_axis_mut(Axis(0), 0).outer_iter_mut().zip(0..) {
        let (row, column) = (inverse.row + y * inverse.down, inverse.column + y * inverse.slant);
        let states = states.iter_mut().zip(0..);
        if inverse.rise == 0 {
            let line: [R; BORDERED] = between(&image, row);
            states.for_each(|(state, x)| *state = paper + ink * along(&line, column + x * inverse.right));
        } else {
            states.for_each(|(state, x)| {
                *state = paper + ink * at(&image, row + x * inverse.rise, column + x * inverse.right);
            });
        }
    }
}

/// The grey levels at this height between two rows.
fn between<R: Real>(image: &Bordered<R>, row: i64) -> [R; BORDERED] {
    let (above, part) = split(row);
    from_fn(|x| mix(image[above][x], image[above + 1][x], part))
}

/// The grey level at this place along a line.
fn along<R: Real>(line: &[R; BORDERED], column: i64) -> R {
    let (left, part) = split(column);
    mix(line[left], line[left + 1], part)
}

/// The grey level at this place: the two rows mixed, then the two columns.
pub(crate) fn at<R: Real>(image: &Bordered<R>, row: i64, column: i64) -> R {
    let ((above, down), (left, right)) = (split(row), split(column));
    let [a, b] = [left, left + 1].map(|x| mix(image[above][x], image[above + 1][x], down));
    mix(a, b, right)
}

/// The grey levels of an image, with paper all around.
pub(crate) fn bordered<R: Real>(image: ArrayView2<u8>) -> Bordered<R> {
    let mut grey = [[R::zero(); BORDERED]; BORDERED];
    let mut centre = ArrayViewMut2::from(&mut grey);
    centre.slice_axis_inplace(Axis(0), Slice::from(1..=IMAGE));
    centre.slice_axis_inplace(Axis(1), Slice::from(1..=IMAGE));
    centre.zip_mut_with(&image, |x, &level| *x = level.into());
    grey
}

/// Splits a position into a line of the bordered image, the nearest one if it is beyond, and the way to the next line.
fn split<R: Real>(position: i64) -> (usize, R) {
    let position = position.clamp(0, (IMAGE + 1) as i64 * PIXEL);
    ((position / PIXEL) as usize, R::of((position % PIXEL) as f64 / PIXEL as f64))
}

/// The grey level at a `part` of the way from `a` to `b`. Grey levels being from 0 to 255, rounding leaves it there.
fn mix<R: Real>(a: R, b: R, part: R) -> R {
    a + (b - a) * part
}
