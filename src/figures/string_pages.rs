//! Fig. 16 to 18 with a string of test digits: cuts, segmentation graph, classes, best path.

use super::kit::*;
use super::{FigureError, reading};
use crate::experiment::{Model, ReadString, picture};
use std::path::Path;

/// The picture: MNIST's test digits 1, 9, 9 and 8 on paper-like grey.
const STRING: (&str, &[u8]) = ("docs/strings/1998.png", include_bytes!("../../docs/strings/1998.png"));

/// Draws the string as the model `strings` reads it; it needs no study.
///
/// # Errors
/// When the picture or the model cannot be read.
pub fn fig_16() -> Drawn<Page> {
    let (name, bytes) = STRING;
    let field = picture::parse_field(bytes).map_err(FigureError::Missing)?;
    let model = Model::find(Path::new("strings"))?;
    let (read, segmentation) = ReadString::of(Path::new(name), field.view(), &model.net)?;
    let caption = format!("cargo run --bin experiment -- read {name} --figure fig-16");
    reading::draw(field.view(), &read, &segmentation, reading::frame(&read, &caption))
}
