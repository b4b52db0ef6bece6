//! The rates of stochastic diagonal Levenberg-Marquardt, layer by layer and pass by pass (eq. 21).

use super::axis::{self, Axis};
use super::error::FigureError;
use super::findings::arm_source;
use super::look::{self, BLUE, Drawn, Frame, GREY, INK, Page};
use super::panel::{Name, Panel, Point};
use crate::experiment::{Finished, LayerRates, Pass};
use plotters::style::text_anchor::{HPos, VPos};

/// The smallest and the largest rate of the first pass that the paper prints (III-B).
pub const PAPER: [f64; 2] = [7e-5, 0.016];
/// Panels in a row.
const COLUMNS: usize = 4;
/// How high a row of panels is.
const ROW: i32 = 560;

/// Draws the figure of an arm that has a rate for each parameter.
///
/// # Errors
/// When there is no room on the page.
pub fn draw(run: &Finished, arm: usize) -> Result<Option<Page>, FigureError> {
    let mu = run.plan.arms[arm].settings.training.mu;
    let (name, first) = (&run.results.arms[arm].name, &run.results.arms[arm].runs[0]);
    let layers: Vec<&str> = first.passes[0].rates.iter().map(|rates| rates.layer.as_str()).collect();
    let Some(mu) = mu.filter(|_| !layers.is_empty()) else { return Ok(None) };
    let frame = Frame {
        title: format!("How far {name} steps"),
        reading: "The rates of all parameters of a layer in each pass: line, median; shaded, every tenth of \
                  them; thin lines, the least and the largest. No rate can exceed eta / mu (black, falling \
                  with the schedule): where a layer is there, its second derivatives are next to nothing. \
                  Grey block: the range that the paper prints for pass 1, all layers together."
            .into(),
        caption: arm_source(run, arm, &format!(", mu = {mu}")),
    };
    let passes = &first.passes;
    let ceilings: Vec<Point> = passes.iter().map(|pass| (pass.pass as f64, pass.eta / mu)).collect();
    let low = passes.iter().map(|pass| pass.rate_min).fold(PAPER[0], f64::min) / 1.5;
    let high = ceilings.iter().map(|point| point.1).fold(PAPER[1], f64::max) * 1.5;
    let rows = layers.len().div_ceil(COLUMNS);
    look::page(rows as i32 * ROW, &frame, |area| {
        for (n, (area, layer)) in area.split_evenly((rows, COLUMNS)).iter().zip(&layers).enumerate() {
            let y = Axis::log("rate", low..high, &[1e-7, 1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 0.1, 1.0]);
            let x = Axis::linear("pass", 0.0..passes.len() as f64 + 0.5, &axis::passes(passes.len() as f64));
            let panel = Panel::new(area, layer, x, if n == 0 { y } else { y.untitled() }, 24)?;
            panel.range((0.3, PAPER[0]), (1.7, PAPER[1]))?;
            panel.rule(&ceilings, INK)?;
            if n == 0 {
                let name = Name { at: ceilings[ceilings.len() / 2], text: "eta / mu".into(), colour: INK };
                let side = if passes.len() > 3 { HPos::Left } else { HPos::Right };
                panel.words(&name, (0, -12), (side, VPos::Bottom))?;
            }
            draw_layer(&panel, passes, layer)?;
        }
        Ok(())
    })
    .map(Some)
}

/// The rates of a layer in a pass, if it has any.
fn of<'a>(pass: &'a Pass, layer: &str) -> Option<&'a LayerRates> {
    pass.rates.iter().find(|rates| rates.layer == layer)
}

fn draw_layer(panel: &Panel, passes: &[Pass], layer: &str) -> Drawn {
    let rates: Vec<(f64, &LayerRates)> =
        passes.iter().filter_map(|pass| Some((pass.pass as f64, of(pass, layer)?))).collect();
    let line =
        |of: fn(&LayerRates) -> f64| rates.iter().map(|(pass, rates)| (*pass, of(rates))).collect::<Vec<_>>();
    for inner in 0..4 {
        let edge =
            |&(pass, rates): &(f64, &LayerRates)| (pass, rates.deciles[inner], rates.deciles[8 - inner]);
        panel.band(&rates.iter().map(edge).collect::<Vec<_>>(), BLUE)?;
    }
    panel.rule(&line(|rates| rates.least), GREY)?;
    panel.rule(&line(|rates| rates.largest), GREY)?;
    panel.line(&line(|rates| rates.median), BLUE)
}
