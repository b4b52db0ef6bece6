#![doc = mathdoc::page!("mod.md", "../../../docs/figures/steps.svg")]

mod colour;
mod file;
mod ink;
mod light;
mod pieces;
mod rules;

use super::error::ExperimentError;
use crate::section3::database::field::field;
use crate::section3::database::normalisation::{NormalisationError, normalise};
pub use file::{MOST_PIXELS, is_picture, limits};
use ndarray::Array2;
use pieces::NoCharacter;
use std::path::Path;

/// What a picture is expected to show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shown {
    /// One character.
    Character,
    /// A string of characters.
    Line,
}

/// A picture after one of the steps from file to pattern: 28 x 28 pixels in the end, and pixels of the picture, perhaps reduced,
/// before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The name of the step.
    pub name: &'static str,
    /// Levels as one sees them, from 0 (black) to 255 (white); ink is dark.
    pub image: Array2<u8>,
}

/// The steps so far, if they are wanted.
#[derive(Default)]
struct Steps(Option<Vec<Step>>);

impl Steps {
    fn note(&mut self, name: &'static str, image: impl FnOnce() -> Array2<u8>) {
        if let Some(steps) = &mut self.0 {
            steps.push(Step { name, image: image() });
        }
    }

    /// Notes ink, of which 255 is the strongest.
    fn note_ink(&mut self, name: &'static str, ink: impl FnOnce() -> Array2<u8>) {
        self.note(name, || ink().mapv(|ink| 255 - ink));
    }
}

/// Reads a picture and gives its digit the treatment that the database got: 28 x 28 pixels, 0 is paper (III-A).
///
/// # Errors
/// When the file cannot be read, is not a picture, is too large, or shows nothing, or more than one character.
pub fn read(path: &Path) -> Result<Array2<u8>, ExperimentError> {
    file::opened(path, |bytes| parse(bytes, MOST_PIXELS))
}

/// Reads a picture of a string of characters and gives its field the treatment of a string: 32 rows, 0 is paper ([`field`]).
///
/// # Errors
/// As for [`read`], but for several characters.
pub fn read_field(path: &Path) -> Result<Array2<u8>, ExperimentError> {
    file::opened(path, parse_field)
}

/// [`read`], with the picture after every step, up to the fault if there is one.
///
/// # Errors
/// When the file cannot be read, is not a picture, or is too large.
pub fn explain(path: &Path) -> Result<Explained, ExperimentError> {
    file::opened(path, explained)
}

/// The steps of a picture, and its pattern or the fault.
pub type Explained = (Vec<Step>, Result<Array2<u8>, String>);

/// [`explain`] from the bytes of the file.
///
/// # Errors
/// When it is not a picture, or is too large.
pub fn explained(bytes: &[u8]) -> Result<Explained, String> {
    let mut steps = Steps(Some(vec![]));
    let form = formed(file::open(bytes, MOST_PIXELS)?, &mut steps);
    if let Ok(form) = &form {
        steps.note_ink("28 x 28", || form.clone());
    }
    Ok((steps.0.unwrap_or_default(), form))
}

/// [`read`] from the bytes of the file, for a picture of at most `most` pixels.
///
/// # Errors
/// When it is not a picture, has more pixels, or shows nothing, or more than one character: which of these.
pub fn parse(bytes: &[u8], most: u64) -> Result<Array2<u8>, String> {
    formed(file::open(bytes, most)?, &mut Steps::default())
}

/// [`read_field`] from the bytes of the file.
///
/// # Errors
/// As for [`parse`].
pub fn parse_field(bytes: &[u8]) -> Result<Array2<u8>, String> {
    let ink = inked(file::open(bytes, MOST_PIXELS)?, Shown::Line, &mut Steps::default())?;
    field(ink.view()).map_err(|error| error.to_string())
}

fn formed(picture: file::Opened, steps: &mut Steps) -> Result<Array2<u8>, String> {
    let ink = inked(picture, Shown::Character, steps)?;
    normalise(ink.view()).map_err(|error| error.to_string())
}

/// The ink of what a picture shows.
fn inked(picture: file::Opened, shown: Shown, steps: &mut Steps) -> Result<Array2<u8>, String> {
    let levels = colour::levels(picture.image);
    let (rows, columns) = levels.dim();
    ink::ink(levels, picture.is_lossy, shown, steps).map_err(|fault| match fault {
        NoCharacter::Blank => NormalisationError::NoInk { rows, columns }.to_string(),
        NoCharacter::OnlyFurniture => {
            "no character in the picture: what differs from the paper are lines, edges or specks; show one character, with paper \
             all around it"
                .into()
        }
        NoCharacter::Several(count) => {
            format!("{count} characters in the picture: show one digit alone, or read them as a string (`experiment read`)")
        }
    })
}
