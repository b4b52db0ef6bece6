//! A LeNet-5 in f64 that has learnt nothing and is not special in any way, and a pattern for it.

use lenet5::section1::{Maps, Parameters};
use lenet5::section2::{Head, LeNet5, States, Variant};
use ndarray::Array3;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// Initial weights, and something added to every parameter, since a bias of 0 and equal coefficients could hide errors.
pub fn network<H: Head<f64>>(head: H, seed: u64) -> LeNet5<f64, H> {
    network_of(head, &Variant::default(), seed)
}

/// The same of another LeNet-5.
pub fn network_of<H: Head<f64>>(head: H, variant: &Variant, seed: u64) -> LeNet5<f64, H> {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let mut net = LeNet5::new(head, variant, &mut random);
    net.arrays_mut().flatten().for_each(|w| *w += random.random_range(-0.05..0.05));
    net
}

/// The states of all layers for a pattern of random grey levels.
pub fn states<H: Head<f64>>(net: &LeNet5<f64, H>, seed: u64) -> States<f64, H::Output> {
    let mut states = net.states();
    states.input = pattern(seed);
    net.fprop(&mut states);
    states
}

/// Random grey levels between paper and ink.
pub fn pattern(seed: u64) -> Maps<f64> {
    let mut random = ChaCha8Rng::seed_from_u64(!seed);
    Array3::from_shape_simple_fn((1, 32, 32), || random.random_range(-0.1..1.175))
}
