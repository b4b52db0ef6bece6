//! Pictures from outside: a drawing, a scan, a photograph of one digit.

use super::error::ExperimentError;
use super::files;
use crate::section3::database::normalisation::{ink, normalise};
use image::{DynamicImage, ImageReader, Limits};
use ndarray::Array2;
use std::fmt::Display;
use std::io::Cursor;
use std::path::Path;

/// Reads a PNG, JPEG or PGM file and gives its digit the treatment that the database got: 28 x 28 pixels, 0 is paper
/// (III-A).
///
/// # Errors
/// When the file cannot be read, is no picture, or shows nothing.
pub fn read(path: &Path) -> Result<Array2<u8>, ExperimentError> {
    let bytes = files::read(path)?;
    parse(&bytes, Limits::default()).map_err(|fault| ExperimentError::Picture { path: path.into(), fault })
}

/// The same from the bytes of the file, unless it is larger than the limits once it is unpacked.
///
/// # Errors
/// When it is no picture, a larger one, or shows nothing: which of it.
pub fn parse(bytes: &[u8], limits: Limits) -> Result<Array2<u8>, String> {
    let no_picture = |error: &dyn Display| format!("not a PNG, JPEG or PGM picture ({error})");
    let mut reader =
        ImageReader::new(Cursor::new(bytes)).with_guessed_format().map_err(|error| no_picture(&error))?;
    reader.limits(limits);
    let image = reader.decode().map_err(|error| no_picture(&error))?;
    normalise(ink(grey(&image).view()).view()).map_err(|error| error.to_string())
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
