//! Patterns under elastic distortions alone.

use super::fig_7::{COPIES, SEED, copies, patterns};
use super::kit::*;
use crate::experiment::Finished;
use crate::today::elastic::Bent;

/// How far they are bent: twice as far as in arm `today`, to be seen.
const PIXELS: f64 = 1.2;

/// Draws the figure from the first training pattern of each class.
///
/// # Errors
/// When there is no room on the page.
pub fn draw(run: &Finished) -> Drawn<Page> {
    let frame = Frame::new(
        "The same hand, a little less steady",
        format!(
            "Left: ten training patterns. Right: {COPIES} copies of each, bent by up to {PIXELS} pixels, twice as far as \
             in training. Each part goes its own way: nothing is slanted, moved or made larger as a whole."
        ),
        run_source(run, &format!("elastic distortions of {PIXELS} pixels, seed {SEED}")),
    );
    let patterns = patterns(run);
    copies(&patterns, frame, "bent", &Bent { patterns: &patterns, strength: 0.0, pixels: PIXELS, seed: SEED })
}
