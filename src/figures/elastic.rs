//! Patterns under elastic distortions alone.

use super::error::FigureError;
use super::fig_7::{COPIES, copies, patterns};
use super::findings::run_source;
use super::look::{Frame, Page};
use crate::experiment::Finished;
use crate::today::elastic::Bent;

/// How far they are bent: twice as far as in arm `today`, to be seen.
const PIXELS: f64 = 1.2;
/// What they are drawn from.
const SEED: u64 = 1;

/// Draws the figure from the first training pattern of each class.
///
/// # Errors
/// When there is no room on the page.
pub fn draw(run: &Finished) -> Result<Page, FigureError> {
    let shown = &run.gallery.training;
    let patterns = patterns(shown);
    let frame = Frame {
        title: "The same hand, a little less steady".into(),
        reading: format!(
            "Left: ten training patterns. Right: {COPIES} copies of each, bent by up to {PIXELS} pixels, twice as far as \
             in training. Each part goes its own way: nothing is slanted, moved or made larger as a whole."
        ),
        caption: run_source(run, &format!("elastic distortions of {PIXELS} pixels, seed {SEED}")),
    };
    copies(shown, &frame, "bent", &Bent { patterns: &patterns, strength: 0.0, pixels: PIXELS, seed: SEED })
}
