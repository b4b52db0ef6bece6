#![doc = mathdoc::page!("spotting.md")]

use super::characters::BLANK;
use super::sdnn::{BESIDE, STEP};
use super::windows::COLUMNS;
use crate::Real;
use crate::section1::Network;
use crate::section3::database::{Patterns, place};
use crate::section5::strings::{boxed, scaled};
use ndarray::{Array2, ArrayView2, Axis};
use rand::Rng;
use serde::{Deserialize, Serialize};

/// A search for digits on pages.
#[derive(Clone, Debug, PartialEq)]
pub struct Spotter {
    /// The factors by which a page is scaled, one after another.
    pub resolutions: Vec<f64>,
    /// The largest penalty of a digit.
    pub most: f64,
    /// Columns or rows of the network's input between two different digits, at least.
    pub apart: f64,
}

impl Default for Spotter {
    /// The choices made on pages of validation digits.
    fn default() -> Self {
        Self { resolutions: vec![0.5, 0.71, 1.0, 1.41, 2.0], most: 3.0, apart: 16.0 }
    }
}

/// A digit with its place on a page.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spot {
    /// Its class.
    pub label: u8,
    /// The row and the column of its middle.
    pub middle: [f64; 2],
    /// The side of what the network saw of it, or of its box.
    pub side: f64,
    /// Its penalty.
    pub penalty: f64,
}

impl Spot {
    fn distance(&self, other: &Self) -> f64 {
        let [down, right] = [0, 1].map(|axis| self.middle[axis] - other.middle[axis]);
        down.hypot(right)
    }
}

impl Spotter {
    /// The digits of a page (0 is paper, 255 is ink), those of small penalties first.
    pub fn find<R: Real>(&self, net: &Network<R>, page: ArrayView2<u8>) -> Vec<Spot> {
        let mut candidates: Vec<Spot> =
            self.resolutions.iter().flat_map(|&factor| self.candidates(net, page, factor)).collect();
        candidates.sort_by(|a, b| a.penalty.total_cmp(&b.penalty));
        let mut found: Vec<Spot> = Vec::new();
        for candidate in candidates {
            let limit = |other: &Spot| self.apart / COLUMNS as f64 * candidate.side.max(other.side);
            if found.iter().all(|other| candidate.distance(other) >= limit(other)) {
                found.push(candidate);
            }
        }
        found
    }

    /// The places at one resolution where a digit wins.
    fn candidates<R: Real>(&self, net: &Network<R>, page: ArrayView2<u8>, factor: f64) -> Vec<Spot> {
        let page = scaled(page, factor);
        let side = |pixels: usize| (pixels + 2 * BESIDE).next_multiple_of(STEP).max(COLUMNS);
        let (rows, columns) = (side(page.nrows()), side(page.ncols()));
        let mut s = net.states_for((1, rows, columns)).expect("multiples of four fit LeNet-5");
        place(page.view(), s.input_mut());
        net.fprop(&mut s);
        let (beside, penalties) =
            ([(rows - page.nrows()) / 2, (columns - page.ncols()) / 2], s.output.maps());
        let (_, high, wide) = penalties.dim();
        let middle = |at: usize, beside: usize| ((at * STEP + COLUMNS / 2) as f64 - beside as f64) / factor;
        let spot = |(y, x): (usize, usize)| {
            let column = penalties.index_axis(Axis(2), x);
            let classes = column.index_axis(Axis(1), y);
            let least = (0..classes.len()).min_by(|&a, &b| {
                let of = |k: usize| classes[k].to_f64().unwrap_or(f64::INFINITY);
                of(a).total_cmp(&of(b))
            })?;
            let penalty = classes[least].to_f64().filter(|penalty| *penalty <= self.most)?;
            let label = u8::try_from(least).ok().filter(|&label| label < BLANK)?;
            let middle = [middle(y, beside[0]), middle(x, beside[1])];
            Some(Spot { label, middle, side: COLUMNS as f64 / factor, penalty })
        };
        (0..high).flat_map(|y| (0..wide).map(move |x| (y, x))).filter_map(spot).collect()
    }
}

/// The pages that are counted, and their seed, which no training uses.
const PAGES: u64 = 100;
const SEED: u64 = 1998;
/// The side of a page in pixels.
const PAGE: usize = 160;
/// Digits that are tried to be put on a page; those that would meet another are left out.
const DIGITS: usize = 8;

/// A page with digits of half to double size that do not meet, and their places: page `n` follows from the seed and `n`.
pub fn page(patterns: &Patterns, seed: u64, n: u64) -> (Array2<u8>, Vec<Spot>) {
    let mut random = crate::random(seed);
    random.set_stream(n + 1);
    let (mut page, mut spots) = (Array2::zeros((PAGE, PAGE)), Vec::<(Spot, [usize; 4])>::new());
    for _ in 0..DIGITS {
        let p = random.random_range(0..patterns.len());
        // Sizes are drawn evenly on a scale of factors.
        let ink = boxed(scaled(patterns.image(p), 2f64.powf(random.random_range(-1.0..=1.0))));
        let (rows, columns) = ink.dim();
        let (top, left) = (random.random_range(0..=PAGE - rows), random.random_range(0..=PAGE - columns));
        let place = [top, left, top + rows, left + columns];
        let meets = |[a, b, c, d]: &[usize; 4]| {
            top < c + BESIDE && *a < top + rows + BESIDE && left < d + BESIDE && *b < left + columns + BESIDE
        };
        if spots.iter().any(|(_, other)| meets(other)) {
            continue;
        }
        ink.indexed_iter().for_each(|((y, x), &grey)| page[[top + y, left + x]] = grey);
        let middle = [(top as f64 + rows as f64 / 2.0), (left as f64 + columns as f64 / 2.0)];
        let label = patterns.label(p) as u8;
        spots.push((Spot { label, middle, side: rows.max(columns) as f64, penalty: 0.0 }, place));
    }
    (page, spots.into_iter().map(|(spot, _)| spot).collect())
}

/// What was found on many pages, counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Spotting {
    /// Digits on the pages.
    pub digits: usize,
    /// Digits found, with any class.
    pub found: usize,
    /// Those of them with the right class.
    pub right: usize,
    /// Places found where there is no digit, or where one was found already.
    pub false_alarms: usize,
}

impl Spotting {
    /// Searches 100 pages.
    pub fn of<R: Real>(net: &Network<R>, spotter: &Spotter, patterns: &Patterns) -> Self {
        let mut all = Self::default();
        for n in 0..PAGES {
            let (page, mut digits) = page(patterns, SEED, n);
            all.digits += digits.len();
            for spot in spotter.find(net, page.view()) {
                // A digit is found once, in its own half.
                match digits.iter().position(|digit| spot.distance(digit) <= digit.side / 2.0) {
                    Some(digit) => {
                        all.found += 1;
                        all.right += usize::from(digits.remove(digit).label == spot.label);
                    }
                    None => all.false_alarms += 1,
                }
            }
        }
        all
    }

    /// The digits that were found with the right class, percent of all.
    pub fn recall_pct(&self) -> f64 {
        100.0 * self.right as f64 / self.digits as f64
    }

    /// The right ones, percent of what was found.
    pub fn precision_pct(&self) -> f64 {
        100.0 * self.right as f64 / (self.found + self.false_alarms) as f64
    }
}
