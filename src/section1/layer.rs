//! Modules on maps: what a network is built of.

use super::mini_batch::InTraining;
use super::{Back, State, flat, flat_mut};
use crate::Real;
use ndarray::Array3;
use std::any::Any;
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
    /// The shapes that fit.
    pub needed: String,
}

impl ShapeError {
    /// A layer was given a state of the shape `found`, but needs another.
    pub fn new(layer: &str, found: Shape, needed: impl Into<String>) -> Self {
        Self { layer: layer.into(), found, needed: needed.into() }
    }
}

/// A module on maps of any size that fits: its shapes, its counts, its place in a network.
pub trait Layer<R: Real>: Any + Send + Sync {
    /// The shape of the output for an input of this shape.
    ///
    /// # Errors
    /// When the input does not fit.
    fn output_shape(&self, input: Shape) -> Result<Shape, ShapeError>;

    /// Connections between the input and the output, biases included: as the paper counts them in II-B.
    fn connections(&self, input: Shape) -> usize;

    /// The squashing function that this layer is, if it is one: behind weighted sums it works in place.
    fn activation(&self) -> Option<Arc<dyn Activation<R>>> {
        None
    }

    /// The layer in training, on one mini-batch, if it is another function there.
    fn in_training(&self) -> Option<Box<dyn InTraining<R>>> {
        None
    }

    /// Lets running moments and the like follow a mini-batch a `share` of the way.
    fn remember(&mut self, _training: &dyn InTraining<R>, _share: f64) {}

    /// Whether several patterns are faster together: where weights are many and each is used once for a pattern.
    fn shares_walks(&self, _input: Shape) -> bool {
        false
    }
}

/// A function that is applied unit by unit, and whose slope the state alone tells ([eq. 5](crate::section2::squashing#eq-5)).
pub trait Activation<R: Real>: Send + Sync + 'static {
    /// Replaces the weighted sums `a` of a layer by its state `y = f(a)`, in place.
    fn squash(&self, a: &mut Maps<R>);

    /// Replaces `dE/dy` by `dE/da = f'(a) dE/dy`, in place.
    fn back_through_slope(&self, y: &Maps<R>, dy: &mut Maps<R>);

    /// The same for second derivatives: `dda = f'(a)² ddy` ([eq. 27](crate::appendix::c#eq-27)).
    fn back_through_squared_slope(&self, y: &Maps<R>, ddy: &mut Maps<R>);
}

/// An [`Activation`] as a module of its own.
macro_rules! unit_by_unit {
    ($activation:ty) => {
        const _: () = {
            use std::sync::Arc;
            use $crate::section1::{Bbprop, Layer, Module, SecondOrder, Shape, ShapeError, Wanted};

            impl<R: Real> Module<R> for $activation {
                type Input = Maps<R>;
                type Output = Maps<R>;

                fn fprop(&self, x: &Maps<R>, y: &mut Maps<R>) {
                    y.assign(x);
                    self.squash(y);
                }

                fn bprop(
                    &self,
                    _x: &Maps<R>,
                    y: &Maps<R>,
                    dy: &Maps<R>,
                    dx: Wanted<Maps<R>>,
                    _gradient: &mut Self,
                ) {
                    if let Some(dx) = dx {
                        dx.assign(dy);
                        self.back_through_slope(y, dx);
                    }
                }

                fn second_order() -> Option<Bbprop<R, Self>> {
                    Some(Self::bbprop)
                }
            }

            impl<R: Real> SecondOrder<R> for $activation {
                fn bbprop(
                    &self,
                    _x: &Maps<R>,
                    y: &Maps<R>,
                    ddy: &Maps<R>,
                    ddx: Wanted<Maps<R>>,
                    _curvature: &mut Self,
                ) {
                    if let Some(ddx) = ddx {
                        ddx.assign(ddy);
                        self.back_through_squared_slope(y, ddx);
                    }
                }
            }

            impl<R: Real> Layer<R> for $activation {
                fn output_shape(&self, input: Shape) -> Result<Shape, ShapeError> {
                    Ok(input)
                }

                fn connections(&self, _input: Shape) -> usize {
                    0
                }

                fn activation(&self) -> Option<Arc<dyn Activation<R>>> {
                    Some(Arc::new(*self))
                }
            }
        };
    };
}
pub(crate) use unit_by_unit;

/// Half as many rows and columns: what windows of 2 x 2 make of a state.
///
/// # Errors
/// When rows or columns are none, or odd.
pub(crate) fn halved(layer: &str, found: Shape) -> Result<Shape, ShapeError> {
    let (maps, rows, columns) = found;
    if [rows, columns].iter().any(|&side| side == 0 || !side.is_multiple_of(2)) {
        return Err(ShapeError::new(layer, found, "even numbers of rows and columns"));
    }
    Ok((maps, rows / 2, columns / 2))
}

/// One pattern of a kernel's way back: `x`, `dy` and `dx`.
type Flat<'a, R> = (&'a [R], &'a [R], &'a mut [R]);

/// The numbers of several patterns on the way back, as kernels take them, if all `dx` are wanted.
pub(crate) fn back_flat<'a, R: Real>(batch: &'a mut [Back<Maps<R>, Maps<R>>]) -> Option<Vec<Flat<'a, R>>> {
    batch.iter_mut().map(|p| Some((flat(p.x), flat(p.dy), flat_mut(p.dx.as_deref_mut()?)))).collect()
}
