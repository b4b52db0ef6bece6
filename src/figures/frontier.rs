//! How large the rates can be, and what that does to the error.

use super::axis::{Axis, steps};
use super::error::FigureError;
use super::findings::{Findings, Studies};
use super::look::{self, Area, BLUE, Drawn, Frame, GREY, INK, Page, Words};
use super::panel::{Name, Panel};
use super::rates;
use crate::experiment::{PAPER_TEST_ERROR, Spread, StudyArm};
use plotters::style::text_anchor::{HPos, VPos};

/// The studies whose arms are drawn.
const STUDIES: [&str; 2] = ["finalists-rbf", "frontier"];
/// What is worse than this, percent, is written at the edge.
const CEILING: f64 = 1.5;

/// Draws the figure from studies `frontier` and `finalists-rbf`.
///
/// # Errors
/// When a study is missing.
pub fn draw(studies: &Studies) -> Result<Page, FigureError> {
    let findings = STUDIES.iter().map(|name| studies.get(name)).collect::<Result<Vec<_>, _>>()?;
    let source = |findings: &&Findings| findings.source(&findings.results.arms);
    let frame = Frame {
        title: "How large can the rates be?".into(),
        reading: "A row for each arm, the largest rates at the bottom. Left: from the smallest to the \
                  largest rate of any parameter in the first pass; shaded, what the paper prints. Right: \
                  the error after the last pass, mean over seeds ± one standard deviation."
            .into(),
        caption: findings.iter().map(source).collect::<Vec<_>>().join("\n"),
    };
    let mut rows: Vec<Row> =
        findings.iter().flat_map(|findings| &findings.results.arms).map(Row::of).collect();
    rows.push(Row::paper());
    rows.sort_by(|a, b| b.rates[1].total_cmp(&a.rates[1]));
    let height = 260 + rows.len() as i32 * Words::Small.line();
    look::page(height, &frame, |area| {
        let (left, right) = area.split_horizontally(1170);
        draw_rates(&left, &rows)?;
        draw_errors(&right, findings[0].error_of(), &rows)
    })
}

/// An arm on the page, or the paper.
struct Row<'a> {
    name: &'a str,
    /// The smallest and the largest of all parameters and seeds.
    rates: [f64; 2],
    /// `None` if every seed diverged.
    error: Option<Spread>,
    paper: bool,
}

impl<'a> Row<'a> {
    fn of(arm: &'a StudyArm) -> Self {
        let least = arm.runs.iter().map(|run| run.rates[0]).fold(f64::MAX, f64::min);
        let largest = arm.runs.iter().map(|run| run.rates[1]).fold(0.0, f64::max);
        Self { name: &arm.name, rates: [least, largest], error: arm.test_error(), paper: false }
    }

    fn paper() -> Self {
        let error = Spread { mean: PAPER_TEST_ERROR, deviation: None };
        Self { name: "the paper", rates: rates::PAPER, error: Some(error), paper: true }
    }

    /// Its error and how far its whiskers reach, if it is not beyond the ceiling.
    fn shown(&self) -> Option<(f64, f64)> {
        let spread = self.error.filter(|spread| spread.mean <= CEILING)?;
        Some((spread.mean, spread.deviation.unwrap_or(0.0)))
    }

    /// What is written at the edge.
    fn beyond(&self) -> String {
        self.error.map_or("diverged".into(), |spread| format!("{:.1} →", spread.mean))
    }
}

fn draw_rates(area: &Area, rows: &[Row]) -> Drawn {
    let names: Vec<&str> = rows.iter().map(|row| row.name).collect();
    let least = rows.iter().map(|row| row.rates[0]).fold(rates::PAPER[0], f64::min);
    let largest = rows.iter().map(|row| row.rates[1]).fold(rates::PAPER[1], f64::max);
    let x = Axis::log(
        "rates in the first pass",
        least * 0.7..largest * 1.6,
        &[1e-6, 1e-5, 1e-4, 1e-3, 0.01, 0.1],
    );
    let panel = Panel::new(area, "", x, Axis::named("", &names, 0.7).small(), 40)?;
    panel.range((rates::PAPER[0], -0.7), (rates::PAPER[1], names.len() as f64 - 0.3))?;
    for (y, row) in rows.iter().enumerate() {
        let (y, [least, largest]) = (y as f64, row.rates);
        panel.rule(&[(least, y), (largest, y)], if row.paper { INK } else { BLUE })?;
        row.mark(&panel, (largest, y))?;
    }
    Ok(())
}

fn draw_errors(area: &Area, error: &str, rows: &[Row]) -> Drawn {
    let shown = || rows.iter().filter_map(Row::shown);
    let low = shown().map(|(mean, reach)| mean - reach).fold(f64::MAX, f64::min) - 0.03;
    let high = shown().map(|(mean, reach)| mean + reach).fold(0.0, f64::max) + 0.03;
    let nameless = vec![""; rows.len()];
    let x = Axis::linear(&format!("{error}, %"), low..high, &steps(low, high));
    let panel = Panel::new(area, "", x, Axis::named("", &nameless, 0.7), 0)?;
    panel.rule(&[(PAPER_TEST_ERROR, -0.7), (PAPER_TEST_ERROR, rows.len() as f64 - 0.3)], INK)?;
    for (y, row) in rows.iter().enumerate() {
        row.mark_error(&panel, y as f64, high)?;
    }
    let paper = Name {
        at: (PAPER_TEST_ERROR, rows.len() as f64 - 0.3),
        text: "the paper's test error".into(),
        colour: INK,
    };
    panel.words(&paper, (0, -8), (HPos::Left, VPos::Bottom))
}

impl Row<'_> {
    /// Its error in row `y`, or words at the edge.
    fn mark_error(&self, panel: &Panel, y: f64, edge: f64) -> Drawn {
        if let Some((mean, reach)) = self.shown() {
            panel.rule(&[(mean - reach, y), (mean + reach, y)], BLUE)?;
            return self.mark(panel, (mean, y));
        }
        let beyond = Name { at: (edge, y), text: self.beyond(), colour: GREY };
        panel.words(&beyond, (0, 0), (HPos::Right, VPos::Center))
    }

    fn mark(&self, panel: &Panel, at: (f64, f64)) -> Drawn {
        if self.paper { panel.rings(&[at], INK) } else { panel.dots(&[at], BLUE) }
    }
}
