//! *Embedded digits*: a stand-in for MNIST on machines that do not have it.

mod pen;
mod skeletons;

use super::normalisation::normalise;
use super::patterns::{Database, IMAGE, Patterns};
use ndarray::{Array3, Axis};
use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;

/// Patterns to learn from.
pub const TRAIN: usize = 10_000;
/// Patterns to be judged on.
pub const TEST: usize = 2_000;

/// The embedded digits: 10,000 to learn from and 2,000 others to be judged on, each digit equally often.
pub fn digits(seed: u64) -> Database {
    Database { name: "embedded digits".into(), train: patterns(seed, 0, TRAIN), test: patterns(seed, 1 << 32, TEST) }
}

/// `count` patterns in random order; pattern `p` draws its own random numbers, from stream `first + 1 + p`.
fn patterns(seed: u64, first: u64, count: usize) -> Patterns {
    let stream = |number| {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        rng.set_stream(first + number);
        rng
    };
    let mut labels: Vec<u8> = (0..10).cycle().take(count).collect();
    labels.shuffle(&mut stream(0));
    let mut images = Array3::zeros((count, IMAGE, IMAGE));
    for ((image, &label), number) in images.axis_iter_mut(Axis(0)).zip(&labels).zip(1..) {
        let digit = normalise(pen::draw(&mut stream(number), label).view()).expect("a pen leaves ink");
        digit.assign_to(image);
    }
    Patterns::new(images, labels).expect("as many images as labels, all of them digits")
}
