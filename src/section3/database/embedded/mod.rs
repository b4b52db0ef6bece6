#![doc = mathdoc::page!("mod.md")]

mod hand;
mod pen;
mod skeletons;

use super::normalisation::regular;
use super::patterns::{Database, IMAGE, Patterns};
use ndarray::{Array3, Axis};
use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;

/// Patterns to learn from.
const TRAIN: usize = 10_000;
/// Patterns to be judged on.
pub const TEST: usize = 2_000;

/// The embedded digits of `seed`: 10,000 patterns to learn from and 2,000 others to be judged on, each of the ten
/// digits equally often, in random order.
pub fn digits(seed: u64) -> Database {
    Database { name: "embedded digits".into(), train: patterns(seed, 0, TRAIN), test: test(seed) }
}

/// The [`TEST`] patterns alone: they are drawn in a sixth of the time.
pub fn test(seed: u64) -> Patterns {
    patterns(seed, 1 << 32, TEST)
}

/// `count` patterns. Their order is drawn from random stream `first` of `seed`, each pattern from the next stream.
fn patterns(seed: u64, first: u64, count: usize) -> Patterns {
    let stream = |number| {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        rng.set_stream(number);
        rng
    };
    let mut labels: Vec<u8> = (0..10).cycle().take(count).collect();
    labels.shuffle(&mut stream(first));
    let mut images = Array3::zeros((count, IMAGE, IMAGE));
    for ((image, &label), number) in images.axis_iter_mut(Axis(0)).zip(&labels).zip(first + 1..) {
        let written = pen::write(&mut stream(number), label);
        regular(written.view()).expect("a pen leaves ink").assign_to(image);
    }
    Patterns::new(images, labels).expect("as many images as labels, all of them digits")
}
