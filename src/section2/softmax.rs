#![doc = mathdoc::page!("softmax.md")]

use super::full_connection::FullConnection;
use super::head::{Answer, Curvature, Head};
use crate::Real;
use crate::section1::{Maps, Parameters, line, line_mut};

/// How probable the network finds each class; the largest wins.
#[derive(Clone, Debug, PartialEq)]
pub struct Probabilities<R> {
    probabilities: Vec<R>,
    /// Kept beside them: a probability may round to 0, its logarithm does not.
    logarithms: Vec<R>,
}

impl<R: Real> Probabilities<R> {
    /// The probability of one class, from 0 to 1; those of all classes add up to 1.
    pub fn of(&self, class: usize) -> R {
        self.probabilities[class]
    }

    /// The class with the largest probability, the first of them if several are alike (deviation 17).
    pub fn most_probable(&self) -> usize {
        let first = (0, R::neg_infinity());
        let scores = self.logarithms.iter().copied().enumerate();
        scores.fold(first, |best, next| if next.1 > best.1 { next } else { best }).0
    }
}

impl<R: Real> Answer<R> for Probabilities<R> {
    fn answer(&self) -> usize {
        self.most_probable()
    }

    fn scores(&self) -> &[R] {
        &self.probabilities
    }
}

/// A fully connected layer from F6 to the classes, softmax, and the cross-entropy with the label.
#[derive(Clone, Debug, PartialEq)]
pub struct Softmax<R> {
    /// From F6 to one weighted sum per class.
    pub output: FullConnection<R>,
    /// The second derivative that goes back.
    pub curvature: Curvature,
}

impl<R: Real> Softmax<R> {
    /// Adds what `derivative` says of each class to the sums of the output layer and to `dx`.
    fn backward<const SQUARED: bool>(
        &self,
        x: &Maps<R>,
        dx: &mut Maps<R>,
        sums: &mut Self,
        derivative: impl Fn(usize) -> R,
    ) {
        let power = |value: R| if SQUARED { value * value } else { value };
        let (x, dx) = (line(x), line_mut(dx));
        dx.fill(R::zero());
        let rows = line(&self.output.weight).chunks_exact(x.len());
        let sums_rows = line_mut(&mut sums.output.weight).chunks_exact_mut(x.len());
        for (i, ((row, sums_row), db)) in rows.zip(sums_rows).zip(&mut sums.output.bias).enumerate() {
            let da = derivative(i);
            *db += da;
            for (((dw, dx), &w), &x) in sums_row.iter_mut().zip(dx.iter_mut()).zip(row).zip(x) {
                *dw += da * power(x);
                *dx += da * power(w);
            }
        }
    }
}

impl<R: Real> Parameters<R> for Softmax<R> {
    fn arrays(&self) -> impl Iterator<Item = &[R]> {
        self.output.arrays()
    }

    fn arrays_mut(&mut self) -> impl Iterator<Item = &mut [R]> {
        self.output.arrays_mut()
    }
}

impl<R: Real> Head<R> for Softmax<R> {
    type Output = Probabilities<R>;

    fn inputs(&self) -> usize {
        self.output.weight.dim().1
    }

    fn output(&self) -> Probabilities<R> {
        let zeros = vec![R::zero(); self.output.bias.len()];
        Probabilities { probabilities: zeros.clone(), logarithms: zeros }
    }

    fn connections(&self) -> usize {
        self.output.weight.len() + self.output.bias.len()
    }

    fn fprop(&self, x: &Maps<R>, output: &mut Probabilities<R>) {
        let (weights, biases) = (line(&self.output.weight), line(&self.output.bias));
        crate::kernels::full_connection::fprop(weights, biases, line(x), &mut output.logarithms);
        let largest = output.logarithms.iter().copied().fold(R::neg_infinity(), R::max);
        let sum: R = output.logarithms.iter().map(|&a| (a - largest).exp()).sum();
        for (log, p) in output.logarithms.iter_mut().zip(&mut output.probabilities) {
            *log -= largest + sum.ln();
            *p = log.exp();
        }
    }

    fn loss(&self, output: &Probabilities<R>, label: usize) -> R {
        -output.logarithms[label]
    }

    fn bprop(
        &self,
        x: &Maps<R>,
        output: &Probabilities<R>,
        label: usize,
        dx: &mut Maps<R>,
        gradient: &mut Self,
    ) {
        let wanted = |i| if i == label { R::one() } else { R::zero() };
        self.backward::<false>(x, dx, gradient, |i| output.of(i) - wanted(i));
    }

    fn bbprop(
        &self,
        x: &Maps<R>,
        output: &Probabilities<R>,
        _label: usize,
        ddx: &mut Maps<R>,
        curvature: &mut Self,
    ) {
        self.backward::<true>(x, ddx, curvature, |i| match self.curvature {
            Curvature::Exact => output.of(i) * (R::one() - output.of(i)),
            Curvature::Constant => R::of(0.25),
        });
    }
}
