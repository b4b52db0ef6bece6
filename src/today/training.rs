#![doc = mathdoc::page!("training.md")]

use super::batch_normalisation::SHARE;
use super::network::{Network, Slopes, States};
use crate::Real;
use crate::section1::{Optimiser, Parameters};
use crate::section2::{Answer, Head};
use crate::section3::database::Patterns;
use crate::section3::presentation::Presentation;
use crate::section3::training::{Evaluation, Progress};
use rand::Rng;
use std::ops::ControlFlow;

/// A network in training, with room for the states and derivatives of a mini-batch.
#[derive(Clone)]
pub struct Trainer<R: Real, H: Head<R>> {
    /// The network.
    pub net: Network<R, H>,
    states: Vec<States<R, H::Output>>,
    slopes: Vec<Slopes<R>>,
    gradient: Network<R, H>,
}

impl<R: Real, H: Head<R>> Trainer<R, H> {
    /// Makes room for mini-batches of so many patterns.
    pub fn new(net: Network<R, H>, batch: usize) -> Self {
        let (states, slopes) = (vec![net.states(); batch], vec![net.slopes(); batch]);
        Self { states, slopes, gradient: net.zeros(), net }
    }

    /// Presents the patterns in `order` once, a mini-batch at a time, with one step of `optimiser` for each; what is left over
    /// is a smaller mini-batch. `random` decides who is silent.
    ///
    /// `watch` sees what has been counted so far, before each step; if it breaks off, there is no result. The network is in
    /// evaluation before and after.
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
            labels.extend(batch.iter().zip(states.iter_mut()).map(|(&p, s)| patterns.show(p, &mut s.input)));
            states.iter_mut().for_each(|s| self.net.draw(s, random));
            let moments = self.net.fprop(states);
            for (s, &label) in states.iter().zip(&labels) {
                progress.patterns += 1;
                progress.errors += usize::from(s.output.answer() != label);
                progress.loss += self.net.head.loss(&s.output, label).to_f64().unwrap_or(f64::NAN);
            }
            if watch(&progress).is_break() {
                self.net.eval();
                return None;
            }
            self.gradient.fill(R::zero());
            self.net.bprop(states, &moments, &labels, &mut self.slopes, &mut self.gradient);
            self.gradient.scale(R::one() / R::of(batch.len() as f64));
            optimiser.step(&mut self.net, &self.gradient);
            self.net.remember(&moments, SHARE);
        }
        self.net.eval();
        Some(progress)
    }

    /// Takes the running moments anew, if there are any: the mean over mini-batches of the patterns in `order`, nobody silent.
    /// After a pass over distorted patterns, of patterns as they are
    /// ([why](super::batch_normalisation#training-and-evaluation)). What is left over at the end is not asked, unless it is all
    /// there is.
    pub fn settle(&mut self, patterns: &dyn Presentation<R>, order: &[usize]) {
        if self.net.normalisations.is_none() {
            return;
        }
        let size = self.states.len().min(order.len()).max(1);
        let dropout = std::mem::replace(&mut self.net.dropout.rate, 0.0);
        self.net.train();
        for (n, batch) in order.chunks_exact(size).enumerate() {
            for (&p, s) in batch.iter().zip(&mut self.states) {
                patterns.show(p, &mut s.input);
            }
            let moments = self.net.fprop(&mut self.states[..size]);
            self.net.remember(&moments, 1.0 / (n + 1) as f64);
        }
        self.net.eval();
        self.net.dropout.rate = dropout;
    }
}

/// Lets a network, which is in evaluation, answer every pattern, on `threads` cores side by side, each pattern on its own.
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
