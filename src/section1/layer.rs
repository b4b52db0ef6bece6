//! Layers: the modules on maps of which a network is built.

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
    /// The kind of layer.
    pub layer: String,
    /// The shape it was given.
    pub found: Shape,
    /// The shapes that it accepts.
    pub needed: String,
}

impl ShapeError {
    /// The error of a layer that was given the shape `found` but needs another.
    pub fn new(layer: &str, found: Shape, needed: impl Into<String>) -> Self {
        Self { layer: layer.into(), found, needed: needed.into() }
    }
}

/// A module on maps: the shapes that it accepts, its connections, and its behaviour in training.
pub trait Layer<R: Real>: Any + Send + Sync {
    /// The shape of the output for an input of this shape.
    ///
    /// # Errors
    /// When the input does not fit.
    fn output_shape(&self, input: Shape) -> Result<Shape, ShapeError>;

    /// Connections between the input and the output, counted as in II-B: biases included.
    fn connections(&self, input: Shape) -> usize;

    /// The layer as a squashing function, if it is one: it then works in place on the weighted sums before it.
    fn activation(&self) -> Option<Arc<dyn Activation<R>>> {
        None
    }

    /// The layer for one mini-batch in training, if it computes something else there than in evaluation.
    fn in_training(&self) -> Option<Box<dyn InTraining<R>>> {
        None
    }

    /// Moves running moments towards those of a mini-batch: `share` is the weight of the mini-batch.
    fn remember(&mut self, _training: &dyn InTraining<R>, _share: f64) {}

    /// Whether several patterns at once are faster: when there are many weights, each used once per pattern.
    fn shares_walks(&self, _input: Shape) -> bool {
        false
    }
}

/// A function that is applied unit by unit, whose slope follows from the state alone
/// ([eq. 5](crate::section2::squashing#eq-5)).
pub trait Activation<R: Real>: Send + Sync + 'static {
    /// Replaces the weighted sums `a` of a layer by its state `y = f(a)`, in place.
    fn squash(&self, a: &mut Maps<R>);

    /// Replaces `dE/dy` by `dE/da = f'(a) dE/dy`, in place.
    fn back_through_slope(&self, y: &Maps<R>, dy: &mut Maps<R>);

    /// Replaces `d²E/dy²` by `dda = f'(a)² ddy`, in place ([eq. 27](crate::appendix::c#eq-27)).
    fn back_through_squared_slope(&self, y: &Maps<R>, ddy: &mut Maps<R>);
}

/// Implements [`Module`](crate::section1::Module) and [`Layer`] for an [`Activation`].
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

/// The shape of a state after windows of 2 x 2: half as many rows and columns.
///
/// # Errors
/// When the number of rows or columns is zero or odd.
pub(crate) fn halved(layer: &str, found: Shape) -> Result<Shape, ShapeError> {
    let (maps, rows, columns) = found;
    if [rows, columns].iter().any(|&side| side == 0 || !side.is_multiple_of(2)) {
        return Err(ShapeError::new(layer, found, "even numbers of rows and columns"));
    }
    Ok((maps, rows / 2, columns / 2))
}

/// The arguments of a backward kernel for one pattern: `x`, `dy` and `dx`.
type Flat<'a, R> = (&'a [R], &'a [R], &'a mut [R]);

/// The arguments of `bprop` for several patterns as slices, for kernels; `None` if a `dx` is not wanted.
pub(crate) fn back_flat<'a, R: Real>(batch: &'a mut [Back<Maps<R>, Maps<R>>]) -> Option<Vec<Flat<'a, R>>> {
    batch.iter_mut().map(|p| Some((flat(p.x), flat(p.dy), flat_mut(p.dx.as_deref_mut()?)))).collect()
}
