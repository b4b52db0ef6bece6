//! Errors of several arms, pass by pass.

use super::fig_5::{Curves, draw_mean};
use super::kit::*;
use crate::experiment::Finished;

/// The top of the axis, in errors of the worst arm after its last pass: errors of the first passes are much larger.
const ABOVE_LAST: f64 = 3.0;

/// Draws the figure from study `heads`.
///
/// # Errors
/// When the study is missing.
pub fn draw(studies: &Studies) -> Drawn<Page> {
    let findings = studies.get("heads")?;
    let arms = &findings.results.arms;
    let curves: Vec<Curves> = arms.iter().map(|arm| Curves::of_study(arm, &arm.name)).collect();
    draw_arms(&curves, findings.error_of(), findings.source(arms))
}

/// Draws the figure of a run.
///
/// # Errors
/// When the page is too small.
pub fn of_run(run: &Finished) -> Drawn<Page> {
    let curves: Vec<Curves> =
        run.results.arms.iter().filter(|arm| arm.has_passes()).map(Curves::of_arm).collect();
    draw_arms(&curves, "test error", run_source(run, &seeds(run)))
}

fn draw_arms(arms: &[Curves], error: &str, caption: String) -> Drawn<Page> {
    let reading = format!(
        "Mean {error} over seeds after each pass, shaded ± one standard deviation of single seeds. Errors above the \
         range of the axis are drawn at its top."
    );
    let (low, high) = extent(arms.iter().filter_map(|arm| arm.test.last()).map(|(_, spread)| spread.mean));
    let passes = arms.iter().map(|arm| arm.test.len()).max().unwrap_or(0) as f64;
    let y = Axis::round(&format!("{error}, %"), low * 0.7, high * ABOVE_LAST + 0.1);
    page(840, Frame::new("Errors of the arms, pass by pass", reading, caption), |sheet| {
        let panel = Panel::new(&sheet.area, "", Axis::passes(0.5, passes, 0.2), y, 420)?;
        let mut names = Vec::new();
        for (n, arm) in arms.iter().enumerate() {
            draw_mean(&panel, &arm.test, colour_of_line(n))?;
            if let Some(&(pass, spread)) = arm.test.last() {
                let text = format!("{} {:.2}", arm.name, spread.mean);
                names.push(Name::new(text, colour_of_line(n), (pass, spread.mean)));
            }
        }
        panel.name_ends(&names)
    })
}
