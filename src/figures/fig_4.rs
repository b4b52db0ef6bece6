//! Fig. 4 of the paper: patterns of the database.

use super::error::FigureError;
use super::findings::run_source;
use super::look::{self, Frame, INK, Page, Words};
use crate::experiment::{Finished, Gallery};
use plotters::style::text_anchor::{HPos, VPos};

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
pub fn draw(run: &Finished) -> Result<Page, FigureError> {
    let gallery = &run.gallery;
    let frame = Frame {
        title: "What there is to read".into(),
        reading: format!(
            "Fig. 4 of the paper, with the first {} test patterns of each class. Look along a row: width, \
             slant and style differ.",
            Gallery::SAMPLES
        ),
        caption: run_source(run, "28 x 28 pixels each, size-normalised and centred as III-A has it"),
    };
    look::illustrated(10 * STEP, &frame, |area, pictures| {
        let label = Words::Label.style(INK, HPos::Left, VPos::Center);
        for (row, indices) in (0..).zip(&gallery.samples) {
            area.draw_text(&row.to_string(), &label, (0, row * STEP + STEP / 2))?;
            for (column, index) in (0..).zip(indices) {
                let image = gallery.test[index].image.inverted();
                pictures.put(area, &image, (LABEL + column * STEP, row * STEP), SCALE);
            }
        }
        Ok(())
    })
}
