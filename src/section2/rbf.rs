#![doc = mathdoc::page!("rbf.md")]
#![doc = include_str!("../../docs/figures/f6.svg")]

use super::codes::digit_codes;
use super::head::{Answer, Curvature, Head};
use super::loss::Criterion;
use crate::section1::{Maps, Parameters, line, line_mut};
use crate::{Real, kernels};
use ndarray::Array2;

/// How far a pattern is from each class: one number per class, the smallest of which wins.
#[derive(Clone, Debug, PartialEq)]
pub struct Penalties<R>(Vec<R>);

impl<R: Real> Penalties<R> {
    /// The penalty of one class: what training asks for.
    pub fn of(&self, class: usize) -> R {
        self.0[class]
    }

    /// The class with the smallest penalty, the first of them if several are alike (deviation 17): what evaluation
    /// asks for.
    ///
    /// ```
    /// assert_eq!(lenet5::section2::Penalties::from(vec![90.0, 7.5, 60.0]).nearest(), 1);
    /// ```
    pub fn nearest(&self) -> usize {
        let first = (0, R::infinity());
        self.iter().enumerate().fold(first, |best, next| if next.1 < best.1 { next } else { best }).0
    }

    /// All penalties, class by class.
    pub fn iter(&self) -> impl Iterator<Item = R> {
        self.0.iter().copied()
    }
}

impl<R> From<Vec<R>> for Penalties<R> {
    fn from(penalties: Vec<R>) -> Self {
        Self(penalties)
    }
}

impl<R: Real> Answer<R> for Penalties<R> {
    fn answer(&self) -> usize {
        self.nearest()
    }

    fn scores(&self) -> &[R] {
        &self.0
    }
}

/// The Euclidean radial basis function layer of LeNet-5 and its loss.
#[derive(Clone, Debug, PartialEq)]
pub struct Rbf<R> {
    /// One code per class: classes x units of F6.
    pub codes: Array2<R>,
    /// Whether the codes are trained as well; in LeNet-5 they are not (II-B).
    pub learn_codes: bool,
    /// What a squared distance is multiplied by to make a penalty: 1 in eq. 7, ½ in another reading (deviation 1).
    pub scale: f64,
    /// Eq. 8 or eq. 9.
    pub criterion: Criterion,
    /// Under eq. 9, the second derivative that goes back to F6.
    pub curvature: Curvature,
}

impl<R: Real> Rbf<R> {
    /// The paper's: the ten digits of Fig. 3, fixed, with eq. 8.
    pub fn paper() -> Self {
        Self {
            codes: digit_codes(),
            learn_codes: false,
            scale: 1.0,
            criterion: Criterion::TrueClass,
            curvature: Curvature::Exact,
        }
    }

    /// The 2 in the derivative of a penalty.
    fn two(&self) -> R {
        R::of(2.0 * self.scale)
    }

    /// The codes, one row per class.
    fn rows(&self) -> impl Iterator<Item = &[R]> {
        line(&self.codes).chunks_exact(self.codes.dim().1)
    }

    /// The same rows of a gradient or curvature; none if the codes do not learn.
    fn learnt_rows(&mut self) -> impl Iterator<Item = &mut [R]> {
        let width = self.codes.dim().1;
        self.arrays_mut().flat_map(move |array| array.chunks_exact_mut(width))
    }

    /// Turns the 2 of eq. 8 into the second derivative of eq. 9 (deviation 6).
    fn add_competition(&self, x: &[R], output: &Penalties<R>, label: usize, ddx: &mut [R]) {
        let two = self.two();
        for (j, (ddx, &x)) in ddx.iter_mut().zip(x).enumerate() {
            let (mut mean, mut square) = (R::zero(), R::zero());
            for ((_, p), code) in self.slopes(output, label).zip(self.rows()) {
                let slope = two * (x - code[j]);
                *ddx -= two * p;
                mean += p * slope;
                square += p * slope * slope;
            }
            // Rounding must not make a vanishing variance negative.
            *ddx = (*ddx + square - mean * mean).max(R::zero());
        }
    }

    /// `dE/dy_i` for each class, with its share `p_i` of the competition.
    fn slopes(&self, output: &Penalties<R>, label: usize) -> impl Iterator<Item = (R, R)> {
        let share = self.criterion.shares(output);
        output.iter().enumerate().map(move |(i, y)| {
            let (p, wanted) = (share(y), if i == label { R::one() } else { R::zero() });
            (wanted - p, p)
        })
    }
}

impl<R: Real> Parameters<R> for Rbf<R> {
    fn arrays(&self) -> impl Iterator<Item = &[R]> {
        self.learn_codes.then(|| line(&self.codes)).into_iter()
    }

    fn arrays_mut(&mut self) -> impl Iterator<Item = &mut [R]> {
        self.learn_codes.then(|| line_mut(&mut self.codes)).into_iter()
    }
}

impl<R: Real> Head<R> for Rbf<R> {
    type Output = Penalties<R>;

    fn inputs(&self) -> usize {
        self.codes.dim().1
    }

    fn output(&self) -> Penalties<R> {
        Penalties(vec![R::zero(); self.codes.dim().0])
    }

    fn connections(&self) -> usize {
        self.codes.len()
    }

    fn fprop(&self, x: &Maps<R>, output: &mut Penalties<R>) {
        kernels::rbf::fprop(line(&self.codes), line(x), &mut output.0);
        output.0.iter_mut().for_each(|y| *y *= R::of(self.scale));
    }

    fn loss(&self, output: &Penalties<R>, label: usize) -> R {
        self.criterion.loss(output, label)
    }

    fn bprop(&self, x: &Maps<R>, output: &Penalties<R>, label: usize, dx: &mut Maps<R>, gradient: &mut Self) {
        let (x, dx, two) = (line(x), line_mut(dx), self.two());
        dx.fill(R::zero());
        for ((dy, _), code) in self.slopes(output, label).zip(self.rows()) {
            for ((dx, &x), &w) in dx.iter_mut().zip(x).zip(code) {
                *dx += two * dy * (x - w);
            }
        }
        for (((dy, _), code), dcode) in
            self.slopes(output, label).zip(self.rows()).zip(gradient.learnt_rows())
        {
            for ((dw, &x), &w) in dcode.iter_mut().zip(x).zip(code) {
                *dw -= two * dy * (x - w);
            }
        }
    }

    fn bbprop(
        &self,
        x: &Maps<R>,
        output: &Penalties<R>,
        label: usize,
        ddx: &mut Maps<R>,
        curvature: &mut Self,
    ) {
        let (x, ddx, two) = (line(x), line_mut(ddx), self.two());
        ddx.fill(two);
        if self.curvature == Curvature::Exact {
            self.add_competition(x, output, label, ddx);
        }
        for (((dy, p), code), ddcode) in
            self.slopes(output, label).zip(self.rows()).zip(curvature.learnt_rows())
        {
            for ((ddw, &x), &w) in ddcode.iter_mut().zip(x).zip(code) {
                let slope = two * (x - w);
                *ddw += two * dy.max(R::zero()) + p * (R::one() - p) * slope * slope;
            }
        }
    }
}
