//! Squared distances to codes, and their derivatives.

use super::draw::{cases, values};
use super::{Sum, exactly, rounded, unexplained, waves};
use lenet5::Real;
use lenet5::kernels::rbf as kernel;
use proptest::prelude::*;

/// The first distance of `fast` that differs from eq. 7 for `slow`; each has codes and a state.
fn unequal<R: Real>(fast: &[Vec<f64>; 2], slow: &[Vec<f64>; 2]) -> Option<String> {
    let [codes, x] = fast.each_ref().map(|v| rounded::<R>(v));
    let mut y = vec![R::nan(); codes.len() / x.len()];
    kernel::fprop(&codes, &x, &mut y);
    let [codes, x] = slow.each_ref().map(|v| exactly(&rounded::<R>(v)));
    let distance = |code: &[f64]| {
        let mut sum = Sum::default();
        code.iter().zip(&x).for_each(|(w, x)| sum.add((x - w) * (x - w)));
        sum
    };
    let twin: Vec<Sum> = codes.chunks(x.len()).map(distance).collect();
    unexplained("y", &y, &twin)
}

/// Distances in several columns and their derivatives, column by column or all in one call.
fn of_columns<R: Real>([codes, x, slopes]: &[Vec<f64>; 3], columns: usize, all: bool) -> [Vec<R>; 2] {
    let [codes, x, slopes] = [codes, x, slopes].map(|v| rounded::<R>(v));
    let (mut y, mut dx) = (vec![R::nan(); slopes.len()], vec![R::nan(); x.len()]);
    if all {
        kernel::fprop_columns(&codes, columns, &x, &mut y);
        kernel::bprop_columns(&codes, columns, &x, R::of(2.0), &slopes, &mut dx);
        return [y, dx];
    }
    for column in 0..columns {
        let take = |v: &[R]| v.iter().skip(column).step_by(columns).copied().collect::<Vec<_>>();
        let (x, slopes) = (take(&x), take(&slopes));
        let (mut y_column, mut dx_column) = (slopes.clone(), x.clone());
        kernel::fprop(&codes, &x, &mut y_column);
        kernel::bprop(&codes, &x, R::of(2.0), &slopes, &mut dx_column);
        let put = |to: &mut [R], from: Vec<R>| {
            to.iter_mut().skip(column).step_by(columns).zip(from).for_each(|(to, from)| *to = from)
        };
        put(&mut y, y_column);
        put(&mut dx, dx_column);
    }
    [y, dx]
}

/// Whether one call for all columns and one call per column agree, except for rounding of sums of squares.
fn columns_agree<R: Real>(case: &[Vec<f64>; 3], columns: usize) -> bool {
    let ([y, dx], [y_twin, dx_twin]) =
        (of_columns::<R>(case, columns, true), of_columns::<R>(case, columns, false));
    let near = |a: &R, b: &R| (*a - *b).abs() <= R::of(200.0) * R::epsilon() * *b;
    dx == dx_twin && y.iter().zip(&y_twin).all(|(a, b)| near(a, b))
}

/// Codes, state, `dE/dy` and shares of the classes; the 2 in front of both.
type Back = ([Vec<f64>; 4], f64);

/// The derivatives by the state and by the codes, first and second, by the kernels.
fn found<R: Real>((arrays, two): &Back) -> [Vec<R>; 4] {
    let ([codes, x, dy, shares], two) = (arrays.each_ref().map(|v| rounded::<R>(v)), R::of(*two));
    let mut back = [vec![R::nan(); x.len()], codes.clone(), vec![R::of(3.0); x.len()], codes.clone()];
    let [dx, dcodes, ddx, ddcodes] = &mut back;
    kernel::bprop(&codes, &x, two, &dy, dx);
    kernel::bprop_codes(&codes, &x, two, &dy, dcodes);
    kernel::add_competition(&codes, &x, two, &shares, ddx);
    kernel::bbprop_codes(&codes, &x, two, &dy, &shares, ddcodes);
    back
}

/// The same, number by number.
fn twin<R: Real>((arrays, two): &Back) -> [Vec<R>; 4] {
    let ([codes, x, dy, shares], two) = (arrays.each_ref().map(|v| rounded::<R>(v)), R::of(*two));
    let mut back = [vec![R::zero(); x.len()], codes.clone(), vec![R::of(3.0); x.len()], codes.clone()];
    let [dx, dcodes, ddx, ddcodes] = &mut back;
    for j in 0..x.len() {
        let (mut mean, mut square) = (R::zero(), R::zero());
        for i in 0..dy.len() {
            let (ij, p) = (i * x.len() + j, shares[i]);
            let slope = two * (x[j] - codes[ij]);
            dx[j] += two * dy[i] * (x[j] - codes[ij]);
            dcodes[ij] -= two * dy[i] * (x[j] - codes[ij]);
            ddx[j] -= two * p;
            mean += p * slope;
            square += p * slope * slope;
            ddcodes[ij] += two * dy[i].max(R::zero()) + p * (R::one() - p) * slope * slope;
        }
        ddx[j] = (ddx[j] + square - mean * mean).max(R::zero());
    }
    back
}

proptest! {
    #![proptest_config(cases(128))]

    #[test]
    fn any_size(
        case in (1..=100_usize, 1..=12_usize).prop_flat_map(|(inputs, classes)| {
            [inputs * classes, inputs].map(|n| values(n).boxed())
        })
    ) {
        prop_assert_eq!(unequal::<f32>(&case, &case), None, "f32");
        prop_assert_eq!(unequal::<f64>(&case, &case), None, "f64");
    }

    #[test]
    fn several_columns(
        (case, columns) in (1..=90_usize, 1..=12_usize, 1..=50_usize).prop_flat_map(|(inputs, classes, columns)| {
            let arrays = [inputs * classes, inputs * columns, classes * columns].map(|n| values(n).boxed());
            (arrays, Just(columns))
        })
    ) {
        prop_assert!(columns_agree::<f32>(&case, columns));
        prop_assert!(columns_agree::<f64>(&case, columns));
    }

    /// To the last bit.
    #[test]
    fn back_to_states_and_codes(
        case in (1..=100_usize, 1..=12_usize).prop_flat_map(|(inputs, classes)| {
            ([inputs * classes, inputs, classes, classes].map(|n| values(n).boxed()), 0.5..4.0)
        })
    ) {
        prop_assert_eq!(found::<f32>(&case), twin::<f32>(&case), "f32");
        prop_assert_eq!(found::<f64>(&case), twin::<f64>(&case), "f64");
    }
}

#[test]
fn results_of_another_case_are_refused() {
    let case = [waves(84 * 3), waves(84)];
    assert_eq!(unequal::<f32>(&case, &case), None);
    for (which, at) in [(0, 0), (0, 251), (1, 0), (1, 83)] {
        let mut other = case.clone();
        other[which][at] += 0.1;
        assert!(unequal::<f32>(&case, &other).is_some(), "array {which}, element {at}");
    }
}

#[test]
fn derivatives_of_another_case_are_refused() {
    let case = ([waves(84 * 3), waves(90).split_off(6), vec![0.3, -0.2, 0.5], vec![0.5, 0.2, 0.1]], 2.0);
    let refused = |spoil: fn(&mut Back)| {
        let mut other = case.clone();
        spoil(&mut other);
        let (found, twin) = (found::<f32>(&case), twin::<f32>(&other));
        [0, 1, 2, 3].map(|n| found[n] != twin[n])
    };
    assert_eq!(refused(|_| ()), [false; 4]);
    assert_eq!(refused(|other| other.0[0][251] += 0.1), [true; 4]);
    assert_eq!(refused(|other| other.0[1][83] += 0.1), [true; 4]);
    assert_eq!(refused(|other| other.0[2][2] += 0.1), [true, true, false, true]);
    assert_eq!(refused(|other| other.0[3][2] += 0.1), [false, false, true, true]);
    assert_eq!(refused(|other| other.1 = 1.9), [true; 4]);
}
