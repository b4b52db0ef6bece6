//! Blocks of today: gradients on a mini-batch against central differences in f64, networks against the paper's, rules against
//! their printed formulas.
//!
//! As in `tests/gradients.rs`, each check proves that it can fail: `agree` refuses a wrong element, and the controls refuse
//! wrong formulas.

#[path = "common/agreement.rs"]
mod agreement;
#[path = "common/all_blocks.rs"]
mod all_blocks;
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
#[path = "common/passes.rs"]
mod passes;
#[path = "common/waves.rs"]
mod waves;

#[path = "today/blocks.rs"]
mod blocks;
#[path = "today/network.rs"]
mod network;
#[path = "today/rules.rs"]
mod rules;

use agreement::Tolerance;

/// Differences and `bprop` agree far better: all blocks but one are straight between their kinks.
const TOLERANCE: Tolerance = Tolerance { relative: 1e-6, floor: 1e-8 };
