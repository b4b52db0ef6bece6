//! Patterns under elastic distortions alone.

use super::fig_7::{COPIES, SEED, copies, patterns};
use super::kit::*;
use crate::experiment::Finished;
use crate::section3::distortions::Amounts;
use crate::today::elastic::Bent;

/// The largest displacement: twice that of arm `today`, so that it can be seen.
const PIXELS: f64 = 1.2;

/// Draws the figure from the first training pattern of each class.
///
/// # Errors
/// When the page is too small.
pub fn draw(run: &Finished) -> Drawn<Page> {
    let frame = Frame::new(
        "Elastic distortions",
        format!(
            "Left: ten training patterns. Right: {COPIES} copies of each, bent by up to {PIXELS} pixels, twice as far as \
             in training. Each part moves on its own: no digit is slanted, moved or enlarged as a whole."
        ),
        run_source(run, &format!("elastic distortions of {PIXELS} pixels, seed {SEED}")),
    );
    let patterns = patterns(run);
    copies(
        &patterns,
        frame,
        "bent",
        &Bent { patterns: &patterns, amounts: Amounts::Strength(0.0), pixels: PIXELS, seed: SEED },
    )
}
