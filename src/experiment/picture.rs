//! Pictures from outside: a drawing, a scan, a photograph of one digit.

use super::error::ExperimentError;
use crate::files::read_bounded;
use crate::section3::database::normalisation::{ink, normalise};
use crate::section3::database::recognise;
use image::{DynamicImage, ImageDecoder, ImageError, ImageFormat, ImageReader, Limits};
use ndarray::Array2;
use std::io::Cursor;
use std::path::Path;

/// Most pixels of a picture: the cameras of telephones have 12 to 50 million.
pub const MOST_PIXELS: u64 = 50_000_000;
/// Most pixels of a row or column.
const MOST_SIDE: u32 = 32_768;
/// Most bytes of a picture's file: 24 million pixels without compression have 72 MB.
const MOST_BYTES: u64 = 128 << 20;
/// Most bytes that a decoder takes for anything but pixels. A few kilobytes of a colour profile can unpack into gigabytes.
const BESIDE_PIXELS: u64 = 8 << 20;

/// Reads a PNG, JPEG or PGM file and gives its digit the treatment that the database got: 28 x 28 pixels, 0 is paper
/// (III-A).
///
/// # Errors
/// When the file cannot be read, is not a picture, is too large, or shows nothing.
pub fn read(path: &Path) -> Result<Array2<u8>, ExperimentError> {
    let bytes = read_bounded(path, MOST_BYTES).map_err(|cause| {
        let advice = "name a PNG, JPEG or PGM file";
        ExperimentError::File(format!("cannot read {} ({cause}): {advice}", path.display()))
    })?;
    parse(&bytes, MOST_PIXELS).map_err(|fault| ExperimentError::File(format!("{}: {fault}", path.display())))
}

/// The same from the bytes of the file, for a picture of at most `most` pixels.
///
/// # Errors
/// When it is not a picture, has more pixels, or shows nothing: which of these.
pub fn parse(bytes: &[u8], most: u64) -> Result<Array2<u8>, String> {
    let image = decode(bytes, most)?;
    normalise(ink(grey(image).view()).view()).map_err(|error| error.to_string())
}

/// Decodes a picture. Its size is looked at before any pixel is.
fn decode(bytes: &[u8], most: u64) -> Result<DynamicImage, String> {
    let fault = |error| match error {
        ImageError::Limits(_) => {
            format!("the picture is too large ({error}): save it again, without its colour profile")
        }
        _ => format!("not a whole PNG, JPEG or PGM picture ({error}): save or copy it again"),
    };
    let Ok(format @ (ImageFormat::Png | ImageFormat::Jpeg | ImageFormat::Pnm)) = image::guess_format(bytes)
    else {
        return Err(foreign(bytes));
    };
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    reader.limits(memory(BESIDE_PIXELS));
    let mut decoder = reader.into_decoder().map_err(fault)?;
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > most || width.max(height) > MOST_SIDE {
        return Err(format!(
            "the picture is too large: {width} x {height} pixels; at most {} million are read, {MOST_SIDE} in a row or \
             column: make it smaller, 1000 pixels wide for example",
            most / 1_000_000
        ));
    }
    decoder.set_limits(memory(decoder.total_bytes() + BESIDE_PIXELS)).map_err(fault)?;
    DynamicImage::from_decoder(decoder).map_err(fault)
}

/// The fault of a file that does not begin as a picture.
fn foreign(bytes: &[u8]) -> String {
    let found = match recognise(bytes) {
        _ if bytes.is_empty() => "an empty file, with 0 bytes",
        Some(found) => found,
        None => "a file of an unknown kind",
    };
    format!("this is {found}, not a PNG, JPEG or PGM picture: save the picture as one of these")
}

/// Limits for a picture that takes so many bytes.
fn memory(bytes: u64) -> Limits {
    let mut limits = Limits::default();
    limits.max_alloc = Some(bytes);
    limits
}

/// Limits for pictures of at most `side` x `side` pixels of four bytes.
pub fn limits(side: u32) -> Limits {
    let mut limits = memory(4 * u64::from(side).pow(2) + BESIDE_PIXELS);
    (limits.max_image_width, limits.max_image_height) = (Some(side), Some(side));
    limits
}

/// Grey levels; where the picture is transparent, white paper shows through.
fn grey(image: DynamicImage) -> Array2<u8> {
    let pixels = image.into_luma_alpha8();
    let (width, height) = pixels.dimensions();
    let (levels, _) = pixels.as_raw().as_chunks();
    let on_white = |&[level, alpha]: &[u8; 2]| {
        let [level, alpha] = [level, alpha].map(u32::from);
        ((level * alpha + 255 * (255 - alpha)) / 255) as u8
    };
    let levels = levels.iter().map(on_white).collect();
    Array2::from_shape_vec((height as usize, width as usize), levels).expect("a level for each pixel")
}
