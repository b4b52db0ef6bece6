//! A layer whose own type is forgotten, so that layers of many kinds stand in one list.

use super::mini_batch::InTraining;
use super::{Activation, Back, Layer, Maps, Shape, ShapeError, State, Tensor};
use crate::Real;
use std::any::Any;
use std::sync::Arc;

/// The parameters of a layer of any kind.
pub(super) trait AnyParameters<R: Real>: Any + Send + Sync {
    fn all_arrays(&self) -> Vec<&[R]>;
    fn all_arrays_mut(&mut self) -> Vec<&mut [R]>;
    fn all_tensors(&self) -> Vec<Tensor<R>>;
    fn take_tensor(&mut self, tensor: &Tensor<R>) -> Result<(), String>;
    fn count_connections(&self, input: Shape) -> usize;
}

/// [`Layer`] with its sums and rates behind the same trait.
pub(super) trait AnyLayer<R: Real, Y: State>: AnyParameters<R> {
    fn shape(&self, input: Shape) -> Result<Shape, ShapeError>;
    fn is_second_order(&self) -> bool;
    fn activation(&self) -> Option<Arc<dyn Activation<R>>>;
    fn in_training(&self) -> Option<Box<dyn InTraining<R>>>;
    fn remember(&mut self, training: &dyn InTraining<R>, share: f64);
    fn shares_walks(&self, input: Shape) -> bool;
    fn fprop(&self, x: &Maps<R>, y: &mut Y);
    fn fprop_all(&self, batch: &mut [(&Maps<R>, &mut Y)]);
    fn bprop(&self, x: &Maps<R>, y: &Y, dy: &Y, dx: Option<&mut Maps<R>>, gradient: &mut dyn AnyLayer<R, Y>);
    fn bprop_all(&self, batch: &mut [Back<'_, R, Y>], gradient: &mut dyn AnyLayer<R, Y>);
    fn bprop_and_update(
        &mut self,
        x: &Maps<R>,
        y: &Y,
        dy: &Y,
        dx: Option<&mut Maps<R>>,
        rates: &dyn AnyLayer<R, Y>,
        gradient: &mut dyn AnyLayer<R, Y>,
    );
    fn bbprop(
        &self,
        x: &Maps<R>,
        y: &Y,
        ddy: &Y::Second,
        ddx: Option<&mut Maps<R>>,
        curvature: &mut dyn AnyLayer<R, Y>,
    );
    fn duplicate(&self) -> Box<dyn AnyLayer<R, Y>>;
}

impl<R: Real, L: Layer<R>> AnyParameters<R> for L {
    fn all_arrays(&self) -> Vec<&[R]> {
        self.arrays().collect()
    }

    fn all_arrays_mut(&mut self) -> Vec<&mut [R]> {
        self.arrays_mut().collect()
    }

    fn all_tensors(&self) -> Vec<Tensor<R>> {
        self.tensors()
    }

    fn take_tensor(&mut self, tensor: &Tensor<R>) -> Result<(), String> {
        self.set_tensor(tensor)
    }

    fn count_connections(&self, input: Shape) -> usize {
        self.connections(input)
    }
}

impl<R: Real, Y: State, L: Layer<R, Output = Y>> AnyLayer<R, Y> for L {
    fn shape(&self, input: Shape) -> Result<Shape, ShapeError> {
        self.output_shape(input)
    }

    fn is_second_order(&self) -> bool {
        L::second_order().is_some()
    }

    fn activation(&self) -> Option<Arc<dyn Activation<R>>> {
        Layer::activation(self)
    }

    fn in_training(&self) -> Option<Box<dyn InTraining<R>>> {
        Layer::in_training(self)
    }

    fn remember(&mut self, training: &dyn InTraining<R>, share: f64) {
        Layer::remember(self, training, share);
    }

    fn shares_walks(&self, input: Shape) -> bool {
        Layer::shares_walks(self, input)
    }

    fn fprop(&self, x: &Maps<R>, y: &mut Y) {
        super::Module::fprop(self, x, y);
    }

    fn fprop_all(&self, batch: &mut [(&Maps<R>, &mut Y)]) {
        Layer::fprop_all(self, batch);
    }

    fn bprop(&self, x: &Maps<R>, y: &Y, dy: &Y, dx: Option<&mut Maps<R>>, gradient: &mut dyn AnyLayer<R, Y>) {
        super::Module::bprop(self, x, y, dy, dx, same_kind_mut(gradient));
    }

    fn bprop_all(&self, batch: &mut [Back<'_, R, Y>], gradient: &mut dyn AnyLayer<R, Y>) {
        Layer::bprop_all(self, batch, same_kind_mut(gradient));
    }

    fn bprop_and_update(
        &mut self,
        x: &Maps<R>,
        y: &Y,
        dy: &Y,
        dx: Option<&mut Maps<R>>,
        rates: &dyn AnyLayer<R, Y>,
        gradient: &mut dyn AnyLayer<R, Y>,
    ) {
        Layer::bprop_and_update(self, x, y, dy, dx, same_kind(rates), same_kind_mut(gradient));
    }

    fn bbprop(
        &self,
        x: &Maps<R>,
        y: &Y,
        ddy: &Y::Second,
        ddx: Option<&mut Maps<R>>,
        curvature: &mut dyn AnyLayer<R, Y>,
    ) {
        let bbprop = L::second_order().expect("a network is asked first whether all its layers have bbprop");
        bbprop(self, x, y, ddy, ddx, same_kind_mut(curvature));
    }

    fn duplicate(&self) -> Box<dyn AnyLayer<R, Y>> {
        Box::new(self.clone())
    }
}

const SAME_KIND: &str = "the gradient, curvature or rates of a network are made by its own zeros()";

/// The sums and rates of a layer are gathered in a layer of its own kind.
fn same_kind<R: Real, Y: State, L: Layer<R>>(other: &dyn AnyLayer<R, Y>) -> &L {
    (other as &dyn Any).downcast_ref().expect(SAME_KIND)
}

fn same_kind_mut<R: Real, Y: State, L: Layer<R>>(other: &mut dyn AnyLayer<R, Y>) -> &mut L {
    (other as &mut dyn Any).downcast_mut().expect(SAME_KIND)
}

impl<R: Real, Y: State> Clone for Box<dyn AnyLayer<R, Y>> {
    fn clone(&self) -> Self {
        // Without the dereference, the box itself would be taken for a layer.
        (**self).duplicate()
    }
}
