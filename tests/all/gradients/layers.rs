//! Layers, element by element: by every input, every weight, coefficient, gain, code and bias, for any `dE/dy`.

use super::agreement::agree;
use super::any_random;
use super::by_each::{by_each, dot};
use super::draw::{cases, tables, values};
use super::draw_layers::{maps, with_values};
use super::flat::{assign, flat};
use super::layers::{TOLERANCE, check, refused};
use super::passes::{by_bprop, fprop, unwritten};
use lenet5::appendix::a::InitialWeights::RootFanIn;
use lenet5::section1::{Activation, Maps, Module, Network, Parameters, SecondOrder, Shape};
use lenet5::section2::{
    Convolution, Curvature, FullConnection, Rbf, Softmax, Squashing, Subsampling, Table, Twice,
};
use lenet5::today::{AveragePooling, BatchNormalisation, MaxPooling, Relu};
use ndarray::{Array1, Array2, Array3, ArrayView2, Axis};
use proptest::prelude::*;

/// A convolution whose output maps have this size.
fn convolution_to(table: Table, side: usize, output: (usize, usize)) -> (Convolution<f64>, Shape) {
    let input = (table.inputs(), output.0 + side - 1, output.1 + side - 1);
    (Convolution::new(table, side, RootFanIn, &mut any_random()), input)
}

fn small_convolutions() -> impl Strategy<Value = (Convolution<f64>, Shape)> {
    let tables = (1..=4_usize, 1..=4_usize).prop_flat_map(|(inputs, outputs)| tables(inputs, outputs));
    (tables, 1..=5_usize, (1..=7_usize, 1..=7_usize))
        .prop_map(|(table, side, size)| convolution_to(table, side, size))
}

/// Sizes for the special loops of 5 x 5 kernels: ten and fourteen output rows, one block or several, up to sixteen columns or
/// more.
fn blocked_convolutions() -> impl Strategy<Value = (Convolution<f64>, Shape)> {
    let tables = (1..=2_usize, 1..=2_usize).prop_flat_map(|(inputs, outputs)| tables(inputs, outputs));
    let rows = prop_oneof![10..=13_usize, 14..=19_usize, 28..=29_usize];
    (tables, rows, 1..=19_usize).prop_map(|(table, rows, columns)| convolution_to(table, 5, (rows, columns)))
}

/// Kernels as large as the maps, as in C5.
fn covering_convolutions() -> impl Strategy<Value = (Convolution<f64>, Shape)> {
    (1..=6_usize, 1..=8_usize, 1..=5_usize)
        .prop_map(|(inputs, outputs, side)| convolution_to(Table::full(inputs, outputs), side, (1, 1)))
}

/// Numbers in any order, no two of them closer than 0.02.
fn distinct(count: usize) -> impl Strategy<Value = Vec<f64>> {
    let levels: Vec<f64> = (0..count).map(|n| 0.03 * (n as f64 - count as f64 / 2.0)).collect();
    (Just(levels).prop_shuffle(), prop::collection::vec(0.0..0.01, count))
        .prop_map(|(levels, more)| levels.iter().zip(more).map(|(level, more)| level + more).collect())
}

fn even() -> impl Strategy<Value = Shape> {
    (1..=4_usize, 1..=5_usize, 1..=5_usize).prop_map(|(maps, rows, columns)| (maps, 2 * rows, 2 * columns))
}

/// The number of outputs, and an input of one column, or of several as in a wide field.
fn columns() -> impl Strategy<Value = (usize, Shape)> {
    let places = prop_oneof![Just((1, 1)), (1..=2_usize, 1..=9_usize)];
    (1..=10_usize, 1..=20_usize, places)
        .prop_map(|(outputs, units, (rows, columns))| (outputs, (units, rows, columns)))
}

/// Whether a function gives the same bits in place, as after weighted sums, and as a module.
fn in_place<F: Activation<f64> + Module<f64, Input = Maps<f64>, Output = Maps<f64>> + Copy>(
    f: F,
    x: &Maps<f64>,
    c: &Maps<f64>,
) -> Result<(), TestCaseError> {
    let (mut y, mut dx) = (unwritten(x.dim()), unwritten(x.dim()));
    Module::fprop(&f, x, &mut y);
    f.bprop(x, &y, c, Some(&mut dx), &mut f.clone());
    let (mut state, mut slope) = (x.clone(), c.clone());
    f.squash(&mut state);
    f.back_through_slope(&state, &mut slope);
    prop_assert_eq!(state, y);
    prop_assert_eq!(slope, dx);
    Ok(())
}

proptest! {
    #![proptest_config(cases(128))]

    #[test]
    fn convolution(case in small_convolutions().prop_flat_map(|(layer, input)| with_values(layer, input))) {
        check(&case)?;
    }

    #[test]
    fn convolution_that_covers_its_input(
        case in covering_convolutions().prop_flat_map(|(layer, input)| with_values(layer, input))
    ) {
        check(&case)?;
    }

    #[test]
    fn subsampling(
        case in (1..=5_usize, 1..=6_usize, 1..=6_usize).prop_flat_map(|(maps, rows, columns)| {
            with_values(Subsampling::new(maps, 0.5), (maps, 2 * rows, 2 * columns))
        })
    ) {
        check(&case)?;
    }

    #[test]
    fn full_connection(
        case in ((1..=4_usize, 1..=5_usize, 1..=3_usize), 1..=9_usize).prop_flat_map(|(input, outputs)| {
            with_values(FullConnection::new(input.0 * input.1 * input.2, outputs, &mut any_random()), input)
        })
    ) {
        check(&case)?;
    }

    #[test]
    fn squashing(
        case in (super::squashings(), (1..=3_usize, 1..=5_usize, 1..=5_usize))
            .prop_flat_map(|(squashing, input)| with_values(squashing, input))
    ) {
        check(&case)?;
        in_place(case.0, &case.1, &case.2)?;
    }

    #[test]
    fn relu(
        (module, x, c) in (1..=4_usize, 1..=7_usize, 1..=7_usize).prop_flat_map(|input| with_values(Relu, input))
    ) {
        let x = x.mapv(|a| a + 0.05 * a.signum());
        check(&(module, x.clone(), c.clone()))?;
        in_place(Relu, &x, &c)?;
    }

    #[test]
    fn average_pooling(case in even().prop_flat_map(|input| with_values(AveragePooling, input))) {
        check(&case)?;
    }

    #[test]
    fn each_map_twice(
        case in (1..=4_usize, 1..=5_usize, 1..=5_usize).prop_flat_map(|input| with_values(Twice, input))
    ) {
        check(&case)?;
    }

    #[test]
    fn max_pooling(
        ((module, x, c), numbers) in even().prop_flat_map(|input| {
            (with_values(MaxPooling, input), distinct(input.0 * input.1 * input.2))
        })
    ) {
        check(&(module, Array3::from_shape_vec(x.dim(), numbers).expect("an input"), c))?;
    }

    /// In evaluation, with constant running moments; the tests of training are in `tests/all/today`.
    #[test]
    fn batch_normalisation(
        ((mut layer, x, c), mean, variance) in (1..=4_usize, 1..=5_usize, 1..=5_usize).prop_flat_map(|input| {
            let layer = BatchNormalisation::new(input.0);
            (with_values(layer, input), values(input.0), prop::collection::vec(0.1..4.0, input.0))
        })
    ) {
        (layer.mean, layer.variance) = (Array1::from(mean), Array1::from(variance));
        check(&(layer.clone(), x.clone(), c.clone()))?;
        // The control: running moments are no parameters, but they change the derivatives.
        let found = by_bprop(&layer, &x, &c);
        layer.variance *= 1.01;
        prop_assert!(super::agreement::compare(&by_bprop(&layer, &x, &c), &found, TOLERANCE).is_err());
    }

    #[test]
    fn rbf(
        (codes, x, c) in columns().prop_flat_map(|(classes, input)| {
            (maps((1, classes, input.0)), maps(input), maps((classes, input.1, input.2)))
        }),
        learning in prop::bool::ANY,
        scale in prop::sample::select(vec![0.5, 1.0]),
    ) {
        let mut layer = Rbf::new(codes.remove_axis(Axis(0)));
        layer.scale = scale;
        check(&(if learning { layer.learning() } else { layer }, x, c))?;
    }

    #[test]
    fn softmax(
        (output, x, c) in columns().prop_flat_map(|(classes, input)| {
            with_values(FullConnection::new(input.0, classes, &mut any_random()), input)
        })
    ) {
        check(&(output.clone(), x.clone(), c.clone()))?;
        check(&(Softmax { output, curvature: Curvature::Exact }, x, c))?;
    }

    #[test]
    fn cascade(
        (table, w, x, c) in (1..=2_usize, 1..=3_usize).prop_flat_map(|(inputs, outputs)| tables(inputs, outputs))
            .prop_flat_map(|table| {
                let (inputs, parameters) = (table.inputs(), small_cascade(table.clone()).parameter_count());
                (Just(table), values(parameters), maps((inputs, 8, 6)), maps((3, 1, 1)))
            })
    ) {
        let mut net = small_cascade(table);
        assign(&mut net, &w);
        let (mut s, mut d, mut gradient) = (net.states(), net.states(), net.zeros());
        s.input_mut().assign(&x);
        net.fprop(&mut s);
        d.last_mut().assign(&c);
        net.bprop(&s, &mut d, &mut gradient);
        let loss = |at: &[f64]| {
            assign(&mut net, at);
            net.fprop(&mut s);
            dot(&c, s.last())
        };
        agree(&flat(&gradient), &by_each(loss, &w), TOLERANCE)?;
    }
}

proptest! {
    #![proptest_config(cases(40))]

    #[test]
    fn convolution_in_blocks(
        case in blocked_convolutions().prop_flat_map(|(layer, input)| with_values(layer, input))
    ) {
        check(&case)?;
    }
}

/// A network with every kind of layer, small enough to try every element.
fn small_cascade(table: Table) -> Network<f64> {
    let (random, maps) = (&mut any_random(), table.outputs());
    let build = || {
        Network::new((table.inputs(), 8, 6))
            .then("C1", Convolution::new(table, 3, RootFanIn, random))?
            .then("C1", Squashing::PAPER)?
            .then("S2", Subsampling::new(maps, 0.5))?
            .then("S2", Squashing::PAPER)?
            .then("C3", Convolution::new(Table::full(maps, 4), 2, RootFanIn, random))?
            .then("C3", Squashing::PAPER)?
            .then("F4", FullConnection::new(8, 3, random))?
            .then("F4", Squashing::PAPER)
    };
    build().expect("layers that fit each other")
}

// ---- Controls: wrong formulas must be refused -----------------------------------------------------------------------

#[test]
fn a_kernel_transposed_or_turned_round_is_refused() {
    let (right, input) = convolution_to(Table::new(3, &[&[0, 2], &[1]]), 3, (4, 5));
    let with = |kernel: fn(ArrayView2<f64>) -> Array2<f64>| {
        let mut wrong = right.clone();
        wrong
            .weight
            .outer_iter_mut()
            .zip(right.weight.outer_iter())
            .for_each(|(mut wrong, w)| wrong.assign(&kernel(w)));
        refused(&right, input, |x, c| by_bprop(&wrong, x, c))
    };
    assert!(!with(|w| w.to_owned()));
    assert!(with(|w| w.t().to_owned()));
    assert!(with(|w| Array2::from_shape_fn(w.dim(), |(row, column)| w[[2 - row, 2 - column]])));
}

#[test]
fn a_connection_too_many_is_refused() {
    let (right, input) = convolution_to(Table::new(2, &[&[0], &[0, 1]]), 2, (3, 3));
    let (mut wrong, _) = convolution_to(Table::new(2, &[&[1], &[0, 1]]), 2, (3, 3));
    wrong.weight.assign(&right.weight);
    assert!(refused(&right, input, |x, c| by_bprop(&wrong, x, c)));
}

#[test]
fn an_average_passed_back_by_a_layer_that_sums_is_refused() {
    let right = Subsampling::new(2, 0.5);
    let average = Subsampling::new(2, 0.5 / 4.0);
    assert!(refused(&right, (2, 4, 6), |x, c| by_bprop(&average, x, c)));
    assert!(refused(&right, (2, 4, 6), |x, c| by_bprop(&right, &(x / 4.0), c)));
}

#[test]
fn weights_or_biases_without_their_slope_are_refused() {
    let right = FullConnection::new(4, 4, &mut any_random());
    let mut transposed = right.clone();
    transposed.weight.assign(&right.weight.t());
    assert!(refused(&right, (4, 1, 1), |x, c| by_bprop(&transposed, x, c)));
    assert!(refused(&right, (4, 1, 1), |x, c| {
        let mut no_bias = by_bprop(&right, x, c);
        no_bias[4 + 16..].fill(0.0);
        no_bias
    }));
}

/// A deliberately wrong gradient, from the input and the derivatives by the outputs.
type Wrong<'a> = dyn Fn(&Maps<f64>, &Maps<f64>) -> Vec<f64> + 'a;

#[test]
fn a_squashing_function_without_its_slope_is_refused() {
    let slope = |f: Squashing, y: &Maps<f64>, c: &Maps<f64>| {
        let mut slope = c.clone();
        f.back_through_slope(y, &mut slope);
        slope.iter().copied().collect()
    };
    let right = Squashing::PAPER;
    let refused = |wrong: &Wrong| refused(&right, (1, 3, 3), wrong);
    assert!(!refused(&|x, c| slope(right, &fprop(&right, x), c)));
    assert!(refused(&|_, c| c.iter().copied().collect()), "1 everywhere");
    assert!(refused(&|x, c| slope(right, x, c)), "at the weighted sum in place of the state");
    assert!(refused(&|x, c| by_bprop(&Squashing { amplitude: 1.7, ..right }, x, c)));
    assert!(refused(&|x, c| by_bprop(&Squashing { slope: 0.66, ..right }, x, c)));
    // Squared, as for second derivatives.
    assert!(refused(&|x, c| {
        let mut slope = unwritten(x.dim());
        right.bbprop(x, &fprop(&right, x), c, Some(&mut slope), &mut right.clone());
        slope.iter().copied().collect()
    }));
}

#[test]
fn wrong_slopes_of_relu_are_refused() {
    let refused =
        |slope: fn(f64) -> f64| refused(&Relu, (2, 4, 6), |x, c| (c * &x.mapv(slope)).into_iter().collect());
    assert!(!refused(|a| f64::from(u8::from(a > 0.0))));
    assert!(refused(|_| 1.0), "1 everywhere");
    assert!(refused(|a| a.max(0.0)), "the state itself");
    assert!(refused(|a| if a > 0.0 { 1.0 } else { 0.01 }), "a leak");
}

/// `dy` at all four places of its window, each multiplied by the `share` of `x` at that place.
fn spread(x: &Maps<f64>, dy: &Maps<f64>, share: impl Fn(f64, &[f64]) -> f64) -> Vec<f64> {
    let of = |((map, row, column), &x_here): ((usize, usize, usize), &f64)| {
        let at = |down, right| x[[map, row / 2 * 2 + down, column / 2 * 2 + right]];
        dy[[map, row / 2, column / 2]] * share(x_here, &[at(0, 0), at(0, 1), at(1, 0), at(1, 1)])
    };
    x.indexed_iter().map(of).collect()
}

#[test]
fn wrong_ways_back_through_pooling_are_refused() {
    let is_largest = |x: f64, window: &[f64]| f64::from(u8::from(window.iter().all(|&other| other <= x)));
    let (input, max, average) = ((2, 4, 6), MaxPooling, AveragePooling);
    assert!(!refused(&max, input, |x, c| spread(x, c, is_largest)));
    assert!(refused(&max, input, |x, c| spread(x, c, |_, _| 1.0)));
    assert!(refused(&max, input, |x, c| spread(x, c, |_, _| 0.25)));
    assert!(refused(&max, input, |x, c| spread(&-x, c, is_largest)), "the smallest");
    assert!(!refused(&average, input, |x, c| spread(x, c, |_, _| 0.25)));
    assert!(refused(&average, input, |x, c| spread(x, c, |_, _| 1.0)));
    assert!(refused(&average, input, |x, c| spread(x, c, |_, _| 0.5)));
}

#[test]
fn wrong_gradients_of_output_layers_are_refused() {
    let (input, rbf) = ((84, 1, 1), Rbf::<f64>::paper().learning());
    let edited = |layer: &Rbf<f64>, x: &Maps<f64>, c: &Maps<f64>, edit: fn(&mut [f64])| {
        let mut wrong = by_bprop(layer, x, c);
        edit(&mut wrong);
        wrong
    };
    assert!(refused(&rbf, input, |x, c| edited(&rbf, x, c, |d| d.iter_mut().for_each(|d| *d /= 2.0))));
    assert!(
        refused(&rbf, input, |x, c| edited(&rbf, x, c, |d| d[84..].iter_mut().for_each(|d| *d = -*d))),
        "codes that flee from their inputs"
    );
    let softmax =
        Softmax { output: FullConnection::new(84, 10, &mut any_random()), curvature: Curvature::Exact };
    // By the weighted sums the derivatives are `p sum(dy) - dy`.
    let with = |all: fn(&Maps<f64>) -> f64| {
        refused(&softmax, input, |x, c| {
            let p = fprop(&softmax, x).probabilities();
            let da = Maps::from_shape_fn(c.dim(), |at| p[at.0] * all(c) - c[at]);
            by_bprop(&softmax.output, x, &da)
        })
    };
    assert!(!with(|c| c.sum()));
    assert!(with(|_| 1.0), "as under eq. 8");
    assert!(with(|_| 0.0), "probabilities left out");
}
