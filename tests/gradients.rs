//! Every gradient, by every input and every parameter, against central differences in f64 (I-E, eq. 4, 19, 20).
//!
//! Each check proves that it can fail: `agree` refuses a wrong element, and the controls at the end of each file refuse
//! wrong formulas.

#[path = "common/agreement.rs"]
mod agreement;
#[path = "common/by_each.rs"]
mod by_each;
#[path = "common/differences.rs"]
mod differences;
#[path = "common/draw.rs"]
mod draw;
#[path = "common/draw_layers.rs"]
mod draw_layers;
#[path = "common/flat.rs"]
mod flat;
#[path = "common/untrained.rs"]
mod untrained;

#[path = "gradients/heads.rs"]
mod heads;
#[path = "gradients/layers.rs"]
mod layers;
#[path = "gradients/network.rs"]
mod network;

use agreement::Tolerance;
use by_each::{by_each, dot};
use lenet5::section1::{Maps, Shape};
use lenet5::section2::{Criterion, Squashing};
use ndarray::Array3;
use proptest::prelude::*;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

/// Differences and `bprop` agree to 4e-8 of the larger (the deepest cascades) and, near zero, to 2e-10 (sums of five
/// hundred products). The floor is far below every derivative that matters: those are of the order of 1.
const TOLERANCE: Tolerance = Tolerance { relative: 1e-6, floor: 1e-8 };

/// For weights that are drawn over.
fn any_random() -> ChaCha8Rng {
    ChaCha8Rng::seed_from_u64(0)
}

/// A place that must be written to.
fn unwritten(shape: Shape) -> Maps<f64> {
    Array3::from_elem(shape, f64::NAN)
}

/// The paper's A and S, or others with a slope `A S` that is not far from 1 either: six layers far above it make a
/// network whose differences say little.
fn squashings() -> impl Strategy<Value = Squashing> {
    let of = |(amplitude, steepness)| Squashing { amplitude, slope: steepness / amplitude };
    prop_oneof![Just(Squashing::PAPER), (1.2..2.5, 0.7..1.3).prop_map(of)]
}

/// Eq. 8, or eq. 9 with `j` below, among and above the penalties.
fn criteria() -> impl Strategy<Value = Criterion> {
    let competitive = (-5.0..300.0).prop_map(|rubbish| Criterion::Competitive { rubbish });
    prop_oneof![Just(Criterion::TrueClass), competitive]
}
