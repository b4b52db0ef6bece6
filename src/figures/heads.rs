//! RBF against softmax, from the same seeds on the same patterns in the same order.

use super::axis::{Axis, steps};
use super::error::FigureError;
use super::findings::Studies;
use super::look::{self, Area, BLUE, Drawn, Frame, GREY, INK, Page};
use super::panel::{Name, Panel, Point};
use crate::experiment::{PAPER_TEST_ERROR, Paired, Spread, StudyArm};
use plotters::style::text_anchor::{HPos, VPos};

/// Draws the figure from arms `rbf` and `softmax` of study `heads`.
///
/// # Errors
/// When an arm is missing, or a seed diverged.
pub fn draw(studies: &Studies) -> Result<Page, FigureError> {
    let findings = studies.get("heads")?;
    let [rbf, softmax] = [findings.arm("rbf")?, findings.arm("softmax")?];
    let lacking =
        || findings.lacking(rbf, "two seeds or more to compare with softmax, none of them diverged");
    let paired = rbf.against(softmax).ok_or_else(lacking)?;
    let frame = Frame {
        title: "Two heads, the same seeds".into(),
        reading: format!(
            "Left: a dot for each network after its last pass; a line joins two of the same seed; short \
             bars are means. Right: {}",
            spoken(&paired, rbf.runs.len().min(softmax.runs.len()))
        ),
        caption: findings.source([rbf, softmax]),
    };
    look::page(890, &frame, |area| {
        let (left, right) = area.split_horizontally(1120);
        draw_errors(&left, findings.error_of(), [rbf, softmax])?;
        draw_difference(&right, &paired)
    })
}

/// The comparison in words.
fn spoken(paired: &Paired, seeds: usize) -> String {
    let [from, to] = paired.interval.map(hundredths);
    format!(
        "the mean difference, {} points, and its 95 % interval, {from} to {to} (paired t-test, {seeds} seeds, p {}).",
        hundredths(paired.difference.mean),
        paired.p_in_words()
    )
}

fn hundredths(points: f64) -> String {
    format!("{points:+.2}").replace('-', "−")
}

fn draw_errors(area: &Area, error: &str, arms: [&StudyArm; 2]) -> Drawn {
    let columns = [column(arms[0], 0.0, -1.0), column(arms[1], 1.0, 1.0)];
    let all = || columns.iter().flatten().map(|point| point.1).chain([PAPER_TEST_ERROR]);
    let (low, high) = (all().fold(f64::MAX, f64::min) - 0.05, all().fold(0.0, f64::max) + 0.05);
    let titles = [titled("RBF", arms[0]), titled("softmax", arms[1])];
    let x = Axis::named("", &[&titles[0], &titles[1]], 0.4);
    let panel =
        Panel::new(area, "", x, Axis::linear(&format!("{error}, %"), low..high, &steps(low, high)), 300)?;
    panel.rule(&[(-0.4, PAPER_TEST_ERROR), (1.4, PAPER_TEST_ERROR)], INK)?;
    let paper = format!("the paper: {PAPER_TEST_ERROR}");
    panel.name_ends(&[Name { at: (1.4, PAPER_TEST_ERROR), text: paper, colour: INK }])?;
    columns[0].iter().zip(&columns[1]).try_for_each(|(&a, &b)| panel.rule(&[a, b], GREY))?;
    for ((points, arm), x) in columns.iter().zip(arms).zip([-0.25, 1.25]) {
        panel.dots(points, BLUE)?;
        arm.test_error().map_or(Ok(()), |spread| panel.bar((x, spread.mean), 0.06, BLUE))?;
    }
    Ok(())
}

/// What stands under a column.
fn titled(head: &str, arm: &StudyArm) -> String {
    let spread = |spread: Spread| format!(" {:.2} ± {:.2}", spread.mean, spread.deviation.unwrap_or(0.0));
    format!("{head}{}", arm.test_error().map_or(String::new(), spread))
}

fn draw_difference(area: &Area, paired: &Paired) -> Drawn {
    let ([from, to], mean) = (paired.interval, paired.difference.mean);
    let (low, high) = (from.min(0.0) - 0.05, to.max(0.0) + 0.05);
    let y = Axis::linear("RBF less softmax, percentage points", low..high, &steps(low, high));
    let panel = Panel::new(area, "", Axis::named("", &[""], 1.0), y, 0)?;
    panel.rule(&[(-1.0, 0.0), (1.0, 0.0)], INK)?;
    let better = |text: &str| Name { at: (1.0, 0.0), text: text.into(), colour: GREY };
    panel.words(&better("softmax better"), (0, -8), (HPos::Right, VPos::Bottom))?;
    panel.words(&better("RBF better"), (0, 10), (HPos::Right, VPos::Top))?;
    panel.rule(&[(-0.6, from), (-0.6, to)], BLUE)?;
    panel.dots(&[(-0.6, mean)], BLUE)?;
    [mean, from, to].into_iter().try_for_each(|y| {
        let name = Name { at: (-0.6, y), text: hundredths(y), colour: BLUE };
        panel.words(&name, (24, 0), (HPos::Left, VPos::Center))
    })
}

/// The last test errors of an arm around x; equal ones side by side, away from the other arm.
fn column(arm: &StudyArm, x: f64, away: f64) -> Vec<Point> {
    let errors: Vec<f64> = arm.runs.iter().filter_map(|run| run.test_error_pct.last().copied()).collect();
    let same = |n: usize| errors[..n].iter().filter(|error| **error == errors[n]).count();
    (0..errors.len()).map(|n| (x + away * 0.035 * same(n) as f64, errors[n])).collect()
}
