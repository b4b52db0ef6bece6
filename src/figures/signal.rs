//! How much of the patterns reaches each layer before training: what the initial weights decide.

use super::axis::Axis;
use super::error::FigureError;
use super::findings::{Findings, Studies};
use super::look::{self, BLUE, Drawn, Frame, INK, Page, VERMILION};
use super::panel::{Name, Panel, Point};
use crate::experiment::StudyArm;
use crate::section2::LAYERS;
use plotters::prelude::RGBColor;
use plotters::style::text_anchor::{HPos, VPos};

/// The arms of study `readings` that differ in their initial values, and what to call them. A colour for each
/// distribution of the weights.
const ARMS: [(&str, &str, RGBColor); 5] = [
    ("coefficients-1.0", "±1/√F, coefficients 1", BLUE),
    ("as-it-is", "±1/√F, coefficients ½", BLUE),
    ("coefficients-0.25", "±1/√F, coefficients ¼", BLUE),
    ("2.4-over-F_coefficients-1.0", "±2.4/F, coefficients 1", VERMILION),
    ("2.4-over-F", "±2.4/F, coefficients ½", VERMILION),
];

/// Draws the figure from study `readings`.
///
/// # Errors
/// When an arm is missing, or diverged before its signal could be kept.
pub fn draw(studies: &Studies) -> Result<Page, FigureError> {
    let findings = studies.get("readings")?;
    let arms = ARMS.iter().map(|(name, ..)| findings.arm(name)).collect::<Result<Vec<_>, _>>()?;
    let lines = arms.iter().map(|arm| deviations(findings, arm)).collect::<Result<Vec<_>, _>>()?;
    let frame = Frame {
        title: "What reaches each layer before training".into(),
        reading: "Readings of the initial weights of a unit with F inputs and of S2's and S4's coefficients, mean over seeds."
            .into(),
        caption: findings.source(arms.iter().copied()),
    };
    let low = lines.iter().flatten().map(|point| point.1).fold(0.1, f64::min) / 2.0;
    look::page(790, &frame, |area| {
        let y = Axis::log(
            "standard deviation of a unit's state over patterns",
            low..2.0,
            &[1e-5, 1e-4, 1e-3, 1e-2, 0.1, 1.0],
        );
        let panel = Panel::new(area, "", Axis::named("layer", &LAYERS[..6], 0.1), y, 440)?;
        panel.rule(&[(-0.1, 1.0), (5.1, 1.0)], INK)?;
        let codes = Name { at: (0.0, 1.0), text: "1: what the codes ask of F6".into(), colour: INK };
        panel.words(&codes, (0, -10), (HPos::Left, VPos::Bottom))?;
        draw_lines(&panel, &lines)
    })
}

fn draw_lines(panel: &Panel, lines: &[Vec<Point>]) -> Drawn {
    for (line, (.., colour)) in lines.iter().zip(ARMS) {
        panel.line(line, colour)?;
        panel.dots(line, colour)?;
    }
    let names = lines.iter().zip(ARMS).map(|(line, (_, text, colour))| Name {
        at: line[5],
        text: text.into(),
        colour,
    });
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
