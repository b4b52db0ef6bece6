//! II-A, II-B: subsampling layers: S2 and S4.
//!
//! Each unit adds the four inputs of a 2 x 2 window, multiplies the sum by its map's coefficient and adds its map's
//! bias. Windows do not overlap, so a map has half as many rows and columns as the one it looks at: where exactly a
//! feature was is given up, where it was relative to others is kept.
//!
//! ```text
//! s[m, r, c] = x[m, 2r, 2c] + x[m, 2r, 2c+1] + x[m, 2r+1, 2c] + x[m, 2r+1, 2c+1]
//! y[m, r, c] = k[m] s[m, r, c] + b[m]
//!
//! db[m]                = sum over (r, c) of dy[m, r, c]
//! dk[m]                = sum over (r, c) of dy[m, r, c] s[m, r, c]
//! dx[m, 2r+., 2c+.]    = k[m] dy[m, r, c]          the same for all four
//! ```
//!
//! `bbprop` is the same with `k` and `s` squared (deviation 5: the coefficient is one connection to the sum, not four
//! to its terms). The paper says *average* in II-A and *adds* in II-B; we add (deviation 3).

use crate::Real;
use crate::kernels::subsampling as kernel;
use crate::section1::{Maps, Module, Parameters, Shape, ShapeError, line, line_mut};
use ndarray::Array1;

/// A subsampling layer: a coefficient and a bias for each map.
#[derive(Clone, Debug, PartialEq)]
pub struct Subsampling<R> {
    /// What the sum of four is multiplied by.
    pub coefficient: Array1<R>,
    /// What is added to it.
    pub bias: Array1<R>,
}

impl<R: Real> Subsampling<R> {
    /// A layer for so many maps, with all coefficients alike and biases 0 (deviation 3).
    pub fn new(maps: usize, coefficient: f64) -> Self {
        Self { coefficient: Array1::from_elem(maps, R::of(coefficient)), bias: Array1::zeros(maps) }
    }

    fn backward<const SQUARED: bool>(
        &self,
        x: &Maps<R>,
        dy: &Maps<R>,
        dx: Option<&mut Maps<R>>,
        sums: &mut Self,
    ) {
        let columns = x.dim().2 / 2;
        let (dk, db) = (line_mut(&mut sums.coefficient), line_mut(&mut sums.bias));
        kernel::bprop_parameters::<R, SQUARED>(columns, line(x), line(dy), dk, db);
        if let Some(dx) = dx {
            kernel::bprop_states::<R, SQUARED>(columns, line(&self.coefficient), line(dy), line_mut(dx));
        }
    }
}

impl<R: Real> Parameters<R> for Subsampling<R> {
    fn arrays(&self) -> impl Iterator<Item = &[R]> {
        [line(&self.coefficient), line(&self.bias)].into_iter()
    }

    fn arrays_mut(&mut self) -> impl Iterator<Item = &mut [R]> {
        [line_mut(&mut self.coefficient), line_mut(&mut self.bias)].into_iter()
    }
}

impl<R: Real> Module<R> for Subsampling<R> {
    fn output_shape(&self, input: Shape) -> Result<Shape, ShapeError> {
        let maps = self.coefficient.len();
        if input.0 != maps || [input.1, input.2].iter().any(|&side| side == 0 || !side.is_multiple_of(2)) {
            let needed = format!("{maps} maps with even numbers of rows and columns");
            return Err(ShapeError { layer: "a subsampling layer", found: input, needed });
        }
        Ok((maps, input.1 / 2, input.2 / 2))
    }

    fn connections(&self, input: Shape) -> usize {
        input.0 * input.1 / 2 * input.2 / 2 * (4 + 1)
    }

    fn fprop(&self, x: &Maps<R>, y: &mut Maps<R>) {
        let columns = y.dim().2;
        kernel::fprop(columns, line(&self.coefficient), line(&self.bias), line(x), line_mut(y));
    }

    fn bprop(&self, x: &Maps<R>, dy: &Maps<R>, dx: Option<&mut Maps<R>>, gradient: &mut Self) {
        self.backward::<false>(x, dy, dx, gradient);
    }

    fn bbprop(&self, x: &Maps<R>, ddy: &Maps<R>, ddx: Option<&mut Maps<R>>, curvature: &mut Self) {
        self.backward::<true>(x, ddy, ddx, curvature);
    }
}
