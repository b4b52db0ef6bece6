#![doc = mathdoc::page!("softmax.md")]

use super::full_connection::FullConnection;
use super::output::{Curvature, output_shape};
use crate::Real;
use crate::section1::{
    Bbprop, Bend, Layer, Maps, Module, Parameters, Penalties, SecondOrder, Shape, ShapeError, Wanted,
};
use crate::section1::{Tensor, flat_mut};

/// A fully connected layer to the classes and softmax: the penalty of a class is `-log p`, the negative logarithm of its
/// probability, which does not round to nothing where a probability does.
#[derive(Clone, Debug, PartialEq)]
pub struct Softmax<R> {
    /// From F6 to one weighted sum per class.
    pub output: FullConnection<R>,
    /// The second derivative that goes back.
    pub curvature: Curvature,
}

impl<R: Real> Penalties<R> {
    /// The probabilities that the penalties are the negative logarithms of, class by class; they add up to 1 if the
    /// penalties are those of [`Softmax`].
    pub fn probabilities(&self) -> Vec<R> {
        self.iter().map(|y| (-y).exp()).collect()
    }
}

impl<R: Real> Softmax<R> {
    /// Adds `da` of each class to the sums of the output layer and to `dx`.
    fn backward<const SQUARED: bool>(
        &self,
        x: &Maps<R>,
        dx: Wanted<Maps<R>>,
        sums: &mut Self,
        da: impl Iterator<Item = R>,
    ) {
        let da = Maps::from_shape_vec((self.output.bias.len(), 1, 1), da.collect())
            .expect("a number for each class");
        self.output.backward::<SQUARED>(x, &da, dx, &mut sums.output);
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
        let a = flat_mut(y.maps_mut());
        let largest = a.iter().copied().fold(R::neg_infinity(), R::max);
        let sum: R = a.iter().map(|&a| (a - largest).exp()).sum();
        a.iter_mut().for_each(|a| *a = (largest + sum.ln()) - *a);
    }

    fn bprop(
        &self,
        x: &Maps<R>,
        y: &Penalties<R>,
        dy: &Penalties<R>,
        dx: Wanted<Maps<R>>,
        gradient: &mut Self,
    ) {
        let all: R = dy.iter().sum();
        self.backward::<false>(x, dx, gradient, y.iter().zip(dy.iter()).map(|(y, dy)| (-y).exp() * all - dy));
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
        let dda = y.iter().map(|y| if exact { (-y).exp() * (R::one() - (-y).exp()) } else { R::of(0.25) });
        self.backward::<true>(x, ddx, curvature, dda);
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
