#![doc = mathdoc::page!("training.md")]
#![doc = include_str!("../../docs/figures/fig-5.svg")]

use super::database::Patterns;
use super::presentation::Presentation;
use crate::Real;
use crate::appendix::b::Update;
use crate::section1::{Optimiser, Parameters};
use crate::section2::{Answer, Head, LeNet5, States};
use serde::{Deserialize, Serialize};
use std::ops::{ControlFlow, Range};

/// `eta` of [eq. 21](crate::appendix::c#eq-21) in passes 1 to 20, as printed (III-B).
pub const ETA: [f64; 20] = [
    5e-4, 5e-4, 2e-4, 2e-4, 2e-4, 1e-4, 1e-4, 1e-4, 5e-5, 5e-5, 5e-5, 5e-5, 1e-5, 1e-5, 1e-5, 1e-5, 1e-5,
    1e-5, 1e-5, 1e-5,
];

/// What has been seen of a pass so far.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Progress {
    /// Patterns presented.
    pub patterns: usize,
    /// How many of them the network got wrong when they were presented.
    pub errors: usize,
    /// The sum of their losses.
    pub loss: f64,
}

impl Progress {
    /// Wrong answers, in percent of the patterns presented: the training error on the fly, as Fig. 5 has it.
    pub fn error_pct(&self) -> f64 {
        100.0 * self.errors as f64 / self.patterns as f64
    }

    /// The mean loss of the patterns presented: [eq. 8](crate::section2::loss#eq-8) or
    /// [eq. 9](crate::section2::loss#eq-9), but that each pattern met the parameters of its moment.
    pub fn mean_loss(&self) -> f64 {
        self.loss / self.patterns as f64
    }
}

/// A network in training, with room for everything a pattern leaves behind: made once, used for every pattern.
#[derive(Clone)]
pub struct Trainer<R: Real, H: Head<R>> {
    /// The network.
    pub net: LeNet5<R, H>,
    states: States<R, H::Output>,
    slopes: States<R, H::Output>,
    gradient: LeNet5<R, H>,
}

impl<R: Real, H: Head<R>> Trainer<R, H> {
    /// Makes room for training `net`.
    pub fn new(net: LeNet5<R, H>) -> Self {
        Self { states: net.states(), slopes: net.states(), gradient: net.zeros(), net }
    }

    /// Presents the patterns in `order` once and updates the parameters by `optimiser`, as often as `update` says.
    ///
    /// `watch` is called after every pattern. When it breaks, the pass ends there and `None` is returned; so is it when
    /// the loss is no longer a number, which `watch` can see.
    pub fn pass(
        &mut self,
        patterns: &dyn Presentation<R>,
        order: &[usize],
        update: Update,
        optimiser: &mut dyn Optimiser<R, LeNet5<R, H>>,
        mut watch: impl FnMut(&Progress) -> ControlFlow<()>,
    ) -> Option<Progress> {
        let mut progress = Progress::default();
        for batch in order.chunks(update.patterns(order.len())) {
            let rates = optimiser.rates().filter(|_| update == Update::Stochastic);
            if rates.is_none() {
                self.gradient.fill(R::zero());
            }
            for &p in batch {
                let label = self.present(patterns, p, &mut progress);
                let (net, states, slopes) = (&mut self.net, &self.states, &mut self.slopes);
                match rates {
                    Some(rates) => net.descend(states, label, slopes, rates, &mut self.gradient),
                    None => net.bprop(states, label, slopes, &mut self.gradient),
                }
                if watch(&progress).is_break() {
                    return None;
                }
            }
            if rates.is_none() {
                if batch.len() > 1 {
                    self.gradient.scale(R::one() / R::of(batch.len() as f64));
                }
                optimiser.step(&mut self.net, &self.gradient);
            }
        }
        Some(progress)
    }

    /// Pattern -> states -> loss; the label is returned.
    fn present(&mut self, patterns: &dyn Presentation<R>, p: usize, progress: &mut Progress) -> usize {
        let label = patterns.show(p, &mut self.states.input);
        self.net.fprop(&mut self.states);
        progress.patterns += 1;
        progress.errors += usize::from(self.states.output.answer() != label);
        progress.loss += self.net.head.loss(&self.states.output, label).to_f64().unwrap_or(f64::NAN);
        label
    }

    /// The mean second derivative of every parameter over `some` of the patterns, by their numbers
    /// ([eq. 24](crate::appendix::c#eq-24)). The parameters stay as they are.
    pub fn curvature(&mut self, patterns: &Patterns, some: &[usize]) -> LeNet5<R, H> {
        let mut sum = self.net.zeros();
        for &p in some {
            patterns.pattern(p, &mut self.states.input);
            self.net.fprop(&mut self.states);
            self.net.bbprop(&self.states, patterns.label(p), &mut self.slopes, &mut sum);
        }
        sum.scale(R::one() / R::of(some.len() as f64));
        sum
    }
}

/// A pattern that got the wrong answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Misclassified {
    /// Its place among the test patterns, from 0.
    pub index: usize,
    /// What it shows.
    pub label: usize,
    /// What the network took it for.
    pub answer: usize,
}

/// How a network does on patterns that it does not learn from.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Evaluation {
    /// `confusion[label][answer]` counts patterns.
    pub confusion: [[usize; 10]; 10],
    /// Every pattern that got the wrong answer.
    pub misclassified: Vec<Misclassified>,
    /// How many patterns there were.
    pub patterns: usize,
}

impl Evaluation {
    /// Lets `net` answer every pattern, on `threads` cores side by side: how many they are changes nothing but the time.
    pub fn of<R: Real, H: Head<R>>(net: &LeNet5<R, H>, patterns: &Patterns, threads: usize) -> Self {
        Self::by(patterns, threads, || {
            let mut states = net.states();
            move |p| {
                patterns.pattern(p, &mut states.input);
                net.fprop(&mut states);
                states.output.answer()
            }
        })
    }

    /// The same for whatever answers pattern `p`: `reader` makes one for each core.
    pub fn by<A: FnMut(usize) -> usize>(
        patterns: &Patterns,
        threads: usize,
        reader: impl Fn() -> A + Sync,
    ) -> Self {
        let share = patterns.len().div_ceil(threads.max(1)).max(1);
        let shares = (0..patterns.len()).step_by(share).map(|begin| begin..patterns.len().min(begin + share));
        std::thread::scope(|scope| {
            let of_share = |share| Self::of_share(patterns, share, reader());
            let parts: Vec<_> = shares.map(|share| scope.spawn(move || of_share(share))).collect();
            let parts = parts.into_iter().map(|part| part.join().expect("answering does not panic"));
            parts.fold(Self::default(), Self::and)
        })
    }

    fn of_share(patterns: &Patterns, share: Range<usize>, mut answer: impl FnMut(usize) -> usize) -> Self {
        let mut evaluation = Self { patterns: share.len(), ..Self::default() };
        for index in share {
            let (label, answer) = (patterns.label(index), answer(index));
            evaluation.confusion[label][answer] += 1;
            if answer != label {
                evaluation.misclassified.push(Misclassified { index, label, answer });
            }
        }
        evaluation
    }

    /// This evaluation and that of the patterns behind.
    fn and(mut self, next: Self) -> Self {
        for (count, more) in self.confusion.as_flattened_mut().iter_mut().zip(next.confusion.as_flattened()) {
            *count += more;
        }
        self.misclassified.extend(next.misclassified);
        self.patterns += next.patterns;
        self
    }

    /// Wrong answers, in percent.
    pub fn error_pct(&self) -> f64 {
        100.0 * self.misclassified.len() as f64 / self.patterns as f64
    }
}
