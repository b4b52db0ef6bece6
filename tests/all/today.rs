//! Blocks of today: gradients on a mini-batch against central differences in f64, networks against the paper's, rules against
//! their printed formulas.
//!
//! As in `tests/all/gradients.rs`, each check proves that it can fail: `agree` refuses a wrong element, and the controls refuse
//! wrong formulas.

use crate::common::{agreement, all_blocks, by_each, differences, draw, draw_layers, flat, passes, waves};
mod blocks;
mod network;
mod rules;

use agreement::Tolerance;

/// Differences and `bprop` agree far better than this, since all blocks but one are linear between their kinks.
const TOLERANCE: Tolerance = Tolerance { relative: 1e-6, floor: 1e-8 };
