//! The penalties of the right class and of the best wrong one: the confidence of a network.

use super::kit::*;
use crate::experiment::{Finished, Margins, Model, right_and_wrong};
use std::ops::Range;

/// Draws the figure of an arm.
///
/// # Errors
/// When its network cannot be read.
pub fn draw(run: &Finished, arm: usize) -> Drawn<Option<Page>> {
    let (model, counts) = (run.model(arm)?, &run.gallery.arms[arm].margins.counts);
    let penalty = if model.codes().is_some() { "penalty" } else { "−log probability" };
    let [x, y] = [range(|right, _| right, counts), range(|_, wrong| wrong, counts)];
    let axis = |class: &str, range: &Range<f64>| {
        let ticks = [1e-3, 0.01, 0.1, 1.0, 10.0, 100.0, 1000.0];
        Axis::log(&format!("{penalty} of {class} (log scale)"), range.clone(), &ticks)
    };
    page(1000, frame(run, arm, penalty), |sheet| {
        let (x_axis, y_axis) = (axis("the right class", &x), axis("the best wrong class", &y));
        let panel = Panel::new(&sheet.area, "", x_axis, y_axis, 40)?;
        draw_counts(&panel, counts)?;
        let (low, high) = (x.start.max(y.start), x.end.min(y.end));
        if low < high {
            panel.rule(&[(low, low), (high, high)], INK)?;
        }
        panel.dots(&wrong(run, arm, &model), VERMILION)
    })
}

fn frame(run: &Finished, arm: usize, penalty: &str) -> Frame {
    let results = &run.results.arms[arm];
    let missed = results.runs[0].misclassified.len();
    let reading = format!(
        "Test patterns by the {penalty} of their own class and of the best wrong class. The darker a cell, the more \
         patterns it has; values below {} are drawn there. Above the line the answer is right, and the farther above, \
         the more confident: {} patterns. Orange dots are the {} wrong answers.",
        Margins::edge(0),
        thousands(run.results.data.test - missed),
        thousands(missed)
    );
    Frame::new(format!("Confidence of {}", results.name), reading, arm_source(run, arm, ""))
}

/// The wrong answers in the gallery of the run: penalty of the right class, and of the best wrong one.
fn wrong(run: &Finished, arm: usize, model: &Model) -> Vec<Point> {
    let point = |index: usize| {
        let shown = &run.gallery.test[&index];
        let (right, wrong) =
            right_and_wrong(&model.fprop(&model.pattern(shown.image.0.view())).output, shown.label);
        (f64::from(right), f64::from(wrong))
    };
    run.results.arms[arm].wrong().map(point).collect()
}

/// The bins that are not empty: the bin of the right class, that of the wrong one, and the number of patterns.
fn filled(counts: &[Vec<u32>]) -> impl Iterator<Item = (usize, usize, u32)> {
    let rows = counts.iter().enumerate();
    let bins = rows.flat_map(|(right, row)| (0..).zip(row).map(move |(wrong, &count)| (right, wrong, count)));
    bins.filter(|(.., count)| *count > 0)
}

fn draw_counts(panel: &Panel, counts: &[Vec<u32>]) -> Drawn {
    let most = f64::from(*counts.iter().flatten().max().unwrap_or(&1));
    filled(counts).try_for_each(|(right, wrong, count)| {
        let corner = |more: usize| (Margins::edge(right + more), Margins::edge(wrong + more));
        // By the square root, a single pattern can be seen although the fullest bin has hundreds.
        let share = 0.12 + 0.88 * (f64::from(count) / most).sqrt();
        panel.cell(corner(0), corner(1), BLUE, share)
    })
}

/// The range of the bins that are not empty, of the right class or of the wrong one.
fn range(of: fn(usize, usize) -> usize, counts: &[Vec<u32>]) -> Range<f64> {
    let bins = || filled(counts).map(|(right, wrong, _)| of(right, wrong));
    Margins::edge(bins().min().unwrap_or(0))..Margins::edge(bins().max().unwrap_or(0) + 1)
}
