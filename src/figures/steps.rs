//! The steps from a picture to a pattern (`experiment classify PICTURE --explain FILE`).

use super::kit::*;
use crate::experiment::Grey;
use crate::experiment::picture::Step;
use image::{GrayImage, Luma, imageops};

/// Pictures in a row.
const ACROSS: i32 = 4;
/// The distance from one picture to the next.
const STEP: i32 = 450;
/// Room for a picture.
const SIDE: u32 = 410;

/// Draws the picture after each step, and the fault that ended them, if there is one.
///
/// # Errors
/// When the page is too small.
pub fn draw(steps: &[Step], fault: Option<&str>, caption: &str) -> Drawn<Page> {
    let title = if fault.is_some() { "Refused" } else { "From a picture to a pattern" };
    let reading = fault.unwrap_or(
        "Each picture is the result of the step named below it. Paper is white, ink is black; the first picture is what was opened.",
    );
    let rows = (steps.len() as i32 + ACROSS - 1) / ACROSS;
    page(rows * STEP, Frame::new(title, reading, caption), |sheet| {
        (0..).zip(steps).try_for_each(|(n, step)| {
            let (x, y) = (n % ACROSS * STEP, n / ACROSS * STEP);
            let (picture, scale) = fitted(step);
            let (wide, high) = size(&picture, scale);
            sheet.picture((x, y), &picture, scale);
            sheet.line(&around([(x, y), (x + wide, y + high)]), FAINT.stroke_width(2))?;
            sheet.write(
                (x, y + high + 6),
                format!("{}. {}", n + 1, step.name),
                Words::Small.style(INK, TOP_LEFT),
            )
        })
    })
}

/// The picture as large as its room allows: whole units for each pixel, or fewer pixels.
fn fitted(step: &Step) -> (Grey, i32) {
    let (rows, columns) = step.image.dim();
    let longer = rows.max(columns).max(1) as u32;
    if longer <= SIDE {
        return (Grey(step.image.clone()), (SIDE / longer) as i32);
    }
    let image =
        GrayImage::from_fn(columns as u32, rows as u32, |x, y| Luma([step.image[[y as usize, x as usize]]]));
    let side = |length: usize| (length as u32 * SIDE / longer).max(1);
    let small = imageops::thumbnail(&image, side(columns), side(rows));
    let level = |(y, x): (usize, usize)| small.get_pixel(x as u32, y as u32).0[0];
    (Grey(ndarray::Array2::from_shape_fn((side(rows) as usize, side(columns) as usize), level)), 1)
}
