#![doc = mathdoc::page!("distortions.md", "../../docs/figures/fig-7.svg")]

use super::database::{BACKGROUND, FOREGROUND};
use crate::Real;
use crate::kernels::distortion::{self, Image, Inverse, Plane};
use ndarray::{Array3, ArrayView2};
use rand::Rng;

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

    /// The inverse map, from pixels of a plane of this size to an image of that one.
    pub(crate) fn inverse(&self, [rows, columns]: [usize; 2], image: [usize; 2]) -> Inverse {
        let middle = |pixels: usize, moved: f64| (pixels as f64 - 1.0) / 2.0 + moved;
        let (scale, squeeze) = (factor(self.scale), factor(self.squeeze));
        let (sin, cos) = self.rotation.to_radians().sin_cos();
        let (tall, wide) = (squeeze / scale, 1.0 / (scale * squeeze));
        let down = [tall * cos, wide * (sin - self.shear * cos)];
        let right = [-tall * sin, wide * (cos + self.shear * sin)];
        Inverse::new(down, right, [middle(rows, self.rows), middle(columns, self.columns)], image)
    }
}

/// The factor that enlarges by an `amount`: positive, and its reciprocal if the amount is negative.
fn factor(amount: f64) -> f64 {
    if amount < 0.0 { 1.0 / (1.0 - amount) } else { 1.0 + amount }
}

/// Writes an image on the first map of `input`, centre on centre: [`place`](super::database::place), but distorted and
/// for any size of both. An image that is not distorted becomes the same pattern, to the last bit; no state is ever below
/// [`BACKGROUND`] or above [`FOREGROUND`].
pub fn place_distorted<R: Real>(image: ArrayView2<u8>, distortion: &Distortion, input: &mut Array3<R>) {
    on_plane(image, distortion, input, |image, map, plane| distortion::place(image, map, plane));
}

/// Calls a kernel with an image, the inverse of a distortion, and the first map of `input`.
pub(crate) fn on_plane<R: Real>(
    image: ArrayView2<u8>,
    distortion: &Distortion,
    input: &mut Array3<R>,
    place: impl FnOnce(Image, &Inverse, Plane<R>),
) {
    let (levels, (_, rows, columns)) = (image.as_standard_layout(), input.dim());
    let levels = levels.as_slice().expect("standard layout");
    let image = Image { levels, size: image.dim().into() };
    let map = distortion.inverse([rows, columns], image.size);
    let states = &mut input.as_slice_mut().expect("states are made in row-major order")[..rows * columns];
    let paint = [R::of(BACKGROUND), R::of((FOREGROUND - BACKGROUND) / 255.0)];
    place(image, &map, Plane { states, columns, paint });
}
