//! Blocks of today: gradients against central differences in f64, networks against the paper's, rules against what is
//! printed of them.
//!
//! As in `tests/gradients.rs` each check proves that it can fail: `agree` refuses a wrong element, and the controls refuse
//! wrong formulas.

#[path = "common/agreement.rs"]
mod agreement;
#[path = "common/differences.rs"]
mod differences;
#[path = "common/draw.rs"]
mod draw;
#[path = "common/draw_layers.rs"]
mod draw_layers;
#[path = "common/flat.rs"]
mod flat;

#[path = "today/blocks.rs"]
mod blocks;
#[path = "today/network.rs"]
mod network;
#[path = "today/rules.rs"]
mod rules;

use agreement::Tolerance;
use lenet5::section1::Maps;

/// Differences and `bprop` agree far better: all blocks but one are straight between their kinks.
const TOLERANCE: Tolerance = Tolerance { relative: 1e-6, floor: 1e-8 };

fn dot(a: &Maps<f64>, b: &Maps<f64>) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// The derivative of `f` by each component of `x`.
fn by_each(mut f: impl FnMut(&[f64]) -> f64, x: &[f64]) -> Vec<f64> {
    let mut moved = x.to_vec();
    let mut partial = |n: usize| {
        let derivative = differences::slope(|h| {
            moved[n] = x[n] + h;
            f(&moved)
        });
        moved[n] = x[n];
        derivative
    };
    (0..x.len()).map(&mut partial).collect()
}
