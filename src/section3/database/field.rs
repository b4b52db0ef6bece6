//! III-E: the field of a whole string of characters.

use super::normalisation::{FULL, NormalisationError, crop, darkest, resized};
use ndarray::{Array2, ArrayView2};

/// Rows of the field of a string.
pub const FIELD: usize = 32;
/// The ink of a string is scaled to so many rows of its field (deviation 42).
const LINE: usize = 22;
/// Fainter pixels of a string's image are paper: grain, of which a line of text has more than a character.
const FAINTEST: u8 = 48;
/// Columns of paper on both sides of a string.
const MARGIN: usize = 4;
/// The most columns of a field.
pub const MOST_COLUMNS: usize = 10_000;

/// The field of a string of characters, 32 rows, from an `image` of any size in which 0 is paper and 255 is ink: the ink of the whole
/// string is cropped and scaled to 22 rows, its aspect ratio kept, and set in the middle, with four columns of paper on both sides
/// (III-E: whole fields are normalised, not single characters; [deviation 42](crate::paper::deviations#42-pieces-in-the-networks-field)).
///
/// # Errors
/// When there is no ink at all, or the string is too long for its height.
pub fn field(image: ArrayView2<u8>) -> Result<Array2<u8>, NormalisationError> {
    let (rows, columns) = image.dim();
    let dark = image.mapv(|grey| if grey < FAINTEST { 0 } else { grey });
    let ink = crop(dark.view()).ok_or(NormalisationError::NoInk { rows, columns })?;
    let (rows, columns) = ink.dim();
    let width = (LINE * columns).div_ceil(rows);
    if width + 2 * MARGIN > MOST_COLUMNS {
        return Err(NormalisationError::TooWide { rows, columns });
    }
    let scaled = resized(ink, (LINE, width));
    let gain = (FULL / darkest(&scaled)).max(1.0);
    let mut field = Array2::zeros((FIELD, width + 2 * MARGIN));
    for ((y, x), &grey) in scaled.indexed_iter() {
        field[[(FIELD - LINE) / 2 + y, MARGIN + x]] = (grey * gain).round() as u8;
    }
    Ok(field)
}
