#![doc = mathdoc::page!("cuts.md")]

use ndarray::{Array2, ArrayView2};

/// A line from the top of a field to its bottom: ink left of it belongs to the piece before, ink on it and right of it to the
/// piece after.
#[derive(Clone, Debug, PartialEq)]
pub struct Cut {
    /// Its column in each row.
    pub columns: Vec<usize>,
    /// The ink that it crosses, in pixels of full ink; steps aside count a little.
    pub crossed: f64,
}

/// Heuristics that propose cuts, more than are needed (V-A).
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Heuristic {
    /// Straight down at the minima of the vertical projection, the ink of each column.
    Projection,
    /// Straight down at the minima of the distance between the upper and the lower contour.
    Contours,
    /// Straight lines through each column that lean by so many columns at most from top to bottom: the leaning that crosses the
    /// least ink, at its minima.
    Leaning(usize),
    /// Seams: lines that may step aside by a column in each row, through each column of the middle row and of the rows so many
    /// above and below it, where they cross the least ink; 0 for the middle row alone.
    Seams(usize),
}

/// Cost of one step aside of a seam, in pixels of ink.
const ASIDE: f64 = 0.05;
/// Seams that are less than so many columns apart in the mean are the same.
const NEARLY: usize = 2;

impl Heuristic {
    /// The cuts of a field (0 is paper, 255 is ink), from left to right, that cross at most `most` pixels of full ink.
    pub fn cuts(self, field: ArrayView2<u8>, most: f64) -> Vec<Cut> {
        let mut cuts: Vec<Cut> = match self {
            Self::Seams(apart) => best_seams(field, apart, most),
            _ => at_minima(self.lines(field), most).collect(),
        };
        cuts.sort_by_key(|cut| cut.columns.iter().sum::<usize>());
        // Lines in their order do not cross: ink between two of them belongs to one piece.
        for at in 1..cuts.len() {
            let (before, after) = cuts.split_at_mut(at);
            let lines = after[0].columns.iter_mut().zip(&before[at - 1].columns);
            lines.for_each(|(column, &before)| *column = before.max(*column));
        }
        cuts
    }

    /// The line through each column.
    fn lines(self, field: ArrayView2<u8>) -> Vec<Cut> {
        let (rows, columns) = field.dim();
        let straight = |x: usize, crossed| Cut { columns: vec![x; rows], crossed };
        match self {
            Self::Projection => (0..columns).map(|x| straight(x, crossed(field, |_| x))).collect(),
            Self::Contours => (0..columns).map(|x| straight(x, contour_distance(field, x))).collect(),
            Self::Leaning(most) => (0..columns).map(|x| leaning(field, x, most as isize)).collect(),
            Self::Seams(_) => seams(field, field.nrows() / 2),
        }
    }
}

/// The lines that cross the least ink among their neighbours, and at most so much.
fn at_minima(lines: Vec<Cut>, most: f64) -> impl Iterator<Item = Cut> {
    let costs: Vec<f64> = lines.iter().map(|line| line.crossed).collect();
    minima(&costs).into_iter().filter(move |&x| costs[x] <= most).map(move |x| lines[x].clone())
}

/// Seams through three rows; of those that nearly coincide, the one that crosses the least ink.
fn best_seams(field: ArrayView2<u8>, apart: usize, most: f64) -> Vec<Cut> {
    let middle = field.nrows() / 2;
    let mut rows =
        vec![middle, middle.saturating_sub(apart), (middle + apart).min(field.nrows().saturating_sub(1))];
    rows.dedup();
    let mut best: Vec<Cut> = Vec::new();
    for seam in rows.into_iter().flat_map(|row| at_minima(seams(field, row), most)) {
        let columns =
            |cut: &Cut| cut.columns.iter().zip(&seam.columns).map(|(a, b)| a.abs_diff(*b)).sum::<usize>();
        match best.iter_mut().find(|cut| columns(cut) < NEARLY * field.nrows()) {
            None => best.push(seam),
            Some(cut) if seam.crossed < cut.crossed => *cut = seam,
            Some(_) => (),
        }
    }
    best
}

fn ink(field: ArrayView2<u8>, y: usize, x: usize) -> f64 {
    f64::from(field[[y, x]]) / 255.0
}

fn crossed(field: ArrayView2<u8>, column: impl Fn(usize) -> usize) -> f64 {
    (0..field.nrows()).map(|y| ink(field, y, column(y))).sum()
}

/// Rows from the uppermost to the lowest pixel that is at least half ink, in a column.
fn contour_distance(field: ArrayView2<u8>, x: usize) -> f64 {
    let inked = |y: &usize| ink(field, *y, x) >= 0.5;
    let (first, last) = ((0..field.nrows()).find(inked), (0..field.nrows()).rfind(inked));
    first.zip(last).map_or(0.0, |(first, last)| (last + 1 - first) as f64)
}

/// The straight line through column `x` of the middle row that crosses the least ink; the most upright of equal ones.
fn leaning(field: ArrayView2<u8>, x: usize, most: isize) -> Cut {
    let (rows, columns) = field.dim();
    let column = |lean: isize, y: usize| {
        let aside = lean as f64 * (y as f64 / (rows.max(2) - 1) as f64 - 0.5);
        (x as f64 + aside).round().clamp(0.0, (columns - 1) as f64) as usize
    };
    let mut leanings: Vec<isize> = (-most..=most).collect();
    leanings.sort_by_key(|lean| lean.abs());
    let best = leanings.into_iter().map(|lean| (lean, crossed(field, |y| column(lean, y))));
    let (lean, crossed) =
        best.reduce(|best, next| if next.1 < best.1 { next } else { best }).unwrap_or((0, 0.0));
    Cut { columns: (0..rows).map(|y| column(lean, y)).collect(), crossed }
}

/// The seam through each column of row `middle` that crosses the least ink.
fn seams(field: ArrayView2<u8>, middle: usize) -> Vec<Cut> {
    let (rows, columns) = field.dim();
    if rows == 0 {
        return Vec::new();
    }
    let (upper, lower): (Vec<usize>, Vec<usize>) = ((0..=middle).collect(), (middle..rows).rev().collect());
    let (from_top, from_bottom) = (least_ink(field, &upper), least_ink(field, &lower));
    let seam = |x: usize| {
        let mut columns = vec![0; rows];
        for (way, rows) in [(&from_top, &upper), (&from_bottom, &lower)] {
            trace(way, rows, x, &mut columns);
        }
        let cost = from_top[[middle, x]] + from_bottom[[lower.len() - 1, x]] - ink(field, middle, x);
        Cut { columns, crossed: cost }
    };
    (0..columns).map(seam).collect()
}

/// The least cost of a line from the first of `rows` to each pixel: the recursion of eq. 10 on a graph of pixels.
fn least_ink(field: ArrayView2<u8>, rows: &[usize]) -> Array2<f64> {
    let columns = field.ncols();
    let mut cost = Array2::zeros((rows.len(), columns));
    for (n, &y) in rows.iter().enumerate() {
        for x in 0..columns {
            let before =
                if n == 0 { 0.0 } else { cost[[n - 1, best_before(&cost, n, x)]] + aside(&cost, n, x) };
            cost[[n, x]] = ink(field, y, x) + before;
        }
    }
    cost
}

fn aside(cost: &Array2<f64>, n: usize, x: usize) -> f64 {
    if best_before(cost, n, x) == x { 0.0 } else { ASIDE }
}

/// The column from which a line comes to column `x` of row number `n`: straight, if that is no dearer.
fn best_before(cost: &Array2<f64>, n: usize, x: usize) -> usize {
    let from = |x: usize, aside: f64| cost.get((n - 1, x)).map_or(f64::INFINITY, |cost| cost + aside);
    let mut best = (x, from(x, 0.0));
    for neighbour in [x.wrapping_sub(1), x + 1] {
        let cost = from(neighbour, ASIDE);
        if cost < best.1 {
            best = (neighbour, cost);
        }
    }
    best.0
}

/// Follows the best line from the last of `rows` at column `x` back to the first.
fn trace(cost: &Array2<f64>, rows: &[usize], mut x: usize, columns: &mut [usize]) {
    for n in (0..rows.len()).rev() {
        columns[rows[n]] = x;
        if n > 0 {
            x = best_before(cost, n, x);
        }
    }
}

/// The places of local minima: the middle of each stretch of equal values whose neighbours are larger. Ends are no minima.
fn minima(values: &[f64]) -> Vec<usize> {
    let mut minima = Vec::new();
    let mut begin = 0;
    for at in 1..=values.len() {
        if at < values.len() && values[at] == values[begin] {
            continue;
        }
        let falls = begin > 0 && values[begin - 1] > values[begin];
        let rises = at < values.len() && values[at] > values[begin];
        if falls && rises {
            minima.push((begin + at - 1) / 2);
        }
        begin = at;
    }
    minima
}
