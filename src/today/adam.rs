#![doc = mathdoc::page!("adam.md")]

use crate::Real;
use crate::kernels::adam::{self as kernel, Step};
use crate::section1::{Optimiser, Parameters, side_by_side};

/// Adam (Kingma and Ba 2015) with decoupled weight decay (Loshchilov and Hutter 2019): [the rule](self#the-rule).
#[derive(Clone, Debug)]
pub struct Adam<R, P> {
    /// The rate eta: about how far a parameter moves in a step, in its own unit.
    pub eta: R,
    /// lambda: the share of a parameter that decays in a step of rate 1; 0 is no decay. All parameters decay, biases and
    /// gains included.
    pub decay: R,
    /// m: the running mean of the gradient, not corrected.
    pub mean: P,
    /// v: the running mean of its square, not corrected.
    pub square: P,
    /// The number of steps so far, on which the corrections depend.
    pub steps: i32,
}

/// The share of the mean gradient that is kept from step to step.
pub const BETA1: f64 = 0.9;
/// The share of the mean square that is kept from step to step.
pub const BETA2: f64 = 0.999;
/// Added to the root of the mean square, so that a step is finite even if all gradients were 0.
pub const EPSILON: f64 = 1e-8;

impl<R: Real, P: Parameters<R>> Adam<R, P> {
    /// Adam before its first step: all means are 0, in the structure of `parameters`.
    pub fn new(eta: R, decay: R, parameters: &P) -> Self {
        Self { eta, decay, mean: parameters.zeros(), square: parameters.zeros(), steps: 0 }
    }

    /// Counts the next step and returns its numbers that are the same for all parameters.
    fn next(&mut self) -> Step<R> {
        self.steps += 1;
        let corrected = |beta: f64| 1.0 - beta.powi(self.steps);
        Step {
            beta1: R::of(BETA1),
            beta2: R::of(BETA2),
            rate: self.eta / R::of(corrected(BETA1)),
            root: R::of(1.0 / corrected(BETA2).sqrt()),
            epsilon: R::of(EPSILON),
            decay: self.eta * self.decay,
        }
    }
}

impl<R: Real, P: Parameters<R>> Optimiser<R, P> for Adam<R, P> {
    fn step(&mut self, parameters: &mut P, gradient: &P) {
        let step = self.next();
        let memory = side_by_side(self.mean.arrays_mut(), self.square.arrays_mut());
        let memory = side_by_side(memory, gradient.arrays());
        for (w, ((m, v), dw)) in side_by_side(parameters.arrays_mut(), memory) {
            kernel::step(step, w, m, v, dw);
        }
    }

    fn memory(&self) -> Vec<(&'static str, &P)> {
        vec![("mean", &self.mean), ("square", &self.square)]
    }
}
