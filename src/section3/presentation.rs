#![doc = mathdoc::page!("presentation.md")]

use super::database::Patterns;
use super::distortions::{Amounts, place_distorted};
use super::invariance::salt_and_pepper;
use crate::Real;
use crate::section1::Maps;
use rand::SeedableRng;
use rand::seq::{SliceRandom, index};
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};

/// The random choices that a seed decides; each has its own stream of random numbers.
#[derive(Clone, Copy, Debug)]
pub enum Chance {
    /// The initial weights below the output layer.
    Weights,
    /// The constant order of the patterns (deviation 8).
    Order,
    /// The initial weights of the output layer, if it has any: apart, so that C1 to F6 start alike below every output layer.
    Head,
    /// The permutations of a given front.
    Front,
    /// The patterns on which second derivatives are estimated before this pass (deviation 9).
    Curvature(usize),
    /// The new order of the patterns in this pass, or of the fixed copies in this round of ten passes.
    Reshuffled(usize),
    /// The dropout masks of this pass ([`dropout`](crate::today::dropout)).
    Dropout(usize),
    /// The distortion of the copy with this number (deviation 20).
    Distortion(usize),
    /// The noise on this pattern in this pass (III-E).
    Noise {
        /// The pass, counted from 1.
        pass: usize,
        /// The number of the pattern or of its copy.
        number: usize,
    },
}

impl Chance {
    /// The random numbers of `seed` for this choice.
    pub fn stream(self, seed: u64) -> ChaCha8Rng {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        random.set_stream(match self {
            Self::Weights => 0,
            Self::Order => 1,
            Self::Head => 2,
            Self::Front => 3,
            Self::Curvature(pass) => 1000 + pass as u64,
            Self::Reshuffled(pass) => (1 << 32) + pass as u64,
            Self::Dropout(pass) => (1 << 33) + pass as u64,
            Self::Distortion(copy) => (1 << 48) + copy as u64,
            Self::Noise { pass, number } => (1 << 52) + ((pass as u64) << 33) + number as u64,
        });
        random
    }
}

/// The order in which patterns are presented (deviation 8).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Order {
    /// One random order for all passes.
    #[default]
    Constant,
    /// A new random order in every pass.
    Reshuffled,
}

impl Order {
    /// The order of `patterns` patterns in `pass`, counted from 1.
    pub fn of(self, patterns: usize, pass: usize, seed: u64) -> Vec<usize> {
        let chance = match self {
            Self::Constant => Chance::Order,
            Self::Reshuffled => Chance::Reshuffled(pass),
        };
        let mut order: Vec<usize> = (0..patterns).collect();
        order.shuffle(&mut chance.stream(seed));
        order
    }
}

/// Distorted patterns in place of, or among, those of the training set (III-B).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Distortions {
    /// Every presentation has a new distortion.
    Fresh(Amounts),
    /// Each pattern has nine distorted copies; ten passes present the pattern and each copy once.
    Fixed(Amounts),
}

/// A pattern and its nine distorted copies: 60,000 and 540,000 (III-B).
const COPIES: usize = 10;

impl Distortions {
    /// The distribution of their amounts.
    pub fn amounts(self) -> Amounts {
        let (Self::Fresh(amounts) | Self::Fixed(amounts)) = self;
        amounts
    }

    /// The numbers of the copies that `pass` presents in place of the first `patterns` of `all` patterns. Copies are
    /// numbered as in [`Distorted`].
    pub fn numbers(self, order: Order, [patterns, all]: [usize; 2], pass: usize, seed: u64) -> Vec<usize> {
        match self {
            Self::Fresh(_) => order.of(patterns, pass, seed).into_iter().map(|p| pass * all + p).collect(),
            Self::Fixed(_) => {
                let (round, part) = ((pass - 1) / COPIES, (pass - 1) % COPIES);
                let numbers = order.of(COPIES * patterns, round + 1, seed);
                let part = numbers.into_iter().skip(part * patterns).take(patterns);
                part.map(|number| number / patterns * all + number % patterns).collect()
            }
        }
    }
}

/// The `count` patterns on which second derivatives are estimated before `pass`.
pub fn curvature_patterns(seed: u64, pass: usize, patterns: usize, count: usize) -> Vec<usize> {
    index::sample(&mut Chance::Curvature(pass).stream(seed), patterns, count.min(patterns)).into_vec()
}

/// Patterns that can be shown to a network, each with its desired output, which in most cases is its class.
pub trait Presentation<R, D = usize> {
    /// Writes pattern `p` on the input plane and returns its desired output.
    fn show(&self, p: usize, input: &mut Maps<R>) -> D;
}

impl<R: Real> Presentation<R> for Patterns {
    fn show(&self, p: usize, input: &mut Maps<R>) -> usize {
        self.pattern(p, input);
        self.label(p)
    }
}

/// Any number of distorted copies of every pattern: copy `c` of the `p`-th of `n` patterns is number
/// `c n + p`, and copy 0 is the pattern itself. The same number gives the same picture.
#[derive(Clone, Copy, Debug)]
pub struct Distorted<'a> {
    /// The patterns.
    pub patterns: &'a Patterns,
    /// The distribution of the distortions.
    pub amounts: Amounts,
    /// The seed of the distortions.
    pub seed: u64,
}

impl<R: Real> Presentation<R> for Distorted<'_> {
    fn show(&self, number: usize, input: &mut Maps<R>) -> usize {
        let (copy, p) = (number / self.patterns.len(), number % self.patterns.len());
        if copy == 0 {
            return self.patterns.show(p, input);
        }
        let distortion = self.amounts.draw(&mut Chance::Distortion(number).stream(self.seed));
        place_distorted(self.patterns.image(p), &distortion, input);
        self.patterns.label(p)
    }
}

/// Patterns with [salt-and-pepper noise](salt_and_pepper), new in each pass (III-E).
#[derive(Clone, Copy)]
pub struct Noisy<'a, R> {
    /// The patterns.
    pub patterns: &'a dyn Presentation<R>,
    /// The share of pixels that are inverted.
    pub probability: f64,
    /// The pass, counted from 1.
    pub pass: usize,
    /// The seed of the noise.
    pub seed: u64,
}

impl<R: Real> Presentation<R> for Noisy<'_, R> {
    fn show(&self, number: usize, input: &mut Maps<R>) -> usize {
        let label = self.patterns.show(number, input);
        let random = &mut Chance::Noise { pass: self.pass, number }.stream(self.seed);
        salt_and_pepper(self.probability, random, input);
        label
    }
}
