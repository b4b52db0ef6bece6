//! What the right class costs, and the best wrong one: how sure a network is.

use super::axis::Axis;
use super::error::FigureError;
use super::findings::{arm_source, thousands};
use super::look::{self, BLUE, Drawn, Frame, INK, Page, VERMILION};
use super::panel::{Panel, Point};
use crate::experiment::{Finished, Margins, right_and_wrong};

/// Draws the figure of an arm.
///
/// # Errors
/// When its network cannot be read.
pub fn draw(run: &Finished, arm: usize) -> Result<Option<Page>, FigureError> {
    let (results, margins) = (&run.results.arms[arm], &run.gallery.arms[arm].margins);
    let (wrong, rbf) = (wrong(run, arm)?, run.model(arm)?.codes().is_some());
    let penalty = if rbf { "penalty" } else { "−log probability" };
    let missed = results.runs[0].misclassified.len();
    let frame = Frame {
        title: format!("How sure {} is", results.name),
        reading: format!(
            "Test patterns by the {penalty} of their own class and of the best wrong one: the darker, the \
             more; what is below {} is drawn there. Above the line the answer is right, and the farther \
             above, the surer: {} patterns. Orange dots are the {} wrong answers.",
            Margins::edge(0),
            thousands(run.results.data.test - missed),
            thousands(missed)
        ),
        caption: arm_source(run, arm, ""),
    };
    let (x, y) = (range(sums(margins).0), range(sums(margins).1));
    look::page(1000, &frame, |area| {
        let ticks = [1e-3, 0.01, 0.1, 1.0, 10.0, 100.0, 1000.0];
        let title = |class: &str| format!("{penalty} of {class}");
        let x_axis = Axis::log(&title("the right class"), x.0..x.1, &ticks);
        let panel =
            Panel::new(area, "", x_axis, Axis::log(&title("the best wrong class"), y.0..y.1, &ticks), 40)?;
        draw_counts(&panel, margins)?;
        let (low, high) = (x.0.max(y.0), x.1.min(y.1));
        if low < high {
            panel.rule(&[(low, low), (high, high)], INK)?;
        }
        panel.dots(&wrong, VERMILION)
    })
    .map(Some)
}

/// The wrong answers that are kept to look at: penalty of the right class, and of the best wrong one.
fn wrong(run: &Finished, arm: usize) -> Result<Vec<Point>, FigureError> {
    let model = run.model(arm)?;
    let point = |index: usize| {
        let shown = &run.gallery.test[&index];
        let (right, wrong) =
            right_and_wrong(&model.fprop(&model.pattern(shown.image.0.view())).output, shown.label);
        (f64::from(right), f64::from(wrong))
    };
    Ok(run.results.arms[arm].wrong().map(point).collect())
}

fn draw_counts(panel: &Panel, margins: &Margins) -> Drawn {
    let most = f64::from(*margins.counts.iter().flatten().max().unwrap_or(&1));
    for (right, row) in margins.counts.iter().enumerate() {
        for (wrong, &count) in row.iter().enumerate().filter(|(_, count)| **count > 0) {
            let corners = [right, wrong].map(Margins::edge);
            let opposite = [right + 1, wrong + 1].map(Margins::edge);
            // The square root: a single pattern is still to be seen where the fullest bin holds hundreds.
            let share = 0.12 + 0.88 * (f64::from(count) / most).sqrt();
            panel.cell((corners[0], corners[1]), (opposite[0], opposite[1]), BLUE, share)?;
        }
    }
    Ok(())
}

/// How many patterns there are in the bins of the right class, and in those of the wrong one.
fn sums(margins: &Margins) -> (Vec<u32>, Vec<u32>) {
    let right = margins.counts.iter().map(|row| row.iter().sum()).collect();
    let wrong = (0..Margins::BINS).map(|bin| margins.counts.iter().map(|row| row[bin]).sum()).collect();
    (right, wrong)
}

/// Where the bins that hold anything begin and end.
fn range(counts: Vec<u32>) -> (f64, f64) {
    let first = counts.iter().position(|&count| count > 0).unwrap_or(0);
    let last = counts.iter().rposition(|&count| count > 0).unwrap_or(0);
    (Margins::edge(first), Margins::edge(last + 1))
}
