//! Fig. 6 of the paper, and our errors beside it: what more training patterns buy.

use super::axis::Axis;
use super::error::FigureError;
use super::findings::{Findings, Studies};
use super::look::{self, BLUE, Drawn, Frame, Page, VERMILION, shade};
use super::panel::{Name, Panel, Point};
use crate::experiment::{Spread, StudyArm};
use plotters::prelude::RGBColor;
use plotters::style::text_anchor::{HPos, VPos};

/// Fig. 6 of the paper, read off its plot: training patterns, distortions, test error, training error.
const FIG_6: &str = include_str!("../../paper/fig6.csv");
/// The columns: three sizes of the training set, each twice the last, and the largest with distorted copies.
const COLUMNS: [&str; 4] = ["15,000", "30,000", "60,000", "+ 540,000 distorted"];

/// The arms of study `fig-6` from left to right, their name, how much of their colour they have, and how far beside the
/// paper's points they are drawn.
const ARMS: [([&str; 3], &str, f64, f64); 2] = [
    (["15000", "30000", "60000"], "equal passes", 0.45, -0.08),
    (["15000-as-many-updates", "30000-as-many-updates", "60000"], "equal updates", 1.0, 0.08),
];

/// The error of an arm after its last pass.
type Error = fn(&StudyArm) -> Option<Spread>;
/// What is drawn: the column of Fig. 6, ours, the name, the colour.
type Kind = (usize, Error, &'static str, RGBColor);
/// Both kinds of error.
const ERRORS: [Kind; 2] =
    [(2, StudyArm::test_error, "test error", BLUE), (3, StudyArm::train_error, "training error", VERMILION)];

/// Draws the figure from studies `fig-6` and `distortions`.
///
/// # Errors
/// When an arm is missing, or diverged from every seed.
pub fn draw(studies: &Studies) -> Result<Page, FigureError> {
    let [sizes, distortions] = [studies.get("fig-6")?, studies.get("distortions")?];
    let distorted = distortions.arm("fixed-600000")?;
    let frame = Frame {
        title: "More patterns help (Fig. 6)".into(),
        reading: "Rings and square: the paper's, read off its plot (paper/fig6.csv). Dots: our means over \
                  seeds ± one standard deviation, beside the paper's so as not to cover them. On fewer \
                  patterns we trained for as many updates (strong) or as many passes (pale) as on 60,000; \
                  the paper does not say which it did."
            .into(),
        caption: [sizes.source(&sizes.results.arms), distortions.source([distorted])].join("\n"),
    };
    look::page(980, &frame, |area| {
        let y = Axis::linear("error in the last pass, %", -0.15..1.8, &[0.0, 0.5, 1.0, 1.5]);
        let panel = Panel::new(area, "", Axis::named("training patterns", &COLUMNS, 0.95), y, 0)?;
        ERRORS.into_iter().try_for_each(|kind| draw_error(&panel, sizes, kind))?;
        draw_distorted(&panel, distortions, distorted)
    })
}

fn draw_error(panel: &Panel, sizes: &Findings, (column, error, kind, colour): Kind) -> Drawn {
    let paper = fig_6(column, "false");
    panel.rule(&paper, colour)?;
    panel.rings(&paper, colour)?;
    let mut names = vec![Name { at: paper[0], text: "the paper".into(), colour }];
    for (arms, text, strong, beside) in ARMS {
        let ours =
            arms.iter().map(|arm| last(sizes, sizes.arm(arm)?, error)).collect::<Result<Vec<_>, _>>()?;
        let mut points: Vec<Point> =
            (0..).zip(&ours).map(|(x, ours)| (f64::from(x) + beside, ours.mean)).collect();
        // Both lengths are one at 60,000.
        points[2].0 = 2.0 + ARMS[1].3;
        let colour = shade(colour, strong);
        panel.line(&points, colour)?;
        points.iter().zip(&ours).try_for_each(|(&at, ours)| whisker(panel, at, ours, colour))?;
        names.push(Name { at: points[0], text: text.into(), colour });
    }
    panel.name_starts(&names)?;
    let above = Name { at: (1.0, paper[1].1), text: kind.into(), colour };
    panel.words(&above, (24, -24), (HPos::Left, VPos::Bottom))
}

fn draw_distorted(panel: &Panel, findings: &Findings, arm: &StudyArm) -> Drawn {
    let (paper, ours) = (fig_6(2, "true")[0], last(findings, arm, StudyArm::test_error)?);
    panel.squares(&[paper], BLUE)?;
    let beside = (paper.0 + ARMS[1].3, ours.mean);
    whisker(panel, beside, &ours, BLUE)?;
    let text = format!("ours {:.2} ± {:.2}", ours.mean, ours.deviation.unwrap_or(0.0));
    panel.words(&Name { at: beside, text, colour: BLUE }, (24, 10), (HPos::Left, VPos::Top))?;
    let text = format!("the paper {:.2}", paper.1);
    panel.words(&Name { at: paper, text, colour: BLUE }, (0, -24), (HPos::Left, VPos::Bottom))
}

/// A mean, and one standard deviation to either side.
fn whisker(panel: &Panel, (x, mean): Point, spread: &Spread, colour: RGBColor) -> Drawn {
    let reach = spread.deviation.unwrap_or(0.0);
    panel.rule(&[(x, mean - reach), (x, mean + reach)], colour)?;
    panel.dots(&[(x, mean)], colour)
}

fn last(findings: &Findings, arm: &StudyArm, error: Error) -> Result<Spread, FigureError> {
    error(arm).ok_or_else(|| findings.lacking(arm, "seed that did not diverge"))
}

/// The points of Fig. 6 in a column of its table, with or without distortions; each row has a place of its own from
/// left to right.
fn fig_6(column: usize, distortions: &str) -> Vec<Point> {
    let rows = FIG_6.lines().filter(|line| line.starts_with(|first: char| first.is_ascii_digit()));
    let rows = (0..).zip(rows.map(|row| row.split(',').collect::<Vec<_>>()));
    let rows = rows.filter(|(_, row)| row.get(1) == Some(&distortions));
    rows.filter_map(|(x, row)| Some((f64::from(x), row.get(column)?.parse().ok()?))).collect()
}
