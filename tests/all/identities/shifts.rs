//! A shifted input gives shifted features (II-A).

use super::draw::{cases, tables, values};
use super::passes::{OnMaps, fprop};
use lenet5::appendix::a::InitialWeights::RootFanIn;
use lenet5::section1::Maps;
use lenet5::section2::{Convolution, Subsampling};
use ndarray::{Array3, ArrayView3, Axis, Slice};
use proptest::prelude::*;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

/// The maps without the first `down` rows and `right` columns.
fn shifted<'a>(maps: &'a Maps<f64>, (down, right): (usize, usize)) -> ArrayView3<'a, f64> {
    let rest = maps.slice_axis(Axis(1), Slice::from(down..));
    rest.slice_axis_move(Axis(2), Slice::from(right..))
}

/// Whether a shift of the input `by` so much shifts the output by `outputs`, except at the borders.
fn moves(
    layer: &impl OnMaps<Output = Maps<f64>>,
    x: &Maps<f64>,
    by: (usize, usize),
    outputs: (usize, usize),
) -> bool {
    let (found, y) = (fprop(layer, &shifted(x, by).to_owned()), fprop(layer, x));
    let (_, rows, columns) = found.dim();
    let mut expected = shifted(&y, outputs);
    expected.slice_axis_inplace(Axis(1), Slice::from(..rows));
    expected.slice_axis_inplace(Axis(2), Slice::from(..columns));
    found.iter().zip(expected).all(|(found, expected)| (found - expected).abs() <= 1e-12)
}

proptest! {
    #![proptest_config(cases(48))]

    #[test]
    fn convolutions_move_with_their_input(
        (table, by, x) in ((1..=3_usize, 1..=3_usize), (1..=9_usize, 1..=9_usize), (10..=24_usize, 10..=24_usize))
            .prop_flat_map(|((inputs, outputs), by, (rows, columns))| {
                let (rows, columns) = (rows + by.0, columns + by.1);
                let into = move |x| Array3::from_shape_vec((inputs, rows, columns), x).expect("an input");
                (tables(inputs, outputs), Just(by), values(inputs * rows * columns).prop_map(into))
            }),
        side in 1..=5_usize,
    ) {
        let layer = Convolution::new(table.clone(), side, RootFanIn, &mut ChaCha8Rng::seed_from_u64(2));
        prop_assert!(moves(&layer, &x, by, by));
        // The control: another shift does not fit.
        prop_assert!(table.is_empty() || !moves(&layer, &x, by, (by.0 - 1, by.1)));
    }

    #[test]
    fn subsampling_moves_by_half(
        (by, x) in (1..=3_usize, (1..=4_usize, 1..=4_usize), (5..=9_usize, 5..=9_usize))
            .prop_flat_map(|(maps, by, (rows, columns))| {
                let shape = (maps, 2 * rows, 2 * columns);
                let into = move |x| Array3::from_shape_vec(shape, x).expect("an input");
                (Just(by), values(4 * maps * rows * columns).prop_map(into))
            }),
    ) {
        let layer = Subsampling::new(x.dim().0, 0.5);
        prop_assert!(moves(&layer, &x, (2 * by.0, 2 * by.1), by));
        // The control.
        prop_assert!(!moves(&layer, &x, (2 * by.0, 2 * by.1), (by.0 - 1, by.1)));
    }
}
