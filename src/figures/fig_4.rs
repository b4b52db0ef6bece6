//! Fig. 4 of the paper: patterns of the database.

use super::kit::*;
use crate::experiment::{Finished, Gallery};

/// Units of the page for a pixel.
const SCALE: i32 = 3;
/// From one pattern to the next.
const STEP: i32 = 28 * SCALE;
/// Room for the label of a row.
const LABEL: i32 = 32;

/// Draws the figure from the gallery of a run.
///
/// # Errors
/// When there is no room on the page.
pub fn draw(run: &Finished) -> Drawn<Page> {
    let frame = Frame::new(
        "What there is to read",
        format!(
            "Fig. 4 of the paper, with the first {} test patterns of each class. Look along a row: width, slant and \
             style differ.",
            Gallery::SAMPLES
        ),
        run_source(run, "28 x 28 pixels each, size-normalised and centred as III-A has it"),
    );
    page(10 * STEP, frame, |sheet| {
        for (row, indices) in (0..).zip(&run.gallery.samples) {
            sheet.write((0, row * STEP + STEP / 2), row, Words::Label.style(INK, LEFT))?;
            for (column, index) in (0..).zip(indices) {
                let image = run.gallery.test[index].image.inverted();
                sheet.picture((LABEL + column * STEP, row * STEP), &image, SCALE);
            }
        }
        Ok(())
    })
}
