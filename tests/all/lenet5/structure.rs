//! Layers, shapes, parameters, connections and initial weights against II-B and App. A.

use lenet5::appendix::a::InitialWeights;
use lenet5::section1::{Layer, Maps, Network, Parameters};
use lenet5::section2::{
    C3, Connection, Convolution, Curvature, FullConnection, InitialBiases, InitialCoefficients, LeNet5, Rbf,
    Softmax, Subsampling, TABLE_I, Variant,
};
use lenet5::section3::classifiers::{ARCHITECTURES, Classifier};
use ndarray::{ArrayView, Axis, Dimension, Slice};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::ops::Range;
use toml::{Table, Value};

fn facts() -> Table {
    include_str!("../../../paper/facts.toml").parse().expect("facts.toml is TOML")
}

fn counts(value: &Value) -> Vec<usize> {
    value.as_array().expect("an array").iter().map(count).collect()
}

fn count(value: &Value) -> usize {
    value.as_integer().and_then(|n| usize::try_from(n).ok()).expect("a count")
}

/// LeNet-5 in this variant.
fn network(variant: &Variant, seed: u64) -> Network<f64> {
    LeNet5::network(Rbf::paper(), variant, &mut ChaCha8Rng::seed_from_u64(seed)).expect("84 units")
}

fn paper() -> Network<f64> {
    LeNet5::paper(&mut ChaCha8Rng::seed_from_u64(1))
}

fn convolution<'a>(net: &'a Network<f64>, name: &str) -> &'a Convolution<f64> {
    net.layer(name).expect("a convolution")
}

fn subsampling<'a>(net: &'a Network<f64>, name: &str) -> &'a Subsampling<f64> {
    net.layer(name).expect("a subsampling layer")
}

fn f6(net: &Network<f64>) -> &FullConnection<f64> {
    net.layer("F6").expect("F6")
}

#[test]
fn layers_have_the_printed_shapes_parameters_and_connections() {
    let (facts, net) = (facts(), paper());
    let printed = facts["layer"].as_array().expect("layers");
    assert_eq!((printed.len(), net.census().len()), (7, 7));
    for (layer, printed) in net.census().iter().zip(printed) {
        let name = &layer.layer;
        assert_eq!(Some(name.as_str()), printed["name"].as_str());
        let size = counts(&printed["size"]);
        assert_eq!(layer.shape, (count(&printed["maps"]), size[0], size[1]), "{name}");
        assert_eq!(layer.parameters, count(&printed["parameters"]), "{name}");
        assert_eq!(layer.connections, count(&printed["connections"]), "{name}");
    }
    assert_eq!(net.parameter_count(), count(&facts["totals"]["parameters"]));
    assert_eq!(net.parameter_count(), 60_000);
    let connections: usize = net.census().iter().map(|layer| layer.connections).sum();
    assert_eq!(connections, count(&facts["totals"]["connections"]));
    assert_eq!(connections, 340_908);
}

#[test]
fn connections_are_counted_one_by_one() {
    let with = |coefficient_connection| {
        let wires = super::wires::lenet5(&Variant { coefficient_connection, ..Variant::default() });
        assert_eq!(wires.parameters, 60_000);
        wires.layers.iter().map(|layer| layer.connections.len()).sum::<usize>()
    };
    // In the paper's count, the coefficient of a subsampling unit is the weight of its four connections, not of a fifth.
    assert_eq!(with(Connection::EachInput), 340_908 - 840);
    assert_eq!(with(Connection::Sum), 340_908 - 840 + 6 * 14 * 14 + 16 * 5 * 5);
}

#[test]
fn parameters_come_layer_by_layer() {
    let net = paper();
    assert!(net.arrays().eq(net.layers().into_iter().flat_map(|(_, arrays)| arrays)));
}

#[test]
fn softmax_adds_850_parameters_and_codes_840() {
    let random = &mut ChaCha8Rng::seed_from_u64(1);
    let softmax = Softmax::<f32> { output: FullConnection::new(84, 10, random), curvature: Curvature::Exact };
    let learning = LeNet5::network::<f32>(Rbf::paper().learning(), &Variant::default(), random);
    assert_eq!(learning.expect("84 units").parameter_count(), 60_840);
    let net = LeNet5::network(softmax, &Variant::default(), random).expect("84 units");
    assert_eq!(net.parameter_count(), 60_850);
    let output = net.census().pop().expect("an output layer");
    assert_eq!((output.shape, output.parameters, output.connections), ((10, 1, 1), 850, 850));
}

#[test]
fn lenet_1_has_2578_parameters_and_98442_connections() {
    let architecture = ARCHITECTURES.iter().find(|one| one.name == "lenet-1").expect("LeNet-1");
    let layers = (architecture.layers)(&Variant::default());
    let net = Variant::default().build::<f64>(architecture.input, &layers, &mut ChaCha8Rng::seed_from_u64(1));
    let census = net.as_ref().expect("layers that fit each other").census();
    let counts: Vec<_> =
        census.iter().map(|one| (&*one.layer, one.shape, one.parameters, one.connections)).collect();
    assert_eq!(
        counts,
        [
            ("C1", (4, 24, 24), 104, 59_904),
            ("S2", (4, 12, 12), 8, 2_880),
            ("C3", (12, 8, 8), 512, 32_768),
            ("S4", (12, 4, 4), 24, 960),
            ("F5", (10, 1, 1), 1_930, 1_930),
        ]
    );
    let net = net.expect("layers that fit each other");
    assert_eq!((net.parameter_count(), Classifier::multiply_adds(&net)), (2_578, 98_442));
}

/// Connections and parameters of the networks of III-C, which the figures give in thousands.
#[test]
fn networks_of_the_comparison_have_the_counts_of_the_figures() {
    for (name, parameters, connections) in [
        ("lenet-4", 50_698, 262_306),
        ("28x28-10", 7_850, 7_850),
        ("20x20-10", 4_010, 4_010),
        ("28x28-300-10", 238_510, 238_510),
        ("20x20-300-10", 123_310, 123_310),
        ("28x28-1000-10", 795_010, 795_010),
        ("28x28-300-100-10", 266_610, 266_610),
        ("28x28-500-150-10", 469_160, 469_160),
    ] {
        let architecture = ARCHITECTURES.iter().find(|one| one.name == name).expect("it is listed");
        let layers = (architecture.layers)(&Variant::default());
        let random = &mut ChaCha8Rng::seed_from_u64(1);
        let net = Variant::default().build::<f64>(architecture.input, &layers, random).expect("they fit");
        assert_eq!(
            (net.parameter_count(), Classifier::multiply_adds(&net)),
            (parameters, connections),
            "{name}"
        );
    }
}

#[test]
fn c3_is_connected_by_table_1() {
    let printed: Vec<Vec<usize>> =
        facts()["table_1"]["c3"].as_array().expect("rows").iter().map(counts).collect();
    assert_eq!(TABLE_I.map(<[usize]>::to_vec).to_vec(), printed);
    let net = paper();
    let c3 = convolution(&net, "C3");
    assert_eq!((c3.weight.dim(), c3.weight.len(), c3.bias.len()), ((60, 5, 5), 1500, 16));
    let dense = c3.dense();
    assert_eq!(dense.dim(), (16, 6, 5, 5));
    let mut kernels = c3.weight.outer_iter();
    for (output, maps) in dense.outer_iter().enumerate() {
        for (input, kernel) in maps.outer_iter().enumerate() {
            if printed[output].contains(&input) {
                assert_eq!(Some(kernel), kernels.next(), "C3 map {output}, S2 map {input}");
            } else {
                assert!(kernel.iter().all(|&w| w == 0.0), "C3 map {output}, S2 map {input}");
            }
        }
    }
    assert_eq!(kernels.next(), None);
}

// ---- Initial weights (App. A, deviations 2 to 4) --------------------------------------------------------------------

/// Asserts that weights are uniform within the bound of their fan-in and that one is close to it.
fn check_weights<D: Dimension>(name: &str, weights: ArrayView<f64, D>, bound: f64) {
    let largest = weights.iter().fold(0.0, |largest: f64, w| largest.max(w.abs()));
    // All n weights are below this with probability e^-10, once in twenty thousand times.
    let near = 1.0 - 10.0 / weights.len() as f64;
    assert!(largest <= bound && largest > near * bound, "{name}: {largest} for a bound of {bound}");
    let (n, sum) = (weights.len() as f64, weights.iter().sum::<f64>());
    // Within four standard errors of the mean of a uniform distribution.
    assert!((sum / n).abs() <= 4.0 * bound / (3.0 * n).sqrt(), "{name}: a mean of {}", sum / n);
}

/// The standard deviation of weights.
const INITIAL: [InitialWeights; 4] = [
    InitialWeights::RootFanIn,
    InitialWeights::FanIn,
    InitialWeights::RootFanInWithBias,
    InitialWeights::FanInWithBias,
];

/// The bound of the weights for a fan-in.
fn bound(initial: InitialWeights, fan_in: f64) -> f64 {
    match initial {
        InitialWeights::RootFanIn => 1.0 / fan_in.sqrt(),
        InitialWeights::FanIn => 2.4 / fan_in,
        InitialWeights::RootFanInWithBias => 1.0 / (fan_in + 1.0).sqrt(),
        InitialWeights::FanInWithBias => 2.4 / (fan_in + 1.0),
    }
}

fn check_initial(initial: InitialWeights) {
    let bound = |fan_in| bound(initial, fan_in);
    let variant = Variant { initial_weights: initial, ..Variant::default() };
    let net = network(&variant, 5);
    check_weights("C1", convolution(&net, "C1").weight.view(), bound(25.0));
    for (map, row) in TABLE_I.iter().enumerate() {
        let dense = convolution(&net, "C3").dense();
        let kernels = row
            .iter()
            .map(|&input| dense.index_axis(Axis(0), map).index_axis_move(Axis(0), input).to_owned());
        let kernels: Vec<f64> = kernels.flatten().collect();
        check_weights(&format!("C3 map {map}"), ArrayView::from(&kernels), bound(25.0 * row.len() as f64));
    }
    check_weights("C5", convolution(&net, "C5").weight.view(), bound(400.0));
    check_weights("F6", f6(&net).weight.view(), bound(120.0));
    for tensor in net.tensors() {
        match tensor.name.split_once('.').expect("a layer").1 {
            "bias" => assert!(tensor.values.iter().all(|&b| b == 0.0)),
            "coefficient" => assert!(tensor.values.iter().all(|&k| k == 0.5)),
            _ => (),
        }
    }
}

#[test]
fn initial_weights_fill_the_interval_of_their_fan_in() {
    INITIAL.into_iter().for_each(check_initial);
}

/// The elements `range` of an array, from 150 seeds.
fn gathered(variant: &Variant, array: &str, range: Range<usize>) -> Vec<f64> {
    let of = |seed| {
        let tensors = network(variant, seed).tensors();
        tensors.into_iter().find(|tensor| tensor.name == array).expect("an array").values[range.clone()]
            .to_vec()
    };
    (0..150).flat_map(of).collect()
}

#[test]
fn initial_biases_and_coefficients_fill_the_interval_of_their_unit_if_they_are_drawn() {
    let (initial_biases, initial_coefficients) =
        (InitialBiases::LikeWeights, InitialCoefficients::LikeWeights);
    for initial_weights in INITIAL {
        let variant = Variant { initial_weights, initial_biases, initial_coefficients, ..Variant::default() };
        let check = |fan_in: f64, array: &str, range| {
            let numbers = gathered(&variant, array, range);
            check_weights(array, ArrayView::from(&numbers), bound(initial_weights, fan_in));
        };
        check(25.0, "c1.bias", 0..6);
        // Maps of three, four and six inputs.
        check(75.0, "c3.bias", 0..6);
        check(100.0, "c3.bias", 6..15);
        check(150.0, "c3.bias", 15..16);
        check(400.0, "c5.bias", 0..120);
        check(120.0, "f6.bias", 0..84);
        for (array, maps) in [("s2.bias", 6), ("s4.bias", 16), ("s2.coefficient", 6), ("s4.coefficient", 16)]
        {
            check(4.0, array, 0..maps);
        }
    }
}

#[test]
fn weights_do_not_depend_on_what_else_is_drawn() {
    let (net, paper, default) =
        (|variant| network(&variant, 3), network(&Variant::default(), 3), Variant::default());
    assert_eq!(LeNet5::paper::<f64>(&mut ChaCha8Rng::seed_from_u64(3)), paper);
    let biases = Variant { initial_biases: InitialBiases::LikeWeights, ..default };
    let all = Variant { initial_coefficients: InitialCoefficients::LikeWeights, ..biases };
    for other in [net(biases), net(all)] {
        assert_ne!(f6(&other).bias, f6(&paper).bias);
        for layer in ["C1", "C3", "C5"] {
            assert_eq!(convolution(&other, layer).weight, convolution(&paper, layer).weight);
        }
        assert_eq!(f6(&other).weight, f6(&paper).weight);
    }
    let quarter = net(Variant { initial_coefficients: InitialCoefficients::Constant(0.25), ..default });
    for layer in ["S2", "S4"] {
        assert!(subsampling(&quarter, layer).coefficient.iter().all(|&k| k == 0.25));
    }
    assert_eq!((convolution(&quarter, "C1"), f6(&quarter)), (convolution(&paper, "C1"), f6(&paper)));
}

#[test]
fn a_full_c3_has_900_parameters_more() {
    let net = network(&Variant { c3: C3::Full, ..Variant::default() }, 1);
    let c3 = convolution(&net, "C3");
    assert_eq!((c3.table().len(), net.parameter_count()), (96, 60_900));
    assert!(c3.table().pairs().eq((0..16).flat_map(|output| (0..6).map(move |input| (output, input)))));
    check_weights("C3", c3.weight.view(), 1.0 / 150.0_f64.sqrt());
}

#[test]
fn a_seed_decides_all_weights() {
    let net = |seed| LeNet5::paper::<f32>(&mut ChaCha8Rng::seed_from_u64(seed));
    assert_eq!(net(1), net(1));
    assert_ne!(net(1), net(2));
}

// ---- Larger inputs --------------------------------------------------------------------------------------------------

#[test]
fn a_larger_input_is_many_inputs_of_32_by_32() {
    let (net, mut random) = (paper(), ChaCha8Rng::seed_from_u64(9));
    let mut wide = net.states_for((1, 36, 44)).expect("a size that fits");
    wide.input_mut().mapv_inplace(|_| random.random_range(-0.1..1.175));
    net.fprop(&mut wide);
    assert_eq!((wide["C5"].dim(), wide.output.maps().dim()), ((120, 2, 4), (10, 2, 4)));
    let same = |row: usize, column: usize, (top, left): (usize, usize)| {
        let rows = wide.input().slice_axis(Axis(1), Slice::from(top..top + 32));
        let mut s = net.states();
        s.input_mut().assign(&rows.slice_axis(Axis(2), Slice::from(left..left + 32)));
        net.fprop(&mut s);
        let pairs = [(&s["C5"], &wide["C5"]), (&s["F6"], &wide["F6"]), (s.output.maps(), wide.output.maps())];
        let alike = |part: &Maps<f64>, whole: &Maps<f64>| {
            part.indexed_iter().all(|((unit, ..), x)| (x - whole[[unit, row, column]]).abs() <= 1e-10)
        };
        pairs.map(|(part, whole)| alike(part, whole))
    };
    for (row, column) in [(0, 0), (0, 1), (0, 3), (1, 0), (1, 3)] {
        assert_eq!(same(row, column, (4 * row, 4 * column)), [true; 3], "({row}, {column})");
    }
    // The control: another part.
    assert_eq!(same(0, 0, (0, 4)), [false; 3]);
}

#[test]
fn inputs_that_do_not_fit_are_named() {
    let net = paper();
    let error = convolution(&net, "C3").output_shape((5, 14, 14)).expect_err("C3 needs six maps");
    assert_eq!(
        error.to_string(),
        "a convolution was given (5, 14, 14) (maps, rows, columns) but needs 6 maps of at least 5 x 5"
    );
    assert!(convolution(&net, "C5").output_shape((16, 4, 5)).is_err());
    let error = subsampling(&net, "S2").output_shape((6, 27, 28)).expect_err("odd rows");
    assert_eq!(
        error.to_string(),
        "a subsampling layer was given (6, 27, 28) (maps, rows, columns) but needs even numbers of rows and columns"
    );
    let error = f6(&net).output_shape((60, 2, 2)).expect_err("too many");
    assert_eq!(
        error.to_string(),
        "a full connection was given (60, 2, 2) (maps, rows, columns) but needs 120 numbers, or 120 maps"
    );
    assert_eq!(convolution(&net, "C1").output_shape((1, 5, 5)), Ok((6, 1, 1)));
}
