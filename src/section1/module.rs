#![doc = mathdoc::page!("module.md")]

use crate::Real;
use ndarray::Array3;
use thiserror::Error;

/// The state of a layer: maps x rows x columns. A vector of `n` units is `n` maps of one unit each, as C5 is.
pub type Maps<R> = Array3<R>;

/// Maps, rows and columns of a state.
pub type Shape = (usize, usize, usize);

/// A layer was given a state it cannot work on.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("{layer} was given {found:?} (maps, rows, columns) but needs {needed}")]
pub struct ShapeError {
    /// Which layer.
    pub layer: &'static str,
    /// The shape it was given.
    pub found: Shape,
    /// What would have fitted.
    pub needed: String,
}

/// Numbers that learning changes, in arrays that always come in the same order.
///
/// Parameters, their gradient, their second derivatives and their rates are values of one type, so an update is one
/// walk over several of them side by side.
pub trait Parameters<R: Real>: Clone {
    /// The arrays, in the order in which the pattern meets them.
    fn arrays(&self) -> impl Iterator<Item = &[R]>;

    /// The same arrays, to be changed.
    fn arrays_mut(&mut self) -> impl Iterator<Item = &mut [R]>;

    /// How many trainable parameters there are.
    fn parameter_count(&self) -> usize {
        self.arrays().map(<[R]>::len).sum()
    }

    /// Sets every parameter to `value`.
    fn fill(&mut self, value: R) {
        self.arrays_mut().for_each(|array| array.fill(value));
    }

    /// The same structure with all parameters zero: where gradients and second derivatives are gathered.
    fn zeros(&self) -> Self {
        let mut zeros = self.clone();
        zeros.fill(R::zero());
        zeros
    }

    /// `w <- w - rates dE/dw`, each parameter with a rate of its own ([eq. 18](crate::appendix::c#eq-18)).
    fn update(&mut self, rates: &Self, gradient: &Self) {
        for ((w, epsilon), dw) in self.arrays_mut().zip(rates.arrays()).zip(gradient.arrays()) {
            for ((w, &epsilon), &dw) in w.iter_mut().zip(epsilon).zip(dw) {
                *w -= epsilon * dw;
            }
        }
    }

    /// Multiplies every parameter by `factor`.
    fn scale(&mut self, factor: R) {
        self.arrays_mut().flatten().for_each(|value| *value *= factor);
    }
}

/// The [`Parameters`] of a module that has none.
macro_rules! nothing_to_learn {
    ($module:ty) => {
        impl<R: $crate::Real> $crate::section1::Parameters<R> for $module {
            fn arrays(&self) -> impl Iterator<Item = &[R]> {
                std::iter::empty()
            }

            fn arrays_mut(&mut self) -> impl Iterator<Item = &mut [R]> {
                std::iter::empty()
            }
        }
    };
}
pub(crate) use nothing_to_learn;

/// One step of a cascade: `y = F(w, x)`, and what its derivatives do to vectors that come back (I-E,
/// [eq. 4](self#eq-4)).
///
/// A module holds parameters and nothing else: states are lent to it by its caller. `gradient` and `curvature` are
/// modules of the same structure whose parameters hold derivatives; both passes *add* to them, so that several
/// patterns, and all places that share a weight (eq. 19, 20, 23), sum up.
pub trait Module<R: Real>: Parameters<R> + Send + Sync + 'static {
    /// What the module makes of an input of this shape.
    ///
    /// # Errors
    /// When the input does not fit.
    fn output_shape(&self, input: Shape) -> Result<Shape, ShapeError>;

    /// Connections between the input and the output, biases included: as the paper counts them in II-B.
    fn connections(&self, input: Shape) -> usize;

    /// `y = F(w, x)`: the forward pass.
    fn fprop(&self, x: &Maps<R>, y: &mut Maps<R>);

    /// From `dy = dE/dy`: adds `dE/dw` to `gradient` and, if somebody wants it, writes `dE/dx` to `dx`
    /// ([eq. 4](self#eq-4)).
    fn bprop(&self, x: &Maps<R>, dy: &Maps<R>, dx: Option<&mut Maps<R>>, gradient: &mut Self);

    /// [`fprop`](Module::fprop) of several patterns, each with its own `x` and `y`: the same numbers, faster where the weights
    /// are many.
    fn fprop_all(&self, batch: &mut [(&Maps<R>, &mut Maps<R>)]) {
        batch.iter_mut().for_each(|(x, y)| self.fprop(x, y));
    }

    /// [`bprop`](Module::bprop) of several patterns, each with its own `x`, `dy` and `dx`: the same numbers, faster where the
    /// weights are many.
    fn bprop_all(&self, batch: &mut [(&Maps<R>, &Maps<R>, &mut Maps<R>)], gradient: &mut Self) {
        batch.iter_mut().for_each(|(x, dy, dx)| self.bprop(x, dy, Some(dx), gradient));
    }

    /// [`bprop`](Module::bprop) and the update `w <- w - rates dE/dw` (eq. 18) in one, for one update per pattern.
    /// `gradient` is room to work in.
    fn descend(
        &mut self,
        x: &Maps<R>,
        dy: &Maps<R>,
        dx: Option<&mut Maps<R>>,
        rates: &Self,
        gradient: &mut Self,
    ) {
        descend_by_gradient(self, x, dy, dx, rates, gradient);
    }

    /// From `ddy = d²E/dy²`: adds `d²E/dw²` to `curvature` ([eq. 25](crate::appendix::c#eq-25)) and
    /// writes `d²E/dx²` to `ddx` ([eq. 27](crate::appendix::c#eq-27)), both diagonal and Gauss-Newton: never negative if `ddy` is not.
    fn bbprop(&self, x: &Maps<R>, ddy: &Maps<R>, ddx: Option<&mut Maps<R>>, curvature: &mut Self);
}

/// [`Module::descend`], step by step.
pub(crate) fn descend_by_gradient<R: Real, M: Module<R>>(
    module: &mut M,
    x: &Maps<R>,
    dy: &Maps<R>,
    dx: Option<&mut Maps<R>>,
    rates: &M,
    gradient: &mut M,
) {
    gradient.fill(R::zero());
    module.bprop(x, dy, dx, gradient);
    module.update(rates, gradient);
}

/// The numbers of a state in one line, row after row.
pub(crate) fn line<R: Real, D: ndarray::Dimension>(values: &ndarray::Array<R, D>) -> &[R] {
    values.as_slice().expect("states and parameters are made in row-major order and stay so")
}

/// The same, to be changed.
pub(crate) fn line_mut<R: Real, D: ndarray::Dimension>(values: &mut ndarray::Array<R, D>) -> &mut [R] {
    values.as_slice_mut().expect("states and parameters are made in row-major order and stay so")
}

/// [`line`] and [`line_mut`] of the states of several patterns.
pub(crate) fn lines<'a, R: Real>(batch: &'a mut [(&Maps<R>, &mut Maps<R>)]) -> Vec<(&'a [R], &'a mut [R])> {
    batch.iter_mut().map(|(x, y)| (line(*x), line_mut(*y))).collect()
}

/// The same on the way back.
pub(crate) fn lines_back<'a, R: Real>(
    batch: &'a mut [(&Maps<R>, &Maps<R>, &mut Maps<R>)],
) -> Vec<(&'a [R], &'a [R], &'a mut [R])> {
    batch.iter_mut().map(|(x, dy, dx)| (line(*x), line(*dy), line_mut(*dx))).collect()
}
