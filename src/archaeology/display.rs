//! The law by which the paper's figures show numbers: 64 levels by truncation, and a palette of about 56 greys.

use ndarray::{Array, ArrayView, Dimension};
use std::cmp::Reverse;

/// Levels of grey that the program of 1998 asked for.
pub const LEVELS: usize = 64;

/// The numbers that are shown as black and as white.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Law {
    /// The number at the black end.
    pub black: f64,
    /// The number at the white end.
    pub white: f64,
}

impl Law {
    /// States of C1, S2, C3 and S4.
    pub const STATES: Self = Self { black: 1.7, white: -1.7 };
    /// Inputs of Fig. 13, 25 and 26.
    pub const INPUTS: Self = Self { black: 1.2, white: -0.3 };
    /// Grey levels of MNIST in Fig. 4, 7 and 8.
    pub const PIXELS: Self = Self { black: 253.0, white: 0.0 };

    /// The place of a number on the scale: 0 is black, 64 is white.
    pub fn position(self, value: f64) -> f64 {
        LEVELS as f64 * (self.black - value) / (self.black - self.white)
    }

    /// The number at a place on the scale.
    pub fn value(self, position: f64) -> f64 {
        self.black - (self.black - self.white) * position / LEVELS as f64
    }

    /// The level that shows a number: its position, truncated.
    pub fn level(self, value: f64) -> usize {
        (self.position(value).max(0.0) as usize).min(LEVELS - 1)
    }
}

/// The grey of each level. The screen of 1998 shared its colours with other programs, so some levels have the grey of a
/// neighbour.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Palette(pub [u8; LEVELS]);

impl Palette {
    /// The greys of an array of numbers.
    pub fn show<D: Dimension>(&self, law: Law, values: ArrayView<f64, D>) -> Array<u8, D> {
        values.mapv(|value| self.0[law.level(value)])
    }

    /// The positions that have this grey: beyond either end of the scale, all numbers look alike. Of a grey that no level has,
    /// the three levels around it.
    pub fn interval(&self, grey: u8) -> Interval {
        let of = |found: Option<usize>| found.unwrap_or((usize::from(grey) * (LEVELS - 1) + 127) / 255);
        let first = of(self.0.iter().position(|&shown| shown == grey));
        let last = of(self.0.iter().rposition(|&shown| shown == grey));
        let unsure = usize::from(self.0[first] != grey);
        let (first, last) = (first.saturating_sub(unsure), (last + unsure).min(LEVELS - 1));
        let from = if first == 0 { f64::NEG_INFINITY } else { first as f64 };
        let to = if last == LEVELS - 1 { f64::INFINITY } else { last as f64 + 1.0 };
        Interval { from, to }
    }

    /// The intervals of an array of greys.
    pub fn intervals<D: Dimension>(&self, greys: &Array<u8, D>) -> Array<Interval, D> {
        greys.mapv(|grey| self.interval(grey))
    }

    /// The palette of a screen that has these greys only: each level has the nearest to its share of 255, without the fraction;
    /// the lighter of two that are equally near. For Fig. 25, whose palette is not known otherwise, this rule was chosen: the
    /// nearest to the exact share puts fewer states inside their intervals. The palettes of Fig. 13 follow the exact share.
    ///
    /// # Panics
    /// When there are no greys.
    pub fn of(greys: impl Iterator<Item = u8> + Clone) -> Self {
        let nearest = |level: usize| {
            let wanted = (255 * level / (LEVELS - 1)) as u8;
            greys.clone().min_by_key(|&grey| (grey.abs_diff(wanted), Reverse(grey))).expect("there are greys")
        };
        Self(std::array::from_fn(nearest))
    }
}

/// Positions on the scale between two bounds, either of which may be infinite.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    /// The lower bound.
    pub from: f64,
    /// The upper bound.
    pub to: f64,
}

impl Interval {
    /// The middle, within the scale.
    pub fn middle(self) -> f64 {
        0.5 * (self.from.max(0.0) + self.to.min(LEVELS as f64))
    }

    /// Whether the position is inside.
    pub fn contains(self, position: f64) -> bool {
        (self.from..self.to).contains(&position)
    }
}
