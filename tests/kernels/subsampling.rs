//! Subsampling of one map.

use crate::draw::{cases, values};
use crate::{Sum, exactly, power, rounded, unexplained, waves};
use lenet5::Real;
use lenet5::kernels::subsampling as kernel;
use proptest::prelude::*;

/// One map: columns of the output, coefficient and bias, input, what comes back.
#[derive(Clone, Debug)]
struct Case {
    columns: usize,
    k: f64,
    b: f64,
    x: Vec<f64>,
    dy: Vec<f64>,
}

/// Which number of the three passes over `fast` is not what the equations make of `slow`.
fn unequal<R: Real, const SQUARED: bool>(fast: &Case, slow: &Case, squared: bool) -> Option<String> {
    let (columns, k, b) = (fast.columns, R::of(fast.k), R::of(fast.b));
    let (x, d) = (rounded::<R>(&fast.x), rounded::<R>(&fast.dy));
    let (mut y, mut dx) = (vec![R::nan(); d.len()], vec![R::nan(); x.len()]);
    kernel::fprop(columns, k, b, &x, &mut y);
    kernel::bprop_states::<R, SQUARED>(columns, k, &d, &mut dx);
    let (dk, db) = kernel::bprop_coefficient::<R, SQUARED>(columns, &x, &d);

    let [x, d, kb] = [&slow.x, &slow.dy, &vec![slow.k, slow.b]].map(|v| exactly(&rounded::<R>(v)));
    let (k, mut twin_y) = (kb[0], vec![Sum::of(kb[1]); d.len()]);
    let (mut twin_dx, mut twin_dk, mut twin_db) =
        (vec![Sum::default(); x.len()], Sum::default(), Sum::default());
    for (unit, &d) in d.iter().enumerate() {
        let (row, column) = (2 * (unit / columns), 2 * (unit % columns));
        let window =
            [(0, 0), (0, 1), (1, 0), (1, 1)].map(|(down, right)| (row + down) * 2 * columns + column + right);
        for at in window {
            twin_y[unit].add(k * x[at]);
            twin_dx[at].add(power(squared, k) * d);
            // The sum of four, to the first power or multiplied out.
            if squared {
                window.iter().for_each(|&other| twin_dk.add(d * x[at] * x[other]));
            } else {
                twin_dk.add(d * x[at]);
            }
        }
        twin_db.add(d);
    }
    let states = unexplained("y", &y, &twin_y).or_else(|| unexplained("dx", &dx, &twin_dx));
    states.or_else(|| unexplained("[dk, db]", &[dk, db], &[twin_dk, twin_db]))
}

proptest! {
    #![proptest_config(cases(128))]

    #[test]
    fn any_size(
        case in (1..=20_usize, 1..=20_usize).prop_flat_map(|(rows, columns)| {
            let area = rows * columns;
            (-1.5..1.5, -1.5..1.5, values(4 * area), values(area))
                .prop_map(move |(k, b, x, dy)| Case { columns, k, b, x, dy })
        })
    ) {
        prop_assert_eq!(unequal::<f32, false>(&case, &case, false), None, "f32");
        prop_assert_eq!(unequal::<f32, true>(&case, &case, true), None, "f32, squared");
        prop_assert_eq!(unequal::<f64, false>(&case, &case, false), None, "f64");
        prop_assert_eq!(unequal::<f64, true>(&case, &case, true), None, "f64, squared");
    }
}

/// Lines that are longer than the stretches in which the kernel sums them.
#[test]
fn a_wide_map() {
    for columns in [255, 256, 257, 300] {
        let case = Case { columns, k: 0.7, b: 0.1, x: waves(8 * columns), dy: waves(2 * columns) };
        assert_eq!(unequal::<f32, false>(&case, &case, false), None, "{columns} columns");
        assert_eq!(unequal::<f32, true>(&case, &case, true), None, "{columns} columns, squared");
    }
}

#[test]
fn what_another_case_gives_is_refused() {
    let case = Case { columns: 3, k: 0.7, b: 0.1, x: waves(24), dy: waves(6) };
    assert_eq!(unequal::<f32, false>(&case, &case, false), None);
    assert!(unequal::<f32, true>(&case, &case, false).is_some(), "squares");
    let refused = |spoil: fn(&mut Case)| {
        let mut other = case.clone();
        spoil(&mut other);
        unequal::<f32, false>(&case, &other, false).is_some()
    };
    assert!(refused(|other| other.k /= 4.0));
    assert!(refused(|other| other.b = 0.0));
    assert!(refused(|other| other.x[23] += 1e-3));
    assert!(refused(|other| other.dy[5] += 1e-3));
    assert!(refused(|other| other.x.swap(1, 2)));
}
