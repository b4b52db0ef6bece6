//! From 1998 to today: the test error after each change, from top to bottom.

use super::kit::*;
use crate::experiment::{PAPER_TEST_ERROR, StudyArm};

/// Draws the figure from the ladder of study `today`: the chain of arms from its first one, change by change, and the
/// changes that were tried on the way and left out.
///
/// # Errors
/// When a seed diverged.
pub fn draw(studies: &Studies) -> Drawn<Page> {
    let findings = studies.get("today")?;
    let ladder = ladder(&findings.results.arms);
    if let Some((arm, _)) = ladder.iter().find(|(arm, _)| arm.diverged() > 0) {
        return Err(findings.lacking(arm, "last pass of every seed"));
    }
    let frame = Frame::new(
        "From 1998 to today, one change at a time",
        "From top to bottom, each row changes one thing in the nearest blue row above it. Grey rows were tried there and \
         left out of the later rows. A dot is a network after its last pass; the bar and the number are the mean of the \
         row.",
        findings.source(ladder.iter().map(|&(arm, _)| arm)),
    );
    page(62 * ladder.len() as i32 + 190, frame, |sheet| {
        draw_ladder(&sheet.area, findings.error_of(), &ladder)
    })
}

/// The longest chain of changes, and the changes to it without a successor; each with whether it is in the chain.
fn ladder(arms: &[StudyArm]) -> Vec<(&StudyArm, bool)> {
    let is_base = |arm: &StudyArm, of: &StudyArm| of.base.as_ref() == Some(&arm.name);
    let base = |of: &&StudyArm| arms.iter().find(|arm| is_base(arm, of));
    let chain = |arm| std::iter::successors(Some(arm), base).map(|arm| &arm.name).collect::<Vec<_>>();
    let longest = arms.iter().map(chain).max_by_key(Vec::len).unwrap_or_default();
    let tried = |arm: &StudyArm| {
        arm.base.as_ref().is_some_and(|base| longest.contains(&base))
            && !arms.iter().any(|of| is_base(arm, of))
    };
    let rows = arms.iter().map(|arm| (arm, longest.contains(&&arm.name)));
    rows.filter(|&(arm, in_chain)| in_chain || tried(arm)).collect()
}

fn draw_ladder(area: &Area, error: &str, ladder: &[(&StudyArm, bool)]) -> Drawn {
    let errors = ladder.iter().flat_map(|(arm, _)| last_errors(arm)).map(|(error, _)| error);
    let (least, largest) = extent(errors.chain([PAPER_TEST_ERROR]));
    let names: Vec<String> = ladder.iter().rev().map(|(arm, _)| arm.name.replace('-', " ")).collect();
    let (edge, top) = (largest + 0.05, ladder.len() as f64 - 0.4);
    let x = Axis::round(&format!("{error}, %"), least - 0.05, edge);
    let panel = Panel::new(area, "", x, Axis::named("", &names, 0.6), 260)?;
    panel.rule(&[(PAPER_TEST_ERROR, -0.6), (PAPER_TEST_ERROR, top)], INK)?;
    let paper = Name::new(format!("the paper: {PAPER_TEST_ERROR}"), INK, (PAPER_TEST_ERROR, top));
    panel.name(paper, (10, 0), BOTTOM_LEFT)?;
    for (&(arm, in_chain), y) in ladder.iter().zip((0..ladder.len()).rev()) {
        let (y, colour) = (y as f64, if in_chain { BLUE } else { GREY });
        // Equal errors are one above the other.
        let dots = last_errors(arm).into_iter().map(|(error, before)| (error, y + 0.12 * before));
        panel.dots(&dots.collect::<Vec<_>>(), colour)?;
        let Some(spread) = arm.test_error() else { continue };
        panel.line(&[(spread.mean, y - 0.32), (spread.mean, y + 0.32)], colour)?;
        panel.name(Name::new(in_words(&spread), GREY, (edge, y)), (20, 0), LEFT)?;
    }
    Ok(())
}
