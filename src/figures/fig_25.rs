//! The strings of Fig. 25 and 26: the network of 1998, and ours on the same pixels.

use super::displaced::{Displaced, Position};
use super::kit::*;
use crate::archaeology::fig25;
use crate::archaeology::rasters::WideField;
use crate::archaeology::verdicts::{code_distances, f6_states};
use crate::experiment::{Grey, Model};
use crate::section5::viterbi::best_path;
use crate::section6::reader::StringReader;
use crate::section7::sdnn::{BESIDE, Sdnn};
use ndarray::Array2;
use std::path::Path;

/// The answers that the figures print.
pub const ANSWERS: [&str; 5] = ["2345", "540", "1114", "678", "3514"];
/// Units of the page for a pixel.
const SCALE: i32 = 9;
/// From the strings of 1998 to ours, and the height of the names above.
const STEP: (i32, i32) = (820, 60);
/// Between two strings.
const GAP: i32 = 44;

/// Draws the figure; it needs no study.
///
/// # Errors
/// When the network cannot be read.
pub fn draw() -> Drawn<Page> {
    let model = Model::find(Path::new("sdnn"))?;
    let mut reader = Sdnn::default();
    let strings = fig25::strings();
    let ours: Vec<(Vec<Position>, String)> =
        strings.iter().map(|(_, field)| read(&model, &mut reader, field)).collect();
    let right = ours.iter().zip(ANSWERS).filter(|((_, answer), printed)| answer == printed).count();
    let reading = format!(
        "Left: the printed pictures of F6 at nine positions, four pixels apart, with the printed label where the blank does not \
         win; above, the printed answer. Right: our network on the same pixels. The paler a label, the larger its penalty. Our \
         network reads {right} of the five as printed; another answer is orange."
    );
    let caption = "paper/rasters.safetensors; models/sdnn.safetensors.";
    let frame = Frame::new("The strings of Fig. 25 and 26, then and now", reading, caption);
    let drawings: Vec<Grey> = strings.iter().map(|(_, field)| Grey(field.mapv(|ink| 255 - ink))).collect();
    let printed: Vec<Vec<Position>> = strings.iter().map(|(string, _)| printed(string)).collect();
    let of = |n: usize, positions, answer, colour| Displaced {
        field: &drawings[n],
        beside: BESIDE,
        positions,
        answer,
        colour,
        scale: SCALE,
    };
    let height = of(0, &printed[0], "", INK).height() + GAP;
    page(STEP.1 + height * strings.len() as i32, frame, |sheet| {
        let words = || Words::Label.style(GREY, TOP_LEFT);
        sheet.write((0, 0), "1998", words())?;
        sheet.write((STEP.0, 0), "ours", words())?;
        for n in 0..strings.len() {
            let top = STEP.1 + n as i32 * height;
            of(n, &printed[n], ANSWERS[n], INK).draw(&sheet.from((0, top)))?;
            let (positions, answer) = &ours[n];
            let colour = if answer == ANSWERS[n] { INK } else { VERMILION };
            of(n, positions, answer, colour).draw(&sheet.from((STEP.0, top)))?;
        }
        Ok(())
    })
}

/// What the figure prints: F6 between -1 and 1, and the labels; penalties are lower bounds.
fn printed(string: &WideField) -> Vec<Position> {
    let palette = string.palette();
    let position = |(f6, label): (&Vec<u8>, char)| {
        let states = f6_states(&palette, f6);
        let label = label.to_digit(10).map(|digit| digit as usize);
        let penalty = label.map_or(0.0, |label| code_distances(&states)[label]);
        Position::new(states.iter().map(|&state| state as f32), label, penalty)
    };
    string.f6.iter().zip(string.labels.chars()).map(position).collect()
}

/// The positions of our network, and its answer.
fn read(model: &Model, reader: &mut Sdnn<f32>, field: &Array2<u8>) -> (Vec<Position>, String) {
    let graph = reader.fprop(&model.net, field.view());
    let labels = best_path(&graph).map(|path| graph.labels_of(&path.arcs)).unwrap_or_default();
    let answer = labels.iter().map(u8::to_string).collect();
    (reader.last_states().map(Position::all).unwrap_or_default(), answer)
}
