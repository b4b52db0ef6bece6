#![doc = mathdoc::page!("strings.md")]

use crate::section3::database::{Patterns, field};
use crate::section3::distortions::{Amounts, distorted};
use ndarray::{Array2, ArrayView2};
use rand::Rng;
use std::ops::RangeInclusive;

/// Rows of a field.
pub const ROWS: usize = field::FIELD;
/// Columns of paper before the first digit and after the last.
const MARGIN: usize = 4;
/// A pixel at least as dark as this belongs to the box of a digit.
const INKED: u8 = 30;

/// A field with several characters side by side: 0 is paper, 255 is ink.
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    /// Rows x columns of grey levels.
    pub image: Array2<u8>,
    /// The classes of the characters, from left to right.
    pub labels: Vec<u8>,
}

/// How strings are put together.
#[derive(Clone, Debug, PartialEq)]
pub struct Spacing {
    /// The number of digits.
    pub digits: RangeInclusive<usize>,
    /// Columns between the boxes of neighbours; negative if they overlap.
    pub gaps: RangeInclusive<i32>,
    /// Factor on the size of each digit.
    pub scale: RangeInclusive<f64>,
    /// The centre of mass of each digit is at most so many rows above or below row 16.
    pub jitter: i32,
    /// How each digit is distorted first, anew each time it is drawn (III-B); `None` for digits as they are.
    pub distortions: Option<Amounts>,
    /// Share of the pixels whose grey level is inverted.
    pub noise: f64,
}

impl Spacing {
    /// Three to five digits, 4 columns of overlap to 6 of paper, sizes from 0.8 to 1.25.
    pub fn mixed() -> Self {
        Self { digits: 3..=5, gaps: -4..=6, scale: 0.8..=1.25, jitter: 2, distortions: None, noise: 0.0 }
    }

    /// The same with one gap for all.
    pub fn with_gap(gap: i32) -> Self {
        Self { gaps: gap..=gap, ..Self::mixed() }
    }

    /// The image of a digit, distorted.
    pub(crate) fn image(&self, patterns: &Patterns, digit: usize, random: &mut impl Rng) -> Array2<u8> {
        let image = patterns.image(digit);
        self.distortions.map_or_else(|| image.to_owned(), |amounts| distorted(image, &amounts.draw(random)))
    }
}

/// Strings made of the digits of a database, as many as there are numbers: string `n` follows from the seed and `n` alone.
#[derive(Clone, Debug)]
pub struct Strings<'a> {
    /// The digits.
    pub patterns: &'a Patterns,
    /// How they are put together.
    pub spacing: Spacing,
    /// The seed.
    pub seed: u64,
}

impl Strings<'_> {
    /// String number `n`.
    ///
    /// # Panics
    /// When there are no patterns.
    pub fn get(&self, n: u64) -> Field {
        let (placed, mut random) = self.placed_and_random(n);
        let mut image = Array2::zeros((ROWS, width(&placed)));
        placed.iter().for_each(|digit| digit.draw(&mut image, 0));
        if self.spacing.noise > 0.0 {
            let noise = self.spacing.noise;
            image.iter_mut().filter(|_| random.random_bool(noise)).for_each(|grey| *grey = 255 - *grey);
        }
        Field { image, labels: placed.iter().map(|digit| digit.label).collect() }
    }

    /// The digits of string number `n`, each alone on a field of its own, without noise: the truth about the ink of the field.
    ///
    /// # Panics
    /// When there are no patterns.
    pub fn layers(&self, n: u64) -> Vec<Array2<u8>> {
        let placed = self.placed(n);
        let layer = |digit: &Placed| {
            let mut layer = Array2::zeros((ROWS, width(&placed)));
            digit.draw(&mut layer, 0);
            layer
        };
        placed.iter().map(layer).collect()
    }

    /// The digits of string number `n` in their places.
    pub(crate) fn placed(&self, n: u64) -> Vec<Placed> {
        self.placed_and_random(n).0
    }

    /// The same, and the random numbers behind those that were drawn for it.
    fn placed_and_random(&self, n: u64) -> (Vec<Placed>, impl Rng + use<>) {
        let mut random = crate::random(self.seed);
        random.set_stream(n + 1);
        let count = random.random_range(self.spacing.digits.clone()).max(1);
        let digits: Vec<usize> = (0..count).map(|_| random.random_range(0..self.patterns.len())).collect();
        let mut placed: Vec<Placed> = Vec::new();
        for &digit in &digits {
            let image = self.spacing.image(self.patterns, digit, &mut random);
            let ink = boxed(scaled(image.view(), random.random_range(self.spacing.scale.clone())));
            let row = ROWS as i32 / 2 + random.random_range(-self.spacing.jitter..=self.spacing.jitter);
            let gap = random.random_range(self.spacing.gaps.clone());
            let right = placed.iter().map(Placed::right).max();
            let left = right.map_or(MARGIN as i32, |right| (right as i32 + gap).max(0)) as usize;
            placed.push(Placed { top: top(&ink, row), left, ink, label: self.patterns.label(digit) as u8 });
        }
        (placed, random)
    }
}

/// A digit in its place on a field.
pub(crate) struct Placed {
    ink: Array2<u8>,
    top: usize,
    /// The first column of its box.
    pub left: usize,
    /// Its class.
    pub label: u8,
}

impl Placed {
    /// The column behind the last of its box.
    pub fn right(&self) -> usize {
        self.left + self.ink.ncols()
    }

    /// Draws the digit on a field whose first column is column `first`: the darker of two pixels counts. Ink outside of the
    /// field is lost.
    pub fn draw(&self, field: &mut Array2<u8>, first: isize) {
        for ((y, x), &grey) in self.ink.indexed_iter() {
            let column = (self.left + x).checked_add_signed(-first);
            if let Some(pixel) = column.and_then(|column| field.get_mut((self.top + y, column))) {
                *pixel = grey.max(*pixel);
            }
        }
    }
}

/// The columns of a field, its margins included.
fn width(placed: &[Placed]) -> usize {
    placed.iter().map(Placed::right).max().unwrap_or(MARGIN) + MARGIN
}

/// The image enlarged or reduced around its centre, with bilinear interpolation.
pub(crate) fn scaled(image: ArrayView2<u8>, scale: f64) -> Array2<u8> {
    let (rows, columns) = image.dim();
    let size = |side: usize| (side as f64 * scale).ceil() as usize;
    let level = |y: isize, x: isize| match (usize::try_from(y), usize::try_from(x)) {
        (Ok(y), Ok(x)) if y < rows && x < columns => f64::from(image[[y, x]]),
        _ => 0.0,
    };
    Array2::from_shape_fn((size(rows), size(columns)), |(y, x)| {
        let source = |at: usize| (at as f64 + 0.5) / scale - 0.5;
        let (y, x) = (source(y), source(x));
        let ((top, down), (left, across)) = ((y.floor(), y - y.floor()), (x.floor(), x - x.floor()));
        let (top, left) = (top as isize, left as isize);
        let row = |y| (1.0 - across) * level(y, left) + across * level(y, left + 1);
        ((1.0 - down) * row(top) + down * row(top + 1)).round() as u8
    })
}

/// The box around the pixels with ink.
pub(crate) fn boxed(image: Array2<u8>) -> Array2<u8> {
    let inked: Vec<(usize, usize)> =
        image.indexed_iter().filter(|(_, grey)| **grey >= INKED).map(|(at, _)| at).collect();
    let range = |places: &mut dyn Iterator<Item = usize>| {
        let (first, last) = places.fold((usize::MAX, 0), |(first, last), at| (first.min(at), last.max(at)));
        if first > last { 0..0 } else { first..last + 1 }
    };
    let rows = range(&mut inked.iter().map(|at| at.0));
    let columns = range(&mut inked.iter().map(|at| at.1));
    Array2::from_shape_fn((rows.len(), columns.len()), |(y, x)| image[[rows.start + y, columns.start + x]])
}

/// The first row of a digit whose centre of mass is near row `centre`, all within the field.
fn top(ink: &Array2<u8>, centre: i32) -> usize {
    let mass: f64 = ink.iter().map(|&grey| f64::from(grey)).sum();
    let moment: f64 = ink.indexed_iter().map(|((y, _), &grey)| (y as f64 + 0.5) * f64::from(grey)).sum();
    let above = if mass > 0.0 { (moment / mass).round() as i32 } else { 0 };
    let room = (ROWS as i32 - ink.nrows() as i32).max(0);
    (centre - above).clamp(0, room) as usize
}
