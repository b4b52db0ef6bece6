//! Random layers with their inputs and derivatives, for properties.

use super::draw::values;
use super::flat::assign;
use lenet5::section1::{Layer, Maps, Module, Shape};
use ndarray::Array3;
use proptest::prelude::*;
use std::fmt::Debug;

/// The numbers of a state.
pub fn maps(shape: Shape) -> impl Strategy<Value = Maps<f64>> {
    let into = move |values| Array3::from_shape_vec(shape, values).expect("a value for each unit");
    values(shape.0 * shape.1 * shape.2).prop_map(into)
}

/// A layer with random parameters, an input, and a number for each output.
pub fn with_values<M: Module<f64> + Layer<f64> + Debug>(
    layer: M,
    input: Shape,
) -> impl Strategy<Value = (M, Maps<f64>, Maps<f64>)> {
    let output = layer.output_shape(input).expect("an input that fits");
    (values(layer.parameter_count()), maps(input), maps(output)).prop_map(move |(w, x, c)| {
        let mut layer = layer.clone();
        assign(&mut layer, &w);
        (layer, x, c)
    })
}
