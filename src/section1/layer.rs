//! Modules on maps: what a network is built of.

use super::mini_batch::InTraining;
use super::{Module, State, flat, flat_mut};
use crate::Real;
use ndarray::Array3;
use std::sync::Arc;
use thiserror::Error;

/// The state of a layer: maps x rows x columns. A vector of `n` units is `n` maps of one unit each, as C5 is.
pub type Maps<R> = Array3<R>;

/// Maps, rows and columns of a state.
pub type Shape = (usize, usize, usize);

impl<R: 'static> State for Maps<R> {
    type Second = Self;
}

/// A layer was given a state it cannot work on.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("{layer} was given {found:?} (maps, rows, columns) but needs {needed}")]
pub struct ShapeError {
    /// Which layer.
    pub layer: String,
    /// The shape it was given.
    pub found: Shape,
    /// What would have fitted.
    pub needed: String,
}

/// [`SecondOrder::bbprop`](super::SecondOrder::bbprop) of a layer.
pub type Bbprop<R, L> = fn(
    &L,
    &Maps<R>,
    &<L as Module<R>>::Output,
    &<<L as Module<R>>::Output as State>::Second,
    Option<&mut Maps<R>>,
    &mut L,
);

/// A module that works on maps of any size that fits: it can say which, and several patterns may pass it side by side.
pub trait Layer<R: Real>: Module<R, Input = Maps<R>> {
    /// What the layer makes of an input of this shape.
    ///
    /// # Errors
    /// When the input does not fit.
    fn output_shape(&self, input: Shape) -> Result<Shape, ShapeError>;

    /// Connections between the input and the output, biases included: as the paper counts them in II-B.
    fn connections(&self, input: Shape) -> usize;

    /// [`SecondOrder::bbprop`](super::SecondOrder::bbprop), if the layer has it.
    fn second_order() -> Option<Bbprop<R, Self>> {
        None
    }

    /// The squashing function that this layer is, if it is one: behind weighted sums it works in place.
    fn activation(&self) -> Option<Arc<dyn Activation<R>>> {
        None
    }

    /// What the layer does otherwise in training, on one mini-batch.
    fn in_training(&self) -> Option<Box<dyn InTraining<R>>> {
        None
    }

    /// Lets what is kept beside the parameters follow a mini-batch a `share` of the way.
    fn remember(&mut self, _training: &dyn InTraining<R>, _share: f64) {}

    /// Whether several patterns are faster together: where weights are many and each is used once for a pattern.
    fn shares_walks(&self, _input: Shape) -> bool {
        false
    }

    /// [`fprop`](Module::fprop) of several patterns, each with its own `x` and `y`: the same numbers.
    fn fprop_all(&self, batch: &mut [(&Maps<R>, &mut Self::Output)]) {
        batch.iter_mut().for_each(|(x, y)| self.fprop(x, y));
    }

    /// [`bprop`](Module::bprop) of several patterns, each with its own `x`, `y`, `dy` and `dx`: the same numbers.
    fn bprop_all(&self, batch: &mut [Back<'_, R, Self::Output>], gradient: &mut Self) {
        batch.iter_mut().for_each(|p| self.bprop(p.x, p.y, p.dy, Some(p.dx), gradient));
    }

    /// [`bprop`](Module::bprop) and the update `w <- w - rates dE/dw` (eq. 18) in one, for one update per pattern.
    /// `gradient` is room to work in.
    fn bprop_and_update(
        &mut self,
        x: &Maps<R>,
        y: &Self::Output,
        dy: &Self::Output,
        dx: Option<&mut Maps<R>>,
        rates: &Self,
        gradient: &mut Self,
    ) {
        bprop_then_update(self, x, y, dy, dx, rates, gradient);
    }
}

/// [`Layer::bprop_and_update`], step by step.
pub(crate) fn bprop_then_update<R: Real, M: Module<R>>(
    module: &mut M,
    x: &M::Input,
    y: &M::Output,
    dy: &M::Output,
    dx: Option<&mut M::Input>,
    rates: &M,
    gradient: &mut M,
) {
    gradient.fill(R::zero());
    module.bprop(x, y, dy, dx, gradient);
    module.update(rates, gradient);
}

/// One pattern of [`Layer::bprop_all`].
pub struct Back<'a, R: Real, Y> {
    /// The input.
    pub x: &'a Maps<R>,
    /// The output.
    pub y: &'a Y,
    /// `dE/dy`.
    pub dy: &'a Y,
    /// Room for `dE/dx`.
    pub dx: &'a mut Maps<R>,
}

/// A function that is applied unit by unit, and whose slope the state alone tells ([eq. 5](crate::section2::squashing#eq-5)).
pub trait Activation<R: Real>: Send + Sync {
    /// Replaces the weighted sums `a` of a layer by its state `y = f(a)`, in place.
    fn squash(&self, a: &mut Maps<R>);

    /// Replaces `dE/dy` by `dE/da = f'(a) dE/dy`, in place.
    fn back_through_slope(&self, y: &Maps<R>, dy: &mut Maps<R>);

    /// The same for second derivatives: `dda = f'(a)² ddy` ([eq. 27](crate::appendix::c#eq-27)).
    fn back_through_squared_slope(&self, y: &Maps<R>, ddy: &mut Maps<R>);
}

/// Half as many rows and columns: what windows of 2 x 2 make of a state.
///
/// # Errors
/// When rows or columns are none, or odd.
pub(crate) fn halved(layer: &str, found: Shape) -> Result<Shape, ShapeError> {
    let (maps, rows, columns) = found;
    if [rows, columns].iter().any(|&side| side == 0 || !side.is_multiple_of(2)) {
        let needed = "even numbers of rows and columns".into();
        return Err(ShapeError { layer: layer.into(), found, needed });
    }
    Ok((maps, rows / 2, columns / 2))
}

/// One pattern of a kernel's way back: `x`, `dy` and `dx`.
type Flat<'a, R> = (&'a [R], &'a [R], &'a mut [R]);

/// The numbers of several patterns on the way back, as kernels take them.
pub(crate) fn back_flat<'a, R: Real>(batch: &'a mut [Back<'_, R, Maps<R>>]) -> Vec<Flat<'a, R>> {
    batch.iter_mut().map(|p| (flat(p.x), flat(p.dy), flat_mut(p.dx))).collect()
}

/// An [`Activation`] as a module of its own.
macro_rules! unit_by_unit {
    ($activation:ty) => {
        impl<R: $crate::Real> $crate::section1::Module<R> for $activation {
            type Input = $crate::section1::Maps<R>;
            type Output = $crate::section1::Maps<R>;

            fn fprop(&self, x: &Self::Input, y: &mut Self::Output) {
                y.assign(x);
                self.squash(y);
            }

            fn bprop(
                &self,
                _x: &Self::Input,
                y: &Self::Output,
                dy: &Self::Output,
                dx: Option<&mut Self::Input>,
                _gradient: &mut Self,
            ) {
                dx.into_iter().for_each(|dx| {
                    dx.assign(dy);
                    self.back_through_slope(y, dx);
                });
            }
        }

        impl<R: $crate::Real> $crate::section1::SecondOrder<R> for $activation {
            fn bbprop(
                &self,
                _x: &Self::Input,
                y: &Self::Output,
                ddy: &Self::Output,
                ddx: Option<&mut Self::Input>,
                _curvature: &mut Self,
            ) {
                ddx.into_iter().for_each(|ddx| {
                    ddx.assign(ddy);
                    self.back_through_squared_slope(y, ddx);
                });
            }
        }

        impl<R: $crate::Real> $crate::section1::Layer<R> for $activation {
            fn output_shape(
                &self,
                input: $crate::section1::Shape,
            ) -> Result<$crate::section1::Shape, $crate::section1::ShapeError> {
                Ok(input)
            }

            fn connections(&self, _input: $crate::section1::Shape) -> usize {
                0
            }

            fn second_order() -> Option<$crate::section1::Bbprop<R, Self>> {
                Some(<Self as $crate::section1::SecondOrder<R>>::bbprop)
            }

            fn activation(&self) -> Option<std::sync::Arc<dyn Activation<R>>> {
                Some(std::sync::Arc::new(*self))
            }
        }
    };
}
pub(crate) use unit_by_unit;
