//! Layers without their concrete type, so that a network can hold layers of many kinds in one list.

use super::{Back, Layer, Maps, Module, State, Tensor, Wanted};
use crate::Real;
use std::any::Any;

/// A layer of any kind, with its parameters.
pub(super) trait AnyParameters<R: Real>: Layer<R> {
    fn all_arrays(&self) -> Vec<&[R]>;
    fn all_arrays_mut(&mut self) -> Vec<&mut [R]>;
    fn all_tensors(&self) -> Vec<Tensor<R>>;
    fn take_tensor(&mut self, tensor: &Tensor<R>) -> Result<(), String>;
}

/// A layer of any kind whose output is `Y`, with its three passes.
pub(super) trait AnyLayer<R: Real, Y: State>: AnyParameters<R> {
    fn duplicate(&self) -> Box<dyn AnyLayer<R, Y>>;
    fn is_second_order(&self) -> bool;
    fn fprop(&self, x: &Maps<R>, y: &mut Y);
    fn fprop_all(&self, batch: &mut [(&Maps<R>, &mut Y)]);
    fn bprop(&self, p: Back<Maps<R>, Y>, gradient: &mut dyn AnyLayer<R, Y>);
    fn bprop_all(&self, batch: &mut [Back<Maps<R>, Y>], gradient: &mut dyn AnyLayer<R, Y>);
    fn bprop_and_update(
        &mut self,
        p: Back<Maps<R>, Y>,
        rates: &dyn AnyLayer<R, Y>,
        gradient: &mut dyn AnyLayer<R, Y>,
    );
    fn bbprop(
        &self,
        x: &Maps<R>,
        y: &Y,
        ddy: &Y::Second,
        ddx: Wanted<Maps<R>>,
        sums: &mut dyn AnyLayer<R, Y>,
    );
}

impl<R: Real, M: Module<R> + Layer<R>> AnyParameters<R> for M {
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
}

impl<R: Real, Y: State, M: Module<R, Input = Maps<R>, Output = Y> + Layer<R>> AnyLayer<R, Y> for M {
    fn duplicate(&self) -> Box<dyn AnyLayer<R, Y>> {
        Box::new(self.clone())
    }

    fn is_second_order(&self) -> bool {
        M::second_order().is_some()
    }

    fn fprop(&self, x: &Maps<R>, y: &mut Y) {
        Module::fprop(self, x, y);
    }

    fn fprop_all(&self, batch: &mut [(&Maps<R>, &mut Y)]) {
        Module::fprop_all(self, batch);
    }

    fn bprop(&self, p: Back<Maps<R>, Y>, gradient: &mut dyn AnyLayer<R, Y>) {
        Module::bprop(self, p.x, p.y, p.dy, p.dx, same_kind_mut(self, gradient));
    }

    fn bprop_all(&self, batch: &mut [Back<Maps<R>, Y>], gradient: &mut dyn AnyLayer<R, Y>) {
        Module::bprop_all(self, batch, same_kind_mut(self, gradient));
    }

    fn bprop_and_update(
        &mut self,
        p: Back<Maps<R>, Y>,
        rates: &dyn AnyLayer<R, Y>,
        gradient: &mut dyn AnyLayer<R, Y>,
    ) {
        let (rates, gradient) = (same_kind(self, rates), same_kind_mut(self, gradient));
        Module::bprop_and_update(self, p, rates, gradient);
    }

    fn bbprop(
        &self,
        x: &Maps<R>,
        y: &Y,
        ddy: &Y::Second,
        ddx: Wanted<Maps<R>>,
        sums: &mut dyn AnyLayer<R, Y>,
    ) {
        let bbprop = M::second_order().expect("a network is asked first whether all its layers have bbprop");
        bbprop(self, x, y, ddy, ddx, same_kind_mut(self, sums));
    }
}

/// The message of a panic when sets of parameters of different networks are mixed.
pub(super) const SAME_STRUCTURE: &str =
    "the gradient, curvature or rates belong to another network: make them with zeros() of this one";

/// `other` as the type of `module`: the gradient and the rates of a layer are layers of its own type and size.
fn same_kind<'a, R: Real, Y: State, M: Module<R>>(module: &M, other: &'a dyn AnyLayer<R, Y>) -> &'a M {
    let other = (other as &dyn Any).downcast_ref().expect(SAME_STRUCTURE);
    expect_same_sizes(module, other);
    other
}

fn same_kind_mut<'a, R: Real, Y: State, M: Module<R>>(
    module: &M,
    other: &'a mut dyn AnyLayer<R, Y>,
) -> &'a mut M {
    let other = (other as &mut dyn Any).downcast_mut().expect(SAME_STRUCTURE);
    expect_same_sizes(module, other);
    other
}

fn expect_same_sizes<R: Real, M: Module<R>>(module: &M, other: &M) {
    assert!(module.arrays().map(<[R]>::len).eq(other.arrays().map(<[R]>::len)), "{SAME_STRUCTURE}");
}

impl<R: Real, Y: State> Clone for Box<dyn AnyLayer<R, Y>> {
    fn clone(&self) -> Self {
        // Without the dereference, `duplicate` would be looked up on the box itself.
        (**self).duplicate()
    }
}
