#![doc = mathdoc::md!(
    r#"
III-B, Fig. 7: distorted patterns.

# What the paper says

To see whether more data help, the paper adds 540,000 distorted copies to the 60,000 patterns of the training set,
and the test error falls from 0.95 % to 0.8 %. Each copy is the image under a planar affine map drawn at random,
composed of five kinds: translations, horizontal and vertical, scaling, *squeezing* (one axis compressed, the other
stretched) and horizontal shear. Fig. 7 shows ten of them. How far each kind goes and in which order they are
composed is not printed: both are our choice ([deviation 20](crate::paper::deviations#20-distortions)).

# The five kinds

They act on column vectors $(r, c, 1)$: row and column, counted in pixels from the centre of the plane, rows
downwards and columns to the right. A translation by $\Delta r$ [`rows`](Distortion::rows) down, and one by
$\Delta c$ [`columns`](Distortion::columns) to the right:

$$
V = \begin{pmatrix} 1 & 0 & \Delta r \\ 0 & 1 & 0 \\ 0 & 0 & 1 \end{pmatrix}
\qquad
H = \begin{pmatrix} 1 & 0 & 0 \\ 0 & 1 & \Delta c \\ 0 & 0 & 1 \end{pmatrix}
$$

Scaling by a factor $s$, squeezing by a factor $q$, and a [`shear`](Distortion::shear) of $k$ columns for each row:

$$
S = \begin{pmatrix} s & 0 & 0 \\ 0 & s & 0 \\ 0 & 0 & 1 \end{pmatrix}
\qquad
Q = \begin{pmatrix} 1/q & 0 & 0 \\ 0 & q & 0 \\ 0 & 0 & 1 \end{pmatrix}
\qquad
F = \begin{pmatrix} 1 & 0 & 0 \\ k & 1 & 0 \\ 0 & 0 & 1 \end{pmatrix}
$$

Squeezing stretches one axis by what it takes from the other, so that areas stay as they are: the determinant of $Q$
is 1. A positive shear moves what is below the centre to the right and what is above it to the left.

[`scale`](Distortion::scale) and [`squeeze`](Distortion::squeeze) are given as amounts $a$, and 0 is neutral for all
five. The factors $s$ and $q$ are $1 + a$, and $1 / (1 - a)$ if $a$ is negative: 0.15 enlarges by 15 %, and -0.15
undoes exactly that. Like an exponential this has no sign to prefer and is positive whatever the amount. Unlike one
it needs nothing but `+ - * /`, as all else here does, whose results IEEE 754 fixes to the last bit: a seed gives the
same patterns on every machine.

# The map and its inverse

The digit is first given its size and proportions, then its slant, and is moved last, so that a translation is in
pixels of the input plane (our choice). From $(r, c)$ of the image to $(r', c')$ of the plane:

$$
V H F Q S = \begin{pmatrix} s/q & 0 & \Delta r \\ k \, s/q & s q & \Delta c \\ 0 & 0 & 1 \end{pmatrix}
\qquad
\begin{aligned}
r' &= \frac{s}{q} \, r + \Delta r \\
c' &= s q \, c + k \, \frac{s}{q} \, r + \Delta c
\end{aligned}
$$

What is computed is the inverse. The first line gives $r$; $k \, (s/q) \, r$ is then $k (r' - \Delta r)$, and the
second gives $c$. Each pixel of the input plane looks up where it came from,

$$
r = \frac{q}{s} \, (r' - \Delta r)
\qquad
c = \frac{c' - \Delta c - k (r' - \Delta r)}{s q}
$$

and mixes the four pixels around that point (bilinear interpolation, our choice), paper beyond the edge. Carrying
pixels forward instead would leave holes wherever the digit is enlarged, since neighbours then land further than one
pixel apart, and would pile up several in one pixel where it shrinks.

Without rotation, a row of the plane comes from one row of the image, at whatever height between two pixels: it is made of these two,
mixed once, and along it the source moves by the same step from pixel to pixel.

# Turned as well

III-E turns characters, too, which is not among the five kinds. A [`rotation`](Distortion::rotation) by $\theta$
degrees, clockwise, comes after the shear and before the translation (our choice), as $V H R F Q S$:

$$
R = \begin{pmatrix} \cos \theta & \sin \theta & 0 \\ -\sin \theta & \cos \theta & 0 \\ 0 & 0 & 1 \end{pmatrix}
$$

With rows downwards this is clockwise: at $\theta = 90$ the pixel above the centre, $r = -1$ and $c = 0$, goes to
$r' = 0$ and $c' = 1$, the right of it. Backwards, the pixel is first turned back to $(\rho, \gamma)$, by the transpose
of $R$, and then looked up as above:

$$
\begin{aligned}
\rho &= \cos \theta \, (r' - \Delta r) - \sin \theta \, (c' - \Delta c) \\
\gamma &= \sin \theta \, (r' - \Delta r) + \cos \theta \, (c' - \Delta c)
\end{aligned}
\qquad
r = \frac{q}{s} \, \rho
\qquad
c = \frac{\gamma - k \rho}{s q}
$$

Now $r$ changes along a row of the plane, and each pixel mixes four others of its own. Nothing that is trained on is
turned: IEEE 754 does not fix the last bit of a sine, and [`Distortion::draw`] leaves the rotation at 0, where all
patterns are as above, to the last bit.

# By hand

One pixel of ink, in row 13 and column 13 of the image; on the plane it stands in row 15 and column 15, half a pixel
above and to the left of the centre: $r = c = -\frac{1}{2}$. Ink is $-0.1 + 1.275$.

*Half a pixel to the right*: each of two neighbours gets half of it. *A shear of 0.3*: row 15 moves by
$0.3 \cdot (-\frac{1}{2}) = -0.15$ columns, so 0.15 of the ink goes to the left. *Twice as large*:
$r = \frac{1}{2} r'$; the pixel in row 15, $r' = -\frac{1}{2}$, looks up $r = -\frac{1}{4}$, a quarter of the way
from row 13 to row 14 of the image, and the same for columns: $\frac{3}{4} \cdot \frac{3}{4}$ of the ink. *A quarter
of a turn*: what was above and to the left is above and to the right, in row 15 and column 16.

```
use lenet5::section3::distortions::{Distortion, place_distorted};
use ndarray::{Array2, Array3};

let mut image = Array2::zeros((28, 28));
image[[13, 13]] = 255;
let ink = |distortion, [row, column]: [usize; 2]| {
    let mut input = Array3::<f64>::zeros((1, 32, 32));
    place_distorted(image.view(), &distortion, &mut input);
    (input[[0, row, column]] + 0.1) / 1.275
};
let near = |a: f64, b: f64| (a - b).abs() < 1e-6;

assert!(near(ink(Distortion::NONE, [15, 15]), 1.0));

let right = Distortion { columns: 0.5, ..Distortion::NONE };
assert!(near(ink(right, [15, 15]), 0.5) && near(ink(right, [15, 16]), 0.5));

let slanted = Distortion { shear: 0.3, ..Distortion::NONE };
assert!(near(ink(slanted, [15, 14]), 0.15) && near(ink(slanted, [15, 15]), 0.85));

let large = Distortion { scale: 1.0, ..Distortion::NONE };
assert!(near(ink(large, [15, 15]), 0.75 * 0.75));

let turned = Distortion { rotation: 90.0, ..Distortion::NONE };
assert!(near(ink(turned, [15, 16]), 1.0));
```

# Where people get stuck

- **Forwards or backwards?** The matrices say where a pixel *goes*; the loop over the plane needs to know where it
  *came from*. With the matrix in place of its inverse 0.15 makes the digit smaller.
- **Which is first?** Sheared and then squeezed is not squeezed and then sheared. The order is written above, and
  tested.
- **Rows downwards.** A positive shear leans to the left at the top, as a backslash does. In a system with $y$
  upwards it is the other way round.
- **Paper is -0.1** also where a pixel comes from beyond the image. A 0 there is grey.
- **About which point?** The centre of the plane, which lies between pixels 15 and 16, not on one.

# How we know

`tests/distortions.rs` compares every pixel with a twin that composes the matrices and inverts the product, for any
image and any distortion; it sees whole pixels move the pattern as it is, and nothing move without distortion, to the
last bit. A blob must go where each of the six matrices carries it and be as wide as they make it, and four quarters
of a turn give the image back. Amounts are uniform and independent.

What distortions are worth stands in `paper/recipe.md` (`experiment study distortions --data DIR`). Fig. 7, with
ours:
"#
)]
#![doc = include_str!("../../docs/figures/fig-7.svg")]

use super::database::{BACKGROUND, FOREGROUND, IMAGE, INPUT};
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
