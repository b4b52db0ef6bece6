//! III-D: the error of the accepted patterns against the patterns rejected, for the classifiers of Fig. 10.

use super::kit::*;
use crate::experiment::StudyArm;
use crate::experiment::bars::Bar;

/// Errors below this are drawn at the edge: one wrong answer in 10,000.
const LEAST: f64 = 0.01;
/// The classifiers of the figure, besides which no line could be told apart.
const COLOURS: [RGBColor; 9] = [
    BLUE,
    VERMILION,
    RGBColor(0, 158, 115),
    RGBColor(204, 121, 167),
    RGBColor(86, 180, 233),
    RGBColor(230, 159, 0),
    INK,
    GREY,
    RGBColor(120, 80, 30),
];

/// Draws the curves from study `classifiers`.
///
/// # Errors
/// When the study or an arm is missing.
pub fn draw(studies: &Studies) -> Drawn<Page> {
    let findings = studies.get("classifiers")?;
    let bars: Vec<Bar> = Bar::all().into_iter().filter(|bar| bar.reject.is_some()).collect();
    let frame = Frame::new(
        "Rejection: wrong answers among the accepted patterns",
        "A curve for each classifier of Fig. 10, mean over seeds. The least confident answers are rejected first. Rings: the paper's \
         values at 0.5 % errors.",
        findings.source(&findings.results.arms),
    );
    page(900, frame, |sheet| {
        let x = Axis::linear("rejected test patterns, %", 0.0..10.4, &[0.0, 2.0, 4.0, 6.0, 8.0, 10.0]);
        let y = Axis::log("errors among the accepted, % (log scale)", LEAST..4.0, &[0.01, 0.1, 0.5, 1.0]);
        let panel = Panel::new(&sheet.area, "", x, y, 420)?;
        panel.rule(&[(0.0, 0.5), (10.4, 0.5)], GREY)?;
        let mut names = Vec::new();
        for (bar, colour) in bars.iter().zip(COLOURS) {
            let points = curve(findings.arm(bar.arm)?);
            panel.line(&points, colour)?;
            panel.rings(&[(bar.reject.unwrap_or_default(), 0.5)], colour)?;
            names.extend(points.last().map(|&end| Name::new(bar.name.clone(), colour, end)));
        }
        panel.name_ends(&names)
    })
}

/// The mean curve of an arm up to 10 % of rejected patterns.
fn curve(arm: &StudyArm) -> Vec<Point> {
    let curves: Vec<&Vec<[f64; 2]>> =
        arm.runs.iter().filter_map(|run| run.costs.as_ref()).map(|costs| &costs.rejection.curve).collect();
    let length = curves.iter().map(|curve| curve.len()).min().unwrap_or(0);
    let mean =
        |n: usize, part: usize| curves.iter().map(|curve| curve[n][part]).sum::<f64>() / curves.len() as f64;
    let points = (0..length).map(|n| (mean(n, 0), mean(n, 1).max(LEAST)));
    points.filter(|(rejected, _)| *rejected <= 10.0).collect()
}
