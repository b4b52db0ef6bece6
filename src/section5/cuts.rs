#![doc = mathdoc::page!("cuts.md")]

use ndarray::{Array2, ArrayView1, ArrayView2};

/// A line from the top of a field to its bottom: ink left of it belongs to the piece before, ink on it and right of it to the
/// piece after.
#[derive(Clone, Debug, PartialEq)]
pub struct Cut {
    /// Its column in each row.
    pub columns: Vec<usize>,
    /// The ink that it crosses, in pixels of full ink; a seam's grey pixels count by their squares, and its steps aside a little.
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
    /// Seams: lines that may step aside by a column in each row, where they cross the least ink.
    Seams,
}

/// The rows that seams run through, counted from the middle.
const THROUGH: [isize; 3] = [0, -5, 5];
/// Cost of one step aside of a seam, in pixels of full ink.
const ASIDE: f64 = 0.3;
/// Seams that are less than so many columns apart in the mean are the same.
const NEARLY: usize = 2;

impl Heuristic {
    /// The cuts of a field (0 is paper, 255 is ink), from left to right, that cross at most `most` pixels of full ink.
    pub fn cuts(self, field: ArrayView2<u8>, most: f64) -> Vec<Cut> {
        let mut cuts = match self {
            Self::Seams => best_seams(field, most),
            _ => {
                let lines = self.lines(field);
                let costs: Vec<f64> = lines.iter().map(|line| line.crossed).collect();
                minima(&costs, most).into_iter().map(|x| lines[x].clone()).collect()
            }
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

    /// The straight line through each column.
    fn lines(self, field: ArrayView2<u8>) -> Vec<Cut> {
        let (rows, columns) = field.dim();
        let line = |x: usize| match self {
            Self::Leaning(most) => leaning(field, x, most as isize),
            Self::Contours => Cut { columns: vec![x; rows], crossed: contour_distance(field, x) },
            Self::Projection | Self::Seams => Cut { columns: vec![x; rows], crossed: crossed(field, |_| x) },
        };
        (0..columns).map(line).collect()
    }
}

/// Seams through three rows; of those that nearly coincide, the one that crosses the least ink.
fn best_seams(field: ArrayView2<u8>, most: f64) -> Vec<Cut> {
    let rows = field.nrows();
    let seams = Seams::of(field);
    let mut through =
        THROUGH.map(|offset| (rows / 2).saturating_add_signed(offset).min(rows.saturating_sub(1))).to_vec();
    through.dedup();
    let mut best: Vec<Cut> = Vec::new();
    for seam in through.into_iter().flat_map(|row| seams.at_minima(row, most)) {
        let columns =
            |cut: &Cut| cut.columns.iter().zip(&seam.columns).map(|(a, b)| a.abs_diff(*b)).sum::<usize>();
        match best.iter_mut().find(|cut| columns(cut) < NEARLY * rows) {
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

/// The seams of a field: the best line from either edge to each pixel.
struct Seams<'a> {
    field: ArrayView2<'a, u8>,
    from_top: Array2<f64>,
    from_bottom: Array2<f64>,
}

impl<'a> Seams<'a> {
    fn of(field: ArrayView2<'a, u8>) -> Self {
        let rows = 0..field.nrows();
        let from_top = least_cost(field, rows.clone());
        Self { from_bottom: least_cost(field, rows.rev()), field, from_top }
    }

    /// The seams through the pixels of a row where they cross the least ink among their neighbours, and at most so much.
    fn at_minima(&self, row: usize, most: f64) -> Vec<Cut> {
        let columns = if row < self.field.nrows() { self.field.ncols() } else { 0 };
        let through = |x| self.from_top[[row, x]] + self.from_bottom[[row, x]] - darkness(self.field, row, x);
        let costs: Vec<f64> = (0..columns).map(through).collect();
        minima(&costs, most)
            .into_iter()
            .map(|x| Cut { columns: self.line(row, x), crossed: costs[x] })
            .collect()
    }

    fn line(&self, row: usize, x: usize) -> Vec<usize> {
        let mut columns = vec![x; self.field.nrows()];
        for y in (0..row).rev() {
            columns[y] = best_before(self.from_top.row(y), columns[y + 1]).0;
        }
        for y in row + 1..columns.len() {
            columns[y] = best_before(self.from_bottom.row(y), columns[y - 1]).0;
        }
        columns
    }
}

/// The squared ink: a line then prefers the faint edge between two strokes that touch to a way through either.
fn darkness(field: ArrayView2<u8>, y: usize, x: usize) -> f64 {
    ink(field, y, x).powi(2)
}

/// The least cost of a line from the first of `rows` to each pixel: the recursion of eq. 10 on a graph of pixels.
fn least_cost(field: ArrayView2<u8>, rows: impl Iterator<Item = usize>) -> Array2<f64> {
    let mut cost = Array2::zeros(field.dim());
    let mut before = None;
    for y in rows {
        for x in 0..field.ncols() {
            let least = before.map_or(0.0, |before| best_before(cost.row(before), x).1);
            cost[[y, x]] = darkness(field, y, x) + least;
        }
        before = Some(y);
    }
    cost
}

/// The column of the row before from which a line comes to column `x`, and its cost up to there: straight, if that is no dearer.
fn best_before(cost: ArrayView1<f64>, x: usize) -> (usize, f64) {
    let mut best = (x, cost[x]);
    for neighbour in [x.wrapping_sub(1), x + 1] {
        if let Some(cost) = cost.get(neighbour)
            && cost + ASIDE < best.1
        {
            best = (neighbour, cost + ASIDE);
        }
    }
    best
}

/// The places of local minima that are at most so large: the middle of each stretch of equal values whose neighbours are larger.
/// Ends are no minima.
fn minima(values: &[f64], most: f64) -> Vec<usize> {
    let mut minima = Vec::new();
    let mut begin = 0;
    for at in 1..=values.len() {
        if at < values.len() && values[at] == values[begin] {
            continue;
        }
        let falls = begin > 0 && values[begin - 1] > values[begin];
        let rises = at < values.len() && values[at] > values[begin];
        if falls && rises && values[begin] <= most {
            minima.push((begin + at - 1) / 2);
        }
        begin = at;
    }
    minima
}
