//! Layers, shapes, parameters, connections and initial weights, as II-B and App. A have them.

use lenet5::appendix::a::InitialWeights;
use lenet5::section1::{Maps, Module, Parameters};
use lenet5::section2::{
    C3, Connection, Convolution, Curvature, FullConnection, Head, InitialBiases, InitialCoefficients, LAYERS,
    LeNet5, Rbf, Softmax, Squashing, TABLE_I, Variant,
};
use ndarray::{Array3, ArrayView, Axis, Dimension, Slice};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use toml::{Table, Value};

fn facts() -> Table {
    include_str!("../../paper/facts.toml").parse().expect("facts.toml is TOML")
}

fn counts(value: &Value) -> Vec<usize> {
    value.as_array().expect("an array").iter().map(count).collect()
}

fn count(value: &Value) -> usize {
    value.as_integer().and_then(|n| usize::try_from(n).ok()).expect("a count")
}

fn paper() -> LeNet5<f64, Rbf<f64>> {
    LeNet5::paper(&mut ChaCha8Rng::seed_from_u64(1))
}

#[test]
fn layers_have_the_printed_shapes_parameters_and_connections() {
    let (facts, net) = (facts(), paper());
    let printed = facts["layer"].as_array().expect("layers");
    assert_eq!((printed.len(), net.census().count()), (7, 7));
    for (layer, printed) in net.census().zip(printed) {
        assert_eq!(Some(layer.name), printed["name"].as_str());
        let size = counts(&printed["size"]);
        assert_eq!(layer.shape, (count(&printed["maps"]), size[0], size[1]), "{}", layer.name);
        assert_eq!(layer.parameters, count(&printed["parameters"]), "{}", layer.name);
        assert_eq!(layer.connections, count(&printed["connections"]), "{}", layer.name);
    }
    assert_eq!(net.parameter_count(), count(&facts["totals"]["parameters"]));
    assert_eq!(net.parameter_count(), 60_000);
    let connections: usize = net.census().map(|layer| layer.connections).sum();
    assert_eq!(connections, count(&facts["totals"]["connections"]));
    assert_eq!(connections, 340_908);
}

#[test]
fn connections_are_as_many_as_there_are() {
    let with = |coefficient_connection| {
        let wires = crate::wires::lenet5(&Variant { coefficient_connection, ..Variant::default() });
        assert_eq!(wires.parameters, 60_000);
        wires.layers.iter().map(|layer| layer.connections.len()).sum::<usize>()
    };
    // As the paper counts: a subsampling unit's coefficient is the weight of its four connections, not a fifth.
    assert_eq!(with(Connection::EachInput), 340_908 - 840);
    assert_eq!(with(Connection::Sum), 340_908 - 840 + 6 * 14 * 14 + 16 * 5 * 5);
}

#[test]
fn parameters_come_layer_by_layer() {
    let net = paper();
    let by_layer = net.layers().concat();
    assert!(net.arrays().eq(by_layer));
    assert_eq!(LAYERS, ["C1", "S2", "C3", "S4", "C5", "F6", "output"]);
}

#[test]
fn softmax_adds_850_parameters_and_codes_840() {
    let random = &mut ChaCha8Rng::seed_from_u64(1);
    let softmax = Softmax::<f32> { output: FullConnection::new(84, 10, random), curvature: Curvature::Exact };
    let with = |head| LeNet5::new(head, &Variant::default(), &mut ChaCha8Rng::seed_from_u64(1));
    assert_eq!(with(Rbf::<f32> { learn_codes: true, ..Rbf::paper() }).parameter_count(), 60_840);
    let net = LeNet5::new(softmax, &Variant::default(), random);
    assert_eq!(net.parameter_count(), 60_850);
    let output = net.census().last().expect("an output layer");
    assert_eq!(
        (output.name, output.shape, output.parameters, output.connections),
        ("output", (10, 1, 1), 850, 850)
    );
}

#[test]
fn c3_is_connected_by_table_1() {
    let printed: Vec<Vec<usize>> =
        facts()["table_1"]["c3"].as_array().expect("rows").iter().map(counts).collect();
    assert_eq!(TABLE_I.map(<[usize]>::to_vec).to_vec(), printed);
    let c3 = paper().c3;
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

/// All weights within the bound of their fan-in, one close to it, and spread evenly.
fn check_weights<D: Dimension>(name: &str, weights: ArrayView<f64, D>, bound: f64) {
    let largest = weights.iter().fold(0.0, |largest: f64, w| largest.max(w.abs()));
    // All of n below this: once in twenty thousand times, e to the power of -10.
    let near = 1.0 - 10.0 / weights.len() as f64;
    assert!(largest <= bound && largest > near * bound, "{name}: {largest} for a bound of {bound}");
    let (n, sum) = (weights.len() as f64, weights.iter().sum::<f64>());
    // Four standard errors of the mean of a uniform distribution.
    assert!((sum / n).abs() <= 4.0 * bound / (3.0 * n).sqrt(), "{name}: a mean of {}", sum / n);
}

/// How wide weights are spread.
const INITIAL: [InitialWeights; 4] = [
    InitialWeights::RootFanIn,
    InitialWeights::FanIn,
    InitialWeights::RootFanInWithBias,
    InitialWeights::FanInWithBias,
];

/// The half width of that for a fan-in.
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
    let net = LeNet5::<f64, _>::new(Rbf::paper(), &variant, &mut ChaCha8Rng::seed_from_u64(5));
    check_weights("C1", net.c1.weight.view(), bound(25.0));
    for (map, row) in TABLE_I.iter().enumerate() {
        let dense = net.c3.dense();
        let kernels = row
            .iter()
            .map(|&input| dense.index_axis(Axis(0), map).index_axis_move(Axis(0), input).to_owned());
        let kernels: Vec<f64> = kernels.flatten().collect();
        check_weights(&format!("C3 map {map}"), ArrayView::from(&kernels), bound(25.0 * row.len() as f64));
    }
    check_weights("C5", net.c5.weight.view(), bound(400.0));
    check_weights("F6", net.f6.weight.view(), bound(120.0));
    for biases in [&net.c1.bias, &net.s2.bias, &net.c3.bias, &net.s4.bias, &net.c5.bias, &net.f6.bias] {
        assert!(biases.iter().all(|&b| b == 0.0));
    }
    for coefficients in [&net.s2.coefficient, &net.s4.coefficient] {
        assert!(coefficients.iter().all(|&k| k == 0.5));
    }
}

#[test]
fn initial_weights_fill_the_interval_of_their_fan_in() {
    INITIAL.into_iter().for_each(check_initial);
}

/// The parameters that `of` picks, from 150 seeds.
fn gathered(variant: &Variant, of: impl Fn(&LeNet5<f64, Rbf<f64>>) -> Vec<f64>) -> Vec<f64> {
    let net = |seed| LeNet5::new(Rbf::paper(), variant, &mut ChaCha8Rng::seed_from_u64(seed));
    (0..150).flat_map(|seed| of(&net(seed))).collect()
}

#[test]
fn initial_biases_and_coefficients_fill_the_interval_of_their_unit_if_they_are_drawn() {
    let (initial_biases, initial_coefficients) =
        (InitialBiases::LikeWeights, InitialCoefficients::LikeWeights);
    for initial_weights in INITIAL {
        let variant = Variant { initial_weights, initial_biases, initial_coefficients, ..Variant::default() };
        let check = |name: &str, fan_in: f64, of: fn(&LeNet5<f64, Rbf<f64>>) -> Vec<f64>| {
            check_weights(name, ArrayView::from(&gathered(&variant, of)), bound(initial_weights, fan_in));
        };
        check("C1", 25.0, |net| net.c1.bias.to_vec());
        check("C3 maps 0 to 5", 75.0, |net| net.c3.bias.to_vec()[..6].to_vec());
        check("C3 maps 6 to 14", 100.0, |net| net.c3.bias.to_vec()[6..15].to_vec());
        check("C3 map 15", 150.0, |net| vec![net.c3.bias[15]]);
        check("C5", 400.0, |net| net.c5.bias.to_vec());
        check("F6", 120.0, |net| net.f6.bias.to_vec());
        check("S2 biases", 4.0, |net| net.s2.bias.to_vec());
        check("S4 biases", 4.0, |net| net.s4.bias.to_vec());
        check("S2 coefficients", 4.0, |net| net.s2.coefficient.to_vec());
        check("S4 coefficients", 4.0, |net| net.s4.coefficient.to_vec());
    }
}

#[test]
fn weights_do_not_depend_on_what_else_is_drawn() {
    let net = |variant| LeNet5::<f32, _>::new(Rbf::paper(), &variant, &mut ChaCha8Rng::seed_from_u64(3));
    let paper = LeNet5::<f32, _>::paper(&mut ChaCha8Rng::seed_from_u64(3));
    assert_eq!(net(Variant::default()), paper);
    let default = Variant::default();
    let all = Variant {
        initial_biases: InitialBiases::LikeWeights,
        initial_coefficients: InitialCoefficients::LikeWeights,
        ..default
    };
    for other in [net(Variant { initial_biases: InitialBiases::LikeWeights, ..default }), net(all)] {
        assert_ne!(other.f6.bias, paper.f6.bias);
        for (layer, same) in [(&other.c1, &paper.c1), (&other.c3, &paper.c3), (&other.c5, &paper.c5)] {
            assert_eq!(layer.weight, same.weight);
        }
        assert_eq!(other.f6.weight, paper.f6.weight);
    }
    let quarter = net(Variant { initial_coefficients: InitialCoefficients::Constant(0.25), ..default });
    assert!(quarter.s2.coefficient.iter().chain(&quarter.s4.coefficient).all(|&k| k == 0.25));
    assert_eq!((quarter.c1, quarter.f6), (paper.c1, paper.f6));
}

#[test]
fn a_full_c3_has_900_parameters_more() {
    let variant = Variant { c3: C3::Full, ..Variant::default() };
    let net = LeNet5::<f64, _>::new(Rbf::paper(), &variant, &mut ChaCha8Rng::seed_from_u64(1));
    assert_eq!((net.c3.table().pairs().count(), net.parameter_count()), (96, 60_900));
    assert!(net.c3.table().pairs().eq((0..16).flat_map(|output| (0..6).map(move |input| (output, input)))));
    check_weights("C3", net.c3.weight.view(), 1.0 / 150.0_f64.sqrt());
}

#[test]
fn a_seed_decides_all_weights() {
    let net = |seed| LeNet5::<f32, _>::paper(&mut ChaCha8Rng::seed_from_u64(seed));
    assert_eq!(net(1), net(1));
    assert_ne!(net(1), net(2));
}

// ---- Larger inputs --------------------------------------------------------------------------------------------------

/// C1 to C5 on an input of any size.
fn maps_of_c5<H: Head<f64>>(net: &LeNet5<f64, H>, input: &Maps<f64>) -> Maps<f64> {
    fn layer(module: &impl Module<f64>, x: &Maps<f64>) -> Maps<f64> {
        let mut y = Array3::from_elem(module.output_shape(x.dim()).expect("a size that fits"), f64::NAN);
        module.fprop(x, &mut y);
        Squashing::PAPER.squash(&mut y);
        y
    }
    layer(&net.c5, &layer(&net.s4, &layer(&net.c3, &layer(&net.s2, &layer(&net.c1, input)))))
}

#[test]
fn a_larger_input_is_many_inputs_of_32_by_32() {
    let (net, mut random) = (paper(), ChaCha8Rng::seed_from_u64(9));
    let input = Array3::from_shape_simple_fn((1, 36, 44), || random.random_range(-0.1..1.175));
    let c5 = maps_of_c5(&net, &input);
    assert_eq!(c5.dim(), (120, 2, 4));
    let part = |row: usize, column: usize| {
        let rows = input.slice_axis(Axis(1), Slice::from(row..row + 32));
        rows.slice_axis(Axis(2), Slice::from(column..column + 32)).to_owned()
    };
    let same = |row: usize, column: usize, part: &Maps<f64>| {
        let mut states = net.states();
        states.input.assign(part);
        net.fprop(&mut states);
        (0..120).all(|map| (states.c5[[map, 0, 0]] - c5[[map, row, column]]).abs() <= 1e-12)
    };
    for (row, column) in [(0, 0), (0, 1), (0, 3), (1, 0), (1, 3)] {
        assert!(same(row, column, &part(4 * row, 4 * column)), "({row}, {column})");
    }
    // The control: another part.
    assert!(!same(0, 0, &part(0, 4)));
}

#[test]
fn inputs_that_do_not_fit_are_named() {
    let net = paper();
    let error = net.c3.output_shape((5, 14, 14)).expect_err("C3 needs six maps");
    assert_eq!(
        error.to_string(),
        "a convolution was given (5, 14, 14) (maps, rows, columns) but needs 6 maps of at least 5 x 5"
    );
    assert!(net.c5.output_shape((16, 4, 5)).is_err());
    let error = net.s2.output_shape((6, 27, 28)).expect_err("odd rows");
    assert_eq!(
        error.to_string(),
        "a subsampling layer was given (6, 27, 28) (maps, rows, columns) but needs 6 maps with even numbers of rows and columns"
    );
    let error = net.f6.output_shape((120, 1, 2)).expect_err("too many");
    assert_eq!(
        error.to_string(),
        "a full connection was given (120, 1, 2) (maps, rows, columns) but needs 120 numbers"
    );
    let small: Convolution<f64> = net.c1;
    assert_eq!(small.output_shape((1, 5, 5)), Ok((6, 1, 1)));
}
