//! The nine inputs of Fig. 13: the answers of 1998, and those of our networks to the same pixels.

use super::kit::*;
use super::shades::{self, Walk};
use crate::archaeology::fig13::inputs;
use crate::archaeology::rasters::{FIG_13_ANSWERS, Panel as Printed, fig_13};
use crate::archaeology::verdicts::{code_distances, f6_states};
use crate::experiment::{Grey, Model};
use ndarray::Array2;
use std::path::Path;

/// Our networks: the name of each with the program, and the names on the page.
const NETWORKS: [(&str, [&str; 2]); 2] =
    [("rbf", ["rbf", "ours"]), ("rbf-front-1998", ["C1 to S4", "of 1998"])];
/// The rows of the paper's grid, in words.
const KINDS: [&str; 3] = ["unusual", "noisy", "broken"];
/// The width of the names of rows.
const LEFT: i32 = 176;
/// The distance from one panel to the next, and the more from one row of the paper's grid to the next.
const STEP: (i32, i32) = (164, 28);
/// The height of the inputs with the words above them, and of each row of answers.
const ROWS: (i32, i32) = (232, 186);
/// Units of the page for a pixel of an input, and for a unit of F6.
const SCALES: (i32, i32) = (5, 12);
/// The penalty of the palest digit.
const PALEST: f64 = 80.0;

/// An answer, its penalty, and F6.
struct Reading {
    f6: Grey,
    answer: usize,
    penalty: f64,
    /// The sign before the penalty.
    sign: &'static str,
}

/// Draws the figure; it needs no study.
///
/// # Errors
/// When the page is too small.
pub fn draw() -> Drawn<Page> {
    let inputs = inputs();
    let printed: Vec<Reading> = fig_13().iter().zip(FIG_13_ANSWERS).map(Reading::printed).collect();
    let ours = NETWORKS.map(|(name, _)| {
        let model = Model::find(Path::new(name)).expect("it comes with the program");
        inputs.iter().map(|input| Reading::of(&Walk::through(&model, input))).collect::<Vec<_>>()
    });
    let right = ours.each_ref().map(|ours| {
        ours.iter().zip(&printed).filter(|(ours, printed)| ours.answer == printed.answer).count()
    });
    let frame = Frame::new(
        "The nine inputs of Fig. 13, then and now",
        format!(
            "The pixels are those of the paper. Below: F6 and the answer of 1998, of our network rbf, and of C5 and F6 trained \
             by us on the layers C1 to S4 of 1998. Ours read {} and {} of the nine as 1998 did; neither was trained with \
             noise, as the network of 1998 was. The paler a digit, the larger its penalty, which stands below it; orange is \
             another answer than that of 1998. Fig. 13 shows F6 between −1 and 1, so its penalties are lower bounds.",
            right[0], right[1]
        ),
        "paper/rasters.safetensors; models/rbf.safetensors, models/rbf-front-1998.safetensors.",
    );
    page(ROWS.0 + 3 * ROWS.1, frame, |sheet| {
        draw_names(sheet)?;
        for (n, input) in inputs.iter().enumerate() {
            let sheet = sheet.from((LEFT + n as i32 * STEP.0 + n as i32 / 3 * STEP.1, 0));
            if n % 3 == 0 {
                sheet.write((0, 0), KINDS[n / 3], Words::Label.style(INK, TOP_LEFT))?;
            }
            let picture = shades::pattern(input);
            let (wide, high) = size(&picture, SCALES.0 - 1);
            sheet.picture((0, 56), &picture, SCALES.0 - 1);
            sheet.line(&around([(0, 56), (wide, 56 + high)]), FAINT.stroke_width(2))?;
            let rows = [&printed[n], &ours[0][n], &ours[1][n]];
            (0..).zip(rows).try_for_each(|(row, reading)| {
                reading.draw(&sheet.from((0, ROWS.0 + row * ROWS.1)), printed[n].answer)
            })?;
        }
        Ok(())
    })
}

fn draw_names(sheet: &Sheet) -> Drawn {
    let names = [["1998", "Fig. 13"], NETWORKS[0].1, NETWORKS[1].1];
    sheet.write((0, 56), "input", Words::Label.style(INK, TOP_LEFT))?;
    for (row, [name, more]) in (0..).zip(names) {
        let top = ROWS.0 + row * ROWS.1;
        sheet.write((0, top), name, Words::Label.style(INK, TOP_LEFT))?;
        sheet.write((0, top + Words::Label.line()), more, Words::Small.style(GREY, TOP_LEFT))?;
    }
    Ok(())
}

impl Reading {
    fn printed((panel, answer): (&Printed, u8)) -> Self {
        let states = f6_states(&panel.palette, &panel.f6);
        let penalty = code_distances(&states)[usize::from(answer)];
        let states = states.iter().map(|&state| state as f32).collect();
        let f6 = Array2::from_shape_vec((12, 7), states).expect("F6 has 84 units");
        Self { f6: shades::signed(1.0, f6.view()), answer: answer.into(), penalty, sign: "≥ " }
    }

    fn of(walk: &Walk) -> Self {
        let (answer, penalty) = (walk.penalties.nearest(), f64::from(walk.least()));
        Self { f6: walk.f6().clone(), answer, penalty, sign: "" }
    }

    fn draw(&self, sheet: &Sheet, printed: usize) -> Drawn {
        let (wide, high) = size(&self.f6, SCALES.1 - 2);
        sheet.picture((0, 0), &self.f6, SCALES.1 - 2);
        sheet.line(&around([(0, 0), (wide, high)]), INK.stroke_width(2))?;
        let strength = 1.0 - 0.75 * (self.penalty / PALEST).min(1.0);
        let colour = if self.answer == printed { INK } else { VERMILION };
        sheet.write((wide + 14, 0), self.answer, Words::Title.style(shade(colour, strength), TOP_LEFT))?;
        let penalty = format!("{}{}", self.sign, brief(self.penalty as f32));
        sheet.write((0, high + 8), penalty, Words::Small.style(GREY, TOP_LEFT))
    }
}
