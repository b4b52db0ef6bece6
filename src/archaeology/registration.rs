//! The affine map by which a picture shows a pattern, from its greys.

use super::display::{Law, Palette};
use super::linear::Factors;
use super::patterns::Affine;
use ndarray::{Array1, Array2, ArrayView2};

/// How often both images are smoothed while the map is found: much at first, so that strokes overlap that are pixels apart.
const SMOOTHED: [usize; 4] = [12, 4, 1, 0];
/// Steps with each smoothness.
const STEPS: usize = 25;
/// The part of the greatest curvature that damps a step.
const DAMPING: f64 = 1e-4;

/// The map from a picture to the pattern that it shows distorted: least squares of the grey levels, by the method of Gauss and
/// Newton, from the map that matches the mean and the spread of the ink. `None` without ink.
pub fn register(pattern: ArrayView2<u8>, picture: &Array2<u8>, palette: &Palette) -> Option<Affine> {
    let pattern = pattern.mapv(f64::from);
    let picture = picture.mapv(|grey| Law::PIXELS.value(palette.interval(grey).middle()).max(0.0));
    let mut map = by_moments(&Moments::of(&pattern)?, &Moments::of(&picture)?);
    for times in SMOOTHED {
        let (pattern, picture) = (smoothed(&pattern, times), smoothed(&picture, times));
        for _ in 0..STEPS {
            map = step(map, &pattern, &picture)?;
        }
    }
    Some(map)
}

/// The root mean square difference, in grey levels of MNIST, between a picture and the pattern under a map.
pub fn residual(map: &Affine, pattern: ArrayView2<u8>, picture: &Array2<u8>, palette: &Palette) -> f64 {
    let pattern = pattern.mapv(f64::from);
    let squares = picture.indexed_iter().map(|(pixel, &grey)| {
        let shown = Law::PIXELS.value(palette.interval(grey).middle()).max(0.0);
        (looked_up(map, &pattern, picture.dim(), pixel).min(Law::PIXELS.black) - shown).powi(2)
    });
    (squares.sum::<f64>() / picture.len() as f64).sqrt()
}

/// Where the ink is, and how far it spreads.
struct Moments {
    mean: [f64; 2],
    /// By x and x, x and y, y and y.
    spread: [f64; 3],
}

impl Moments {
    fn of(image: &Array2<f64>) -> Option<Self> {
        let middle = middle(image.dim());
        let all =
            || image.indexed_iter().map(|((y, x), &ink)| (ink, x as f64 - middle[0], y as f64 - middle[1]));
        let ink: f64 = all().map(|(ink, ..)| ink).sum();
        let mean = |of: &dyn Fn(f64, f64) -> f64| all().map(|(ink, x, y)| ink * of(x, y)).sum::<f64>() / ink;
        let [mx, my] = [mean(&|x, _| x), mean(&|_, y| y)];
        let spread = [
            mean(&|x, _| (x - mx).powi(2)),
            mean(&|x, y| (x - mx) * (y - my)),
            mean(&|_, y| (y - my).powi(2)),
        ];
        (ink > 0.0 && spread[0] > 0.0 && spread[2] > 0.0).then_some(Self { mean: [mx, my], spread })
    }
}

/// The map without vertical shear that takes the moments of the picture to those of the pattern.
fn by_moments(pattern: &Moments, picture: &Moments) -> Affine {
    let upright = |m: &Moments| (m.spread[0] - m.spread[1].powi(2) / m.spread[2]).max(1e-6);
    let d = (pattern.spread[2] / picture.spread[2]).sqrt();
    let a = (upright(pattern) / upright(picture)).sqrt();
    let b = (pattern.spread[1] / d - a * picture.spread[1]) / picture.spread[2];
    let [x, y] = picture.mean;
    Affine { a, b, tx: pattern.mean[0] - a * x - b * y, c: 0.0, d, ty: pattern.mean[1] - d * y }
}

/// One step of Gauss and Newton.
fn step(map: Affine, pattern: &Array2<f64>, picture: &Array2<f64>) -> Option<Affine> {
    let (mut h, mut g) = (Array2::<f64>::zeros((6, 6)), Array1::<f64>::zeros(6));
    let middle = middle(picture.dim());
    for ((row, column), shown) in picture.indexed_iter() {
        let (x, y) = (column as f64 - middle[0], row as f64 - middle[1]);
        let [u, v] = map.place(x, y);
        let at = |du: f64, dv: f64| bilinear(pattern, [u + du, v + dv]);
        let (du, dv) = (at(0.5, 0.0) - at(-0.5, 0.0), at(0.0, 0.5) - at(0.0, -0.5));
        let j = Array1::from(vec![du * x, du * y, du, dv * x, dv * y, dv]);
        let rest = shown - at(0.0, 0.0);
        for n in 0..6 {
            g[n] += j[n] * rest;
            (0..6).for_each(|m| h[[n, m]] += j[n] * j[m]);
        }
    }
    (0..6).for_each(|n| h[[n, n]] *= 1.0 + DAMPING);
    let change = Factors::of(&h)?.solve(&g);
    let Affine { a, b, tx, c, d, ty } = map;
    Some(Affine {
        a: a + change[0],
        b: b + change[1],
        tx: tx + change[2],
        c: c + change[3],
        d: d + change[4],
        ty: ty + change[5],
    })
}

/// The level of the pattern that a pixel of a picture of this size looks up.
fn looked_up(
    map: &Affine,
    pattern: &Array2<f64>,
    size: (usize, usize),
    (row, column): (usize, usize),
) -> f64 {
    let middle = middle(size);
    bilinear(pattern, map.place(column as f64 - middle[0], row as f64 - middle[1]))
}

/// The level at a place that is counted from the middle; beyond the edge there is paper.
fn bilinear(image: &Array2<f64>, [x, y]: [f64; 2]) -> f64 {
    let middle = middle(image.dim());
    let (x, y) = (x + middle[0], y + middle[1]);
    let (left, top) = (x.floor(), y.floor());
    let at = |row: f64, column: f64| {
        let there = row >= 0.0 && column >= 0.0;
        if there { image.get((row as usize, column as usize)).copied().unwrap_or(0.0) } else { 0.0 }
    };
    let along = |row: f64| at(row, left) * (left + 1.0 - x) + at(row, left + 1.0) * (x - left);
    along(top) * (top + 1.0 - y) + along(top + 1.0) * (y - top)
}

/// Column and row of the middle.
fn middle((rows, columns): (usize, usize)) -> [f64; 2] {
    [(columns as f64 - 1.0) / 2.0, (rows as f64 - 1.0) / 2.0]
}

/// An image whose every pixel has been mixed with its neighbours so many times.
fn smoothed(image: &Array2<f64>, times: usize) -> Array2<f64> {
    let (rows, columns) = image.dim();
    let line = |n: usize, length: usize, at: &dyn Fn(usize) -> f64| {
        let before = if n > 0 { at(n - 1) } else { 0.0 };
        let after = if n + 1 < length { at(n + 1) } else { 0.0 };
        0.25 * (before + 2.0 * at(n) + after)
    };
    let once = |image: Array2<f64>| {
        let across = Array2::from_shape_fn(image.dim(), |(y, x)| line(x, columns, &|x| image[[y, x]]));
        Array2::from_shape_fn(image.dim(), |(y, x)| line(y, rows, &|y| across[[y, x]]))
    };
    (0..times).fold(image.clone(), |image, _| once(image))
}
