#![doc = mathdoc::page!("rbf.md")]
#![doc = include_str!("../../docs/figures/f6.svg")]

use super::codes::digit_codes;
use super::output::{Curvature, output_shape};
use crate::section1::{
    Bbprop, Bend, Layer, Maps, Module, Parameters, Penalties, SecondOrder, Shape, ShapeError, Wanted,
};
use crate::section1::{arrays, flat, flat_mut, tensors};
use crate::{Real, kernels};
use ndarray::Array2;

/// The Euclidean radial basis function layer of LeNet-5 (eq. 7).
#[derive(Clone, Debug, PartialEq)]
pub struct Rbf<R> {
    /// One code per class: classes x units of F6.
    pub codes: Array2<R>,
    /// What a squared distance is multiplied by to make a penalty: 1 in eq. 7, ½ in another reading (deviation 1).
    pub scale: f64,
    /// Under eq. 9, the second derivative that goes back to F6.
    pub curvature: Curvature,
    /// Whether the codes are trained as well; in LeNet-5 they are not (II-B). Fixed when the layer is made, so that a
    /// gradient keeps its structure.
    trained: bool,
}

impl<R: Real> Rbf<R> {
    /// The paper's: the ten digits of Fig. 3, fixed.
    pub fn paper() -> Self {
        Self::new(digit_codes())
    }

    /// With these codes, a row for each class, fixed.
    pub fn new(codes: Array2<R>) -> Self {
        Self { codes, scale: 1.0, curvature: Curvature::Exact, trained: false }
    }

    /// With a unit for each class, which is to be at 1 for its own and at -1 for all others: the squared distance to such
    /// a code is the sum of squared errors of the units.
    pub fn one_of(classes: usize) -> Self {
        Self::new(Array2::from_shape_fn((classes, classes), |(i, j)| R::of(if i == j { 1.0 } else { -1.0 })))
    }

    /// The same layer, with codes that are trained.
    pub fn learning(self) -> Self {
        Self { trained: true, ..self }
    }

    /// Whether the codes are trained.
    pub fn learns(&self) -> bool {
        self.trained
    }

    /// The smallest squared distance between two codes.
    pub fn closest_codes(&self) -> f64 {
        let apart = |(a, b): (&[R], &[R])| {
            a.iter().zip(b).map(|(&a, &b)| (a - b).to_f64().unwrap_or(f64::NAN).powi(2)).sum()
        };
        let pairs = self.rows().enumerate().flat_map(|(i, a)| self.rows().skip(i + 1).map(move |b| (a, b)));
        pairs.map(apart).fold(f64::INFINITY, f64::min)
    }

    /// The 2 in the derivative of a penalty.
    fn two(&self) -> R {
        R::of(2.0 * self.scale)
    }

    /// The codes, one row per class.
    fn rows(&self) -> impl Iterator<Item = &[R]> {
        flat(&self.codes).chunks_exact(self.codes.dim().1)
    }

    /// The same rows of a gradient or curvature; none if the codes do not learn.
    fn learnt_rows(&mut self) -> impl Iterator<Item = &mut [R]> {
        let width = self.codes.dim().1;
        self.arrays_mut().flat_map(move |array| array.chunks_exact_mut(width))
    }

    /// Turns the 2 of eq. 8 into the second derivative of eq. 9 (deviation 6).
    fn add_competition(&self, x: &[R], shares: &[R], ddx: &mut [R]) {
        let two = self.two();
        for (j, (ddx, &x)) in ddx.iter_mut().zip(x).enumerate() {
            let (mut mean, mut square) = (R::zero(), R::zero());
            for (&p, code) in shares.iter().zip(self.rows()) {
                let slope = two * (x - code[j]);
                *ddx -= two * p;
                mean += p * slope;
                square += p * slope * slope;
            }
            // Rounding must not make a vanishing variance negative.
            *ddx = (*ddx + square - mean * mean).max(R::zero());
        }
    }
}

impl<R: Real> Parameters<R> for Rbf<R> {
    arrays!(codes; if trained);
    tensors!("rbf.codes": codes);
}

impl<R: Real> Module<R> for Rbf<R> {
    type Input = Maps<R>;
    type Output = Penalties<R>;

    fn fprop(&self, x: &Maps<R>, y: &mut Penalties<R>) {
        let y = flat_mut(y.maps_mut());
        kernels::rbf::fprop(flat(&self.codes), flat(x), y);
        y.iter_mut().for_each(|y| *y *= R::of(self.scale));
    }

    fn bprop(
        &self,
        x: &Maps<R>,
        _y: &Penalties<R>,
        dy: &Penalties<R>,
        dx: Wanted<Maps<R>>,
        gradient: &mut Self,
    ) {
        let (x, dy, two) = (flat(x), flat(dy.maps()), self.two());
        if let Some(dx) = dx.map(flat_mut) {
            dx.fill(R::zero());
            for (&dy, code) in dy.iter().zip(self.rows()) {
                for ((dx, &x), &w) in dx.iter_mut().zip(x).zip(code) {
                    *dx += two * dy * (x - w);
                }
            }
        }
        for ((&dy, code), dcode) in dy.iter().zip(self.rows()).zip(gradient.learnt_rows()) {
            for ((dw, &x), &w) in dcode.iter_mut().zip(x).zip(code) {
                *dw -= two * dy * (x - w);
            }
        }
    }

    fn second_order() -> Option<Bbprop<R, Self>> {
        Some(Self::bbprop)
    }
}

impl<R: Real> SecondOrder<R> for Rbf<R> {
    fn bbprop(
        &self,
        x: &Maps<R>,
        _y: &Penalties<R>,
        ddy: &Bend<R>,
        ddx: Wanted<Maps<R>>,
        curvature: &mut Self,
    ) {
        let (x, dy, shares, two) = (flat(x), flat(ddy.dy.maps()), flat(ddy.shares.maps()), self.two());
        if let Some(ddx) = ddx.map(flat_mut) {
            ddx.fill(two);
            if self.curvature == Curvature::Exact {
                self.add_competition(x, shares, ddx);
            }
        }
        let classes = dy.iter().zip(shares).zip(self.rows());
        for (((&dy, &p), code), ddcode) in classes.zip(curvature.learnt_rows()) {
            for ((ddw, &x), &w) in ddcode.iter_mut().zip(x).zip(code) {
                let slope = two * (x - w);
                *ddw += two * dy.max(R::zero()) + p * (R::one() - p) * slope * slope;
            }
        }
    }
}

impl<R: Real> Layer<R> for Rbf<R> {
    fn output_shape(&self, input: Shape) -> Result<Shape, ShapeError> {
        output_shape("an RBF layer", self.codes.dim().into(), input)
    }

    fn connections(&self, _input: Shape) -> usize {
        self.codes.len()
    }
}
