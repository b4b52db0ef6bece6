//! Fig. 8 of the paper: every test pattern that is read wrongly.

use super::kit::*;
use crate::experiment::{Finished, Gallery};

/// Patterns in a row, as in the paper.
const COLUMNS: usize = 10;
/// Units of the page for a pixel.
const SCALE: i32 = 4;
/// From one pattern to the next, to the right and downwards.
const STEP: (i32, i32) = (171, 28 * SCALE + 56);

/// Draws the figure of an arm.
///
/// # Errors
/// When there is no room on the page.
pub fn draw(run: &Finished, arm: usize) -> Drawn<Option<Page>> {
    let results = &run.results.arms[arm];
    let wrong = &results.runs[0].misclassified;
    let title = format!("What {} reads wrongly", results.name);
    let frame = Frame::new(title, reading(wrong.len(), run.results.data.test), arm_source(run, arm, ""));
    let rows = wrong.len().min(Gallery::WRONG).div_ceil(COLUMNS).max(1) as i32;
    page(rows * STEP.1, frame, |sheet| {
        for (n, wrong) in wrong.iter().take(Gallery::WRONG).enumerate() {
            let cell = sheet.from(((n % COLUMNS) as i32 * STEP.0, (n / COLUMNS) as i32 * STEP.1));
            cell.picture((0, 0), &run.gallery.test[&wrong.index].image.inverted(), SCALE);
            let text = format!("{} → {}", wrong.label, wrong.answer);
            cell.write((14 * SCALE, 28 * SCALE + 4), text, Words::Small.style(INK, TOP))?;
        }
        Ok(())
    })
}

/// How many they are, and how to read what stands below each.
fn reading(wrong: usize, test: usize) -> String {
    let (all, test) = (thousands(wrong), thousands(test));
    let which = match wrong {
        0..=Gallery::WRONG => format!("All {all} of {test} test patterns"),
        _ => format!("The first {} of {all} of {test} test patterns", Gallery::WRONG),
    };
    format!(
        "Fig. 8 of the paper. {which} that get the wrong answer after the last pass, in the order of the test set: \
         true label → answer. Cover the labels and ask how many of them you would have got right. The paper's 82 are \
         of a network that was trained on distorted patterns as well (deviation 21)."
    )
}
