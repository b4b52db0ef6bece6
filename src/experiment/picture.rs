//! Pictures from outside: a drawing, a scan, a photograph of one digit.

use super::error::ExperimentError;
use super::files;
use crate::section3::database::normalisation::{ink, normalise};
use image::{DynamicImage, ImageError, ImageReader, Limits};
use ndarray::Array2;
use std::io::Cursor;
use std::path::Path;

/// Reads a PNG, JPEG or PGM file and gives its digit the treatment that the database got: 28 x 28 pixels, 0 is paper
/// (III-A).
///
/// # Errors
/// When the file cannot be read, is no picture, or shows nothing.
pub fn read(path: &Path) -> Result<Array2<u8>, ExperimentError> {
    parse(&files::read(path)?, Limits::default())
        .map_err(|fault| ExperimentError::File(format!("{}: {fault}", path.display())))
}

/// The same from the bytes of the file, unless the picture is larger than the limits.
///
/// # Errors
/// When it is no picture, too large, or shows nothing: which of it.
pub fn parse(bytes: &[u8], limits: Limits) -> Result<Array2<u8>, String> {
    let fault = |error: ImageError| match error {
        ImageError::Limits(_) => format!("too large ({error})"),
        _ => format!("not a PNG, JPEG or PGM picture ({error})"),
    };
    let reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format();
    let mut reader = reader.map_err(|error| fault(error.into()))?;
    reader.limits(limits);
    let image = reader.decode().map_err(fault)?;
    normalise(ink(grey(&image).view()).view()).map_err(|error| error.to_string())
}

/// Limits for pictures of at most `side` x `side` pixels.
pub fn limits(side: u32) -> Limits {
    let mut limits = Limits::default();
    (limits.max_image_width, limits.max_image_height) = (Some(side), Some(side));
    limits
}

/// Grey levels; where the picture is transparent, white paper shows through.
fn grey(image: &DynamicImage) -> Array2<u8> {
    let pixels = image.to_luma_alpha8();
    let (width, height) = pixels.dimensions();
    Array2::from_shape_fn((height as usize, width as usize), |(y, x)| {
        let [level, alpha] = pixels.get_pixel(x as u32, y as u32).0.map(u32::from);
        ((level * alpha + 255 * (255 - alpha)) / 255) as u8
    })
}
