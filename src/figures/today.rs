//! From 1998 to today: the test error after each change, from the top down.

use super::axis::{Axis, steps};
use super::error::FigureError;
use super::findings::Studies;
use super::look::{self, Area, BLUE, Drawn, Frame, GREY, INK, Page};
use super::panel::{Name, Panel, Point};
use crate::experiment::{PAPER_TEST_ERROR, StudyArm};
use plotters::style::text_anchor::{HPos, VPos};

/// Draws the figure from the ladder of study `today`: the arms that lead from its first one, change by change, and the
/// changes that were tried on the way and not kept.
///
/// # Errors
/// When a seed diverged.
pub fn draw(studies: &Studies) -> Result<Page, FigureError> {
    let findings = studies.get("today")?;
    let ladder = ladder(&findings.results.arms);
    if let Some((arm, _)) = ladder.iter().find(|(arm, _)| arm.diverged() > 0) {
        return Err(findings.lacking(arm, "seeds that all came to their last pass"));
    }
    let frame = Frame {
        title: "From 1998 to today, one change at a time".into(),
        reading: "From the top down each row changes one thing in the blue row above it. What is grey was tried there and not \
                  kept. A dot is a network after its last pass, the bar and the number are the mean of its row."
            .into(),
        caption: findings.source(ladder.iter().map(|&(arm, _)| arm)),
    };
    look::page(62 * ladder.len() as i32 + 190, &frame, |area| draw_ladder(area, findings.error_of(), &ladder))
}

/// The longest chain of changes, and the changes to it from which nothing followed; whether they are of the chain.
fn ladder(arms: &[StudyArm]) -> Vec<(&StudyArm, bool)> {
    let base = |arm: &&StudyArm| arms.iter().find(|other| arm.base.as_ref() == Some(&other.name));
    let chain = |arm| std::iter::successors(Some(arm), base).map(|arm| &arm.name).collect::<Vec<_>>();
    let longest = arms.iter().map(chain).max_by_key(Vec::len).unwrap_or_default();
    let tried = |arm: &StudyArm| {
        let followed = arms.iter().any(|other| other.base.as_ref() == Some(&arm.name));
        !followed && arm.base.as_ref().is_some_and(|base| longest.contains(&base))
    };
    let rows = arms.iter().map(|arm| (arm, longest.contains(&&arm.name)));
    rows.filter(|&(arm, kept)| kept || tried(arm)).collect()
}

fn draw_ladder(area: &Area, error: &str, ladder: &[(&StudyArm, bool)]) -> Drawn {
    let last = ladder.len() - 1;
    let rows: Vec<Vec<Point>> =
        ladder.iter().enumerate().map(|(n, (arm, _))| row(arm, (last - n) as f64)).collect();
    let all = || rows.iter().flatten().map(|point| point.0).chain([PAPER_TEST_ERROR]);
    let (low, high) = (all().fold(f64::MAX, f64::min) - 0.05, all().fold(0.0, f64::max) + 0.05);
    let names: Vec<String> = ladder.iter().rev().map(|(arm, _)| arm.name.replace('-', " ")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let x = Axis::linear(&format!("{error}, %"), low..high, &steps(low, high));
    let panel = Panel::new(area, "", x, Axis::named("", &names, 0.6), 260)?;
    let (top, bottom) = (last as f64 + 0.6, -0.6);
    panel.rule(&[(PAPER_TEST_ERROR, bottom), (PAPER_TEST_ERROR, top)], INK)?;
    let paper =
        Name { at: (PAPER_TEST_ERROR, top), text: format!("the paper: {PAPER_TEST_ERROR}"), colour: INK };
    panel.words(&paper, (10, 0), (HPos::Left, VPos::Bottom))?;
    for ((points, &(arm, kept)), n) in rows.iter().zip(ladder).zip((0..=last).rev()) {
        let colour = if kept { BLUE } else { GREY };
        panel.dots(points, colour)?;
        let Some(spread) = arm.test_error() else { continue };
        let y = n as f64;
        panel.line(&[(spread.mean, y - 0.32), (spread.mean, y + 0.32)], colour)?;
        let text = format!("{:.2} ± {:.2}", spread.mean, spread.deviation.unwrap_or(0.0));
        panel.words(&Name { at: (high, y), text, colour: GREY }, (20, 0), (HPos::Left, VPos::Center))?;
    }
    Ok(())
}

/// The last test errors of an arm at height y; equal ones one above the other.
fn row(arm: &StudyArm, y: f64) -> Vec<Point> {
    let errors: Vec<f64> = arm.runs.iter().filter_map(|run| run.test_error_pct.last().copied()).collect();
    let same = |n: usize| errors[..n].iter().filter(|error| **error == errors[n]).count();
    (0..errors.len()).map(|n| (errors[n], y + 0.12 * same(n) as f64)).collect()
}
