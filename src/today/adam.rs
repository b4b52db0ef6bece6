//! Adam, with weight decay.

use crate::Real;
use crate::kernels::adam::{self as kernel, Step};
use crate::section1::{Optimiser, Parameters};

/// Adam with decoupled weight decay.
#[derive(Clone, Debug)]
pub struct Adam<R, P> {
    /// The rate eta.
    pub eta: R,
    /// How much of a weight decays in a step of rate 1.
    pub decay: R,
    /// The mean gradient.
    pub mean: P,
    /// The mean of its square.
    pub square: P,
    /// How many steps there have been.
    pub steps: i32,
}

/// How much of the mean gradient is kept.
pub const BETA1: f64 = 0.9;
/// How much of the mean square is kept.
pub const BETA2: f64 = 0.999;
/// Keeps a step finite where no gradient has been seen.
pub const EPSILON: f64 = 1e-8;

impl<R: Real, P: Parameters<R>> Adam<R, P> {
    /// At the beginning.
    pub fn new(eta: R, decay: R, parameters: &P) -> Self {
        Self { eta, decay, mean: parameters.zeros(), square: parameters.zeros(), steps: 0 }
    }

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
        let memory = self.mean.arrays_mut().zip(self.square.arrays_mut());
        for ((w, (m, v)), dw) in parameters.arrays_mut().zip(memory).zip(gradient.arrays()) {
            kernel::step(step, w, m, v, dw);
        }
    }

    fn memory(&self) -> Vec<(&'static str, &P)> {
        vec![("mean", &self.mean), ("square", &self.square)]
    }
}
