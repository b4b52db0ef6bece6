//! The quadratic programme of one class, by sequential minimal optimisation.

use ndarray::{ArrayView1, ArrayView2};

/// Smallest curvature along a pair: two patterns may be the same.
const FLAT: f64 = 1e-9;

/// The quadratic programme of one class: its patterns' kernel matrix, their signs, and the bound of the weights.
#[derive(Clone, Copy, Debug)]
pub struct Dual<'a> {
    /// The kernel of each two patterns: patterns x patterns, symmetric.
    pub gram: ArrayView2<'a, f32>,
    /// 1 for a pattern of the class, -1 for one of the rest.
    pub signs: &'a [f64],
    /// $C$, the largest multiplier; finite.
    pub cost: f64,
}

/// A pair of patterns: the weight of the first rises, that of the second falls.
struct Pair {
    up: usize,
    down: usize,
    /// The largest residual of a weight that may rise, and the smallest of one that may fall.
    residuals: (f64, f64),
}

impl Dual<'_> {
    /// Maximises the dual objective from `weights`, which must be feasible, for example all zero. A weight is the multiplier
    /// of a pattern times its sign. Returns the bias.
    ///
    /// It stops when [the conditions of optimality](super#conditions-of-optimality) hold up to `tolerance`.
    pub fn maximise(&self, weights: &mut [f64], tolerance: f64) -> f64 {
        let mut residuals = self.residuals(weights);
        let diagonal: Vec<f64> = self.gram.diag().iter().map(|&k| f64::from(k)).collect();
        loop {
            let pair = self.worst_pair(weights, &residuals, &diagonal);
            let (largest, smallest) = pair.residuals;
            let gap = largest - smallest;
            if gap <= tolerance || gap.is_nan() {
                return (largest + smallest) / 2.0;
            }
            let Pair { up, down, .. } = pair;
            let (rising, falling) = (self.gram.row(up), self.gram.row(down));
            let curvature = (diagonal[up] + diagonal[down] - 2.0 * f64::from(rising[down])).max(FLAT);
            let room = (self.highest(up) - weights[up]).min(weights[down] - self.lowest(down));
            let step = ((residuals[up] - residuals[down]) / curvature).min(room);
            self.shift(weights, pair, step, room);
            subtract(&mut residuals, step, rising, falling);
        }
    }

    /// The dual objective: the sum of the multipliers less half the squared length of the normal.
    pub fn objective(&self, weights: &[f64]) -> f64 {
        let residuals = self.residuals(weights);
        let terms = weights.iter().zip(self.signs).zip(&residuals);
        terms.map(|((weight, sign), residual)| weight * (sign + residual) / 2.0).sum()
    }

    /// The sign of each pattern less the expansion there, without a bias.
    pub fn residuals(&self, weights: &[f64]) -> Vec<f64> {
        let mut residuals = self.signs.to_vec();
        for (row, &weight) in self.gram.outer_iter().zip(weights) {
            if weight != 0.0 {
                residuals.iter_mut().zip(row).for_each(|(residual, &k)| *residual -= weight * f64::from(k));
            }
        }
        residuals
    }

    fn highest(&self, t: usize) -> f64 {
        if self.signs[t] > 0.0 { self.cost } else { 0.0 }
    }

    fn lowest(&self, t: usize) -> f64 {
        if self.signs[t] > 0.0 { 0.0 } else { -self.cost }
    }

    /// The pattern with the largest residual among those that may rise, and with it the pattern that promises the largest
    /// gain, to second order, among those that may fall.
    fn worst_pair(&self, weights: &[f64], residuals: &[f64], diagonal: &[f64]) -> Pair {
        let (mut up, mut largest) = (0, f64::NEG_INFINITY);
        for (t, (&weight, &residual)) in weights.iter().zip(residuals).enumerate() {
            if residual > largest && weight < self.highest(t) {
                (up, largest) = (t, residual);
            }
        }
        let row = self.gram.row(up);
        let (mut down, mut best, mut smallest) = (0, f64::NEG_INFINITY, f64::INFINITY);
        for (t, (&weight, &residual)) in weights.iter().zip(residuals).enumerate() {
            if residual < largest && weight > self.lowest(t) {
                smallest = smallest.min(residual);
                let curvature = (diagonal[up] + diagonal[t] - 2.0 * f64::from(row[t])).max(FLAT);
                let gain = (largest - residual) * (largest - residual) / curvature;
                if gain > best {
                    (down, best) = (t, gain);
                }
            }
        }
        Pair { up, down, residuals: (largest, smallest.min(largest)) }
    }

    /// Shifts `step` from the falling weight to the rising one. A weight that reaches its bound is set to it.
    fn shift(&self, weights: &mut [f64], Pair { up, down, .. }: Pair, step: f64, room: f64) {
        let bound = step >= room;
        let (top, bottom) = (self.highest(up), self.lowest(down));
        let (to_top, to_bottom) = (top - weights[up], weights[down] - bottom);
        weights[up] = if bound && to_top <= room { top } else { weights[up] + step };
        weights[down] = if bound && to_bottom <= room { bottom } else { weights[down] - step };
    }
}

/// Subtracts `step` times the difference of two rows.
fn subtract(residuals: &mut [f64], step: f64, rising: ArrayView1<f32>, falling: ArrayView1<f32>) {
    let (rising, falling) = (rising.to_slice(), falling.to_slice());
    let (rising, falling) = (rising.expect("a row is contiguous"), falling.expect("a row is contiguous"));
    for ((residual, up), down) in residuals.iter_mut().zip(rising).zip(falling) {
        *residual -= step * f64::from(up - down);
    }
}
