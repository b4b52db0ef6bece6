//! Symmetric positive definite systems of a hundred unknowns, by Cholesky's factors.

use ndarray::{Array1, Array2};

/// `H = L Lᵀ`.
pub(super) struct Factors(Array2<f64>);

impl Factors {
    /// The factors of a matrix, unless it is not positive definite.
    pub fn of(matrix: &Array2<f64>) -> Option<Self> {
        let n = matrix.nrows();
        let mut l = Array2::zeros((n, n));
        for i in 0..n {
            for j in 0..=i {
                let known: f64 = (0..j).map(|k| l[[i, k]] * l[[j, k]]).sum();
                let rest = matrix[[i, j]] - known;
                if i == j && rest <= 0.0 {
                    return None;
                }
                l[[i, j]] = if i == j { rest.sqrt() } else { rest / l[[j, j]] };
            }
        }
        Some(Self(l))
    }

    /// The solution of `H x = b`.
    pub fn solve(&self, b: &Array1<f64>) -> Array1<f64> {
        let (l, n, mut x) = (&self.0, b.len(), b.clone());
        for i in 0..n {
            let known: f64 = (0..i).map(|k| l[[i, k]] * x[k]).sum();
            x[i] = (x[i] - known) / l[[i, i]];
        }
        for i in (0..n).rev() {
            let known: f64 = (i + 1..n).map(|k| l[[k, i]] * x[k]).sum();
            x[i] = (x[i] - known) / l[[i, i]];
        }
        x
    }

    /// The diagonal of the inverse of `H`.
    pub fn inverse_diagonal(&self) -> Array1<f64> {
        let n = self.0.nrows();
        (0..n)
            .map(|i| {
                let unit = Array1::from_shape_fn(n, |j| if i == j { 1.0 } else { 0.0 });
                self.solve(&unit)[i]
            })
            .collect()
    }
}
