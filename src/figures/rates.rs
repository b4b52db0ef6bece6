//! The rates of stochastic diagonal Levenberg-Marquardt, layer by layer and pass by pass (eq. 21).

use super::kit::*;
use crate::experiment::{Finished, LayerRates, Pass};

/// The smallest and the largest rate of the first pass that the paper prints (III-B).
pub const PAPER: [f64; 2] = [7e-5, 0.016];
/// Panels in a row.
const COLUMNS: usize = 4;
/// The height of a row of panels.
const ROW: i32 = 560;

/// Draws the figure of an arm that has a rate for each parameter.
///
/// # Errors
/// When the page is too small.
pub fn draw(run: &Finished, arm: usize) -> Drawn<Option<Page>> {
    let passes = &run.results.arms[arm].runs[0].passes;
    let layers: Vec<&str> = passes[0].rates.iter().map(|rates| rates.layer.as_str()).collect();
    let mu = run.plan.arms[arm].settings.training.mu.filter(|_| !layers.is_empty());
    let Some(mu) = mu else { return Ok(None) };
    let ceilings: Vec<Point> = passes.iter().map(|pass| (pass.pass as f64, pass.eta / mu)).collect();
    let (low, _) = extent(passes.iter().map(|pass| pass.rate_min).chain(PAPER));
    let (_, high) = extent(ceilings.iter().map(|point| point.1).chain(PAPER));
    let y = Axis::log(
        "rate ε (log scale)",
        low / 1.5..high * 1.5,
        &[1e-7, 1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 0.1, 1.0],
    );
    let rows = layers.len().div_ceil(COLUMNS);
    page(rows as i32 * ROW, frame(run, arm, mu), |sheet| {
        for (n, (area, layer)) in sheet.area.split_evenly((rows, COLUMNS)).iter().zip(layers).enumerate() {
            let x = Axis::passes(0.0, passes.len() as f64, 0.5);
            let panel = Panel::new(area, layer, x, y.clone(), 24)?;
            panel.range((0.3, PAPER[0]), (1.7, PAPER[1]))?;
            panel.rule(&ceilings, INK)?;
            if n == 0 {
                name_ceiling(&panel, &ceilings)?;
            }
            draw_layer(&panel, passes, layer)?;
        }
        Ok(())
    })
}

fn frame(run: &Finished, arm: usize, mu: f64) -> Frame {
    Frame::new(
        format!("The rates of {}, layer by layer", run.results.arms[arm].name),
        "The rates of all parameters of a layer in each pass: median (blue line), deciles (shades), smallest and \
         largest (thin lines). No rate can exceed η/μ (black, falling with the schedule); a layer at this ceiling has \
         second derivatives of almost 0. Grey block: the range that the paper prints for pass 1, all layers together.",
        arm_source(run, arm, &format!(", μ = {mu}")),
    )
}

fn name_ceiling(panel: &Panel, ceilings: &[Point]) -> Drawn {
    let name = Name::new("η/μ", INK, ceilings[ceilings.len() / 2]);
    panel.name(name, (0, -12), if ceilings.len() > 3 { BOTTOM_LEFT } else { BOTTOM_RIGHT })
}

/// The rates of a layer in a pass, if it has any.
fn of<'a>(pass: &'a Pass, layer: &str) -> Option<&'a LayerRates> {
    pass.rates.iter().find(|rates| rates.layer == layer)
}

fn draw_layer(panel: &Panel, passes: &[Pass], layer: &str) -> Drawn {
    let rates = || passes.iter().filter_map(|pass| Some((pass.pass as f64, of(pass, layer)?)));
    for inner in 0..4 {
        let edges = rates().map(|(pass, rates)| (pass, rates.deciles[inner], rates.deciles[8 - inner]));
        panel.band(&edges.collect::<Vec<_>>(), BLUE)?;
    }
    let line =
        |of: fn(&LayerRates) -> f64| rates().map(|(pass, rates)| (pass, of(rates))).collect::<Vec<_>>();
    panel.rule(&line(|rates| rates.least), GREY)?;
    panel.rule(&line(|rates| rates.largest), GREY)?;
    panel.line(&line(|rates| rates.median), BLUE)
}
