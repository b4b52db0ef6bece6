//! F6 as a picture, beside the codes that it is compared with.

use super::axis::brief;
use super::error::FigureError;
use super::findings::arm_source;
use super::look::{self, Area, BLUE, Drawn, Frame, GREY, INK, Page, Pictures, VERMILION, Words};
use super::shades;
use crate::experiment::{Finished, Model, f6};
use ndarray::{ArrayView1, ArrayView2};
use plotters::prelude::RGBColor;
use plotters::style::text_anchor::{HPos, VPos};

/// Units of the page for a pattern's pixel, and for a unit of F6.
const SCALE: (i32, i32) = (3, 8);
/// From one pattern to the next.
const STEP: i32 = 120;
/// From the penalty of one class to the next.
const COLUMN: i32 = 138;
/// Where the penalties begin.
const LEFT: i32 = 320;
/// Where the first pattern begins, below the codes.
const TOP: i32 = 200;

/// Draws the figure of an arm that has codes.
///
/// # Errors
/// When its network cannot be read.
pub fn draw(run: &Finished, arm: usize) -> Result<Option<Page>, FigureError> {
    let model = run.model(arm)?;
    let Some(codes) = model.codes().filter(|codes| codes.ncols() == 84) else { return Ok(None) };
    let frame = Frame {
        title: "F6, and the code it looks most like".into(),
        reading: "A row for the first test pattern of each class: the pattern, the 84 units of F6 as a \
                  picture of 7 x 12, and its penalty for each class, from the squared distance to the code \
                  above. The smallest wins: blue if it is the right one, orange if not."
            .into(),
        caption: arm_source(run, arm, ", after the last pass"),
    };
    let firsts = firsts(run);
    look::illustrated(TOP + firsts.len() as i32 * STEP, &frame, |area, pictures| {
        for (class, code) in (0..).zip(codes.outer_iter()) {
            let x = LEFT + class * COLUMN + COLUMN / 2;
            area.draw_text(&class.to_string(), &Words::Label.style(INK, HPos::Center, VPos::Top), (x, 0))?;
            pictures.put(area, &shades::signed(1.0, plane(&code)), (x - 7 * SCALE.1 / 2, 50), SCALE.1);
        }
        area.draw_text("F6", &Words::Label.style(INK, HPos::Left, VPos::Bottom), (150, TOP - 14))?;
        (0..)
            .zip(firsts)
            .try_for_each(|(n, index)| Row { area, pictures, y: TOP + n * STEP }.draw(run, &model, index))
    })
    .map(Some)
}

/// The first test pattern of each class.
pub fn firsts(run: &Finished) -> Vec<usize> {
    run.gallery.samples.iter().filter_map(|class| class.first().copied()).collect()
}

/// The 84 numbers of a code as a plane of 12 x 7.
pub fn plane<'a>(code: &ArrayView1<'a, f32>) -> ArrayView2<'a, f32> {
    code.into_shape_with_order((12, 7)).expect("a code has 84 numbers, row after row")
}

/// A pattern's row.
struct Row<'a, 'b> {
    area: &'a Area<'b>,
    pictures: &'a Pictures,
    y: i32,
}

impl Row<'_, '_> {
    fn draw(&self, run: &Finished, model: &Model, index: usize) -> Drawn {
        let shown = &run.gallery.test[&index];
        self.pictures.put(self.area, &shown.image.inverted(), (0, self.y), SCALE.0);
        let states = model.fprop(&model.pattern(shown.image.0.view()));
        let picture = f6(states.last(), model.squashing().amplitude as f32);
        picture.iter().for_each(|f6| self.pictures.put(self.area, &f6.inverted(), (150, self.y), SCALE.1));
        let least = states.output.iter().fold(f32::INFINITY, f32::min);
        (0..).zip(states.output.iter()).try_for_each(|(class, penalty)| {
            let (words, colour) = match (penalty == least, class == shown.label) {
                (true, true) => (Words::Heading, BLUE),
                (true, false) => (Words::Heading, VERMILION),
                _ => (Words::Label, GREY),
            };
            self.number(class as i32, penalty, words, colour)
        })
    }

    fn number(&self, class: i32, penalty: f32, words: Words, colour: RGBColor) -> Drawn {
        let at = (LEFT + class * COLUMN + COLUMN / 2, self.y + 12 * SCALE.1 / 2);
        Ok(self.area.draw_text(&brief(penalty), &words.style(colour, HPos::Center, VPos::Center), at)?)
    }
}
