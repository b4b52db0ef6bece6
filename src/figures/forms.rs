//! The three forms of the database (III-A, III-C), and that of LeNet-1.

use super::kit::*;
use crate::experiment::{Finished, Grey};
use crate::section3::classifiers::Images;

/// The forms, and their names on the page.
const FORMS: [(Images, &str); 4] = [
    (Images::Regular, "regular, 28 x 28"),
    (Images::Deslanted, "deslanted, 20 x 20"),
    (Images::Sixteen, "16 x 16"),
    (Images::Reduced, "for LeNet-1, 22 x 22"),
];
/// Units of the page for a pixel.
const SCALE: i32 = 4;
/// The distance from one picture to the next, to the right and downwards.
const STEP: (i32, i32) = (140, 28 * SCALE + 36);
/// The width of the names.
const LEFT: i32 = 300;

/// Draws two test patterns of each class in every form.
///
/// # Errors
/// When the page is too small.
pub fn draw(run: &Finished) -> Drawn<Page> {
    let frame = Frame::new(
        "The forms of the database",
        "The first test pattern of each class in every form, a pixel for a pixel. Deslanted: rows are shifted until the principal \
         axis is upright, and the box of 20 x 20 is cut out.",
        run_source(run, "test patterns"),
    );
    page(FORMS.len() as i32 * STEP.1, frame, |sheet| {
        for (row, (form, name)) in (0..).zip(FORMS) {
            sheet.write((0, row * STEP.1 + 14 * SCALE), name, Words::Label.style(INK, super::look::LEFT))?;
            for (column, index) in (0..).zip(run.gallery.samples.iter().filter_map(|class| class.first())) {
                let picture = Grey(form.image(run.gallery.test[index].image.0.view())).inverted();
                let middle = (28 - picture.0.ncols() as i32) * SCALE / 2;
                sheet.picture((LEFT + column * STEP.0 + middle, row * STEP.1 + middle), &picture, SCALE);
            }
        }
        Ok(())
    })
}
