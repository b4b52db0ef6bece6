//! What the initial weights decide before training: how much of the patterns reaches each layer, and how steep the loss is
//! there.

use super::axis::Axis;
use super::error::FigureError;
use super::findings::{Findings, Studies};
use super::look::{self, Area, BLUE, Drawn, Frame, GREY, INK, Page, VERMILION, shade};
use super::panel::{Name, Panel, Point};
use crate::experiment::{Study, StudyArm};
use plotters::prelude::RGBColor;
use plotters::style::text_anchor::{HPos, VPos};

/// The arms of study `readings` that differ in their initial values, what to call them, and their colour: one for each
/// distribution of the weights, the paler the smaller the coefficients.
const ARMS: [(&str, &str, RGBColor, f64); 5] = [
    ("coefficients-1.0", "1/√F, 1", BLUE, 1.0),
    ("as-it-is", "1/√F, ½", BLUE, 0.75),
    ("coefficients-0.25", "1/√F, ¼", BLUE, 0.5),
    ("2.4-over-F_coefficients-1.0", "2.4/F, 1", VERMILION, 1.0),
    ("2.4-over-F", "2.4/F, ½", VERMILION, 0.75),
];
/// The layers of LeNet-5 that have rates.
const LAYERS: [&str; 6] = ["C1", "S2", "C3", "S4", "C5", "F6"];
/// The findings keep three digits of a rate: a share of mu + h that is smaller than this cannot be told from 0.
const RESOLUTION: f64 = 0.005;
/// The room for names at the right.
const RIGHT: i32 = 220;

/// Draws the figure from study `readings`.
///
/// # Errors
/// When an arm is missing, or diverged before its signal or its rates could be kept.
pub fn draw(studies: &Studies) -> Result<Page, FigureError> {
    let findings = studies.get("readings")?;
    let arms = ARMS.iter().map(|(name, ..)| findings.arm(name)).collect::<Result<Vec<_>, _>>()?;
    let signals = arms.iter().map(|arm| deviations(findings, arm)).collect::<Result<Vec<_>, _>>()?;
    let study = Study::find("readings")?;
    let curvatures =
        arms.iter().map(|arm| curvatures(findings, &study, arm)).collect::<Result<Vec<_>, _>>()?;
    let [_, mu] = eta_and_mu(findings, &study, arms[0])?;
    // The arms with ±2.4/F come after the three with ±1/√F.
    let steepest = curvatures[3..].iter().flatten().map(|point| point.1).fold(0.0, f64::max);
    let ceiling = 100.0 * mu / (mu + steepest);
    look::page(930, &frame(findings, &arms, ceiling), |area| {
        let (left, right) = area.split_horizontally(area.dim_in_pixel().0 / 2);
        draw_signals(&left.margin(0, 0, 0, 24), &signals)?;
        draw_curvatures(&right.margin(0, 0, 24, 0), &curvatures, mu)
    })
}

/// `ceiling`: the least share of η/μ, percent, that the median rate of a layer has with ±2.4/F.
fn frame(findings: &Findings, arms: &[&StudyArm], ceiling: f64) -> Frame {
    Frame {
        title: "Before training: what reaches each layer, and how it bends the loss".into(),
        reading: format!(
            "At the line ends: weights drawn from ±1/√F or ±2.4/F, F the inputs of a unit; coefficients of \
             S2 and S4. With ±2.4/F the signal dies on its way and h is next to nothing, so rates start at \
             the ceiling η/μ of eq. 21, or near: the median of each layer has {ceiling:.0} % of it or more."
        ),
        caption: format!(
            "{} Left: mean over seeds. Right: seed {}, h solved from the median rate of each layer in the \
             first pass (eq. 21). Rates are kept with three digits: h below {} % of μ + h cannot be told \
             from 0.",
            findings.source(arms.iter().copied()),
            arms[0].runs[0].seed,
            100.0 * RESOLUTION
        ),
    }
}

fn draw_signals(area: &Area, lines: &[Vec<Point>]) -> Drawn {
    let low = lines.iter().flatten().map(|point| point.1).fold(0.1, f64::min) / 2.0;
    let ticks = [1e-5, 1e-4, 1e-3, 1e-2, 0.1, 1.0];
    let y = Axis::log("deviation of a unit's state over patterns", low..2.0, &ticks);
    let panel = Panel::new(area, "the signal", Axis::named("layer", &LAYERS, 0.2), y, RIGHT)?;
    panel.rule(&[(-0.2, 1.0), (5.2, 1.0)], INK)?;
    let codes = Name { at: (-0.2, 1.0), text: "1: what the codes ask of F6".into(), colour: INK };
    panel.words(&codes, (0, -8), (HPos::Left, VPos::Bottom))?;
    draw_lines(&panel, lines)
}

fn draw_curvatures(area: &Area, lines: &[Vec<Point>], mu: f64) -> Drawn {
    let high = lines.iter().flatten().map(|point| point.1).fold(mu, f64::max) * 2.0;
    let (least, ticks) = (RESOLUTION * mu, [1e-4, 1e-3, 1e-2, 0.1, 1.0, 10.0]);
    let y = Axis::log("median second derivative h of a layer", least / 10.0..high, &ticks);
    let panel = Panel::new(area, "the curvature", Axis::named("layer", &LAYERS, 0.2), y, RIGHT)?;
    panel.range((-0.2, least / 10.0), (5.2, least))?;
    panel.rule(&[(-0.2, mu), (5.2, mu)], INK)?;
    let ceiling = Name { at: (-0.2, mu), text: format!("μ of eq. 21: {mu}"), colour: INK };
    panel.words(&ceiling, (0, 8), (HPos::Left, VPos::Top))?;
    let bottom = Name { at: (-0.2, least / 10.0), text: "not told from 0".into(), colour: GREY };
    panel.words(&bottom, (8, -6), (HPos::Left, VPos::Bottom))?;
    draw_lines(&panel, lines)
}

fn draw_lines(panel: &Panel, lines: &[Vec<Point>]) -> Drawn {
    let colours = || ARMS.iter().map(|&(_, _, colour, dark)| shade(colour, dark));
    for (line, colour) in lines.iter().zip(colours()) {
        panel.line(line, colour)?;
        panel.dots(line, colour)?;
    }
    let names = lines.iter().zip(ARMS).zip(colours());
    let names = names.map(|((line, (_, text, ..)), colour)| Name { at: line[5], text: text.into(), colour });
    panel.name_ends(&names.collect::<Vec<_>>())
}

/// The layers from left to right and the deviation in each: mean over the seeds that were measured.
fn deviations(findings: &Findings, arm: &StudyArm) -> Result<Vec<Point>, FigureError> {
    let runs: Vec<_> = arm.runs.iter().filter(|run| run.signal.len() >= 6).collect();
    if runs.is_empty() {
        return Err(findings.lacking(arm, "signal of six layers in any seed"));
    }
    let mean =
        |layer: usize| runs.iter().map(|run| run.signal[layer].deviation).sum::<f64>() / runs.len() as f64;
    Ok((0..6).map(|layer| (layer as f64, mean(layer))).collect())
}

/// The layers from left to right and the median second derivative in each, by eq. 21 from the median rate of the first
/// seed; what cannot be told from 0 is half the least that could.
fn curvatures(findings: &Findings, study: &Study, arm: &StudyArm) -> Result<Vec<Point>, FigureError> {
    let [eta, mu] = eta_and_mu(findings, study, arm)?;
    let rates = arm.runs.first().map(|run| run.layer_rates.as_slice()).filter(|rates| rates.len() >= 6);
    let rates = rates.ok_or_else(|| findings.lacking(arm, "rates of six layers in the first seed"))?;
    let h = |rate: f64| {
        let h = eta / rate - mu;
        if h < RESOLUTION * (mu + h) { RESOLUTION * mu / 2.0 } else { h }
    };
    Ok((0..6).map(|layer| (layer as f64, h(rates[layer].median))).collect())
}

/// The eta of the first pass and the mu that an arm is trained with.
fn eta_and_mu(findings: &Findings, study: &Study, arm: &StudyArm) -> Result<[f64; 2], FigureError> {
    let training =
        study.arms.iter().find(|there| there.name == arm.name).map(|there| &there.settings.training);
    let both = training.and_then(|training| Some([training.eta(1), training.mu?]));
    both.ok_or_else(|| findings.lacking(arm, "mu in the study of this name"))
}
