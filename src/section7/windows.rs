#![doc = mathdoc::page!("windows.md")]

use super::characters::BLANK;
use crate::Real;
use crate::section1::Maps;
use crate::section3::database::{Patterns, place};
use crate::section3::presentation::Presentation;
use crate::section5::strings::{Placed, ROWS, Spacing, Strings};
use ndarray::Array2;
use rand::Rng;

/// Columns of a window: LeNet-5's input.
pub const COLUMNS: usize = 32;
/// A window is moved by at most so many columns from its middle: outputs are four columns apart.
const ASIDE: i32 = 2;
/// A junction is at least so many columns from the middles of both characters; nearer ones cannot be told from them.
const BESIDE: usize = 4;

/// Patterns with neighbours, as many as there are numbers: number `n` follows from the seed and `n` alone.
#[derive(Clone, Debug)]
pub struct Windows<'a> {
    /// The digits.
    pub patterns: &'a Patterns,
    /// The gaps, sizes and heights of neighbours; the number of digits is always three.
    pub spacing: Spacing,
    /// The share of windows with no character in the middle.
    pub blanks: f64,
    /// The share of windows on the junction of two characters.
    pub junctions: f64,
    /// The share of single digits without neighbours, in the box of III-A.
    pub alone: f64,
    /// Every second window has this share of its pixels inverted.
    pub noise: f64,
    /// The seed.
    pub seed: u64,
}

impl Windows<'_> {
    /// Window number `n`, 32 x 32 grey levels (0 is paper), and its class: that of the character in its middle, or
    /// [`BLANK`].
    ///
    /// # Panics
    /// When there are no patterns.
    pub fn get(&self, n: u64) -> (Array2<u8>, u8) {
        // Strings of the same seed use streams from 1 upwards.
        let mut random = crate::random(self.seed);
        random.set_stream(!n);
        let (mut image, label) = self.clean(n, &mut random);
        if self.noise > 0.0 && random.random_bool(0.5) {
            image.iter_mut().filter(|_| random.random_bool(self.noise)).for_each(|grey| *grey = 255 - *grey);
        }
        (image, label)
    }

    fn clean(&self, n: u64, random: &mut impl Rng) -> (Array2<u8>, u8) {
        let kind = random.random_range(0.0..1.0);
        if kind >= 1.0 - self.alone {
            return self.single(random);
        }
        let spacing = Spacing { digits: 3..=3, ..self.spacing.clone() };
        let mut digits = Strings { patterns: self.patterns, spacing, seed: self.seed }.placed(n);
        let middle = |digit: &Placed| (digit.left + digit.right()) / 2;
        let junction = (digits[0].right() + digits[1].left) / 2;
        let apart = digits[..2].iter().all(|digit| junction.abs_diff(middle(digit)) >= BESIDE);
        let (centre, label) = if kind < self.blanks {
            (middle(&digits.remove(1)), BLANK)
        } else if kind < self.blanks + self.junctions && apart {
            (junction, BLANK)
        } else {
            (middle(&digits[1]), digits[1].label)
        };
        let first = centre as isize - COLUMNS as isize / 2 + random.random_range(-ASIDE..=ASIDE) as isize;
        let mut image = Array2::zeros((ROWS, COLUMNS));
        digits.iter().for_each(|digit| digit.draw(&mut image, first));
        (image, label)
    }

    /// A digit as the database has it, in the middle of a window.
    fn single(&self, random: &mut impl Rng) -> (Array2<u8>, u8) {
        let p = random.random_range(0..self.patterns.len());
        let digit = self.spacing.image(self.patterns, p, random);
        let (top, left) = (ROWS.saturating_sub(digit.nrows()) / 2, COLUMNS.saturating_sub(digit.ncols()) / 2);
        let level = |(y, x): (usize, usize)| {
            let at = y.checked_sub(top).zip(x.checked_sub(left));
            at.and_then(|at| digit.get(at)).copied().unwrap_or(0)
        };
        (Array2::from_shape_fn((ROWS, COLUMNS), level), self.patterns.label(p) as u8)
    }
}

impl<R: Real> Presentation<R> for Windows<'_> {
    fn show(&self, number: usize, input: &mut Maps<R>) -> usize {
        let (image, label) = self.get(number as u64);
        place(image.view(), input);
        usize::from(label)
    }
}
