//! An untrained LeNet-5 in f64 without special values, and both passes of a pattern through it.

use super::passes::OnMaps;
use lenet5::section1::{Loss, Network, Parameters, Penalties, States};
use lenet5::section2::{Criterion, LeNet5, Variant};
use ndarray::Array3;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// Initial weights, with a number added to every parameter, since a bias of 0 and equal coefficients could hide errors.
pub fn network(output: impl OnMaps<Output = Penalties<f64>>, seed: u64) -> Network<f64> {
    network_of(output, &Variant::default(), seed)
}

/// The same for another LeNet-5.
pub fn network_of(
    output: impl OnMaps<Output = Penalties<f64>>,
    variant: &Variant,
    seed: u64,
) -> Network<f64> {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let mut net = LeNet5::network(output, variant, &mut random).expect("84 units");
    net.arrays_mut().flatten().for_each(|w| *w += random.random_range(-0.05..0.05));
    net
}

/// The states of all layers for a pattern of random grey levels.
pub fn states(net: &Network<f64>, seed: u64) -> States<f64> {
    let (mut states, mut random) = (net.states(), ChaCha8Rng::seed_from_u64(!seed));
    *states.input_mut() = Array3::from_shape_simple_fn((1, 32, 32), || random.random_range(-0.1..1.175));
    net.fprop(&mut states);
    states
}

/// The gradient and the second derivatives of one pattern, and the derivatives of the loss by the units of F6.
pub struct Said {
    pub gradient: Network<f64>,
    pub h: Network<f64>,
    pub dx: Vec<f64>,
    pub ddx: Vec<f64>,
}

/// The derivatives of a loss. F6 is squashed in place, so the derivatives by its states come from the output layer alone.
pub fn said<L: OnMaps<Output = Penalties<f64>>>(
    net: &Network<f64>,
    s: &States<f64>,
    criterion: Criterion,
    label: usize,
) -> Said {
    let (mut d, mut dd) = (net.states(), net.second_derivatives());
    criterion.bprop(&s.output, &label, &mut d.output);
    criterion.bbprop(&s.output, &label, &mut dd.output);
    let (layer, mut dx, mut ddx) =
        (net.output_layer::<L>().expect("this output layer"), s.last().clone(), s.last().clone());
    layer.bprop(s.last(), &s.output, &d.output, Some(&mut dx), &mut layer.zeros());
    let bbprop = L::second_order().expect("second derivatives");
    bbprop(layer, s.last(), &s.output, &dd.output, Some(&mut ddx), &mut layer.zeros());
    let (mut gradient, mut h) = (net.zeros(), net.zeros());
    net.bprop(s, &mut d, &mut gradient);
    net.bbprop(s, &mut dd, &mut h);
    Said { gradient, h, dx: dx.into_raw_vec_and_offset().0, ddx: ddx.into_raw_vec_and_offset().0 }
}
