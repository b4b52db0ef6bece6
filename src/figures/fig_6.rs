//! Fig. 6 of the paper, and our errors beside it: the error against the number of training patterns.

use super::kit::*;
use crate::experiment::{Spread, StudyArm};

/// Fig. 6 of the paper, read off its plot: training patterns, distortions, test error, training error.
const FIG_6: &str = include_str!("../../paper/fig6.csv");
/// The columns: three sizes of the training set, each twice the last, and the largest with distorted copies.
const COLUMNS: [&str; 4] = ["15,000", "30,000", "60,000", "+ 540,000 distorted"];
/// The shift of our points from the paper's.
const BESIDE: f64 = 0.08;
/// The arms of study `fig-6` from left to right, their name, their share of colour, and their shift from the paper's
/// points.
const ARMS: [([&str; 3], &str, f64, f64); 2] = [
    (["15000", "30000", "60000"], "equal passes", 0.45, -BESIDE),
    (["15000-as-many-updates", "30000-as-many-updates", "60000"], "equal updates", 1.0, BESIDE),
];

/// The error of an arm after its last pass.
type Error = fn(&StudyArm) -> Option<Spread>;
/// The errors that are drawn: the column of Fig. 6, ours, the name, the colour.
const ERRORS: [(usize, Error, &str, RGBColor); 2] =
    [(2, StudyArm::test_error, "test error", BLUE), (3, StudyArm::train_error, "training error", VERMILION)];

/// Draws the figure from studies `fig-6` and `distortions`.
///
/// # Errors
/// When an arm is missing, or diverged from every seed.
pub fn draw(studies: &Studies) -> Drawn<Page> {
    let [sizes, distortions] = [studies.get("fig-6")?, studies.get("distortions")?];
    let distorted = distortions.arm("fixed-600000")?;
    let frame = Frame::new(
        "More patterns help (Fig. 6)",
        "Rings and square: the paper's errors, read off its plot (paper/fig6.csv). Dots: our means over seeds ± one \
         standard deviation, drawn beside the paper's so as not to cover them. On fewer patterns we trained for as \
         many updates (strong) or as many passes (pale) as on 60,000; the paper does not say which it did.",
        [sizes.source(&sizes.results.arms), distortions.source([distorted])].join("\n"),
    );
    page(980, frame, |sheet| {
        let y = Axis::linear("error in the last pass, %", -0.15..1.8, &[0.0, 0.5, 1.0, 1.5]);
        let panel = Panel::new(&sheet.area, "", Axis::named("training patterns", &COLUMNS, 0.95), y, 0)?;
        for (column, error, kind, colour) in ERRORS {
            let paper = fig_6(column, "false");
            draw_error(&panel, &paper, |arm| last(sizes, arm, error), colour)?;
            panel.name(Name::new(kind, colour, (1.0, paper[1].1)), (24, -24), BOTTOM_LEFT)?;
        }
        draw_distorted(&panel, last(distortions, "fixed-600000", StudyArm::test_error)?)
    })
}

/// Draws the paper's points, and ours beside them.
fn draw_error(
    panel: &Panel,
    paper: &[Point],
    ours: impl Fn(&str) -> Drawn<Spread>,
    colour: RGBColor,
) -> Drawn {
    panel.rule(paper, colour)?;
    panel.rings(paper, colour)?;
    let mut names = vec![Name::new("the paper", colour, paper[0])];
    for (arms, text, strong, beside) in ARMS {
        let spreads = arms.into_iter().map(&ours).collect::<Drawn<Vec<_>>>()?;
        // Both lengths are one at 60,000.
        let places = [beside, 1.0 + beside, 2.0 + BESIDE];
        let points: Vec<Point> = places.into_iter().zip(spreads.iter().map(|spread| spread.mean)).collect();
        let colour = shade(colour, strong);
        panel.line(&points, colour)?;
        places.iter().zip(&spreads).try_for_each(|(&x, spread)| whisker(panel, x, spread, colour))?;
        names.push(Name::new(text, colour, points[0]));
    }
    panel.name_starts(&names)
}

fn draw_distorted(panel: &Panel, ours: Spread) -> Drawn {
    let paper = fig_6(2, "true")[0];
    panel.squares(&[paper], BLUE)?;
    let beside = paper.0 + BESIDE;
    whisker(panel, beside, &ours, BLUE)?;
    let text = format!("ours {}", in_words(&ours));
    panel.name(Name::new(text, BLUE, (beside, ours.mean)), (24, 10), TOP_LEFT)?;
    panel.name(Name::new(format!("the paper {:.2}", paper.1), BLUE, paper), (0, -24), BOTTOM_LEFT)
}

/// Draws a mean, and one standard deviation to either side.
fn whisker(panel: &Panel, x: f64, spread: &Spread, colour: RGBColor) -> Drawn {
    let (mean, reach) = (spread.mean, deviation(spread));
    panel.rule(&[(x, mean - reach), (x, mean + reach)], colour)?;
    panel.dots(&[(x, mean)], colour)
}

fn last(findings: &Findings, arm: &str, error: Error) -> Drawn<Spread> {
    let arm = findings.arm(arm)?;
    error(arm).ok_or_else(|| findings.lacking(arm, "seed that did not diverge"))
}

/// The points of Fig. 6 in a column of its table, with or without distortions; the number of the row is the x of a point.
fn fig_6(column: usize, distortions: &str) -> Vec<Point> {
    let rows = FIG_6.lines().filter(|line| line.starts_with(|first: char| first.is_ascii_digit()));
    let rows = (0..).zip(rows.map(|row| row.split(',').collect::<Vec<_>>()));
    let rows = rows.filter(|(_, row)| row.get(1) == Some(&distortions));
    rows.filter_map(|(x, row)| Some((f64::from(x), row.get(column)?.parse().ok()?))).collect()
}
