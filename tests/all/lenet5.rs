//! LeNet-5 itself: its structure against the paper's, and its first ten updates against the equations.

use crate::common::wires;
mod structure;
mod training;
