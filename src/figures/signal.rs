//! The effect of initial weights before training: the signal that reaches each layer, and the second derivatives there.

use super::kit::*;
use crate::experiment::{Study, StudyArm};

/// The arms of study `readings` that differ in their initial values, their names on the page, and their colour: one for
/// each distribution of the weights, paler for smaller coefficients.
const ARMS: [(&str, &str, RGBColor, f64); 5] = [
    ("coefficients-1.0", "1/√F, 1", BLUE, 1.0),
    ("as-it-is", "1/√F, ½", BLUE, 0.75),
    ("coefficients-0.25", "1/√F, ¼", BLUE, 0.5),
    ("2.4-over-F_coefficients-1.0", "2.4/F, 1", VERMILION, 1.0),
    ("2.4-over-F", "2.4/F, ½", VERMILION, 0.75),
];
/// The layers of LeNet-5 that have rates.
const LAYERS: [&str; 6] = ["C1", "S2", "C3", "S4", "C5", "F6"];
/// The findings have three digits of a rate, so a share of mu + h below this cannot be distinguished from 0.
const RESOLUTION: f64 = 0.005;
/// The width of the names at the right.
const RIGHT: i32 = 220;
/// The left side of a panel, in layers.
const LEFT_SIDE: f64 = -0.2;
/// The right side of a panel, in layers.
const RIGHT_SIDE: f64 = 5.2;

/// Draws the figure from study `readings`.
///
/// # Errors
/// When an arm is missing, or diverged before its signal or its rates were measured.
pub fn draw(studies: &Studies) -> Drawn<Page> {
    let (findings, study) = (studies.get("readings")?, Study::find("readings")?);
    let arms = ARMS.iter().map(|(name, ..)| findings.arm(name)).collect::<Drawn<Vec<_>>>()?;
    let signals = arms.iter().map(|arm| deviations(findings, arm)).collect::<Drawn<Vec<_>>>()?;
    let curvatures = arms.iter().map(|arm| curvatures(findings, &study, arm)).collect::<Drawn<Vec<_>>>()?;
    let [_, mu] = eta_and_mu(findings, &study, arms[0])?;
    // The arms with ±2.4/F come after the three with ±1/√F.
    let (_, steepest) = extent(heights(&curvatures[3..]));
    let ceiling = 100.0 * mu / (mu + steepest);
    page(930, frame(findings, &arms, ceiling), |sheet| {
        let (left, right) = sheet.area.split_horizontally(sheet.width() / 2);
        draw_signals(&left.margin(0, 0, 0, 24), &signals)?;
        draw_curvatures(&right.margin(0, 0, 24, 0), &curvatures, mu)
    })
}

/// `ceiling` is the smallest share of η/μ, in percent, of the median rate of a layer with ±2.4/F.
fn frame(findings: &Findings, arms: &[&StudyArm], ceiling: f64) -> Frame {
    let reading = format!(
        "At the ends of the lines: the range of initial weights, ±1/√F or ±2.4/F for F inputs of a unit, and the initial \
         coefficient of S2 and S4. With ±2.4/F the signal vanishes on its way up and h is almost 0, so rates start near \
         the ceiling η/μ of eq. 21: the median of each layer has {ceiling:.0} % of it or more."
    );
    let caption = format!(
        "{} Left: mean over seeds. Right: seed {}, h computed from the median rate of each layer in the first pass \
         (eq. 21). Rates have three digits, so h below {} % of μ + h cannot be distinguished from 0.",
        findings.source(arms.iter().copied()),
        arms[0].runs[0].seed,
        100.0 * RESOLUTION
    );
    Frame::new("Before training: signal and second derivatives in each layer", reading, caption)
}

fn heights(lines: &[Vec<Point>]) -> impl Iterator<Item = f64> + Clone {
    lines.iter().flatten().map(|point| point.1)
}

fn draw_signals(area: &Area, lines: &[Vec<Point>]) -> Drawn {
    let (low, _) = extent(heights(lines).chain([0.1]));
    let ticks = [1e-5, 1e-4, 1e-3, 1e-2, 0.1, 1.0];
    let y = Axis::log("standard deviation of a unit's state", low / 2.0..2.0, &ticks);
    let panel = layers(area, "the signal", y)?;
    panel.rule(&[(LEFT_SIDE, 1.0), (RIGHT_SIDE, 1.0)], INK)?;
    panel.name(Name::new("1: that of the codes for F6", INK, (LEFT_SIDE, 1.0)), (8, -8), BOTTOM_LEFT)?;
    draw_lines(&panel, lines)
}

fn draw_curvatures(area: &Area, lines: &[Vec<Point>], mu: f64) -> Drawn {
    let (_, high) = extent(heights(lines).chain([mu]));
    let (least, ticks) = (RESOLUTION * mu, [1e-4, 1e-3, 1e-2, 0.1, 1.0, 10.0]);
    let low = least / 10.0;
    let y = Axis::log("median second derivative h of a layer", low..high * 2.0, &ticks);
    let panel = layers(area, "the second derivatives", y)?;
    panel.range((LEFT_SIDE, low), (RIGHT_SIDE, least))?;
    panel.rule(&[(LEFT_SIDE, mu), (RIGHT_SIDE, mu)], INK)?;
    panel.name(Name::new(format!("μ of eq. 21: {mu}"), INK, (LEFT_SIDE, mu)), (8, 8), TOP_LEFT)?;
    panel.name(Name::new("about 0", GREY, (LEFT_SIDE, low)), (8, -6), BOTTOM_LEFT)?;
    draw_lines(&panel, lines)
}

/// A panel over the layers from C1 to F6.
fn layers<'a>(area: &Area<'a>, heading: &str, y: Axis) -> Drawn<Panel<'a>> {
    Panel::new(area, heading, Axis::named("layer", &LAYERS, -LEFT_SIDE), y, RIGHT)
}

fn draw_lines(panel: &Panel, lines: &[Vec<Point>]) -> Drawn {
    let mut names = Vec::new();
    for (line, (_, text, colour, dark)) in lines.iter().zip(ARMS) {
        let colour = shade(colour, dark);
        panel.line(line, colour)?;
        panel.dots(line, colour)?;
        names.push(Name::new(text, colour, line[5]));
    }
    panel.name_ends(&names)
}

/// The layers from left to right and the standard deviation in each: mean over the seeds that were measured.
fn deviations(findings: &Findings, arm: &StudyArm) -> Drawn<Vec<Point>> {
    let runs: Vec<_> = arm.runs.iter().filter(|run| run.signal.len() >= 6).collect();
    if runs.is_empty() {
        return Err(findings.lacking(arm, "signal of six layers in any seed"));
    }
    let mean =
        |layer: usize| runs.iter().map(|run| run.signal[layer].deviation).sum::<f64>() / runs.len() as f64;
    Ok((0..6).map(|layer| (layer as f64, mean(layer))).collect())
}

/// The layers from left to right and the median second derivative in each, by eq. 21 from the median rate of the first
/// seed. Values that cannot be distinguished from 0 are drawn at half the resolution.
fn curvatures(findings: &Findings, study: &Study, arm: &StudyArm) -> Drawn<Vec<Point>> {
    let [eta, mu] = eta_and_mu(findings, study, arm)?;
    let rates = arm.runs.first().map(|run| run.layer_rates.as_slice()).filter(|rates| rates.len() >= 6);
    let rates = rates.ok_or_else(|| findings.lacking(arm, "rates of six layers in the first seed"))?;
    let h = |rate: f64| {
        let h = eta / rate - mu;
        if h < RESOLUTION * (mu + h) { RESOLUTION * mu / 2.0 } else { h }
    };
    Ok((0..6).map(|layer| (layer as f64, h(rates[layer].median))).collect())
}

/// The eta of the first pass and the mu of an arm.
fn eta_and_mu(findings: &Findings, study: &Study, arm: &StudyArm) -> Drawn<[f64; 2]> {
    let found = study.arms.iter().find(|there| there.name == arm.name);
    let both = found.and_then(|arm| Some([arm.settings.training.eta(1), arm.settings.training.mu?]));
    both.ok_or_else(|| findings.lacking(arm, "mu in the study of this name"))
}
