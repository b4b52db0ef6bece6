//! Fig. 5 of the paper, and our learning curves beside it.

use super::kit::*;
use crate::experiment::study_table::fig_5;
use crate::experiment::{ArmResults, Finished, Pass, Spread, StudyArm};

/// The arms of study `heads`, a panel each, and what to call them.
const ARMS: [(&str, &str); 3] = [
    ("paper", "paper: closest to Fig. 5"),
    ("rbf", "rbf: the lowest error"),
    ("softmax", "softmax: the departure"),
];
/// Panels in a row.
const COLUMNS: usize = 3;
/// How high a row of panels is.
const ROW: i32 = 840;
/// The values that may be written on the vertical axis, percent.
const TICKS: [f64; 12] = [0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0];

/// Mean and standard deviation over seeds after each pass.
pub type Curve = Vec<(f64, Spread)>;

/// The errors of an arm, pass by pass, over the seeds that did not diverge.
pub struct Curves {
    /// What stands above its panel.
    pub name: String,
    /// After each pass on the test patterns, percent.
    pub test: Curve,
    /// During each pass on the training patterns, percent.
    pub train: Curve,
    /// How many seeds diverged, and how many there are.
    pub diverged: (usize, usize),
}

/// Draws the figure from study `heads`.
///
/// # Errors
/// When an arm is missing.
pub fn draw(studies: &Studies) -> Drawn<Page> {
    let findings = studies.get("heads")?;
    let arms = ARMS.iter().map(|(name, _)| findings.arm(name)).collect::<Drawn<Vec<_>>>()?;
    let curves = arms.iter().zip(ARMS).map(|(arm, (_, title))| Curves::of_study(arm, title));
    draw_curves(&curves.collect::<Vec<_>>(), findings.source(arms.iter().copied()))
}

/// Draws the figure of a run.
///
/// # Errors
/// When there is no room on the page.
pub fn of_run(run: &Finished) -> Drawn<Page> {
    let curves: Vec<Curves> = run.results.arms.iter().map(Curves::of_arm).collect();
    draw_curves(&curves, run_source(run, &seeds(run)))
}

fn draw_curves(arms: &[Curves], caption: String) -> Drawn<Page> {
    let reading = "Rings: Fig. 5, read off the plot. Lines: our means over seeds ± one standard deviation; in \
                   figures, after the last pass. Training errors are those met during a pass.";
    let curves = arms.iter().flat_map(|arm| [&arm.test, &arm.train]);
    let (least, largest) = extent(curves.flatten().map(|(_, spread)| spread.mean));
    // Below the lowest line stands its name.
    let (bottom, top) = ((least / 2.0).clamp(0.01, 0.15), (largest * 1.1).clamp(6.0, 100.0));
    let last = 1.5 + arms.iter().map(|arm| arm.test.len()).max().unwrap_or(0).max(20) as f64;
    let (rows, columns) = (arms.len().div_ceil(COLUMNS), arms.len().min(COLUMNS));
    page(rows as i32 * ROW, Frame::new("Learning curves beside the paper's", reading, caption), |sheet| {
        let mut y = Axis::log("error, %", bottom..top, &TICKS);
        for (area, arm) in sheet.area.split_evenly((rows, columns)).iter().zip(arms) {
            draw_arm(&Panel::new(area, &arm.name, Axis::passes(0.5, last, 0.0), y.clone(), 36)?, arm)?;
            y = y.untitled();
        }
        Ok(())
    })
}

fn draw_arm(panel: &Panel, arm: &Curves) -> Drawn {
    let above = (-52, BOTTOM_LEFT, BOTTOM_RIGHT);
    let below = (24, TOP_LEFT, TOP_RIGHT);
    for (column, curve, name, colour, (down, early, late)) in
        [(1, &arm.test, "test", BLUE, above), (2, &arm.train, "training", VERMILION, below)]
    {
        let paper: Vec<_> = fig_5(column).into_iter().map(|(pass, error)| (pass as f64, error)).collect();
        panel.rings(&paper, colour)?;
        let Some(&(last, spread)) = curve.last() else { continue };
        draw_mean(panel, curve, colour)?;
        let name = Name::new(format!("{name} {}", in_words(&spread)), colour, (last, spread.mean));
        panel.name(name, (24, down), if last > 10.0 { late } else { early })?;
    }
    match arm.diverged {
        (0, _) => Ok(()),
        (diverged, seeds) => {
            let text = format!("{diverged} of {seeds} seeds diverged");
            panel.name(Name::new(text, GREY, (21.5, 100.0)), (0, 0), TOP_RIGHT)
        }
    }
}

/// A mean over seeds, pass by pass, and its standard deviation as a band.
pub fn draw_mean(panel: &Panel, curve: &Curve, colour: RGBColor) -> Drawn {
    let edge = |(pass, spread): &(f64, Spread)| {
        (*pass, spread.mean - deviation(spread), spread.mean + deviation(spread))
    };
    panel.band(&curve.iter().map(edge).collect::<Vec<_>>(), colour)?;
    panel.line(&curve.iter().map(|(pass, spread)| (*pass, spread.mean)).collect::<Vec<_>>(), colour)
}

/// The curve of several seeds: of each, its errors after all passes.
fn curve(seeds: &[Vec<f64>]) -> Curve {
    let passes = seeds.iter().map(Vec::len).min().unwrap_or(0);
    let spread = |pass: usize| Spread::of(&seeds.iter().map(|errors| errors[pass]).collect::<Vec<_>>());
    (0..passes).map(|pass| (pass as f64 + 1.0, spread(pass))).collect()
}

impl Curves {
    /// The curves of an arm of a study.
    pub fn of_study(arm: &StudyArm, name: &str) -> Self {
        let whole = arm.runs.iter().filter(|run| run.diverged_in_pass.is_none());
        let (test, train): (Vec<_>, Vec<_>) =
            whole.map(|run| (run.test_error_pct.clone(), run.train_error_pct.clone())).unzip();
        let diverged = (arm.diverged(), arm.runs.len());
        Self { name: name.into(), test: curve(&test), train: curve(&train), diverged }
    }

    /// The curves of an arm of a run.
    pub fn of_arm(arm: &ArmResults) -> Self {
        let each = |error: fn(&Pass) -> f64| {
            curve(&arm.runs.iter().map(|run| run.passes.iter().map(error).collect()).collect::<Vec<_>>())
        };
        let (test, train) = (each(|pass| pass.test_error_pct), each(|pass| pass.train_error_pct));
        Self { name: arm.name.clone(), test, train, diverged: (0, arm.runs.len()) }
    }
}
