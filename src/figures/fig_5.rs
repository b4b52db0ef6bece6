//! Fig. 5 of the paper, and our learning curves beside it.

use super::kit::*;
use crate::experiment::study_table::fig_5;
use crate::experiment::{ArmResults, Finished, Pass, Spread, StudyArm};

/// The arms of study `heads`, a panel each, and the headings of the panels.
const ARMS: [(&str, &str); 3] = [
    ("paper", "paper: closest to Fig. 5"),
    ("rbf", "rbf: lowest validation error"),
    ("softmax", "softmax: another output layer"),
];
/// Panels in a row.
const COLUMNS: usize = 3;
/// The height of a row of panels.
const ROW: i32 = 840;
/// The height of the key.
const KEY: i32 = 74;
/// The values that may be written on the vertical axis, percent.
const TICKS: [f64; 12] = [0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0];

/// Mean and standard deviation over seeds after each pass.
pub type Curve = Vec<(f64, Spread)>;

/// The errors of an arm, pass by pass, over the seeds that did not diverge.
pub struct Curves {
    /// The heading of its panel.
    pub name: String,
    /// After each pass on the test patterns, percent.
    pub test: Curve,
    /// During each pass on the training patterns, percent.
    pub train: Curve,
    /// The number of seeds that diverged, and of all seeds.
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
/// When the page is too small.
pub fn of_run(run: &Finished) -> Drawn<Page> {
    let curves: Vec<Curves> =
        run.results.arms.iter().filter(|arm| arm.has_passes()).map(Curves::of_arm).collect();
    draw_curves(&curves, run_source(run, &seeds(run)))
}

fn draw_curves(arms: &[Curves], caption: String) -> Drawn<Page> {
    let reading = "Errors after each pass: the paper's, read off the 21 points of its plot, and our means over seeds, \
                   shaded ± one standard deviation of single seeds. The numbers are ours after the last pass. Training \
                   errors are counted during the pass.";
    let curves = arms.iter().flat_map(|arm| [&arm.test, &arm.train]);
    let (least, largest) = extent(curves.flatten().map(|(_, spread)| spread.mean));
    // There is room for a name below the lowest line.
    let (bottom, top) = ((least / 2.0).clamp(0.01, 0.15), (largest * 1.1).clamp(6.0, 100.0));
    let last = 1.5 + arms.iter().map(|arm| arm.test.len()).max().unwrap_or(0).max(20) as f64;
    let (rows, columns) = (arms.len().div_ceil(COLUMNS), arms.len().min(COLUMNS));
    page(KEY + rows as i32 * ROW, Frame::new("Learning curves (Fig. 5)", reading, caption), |sheet| {
        draw_key(sheet)?;
        let panels = sheet.area.margin(KEY, 0, 0, 0).split_evenly((rows, columns));
        panels.iter().zip(arms).try_for_each(|(area, arm)| {
            let y = Axis::log("error, % (log scale)", bottom..top, &TICKS);
            draw_arm(&Panel::new(area, &arm.name, Axis::passes(0.5, last, 0.0), y, 36)?, arm)
        })
    })
}

/// The key above the panels: the mark of each curve.
fn draw_key(sheet: &Sheet) -> Drawn {
    let (middle, gap, mut x) = (Words::Label.line() / 2, 24, 0);
    let write = |x: &mut i32, text: &str, colour| {
        sheet.write((*x, middle), text, Words::Label.style(colour, LEFT))?;
        *x += Words::Label.width(text) + gap;
        Ok::<_, super::FigureError>(())
    };
    for (error, colour) in [("test error:", BLUE), ("training error:", VERMILION)] {
        write(&mut x, error, colour)?;
        sheet.circle((x + DOT, middle), DOT - 2, colour.stroke_width(THIN))?;
        x += 2 * DOT + gap / 2;
        write(&mut x, "the paper's", INK)?;
        sheet.line(&[(x, middle), (x + 60, middle)], colour.stroke_width(LINE))?;
        x += 60 + gap / 2;
        write(&mut x, "ours", INK)?;
        x += 2 * gap;
    }
    Ok(())
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
        let name = Name::new(format!("{name}, ours {}", in_words(&spread)), colour, (last, spread.mean));
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

/// Draws a mean over seeds, pass by pass, and the standard deviation as a band.
pub fn draw_mean(panel: &Panel, curve: &Curve, colour: RGBColor) -> Drawn {
    let edge = |(pass, spread): &(f64, Spread)| {
        (*pass, spread.mean - deviation(spread), spread.mean + deviation(spread))
    };
    panel.band(&curve.iter().map(edge).collect::<Vec<_>>(), colour)?;
    panel.line(&curve.iter().map(|(pass, spread)| (*pass, spread.mean)).collect::<Vec<_>>(), colour)
}

/// The curve of several seeds, given the errors of each seed pass by pass.
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
        let diverged = (arm.diverged.len(), arm.diverged.len() + arm.runs.len());
        Self { name: arm.name.clone(), test, train, diverged }
    }
}
