//! Every gradient, by every input and every parameter, against central differences in f64 (I-E, eq. 4, 19, 20).
//!
//! Each check proves that it can fail: `agree` refuses a wrong element, and the controls at the end of each file refuse
//! wrong formulas.

use crate::common::{agreement, all_blocks, by_each, draw, draw_layers, flat, layers, passes, training_case};
#[path = "gradients/layers.rs"]
mod by_layers;
mod losses;
mod network;

use lenet5::section2::{Criterion, Squashing};
use proptest::prelude::*;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

/// Random numbers for weights that are replaced later.
fn any_random() -> ChaCha8Rng {
    ChaCha8Rng::seed_from_u64(0)
}

/// The paper's A and S, or others with a slope `A S` near 1: six layers of a much larger slope would make difference quotients
/// inaccurate.
fn squashings() -> impl Strategy<Value = Squashing> {
    let of = |(amplitude, steepness)| Squashing { amplitude, slope: steepness / amplitude };
    prop_oneof![Just(Squashing::PAPER), (1.2..2.5, 0.7..1.3).prop_map(of)]
}

/// Eq. 8, or eq. 9 with `j` below, among and above the penalties.
fn criteria() -> impl Strategy<Value = Criterion> {
    let competitive = (-5.0..300.0).prop_map(|rubbish| Criterion::Competitive { rubbish });
    prop_oneof![Just(Criterion::TrueClass), competitive]
}
