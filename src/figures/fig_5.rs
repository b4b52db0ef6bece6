//! Fig. 5 of the paper, and our learning curves beside it.

use super::axis::{Axis, passes};
use super::error::FigureError;
use super::findings::{Studies, run_source};
use super::look::{self, BLUE, Drawn, Frame, GREY, Page, VERMILION};
use super::panel::{Name, Panel};
use crate::experiment::study_table::fig_5;
use crate::experiment::{ArmResults, Finished, Pass, Spread, StudyArm};
use plotters::prelude::RGBColor;
use plotters::style::text_anchor::{HPos, VPos};

/// The arms of study `heads`, a panel each, and what to call them.
const ARMS: [(&str, &str); 3] = [
    ("paper", "paper: closest to the page"),
    ("rbf", "rbf: the lowest error"),
    ("softmax", "softmax: the departure"),
];
/// Panels in a row.
const COLUMNS: usize = 3;
/// How high a row of panels is.
const ROW: i32 = 840;

/// The errors of an arm, seed by seed and pass by pass.
pub struct Curves {
    /// What stands above its panel.
    pub name: String,
    /// After each pass on the test patterns, percent.
    pub test: Vec<Vec<f64>>,
    /// During each pass on the training patterns, percent.
    pub train: Vec<Vec<f64>>,
    /// Seeds that diverged, whose errors are not among these.
    pub diverged: usize,
}

/// What is drawn in each panel: the column of Fig. 5, ours, the name, the colour, and whether the name goes above the line.
type Curve = (usize, fn(&Curves) -> &Vec<Vec<f64>>, &'static str, RGBColor, bool);
const CURVES: [Curve; 2] =
    [(1, |arm| &arm.test, "test", BLUE, true), (2, |arm| &arm.train, "training", VERMILION, false)];
/// The values that may be written on the vertical axis, percent.
const TICKS: [f64; 12] = [0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0];

/// Draws the figure from study `heads`.
///
/// # Errors
/// When an arm is missing.
pub fn draw(studies: &Studies) -> Result<Page, FigureError> {
    let findings = studies.get("heads")?;
    let arms = ARMS.iter().map(|(name, _)| findings.arm(name)).collect::<Result<Vec<_>, _>>()?;
    let curves = arms.iter().zip(ARMS).map(|(arm, (_, title))| Curves::of_study(arm, title));
    draw_curves(&curves.collect::<Vec<_>>(), findings.source(arms.iter().copied()))
}

/// Draws the figure of a run.
///
/// # Errors
/// When there is no room on the page.
pub fn of_run(run: &Finished) -> Result<Page, FigureError> {
    let curves: Vec<Curves> = run.results.arms.iter().map(Curves::of_arm).collect();
    draw_curves(&curves, run_source(run, &seeds(run)))
}

/// The seeds of a run in words.
pub fn seeds(run: &Finished) -> String {
    match run.plan.seeds.as_slice() {
        [seed] => format!("seed {seed}"),
        [first, .., last] => format!("seeds {first} to {last}"),
        [] => unreachable!("a plan without seeds is refused"),
    }
}

fn draw_curves(arms: &[Curves], caption: String) -> Result<Page, FigureError> {
    let frame = Frame {
        title: "Learning curves beside the paper's".into(),
        reading: "Rings: Fig. 5, read off the plot. Lines: our means over seeds ± one standard deviation; \
                  in figures, after the last pass. Training errors are those met during a pass."
            .into(),
        caption,
    };
    let means = || {
        let curves = arms.iter().flat_map(|arm| CURVES.map(|(_, errors, ..)| mean(errors(arm))));
        curves.flatten().map(|(_, spread)| spread.mean)
    };
    let top = means().map(|mean| mean * 1.1).fold(6.0, f64::max).min(100.0);
    // Below the lowest line stands its name.
    let bottom = means().map(|mean| mean / 2.0).fold(0.15, f64::min).max(0.01);
    let last = arms.iter().flat_map(|arm| &arm.test).map(Vec::len).max().unwrap_or(0).max(20) as f64;
    let (rows, columns) = (arms.len().div_ceil(COLUMNS), arms.len().min(COLUMNS));
    look::page(rows as i32 * ROW, &frame, |area| {
        area.split_evenly((rows, columns)).iter().zip(arms).enumerate().try_for_each(|(n, (area, arm))| {
            let y = Axis::log("error, %", bottom..top, &TICKS);
            let y = if n == 0 { y } else { y.untitled() };
            let x = Axis::linear("pass", 0.5..last + 1.5, &passes(last + 1.5));
            draw_arm(&Panel::new(area, &arm.name, x, y, 36)?, arm)
        })
    })
}

fn draw_arm(panel: &Panel, arm: &Curves) -> Drawn {
    for (column, errors, name, colour, above) in CURVES {
        let points: Vec<_> = fig_5(column).into_iter().map(|(pass, error)| (pass as f64, error)).collect();
        panel.rings(&points, colour)?;
        let curve = mean(errors(arm));
        let Some((last, spread)) = curve.last().copied() else { continue };
        draw_mean(panel, &curve, colour)?;
        let deviation = spread.deviation.map_or(String::new(), |deviation| format!(" ± {deviation:.2}"));
        let text = format!("{name} {:.2}{deviation}", spread.mean);
        let (down, v) = if above { (-52, VPos::Bottom) } else { (24, VPos::Top) };
        let h = if last > 10.0 { HPos::Right } else { HPos::Left };
        panel.words(&Name { at: (last, spread.mean), text, colour }, (24, down), (h, v))?;
    }
    match arm.diverged {
        0 => Ok(()),
        diverged => {
            let text = format!("{diverged} of {} seeds diverged", arm.test.len() + diverged);
            panel.words(&Name { at: (21.5, 100.0), text, colour: GREY }, (0, 0), (HPos::Right, VPos::Top))
        }
    }
}

/// A mean over seeds, pass by pass, and its deviation as a band.
pub fn draw_mean(panel: &Panel, curve: &[(f64, Spread)], colour: RGBColor) -> Drawn {
    let edge = |&(pass, spread): &(f64, Spread)| {
        let deviation = spread.deviation.unwrap_or(0.0);
        (pass, spread.mean - deviation, spread.mean + deviation)
    };
    panel.band(&curve.iter().map(edge).collect::<Vec<_>>(), colour)?;
    panel.line(&curve.iter().map(|(pass, spread)| (*pass, spread.mean)).collect::<Vec<_>>(), colour)
}

/// Mean and deviation after each pass.
pub fn mean(seeds: &[Vec<f64>]) -> Vec<(f64, Spread)> {
    let passes = seeds.iter().map(Vec::len).min().unwrap_or(0);
    let spread = |pass: usize| Spread::of(&seeds.iter().map(|errors| errors[pass]).collect::<Vec<_>>());
    (0..passes).map(|pass| (pass as f64 + 1.0, spread(pass))).collect()
}

impl Curves {
    /// The curves of an arm of a study.
    pub fn of_study(arm: &StudyArm, name: &str) -> Self {
        let whole = || arm.runs.iter().filter(|run| run.diverged_in_pass.is_none());
        Self {
            name: name.into(),
            test: whole().map(|run| run.test_error_pct.clone()).collect(),
            train: whole().map(|run| run.train_error_pct.clone()).collect(),
            diverged: arm.diverged(),
        }
    }

    /// The curves of an arm of a run.
    pub fn of_arm(arm: &ArmResults) -> Self {
        let each =
            |of: fn(&Pass) -> f64| arm.runs.iter().map(|run| run.passes.iter().map(of).collect()).collect();
        let (test, train) = (each(|pass| pass.test_error_pct), each(|pass| pass.train_error_pct));
        Self { name: arm.name.clone(), test, train, diverged: 0 }
    }
}
