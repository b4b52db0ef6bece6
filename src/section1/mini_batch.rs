#![doc = mathdoc::page!("mini_batch.md")]

use super::{Back, Maps, Network, Shape, States, side_by_side};
use crate::Real;
use rand::RngCore;
use std::any::Any;
use std::ops::Range;

/// The weight of a new mini-batch in the running moments.
pub const SHARE: f64 = 0.1;

/// A module in training, for one mini-batch: it draws a mask for each pattern, or compares the patterns.
pub trait InTraining<R: Real>: Any + Send {
    /// Draws the mask of the next pattern, whose input has this shape.
    fn draw(&mut self, _input: Shape, _random: &mut dyn RngCore) {}

    /// Whether the module draws random numbers.
    fn is_random(&self) -> bool {
        false
    }

    /// Whether the module compares patterns: it then [observes](InTraining::observe) all inputs before its first `fprop`.
    fn compares(&self) -> bool {
        false
    }

    /// Takes the moments, or any other statistics, of the inputs of all patterns.
    fn observe(&mut self, _inputs: &[&Maps<R>]) {}

    /// Writes the output `y` of pattern `p` for its input `x`.
    fn fprop(&self, p: usize, x: &Maps<R>, y: &mut Maps<R>);

    /// Adds the input and `dE/dy` of a pattern to the module's sums, for all patterns before the first `bprop`.
    fn accumulate(&mut self, _x: &Maps<R>, _dy: &Maps<R>) {}

    /// Adds the gradient of the whole mini-batch to the arrays of the module's gradient.
    fn add_gradient(&mut self, _gradient: &mut [&mut [R]]) {}

    /// Replaces `d = dE/dy` of pattern `p`, whose input was `x`, by `d = dE/dx`.
    fn bprop(&self, p: usize, x: &Maps<R>, d: &mut Maps<R>);
}

/// The states and derivatives of several patterns that pass through a network together.
pub struct MiniBatch<R: Real> {
    /// The states of each pattern: the inputs are written here.
    pub states: Vec<States<R>>,
    /// The derivatives by the states: `dE/dy` of each output is written here.
    pub derivatives: Vec<States<R>>,
    /// Each module in training, if it computes something else there.
    training: Vec<Option<Box<dyn InTraining<R>>>>,
    /// Ranges of modules through which one pattern passes before the next one does.
    segments: Vec<Range<usize>>,
}

impl<R: Real> MiniBatch<R> {
    /// A mini-batch of up to `patterns` patterns.
    pub fn new(net: &Network<R>, patterns: usize) -> Self {
        let mut batch = Self {
            states: vec![net.states(); patterns],
            derivatives: vec![net.states(); patterns],
            training: net.stages.iter().map(|stage| stage.module.in_training()).collect(),
            segments: Vec::new(),
        };
        let waits = |n: &usize| batch.compares(*n) || batch.is_shared(net, *n);
        let begins: Vec<usize> =
            (0..net.stages.len()).filter(|n| *n == 0 || waits(n) || batch.is_shared(net, n - 1)).collect();
        let ends = begins.iter().skip(1).copied().chain([net.stages.len()]);
        batch.segments = begins.iter().zip(ends).map(|(&begin, end)| begin..end).collect();
        batch
    }

    /// Whether module `n` compares patterns, so that all of them have to reach it first.
    fn compares(&self, n: usize) -> bool {
        self.training[n].as_ref().is_some_and(|training| training.compares())
    }

    /// Whether module `n` reads its weights once for several patterns.
    fn is_shared(&self, net: &Network<R>, n: usize) -> bool {
        self.training[n].is_none() && net.stages[n].module.shares_walks(self.states[0].maps[n].dim())
    }

    /// Goes up from the inputs of the first `patterns` patterns to their outputs, as in training. `random` draws the
    /// dropout masks; without it there is no dropout.
    pub fn fprop(&mut self, net: &Network<R>, patterns: usize, random: Option<&mut dyn RngCore>) {
        self.training = net.stages.iter().map(|stage| stage.module.in_training()).collect();
        match random {
            Some(random) => (0..patterns).for_each(|_| self.draw(random)),
            None => self.training.iter_mut().for_each(|t| drop(t.take_if(|t| t.is_random()))),
        }
        for segment in self.segments.clone() {
            let first = segment.start;
            if self.compares(first) {
                let inputs: Vec<&Maps<R>> = self.states[..patterns].iter().map(|s| &s.maps[first]).collect();
                self.training[first].iter_mut().for_each(|training| training.observe(&inputs));
            }
            if self.is_shared(net, first) {
                self.fprop_shared(net, first, patterns);
            } else {
                self.fprop_each(net, segment, patterns);
            }
        }
        for s in self.states[..patterns].iter_mut() {
            net.output
                .iter()
                .for_each(|output| output.module.fprop(&s.maps[net.stages.len()], &mut s.output));
        }
    }

    fn draw(&mut self, random: &mut dyn RngCore) {
        for (n, training) in self.training.iter_mut().enumerate() {
            training.iter_mut().for_each(|t| t.draw(self.states[0].maps[n].dim(), random));
        }
    }

    fn fprop_each(&mut self, net: &Network<R>, segment: Range<usize>, patterns: usize) {
        for (p, s) in self.states[..patterns].iter_mut().enumerate() {
            for n in segment.clone() {
                let (x, y) = s.around(n);
                match &self.training[n] {
                    Some(training) => training.fprop(p, x, y),
                    None => net.stages[n].module.fprop(x, y),
                }
                net.stages[n].squash(y);
            }
        }
    }

    fn fprop_shared(&mut self, net: &Network<R>, n: usize, patterns: usize) {
        let states = self.states[..patterns].iter_mut().map(|s| s.around(n));
        let mut pairs: Vec<(&Maps<R>, &mut Maps<R>)> = states.map(|(x, y)| (&*x, y)).collect();
        net.stages[n].module.fprop_all(&mut pairs);
        pairs.into_iter().for_each(|(_, y)| net.stages[n].squash(y));
    }

    /// Goes down from `dE/dy` in the outputs of `derivatives`: adds the sum of `dE/dw` over the patterns to `gradient`. The
    /// last [`fprop`](Self::fprop) must have had the same number of patterns.
    ///
    /// # Panics
    /// When `gradient` is not of the network's structure.
    pub fn bprop(&mut self, net: &Network<R>, patterns: usize, gradient: &mut Network<R>) {
        net.expect_same_structure(gradient);
        for (s, d) in self.states[..patterns].iter().zip(&mut self.derivatives) {
            for (output, sums) in side_by_side(&net.output, &mut gradient.output) {
                let p = Back { x: s.last(), y: &s.output, dy: &d.output, dx: d.maps.last_mut() };
                output.module.bprop(p, sums.module.as_mut());
            }
        }
        for segment in self.segments.clone().into_iter().rev() {
            let first = segment.start;
            if self.is_shared(net, first) {
                self.bprop_shared(net, first, patterns, gradient);
            } else {
                self.bprop_each(net, segment, patterns, gradient);
            }
            if self.compares(first) {
                let mut arrays = gradient.stages[first].module.all_arrays_mut();
                self.training[first].iter_mut().for_each(|training| training.add_gradient(&mut arrays));
            }
        }
    }

    fn bprop_each(
        &mut self,
        net: &Network<R>,
        segment: Range<usize>,
        patterns: usize,
        gradient: &mut Network<R>,
    ) {
        for p in 0..patterns {
            self.through_comparison(segment.end, p);
            let (s, d) = (&self.states[p], &mut self.derivatives[p]);
            for n in segment.clone().rev().take_while(|n| *n >= net.frozen) {
                let (stage, x, y) = (&net.stages[n], &s.maps[n], &s.maps[n + 1]);
                let (dx, dy) = d.around(n);
                stage.back_through_slope(y, dy);
                match &mut self.training[n] {
                    Some(training) if training.compares() => training.accumulate(x, dy),
                    Some(training) => {
                        training.bprop(p, x, dy);
                        std::mem::swap(dx, dy);
                    }
                    None => {
                        let p = Back { x, y, dy, dx: (n > 0).then_some(dx) };
                        stage.module.bprop(p, gradient.stages[n].module.as_mut());
                    }
                }
            }
        }
    }

    fn bprop_shared(&mut self, net: &Network<R>, n: usize, patterns: usize, gradient: &mut Network<R>) {
        if n < net.frozen {
            return;
        }
        for p in 0..patterns {
            self.through_comparison(n + 1, p);
            net.stages[n]
                .back_through_slope(&self.states[p].maps[n + 1], &mut self.derivatives[p].maps[n + 1]);
        }
        let pairs = self.states[..patterns].iter().zip(&mut self.derivatives);
        let batch = pairs.map(|(s, d)| {
            let (dx, dy) = d.around(n);
            Back { x: &s.maps[n], y: &s.maps[n + 1], dy, dx: Some(dx) }
        });
        let mut batch: Vec<Back<Maps<R>, Maps<R>>> = batch.collect();
        net.stages[n].module.bprop_all(&mut batch, gradient.stages[n].module.as_mut());
    }

    /// If module `n` compares patterns, replaces the derivative of pattern `p` by its output by that by its input. All
    /// patterns have been accumulated by then.
    fn through_comparison(&mut self, n: usize, p: usize) {
        if let Some(Some(training)) =
            self.training.get(n).filter(|t| t.as_ref().is_some_and(|t| t.compares()))
        {
            let (dx, dy) = self.derivatives[p].around(n);
            training.bprop(p, &self.states[p].maps[n], dy);
            std::mem::swap(dx, dy);
        }
    }

    /// Moves the running moments of `net` towards those of this mini-batch: `share` is its weight.
    pub fn remember(&self, net: &mut Network<R>, share: f64) {
        for (stage, training) in net.stages.iter_mut().zip(&self.training) {
            training.iter().for_each(|training| stage.module.remember(training.as_ref(), share));
        }
    }
}
