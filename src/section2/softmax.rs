#![doc = mathdoc::page!("softmax.md")]

use super::full_connection::FullConnection;
use super::output::{Curvature, output_shape};
use crate::Real;
use crate::section1::{
    Bbprop, Bend, Layer, Maps, Module, Parameters, Penalties, SecondOrder, Shape, ShapeError, Wanted,
};
use crate::section1::{Tensor, flat_mut};
use ndarray::Axis;

/// A fully connected layer to the classes, and softmax: the penalty of a class is `-log p`, the negative logarithm of its
/// probability. It stays finite where the probability rounds to 0.
#[derive(Clone, Debug, PartialEq)]
pub struct Softmax<R> {
    /// From F6 to one weighted sum per class.
    pub output: FullConnection<R>,
    /// The kind of second derivative that `bbprop` passes down.
    pub curvature: Curvature,
}

impl<R: Real> Penalties<R> {
    /// The probability `exp(-y)` of each class, where `y` is its penalty. They add up to 1 if the penalties are those of
    /// [`Softmax`].
    pub fn probabilities(&self) -> Vec<R> {
        self.iter().map(|y| (-y).exp()).collect()
    }
}

impl<R: Real> Parameters<R> for Softmax<R> {
    fn arrays(&self) -> impl Iterator<Item = &[R]> {
        self.output.arrays()
    }

    fn arrays_mut(&mut self) -> impl Iterator<Item = &mut [R]> {
        self.output.arrays_mut()
    }

    fn tensors(&self) -> Vec<Tensor<R>> {
        self.output.tensors()
    }

    fn set_tensor(&mut self, tensor: &Tensor<R>) -> Result<(), String> {
        self.output.set_tensor(tensor)
    }
}

impl<R: Real> Module<R> for Softmax<R> {
    type Input = Maps<R>;
    type Output = Penalties<R>;

    fn fprop(&self, x: &Maps<R>, y: &mut Penalties<R>) {
        self.output.fprop(x, y.maps_mut());
        let columns = x.dim().1 * x.dim().2;
        for column in 0..columns {
            let a = || (column..).step_by(columns).take(self.output.bias.len());
            let y = flat_mut(y.maps_mut());
            let largest = a().map(|i| y[i]).fold(R::neg_infinity(), R::max);
            let sum: R = a().map(|i| (y[i] - largest).exp()).sum();
            a().for_each(|i| y[i] = (largest + sum.ln()) - y[i]);
        }
    }

    fn bprop(
        &self,
        x: &Maps<R>,
        y: &Penalties<R>,
        dy: &Penalties<R>,
        dx: Wanted<Maps<R>>,
        gradient: &mut Self,
    ) {
        let all = dy.maps().sum_axis(Axis(0));
        let mut da = y.maps().mapv(|y| (-y).exp());
        da.outer_iter_mut().for_each(|mut p| p *= &all);
        da -= dy.maps();
        self.output.backward::<false>(x, &da, dx, &mut gradient.output);
    }

    fn second_order() -> Option<Bbprop<R, Self>> {
        Some(Self::bbprop)
    }
}

impl<R: Real> SecondOrder<R> for Softmax<R> {
    fn bbprop(
        &self,
        x: &Maps<R>,
        y: &Penalties<R>,
        _ddy: &Bend<R>,
        ddx: Wanted<Maps<R>>,
        curvature: &mut Self,
    ) {
        let exact = self.curvature == Curvature::Exact;
        let dda = |y: R| if exact { (-y).exp() * (R::one() - (-y).exp()) } else { R::of(0.25) };
        self.output.backward::<true>(x, &y.maps().mapv(dda), ddx, &mut curvature.output);
    }
}

impl<R: Real> Layer<R> for Softmax<R> {
    fn output_shape(&self, input: Shape) -> Result<Shape, ShapeError> {
        output_shape("a softmax layer", self.output.weight.dim().into(), input)
    }

    fn connections(&self, input: Shape) -> usize {
        self.output.connections(input)
    }
}
