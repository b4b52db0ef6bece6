//! Fig. 4 of the paper: patterns of the database.

use super::kit::*;
use crate::experiment::{Finished, Gallery};

/// Units of the page for a pixel.
const SCALE: i32 = 3;
/// The distance from one pattern to the next.
const STEP: i32 = 28 * SCALE;
/// Room for the label of a row.
const LABEL: i32 = 32;

/// Draws the figure from the gallery of a run.
///
/// # Errors
/// When the page is too small.
pub fn draw(run: &Finished) -> Drawn<Page> {
    let frame = Frame::new(
        "Test patterns (Fig. 4)",
        format!(
            "The first {} test patterns of each class. Within a row, width, slant and style differ.",
            Gallery::SAMPLES
        ),
        run_source(run, "28 x 28 pixels each, size-normalised and centred (III-A)"),
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
