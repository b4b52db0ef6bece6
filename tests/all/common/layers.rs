//! Derivatives of one layer with any kind of output: `bprop` against differences.

use super::agreement::{Tolerance, agree, compare};
use super::by_each::{by_each, dot};
use super::flat::{assign, flat};
use super::passes::{Numbers, OnMaps, by_bprop, fprop, unwritten};
use super::waves::waves;
use lenet5::section1::{Maps, Shape};
use proptest::prelude::*;

/// Differences and `bprop` agree to 4e-8 of the larger (the deepest cascades) and, near zero, to 2e-10 (sums of five
/// hundred products). The floor is far below every derivative that matters: those are of the order of 1.
pub const TOLERANCE: Tolerance = Tolerance { relative: 1e-6, floor: 1e-8 };

/// dE/dx and dE/dw of any loss `E(y)` by differences.
pub fn by_differences<L: OnMaps>(layer: &L, x: &Maps<f64>, loss: impl Fn(&L::Output) -> f64) -> Vec<f64> {
    let (mut layer, mut x) = (layer.clone(), x.clone());
    let at: Vec<f64> = x.iter().copied().chain(flat(&layer)).collect();
    let moved = |at: &[f64]| {
        let (inputs, parameters) = at.split_at(x.len());
        x.iter_mut().zip(inputs).for_each(|(x, &input)| *x = input);
        assign(&mut layer, parameters);
        loss(&fprop(&layer, &x))
    };
    by_each(moved, &at)
}

/// The loss `E = c . y`, whose derivative by `y` is `c`, so any `dE/dy` can be tried.
pub fn linear<Y: Numbers>(c: &Maps<f64>) -> impl Fn(&Y) -> f64 {
    move |y| dot(c, y.numbers())
}

/// Checks every derivative of a layer for any `dE/dy`.
pub fn check<L: OnMaps>((layer, x, c): &(L, Maps<f64>, Maps<f64>)) -> Result<(), TestCaseError> {
    agree(&by_bprop(layer, x, c), &by_differences(layer, x, linear(c)), TOLERANCE)?;
    // With or without dx, the gradient of a second pattern is added to that of the first.
    let (y, dy, mut gradient) = (fprop(layer, x), c.clone().into(), layer.zeros());
    layer.bprop(x, &y, &dy, None, &mut gradient);
    let once = flat(&gradient);
    layer.bprop(x, &y, &dy, Some(&mut unwritten(x.dim())), &mut gradient);
    let twice: Vec<f64> = once.iter().map(|dw| 2.0 * dw).collect();
    compare(&flat(&gradient), &twice, Tolerance { relative: 1e-12, floor: 1e-12 })?;
    Ok(())
}

/// Whether the derivatives by `wrong`, from an input and `dE/dy`, are refused as those of the layer.
pub fn refused<L: OnMaps>(
    layer: &L,
    input: Shape,
    wrong: impl Fn(&Maps<f64>, &Maps<f64>) -> Vec<f64>,
) -> bool {
    let (x, c) = (waves(input), waves(layer.output_shape(input).expect("an input that fits")));
    let expected = by_differences(layer, &x, linear(&c));
    assert_eq!(agree(&by_bprop(layer, &x, &c), &expected, TOLERANCE), Ok(()));
    compare(&wrong(&x, &c), &expected, TOLERANCE).is_err()
}
