#![doc = mathdoc::page!("training.md", "../../docs/figures/junk.svg")]

use super::criterion::GraphLoss;
use crate::Real;
use crate::section1::{Loss, Network, Parameters, States};
use crate::section2::Criterion;
use crate::section3::database::{Patterns, place};
use crate::section5::recognition::Recogniser;
use crate::section5::segmentation::{FEATURES, Segmenter};
use crate::section5::strings::{Field, Spacing, Strings};
use ndarray::ArrayView2;
use rand::Rng;
use std::ops::ControlFlow;

/// The factor on all rates after each third of the strings.
const FALL: f64 = 0.4;

/// A reader of strings in training: segmenter, recogniser, loss, and everything that the strings use in turn.
pub struct StringTrainer<R: Real> {
    /// The character recogniser.
    pub net: Network<R>,
    /// The segmenter, whose weights are trained too if their rate is not zero.
    pub segmenter: Segmenter,
    /// The loss.
    pub loss: GraphLoss,
    recogniser: Recogniser<R>,
    gradient: Network<R>,
    single: [States<R>; 2],
}

/// Training on many strings ([deviation 44](crate::paper::deviations#44-training-on-strings)).
#[derive(Clone, Debug)]
pub struct Course<'a> {
    /// The digits.
    pub patterns: &'a Patterns,
    /// How strings are put together.
    pub spacing: Spacing,
    /// The seed of the strings.
    pub seed: u64,
    /// The number of strings.
    pub strings: usize,
    /// Every second string has so much noise, and is read through the median filter. 0: none has.
    pub noise: f64,
    /// After each string, two single digits with this loss at so many times the rates of strings: one in the box of III-A, one in the
    /// manner of a string of one digit, both distorted like those of the strings. `None`: no single digits.
    pub keep: Option<(Criterion, f64)>,
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

impl<R: Real> StringTrainer<R> {
    /// Allocates what training needs.
    pub fn new(net: Network<R>, segmenter: Segmenter, loss: GraphLoss) -> Self {
        let (recogniser, single) = (Recogniser::new(), [net.states(), net.states()]);
        Self { gradient: net.zeros(), recogniser, single, net, segmenter, loss }
    }

    /// Presents one string: from the field to the loss, back to the weights, and one update with a rate for each parameter and
    /// one for the weights of the segmenter.
    ///
    /// Returns the loss; `None` if no path of the graph spells the desired string: nothing changes then.
    pub fn learn(&mut self, field: &Field, rates: &Network<R>, segmenter_rate: f64) -> Option<f64> {
        let segmentation = self.segmenter.fprop(field.image.view());
        let graph = self.recogniser.fprop(&self.net, &segmentation);
        let (loss, d) = self.loss.of(&graph, &field.labels)?;
        let mut d_segmentation = vec![0.0; segmentation.graph.len()];
        self.gradient.fill(R::zero());
        self.recogniser.bprop(&self.net, &d, &mut self.gradient, &mut d_segmentation);
        self.net.update(rates, &self.gradient);
        let mut d_weights = [0.0; FEATURES];
        self.segmenter.bprop(&segmentation, &d_segmentation, &mut d_weights);
        self.segmenter.weights.iter_mut().zip(d_weights).for_each(|(w, d)| *w -= segmenter_rate * d);
        Some(loss)
    }

    /// Presents one single digit of 28 x 28 pixels with a loss of section II.
    pub fn keep(&mut self, image: ArrayView2<u8>, label: usize, loss: Criterion, rates: &Network<R>) {
        let [s, d] = &mut self.single;
        place(image, s.input_mut());
        self.net.fprop(s);
        loss.bprop(&s.output, &label, &mut d.output);
        self.net.bprop_and_update(s, d, rates, &mut self.gradient);
    }

    /// Presents all strings of a course. `rates` are those of its first third; they fall to 0.4 times after each third.
    ///
    /// `watch` is called after each string with the counts so far; if it breaks, training ends there.
    pub fn course(
        &mut self,
        course: &Course,
        rates: &Network<R>,
        mut watch: impl FnMut(&Presented) -> ControlFlow<()>,
    ) -> ControlFlow<(), Presented> {
        let strings =
            Strings { patterns: course.patterns, spacing: course.spacing.clone(), seed: course.seed };
        let noisy =
            Strings { spacing: Spacing { noise: course.noise, ..course.spacing.clone() }, ..strings.clone() };
        let single =
            Strings { spacing: Spacing { digits: 1..=1, ..course.spacing.clone() }, ..strings.clone() };
        // Single digits are drawn from streams that no string has.
        let mut random = crate::random(!course.seed);
        let (mut presented, mut rates) = (Presented::default(), rates.clone());
        let mut kept = course.keep.map(|(loss, factor)| (loss, scaled(&rates, factor)));
        for n in 0..course.strings {
            if n > 0 && n % course.strings.div_ceil(3) == 0 {
                rates.scale(R::of(FALL));
                kept.iter_mut().for_each(|(_, rates)| rates.scale(R::of(FALL)));
            }
            self.segmenter.median = course.noise > 0.0 && n % 2 == 1;
            let strings = if self.segmenter.median { &noisy } else { &strings };
            match self.learn(&strings.get(n as u64), &rates, 0.0) {
                Some(loss) => presented.loss += loss,
                None => presented.without_path += 1,
            }
            presented.strings += 1;
            if let Some((loss, rates)) = &kept {
                let p = random.random_range(0..course.patterns.len());
                let image = course.spacing.image(course.patterns, p, &mut random);
                self.keep(image.view(), course.patterns.label(p), *loss, rates);
                let field = single.get((course.strings + n) as u64);
                if let Some(pattern) = Segmenter::whole(field.image.view()) {
                    self.keep(pattern.view(), usize::from(field.labels[0]), *loss, rates);
                }
            }
            watch(&presented)?;
        }
        ControlFlow::Continue(presented)
    }
}

fn scaled<R: Real>(rates: &Network<R>, factor: f64) -> Network<R> {
    let mut scaled = rates.clone();
    scaled.scale(R::of(factor));
    scaled
}
