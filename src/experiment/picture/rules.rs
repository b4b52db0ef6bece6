//! Straight thin lines across a picture: ruled and squared paper, creases.

use ndarray::{Array2, ArrayView1, Axis};
use std::ops::Range;

/// Smaller pictures have no rules.
const LEAST_SIDE: usize = 40;
/// The largest slope of a rule, in rows for each column.
const STEEPEST: f32 = 0.06;
/// A rule covers so much of the picture's width, or less if it reaches both edges.
const ACROSS: f32 = 0.7;
const FROM_EDGE_TO_EDGE: f32 = 0.45;
/// So much of the width is an edge.
const EDGE: f32 = 0.04;

/// A line across: the row in the middle of the picture, and the slope.
#[derive(Clone, Copy)]
struct Rule {
    row: f32,
    slope: f32,
}

/// Removes rules in both directions; ink that crosses them stays. Returns their number.
pub fn remove(ink: &mut Array2<bool>) -> usize {
    let across = rules(ink);
    let mut turned = ink.t().to_owned();
    let down = rules(&turned);
    down.iter().for_each(|rule| erase(&mut turned, *rule));
    across.iter().for_each(|rule| erase(ink, *rule));
    ink.zip_mut_with(&turned.t(), |ink, kept| *ink &= kept);
    across.len() + down.len()
}

/// A thicker run of ink is no rule.
fn thickest(ink: &Array2<bool>) -> usize {
    (ink.nrows().min(ink.ncols()) / 30).max(3)
}

/// The lines on which enough thin runs lie. Each run votes for the lines through its middle, row by row for each slope.
fn rules(ink: &Array2<bool>) -> Vec<Rule> {
    let (rows, columns) = ink.dim();
    if rows.min(columns) < LEAST_SIDE {
        return vec![];
    }
    // From one slope to the next, a line's end moves by two rows.
    let steepest = (STEEPEST * columns as f32 / 2.0) as usize;
    let slope = |n: usize| 2.0 * (n as f32 - steepest as f32) / columns as f32;
    let mut votes = Array2::<u32>::zeros((2 * steepest + 1, rows));
    for (x, middle) in thin_runs(ink) {
        for (n, mut rows) in votes.outer_iter_mut().enumerate() {
            let row = middle - slope(n) * (x as f32 - columns as f32 / 2.0);
            if let Some(votes) = rows.get_mut(row.floor() as usize).filter(|_| row >= 0.0) {
                *votes += 1;
            }
        }
    }
    let best = |row: usize| (0..votes.nrows()).max_by_key(|&n| votes[[n, row]]).unwrap_or(0);
    let candidates = (0..rows).map(|row| (row, best(row))).filter(|&(row, n)| is_peak(votes.row(n), row));
    candidates
        .map(|(row, n)| (Rule { row: row as f32 + 0.5, slope: slope(n) }, near(votes.row(n), row)))
        .filter(|(rule, votes)| is_rule(ink, *rule, *votes))
        .map(|(rule, _)| rule)
        .collect()
}

/// The votes of a row and of those beside it.
fn near(votes: ArrayView1<u32>, row: usize) -> u32 {
    (row.saturating_sub(1)..(row + 2).min(votes.len())).map(|row| votes[row]).sum()
}

/// Whether no row within three has more votes; of equal ones the first counts.
fn is_peak(votes: ArrayView1<u32>, row: usize) -> bool {
    let around = row.saturating_sub(3)..(row + 4).min(votes.len());
    votes[row] > 0
        && around
            .into_iter()
            .all(|other| votes[other] < votes[row] || votes[other] == votes[row] && other >= row)
}

fn is_rule(ink: &Array2<bool>, rule: Rule, votes: u32) -> bool {
    let columns = ink.ncols();
    let edge = ((EDGE * columns as f32) as usize).max(3);
    let is_on = |x: &usize| {
        let row = rule.at(*x, columns) as isize;
        (row - 1..=row + 1).any(|y| y >= 0 && ink.get((y as usize, *x)) == Some(&true))
    };
    let reaches = |part: Range<usize>| 3 * part.clone().filter(is_on).count() > 2 * part.len();
    let share = votes as f32 / columns as f32;
    share > ACROSS || share > FROM_EDGE_TO_EDGE && reaches(0..edge) && reaches(columns - edge..columns)
}

impl Rule {
    fn at(self, x: usize, columns: usize) -> f32 {
        self.row + self.slope * (x as f32 - columns as f32 / 2.0)
    }
}

/// Column and middle of each thin run of ink down a column.
fn thin_runs(ink: &Array2<bool>) -> Vec<(usize, f32)> {
    let thickest = thickest(ink);
    let mut runs = Vec::new();
    for (x, column) in ink.axis_iter(Axis(1)).enumerate() {
        let mut y = 0;
        while y < column.len() {
            let length = column.iter().skip(y).take_while(|ink| **ink).count();
            if (1..=thickest).contains(&length) {
                runs.push((x, y as f32 + length as f32 / 2.0));
            }
            y += length.max(1);
        }
    }
    runs
}

/// Removes the runs on a rule that are not much thicker than most of them: thicker ones belong to a stroke.
fn erase(ink: &mut Array2<bool>, rule: Rule) {
    let columns = ink.ncols();
    let run = |x: usize| {
        let column = ink.column(x);
        let row = rule.at(x, columns) as isize;
        let hit = (row - 2..=row + 2).find(|&y| y >= 0 && column.get(y as usize) == Some(&true))? as usize;
        let first = hit - column.iter().take(hit).rev().take_while(|ink| **ink).count();
        let last = hit + column.iter().skip(hit).take_while(|ink| **ink).count();
        Some((x, first..last))
    };
    let runs: Vec<(usize, Range<usize>)> = (0..columns).filter_map(run).collect();
    let mut lengths: Vec<usize> = runs.iter().map(|(_, rows)| rows.len()).collect();
    lengths.sort_unstable();
    let usual = lengths.get(lengths.len() / 2).copied().unwrap_or(0);
    if usual <= thickest(ink) {
        let thin = runs.into_iter().filter(|(_, rows)| rows.len() <= usual + usual / 2 + 1);
        thin.for_each(|(x, rows)| rows.for_each(|y| ink[[y, x]] = false));
    }
}
