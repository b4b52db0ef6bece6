#![doc = mathdoc::page!("training.md", "../../docs/figures/fig-5.svg")]

use super::presentation::Presentation;
use crate::Real;
use crate::appendix::b::Update;
use crate::section1::mini_batch::SHARE;
use crate::section1::{Bend, Loss, MiniBatch, Network, Optimiser, Parameters, States};
use rand::RngCore;
use std::ops::ControlFlow;

/// `eta` of [eq. 21](crate::appendix::c#eq-21) in passes 1 to 20, as printed (III-B).
pub const ETA: [f64; 20] = [
    5e-4, 5e-4, 2e-4, 2e-4, 2e-4, 1e-4, 1e-4, 1e-4, 5e-5, 5e-5, 5e-5, 5e-5, 1e-5, 1e-5, 1e-5, 1e-5, 1e-5,
    1e-5, 1e-5, 1e-5,
];

/// Counts of a pass so far.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Progress {
    /// Patterns presented.
    pub patterns: usize,
    /// The number of those that the network got wrong when they were presented.
    pub errors: usize,
    /// The sum of their losses.
    pub loss: f64,
}

impl Progress {
    /// Wrong answers, in percent of the patterns presented: the training error on the fly, as in Fig. 5.
    pub fn error_pct(&self) -> f64 {
        100.0 * self.errors as f64 / self.patterns as f64
    }

    /// The mean loss of the patterns presented, [eq. 8](crate::section2::loss#eq-8) or
    /// [eq. 9](crate::section2::loss#eq-9), each with the parameters at its presentation.
    pub fn mean_loss(&self) -> f64 {
        self.loss / self.patterns as f64
    }
}

/// Patterns that a network processes together if it does not compare them: enough to read the weights of C5 and F6 once for
/// several patterns, few enough for their states to stay in the cache.
const TOGETHER: usize = 8;

/// A network in training, with the states, derivatives and gradient that all patterns use in turn.
pub struct Trainer<R: Real, L> {
    /// The network.
    pub net: Network<R>,
    /// The loss that is minimised.
    pub loss: L,
    batch: MiniBatch<R>,
    second: States<R, Bend<R>>,
    gradient: Network<R>,
}

impl<R: Real, L: Loss<R>> Trainer<R, L> {
    /// Allocates everything that training `net` needs.
    pub fn new(net: Network<R>, loss: L) -> Self {
        let (batch, second) = (MiniBatch::new(&net, TOGETHER), net.second_derivatives());
        Self { batch, second, gradient: net.zeros(), net, loss }
    }

    /// Presents the patterns in `order` once and updates the parameters by `optimiser`, once for each mini-batch of
    /// `update`; the last mini-batch may be smaller. `random` draws the dropout masks.
    ///
    /// `watch` is called with the counts so far at least once for each update. If it breaks, for example because the loss
    /// is no longer finite, the pass ends there and returns `None`.
    pub fn pass(
        &mut self,
        patterns: &dyn Presentation<R, L::Desired>,
        order: &[usize],
        update: Update,
        optimiser: &mut dyn Optimiser<R, Network<R>>,
        random: &mut dyn RngCore,
        mut watch: impl FnMut(&Progress) -> ControlFlow<()>,
    ) -> Option<Progress> {
        let size = update.patterns(order.len());
        if self.net.compares_patterns() && self.batch.states.len() != size {
            self.batch = MiniBatch::new(&self.net, size);
        }
        let by_layers = update == Update::Stochastic && self.net.is_plain();
        let mut progress = Progress::default();
        for batch in order.chunks(size) {
            if let Some(rates) = optimiser.rates().filter(|_| by_layers) {
                self.one_pattern(patterns, batch[0], rates, &mut progress);
                if watch(&progress).is_break() {
                    return None;
                }
            } else {
                self.add_gradients(patterns, batch, random, &mut progress, &mut watch)?;
                self.gradient.scale(R::one() / R::of(batch.len() as f64));
                optimiser.step(&mut self.net, &self.gradient);
                self.batch.remember(&mut self.net, SHARE);
            }
        }
        Some(progress)
    }

    /// One pattern: `fprop`, loss, `bprop` and update.
    fn one_pattern(
        &mut self,
        patterns: &dyn Presentation<R, L::Desired>,
        p: usize,
        rates: &Network<R>,
        progress: &mut Progress,
    ) {
        let (s, d) = (&mut self.batch.states[0], &mut self.batch.derivatives[0]);
        let desired = patterns.show(p, s.input_mut());
        self.net.fprop(s);
        progress.count(&self.loss, s, &desired);
        self.loss.bprop(&s.output, &desired, &mut d.output);
        self.net.bprop_and_update(s, d, rates, &mut self.gradient);
    }

    /// Sums the gradients of a mini-batch; `None` if `watch` breaks.
    fn add_gradients(
        &mut self,
        patterns: &dyn Presentation<R, L::Desired>,
        batch: &[usize],
        random: &mut dyn RngCore,
        progress: &mut Progress,
        watch: &mut impl FnMut(&Progress) -> ControlFlow<()>,
    ) -> Option<()> {
        self.gradient.fill(R::zero());
        for some in batch.chunks(self.batch.states.len()) {
            let inputs = some.iter().zip(&mut self.batch.states);
            let desired: Vec<_> = inputs.map(|(&p, s)| patterns.show(p, s.input_mut())).collect();
            self.batch.fprop(&self.net, some.len(), Some(random));
            let states = self.batch.states.iter().zip(&mut self.batch.derivatives);
            for ((s, d), desired) in states.zip(&desired) {
                progress.count(&self.loss, s, desired);
                self.loss.bprop(&s.output, desired, &mut d.output);
            }
            if watch(progress).is_break() {
                return None;
            }
            self.batch.bprop(&self.net, some.len(), &mut self.gradient);
        }
        Some(())
    }

    /// Replaces the running moments of batch normalisation, if there is any, by the mean of the moments of mini-batches of
    /// the patterns in `order`, without dropout. It is for use after a pass over distorted patterns, with undistorted ones
    /// ([why](crate::today::batch_normalisation#training-and-evaluation)). An incomplete last mini-batch is left out, unless
    /// it is the only one.
    pub fn recompute_running_moments(&mut self, patterns: &dyn Presentation<R, L::Desired>, order: &[usize]) {
        if !self.net.compares_patterns() {
            return;
        }
        let size = self.batch.states.len().min(order.len()).max(1);
        for (n, batch) in order.chunks_exact(size).enumerate() {
            for (&p, s) in batch.iter().zip(&mut self.batch.states) {
                patterns.show(p, s.input_mut());
            }
            self.batch.fprop(&self.net, size, None);
            self.batch.remember(&mut self.net, 1.0 / (n + 1) as f64);
        }
    }

    /// The mean second derivative of every parameter over the patterns with the numbers `some`
    /// ([eq. 24](crate::appendix::c#eq-24)). The parameters do not change.
    ///
    /// # Panics
    /// When a layer has no second derivatives ([`Network::first_order_only`]).
    pub fn curvature(&mut self, patterns: &dyn Presentation<R, L::Desired>, some: &[usize]) -> Network<R> {
        let mut sum = self.net.zeros();
        let s = &mut self.batch.states[0];
        for &p in some {
            let desired = patterns.show(p, s.input_mut());
            self.net.fprop(s);
            self.loss.bbprop(&s.output, &desired, &mut self.second.output);
            self.net.bbprop(s, &mut self.second, &mut sum);
        }
        sum.scale(R::one() / R::of(some.len() as f64));
        sum
    }
}

impl Progress {
    fn count<R: Real, L: Loss<R>>(&mut self, loss: &L, s: &States<R>, desired: &L::Desired) {
        self.patterns += 1;
        self.errors += usize::from(!loss.is_right(&s.output, desired));
        self.loss += loss.fprop(&s.output, desired).to_f64().unwrap_or(f64::NAN);
    }
}
