#![doc = mathdoc::page!("distortions.md", "../../docs/figures/fig-7.svg")]

use super::database::{BACKGROUND, FOREGROUND};
use crate::Real;
use crate::kernels::distortion::{self, Image, Inverse, Plane};
use ndarray::{Array2, Array3, ArrayView2, Axis};
use rand::Rng;
use serde::{Deserialize, Serialize};

/// Largest [`Distortion::rows`] and [`Distortion::columns`] at strength 1, in pixels: the field of 28 x 28 just stays inside
/// the plane of 32 x 32.
pub const TRANSLATION: f64 = 2.0;
/// Largest [`Distortion::scale`] at strength 1: the box of 20 pixels that a digit fits (III-A) gets 17 to 23 pixels.
pub const SCALE: f64 = 0.15;
/// Largest [`Distortion::squeeze`] at strength 1: width over height changes by up to a fifth. Its standard deviation in
/// MNIST is a quarter.
pub const SQUEEZE: f64 = 0.1;
/// Largest [`Distortion::shear`] at strength 1: the slant changes by up to 17 degrees. Its standard deviation in MNIST is 16
/// degrees.
pub const SHEAR: f64 = 0.3;

/// The ranges of Fig. 7's distortions, measured on its hundred pictures ([`archaeology`](crate::archaeology)). Its squeezing is
/// that of [`SQUEEZE`].
struct Fig7 {
    /// One over the scale: uniform.
    reciprocal_of_scale: [f64; 2],
    /// The shear: uniform.
    shear: [f64; 2],
    /// The shift of the place that a pixel looks up, in pixels of the image, in both directions: uniform.
    shift: [f64; 2],
    /// The row that vertical scaling keeps, in pixels below the middle: the lower edge of the box of 20 x 20.
    base_line: f64,
    /// The row that shear keeps, in pixels below the middle.
    shear_about: f64,
}

const FIG_7: Fig7 = Fig7 {
    reciprocal_of_scale: [0.77, 1.40],
    shear: [-0.15, 0.15],
    shift: [-2.0, 2.0],
    base_line: 10.8,
    shear_about: 3.1,
};

/// The distribution of the amounts of a distortion.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged, expecting = "expected a strength, as 0.5, or \"fig-7\"")]
pub enum Amounts {
    /// Our choice, of this strength: see [`Distortion::draw`].
    Strength(f64),
    /// A distribution with a name.
    Named(Named),
}

/// A distribution with a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Named {
    /// As Fig. 7 shows them: see [`Distortion::draw_as_fig_7`].
    #[serde(rename = "fig-7")]
    Fig7,
}

impl Amounts {
    /// The distribution of Fig. 7.
    pub const FIG_7: Self = Self::Named(Named::Fig7);

    /// Draws a distortion.
    pub fn draw(self, random: &mut impl Rng) -> Distortion {
        match self {
            Self::Strength(strength) => Distortion::draw(strength, random),
            Self::Named(Named::Fig7) => Distortion::draw_as_fig_7(random),
        }
    }
}

/// A planar affine map: the five kinds of III-B and the rotation of III-E ([their matrices](self#the-five-kinds)).
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Distortion {
    /// Translation downwards, in pixels.
    pub rows: f64,
    /// Translation to the right, in pixels.
    pub columns: f64,
    /// Enlargement: 0.15 is 15 % larger, -0.15 undoes that, 0 changes nothing.
    pub scale: f64,
    /// Widening at constant area: 0.1 is 10 % wider and flatter, -0.1 undoes that, 0 changes nothing.
    pub squeeze: f64,
    /// Slant, in columns to the right per row downwards.
    pub shear: f64,
    /// Rotation in degrees, clockwise: not one of the five kinds, and always 0 in [`Distortion::draw`].
    pub rotation: f64,
}

impl Distortion {
    /// No distortion.
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

    /// Draws a distortion as Fig. 7 shows a hundred of them (deviation 20, and page [`archaeology`](crate::archaeology)).
    pub fn draw_as_fig_7(random: &mut impl Rng) -> Self {
        let mut within = |[from, to]: [f64; 2]| random.random_range(from..=to);
        let (reciprocal, squeeze) = (within(FIG_7.reciprocal_of_scale), within([-SQUEEZE, SQUEEZE]));
        let (shear, down, right) = (within(FIG_7.shear), within(FIG_7.shift), within(FIG_7.shift));
        let (tall, wide) = (reciprocal * factor(squeeze), reciprocal / factor(squeeze));
        let rows = FIG_7.base_line - (FIG_7.base_line + down) / tall;
        Self {
            rows,
            columns: shear * (rows - FIG_7.shear_about) - right / wide,
            scale: if reciprocal < 1.0 { 1.0 / reciprocal - 1.0 } else { 1.0 - reciprocal },
            squeeze,
            shear,
            rotation: 0.0,
        }
    }

    /// The inverse map, from the pixels of a plane of `rows` x `columns` to an image of the given size.
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

/// Writes a distorted image on the first map of `input`, centre on centre, for any size of both. Without distortion the
/// pattern is that of [`place`](super::database::place), to the last bit. No state is below [`BACKGROUND`] or above
/// [`FOREGROUND`].
pub fn place_distorted<R: Real>(image: ArrayView2<u8>, distortion: &Distortion, input: &mut Array3<R>) {
    on_plane(image, distortion, input, |image, map, plane| distortion::place(image, map, plane));
}

/// The grey levels of a distorted image, of the same size.
pub fn distorted(image: ArrayView2<u8>, distortion: &Distortion) -> Array2<u8> {
    let (rows, columns) = image.dim();
    let mut plane = Array3::<f32>::zeros((1, rows, columns));
    place_distorted(image, distortion, &mut plane);
    let ink = 255.0 / (FOREGROUND - BACKGROUND) as f32;
    plane.index_axis(Axis(0), 0).mapv(|state| ((state - BACKGROUND as f32) * ink).round() as u8)
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
