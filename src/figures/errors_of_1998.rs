//! The 82 patterns of Fig. 8, with the answers of the network of 1998 and of others.

use super::kit::*;
use crate::archaeology::fig8::fig_8;
use crate::experiment::Grey;
use crate::section3::database::Patterns;
use crate::section3::evaluation::Misclassified;

/// Patterns in a row.
const COLUMNS: usize = 12;
/// Units of the page for a pixel.
const SCALE: i32 = 4;
/// The distance from one pattern to the next, to the right.
const STEP: i32 = 142;

/// Draws the figure: below each pattern its label and the answer of 1998, then the answer of each network that is wrong, too.
/// `test` are MNIST's test patterns.
///
/// # Errors
/// When the page is too small.
pub fn draw(test: &Patterns, networks: &[(String, Vec<Misclassified>)]) -> Drawn<Page> {
    let printed = fig_8();
    let names: Vec<&str> = networks.iter().map(|(name, _)| name.as_str()).collect();
    let frame = Frame::new(
        "The 82 errors of 1998",
        format!(
            "The test patterns that the network of 1998 got wrong (Fig. 8), drawn again from MNIST: true label → its answer. \
             Below, in the order {}, the answers of our networks where they are wrong as well: blue if it is the same wrong \
             answer, red if it is another; a dot where they are right.",
            names.join(", ")
        ),
        "paper/fig8.csv; MNIST; experiment versus-1998 --figure FILE.",
    );
    let line = Words::Small.line();
    let height = 28 * SCALE + 4 + 2 * line + 12;
    page(printed.len().div_ceil(COLUMNS) as i32 * height, frame, |sheet| {
        for (n, error) in printed.iter().enumerate() {
            let cell = sheet.from(((n % COLUMNS) as i32 * STEP, (n / COLUMNS) as i32 * height));
            cell.picture((0, 0), &Grey(test.image(error.index).to_owned()).inverted(), SCALE);
            let (middle, top) = (14 * SCALE, 28 * SCALE + 4);
            cell.write(
                (middle, top),
                format!("{} → {}", error.label, error.answer),
                Words::Small.style(INK, TOP),
            )?;
            let step = 28;
            let first = middle - step * (networks.len() as i32 - 1) / 2;
            for (place, (_, wrong)) in networks.iter().enumerate() {
                let answer = wrong.iter().find(|own| own.index == error.index).map(|own| own.answer);
                let (text, colour) = match answer {
                    None => ("·".to_string(), GREY),
                    Some(answer) if answer == error.answer => (answer.to_string(), BLUE),
                    Some(answer) => (answer.to_string(), VERMILION),
                };
                cell.write((first + place as i32 * step, top + line), text, Words::Small.style(colour, TOP))?;
            }
        }
        Ok(())
    })
}
