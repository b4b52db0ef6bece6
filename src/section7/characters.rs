#![doc = mathdoc::page!("characters.md", "../../docs/figures/fig-25.svg")]

use crate::section8::{Step, Transducer};

/// The class of places without a character, in a network that has the ten digits before it.
pub const BLANK: u8 = 10;

/// The character model (O-25): a transducer that reads a class at each position of the output, `classes` of them and a blank
/// behind, and writes each character once.
///
/// State 0 is "between characters"; state `1 + k` is "in class `k`".
pub fn character_model(classes: u8) -> Transducer {
    let blank = classes;
    let step = |from: u8, to: u8, reads: u8, writes: Option<u8>| Step {
        from: usize::from(from),
        to: usize::from(to),
        reads: Some(reads),
        writes,
        penalty: 0.0,
    };
    let of_class =
        |k: u8| [step(0, 1 + k, k, Some(k)), step(1 + k, 1 + k, k, None), step(1 + k, 0, blank, None)];
    let steps = [step(0, 0, blank, None)].into_iter().chain((0..classes).flat_map(of_class)).collect();
    let states = usize::from(classes) + 1;
    let all: Vec<usize> = (0..states).collect();
    Transducer::new(states, 0, &all, steps).expect("a model without null symbols")
}
