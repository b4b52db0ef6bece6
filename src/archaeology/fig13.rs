//! The inputs of Fig. 13, read by other networks than that of 1998.

use super::rasters::fig_13;
use super::recover::Shown;
use crate::section1::{Maps, Network};

/// The nine inputs as their greys show them, 1 x 32 x 32, in reading order.
pub fn inputs() -> Vec<Maps<f32>> {
    let shown = Shown::read(&fig_13());
    shown.inputs.into_iter().map(|input| input.pixels.mapv(|x| x as f32)).collect()
}

/// The answers of a network to the nine inputs; none from a network with another input than LeNet-5's.
pub fn answers(net: &Network<f32>) -> Vec<usize> {
    let mut states = net.states();
    let inputs = inputs();
    let fitting = inputs.iter().filter(|input| input.dim() == net.input());
    fitting
        .map(|input| {
            states.input_mut().assign(input);
            net.fprop(&mut states);
            states.output.nearest()
        })
        .collect()
}
