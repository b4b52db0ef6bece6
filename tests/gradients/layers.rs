//! Layers, element by element: by every input, every weight, coefficient and bias.

use crate::agreement::{Tolerance, agree, compare};
use crate::draw::{cases, tables, values};
use crate::draw_layers::{maps, with_values};
use crate::flat::{assign, flat};
use crate::{TOLERANCE, any_random, by_each, dot, unwritten};
use lenet5::appendix::a::InitialWeights::RootFanIn;
use lenet5::section1::{Maps, Module, Parameters, Sequential, Shape};
use lenet5::section2::{Convolution, FullConnection, Squashing, Subsampling, Table};
use ndarray::{Array2, Array3, ArrayView2};
use proptest::prelude::*;

/// For `E = c . y`: dE/dx and dE/dw as `bprop` says.
fn by_bprop<M: Module<f64>>(module: &M, x: &Maps<f64>, c: &Maps<f64>) -> Vec<f64> {
    let (mut dx, mut gradient) = (unwritten(x.dim()), module.zeros());
    module.bprop(x, c, Some(&mut dx), &mut gradient);
    dx.iter().copied().chain(flat(&gradient)).collect()
}

/// The same by differences.
fn by_differences<M: Module<f64>>(module: &M, x: &Maps<f64>, c: &Maps<f64>) -> Vec<f64> {
    let (mut module, mut x, mut y) = (module.clone(), x.clone(), unwritten(c.dim()));
    let at: Vec<f64> = x.iter().copied().chain(flat(&module)).collect();
    let loss = |at: &[f64]| {
        let (inputs, parameters) = at.split_at(x.len());
        x.iter_mut().zip(inputs).for_each(|(x, &input)| *x = input);
        assign(&mut module, parameters);
        module.fprop(&x, &mut y);
        dot(c, &y)
    };
    by_each(loss, &at)
}

fn check<M: Module<f64>>((module, x, c): &(M, Maps<f64>, Maps<f64>)) -> Result<(), TestCaseError> {
    agree(&by_bprop(module, x, c), &by_differences(module, x, c), TOLERANCE)?;
    // Whether or not dx is wanted, what a second pattern says is added to the gradient.
    let mut gradient = module.zeros();
    module.bprop(x, c, None, &mut gradient);
    let once = flat(&gradient);
    module.bprop(x, c, Some(&mut unwritten(x.dim())), &mut gradient);
    let twice: Vec<f64> = once.iter().map(|dw| 2.0 * dw).collect();
    compare(&flat(&gradient), &twice, Tolerance { relative: 1e-12, floor: 1e-12 })?;
    Ok(())
}

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

/// Sizes that go through the loops for kernels of 5 x 5: ten output rows and fourteen, in one block and several, up to
/// sixteen columns and beyond.
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
        (module, x, c) in (crate::squashings(), (1..=3_usize, 1..=5_usize, 1..=5_usize))
            .prop_flat_map(|(squashing, input)| with_values(squashing, input))
    ) {
        check(&(module, x.clone(), c.clone()))?;
        // In place, as LeNet-5 uses it, it gives the same bits.
        let (mut y, mut dx) = (unwritten(x.dim()), unwritten(x.dim()));
        Module::fprop(&module, &x, &mut y);
        module.bprop(&x, &c, Some(&mut dx), &mut module.clone());
        let (mut state, mut slope) = (x, c);
        module.squash(&mut state);
        module.unsquash::<f64, false>(&state, &mut slope);
        prop_assert_eq!(state, y);
        prop_assert_eq!(slope, dx);
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
        let mut gradient = net.zeros();
        net.fprop(&x);
        let dx = net.bprop(&c, &mut gradient);
        let found: Vec<f64> = dx.iter().copied().chain(flat(&gradient)).collect();
        let at: Vec<f64> = x.iter().copied().chain(w).collect();
        let mut moved = x.clone();
        let loss = |at: &[f64]| {
            moved.iter_mut().zip(at).for_each(|(x, &value)| *x = value);
            assign(&mut net, &at[moved.len()..]);
            dot(&c, net.fprop(&moved))
        };
        agree(&found, &by_each(loss, &at), TOLERANCE)?;
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

/// Every kind of layer, small enough to try every element.
fn small_cascade(table: Table) -> Sequential<f64> {
    let (random, maps) = (&mut any_random(), table.outputs());
    let build = || {
        Sequential::new((table.inputs(), 8, 6))
            .then(Convolution::new(table, 3, RootFanIn, random))?
            .then(Squashing::PAPER)?
            .then(Subsampling::new(maps, 0.5))?
            .then(Squashing::PAPER)?
            .then(Convolution::new(Table::full(maps, 4), 2, RootFanIn, random))?
            .then(Squashing::PAPER)?
            .then(FullConnection::new(8, 3, random))?
            .then(Squashing::PAPER)
    };
    build().expect("layers that fit each other")
}

// ---- Controls: wrong formulas must be refused -----------------------------------------------------------------------

/// Numbers without a pattern.
fn waves(shape: Shape) -> Maps<f64> {
    let mut n = 0.0;
    Array3::from_shape_simple_fn(shape, || {
        n += 1.0;
        f64::sin(n * n)
    })
}

/// Whether what `wrong` says of an input and of what comes back is refused as the derivatives of `module`.
fn refused<M: Module<f64>>(
    module: &M,
    input: Shape,
    wrong: impl Fn(&Maps<f64>, &Maps<f64>) -> Vec<f64>,
) -> bool {
    let (x, c) = (waves(input), waves(module.output_shape(input).expect("an input that fits")));
    let expected = by_differences(module, &x, &c);
    assert_eq!(agree(&by_bprop(module, &x, &c), &expected, TOLERANCE), Ok(()));
    compare(&wrong(&x, &c), &expected, TOLERANCE).is_err()
}

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

#[test]
fn a_squashing_function_without_its_slope_is_refused() {
    assert!(refused(&Squashing::PAPER, (1, 3, 3), |_, c| c.iter().copied().collect()));
    // f' taken at the weighted sum instead of the state.
    assert!(refused(&Squashing::PAPER, (1, 3, 3), |x, c| {
        let mut slope = c.clone();
        Squashing::PAPER.unsquash::<f64, false>(x, &mut slope);
        slope.iter().copied().collect()
    }));
    // f' of another A, and of another S.
    for wrong in
        [Squashing { amplitude: 1.7, ..Squashing::PAPER }, Squashing { slope: 0.66, ..Squashing::PAPER }]
    {
        assert!(refused(&Squashing::PAPER, (1, 3, 3), |x, c| by_bprop(&wrong, x, c)));
    }
    // f' squared, as for second derivatives.
    assert!(refused(&Squashing::PAPER, (1, 3, 3), |x, c| {
        let (mut slope, mut nothing) = (unwritten(x.dim()), Squashing::PAPER);
        Squashing::PAPER.bbprop(x, c, Some(&mut slope), &mut nothing);
        slope.iter().copied().collect()
    }));
}
