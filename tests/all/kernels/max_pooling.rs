//! Max pooling is exact, on maps of the sizes of S2 and S4 and of any other.

use super::draw::{cases, values};
use super::{exactly, rounded, waves};
use lenet5::Real;
use lenet5::kernels::max_pooling as kernel;
use proptest::prelude::*;

/// Some maps, one after the other: columns of the output, inputs, and derivatives by the outputs.
#[derive(Clone, Debug)]
struct Case {
    columns: usize,
    x: Vec<f64>,
    dy: Vec<f64>,
}

/// `y` and `dx`.
type Passes = [Vec<f64>; 2];

fn found<R: Real>(case: &Case) -> Passes {
    let (x, dy) = (rounded::<R>(&case.x), rounded::<R>(&case.dy));
    let (mut y, mut dx) = (vec![R::nan(); dy.len()], vec![R::nan(); x.len()]);
    kernel::fprop(case.columns, &x, &mut y);
    kernel::bprop(case.columns, &x, &dy, &mut dx);
    [exactly(&y), exactly(&dx)]
}

/// The same, window by window and row by row; `wins` decides whether `better` replaces the `best` so far.
fn twin<R: Real>(case: &Case, wins: impl Fn(f64, f64) -> bool) -> Passes {
    let (x, dy) = (exactly(&rounded::<R>(&case.x)), exactly(&rounded::<R>(&case.dy)));
    let (mut y, mut dx) = (Vec::new(), vec![0.0; x.len()]);
    for (unit, dy) in dy.iter().enumerate() {
        let (row, column) = (2 * (unit / case.columns), 2 * (unit % case.columns));
        let mut best = row * 2 * case.columns + column;
        for (down, right) in [(0, 1), (1, 0), (1, 1)] {
            let at = (row + down) * 2 * case.columns + column + right;
            if wins(x[at], x[best]) {
                best = at;
            }
        }
        y.push(x[best]);
        dx[best] += dy;
    }
    [y, dx]
}

fn first_largest(better: f64, best: f64) -> bool {
    better > best
}

/// So many maps of this size, with any numbers, or with a few levels, so that numbers are often equal.
fn maps(maps: usize, (rows, columns): (usize, usize)) -> impl Strategy<Value = Case> {
    let units = maps * rows * columns;
    let levels = prop::collection::vec(prop::sample::select(vec![-0.5, 0.0, 1.25]), 4 * units);
    (prop_oneof![values(4 * units), levels], values(units)).prop_map(move |(x, dy)| Case { columns, x, dy })
}

proptest! {
    #![proptest_config(cases(128))]

    #[test]
    fn any_size(
        case in (1..=3_usize, (1..=20_usize, 1..=60_usize)).prop_flat_map(|(count, size)| maps(count, size))
    ) {
        prop_assert_eq!(found::<f32>(&case), twin::<f32>(&case, first_largest), "f32");
        prop_assert_eq!(found::<f64>(&case), twin::<f64>(&case, first_largest), "f64");
    }
}

proptest! {
    #![proptest_config(cases(32))]

    #[test]
    fn lenet5(
        case in prop::sample::select(vec![(6_usize, 14_usize), (16, 5)])
            .prop_flat_map(|(count, side)| maps(count, (side, side)))
    ) {
        prop_assert_eq!(found::<f32>(&case), twin::<f32>(&case, first_largest), "f32");
        prop_assert_eq!(found::<f64>(&case), twin::<f64>(&case, first_largest), "f64");
    }
}

#[test]
fn another_unit_of_the_window_is_refused() {
    for columns in [3, 5, 14] {
        let units = 2 * columns * columns;
        let case = Case { columns, x: waves(4 * units), dy: waves(units) };
        assert_eq!(found::<f32>(&case), twin::<f32>(&case, first_largest));
        assert_ne!(found::<f32>(&case), twin::<f32>(&case, |better, best| better < best), "the smallest");
        assert_ne!(found::<f32>(&case), twin::<f32>(&case, |_, _| false), "the first");
        // If all are equal, only `bprop` distinguishes the first from the last.
        let alike = Case { x: vec![0.0; 4 * units], ..case };
        let last = twin::<f32>(&alike, |better, best| better >= best);
        assert_eq!(found::<f32>(&alike), twin::<f32>(&alike, first_largest));
        assert_eq!(found::<f32>(&alike)[0], last[0]);
        assert_ne!(found::<f32>(&alike)[1], last[1]);
    }
}

#[test]
fn nan_stays_nan_where_it_is_the_first() {
    for columns in [2, 5, 14] {
        let mut x = vec![1.0_f32; 4 * columns];
        x[0] = f32::NAN;
        let mut y = vec![0.0; columns];
        kernel::fprop(columns, &x, &mut y);
        assert!(y[0].is_nan() && y[1..].iter().all(|&y| y == 1.0), "{y:?}");
        let mut dx = vec![f32::NAN; x.len()];
        kernel::bprop(columns, &x, &vec![3.0; columns], &mut dx);
        assert_eq!((dx[0], dx.iter().sum::<f32>()), (3.0, 3.0 * columns as f32));
    }
}
