//! Max and average pooling.

use crate::Real;
use crate::kernels::{max_pooling, subsampling};
use crate::section1::{Maps, Module, Parameters, Shape, ShapeError, line, line_mut};
use crate::section2::Subsampling;

/// The largest of four.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MaxPooling;

/// The mean of four.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AveragePooling;

/// Half as many rows and columns.
fn halved(layer: &'static str, (maps, rows, columns): Shape) -> Result<Shape, ShapeError> {
    if [rows, columns].iter().any(|&side| side == 0 || !side.is_multiple_of(2)) {
        let (found, needed) = ((maps, rows, columns), "even numbers of rows and columns".into());
        return Err(ShapeError { layer, found, needed });
    }
    Ok((maps, rows / 2, columns / 2))
}

impl<R: Real> Parameters<R> for MaxPooling {
    fn arrays(&self) -> impl Iterator<Item = &[R]> {
        std::iter::empty()
    }

    fn arrays_mut(&mut self) -> impl Iterator<Item = &mut [R]> {
        std::iter::empty()
    }
}

impl<R: Real> Module<R> for MaxPooling {
    fn output_shape(&self, input: Shape) -> Result<Shape, ShapeError> {
        halved("max pooling", input)
    }

    fn connections(&self, (maps, rows, columns): Shape) -> usize {
        maps * rows * columns
    }

    fn fprop(&self, x: &Maps<R>, y: &mut Maps<R>) {
        max_pooling::fprop(y.dim().2, line(x), line_mut(y));
    }

    fn bprop(&self, x: &Maps<R>, dy: &Maps<R>, dx: Option<&mut Maps<R>>, _gradient: &mut Self) {
        if let Some(dx) = dx {
            max_pooling::bprop(dy.dim().2, line(x), line(dy), line_mut(dx));
        }
    }

    fn bbprop(&self, x: &Maps<R>, ddy: &Maps<R>, ddx: Option<&mut Maps<R>>, curvature: &mut Self) {
        self.bprop(x, ddy, ddx, curvature);
    }
}

impl AveragePooling {
    fn pass_back<R: Real, const SQUARED: bool>(dy: &Maps<R>, dx: Option<&mut Maps<R>>) {
        if let Some(dx) = dx {
            let quarters = vec![R::of(0.25); dy.dim().0];
            subsampling::bprop_states::<R, SQUARED>(dy.dim().2, &quarters, line(dy), line_mut(dx));
        }
    }
}

impl<R: Real> Parameters<R> for AveragePooling {
    fn arrays(&self) -> impl Iterator<Item = &[R]> {
        std::iter::empty()
    }

    fn arrays_mut(&mut self) -> impl Iterator<Item = &mut [R]> {
        std::iter::empty()
    }
}

impl<R: Real> Module<R> for AveragePooling {
    fn output_shape(&self, input: Shape) -> Result<Shape, ShapeError> {
        halved("average pooling", input)
    }

    fn connections(&self, (maps, rows, columns): Shape) -> usize {
        maps * rows * columns
    }

    fn fprop(&self, x: &Maps<R>, y: &mut Maps<R>) {
        let (maps, _, columns) = y.dim();
        let (quarters, zeros) = (vec![R::of(0.25); maps], vec![R::zero(); maps]);
        subsampling::fprop(columns, &quarters, &zeros, line(x), line_mut(y));
    }

    fn bprop(&self, _x: &Maps<R>, dy: &Maps<R>, dx: Option<&mut Maps<R>>, _gradient: &mut Self) {
        Self::pass_back::<R, false>(dy, dx);
    }

    fn bbprop(&self, _x: &Maps<R>, ddy: &Maps<R>, ddx: Option<&mut Maps<R>>, _curvature: &mut Self) {
        Self::pass_back::<R, true>(ddy, ddx);
    }
}

/// What stands in the place of S2 and S4.
#[derive(Clone, Debug, PartialEq)]
pub enum Pooling<R> {
    /// The paper's: a trained coefficient and a bias for each map.
    Subsampling(Subsampling<R>),
    /// The mean of four.
    Average(AveragePooling),
    /// The largest of four.
    Max(MaxPooling),
}

impl<R: Real> Pooling<R> {
    /// From `x` to a map of half as many rows and columns.
    pub fn fprop(&self, x: &Maps<R>, y: &mut Maps<R>) {
        match self {
            Self::Subsampling(layer) => layer.fprop(x, y),
            Self::Average(layer) => layer.fprop(x, y),
            Self::Max(layer) => layer.fprop(x, y),
        }
    }

    /// From `dy` to `dx`; what a trained coefficient gets back is added to `gradient`.
    ///
    /// # Panics
    /// When `gradient` is of another kind.
    pub fn bprop(&self, x: &Maps<R>, dy: &Maps<R>, dx: &mut Maps<R>, gradient: &mut Self) {
        match (self, gradient) {
            (Self::Subsampling(layer), Self::Subsampling(sums)) => layer.bprop(x, dy, Some(dx), sums),
            (Self::Average(layer), Self::Average(sums)) => layer.bprop(x, dy, Some(dx), sums),
            (Self::Max(layer), Self::Max(sums)) => layer.bprop(x, dy, Some(dx), sums),
            _ => panic!("a gradient has the structure of its network"),
        }
    }
}

impl<R: Real> Parameters<R> for Pooling<R> {
    fn arrays(&self) -> impl Iterator<Item = &[R]> {
        let trained = if let Self::Subsampling(layer) = self { Some(layer.arrays()) } else { None };
        trained.into_iter().flatten()
    }

    fn arrays_mut(&mut self) -> impl Iterator<Item = &mut [R]> {
        let trained = if let Self::Subsampling(layer) = self { Some(layer.arrays_mut()) } else { None };
        trained.into_iter().flatten()
    }
}
