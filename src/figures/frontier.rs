//! The range of the rates of each arm, and its error.

use super::kit::*;
use super::rates;
use crate::experiment::{PAPER_TEST_ERROR, Spread, StudyArm};

/// Errors above this, percent, are written at the edge.
const CEILING: f64 = 1.5;
/// The room before the first row and after the last.
const ROOM: f64 = 0.7;

/// Draws the figure from studies `frontier` and `finalists-rbf`.
///
/// # Errors
/// When a study is missing.
pub fn draw(studies: &Studies) -> Drawn<Page> {
    let findings = [studies.get("finalists-rbf")?, studies.get("frontier")?];
    let source = |findings: &Findings| findings.source(&findings.results.arms);
    let frame = Frame::new(
        "How large can the rates be?",
        "A row for each arm, the largest rates at the bottom. Left: from the smallest to the largest rate of any \
         parameter in the first pass; shaded: the range that the paper prints. Right: the error after the last pass, \
         mean over seeds ± one standard deviation.",
        findings.map(source).join("\n"),
    );
    let arms = findings.iter().flat_map(|findings| &findings.results.arms);
    let mut rows: Vec<Row> = arms.map(Row::of).chain([Row::paper()]).collect();
    rows.sort_by(|a, b| b.rates[1].total_cmp(&a.rates[1]));
    page(260 + rows.len() as i32 * Words::Small.line(), frame, |sheet| {
        let (left, right) = sheet.area.split_horizontally(1170);
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
        let rates = extent(arm.runs.iter().flat_map(|run| run.rates)).into();
        Self { name: &arm.name, rates, error: arm.test_error(), paper: false }
    }

    fn paper() -> Self {
        let error = Spread { mean: PAPER_TEST_ERROR, deviation: None };
        Self { name: "the paper", rates: rates::PAPER, error: Some(error), paper: true }
    }

    /// The lower and the upper end of the whiskers of its error, if the error is not above the ceiling.
    fn whiskers(&self) -> Option<[f64; 2]> {
        let spread = self.error.filter(|spread| spread.mean <= CEILING)?;
        Some([spread.mean - deviation(&spread), spread.mean + deviation(&spread)])
    }

    fn mark(&self, panel: &Panel, at: Point) -> Drawn {
        if self.paper { panel.rings(&[at], INK) } else { panel.dots(&[at], BLUE) }
    }
}

fn draw_rates(area: &Area, rows: &[Row]) -> Drawn {
    let names: Vec<&str> = rows.iter().map(|row| row.name).collect();
    let (least, largest) = extent(rows.iter().flat_map(|row| row.rates));
    let ticks = [1e-6, 1e-5, 1e-4, 1e-3, 0.01, 0.1];
    let x = Axis::log("rates ε in the first pass (log scale)", least * 0.7..largest * 1.6, &ticks);
    let panel = Panel::new(area, "", x, Axis::named("", &names, ROOM).small(), 40)?;
    panel.range((rates::PAPER[0], -ROOM), (rates::PAPER[1], rows.len() as f64 - 1.0 + ROOM))?;
    for (y, row) in rows.iter().enumerate() {
        let (y, [least, largest]) = (y as f64, row.rates);
        panel.rule(&[(least, y), (largest, y)], if row.paper { INK } else { BLUE })?;
        row.mark(&panel, (largest, y))?;
    }
    Ok(())
}

fn draw_errors(area: &Area, error: &str, rows: &[Row]) -> Drawn {
    let (least, largest) = extent(rows.iter().filter_map(Row::whiskers).flatten());
    let (edge, top) = (largest + 0.03, rows.len() as f64 - 1.0 + ROOM);
    let x = Axis::round(&format!("{error}, %"), least - 0.03, edge);
    let panel = Panel::new(area, "", x, Axis::named("", &vec![""; rows.len()], ROOM), 0)?;
    panel.rule(&[(PAPER_TEST_ERROR, -ROOM), (PAPER_TEST_ERROR, top)], INK)?;
    for (y, row) in rows.iter().enumerate() {
        let y = y as f64;
        match (row.error, row.whiskers()) {
            (Some(spread), Some([from, to])) => {
                panel.rule(&[(from, y), (to, y)], BLUE)?;
                row.mark(&panel, (spread.mean, y))?;
            }
            (error, _) => {
                let beyond = error.map_or("diverged".into(), |spread| format!("{:.1} →", spread.mean));
                panel.name(Name::new(beyond, GREY, (edge, y)), (0, 0), RIGHT)?;
            }
        }
    }
    let paper = Name::new("the paper's test error", INK, (PAPER_TEST_ERROR, top));
    panel.name(paper, (0, -8), BOTTOM_LEFT)
}
