//! Subsampling, on maps of the sizes of S2 and S4 and of any other.

use super::draw::{cases, values};
use super::{Sum, exactly, power, rounded, unexplained, waves};
use lenet5::Real;
use lenet5::kernels::subsampling as kernel;
use proptest::prelude::*;

/// Some maps: columns of the output, coefficients and biases, inputs, and derivatives by the outputs.
#[derive(Clone, Debug)]
struct Case {
    columns: usize,
    k: Vec<f64>,
    b: Vec<f64>,
    x: Vec<f64>,
    dy: Vec<f64>,
}

/// The first number of the three passes over `fast` that differs from the equations for `slow`.
fn unequal<R: Real, const SQUARED: bool>(fast: &Case, slow: &Case, squared: bool) -> Option<String> {
    let [k, b, x, d] = [&fast.k, &fast.b, &fast.x, &fast.dy].map(|v| rounded::<R>(v));
    let (mut y, mut dx) = (vec![R::nan(); d.len()], vec![R::nan(); x.len()]);
    // States are overwritten; sums are added to the old values.
    let (mut dk, mut db) = (k.clone(), b.clone());
    kernel::fprop(fast.columns, &k, &b, &x, &mut y);
    kernel::bprop_states::<R, SQUARED>(fast.columns, &k, &d, &mut dx);
    kernel::bprop_parameters::<R, SQUARED>(fast.columns, &x, &d, &mut dk, &mut db);

    let [k, b, x, d] = [&slow.k, &slow.b, &slow.x, &slow.dy].map(|v| exactly(&rounded::<R>(v)));
    let (columns, area) = (slow.columns, d.len() / k.len());
    let sums = |before: &[f64]| before.iter().map(|&v| Sum::of(v)).collect::<Vec<_>>();
    let (mut twin_dk, mut twin_db) = (sums(&k), sums(&b));
    let mut twin_y: Vec<Sum> = (0..d.len()).map(|unit| Sum::of(b[unit / area])).collect();
    let mut twin_dx = vec![Sum::default(); x.len()];
    for (unit, &d) in d.iter().enumerate() {
        // In every map, output rows are two input rows apart.
        let (map, row, column) = (unit / area, 2 * (unit / columns), 2 * (unit % columns));
        let window =
            [(0, 0), (0, 1), (1, 0), (1, 1)].map(|(down, right)| (row + down) * 2 * columns + column + right);
        for at in window {
            twin_y[unit].add(k[map] * x[at]);
            twin_dx[at].add(power(squared, k[map]) * d);
            // The sum of four inputs, or its square multiplied out.
            if squared {
                window.iter().for_each(|&other| twin_dk[map].add(d * x[at] * x[other]));
            } else {
                twin_dk[map].add(d * x[at]);
            }
        }
        twin_db[map].add(d);
    }
    let states = unexplained("y", &y, &twin_y).or_else(|| unexplained("dx", &dx, &twin_dx));
    states.or_else(|| unexplained("dk", &dk, &twin_dk)).or_else(|| unexplained("db", &db, &twin_db))
}

/// Some maps of so many rows and columns.
fn maps(maps: usize, (rows, columns): (usize, usize)) -> impl Strategy<Value = Case> {
    let units = maps * rows * columns;
    (values(maps), values(maps), values(4 * units), values(units)).prop_map(move |(k, b, x, dy)| Case {
        columns,
        k,
        b,
        x,
        dy,
    })
}

proptest! {
    #![proptest_config(cases(128))]

    #[test]
    fn any_size(
        case in (1..=3_usize, (1..=20_usize, 1..=60_usize)).prop_flat_map(|(count, size)| maps(count, size))
    ) {
        prop_assert_eq!(unequal::<f32, false>(&case, &case, false), None, "f32");
        prop_assert_eq!(unequal::<f32, true>(&case, &case, true), None, "f32, squared");
        prop_assert_eq!(unequal::<f64, false>(&case, &case, false), None, "f64");
        prop_assert_eq!(unequal::<f64, true>(&case, &case, true), None, "f64, squared");
    }

    /// More and fewer maps than are processed at once.
    #[test]
    fn lenet5(
        case in (1..=18_usize, prop::sample::select(vec![14, 5]))
            .prop_flat_map(|(count, side)| maps(count, (side, side)))
    ) {
        prop_assert_eq!(unequal::<f32, false>(&case, &case, false), None, "f32");
        prop_assert_eq!(unequal::<f32, true>(&case, &case, true), None, "f32, squared");
        prop_assert_eq!(unequal::<f64, false>(&case, &case, false), None, "f64");
        prop_assert_eq!(unequal::<f64, true>(&case, &case, true), None, "f64, squared");
    }
}

#[test]
fn results_of_another_case_are_refused() {
    for side in [3, 5, 14] {
        let area = side * side;
        let (x, dy) = (waves(8 * area), waves(2 * area));
        let case = Case { columns: side, k: vec![0.7, 0.3], b: vec![0.1, 0.2], x, dy };
        assert_eq!(unequal::<f32, false>(&case, &case, false), None);
        assert!(unequal::<f32, true>(&case, &case, false).is_some(), "squares");
        let refused = |spoil: fn(&mut Case)| {
            let mut other = case.clone();
            spoil(&mut other);
            unequal::<f32, false>(&case, &other, false).is_some()
        };
        assert!(refused(|other| other.k[1] /= 4.0));
        assert!(refused(|other| other.b[0] = 0.0));
        assert!(refused(|other| *other.x.last_mut().expect("a unit") += 1e-3));
        assert!(refused(|other| *other.dy.last_mut().expect("a unit") += 1e-3));
        assert!(refused(|other| other.x.swap(1, 2)));
    }
}
