//! II-B, App. A: the squashing function and its first two derivatives.

use super::kit::*;
use super::lines::{self, Line};
use crate::section1::{Activation, Maps};
use crate::section2::{A, S, Squashing};

/// The reach of the curves to either side of 0.
const REACH: f64 = 3.0;
/// The number of points of a curve on either side.
const POINTS: i32 = 150;

/// `f(a)`, `f'(a)` and `f''(a)` of the paper's function, computed by the functions of training.
///
/// ```
/// let [y, slope, curvature] = lenet5::figures::squashing::at(0.0);
/// assert_eq!((y, curvature.abs()), (0.0, 0.0));
/// assert!((slope - 1.7159 * 2.0 / 3.0).abs() < 1e-12);
/// ```
pub fn at(a: f64) -> [f64; 3] {
    let (mut y, mut slope) = (Maps::from_elem((1, 1, 1), a), Maps::ones((1, 1, 1)));
    Squashing::PAPER.squash(&mut y);
    Squashing::PAPER.back_through_slope(&y, &mut slope);
    let (y, slope) = (y[[0, 0, 0]], slope[[0, 0, 0]]);
    [y, slope, -2.0 * S * y / A * slope]
}

/// The positive `a` at which `|f''|` is largest: its derivative is 0 if `tanh²(S a) = 1/3`.
pub fn sharpest_bend() -> f64 {
    (1.0 / 3f64.sqrt()).atanh() / S
}

/// Draws the figure; it needs no study.
///
/// # Errors
/// When the page is too small.
pub fn draw() -> Drawn<Page> {
    page(910, frame(), |sheet| {
        let x = Axis::linear("weighted sum a", -REACH..REACH, &[-3.0, -2.0, -1.0, 0.0, 1.0, 2.0, 3.0]);
        let y = Axis::linear("f(a), f'(a), f''(a)", -2.0..2.0, &[-2.0, -1.0, 0.0, 1.0, 2.0]);
        let panel = Panel::new(&sheet.area, "", x, y, 430)?;
        for a in [-1.0, 1.0] {
            panel.rule(&[(a, -2.0), (a, 2.0)], FAINT)?;
        }
        let a = (-POINTS..=POINTS).map(|i| REACH * f64::from(i) / f64::from(POINTS));
        let curve = |n: usize, name| Line::new(name, a.clone().map(|a| (a, at(a)[n])));
        let curves =
            [curve(0, "f(a): the state"), curve(1, "f'(a): the slope"), curve(2, "f''(a): the bend")];
        lines::draw_named(&panel, &curves)?;
        mark(&panel, sharpest_bend())
    })
}

fn frame() -> Frame {
    let bend = sharpest_bend();
    let [largest, at_one] = [at(bend)[2].abs(), at(1.0)[2].abs()];
    let part = (largest / (largest - at_one) / 100.0).round() as usize * 100;
    let reading = format!(
        "The paper says that f(±1) = ±1 and that |f''| is largest there.\n\
         From its constants we compute f(1) = {:.6}; |f''| is largest at ±{bend:.3}, one part in {} more than at ±1.",
        at(1.0)[0],
        thousands(part)
    );
    let caption = format!(
        "Computed by src/section2/squashing.rs: f(a) = A tanh(S a), A = {A}, S = 2/3 (eq. 6, App. A); \
         f' = S (A − f²/A), f'' = −2 S f/A f'."
    );
    Frame::new("The squashing function and its derivatives", reading, caption)
}

/// Marks the points that the paper mentions.
fn mark(panel: &Panel, bend: f64) -> Drawn {
    let [right, left] = [1.0, -1.0].map(|a| (a, at(a)[0]));
    let (slope, largest) = ((0.0, at(0.0)[1]), (bend, at(bend)[2]));
    panel.dots(&[right, left], BLUE)?;
    panel.dots(&[slope], VERMILION)?;
    panel.dots(&[largest, (-bend, at(-bend)[2])], INK)?;
    panel.name(Name::new(format!("f(1) = {:.3}", right.1), BLUE, right), (22, 6), TOP_LEFT)?;
    panel.name(Name::new(format!("f(−1) = −{:.3}", -left.1), BLUE, left), (-22, -6), BOTTOM_RIGHT)?;
    panel.name(Name::new(format!("f'(0) = A S = {:.3}", slope.1), VERMILION, slope), (0, -20), BOTTOM)?;
    let text = format!("f'' = −{:.3} at a = {bend:.3}", largest.1.abs());
    panel.name(Name::new(text, INK, largest), (0, 22), TOP)
}
