#![doc = mathdoc::page!("nearest.md")]

use ndarray::{Array2, ArrayView1, ArrayView2, Axis};

/// The sum of the squares of each row, for [`squared_distances`].
pub fn squares(rows: ArrayView2<f32>) -> Vec<f32> {
    rows.outer_iter().map(|row| row.dot(&row)).collect()
}

/// The squared Euclidean distances between the rows of `x` and the rows of `stored`, whose sums of squares are
/// `stored_squares`: a row for each row of `x`.
///
/// # Panics
/// When the widths of `x` and `stored` differ, or there is not one number in `stored_squares` for each row of `stored`.
pub fn squared_distances(x: ArrayView2<f32>, stored: ArrayView2<f32>, stored_squares: &[f32]) -> Array2<f32> {
    assert_eq!(stored.nrows(), stored_squares.len(), "a sum of squares for each stored row");
    let mut distances = x.dot(&stored.t());
    for (mut row, square) in distances.axis_iter_mut(Axis(0)).zip(squares(x)) {
        row.iter_mut().zip(stored_squares).for_each(|(d, s)| *d = (square + s - 2.0 * *d).max(0.0));
    }
    distances
}

/// The `k` smallest of `distances`, each with its place, in order; of equal ones the first. All of them if there are fewer.
/// NaN counts as infinite.
pub fn nearest(distances: ArrayView1<f32>, k: usize) -> Vec<(f32, usize)> {
    let order = |a: &(f32, usize), b: &(f32, usize)| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1));
    let k = k.min(distances.len());
    let (capacity, mut bound) = (2 * k + 64, f32::INFINITY);
    let mut kept: Vec<(f32, usize)> = Vec::with_capacity(capacity.min(distances.len()));
    for (place, &distance) in distances.iter().enumerate().take(if k == 0 { 0 } else { usize::MAX }) {
        // k earlier ones are at most the bound, so that one as large as the bound is behind them.
        if distance < bound || bound == f32::INFINITY {
            kept.push((if distance.is_nan() { f32::INFINITY } else { distance }, place));
        }
        if kept.len() == capacity {
            kept.select_nth_unstable_by(k - 1, order);
            kept.truncate(k);
            bound = kept[k - 1].0;
        }
    }
    kept.sort_unstable_by(order);
    kept.truncate(k);
    kept
}
