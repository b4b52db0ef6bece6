//! From modules to a network: wrong shapes, names used twice, and squashing functions in place.

use super::{numbers, random, softmax};
use lenet5::appendix::a::InitialWeights::RootFanIn;
use lenet5::section1::{
    Activation, Bbprop, Layer, Loss, Maps, Module, Network, NetworkError, Parameters, SecondOrder, Shape,
    ShapeError, Tensor, Wanted,
};
use lenet5::section2::{Convolution, Criterion, FullConnection, Rbf, Squashing, Subsampling, Table};
use lenet5::today::{AveragePooling, BatchNormalisation, Relu};
use rand::Rng;

/// A layer outside the library: the squashing function as a module, which never works in place.
#[derive(Clone, Debug)]
struct Alone(Squashing);

impl Parameters<f32> for Alone {
    fn arrays(&self) -> impl Iterator<Item = &[f32]> {
        std::iter::empty()
    }

    fn arrays_mut(&mut self) -> impl Iterator<Item = &mut [f32]> {
        std::iter::empty()
    }

    fn tensors(&self) -> Vec<Tensor<f32>> {
        Vec::new()
    }

    fn set_tensor(&mut self, _tensor: &Tensor<f32>) -> Result<(), String> {
        unreachable!("there are no arrays")
    }
}

impl Module<f32> for Alone {
    type Input = Maps<f32>;
    type Output = Maps<f32>;

    fn fprop(&self, x: &Maps<f32>, y: &mut Maps<f32>) {
        Module::fprop(&self.0, x, y);
    }

    fn bprop(
        &self,
        x: &Maps<f32>,
        y: &Maps<f32>,
        dy: &Maps<f32>,
        dx: Wanted<Maps<f32>>,
        gradient: &mut Self,
    ) {
        self.0.bprop(x, y, dy, dx, &mut gradient.0);
    }

    fn second_order() -> Option<Bbprop<f32, Self>> {
        Some(Self::bbprop)
    }
}

impl SecondOrder<f32> for Alone {
    fn bbprop(
        &self,
        x: &Maps<f32>,
        y: &Maps<f32>,
        ddy: &Maps<f32>,
        ddx: Wanted<Maps<f32>>,
        curvature: &mut Self,
    ) {
        self.0.bbprop(x, y, ddy, ddx, &mut curvature.0);
    }
}

impl Layer<f32> for Alone {
    fn output_shape(&self, input: Shape) -> Result<Shape, ShapeError> {
        Ok(input)
    }

    fn connections(&self, _input: Shape) -> usize {
        0
    }
}

/// A small network with `f` after every weighted sum.
fn squashed(f: impl Module<f32, Input = Maps<f32>, Output = Maps<f32>> + Layer<f32>) -> Network<f32> {
    let random = &mut random(1);
    let build = || {
        Network::new((1, 14, 14))
            .then("C1", Convolution::new(Table::full(1, 3), 5, RootFanIn, random))?
            .then("C1", f.clone())?
            .then("S2", Subsampling::new(3, 0.5))?
            .then("S2", f.clone())?
            .then("F3", FullConnection::new(75, 84, random))?
            .then("F3", f)?
            .with_output(Rbf::paper())
    };
    build().expect("layers that fit each other")
}

/// States, penalties, gradient, second derivatives, and the parameters after a step.
fn everything(mut net: Network<f32>) -> (Vec<Maps<f32>>, [Vec<f32>; 4]) {
    let (mut s, mut random) = (net.states(), random(2));
    s.input_mut().mapv_inplace(|_| random.random_range(-0.1..1.175));
    net.fprop(&mut s);
    let (mut d, mut dd) = (net.states(), net.second_derivatives());
    let (mut gradient, mut h, mut rates) = (net.zeros(), net.zeros(), net.zeros());
    Criterion::TrueClass.bprop(&s.output, &3, &mut d.output);
    Criterion::TrueClass.bbprop(&s.output, &3, &mut dd.output);
    net.bprop(&s, &mut d, &mut gradient);
    net.bbprop(&s, &mut dd, &mut h);
    rates.fill(1e-3);
    Criterion::TrueClass.bprop(&s.output, &3, &mut d.output);
    net.bprop_and_update(&s, &mut d, &rates, &mut gradient.clone());
    let states = s.layers().map(|(_, state)| state.clone()).collect();
    (states, [s.output.iter().collect(), numbers(&gradient), numbers(&h), numbers(&net)])
}

#[test]
fn a_squashing_function_works_in_place_and_gives_the_same_bits_as_a_module_of_its_own() {
    assert!(everything(squashed(Squashing::PAPER)) == everything(squashed(Alone(Squashing::PAPER))));
    let other = Squashing { slope: 0.6, ..Squashing::PAPER };
    assert!(everything(squashed(Squashing::PAPER)) != everything(squashed(Alone(other))), "the control");
}

/// A squashing function is a module if it is a layer of its own, the first in the network, or after another one.
#[test]
fn a_squashing_function_that_has_nothing_to_squash_in_place_is_a_module() {
    let (f, relu) = (Squashing::PAPER, Relu);
    let build = || Network::<f64>::new((1, 2, 2)).then("A", f)?.then("A", relu)?.then("A", f)?.then("B", f);
    let net = build().expect("functions fit everywhere");
    let mut s = net.states();
    s.input_mut().assign(&ndarray::arr3(&[[[0.5, -0.5], [2.0, 0.0]]]));
    net.fprop(&mut s);
    let by_hand = |functions: &[&dyn Activation<f64>]| {
        let mut x = s.input().clone();
        functions.iter().for_each(|f| f.squash(&mut x));
        x
    };
    assert_eq!(s["A"], by_hand(&[&f, &relu, &f]));
    assert_eq!(s["B"], by_hand(&[&f, &relu, &f, &f]));
}

#[test]
fn two_arrays_of_one_name_are_refused() {
    let full = |inputs| FullConnection::<f32>::new(inputs, 84, &mut random(1));
    let net = || Network::new((3, 2, 2)).then("F1", full(12)).expect("twelve numbers");
    let twice = |name: &str, array: &str| NetworkError::Twice { name: name.into(), array: array.into() };
    assert_eq!(net().then("F1", full(84)).err(), Some(twice("F1", "f1.weight")));
    assert_eq!(net().then("f1", full(84)).err(), Some(twice("f1", "f1.weight")), "lower-case in files");
    let named_output = Network::new((3, 2, 2)).then("output", full(12)).expect("twelve numbers");
    assert_eq!(named_output.with_output(softmax()).err(), Some(twice("output", "output.weight")));
    assert_eq!(
        twice("F1", "f1.weight").to_string(),
        "two modules of the layer F1 have an array called f1.weight: give one of them another layer's name"
    );
    // The controls: other arrays, or another name.
    assert!(net().then("F1", BatchNormalisation::new(84)).is_ok());
    assert!(net().then("F2", full(84)).and_then(|net| net.with_output(Rbf::paper())).is_ok());
}

#[test]
fn modules_that_do_not_fit_are_refused() {
    let says = |net: Result<Network<f32>, NetworkError>, message: &str| {
        assert_eq!(net.expect_err("it does not fit").to_string(), message);
    };
    let net = || Network::new((3, 5, 4));
    let table = Table::full(2, 4);
    says(
        net().then("C1", Convolution::new(table, 5, RootFanIn, &mut random(1))),
        "C1 does not fit: a convolution was given (3, 5, 4) (maps, rows, columns) but needs 2 maps of at least 5 x 5",
    );
    says(
        net().then("S2", Subsampling::new(2, 0.5)),
        "S2 does not fit: a subsampling layer was given (3, 5, 4) (maps, rows, columns) but needs 2 maps",
    );
    says(
        net().then("S2", AveragePooling),
        "S2 does not fit: average pooling was given (3, 5, 4) (maps, rows, columns) but needs even numbers of rows and columns",
    );
    says(
        net().then("F1", FullConnection::new(59, 10, &mut random(1))),
        "F1 does not fit: a full connection was given (3, 5, 4) (maps, rows, columns) but needs 59 numbers, or 59 maps",
    );
    says(
        net().then("C1", BatchNormalisation::new(4)),
        "C1 does not fit: a batch normalisation was given (3, 5, 4) (maps, rows, columns) but needs 4 maps",
    );
    for found in [net().with_output(Rbf::paper()), net().with_output(softmax())] {
        let message = found.expect_err("84 units").to_string();
        assert!(
            message.ends_with("was given (3, 5, 4) (maps, rows, columns) but needs 84 units in each column"),
            "{message}"
        );
    }
    // The second layer is checked against the output of the first.
    let behind = net()
        .then("F1", FullConnection::new(60, 10, &mut random(1)))
        .and_then(|net| net.then("F2", FullConnection::new(60, 10, &mut random(1))));
    says(
        behind,
        "F2 does not fit: a full connection was given (10, 1, 1) (maps, rows, columns) but needs 60 numbers, or 60 maps",
    );
}

#[test]
fn a_network_says_what_it_can_be_asked_for() {
    let net = squashed(Squashing::PAPER);
    assert_eq!((net.input(), net.state_shape(), net.classes()), ((1, 14, 14), (84, 1, 1), 10));
    assert_eq!((net.first_order_only(), net.compares_patterns()), (None, false));
    assert!(net.layer::<Subsampling<f32>>("S2").is_some() && net.layer::<Convolution<f32>>("S2").is_none());
    assert!(net.output_layer::<Rbf<f32>>().is_some() && net.layer::<Rbf<f32>>("output").is_some());
    let normalised = Network::<f32>::new((1, 2, 2)).then("C1", BatchNormalisation::new(1)).expect("a map");
    assert_eq!((normalised.first_order_only(), normalised.classes()), (Some("C1"), 0));
    // A wide field: this F3 needs the size of one character.
    assert!(net.states_for((1, 14, 18)).is_err());
}
