//! II-B, App. A: the squashing function and its first two derivatives: where it is steep, and where it bends.

use super::axis::Axis;
use super::error::FigureError;
use super::findings::thousands;
use super::look::{self, BLUE, Drawn, FAINT, Frame, INK, Page, VERMILION};
use super::panel::{Name, Panel, Point};
use crate::section1::Activation;
use crate::section1::Maps;
use crate::section2::{A, S, Squashing};
use plotters::style::text_anchor::{HPos, VPos};

/// How far the curves are drawn to either side of 0.
const REACH: f64 = 3.0;
/// Points of a curve on either side.
const POINTS: i32 = 150;

/// `f(a)`, `f'(a)` and `f''(a)` of the paper's function, by the passes that training uses.
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

/// Where `|f''|` is largest: its derivative vanishes where `tanh²(S a) = 1/3`.
pub fn sharpest_bend() -> f64 {
    (1.0 / 3f64.sqrt()).atanh() / S
}

/// Draws the figure; it needs no study.
///
/// # Errors
/// When the page has no room.
pub fn draw() -> Result<Page, FigureError> {
    look::page(910, &frame(), |area| {
        let x = Axis::linear("weighted sum a", -REACH..REACH, &[-3.0, -2.0, -1.0, 0.0, 1.0, 2.0, 3.0]);
        let y = Axis::linear("f(a), f'(a), f''(a)", -2.0..2.0, &[-2.0, -1.0, 0.0, 1.0, 2.0]);
        let panel = Panel::new(area, "", x, y, 430)?;
        for a in [-1.0, 1.0] {
            panel.rule(&[(a, -2.0), (a, 2.0)], FAINT)?;
        }
        draw_curves(&panel)?;
        mark(&panel, sharpest_bend())
    })
}

fn frame() -> Frame {
    let bend = sharpest_bend();
    let [largest, at_one] = [at(bend)[2].abs(), at(1.0)[2].abs()];
    let part = (largest / (largest - at_one) / 100.0).round() as usize * 100;
    Frame {
        title: "The squashing function, and where it bends".into(),
        reading: format!(
            "The paper says that f(±1) = ±1 and that |f''| is largest there.\n\
             From its constants we compute f(1) = {:.6}; |f''| is largest at ±{bend:.3}, one part in {} more than at ±1.",
            at(1.0)[0],
            thousands(part)
        ),
        caption: format!(
            "Computed by src/section2/squashing.rs: f(a) = A tanh(S a), A = {A}, S = 2/3 (eq. 6, App. A); \
             f' = S (A − f²/A), f'' = −2 S f/A f'."
        ),
    }
}

fn draw_curves(panel: &Panel) -> Drawn {
    let curves = [("f(a): the state", BLUE), ("f'(a): its slope", VERMILION), ("f''(a): its bend", INK)];
    let mut names = Vec::new();
    for (n, (text, colour)) in curves.into_iter().enumerate() {
        let a = |i: i32| REACH * f64::from(i) / f64::from(POINTS);
        let points: Vec<Point> = (-POINTS..=POINTS).map(|i| (a(i), at(a(i))[n])).collect();
        panel.line(&points, colour)?;
        names.push(Name { at: (REACH, at(REACH)[n]), text: text.into(), colour });
    }
    panel.name_ends(&names)
}

/// The points that the paper speaks of.
fn mark(panel: &Panel, bend: f64) -> Drawn {
    let (top, slope) = (at(1.0)[0], at(0.0)[1]);
    panel.dots(&[(1.0, top), (-1.0, at(-1.0)[0])], BLUE)?;
    panel.dots(&[(0.0, slope)], VERMILION)?;
    panel.dots(&[(bend, at(bend)[2]), (-bend, at(-bend)[2])], INK)?;
    let say = |at, text: String, colour, by, h, v| panel.words(&Name { at, text, colour }, by, (h, v));
    say((1.0, top), format!("f(1) = {top:.3}"), BLUE, (22, 6), HPos::Left, VPos::Top)?;
    let text = format!("f(−1) = {:.3}", at(-1.0)[0]).replace("= -", "= −");
    say((-1.0, at(-1.0)[0]), text, BLUE, (-22, -6), HPos::Right, VPos::Bottom)?;
    let text = format!("f'(0) = A S = {slope:.3}");
    say((0.0, slope), text, VERMILION, (0, -20), HPos::Center, VPos::Bottom)?;
    let text = format!("f'' = −{:.3} at a = {bend:.3}", at(bend)[2].abs());
    say((bend, at(bend)[2]), text, INK, (0, 22), HPos::Center, VPos::Top)
}
