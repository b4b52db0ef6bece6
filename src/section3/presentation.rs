#![doc = mathdoc::page!("presentation.md")]

use super::database::Patterns;
use super::distortions::{Distortion, place_distorted};
use crate::Real;
use crate::section1::Maps;
use rand::SeedableRng;
use rand::seq::{SliceRandom, index};
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};

/// What a seed decides, each from a stream of random numbers of its own.
#[derive(Clone, Copy, Debug)]
pub enum Chance {
    /// The initial weights.
    Weights,
    /// The constant order of the patterns (deviation 8).
    Order,
    /// The initial weights of an output layer that has any: apart, so that C1 to F6 start alike under each of them.
    Head,
    /// The patterns on which second derivatives are estimated before this pass (deviation 9).
    Curvature(usize),
    /// The order of the patterns in this pass, or of the fixed copies in this round of ten, where it is not constant.
    Reshuffled(usize),
    /// The dropout masks of this pass ([`dropout`](crate::today::dropout)).
    Dropout(usize),
    /// How this copy of a pattern is distorted (deviation 20).
    Distortion(usize),
}

impl Chance {
    /// The random numbers that `seed` has for this.
    pub fn stream(self, seed: u64) -> ChaCha8Rng {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        random.set_stream(match self {
            Self::Weights => 0,
            Self::Order => 1,
            Self::Head => 2,
            Self::Curvature(pass) => 1000 + pass as u64,
            Self::Reshuffled(pass) => (1 << 32) + pass as u64,
            Self::Dropout(pass) => (1 << 33) + pass as u64,
            Self::Distortion(copy) => (1 << 48) + copy as u64,
        });
        random
    }
}

/// In which order patterns are presented (deviation 8).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Order {
    /// In one random order, the same in every pass.
    #[default]
    Constant,
    /// In a new one in every pass.
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
    /// Every presentation is distorted anew, this strongly.
    Fresh(f64),
    /// To each pattern nine copies are made, distorted this strongly; ten passes go through all of them once.
    Fixed(f64),
}

/// A pattern and its nine distorted copies: 60,000 and 540,000 (III-B).
const COPIES: usize = 10;

impl Distortions {
    /// How strongly patterns are distorted: see [`Distortion::draw`].
    pub fn strength(self) -> f64 {
        let (Self::Fresh(strength) | Self::Fixed(strength)) = self;
        strength
    }

    /// The numbers, as [`Distorted`] has them, of what `pass` presents in place of `patterns` patterns, the first ones of
    /// `all`.
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

/// Patterns that can be shown to a network, each with what is desired of it: the class that it shows, in most cases.
pub trait Presentation<R, D = usize> {
    /// Writes pattern `p` on the input plane and returns what is desired.
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
    /// How strongly they are distorted: see [`Distortion::draw`].
    pub strength: f64,
    /// What the distortions are drawn from.
    pub seed: u64,
}

impl<R: Real> Presentation<R> for Distorted<'_> {
    fn show(&self, number: usize, input: &mut Maps<R>) -> usize {
        let (copy, p) = (number / self.patterns.len(), number % self.patterns.len());
        if copy == 0 {
            return self.patterns.show(p, input);
        }
        let distortion = Distortion::draw(self.strength, &mut Chance::Distortion(number).stream(self.seed));
        place_distorted(self.patterns.image(p), &distortion, input);
        self.patterns.label(p)
    }
}
