//! Fig. 8 of the paper: every test pattern with a wrong answer.

use super::kit::*;
use crate::experiment::{Finished, Gallery};

/// Patterns in a row, as in the paper.
const COLUMNS: usize = 10;
/// Units of the page for a pixel.
const SCALE: i32 = 4;
/// The distance from one pattern to the next, to the right and downwards.
const STEP: (i32, i32) = (171, 28 * SCALE + 56);

/// Draws the figure of an arm.
///
/// # Errors
/// When the page is too small.
pub fn draw(run: &Finished, arm: usize) -> Drawn<Option<Page>> {
    let results = &run.results.arms[arm];
    let wrong = &results.runs[0].misclassified;
    let title = format!("Wrong answers of {} (Fig. 8)", results.name);
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

/// The number of wrong answers, and the meaning of the labels.
fn reading(wrong: usize, test: usize) -> String {
    let (all, test) = (thousands(wrong), thousands(test));
    let which = match wrong {
        0..=Gallery::WRONG => format!("All {all} of {test} test patterns"),
        _ => format!("The first {} of {all} of {test} test patterns", Gallery::WRONG),
    };
    format!(
        "{which} with a wrong answer after the last pass, in the order of the test set: true label → answer. Cover the \
         labels, and see how many you read correctly. The paper's 82 are those of a network that was trained on \
         distorted patterns, too (deviation 21)."
    )
}
