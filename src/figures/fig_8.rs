//! Fig. 8 of the paper: every test pattern that is read wrongly.

use super::error::FigureError;
use super::findings::{arm_source, thousands};
use super::look::{self, Frame, INK, Page, Words};
use crate::experiment::{Finished, Gallery};
use plotters::style::text_anchor::{HPos, VPos};

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
pub fn draw(run: &Finished, arm: usize) -> Result<Option<Page>, FigureError> {
    let name = &run.results.arms[arm].name;
    let first = &run.results.arms[arm].runs[0];
    let shown: Vec<_> = first.misclassified.iter().take(Gallery::WRONG).collect();
    let frame = Frame {
        title: format!("What {name} reads wrongly"),
        reading: reading(first.misclassified.len(), run.results.data.test),
        caption: arm_source(run, arm, ""),
    };
    let rows = shown.len().div_ceil(COLUMNS).max(1) as i32;
    look::illustrated(rows * STEP.1, &frame, |area, pictures| {
        let label = Words::Small.style(INK, HPos::Center, VPos::Top);
        for (n, wrong) in shown.iter().enumerate() {
            let at = ((n % COLUMNS) as i32 * STEP.0, (n / COLUMNS) as i32 * STEP.1);
            pictures.put(area, &run.gallery.test[&wrong.index].image.inverted(), at, SCALE);
            let below = (at.0 + 14 * SCALE, at.1 + 28 * SCALE + 4);
            area.draw_text(&format!("{} → {}", wrong.label, wrong.answer), &label, below)?;
        }
        Ok(())
    })
    .map(Some)
}

/// How many they are, and how to read what stands below each.
fn reading(wrong: usize, test: usize) -> String {
    let which = match wrong {
        0..=Gallery::WRONG => format!("All {wrong} of {} test patterns", thousands(test)),
        _ => format!(
            "The first {} of {} of {} test patterns",
            Gallery::WRONG,
            thousands(wrong),
            thousands(test)
        ),
    };
    format!(
        "Fig. 8 of the paper. {which} that get the wrong answer after the last pass, in the order of the \
         test set: true label → answer. Cover the labels and ask how many of them you would have got right. \
         The paper's 82 are of a network that was trained on distorted patterns as well (deviation 21)."
    )
}
