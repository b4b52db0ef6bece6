//! F6 as a picture, beside the codes.

use super::kit::*;
use super::shades::{self, Walk};
use crate::experiment::{Finished, Shown};
use ndarray::ArrayView2;

/// Units of the page for a pattern's pixel.
pub(super) const PIXEL: i32 = 3;
/// Units of the page for a unit of F6.
pub(super) const UNIT: i32 = 8;
/// The distance from one pattern to the next.
const STEP: i32 = 120;
/// The distance from the penalty of one class to the next.
const COLUMN: i32 = 138;
/// The left side of F6.
const F6: i32 = 150;
/// The left side of the penalties.
const LEFT: i32 = 320;
/// The top of the first pattern, below the codes.
const TOP_ROW: i32 = 200;

/// Draws the figure of an arm that has codes.
///
/// # Errors
/// When its network cannot be read.
pub fn draw(run: &Finished, arm: usize) -> Drawn<Option<Page>> {
    let model = run.model(arm)?;
    let Some(codes) = model.codes().filter(|codes| codes.ncols() == 84) else { return Ok(None) };
    let frame = Frame::new(
        "F6 beside the codes",
        "A row for the first test pattern of each class: the pattern, the 84 units of F6 as a picture of 7 x 12, and \
         its penalty for each class, from the squared distance to the code above. The smallest penalty is the answer: \
         blue if it is right, orange if not.",
        arm_source(run, arm, ", after the last pass"),
    );
    let firsts = firsts(run);
    page(TOP_ROW + firsts.len() as i32 * STEP, frame, |sheet| {
        for class in 0..codes.nrows() {
            let middle = LEFT + class as i32 * COLUMN + COLUMN / 2;
            sheet.write((middle, 0), class, Words::Label.style(INK, TOP))?;
            draw_code(sheet, (middle - 7 * UNIT / 2, 50), codes, class);
        }
        sheet.write((F6, TOP_ROW - 14), "F6", Words::Label.style(INK, BOTTOM_LEFT))?;
        (0..).zip(firsts).try_for_each(|(n, shown)| {
            let walk = Walk::through(&model, &model.pattern(shown.image.0.view()));
            draw_row(&sheet.from((0, TOP_ROW + n * STEP)), shown, &walk)
        })
    })
}

/// The first test pattern of each class.
pub(super) fn firsts(run: &Finished) -> Vec<&Shown> {
    let firsts = run.gallery.samples.iter().filter_map(|class| class.first());
    firsts.map(|index| &run.gallery.test[index]).collect()
}

/// Draws the code of a class as a picture of 12 rows.
pub(super) fn draw_code(sheet: &Sheet, at: (i32, i32), codes: ArrayView2<f32>, class: usize) {
    let code = codes.row(class);
    let plane = code.into_shape_with_order((12, 7)).expect("a code has 84 numbers, row after row");
    sheet.picture(at, &shades::signed(1.0, plane), UNIT);
}

/// Draws a pattern, F6, and all penalties.
fn draw_row(sheet: &Sheet, shown: &Shown, walk: &Walk) -> Drawn {
    sheet.picture((0, 0), &shown.image.inverted(), PIXEL);
    sheet.picture((F6, 0), walk.f6(), UNIT);
    (0..).zip(walk.penalties.iter()).try_for_each(|(class, penalty)| {
        let (words, colour) = match (penalty == walk.least(), class as usize == shown.label) {
            (true, true) => (Words::Heading, BLUE),
            (true, false) => (Words::Heading, VERMILION),
            _ => (Words::Label, GREY),
        };
        let at = (LEFT + class * COLUMN + COLUMN / 2, 12 * UNIT / 2);
        sheet.write(at, brief(penalty), words.style(colour, CENTRE))
    })
}
