//! The steps from a picture to a pattern (`experiment classify PICTURE --explain FILE`).

use super::FigureError;
use super::kit::*;
use crate::experiment::Grey;
use crate::experiment::picture::{self, Step};
use image::{GrayImage, Luma, imageops};

/// Pictures in a row.
const ACROSS: usize = 4;
/// The distance from one picture to the next.
const STEP: i32 = 434;
/// Room for a picture.
const SIDE: u32 = 408;
/// Room below a picture.
const BELOW: i32 = 56;
/// A 5 on squared paper, half in a shadow, beside the edge of a table; drawn by a program.
const EXAMPLE: (&str, &[u8]) = ("docs/pictures/5.jpg", include_bytes!("../../docs/pictures/5.jpg"));

/// Draws the steps of the example.
///
/// # Errors
/// When the page is too small.
pub fn example() -> Drawn<Page> {
    let (name, bytes) = EXAMPLE;
    let (steps, form) = picture::explained(bytes).map_err(FigureError::Missing)?;
    form.map_err(FigureError::Missing)?;
    draw(&steps, None, &format!("cargo run --bin experiment -- classify {name} --explain steps"))
}

/// Draws the picture after each step, and the fault that ended them, if there is one.
///
/// # Errors
/// When the page is too small.
pub fn draw(steps: &[Step], fault: Option<&str>, caption: &str) -> Drawn<Page> {
    let title = if fault.is_some() { "Refused" } else { "From a picture to a pattern" };
    let reading =
        fault.unwrap_or("The picture after each step. The first shows the levels as they were opened.");
    let pictures: Vec<(Grey, i32)> = steps.iter().map(fitted).collect();
    let heights: Vec<i32> = pictures.iter().map(|(picture, scale)| size(picture, *scale).1 + BELOW).collect();
    let rows: Vec<i32> =
        heights.chunks(ACROSS).map(|row| *row.iter().max().expect("a row has pictures")).collect();
    page(rows.iter().sum(), Frame::new(title, reading, caption), |sheet| {
        for (n, (step, (picture, scale))) in steps.iter().zip(&pictures).enumerate() {
            let (x, y) = ((n % ACROSS) as i32 * STEP, rows[..n / ACROSS].iter().sum());
            let (wide, high) = size(picture, *scale);
            sheet.picture((x, y), picture, *scale);
            sheet.line(&around([(x, y), (x + wide, y + high)]), FAINT.stroke_width(2))?;
            sheet.write(
                (x, y + high + 6),
                format!("{}. {}", n + 1, step.name),
                Words::Small.style(INK, TOP_LEFT),
            )?;
        }
        Ok(())
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
