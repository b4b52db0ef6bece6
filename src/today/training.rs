//! Training by mini-batches.

use super::network::{Network, States};
use crate::Real;
use crate::section1::{Optimiser, Parameters};
use crate::section2::{Answer, Head};
use crate::section3::database::Patterns;
use crate::section3::presentation::Presentation;
use crate::section3::training::{Evaluation, Progress};
use rand::Rng;
use std::ops::ControlFlow;

/// A network in training, with room for a mini-batch.
#[derive(Clone)]
pub struct Trainer<R: Real, H: Head<R>> {
    /// The network.
    pub net: Network<R, H>,
    states: Vec<States<R, H::Output>>,
    slopes: Vec<States<R, H::Output>>,
    gradient: Network<R, H>,
}

impl<R: Real, H: Head<R>> Trainer<R, H> {
    /// Makes room for mini-batches of so many patterns.
    pub fn new(net: Network<R, H>, batch: usize) -> Self {
        let states = vec![net.states(); batch];
        Self { slopes: states.clone(), states, gradient: net.zeros(), net }
    }

    /// Presents the patterns in `order` once, a mini-batch at a time.
    pub fn pass(
        &mut self,
        patterns: &dyn Presentation<R>,
        order: &[usize],
        optimiser: &mut dyn Optimiser<R, Network<R, H>>,
        random: &mut impl Rng,
        mut watch: impl FnMut(&Progress) -> ControlFlow<()>,
    ) -> Option<Progress> {
        self.net.train();
        let mut progress = Progress::default();
        let mut labels = Vec::new();
        for batch in order.chunks(self.states.len()) {
            let states = &mut self.states[..batch.len()];
            labels.clear();
            for (&p, s) in batch.iter().zip(states.iter_mut()) {
                labels.push(patterns.show(p, &mut s.input));
                self.net.draw(s, random);
            }
            let moments = self.net.fprop(states);
            for (s, &label) in states.iter().zip(&labels) {
                progress.patterns += 1;
                progress.errors += usize::from(s.output.answer() != label);
                progress.loss += self.net.head.loss(&s.output, label).to_f64().unwrap_or(f64::NAN);
            }
            if watch(&progress).is_break() {
                return None;
            }
            self.gradient.fill(R::zero());
            self.net.bprop(states, &moments, &labels, &mut self.slopes, &mut self.gradient);
            self.gradient.scale(R::one() / R::of(batch.len() as f64));
            optimiser.step(&mut self.net, &self.gradient);
            self.net.remember(&moments);
        }
        self.net.eval();
        Some(progress)
    }
}

/// Lets a network answer every pattern, on `threads` cores side by side, each pattern on its own.
pub fn evaluation<R: Real, H: Head<R>>(
    net: &Network<R, H>,
    patterns: &Patterns,
    threads: usize,
) -> Evaluation {
    Evaluation::by(patterns, threads, || {
        let mut states = [net.states()];
        move |p| {
            patterns.pattern(p, &mut states[0].input);
            net.fprop(&mut states);
            states[0].output.answer()
        }
    })
}
