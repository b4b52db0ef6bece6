//! *Embedded digits*: a stand-in for MNIST on machines that do not have it. Everything measured on them must say so.
//!
//! The paper has no such thing ([deviation 18](crate::paper::deviations#18-embedded-digits)). The first minute with
//! a program should not need the network, and its tests should not either; `experiment ... --embedded` asks for
//! them.
//!
//! # How a digit comes about
//!
//! As a written one does:
//!
//! 1. `skeletons.rs` knows how people write each digit: several ways (a seven with and without a bar, a four open
//!    and closed), each a range of shapes, a shape being the points that each stroke goes through.
//! 2. `hand.rs` makes up a writer (aspect ratio, slant, rotation, pen, a sheet of rubber that bends every shape, and
//!    a sloppiness with a long tail), chooses a way, and sets the points somewhere between two of its shapes.
//! 3. `pen.rs` lays a smooth curve through the points and follows it with a round pen, in black and white.
//! 4. [normalisation](super::normalisation) treats the result as III-A treated the forms of NIST.
//!
//! Every pattern has a writer and random numbers of its own, so no writer of the test patterns is met in training.
//! Nothing but `+ - * /`, square roots and rounding is used, whose results IEEE 754 fixes to the last bit: a seed
//! gives the same bytes on every machine.
//!
//! ```
//! let digits = lenet5::section3::database::embedded::digits(1998);
//! assert_eq!(digits.name, "embedded digits");
//! assert_eq!((digits.train.len(), digits.test.len()), (10_000, 2_000));
//! ```
//!
//! # What they are not
//!
//! They are not MNIST, and no error on them says anything about MNIST: they are fewer, and easier. Compared with the
//! 60,000 training patterns of MNIST (in brackets): mean grey level, 1 being full ink, 0.132 (0.131); pixels with
//! ink 18.8 % (19.1 %); width of the strokes 2.4 ± 0.6 pixels (2.4 ± 0.6); width over height 0.77 ± 0.23 (0.80 ±
//! 0.22); slant 0.12 ± 0.28 (0.11 ± 0.28). They are the easier task: the nearest of 10,000 neighbours is wrong on 3
//! % of them and on 8 % of the first 2,000 test patterns of MNIST.
//!
//! # How we know
//!
//! `tests/embedded_digits.rs`: there are as many of each digit, in random order; a seed means the same bytes
//! everywhere (their hash is in the test); no test pattern is met in training; they are centred by their mass and as
//! dark as MNIST's; and the nearest neighbour recognises most of them, and not all.

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
