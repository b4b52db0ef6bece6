//! The nine inputs of Fig. 13: the answers of 1998, and those of our networks to the same pixels.

use super::kit::*;
use super::shades;
use crate::archaeology::fig13::inputs;
use crate::archaeology::rasters::{FIG_13_ANSWERS, Panel as Printed, fig_13};
use crate::archaeology::verdicts::{code_distances, f6_states};
use crate::experiment::{Grey, Model};
use crate::section1::Maps;
use ndarray::Array2;
use std::path::Path;

/// Our networks: the name of each with the program, and the names on the page.
const NETWORKS: [(&str, [&str; 2]); 2] =
    [("rbf", ["rbf", "ours"]), ("rbf-front-1998", ["C1 to S4", "of 1998"])];
/// The arms of study `invariance`, and their names on the page.
const ARMS: [(&str, &str); 4] =
    [("plain", "plain"), ("noise", "noise"), ("distorted", "distorted"), ("noise-distorted", "both")];
/// The width of the names of rows.
const LEFT: i32 = 200;
/// The distance from one panel to the next, and the more from one row of the paper's grid to the next.
const STEP: (i32, i32) = (162, 26);
/// The height of the inputs with the words above them, of each row with F6, and of each row of answers alone.
const ROWS: (i32, i32, i32) = (232, 190, 50);
/// Units of the page for a pixel of an input, and for a unit of F6.
const SCALES: (i32, i32) = (4, 10);
/// The penalty of the palest digit.
const PALEST: f64 = 80.0;

/// An answer, its penalty, and F6 between -1 and 1.
struct Reading {
    f6: Grey,
    answer: usize,
    penalty: f64,
    /// The sign before the penalty.
    sign: &'static str,
}

/// Draws the figure from study `invariance`, whose networks read the same inputs.
///
/// # Errors
/// When an arm is missing.
pub fn draw(studies: &Studies) -> Drawn<Page> {
    let findings = studies.get("invariance")?;
    let arms = ARMS.iter().map(|(arm, _)| findings.arm(arm)).collect::<Drawn<Vec<_>>>()?;
    let inputs = inputs();
    let printed: Vec<Reading> = fig_13().iter().zip(FIG_13_ANSWERS).map(Reading::printed).collect();
    let ours = NETWORKS.map(|(name, _)| {
        let model = Model::find(Path::new(name)).expect("it comes with the program");
        inputs.iter().map(|input| Reading::of(&model, input)).collect::<Vec<_>>()
    });
    let frame = Frame::new(
        "The nine inputs of Fig. 13, then and now",
        reading(&ours),
        source(&findings.source(arms.iter().copied())),
    );
    page(ROWS.0 + 3 * ROWS.1 + 4 * ROWS.2 + 16, frame, |sheet| {
        draw_names(sheet)?;
        for (n, (input, printed)) in inputs.iter().zip(&printed).enumerate() {
            let sheet = sheet.from((LEFT + n as i32 * STEP.0 + n as i32 / 3 * STEP.1, 0));
            if n % 3 == 0 {
                let words = Words::Label.style(INK, TOP_LEFT);
                sheet.write((0, 0), format!("row {} of Fig. 13", n / 3 + 1), words)?;
            }
            draw_input(&sheet, input)?;
            for (row, reading) in (0..).zip([printed, &ours[0][n], &ours[1][n]]) {
                reading.draw(&sheet.from((0, ROWS.0 + row * ROWS.1)), printed.answer)?;
            }
            for (row, arm) in (0..).zip(&arms) {
                let sheet = sheet.from((0, ROWS.0 + 3 * ROWS.1 + 16 + row * ROWS.2));
                let answers = arm.runs.iter().filter_map(|run| run.fig_13.get(n));
                (0..).zip(answers).try_for_each(|(seed, &answer)| {
                    sheet.write(
                        (seed * 36, 0),
                        answer,
                        Words::Label.style(colour(answer, printed.answer), TOP_LEFT),
                    )
                })?;
            }
        }
        Ok(())
    })
}

fn reading(ours: &[Vec<Reading>; 2]) -> String {
    let right = |ours: &[Reading]| {
        ours.iter().zip(FIG_13_ANSWERS).filter(|(ours, printed)| ours.answer == usize::from(*printed)).count()
    };
    format!(
        "The pixels are those of the paper. Pictures: F6 between −1 and 1, of 1998, of our network rbf, and of C5 and F6 \
         trained by us on the layers C1 to S4 of 1998. The paler a digit, the larger its penalty, which stands below F6; for \
         1998 it is a lower bound, since states beyond ±1 look like ±1. Orange is another answer than that of 1998: ours read \
         {} and {} of the nine alike. Below, the answers of networks trained on plain patterns, with noise as in 1998, with \
         distortions and with both, a digit for each seed.",
        right(&ours[0]),
        right(&ours[1])
    )
}

fn source(study: &str) -> String {
    format!("paper/rasters.safetensors; models/rbf.safetensors, models/rbf-front-1998.safetensors.\n{study}")
}

/// The colour of an answer.
fn colour(answer: usize, printed: usize) -> RGBColor {
    if answer == printed { INK } else { VERMILION }
}

fn draw_names(sheet: &Sheet) -> Drawn {
    let names = [["1998", "Fig. 13"], NETWORKS[0].1, NETWORKS[1].1];
    let (label, small) = (|| Words::Label.style(INK, TOP_LEFT), || Words::Small.style(GREY, TOP_LEFT));
    sheet.write((0, 56), "input", label())?;
    for (row, [name, more]) in (0..).zip(names) {
        let top = ROWS.0 + row * ROWS.1;
        sheet.write((0, top), name, label())?;
        sheet.write((0, top + Words::Label.line()), more, small())?;
    }
    let below = ROWS.0 + 3 * ROWS.1 + 16;
    (0..).zip(ARMS).try_for_each(|(row, (_, name))| sheet.write((0, below + row * ROWS.2), name, label()))
}

fn draw_input(sheet: &Sheet, input: &Maps<f32>) -> Drawn {
    let picture = shades::pattern(input);
    let (wide, high) = size(&picture, SCALES.0);
    sheet.picture((0, 56), &picture, SCALES.0);
    sheet.line(&around([(0, 56), (wide, 56 + high)]), FAINT.stroke_width(2))
}

/// The 84 states of F6 as a picture, black is +1 and more.
fn f6(states: impl Iterator<Item = f32>) -> Grey {
    let plane = Array2::from_shape_vec((12, 7), states.collect()).expect("F6 has 84 units");
    shades::signed(1.0, plane.view())
}

impl Reading {
    fn printed((panel, answer): (&Printed, u8)) -> Self {
        let states = f6_states(&panel.palette, &panel.f6);
        let penalty = code_distances(&states)[usize::from(answer)];
        Self {
            f6: f6(states.iter().map(|&state| state as f32)), answer: answer.into(), penalty, sign: "≥ "
        }
    }

    fn of(model: &Model, input: &Maps<f32>) -> Self {
        let states = model.fprop(input);
        let penalty = f64::from(states.output.iter().fold(f32::INFINITY, f32::min));
        Self { f6: f6(states.last().iter().copied()), answer: states.output.nearest(), penalty, sign: "" }
    }

    fn draw(&self, sheet: &Sheet, printed: usize) -> Drawn {
        let (wide, high) = size(&self.f6, SCALES.1);
        sheet.picture((0, 0), &self.f6, SCALES.1);
        sheet.line(&around([(0, 0), (wide, high)]), INK.stroke_width(2))?;
        let strength = 1.0 - 0.75 * (self.penalty / PALEST).min(1.0);
        let colour = shade(colour(self.answer, printed), strength);
        sheet.write((wide + 14, 0), self.answer, Words::Title.style(colour, TOP_LEFT))?;
        let penalty = format!("{}{}", self.sign, brief(self.penalty as f32));
        sheet.write((0, high + 8), penalty, Words::Small.style(GREY, TOP_LEFT))
    }
}
