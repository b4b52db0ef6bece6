//! Layers with everything that a pass needs, to be drawn by properties.

use crate::draw::values;
use crate::flat::assign;
use lenet5::section1::{Maps, Module, Shape};
use ndarray::Array3;
use proptest::prelude::*;
use std::fmt::Debug;

/// The numbers of a state.
pub fn maps(shape: Shape) -> impl Strategy<Value = Maps<f64>> {
    let into = move |values| Array3::from_shape_vec(shape, values).expect("a value for each unit");
    values(shape.0 * shape.1 * shape.2).prop_map(into)
}

/// A module with any parameters, an input and a number for each of its outputs.
pub fn with_values<M: Module<f64> + Debug>(
    module: M,
    input: Shape,
) -> impl Strategy<Value = (M, Maps<f64>, Maps<f64>)> {
    let output = module.output_shape(input).expect("an input that fits");
    (values(module.parameter_count()), maps(input), maps(output)).prop_map(move |(w, x, c)| {
        let mut module = module.clone();
        assign(&mut module, &w);
        (module, x, c)
    })
}
