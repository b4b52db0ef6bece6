//! Arms compared, pass by pass.

use super::axis::{Axis, passes, steps};
use super::error::FigureError;
use super::fig_5::{Curves, draw_mean, mean, seeds};
use super::findings::{Studies, run_source};
use super::look::{self, BLUE, Frame, GREY, INK, Page, VERMILION};
use super::panel::{Name, Panel};
use crate::experiment::Finished;
use plotters::prelude::RGBColor;

/// A colour for each arm; from the fourth on they share one, and are told apart by their names.
const COLOURS: [RGBColor; 4] = [BLUE, VERMILION, INK, GREY];
/// The first passes are far above the later ones, of which there is more to say.
const ABOVE_LAST: f64 = 3.0;

/// Draws the figure from study `heads`.
///
/// # Errors
/// When the study is missing.
pub fn draw(studies: &Studies) -> Result<Page, FigureError> {
    let findings = studies.get("heads")?;
    let arms = &findings.results.arms;
    let curves: Vec<Curves> = arms.iter().map(|arm| Curves::of_study(arm, &arm.name)).collect();
    draw_arms(&curves, findings.error_of(), findings.source(arms))
}

/// Draws the figure of a run.
///
/// # Errors
/// When there is no room on the page.
pub fn of_run(run: &Finished) -> Result<Page, FigureError> {
    let curves: Vec<Curves> = run.results.arms.iter().map(Curves::of_arm).collect();
    draw_arms(&curves, "test error", run_source(run, &seeds(run)))
}

fn draw_arms(arms: &[Curves], error: &str, caption: String) -> Result<Page, FigureError> {
    let frame = Frame {
        title: "Who is ahead, pass by pass".into(),
        reading: format!(
            "Mean {error} over seeds after each pass, shaded ± one standard deviation of single seeds. What \
             is above the top of the axis is drawn at the top."
        ),
        caption,
    };
    let means: Vec<_> = arms.iter().map(|arm| mean(&arm.test)).collect();
    let last = means.iter().filter_map(|curve| curve.last()).map(|(_, spread)| spread.mean);
    let (low, high) = (last.clone().fold(100.0, f64::min) * 0.7, last.fold(0.0, f64::max) * ABOVE_LAST + 0.1);
    let last_pass = means.iter().map(Vec::len).max().unwrap_or(0) as f64;
    look::page(840, &frame, |area| {
        let y = Axis::linear(&format!("{error}, %"), low..high, &steps(low, high));
        let panel =
            Panel::new(area, "", Axis::linear("pass", 0.5..last_pass + 0.2, &passes(last_pass)), y, 420)?;
        let mut names = Vec::new();
        for (n, (arm, curve)) in arms.iter().zip(&means).enumerate() {
            let colour = COLOURS[n.min(COLOURS.len() - 1)];
            draw_mean(&panel, curve, colour)?;
            if let Some((pass, spread)) = curve.last() {
                let text = format!("{} {:.2}", arm.name, spread.mean);
                names.push(Name { at: (*pass, spread.mean), text, colour });
            }
        }
        panel.name_ends(&names)
    })
}
