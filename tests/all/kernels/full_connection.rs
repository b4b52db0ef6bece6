//! Full connections with the numbers of inputs in LeNet-5, and with others.

use super::draw::{cases, values};
use super::{Sum, as_f64, exactly, power, rounded, unexplained, waves};
use lenet5::Real;
use lenet5::kernels::full_connection::{self as kernel, Windows};
use proptest::prelude::*;

/// Weights (outputs x inputs), biases, inputs, and derivatives by the outputs.
type Case = [Vec<f64>; 4];

/// The first number of the three passes over `fast` that differs from the equations for `slow`.
fn unequal<R: Real, const SQUARED: bool>(fast: &Case, slow: &Case, squared: bool) -> Option<String> {
    let [w, b, x, dy] = fast.each_ref().map(|v| rounded::<R>(v));
    let (mut y, mut dx) = (vec![R::nan(); b.len()], vec![R::nan(); x.len()]);
    let (mut dw, mut db) = (w.clone(), b.clone());
    kernel::fprop(&w, &b, &x, &mut y);
    kernel::bprop::<R, SQUARED>(&w, &x, &dy, &mut dx, &mut dw, &mut db);

    let [w, b, x, d] = slow.each_ref().map(|v| exactly(&rounded::<R>(v)));
    let sums = |before: &[f64]| before.iter().map(|&v| Sum::of(v)).collect::<Vec<_>>();
    let (mut twin_y, mut twin_dx) = (sums(&b), vec![Sum::default(); x.len()]);
    let (mut twin_dw, mut twin_db) = (sums(&w), sums(&b));
    for i in 0..b.len() {
        for j in 0..x.len() {
            let ij = i * x.len() + j;
            twin_y[i].add(w[ij] * x[j]);
            twin_dx[j].add(power(squared, w[ij]) * d[i]);
            twin_dw[ij].add(power(squared, x[j]) * d[i]);
        }
        twin_db[i].add(d[i]);
    }
    let pairs = [("y", y, twin_y), ("dx", dx, twin_dx), ("dw", dw, twin_dw), ("db", db, twin_db)];
    pairs.iter().find_map(|(name, found, twin)| unexplained(name, found, twin))
}

/// Numbers of inputs and outputs: half of the time those of C5, F6 or the output layer.
fn sizes() -> impl Strategy<Value = (usize, usize)> {
    let inputs = prop_oneof![1..=130_usize, prop::sample::select(vec![84_usize, 120, 400])];
    (inputs, 1..=40_usize)
}

proptest! {
    #![proptest_config(cases(128))]

    #[test]
    fn any_size(
        case in sizes().prop_flat_map(|(inputs, outputs)| {
            [inputs * outputs, outputs, inputs, outputs].map(|n| values(n).boxed())
        })
    ) {
        prop_assert_eq!(unequal::<f32, false>(&case, &case, false), None, "f32");
        prop_assert_eq!(unequal::<f32, true>(&case, &case, true), None, "f32, squared");
        prop_assert_eq!(unequal::<f64, false>(&case, &case, false), None, "f64");
        prop_assert_eq!(unequal::<f64, true>(&case, &case, true), None, "f64, squared");
    }
}

proptest! {
    #![proptest_config(cases(128))]

    /// `bprop_and_update` is, to the last bit, `bprop` and then eq. 18.
    #[test]
    fn a_step_in_one_walk(
        case in sizes().prop_flat_map(|(inputs, outputs)| {
            [inputs * outputs, outputs, inputs, outputs, inputs * outputs].map(|n| values(n).boxed())
        })
    ) {
        let [w, b, x, dy, rates] = case.each_ref().map(|v| rounded::<f32>(v));
        let (mut dx, mut dw, mut db) = (x.clone(), vec![0.0; w.len()], vec![0.0; b.len()]);
        kernel::bprop::<f32, false>(&w, &x, &dy, &mut dx, &mut dw, &mut db);
        let stepped = |w: &[f32], rates: &[f32], dw: &[f32]| -> Vec<f32> {
            w.iter().zip(rates).zip(dw).map(|((w, epsilon), dw)| w - epsilon * dw).collect()
        };
        let expected = (stepped(&w, &rates, &dw), stepped(&b, &b, &db), dx);

        let (mut w, mut found_b, mut dx) = (w, b.clone(), vec![f32::NAN; x.len()]);
        kernel::bprop_and_update(&mut w, &mut found_b, (&rates, &b), &x, &dy, &mut dx);
        prop_assert_eq!((w, found_b, dx), expected);
    }
}

/// Numbers of patterns: full groups that are processed together, a remainder, or none.
fn batches() -> impl Strategy<Value = (Vec<f64>, Vec<f64>, Vec<[Vec<f64>; 2]>)> {
    (sizes(), 0..=9_usize).prop_flat_map(|((inputs, outputs), patterns)| {
        let batch = prop::collection::vec([values(inputs), values(outputs)], patterns);
        (values(inputs * outputs), values(outputs), batch)
    })
}

/// `y` and `dx` of each pattern, weights and biases of the gradient: pattern by pattern, or all in one call.
fn of_batch(w: &[f32], b: &[f32], batch: &[[Vec<f32>; 2]], all: bool) -> [Vec<Vec<f32>>; 3] {
    let (mut y, mut dx) = (vec![vec![f32::NAN; b.len()]; batch.len()], Vec::new());
    dx.extend(batch.iter().map(|[x, _]| vec![f32::NAN; x.len()]));
    let (mut dw, mut db) = (w.to_vec(), b.to_vec());
    if all {
        let up = batch.iter().zip(&mut y).map(|([x, _], y)| (&x[..], &mut y[..]));
        kernel::fprop_all(w, b, &mut up.collect::<Vec<_>>());
        let down = batch.iter().zip(&mut dx).map(|([x, dy], dx)| (&x[..], &dy[..], &mut dx[..]));
        kernel::bprop_all(w, &mut down.collect::<Vec<_>>(), &mut dw, &mut db);
    } else {
        for ([x, dy], (y, dx)) in batch.iter().zip(y.iter_mut().zip(&mut dx)) {
            kernel::fprop(w, b, x, y);
            kernel::bprop::<f32, false>(w, x, dy, dx, &mut dw, &mut db);
        }
    }
    [y, dx, vec![dw, db]]
}

proptest! {
    #![proptest_config(cases(128))]

    /// Patterns together or one after the other give the same bits.
    #[test]
    fn several_patterns((w, b, batch) in batches()) {
        let (w, b) = (rounded::<f32>(&w), rounded::<f32>(&b));
        let batch: Vec<_> = batch.iter().map(|pattern| pattern.each_ref().map(|v| rounded::<f32>(v))).collect();
        prop_assert_eq!(of_batch(&w, &b, &batch, true), of_batch(&w, &b, &batch, false));
    }
}

/// Windows of a field, their weights, and their derivatives.
fn fields() -> impl Strategy<Value = (Windows, [Vec<f64>; 4])> {
    let shapes = prop_oneof![
        (1..=30_usize, 1..=6_usize, 1..=40_usize),
        prop::sample::select(vec![(80, 5, 120), (120, 1, 84), (84, 1, 10), (500, 1, 3)]),
    ];
    (shapes, 1..=11_usize).prop_flat_map(|((lines, columns, outputs), count)| {
        let sizes = [lines * columns * outputs, outputs, lines * (count + columns - 1), outputs * count];
        (Just(Windows { columns, count }), sizes.map(|n| values(n).boxed()))
    })
}

/// The windows one by one, and all in one call.
fn by_windows<R: Real, const SQUARED: bool>(windows: Windows, case: &Case) -> Result<(), TestCaseError> {
    let Windows { columns, count } = windows;
    let ([w, b, x, dy], pitch) = (case.each_ref().map(|v| rounded::<R>(v)), count + columns - 1);
    let (mut y, mut dx) = (vec![R::nan(); dy.len()], vec![R::nan(); x.len()]);
    let (mut dw, mut db) = (w.clone(), b.clone());
    kernel::fprop_columns(windows, &w, &b, &x, &mut y);
    kernel::bprop_states_columns::<R, SQUARED>(windows, &w, &dy, &mut dx);
    kernel::bprop_weights_columns::<R, SQUARED>(windows, &x, &dy, &mut dw, &mut db);

    let sums = |before: &[R]| exactly(before).into_iter().map(Sum::of).collect::<Vec<_>>();
    let (mut twin_dx, mut twin_dw, mut twin_db) = (vec![Sum::default(); x.len()], sums(&w), sums(&b));
    for n in 0..count {
        let at = |j: usize| j / columns * pitch + n + j % columns;
        let inputs = w.len() / b.len();
        let window: Vec<R> = (0..inputs).map(|j| x[at(j)]).collect();
        let mut alone = b.clone();
        kernel::fprop(&w, &b, &window, &mut alone);
        for i in 0..b.len() {
            prop_assert_eq!(y[i * count + n], alone[i], "to the last bit");
            let d = as_f64(dy[i * count + n]);
            twin_db[i].add(d);
            for j in 0..inputs {
                twin_dx[at(j)].add(power(SQUARED, as_f64(w[i * inputs + j])) * d);
                twin_dw[i * inputs + j].add(power(SQUARED, as_f64(window[j])) * d);
            }
        }
    }
    let pairs = [("dx", dx, twin_dx), ("dw", dw, twin_dw), ("db", db, twin_db)];
    prop_assert_eq!(pairs.iter().find_map(|(name, found, twin)| unexplained(name, found, twin)), None);
    Ok(())
}

proptest! {
    #![proptest_config(cases(64))]

    #[test]
    fn windows_of_a_field((windows, case) in fields()) {
        by_windows::<f32, false>(windows, &case)?;
        by_windows::<f32, true>(windows, &case)?;
        by_windows::<f64, false>(windows, &case)?;
        by_windows::<f64, true>(windows, &case)?;
    }
}

#[test]
fn results_of_another_case_are_refused() {
    for inputs in [37, 84] {
        let case = [waves(inputs * 5), waves(5), waves(inputs), waves(5)];
        assert_eq!(unequal::<f32, false>(&case, &case, false), None);
        assert!(unequal::<f32, true>(&case, &case, false).is_some(), "squares");
        for (which, array) in case.iter().enumerate() {
            for at in [0, array.len() - 1] {
                let mut other = case.clone();
                other[which][at] += 1e-3;
                assert!(unequal::<f32, false>(&case, &other, false).is_some(), "array {which}, element {at}");
            }
        }
    }
}
