//! Fig. 7 of the paper: distorted patterns.

use super::kit::*;
use super::shades::pattern;
use crate::experiment::Finished;
use crate::section3::database::Patterns;
use crate::section3::distortions::Amounts;
use crate::section3::presentation::{Distorted, Presentation};
use ndarray::{Array3, Axis, stack};

/// Copies of each pattern beside the pattern itself.
pub(super) const COPIES: usize = 15;
/// The distribution of their distortions.
const AMOUNTS: Amounts = Amounts::FIG_7;
/// The seed of the distortions.
pub(super) const SEED: u64 = 1;
/// Units of the page for a pixel.
const SCALE: i32 = 3;
/// The distance from one pattern to the next.
const STEP: i32 = 32 * SCALE + 6;
/// The gap between the patterns and their copies.
const GAP: i32 = 40;

/// Draws the figure from the first training pattern of each class.
///
/// # Errors
/// When the page is too small.
pub fn draw(run: &Finished) -> Drawn<Page> {
    let frame = Frame::new(
        "Distorted patterns (Fig. 7)",
        format!(
            "Left: ten training patterns. Right: {COPIES} distorted copies of each; translation, scale, squeezing and \
             shear are drawn at random (deviation 20). A reader still recognises the digit, and so should the network."
        ),
        run_source(run, &format!("distortions drawn as the printed Fig. 7 has them, seed {SEED}")),
    );
    let patterns = patterns(run);
    copies(&patterns, frame, "distorted", &Distorted { patterns: &patterns, amounts: AMOUNTS, seed: SEED })
}

/// Draws patterns, and beside each of them [`COPIES`] copies made by a presentation.
pub(super) fn copies(
    patterns: &Patterns,
    frame: Frame,
    made: &str,
    presentation: &dyn Presentation<f32>,
) -> Drawn<Page> {
    page(patterns.len() as i32 * STEP + Words::Small.line(), frame, |sheet| {
        sheet.write((0, 0), "original", Words::Small.style(GREY, TOP_LEFT))?;
        sheet.write((STEP + GAP, 0), made, Words::Small.style(GREY, TOP_LEFT))?;
        let mut input = Array3::<f32>::zeros((1, 32, 32));
        for number in 0..patterns.len() * (COPIES + 1) {
            presentation.show(number, &mut input);
            let (copy, p) = ((number / patterns.len()) as i32, (number % patterns.len()) as i32);
            let x = copy * STEP + if copy > 0 { GAP } else { 0 };
            sheet.picture((x, Words::Small.line() + 6 + p * STEP), &pattern(&input), SCALE);
        }
        Ok(())
    })
}

/// The first training patterns of a run as patterns of a database.
pub(super) fn patterns(run: &Finished) -> Patterns {
    let shown = &run.gallery.training;
    let images: Vec<_> = shown.iter().map(|shown| shown.image.0.view()).collect();
    let images = stack(Axis(0), &images).expect("a run's images are checked when it is read");
    let labels = shown.iter().map(|shown| shown.label as u8).collect();
    Patterns::new(images, labels).expect("as many labels as images, each a digit")
}
