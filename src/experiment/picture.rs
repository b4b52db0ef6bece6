//! Pictures from outside: a drawing, a scan, a photograph of one digit.

use super::error::ExperimentError;
use crate::section3::database::normalisation::{ink, normalise};
use image::{DynamicImage, ImageReader};
use ndarray::Array2;
use std::path::Path;

/// Reads a PNG, JPEG or PGM file and gives its digit the treatment that the database got: 28 x 28 pixels, 0 is paper
/// (III-A).
///
/// # Errors
/// When the file cannot be read, is no picture, or shows nothing.
pub fn read(path: &Path) -> Result<Array2<u8>, ExperimentError> {
    let fault = |fault: String| ExperimentError::Picture { path: path.into(), fault };
    let reader = ImageReader::open(path).and_then(ImageReader::with_guessed_format);
    let reader = reader.map_err(|cause| ExperimentError::Read { path: path.into(), cause })?;
    let image =
        reader.decode().map_err(|error| fault(format!("not a PNG, JPEG or PGM picture ({error})")))?;
    normalise(ink(grey(&image).view()).view()).map_err(|error| fault(error.to_string()))
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
