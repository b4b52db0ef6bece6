//! Fig. 5 of the paper, and our learning curves beside it.

use super::axis::Axis;
use super::error::FigureError;
use super::findings::Studies;
use super::look::{self, BLUE, Drawn, Frame, GREY, Page, VERMILION};
use super::panel::{Name, Panel};
use crate::experiment::study_table::fig_5;
use crate::experiment::{Spread, StudyArm, StudyRun};
use plotters::prelude::RGBColor;
use plotters::style::text_anchor::{HPos, VPos};

/// The arms of study `heads`, a panel each, and what to call them.
const ARMS: [(&str, &str); 3] = [
    ("paper", "paper: closest to the page"),
    ("rbf", "rbf: the lowest error"),
    ("softmax", "softmax: the departure"),
];

/// The errors of a run, pass by pass.
type Errors = fn(&StudyRun) -> &Vec<f64>;
/// What is drawn in each panel: the column of Fig. 5, ours, the name, the colour, and whether the name goes above the line.
const CURVES: [(usize, Errors, &str, RGBColor, bool); 2] = [
    (1, |run| &run.test_error_pct, "test", BLUE, true),
    (2, |run| &run.train_error_pct, "training", VERMILION, false),
];
/// The values that may be written on the vertical axis, percent.
const TICKS: [f64; 12] = [0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0];

/// Draws the figure from study `heads`.
///
/// # Errors
/// When an arm is missing.
pub fn draw(studies: &Studies) -> Result<Page, FigureError> {
    let findings = studies.get("heads")?;
    let arms = ARMS.iter().map(|(name, _)| findings.arm(name)).collect::<Result<Vec<_>, _>>()?;
    let frame = Frame {
        title: "Learning curves beside the paper's".into(),
        reading: "Rings: Fig. 5, read off the plot. Lines: our means over seeds ± one standard deviation; in figures, \
                  after the last pass. Training errors are those met during a pass."
            .into(),
        caption: findings.source(arms.iter().copied()),
    };
    let means = || {
        let curves = arms.iter().flat_map(|arm| CURVES.map(|(_, errors, ..)| curve(arm, errors)));
        curves.flatten().map(|(_, spread)| spread.mean)
    };
    let top = means().map(|mean| mean * 1.1).fold(6.0, f64::max).min(100.0);
    // Below the lowest line stands its name.
    let bottom = means().map(|mean| mean / 2.0).fold(0.15, f64::min).max(0.01);
    look::page(840, &frame, |area| {
        let panels = area.split_evenly((1, ARMS.len()));
        panels.iter().zip(arms.iter().zip(ARMS)).enumerate().try_for_each(|(n, (area, (arm, (_, name))))| {
            let y = Axis::log("error, %", bottom..top, &TICKS);
            let y = if n == 0 { y } else { y.untitled() };
            let x = Axis::linear("pass", 0.5..21.5, &[1.0, 5.0, 10.0, 15.0, 20.0]);
            draw_arm(&Panel::new(area, name, x, y, 36)?, arm)
        })
    })
}

fn draw_arm(panel: &Panel, arm: &StudyArm) -> Drawn {
    for (column, errors, name, colour, above) in CURVES {
        let points: Vec<_> = fig_5(column).into_iter().map(|(pass, error)| (pass as f64, error)).collect();
        panel.rings(&points, colour)?;
        let curve = curve(arm, errors);
        let Some((last, spread)) = curve.last().copied() else { continue };
        let edge = |&(pass, spread): &(f64, Spread)| {
            let deviation = spread.deviation.unwrap_or(0.0);
            (pass, spread.mean - deviation, spread.mean + deviation)
        };
        panel.band(&curve.iter().map(edge).collect::<Vec<_>>(), colour)?;
        panel.line(&curve.iter().map(|(pass, spread)| (*pass, spread.mean)).collect::<Vec<_>>(), colour)?;
        let deviation = spread.deviation.map_or(String::new(), |deviation| format!(" ± {deviation:.2}"));
        let text = format!("{name} {:.2}{deviation}", spread.mean);
        let (down, v) = if above { (-24, VPos::Bottom) } else { (24, VPos::Top) };
        panel.words(&Name { at: (last, spread.mean), text, colour }, (24, down), (HPos::Right, v))?;
    }
    match arm.diverged() {
        0 => Ok(()),
        diverged => {
            let text = format!("{diverged} of {} seeds diverged", arm.runs.len());
            panel.words(&Name { at: (21.5, 100.0), text, colour: GREY }, (0, 0), (HPos::Right, VPos::Top))
        }
    }
}

/// Mean and deviation after each pass, over the seeds that did not diverge.
fn curve(arm: &StudyArm, errors: Errors) -> Vec<(f64, Spread)> {
    let runs: Vec<_> = arm.runs.iter().filter(|run| run.diverged_in_pass.is_none()).map(errors).collect();
    let passes = runs.iter().map(|run| run.len()).min().unwrap_or(0);
    let spread = |pass: usize| Spread::of(&runs.iter().map(|run| run[pass]).collect::<Vec<_>>());
    (0..passes).map(|pass| (pass as f64 + 1.0, spread(pass))).collect()
}
