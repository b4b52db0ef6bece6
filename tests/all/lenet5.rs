//! LeNet-5: its structure against the paper, and its first ten updates against the equations.

use crate::common::wires;
mod structure;
mod training;
