//! Fig. 7 of the paper: distorted patterns.

use super::error::FigureError;
use super::findings::run_source;
use super::look::{self, Frame, GREY, Page, Words};
use super::shades::pattern;
use crate::experiment::{Finished, Shown};
use crate::section3::database::Patterns;
use crate::section3::presentation::{Distorted, Presentation};
use ndarray::{Array3, Axis, stack};
use plotters::style::text_anchor::{HPos, VPos};

/// Copies of each pattern beside the pattern itself.
pub(super) const COPIES: usize = 15;
/// How strongly they are distorted: as arm `fresh` of study `distortions` has it.
const STRENGTH: f64 = 1.0;
/// What they are drawn from.
const SEED: u64 = 1;
/// Units of the page for a pixel.
const SCALE: i32 = 3;
/// From one pattern to the next.
const STEP: i32 = 32 * SCALE + 6;
/// Between the patterns and their copies.
const GAP: i32 = 40;

/// Draws the figure from the first training pattern of each class.
///
/// # Errors
/// When there is no room on the page.
pub fn draw(run: &Finished) -> Result<Page, FigureError> {
    let shown = &run.gallery.training;
    let patterns = patterns(shown);
    let frame = Frame {
        title: "One pattern, and what else it could have been".into(),
        reading: format!(
            "Fig. 7 of the paper. Left: ten training patterns. Right: {COPIES} distorted copies of each; \
             translation, scale, squeezing and shear are drawn at random (deviation 20). A reader still \
             knows the digit: so should the network."
        ),
        caption: run_source(run, &format!("distortions of strength {STRENGTH}, seed {SEED}")),
    };
    copies(shown, &frame, "distorted", &Distorted { patterns: &patterns, strength: STRENGTH, seed: SEED })
}

/// Draws patterns, and beside each of them [`COPIES`] others that a presentation makes of it.
pub(super) fn copies(
    shown: &[Shown],
    frame: &Frame,
    made: &str,
    presentation: &dyn Presentation<f32>,
) -> Result<Page, FigureError> {
    look::illustrated(shown.len() as i32 * STEP + Words::Small.line(), frame, |area, pictures| {
        let heading = Words::Small.style(GREY, HPos::Left, VPos::Top);
        area.draw_text("as it is", &heading, (0, 0))?;
        area.draw_text(made, &heading, (STEP + GAP, 0))?;
        let mut input = Array3::<f32>::zeros((1, 32, 32));
        for number in 0..shown.len() * (COPIES + 1) {
            presentation.show(number, &mut input);
            let (copy, p) = ((number / shown.len()) as i32, (number % shown.len()) as i32);
            let x = copy * STEP + if copy > 0 { GAP } else { 0 };
            pictures.put(area, &pattern(&input), (x, Words::Small.line() + 6 + p * STEP), SCALE);
        }
        Ok(())
    })
}

/// The same as patterns of a database.
pub(super) fn patterns(shown: &[Shown]) -> Patterns {
    let images: Vec<_> = shown.iter().map(|shown| shown.image.0.view()).collect();
    let images = stack(Axis(0), &images).expect("a run's images are checked when it is read");
    let labels = shown.iter().map(|shown| shown.label as u8).collect();
    Patterns::new(images, labels).expect("as many labels as images, each a digit")
}
