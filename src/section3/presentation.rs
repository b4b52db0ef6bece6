//! III-B, App. C: which patterns a pass presents, in which order, and distorted how.

use super::database::Patterns;
use super::distortions::{Distortion, place_distorted};
use crate::Real;
use crate::section1::Maps;
use rand::SeedableRng;
use rand::seq::{SliceRandom, index};
use rand_chacha::ChaCha8Rng;

/// What a seed decides, each from a stream of random numbers of its own.
#[derive(Clone, Copy, Debug)]
pub enum Chance {
    /// The initial weights.
    Weights,
    /// The constant order of the patterns (deviation 8).
    Order,
    /// The initial weights of a head that has any: apart, so that C1 to F6 start alike under every head.
    Head,
    /// The patterns on which second derivatives are estimated before this pass (deviation 9).
    Curvature(usize),
    /// The order of the patterns in this pass, where it is not constant.
    Reshuffled(usize),
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
            Self::Distortion(copy) => (1 << 48) + copy as u64,
        });
        random
    }
}

/// A random order of `patterns` patterns.
pub fn order(patterns: usize, chance: Chance, seed: u64) -> Vec<usize> {
    let mut order: Vec<usize> = (0..patterns).collect();
    order.shuffle(&mut chance.stream(seed));
    order
}

/// The order in which `patterns` patterns are presented in every pass.
pub fn constant_order(seed: u64, patterns: usize) -> Vec<usize> {
    order(patterns, Chance::Order, seed)
}

/// The `count` patterns on which second derivatives are estimated before `pass`.
pub fn curvature_patterns(seed: u64, pass: usize, patterns: usize, count: usize) -> Vec<usize> {
    index::sample(&mut Chance::Curvature(pass).stream(seed), patterns, count.min(patterns)).into_vec()
}

/// Patterns that can be shown to a network.
pub trait Presentation<R> {
    /// Writes pattern `p` on the input plane and returns what it shows.
    fn show(&self, p: usize, input: &mut Maps<R>) -> usize;
}

impl<R: Real> Presentation<R> for Patterns {
    fn show(&self, p: usize, input: &mut Maps<R>) -> usize {
        self.pattern(p, input);
        self.label(p)
    }
}

/// As many distorted copies of every pattern as anyone asks for: copy `c` of the `p`-th of `n` patterns is number
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
