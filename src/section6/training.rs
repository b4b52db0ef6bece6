#![doc = mathdoc::page!("training.md", "../../docs/figures/junk.svg")]

use super::criterion::GraphLoss;
use super::reader::StringReader;
use crate::Real;
use crate::section1::{Loss, Maps, Network, Parameters, States};
use crate::section2::Criterion;
use crate::section3::database::{Patterns, place};
use crate::section3::distortions::place_distorted;
use crate::section3::presentation::Presentation;
use crate::section5::segmentation::Segmenter;
use crate::section5::strings::{Field, Spacing, Strings};
use rand::Rng;
use std::ops::ControlFlow;

/// The factor on all rates after each third of the strings.
const FALL: f64 = 0.4;
/// Single patterns after each string.
const SINGLE: usize = 2;

/// A reader of strings in training: everything that the strings use in turn.
pub struct StringTrainer<R: Real, Reader> {
    /// The network.
    pub net: Network<R>,
    /// The reader.
    pub reader: Reader,
    /// The loss.
    pub loss: GraphLoss,
    gradient: Network<R>,
    single: [States<R>; 2],
}

/// Training on many strings ([deviation 44](crate::paper::deviations#44-training-on-strings)).
#[derive(Clone)]
pub struct Course<'a, R> {
    /// The digits.
    pub patterns: &'a Patterns,
    /// How strings are put together.
    pub spacing: Spacing,
    /// The seed of the strings.
    pub seed: u64,
    /// The number of strings.
    pub strings: usize,
    /// Every second string has so much noise. 0: none has.
    pub noise: f64,
    /// Single patterns beside the strings; `None`: none.
    pub keep: Option<Keep<'a, R>>,
}

/// Single patterns beside strings: two of them after each, with a loss of section II, at so many times the rates of strings.
#[derive(Clone, Copy)]
pub struct Keep<'a, R> {
    /// The patterns.
    pub patterns: &'a dyn Presentation<R>,
    /// The loss.
    pub loss: Criterion,
    /// The factor on the rates.
    pub factor: f64,
}

/// Counts of the strings so far.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Presented {
    /// Strings presented.
    pub strings: usize,
    /// Those without a path that spells them, which changed nothing.
    pub without_path: usize,
    /// The sum of the losses of the others.
    pub loss: f64,
}

impl<R: Real, Reader: StringReader<R>> StringTrainer<R, Reader> {
    /// Allocates what training needs.
    pub fn new(net: Network<R>, reader: Reader, loss: GraphLoss) -> Self {
        let single = [net.states(), net.states()];
        Self { gradient: net.zeros(), single, net, reader, loss }
    }

    /// Presents one string: from the field to the loss, back to the weights, and one update with a rate for each parameter.
    ///
    /// Returns the loss; `None` if no path of the graph spells the desired string: nothing changes then.
    pub fn learn(&mut self, field: &Field, rates: &Network<R>) -> Option<f64> {
        let graph = self.reader.fprop(&self.net, field.image.view());
        let (loss, d) = self.loss.of(&graph, &field.labels)?;
        self.gradient.fill(R::zero());
        self.reader.bprop(&self.net, &d, &mut self.gradient);
        self.net.update(rates, &self.gradient);
        Some(loss)
    }

    /// Presents one single pattern with a loss of section II.
    fn learn_single(&mut self, keep: &Keep<R>, number: usize, rates: &Network<R>) {
        let [s, d] = &mut self.single;
        let label = keep.patterns.show(number, s.input_mut());
        self.net.fprop(s);
        keep.loss.bprop(&s.output, &label, &mut d.output);
        self.net.bprop_and_update(s, d, rates, &mut self.gradient);
    }

    /// Presents all strings of a course. `rates` are those of its first third; they fall to 0.4 times after each third.
    ///
    /// `watch` is called after each string with the counts so far; if it breaks, training ends there.
    pub fn course(
        &mut self,
        course: &Course<R>,
        rates: &Network<R>,
        mut watch: impl FnMut(&Presented) -> ControlFlow<()>,
    ) -> ControlFlow<(), Presented> {
        let of_noise = |noise| Strings {
            patterns: course.patterns,
            spacing: Spacing { noise, ..course.spacing.clone() },
            seed: course.seed,
        };
        let (clean, noisy) = (of_noise(0.0), of_noise(course.noise));
        let (mut presented, mut rates) = (Presented::default(), rates.clone());
        let mut kept = course.keep.map(|keep| (keep, scaled(&rates, keep.factor)));
        for n in 0..course.strings {
            if n > 0 && n % course.strings.div_ceil(3) == 0 {
                rates.scale(R::of(FALL));
                kept.iter_mut().for_each(|(_, rates)| rates.scale(R::of(FALL)));
            }
            let noise = course.noise > 0.0 && n % 2 == 1;
            self.reader.expect_noise(noise);
            match self.learn(&if noise { &noisy } else { &clean }.get(n as u64), &rates) {
                Some(loss) => presented.loss += loss,
                None => presented.without_path += 1,
            }
            presented.strings += 1;
            if let Some((keep, rates)) = &kept {
                (0..SINGLE).for_each(|single| self.learn_single(keep, SINGLE * n + single, rates));
            }
            watch(&presented)?;
        }
        ControlFlow::Continue(presented)
    }
}

/// Single digits, as many as there are numbers: those with even numbers in the box of III-A, the others in the manner of a
/// string of one digit, all distorted like the digits of strings.
#[derive(Clone, Debug)]
pub struct Singles<'a> {
    /// The digits.
    pub patterns: &'a Patterns,
    /// How strings are put together.
    pub spacing: Spacing,
    /// The seed.
    pub seed: u64,
}

impl<R: Real> Presentation<R> for Singles<'_> {
    fn show(&self, number: usize, input: &mut Maps<R>) -> usize {
        if number % 2 == 1 {
            let spacing = Spacing { digits: 1..=1, ..self.spacing.clone() };
            let field = Strings { patterns: self.patterns, spacing, seed: self.seed }.get(number as u64);
            if let Some(pattern) = Segmenter::whole(field.image.view()) {
                place(pattern.view(), input);
                return usize::from(field.labels[0]);
            }
        }
        let mut random = crate::random(self.seed);
        random.set_stream(number as u64 + 1);
        let p = random.random_range(0..self.patterns.len());
        match self.spacing.distortions {
            Some(amounts) => place_distorted(self.patterns.image(p), &amounts.draw(&mut random), input),
            None => self.patterns.pattern(p, input),
        }
        self.patterns.label(p)
    }
}

fn scaled<R: Real>(rates: &Network<R>, factor: f64) -> Network<R> {
    let mut scaled = rates.clone();
    scaled.scale(R::of(factor));
    scaled
}
