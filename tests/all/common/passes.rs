//! Both passes of one layer, with any kind of output.

use super::flat::flat;
use lenet5::section1::{Layer, Maps, Module, Penalties, Shape, State};
use ndarray::Array3;

/// An output that is an array of numbers.
pub trait Numbers: State + From<Maps<f64>> {
    fn numbers(&self) -> &Maps<f64>;
}

impl Numbers for Maps<f64> {
    fn numbers(&self) -> &Maps<f64> {
        self
    }
}

impl Numbers for Penalties<f64> {
    fn numbers(&self) -> &Maps<f64> {
        self.maps()
    }
}

/// A module that a network can hold.
pub trait OnMaps: Module<f64, Input = Maps<f64>, Output: Numbers> + Layer<f64> {}

impl<M: Module<f64, Input = Maps<f64>, Output: Numbers> + Layer<f64>> OnMaps for M {}

/// An array of NaN, which a pass must overwrite.
pub fn unwritten(shape: Shape) -> Maps<f64> {
    Array3::from_elem(shape, f64::NAN)
}

/// The output of a layer.
pub fn fprop<L: OnMaps>(layer: &L, x: &Maps<f64>) -> L::Output {
    let mut y = unwritten(layer.output_shape(x.dim()).expect("an input that fits")).into();
    layer.fprop(x, &mut y);
    y
}

/// dE/dx and dE/dw by `bprop`, from `dE/dy`.
pub fn by_bprop<L: OnMaps>(layer: &L, x: &Maps<f64>, dy: &Maps<f64>) -> Vec<f64> {
    let (y, mut dx, mut gradient) = (fprop(layer, x), unwritten(x.dim()), layer.zeros());
    assert_eq!(y.numbers().dim(), dy.dim(), "a derivative for each output");
    layer.bprop(x, &y, &dy.clone().into(), Some(&mut dx), &mut gradient);
    dx.iter().copied().chain(flat(&gradient)).collect()
}
