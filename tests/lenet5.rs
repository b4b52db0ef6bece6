//! LeNet-5 itself: its structure against the paper's, and its first ten updates against the equations.

#[path = "common/wires.rs"]
mod wires;

#[path = "lenet5/structure.rs"]
mod structure;
#[path = "lenet5/training.rs"]
mod training;
