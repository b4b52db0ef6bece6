//! The recursion is exact where only one path leads from a connection to each output.

use super::agreement::{Disagreement, agree, compare};
use super::differences;
use super::draw::{cases, tables, values};
use super::draw_layers::{maps, with_values};
use super::flat::{assign, flat};
use super::passes::{OnMaps, fprop, unwritten};
use super::untrained::{network, network_of, said, states};
use super::waves::waves;
use super::wires::{self, Connection, Wires};
use super::{SECOND, SQUARED, second_difference};
use lenet5::appendix::a::InitialWeights::RootFanIn;
use lenet5::appendix::c;
use lenet5::section1::{Activation, Maps, Module, Network, Parameters, SecondOrder, Shape};
use lenet5::section2::{
    self, A, C3, Convolution, Criterion, FullConnection, Rbf, S, Squashing, Subsampling, Table, Variant,
};
use ndarray::{Array2, Array3, ArrayView1, Axis};
use proptest::prelude::*;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

// ---- F6 and C5 ------------------------------------------------------------------------------------------------------

/// The Gauss-Newton second derivatives by some parameters, including mixed ones, by finite differences: the sum over the
/// outputs of `top`, the second derivative by the output, times two derivatives of that output.
fn by_differences(top: &[f64], w: &[f64], outputs: impl Fn(&[f64]) -> Vec<f64>) -> Array2<f64> {
    let moved = |k: usize, h: f64| {
        let mut moved = w.to_vec();
        moved[k] += h;
        outputs(&moved)
    };
    let slope = |(k, output)| differences::slope(|h| moved(k, h)[output]);
    let slopes = Array2::from_shape_fn((w.len(), top.len()), slope);
    (&slopes * &ArrayView1::from(top)).dot(&slopes.t())
}

/// A layer, squashed, below a full connection, squashed.
fn two_layers(
    input: Shape,
    layer: impl OnMaps<Output = Maps<f64>>,
    f6: FullConnection<f64>,
    squashing: Squashing,
) -> Network<f64> {
    let build = || {
        Network::new(input).then("C5", layer)?.then("C5", squashing)?.then("F6", f6)?.then("F6", squashing)
    };
    build().expect("layers that fit each other")
}

/// C5 and F6 of any size: kernels that cover their input, then a full connection.
fn top_of_lenet5((maps, side, c5, f6): (usize, usize, usize, usize), squashing: Squashing) -> Network<f64> {
    let random = &mut ChaCha8Rng::seed_from_u64(0);
    let layer = Convolution::new(Table::full(maps, c5), side, RootFanIn, random);
    two_layers((maps, side, side), layer, FullConnection::new(c5, f6, random), squashing)
}

/// The last state of a network without an output layer.
fn outputs(net: &Network<f64>, x: &Maps<f64>) -> Vec<f64> {
    let mut s = net.states();
    s.input_mut().assign(x);
    net.fprop(&mut s);
    s.last().iter().copied().collect()
}

/// The second derivatives by a network's parameters, from those by its outputs.
fn second_derivatives(net: &Network<f64>, x: &Maps<f64>, top: &[f64]) -> Vec<f64> {
    let (mut s, mut dd, mut h) = (net.states(), net.second_derivatives(), net.zeros());
    s.input_mut().assign(x);
    net.fprop(&mut s);
    dd.last_mut().iter_mut().zip(top).for_each(|(ddx, &top)| *ddx = top);
    net.bbprop(&s, &mut dd, &mut h);
    flat(&h)
}

proptest! {
    #![proptest_config(cases(48))]

    #[test]
    fn f6_and_c5_of_any_size(
        (sizes, w, x) in (1..=3_usize, 1..=3_usize, 1..=4_usize, 1..=4_usize).prop_flat_map(|sizes| {
            let (inputs, side, _, _) = sizes;
            let parameters = top_of_lenet5(sizes, Squashing::PAPER).parameter_count();
            (Just(sizes), values(parameters), maps((inputs, side, side)))
        }),
        squashing in prop_oneof![
            Just(Squashing::PAPER),
            (0.5..3.0, 0.3..1.5).prop_map(|(amplitude, slope)| Squashing { amplitude, slope }),
        ],
    ) {
        let mut net = top_of_lenet5(sizes, squashing);
        assign(&mut net, &w);
        // Eq. 8: a second derivative of 2 by each unit of F6, whatever the code.
        let top = vec![2.0; sizes.3];
        let h = second_derivatives(&net, &x, &top);
        let outputs = |w: &[f64]| {
            let mut net = net.clone();
            assign(&mut net, w);
            outputs(&net, &x)
        };
        agree(&h, &by_differences(&top, &w, outputs).diag().to_vec(), SQUARED)?;
    }
}

/// Second derivatives by every 499th parameter of an array of LeNet-5 under eq. 8: by `bbprop`, and the Gauss-Newton
/// diagonal by differences.
fn of_lenet5(net: &Network<f64>, array: usize) -> (Vec<f64>, Vec<f64>) {
    let top = 2.0 * net.output_layer::<Rbf<f64>>().expect("codes").scale;
    let (mut s, mut moved) = (states(net, 4), net.clone());
    let h = said::<Rbf<f64>>(net, &s, Criterion::TrueClass, 6).h;
    let of = |parameters: &[f64]| parameters.iter().copied().step_by(499).collect::<Vec<_>>();
    let w = net.arrays().nth(array).expect("an array");
    let mut outputs = |k: usize, value: f64| {
        moved.arrays_mut().nth(array).expect("an array")[k] = value;
        moved.fprop(&mut s);
        s.last().iter().copied().collect::<Vec<_>>()
    };
    let mut diagonal = Vec::new();
    for k in (0..w.len()).step_by(499) {
        let [far_below, below, above, far_above] =
            [-2e-3, -1e-3, 1e-3, 2e-3].map(|step| outputs(k, w[k] + step));
        let slope = |m: usize| (8.0 * (above[m] - below[m]) - (far_above[m] - far_below[m])) / 12e-3;
        diagonal.push((0..84).map(|m| top * slope(m).powi(2)).sum());
        outputs(k, w[k]);
    }
    (of(h.arrays().nth(array).expect("an array")), diagonal)
}

#[test]
fn f6_and_c5_of_lenet5() {
    let squashing = Squashing { amplitude: 1.3, slope: 0.9 };
    for (variant, scale) in [
        (Variant::default(), 1.0),
        (Variant::default(), 0.5),
        (Variant { squashing, ..Variant::default() }, 1.0),
        (Variant { c3: C3::Full, ..Variant::default() }, 1.0),
    ] {
        let mut output = Rbf::paper();
        output.scale = scale;
        let net = network_of(output, &variant, 4);
        for array in 8..12 {
            let (h, diagonal) = of_lenet5(&net, array);
            assert_eq!(agree(&h, &diagonal, SQUARED), Ok(()), "array {array}, {variant:?}, {scale}");
        }
    }
}

/// The control: below C5 several paths lead to an output, and eq. 27 drops their mixed terms.
#[test]
fn below_c5_it_is_not_exact() {
    for array in 0..8 {
        let (h, diagonal) = of_lenet5(&network(Rbf::paper(), 4), array);
        assert!(compare(&h, &diagonal, SQUARED).is_err(), "array {array}");
    }
}

// ---- Shared weights -------------------------------------------------------------------------------------------------

/// A copy of a network with one parameter per connection, and for each the shared parameter that it replaces.
fn unshared(shared: &Wires) -> (Wires, Vec<usize>) {
    let (mut wires, mut stands_for) = (shared.clone(), Vec::new());
    for Connection { weight, .. } in wires.layers.iter_mut().flat_map(|layer| &mut layer.connections) {
        if let Some(k) = weight {
            stands_for.push(*k);
            *k = stands_for.len() - 1;
        }
    }
    wires.parameters = stands_for.len();
    (wires, stands_for)
}

/// A squashed layer below a squashed full connection: the second derivatives by the layer's parameters, computed in four ways.
struct FourWays {
    /// By `bbprop`.
    h: Vec<f64>,
    /// The sum over the connections of an unshared copy, without mixed derivatives: eq. 23.
    without_mixed: Vec<f64>,
    /// The same sum with mixed derivatives: eq. 22.
    with_mixed: Vec<f64>,
    /// By differences in the shared parameters.
    shared: Vec<f64>,
}

impl FourWays {
    fn new(
        layer: &impl OnMaps<Output = Maps<f64>>,
        x: &Maps<f64>,
        wires: Wires,
        f6: &FullConnection<f64>,
        top: &[f64],
    ) -> Self {
        let net = two_layers(x.dim(), layer.clone(), f6.clone(), Squashing::PAPER);
        let h = second_derivatives(&net, x, top);
        let wires = wires.full_connection(f6.weight.dim().1, top.len());
        let (copy, stands_for) = unshared(&wires);
        let w = flat(&net);
        let u: Vec<f64> = stands_for.iter().map(|&k| w[k]).collect();
        let input: Vec<f64> = x.iter().copied().collect();
        let outputs = |wires: &Wires, w: &[f64]| wires.fprop(w, &input).pop().expect("states");
        let by_connections = by_differences(top, &u, |u| outputs(&copy, u));
        let of = |k: usize| {
            let its_own: Vec<usize> = (0..u.len()).filter(|&n| stands_for[n] == k).collect();
            by_connections.select(Axis(0), &its_own).select(Axis(1), &its_own)
        };
        let own = 0..layer.parameter_count();
        Self {
            h: h[own.clone()].to_vec(),
            without_mixed: own.clone().map(|k| c::shared(&of(k))).collect(),
            with_mixed: own.clone().map(|k| c::shared_exact(&of(k))).collect(),
            shared: by_differences(top, &w, |w| outputs(&wires, w)).diag().to_vec()[own].to_vec(),
        }
    }

    /// `bbprop` computes eq. 23, which approximates the exact eq. 22.
    fn check(&self) -> Result<(), Disagreement> {
        agree(&self.h, &self.without_mixed, SQUARED)?;
        agree(&self.with_mixed, &self.shared, SQUARED)
    }
}

fn rows(table: &Table) -> Vec<Vec<usize>> {
    let mut rows = vec![Vec::new(); table.outputs()];
    table.pairs().for_each(|(output, input)| rows[output].push(input));
    rows
}

fn full(units: usize, outputs: usize) -> impl Strategy<Value = (FullConnection<f64>, Vec<f64>)> {
    let layer = FullConnection::new(units, outputs, &mut ChaCha8Rng::seed_from_u64(0));
    let top = prop::collection::vec(0.0..2.0, outputs);
    (with_values(layer, (units, 1, 1)).prop_map(|(layer, _, _)| layer), top)
}

proptest! {
    #![proptest_config(cases(24))]

    #[test]
    fn convolutions_sum_over_their_connections(
        (side, (layer, x, _), (f6, top)) in (1..=2_usize, 1..=2_usize, 1..=3_usize, 1..=3_usize, 1..=3_usize)
            .prop_flat_map(|(inputs, outputs, side, rows, columns)| {
                let input = (inputs, rows + side - 1, columns + side - 1);
                tables(inputs, outputs).prop_flat_map(move |table| {
                    let layer = Convolution::new(table, side, RootFanIn, &mut ChaCha8Rng::seed_from_u64(0));
                    (Just(side), with_values(layer, input), full(outputs * rows * columns, 2))
                })
            })
    ) {
        let (rows, (_, height, width)) = (rows(layer.table()), x.dim());
        let rows: Vec<&[usize]> = rows.iter().map(Vec::as_slice).collect();
        let wires = Wires::default().convolution(&rows, side, (height, width));
        FourWays::new(&layer, &x, wires, &f6, &top).check()?;
    }

    /// Connections count by unit, or by input: then an unshared copy has four coefficients for each unit.
    #[test]
    fn subsampling_sums_over_its_connections(
        ((layer, x, _), (f6, top)) in subsampling_layers().prop_flat_map(|(layer, input)| {
            let units = input.0 * input.1 * input.2 / 4;
            (with_values(layer, input), full(units, 2))
        })
    ) {
        let (maps, height, width) = x.dim();
        let wires = Wires::default().subsampling(maps, (height, width), layer.connection);
        FourWays::new(&layer, &x, wires, &f6, &top).check()?;
    }
}

/// A subsampling layer in either reading of its connections, and the shape of an input.
fn subsampling_layers() -> impl Strategy<Value = (Subsampling<f64>, Shape)> {
    let readings = prop::sample::select(vec![section2::Connection::Sum, section2::Connection::EachInput]);
    (readings, 1..=3_usize, 1..=3_usize, 1..=3_usize).prop_map(|(connection, maps, rows, columns)| {
        (reading(Subsampling::new(maps, 0.5), connection), (maps, 2 * rows, 2 * columns))
    })
}

fn reading(mut layer: Subsampling<f64>, connection: section2::Connection) -> Subsampling<f64> {
    layer.connection = connection;
    layer
}

/// `ddx` and `h` of a subsampling layer.
fn by_bbprop(layer: &Subsampling<f64>, x: &Maps<f64>, ddy: &Maps<f64>) -> (Maps<f64>, Subsampling<f64>) {
    let (mut ddx, mut h) = (unwritten(x.dim()), layer.zeros());
    layer.bbprop(x, &fprop(layer, x), ddy, Some(&mut ddx), &mut h);
    (ddx, h)
}

proptest! {
    #![proptest_config(cases(96))]

    /// Each unit adds `x₁² + x₂² + x₃² + x₄²`, to the coefficients and nowhere else.
    #[test]
    fn each_input_adds_its_square(
        (layer, x, ddy) in subsampling_layers().prop_flat_map(|(layer, input)| with_values(layer, input))
    ) {
        let [sum, each] = [section2::Connection::Sum, section2::Connection::EachInput]
            .map(|connection| reading(layer.clone(), connection));
        let (ddx, h) = by_bbprop(&each, &x, &ddy);
        let mut expected = vec![0.0; x.dim().0];
        x.indexed_iter().for_each(|((m, r, c), x)| expected[m] += ddy[[m, r / 2, c / 2]] * x * x);
        let found: Vec<f64> = h.coefficient.iter().copied().collect();
        agree(&found, &expected, super::recursion::TOLERANCE)?;

        let (ddx_of_sum, h_of_sum) = by_bbprop(&sum, &x, &ddy);
        prop_assert_eq!((&ddx, &h.bias), (&ddx_of_sum, &h_of_sum.bias));
        let of_sum: Vec<f64> = h_of_sum.coefficient.iter().copied().collect();
        prop_assert!(compare(&of_sum, &expected, super::recursion::TOLERANCE).is_err(), "the control");

        // A second pattern is added, whether or not ddx is wanted.
        let mut twice = h.clone();
        each.bbprop(&x, &fprop(&each, &x), &ddy, None, &mut twice);
        let of_two: Vec<f64> = flat(&h).iter().map(|h| 2.0 * h).collect();
        compare(&flat(&twice), &of_two, super::recursion::TOLERANCE)?;
    }
}

#[test]
fn mixed_derivatives_are_refused() {
    let random = &mut ChaCha8Rng::seed_from_u64(1);
    let layer = Convolution::new(Table::full(1, 2), 3, RootFanIn, random);
    let wires = Wires::default().convolution(&[&[0], &[0]], 3, (4, 4));
    let f6 = FullConnection::new(8, 3, random);
    let ways = FourWays::new(&layer, &waves((1, 4, 4)), wires, &f6, &[2.0; 3]);
    assert_eq!(ways.check(), Ok(()));
    assert!(compare(&ways.h, &ways.with_mixed, SQUARED).is_err());
}

// ---- Eq. 26 ---------------------------------------------------------------------------------------------------------

/// `f'` and `f''` at the weighted sum `a`: `f'` by `back_through_slope`, `f''` by the formula of `section2::squashing`.
fn slope_and_bend(a: f64) -> (f64, f64) {
    let mut y = Array3::from_elem((1, 1, 1), a);
    Squashing::PAPER.squash(&mut y);
    let mut slope = Array3::ones((1, 1, 1));
    Squashing::PAPER.back_through_slope(&y, &mut slope);
    (slope[[0, 0, 0]], -2.0 * S * y[[0, 0, 0]] / A * slope[[0, 0, 0]])
}

fn f(a: f64) -> f64 {
    A * (S * a).tanh()
}

proptest! {
    #![proptest_config(cases(256))]

    #[test]
    fn squashing_bends_as_its_formula_says(a in -5.0..5.0) {
        let (slope, bend) = slope_and_bend(a);
        agree(&[slope], &[differences::slope(|h| f(a + h))], SQUARED)?;
        agree(&[bend], &[differences::slope(|h| slope_and_bend(a + h).0)], SQUARED)?;
        agree(&[bend], &[second_difference(|h| f(a + h))], SECOND)?;
    }

    /// One unit, `E = (f(w x + b) - code)²`: eq. 26 is the true second derivative, and eq. 27 lacks only the term with f''.
    #[test]
    fn eq_26_and_27_differ_by_the_bend_of_f(w in -2.0..2.0_f64, b in -1.0..1.0_f64, x in -2.0..2.0_f64, code in -1.0..1.0_f64) {
        let a = w * x + b;
        let ((slope, bend), dy) = (slope_and_bend(a), 2.0 * (f(a) - code));
        let mut layer = FullConnection::new(1, 1, &mut ChaCha8Rng::seed_from_u64(0));
        assign(&mut layer, &[w, b]);
        let (mut y, mut dda, mut h) = (Array3::zeros((1, 1, 1)), Array3::from_elem((1, 1, 1), 2.0), layer.zeros());
        let x_in = Array3::from_elem((1, 1, 1), x);
        layer.fprop(&x_in, &mut y);
        Squashing::PAPER.squash(&mut y);
        Squashing::PAPER.back_through_squared_slope(&y, &mut dda);
        layer.bbprop(&x_in, &y, &dda, None, &mut h);
        let by_parameters = |dda| [c::connection(dda, x), dda];
        compare(&flat(&h), &by_parameters(c::gauss_newton(slope, 2.0)), SQUARED)?;
        let eq_26 = by_parameters(c::second_derivative(slope, 2.0, bend, dy));
        let loss = |w: f64, b: f64| (f(w * x + b) - code).powi(2);
        let exact = [second_difference(|h| loss(w + h, b)), second_difference(|h| loss(w, b + h))];
        agree(&eq_26, &exact, SECOND)?;
    }
}

/// Under eq. 8, eq. 26 gives the true second derivatives by the biases of F6 and C5; eq. 27 does not.
#[test]
fn eq_26_is_exact_for_f6_and_c5() {
    let net = network(Rbf::paper(), 4);
    let mut s = states(&net, 4);
    let (wires, w) = (wires::lenet5(&Variant::default()), flat(&net));
    let naive = wires.fprop(&w, s.input().as_slice().expect("row-major"));
    let top = said::<Rbf<f64>>(&net, &s, Criterion::TrueClass, 6).dx;
    let (_, dx) = wires.bprop(&w, &naive, &top);
    let second = |dx| wires.bbprop(&w, &naive, &[2.0; 84], dx);
    let biases = |h: Vec<f64>| [&h[60_000 - 10_164 - 120..60_000 - 10_164], &h[60_000 - 84..]].concat();
    let mut moved = net.clone();
    let mut exact = Vec::new();
    for (array, units) in [(9, 120), (11, 84)] {
        for unit in 0..units {
            let bias = net.arrays().nth(array).expect("biases")[unit];
            exact.push(second_difference(|h| {
                moved.arrays_mut().nth(array).expect("biases")[unit] = bias + h;
                moved.fprop(&mut s);
                s.output.of(6)
            }));
            moved.arrays_mut().nth(array).expect("biases")[unit] = bias;
        }
    }
    assert_eq!(agree(&biases(second(Some(&dx))), &exact, SECOND), Ok(()));
    assert!(compare(&biases(second(None)), &exact, SECOND).is_err());
}
