//! A string as a space displacement network sees it (Fig. 25): F6 and the winning class at each position, over the field.

use super::kit::*;
use super::shades;
use crate::experiment::{Grey, ReadString};
use crate::section1::States;
use crate::section7::characters::BLANK;
use crate::section7::sdnn::STEP;
use ndarray::{Array2, ArrayView2, Axis};

/// Units of the page for a unit of F6, at a pixel of the field of so many.
const UNIT: (i32, i32) = (4, 8);
/// The heights of a line of labels and of the answer.
const LINES: (i32, i32) = (44, 56);
/// The penalty of the palest label.
pub(super) const PALEST: f64 = 80.0;

/// What a network sees at one position.
pub(super) struct Position {
    /// The 84 states of F6.
    pub f6: Grey,
    /// The class of least penalty; `None` for the blank.
    pub label: Option<usize>,
    /// Its penalty.
    pub penalty: f64,
}

impl Position {
    /// From the states of F6.
    pub fn new(f6: impl Iterator<Item = f32>, label: Option<usize>, penalty: f64) -> Self {
        let plane = Array2::from_shape_vec((12, 7), f6.collect()).expect("F6 has 84 units");
        Self { f6: shades::signed(1.0, plane.view()), label, penalty }
    }

    /// The ink of its label: the larger the penalty, the paler.
    pub fn ink(&self) -> RGBColor {
        shade(INK, 1.0 - 0.75 * (self.penalty / PALEST).min(1.0))
    }

    /// All positions of a wide network.
    pub fn all(states: &States<f32>) -> Vec<Self> {
        let (f6, penalties) = (states.last(), states.output.maps());
        let position = |x: usize| {
            let column = penalties.index_axis(Axis(2), x);
            let (class, penalty) = column
                .iter()
                .enumerate()
                .fold((0, f32::INFINITY), |best, (k, &p)| if p < best.1 { (k, p) } else { best });
            let label = (class != usize::from(BLANK)).then_some(class);
            Self::new(f6.index_axis(Axis(2), x).iter().copied(), label, penalty.into())
        };
        (0..penalties.dim().2).map(position).collect()
    }
}

/// Draws a string that a wide network has read.
///
/// # Errors
/// When the page is too small.
pub fn draw(field: ArrayView2<u8>, read: &ReadString, states: &States<f32>, caption: &str) -> Drawn<Page> {
    let (positions, drawing) = (Position::all(states), Grey(field.mapv(|ink| 255 - ink)));
    let answer = read.viterbi.as_ref().map_or("", |best| &best.answer);
    let beside = (states.input().dim().2 - field.ncols()) / 2;
    let scale = (1600 / states.input().dim().2 as i32).clamp(1, 14);
    let string = Displaced { field: &drawing, beside, positions: &positions, answer, colour: INK, scale };
    let reading = "At each position, four columns apart, F6 of the network that sees the 32 columns around it, and the class of least \
                   penalty, the paler the larger; nothing where the blank wins. Above, the answer: a character that goes on is \
                   written once, and a blank must stand between two.";
    let title = format!("“{answer}”, with confidence {:.3}", read.forward.confidence);
    page(string.height() + 20, Frame::new(title, reading, caption), |sheet| {
        string.draw(&sheet.from(((sheet.width() - string.width()) / 2, 0)))
    })
}

/// A string on a page.
pub(super) struct Displaced<'a> {
    /// The field, black is ink.
    pub field: &'a Grey,
    /// Columns of paper that the network saw left of the field.
    pub beside: usize,
    /// The positions.
    pub positions: &'a [Position],
    /// The answer.
    pub answer: &'a str,
    /// The colour of the answer.
    pub colour: RGBColor,
    /// Units of the page for a pixel of the field.
    pub scale: i32,
}

impl Displaced<'_> {
    /// The height of the drawing.
    pub fn height(&self) -> i32 {
        LINES.0 + LINES.1 + 12 * self.unit() + 16 + self.field.0.nrows() as i32 * self.scale
    }

    /// The width of the drawing, with the paper beside the field.
    pub fn width(&self) -> i32 {
        (self.field.0.ncols() + 2 * self.beside) as i32 * self.scale
    }

    fn unit(&self) -> i32 {
        (UNIT.0 * self.scale / UNIT.1).max(1)
    }

    /// Draws it from the corner of a sheet.
    pub fn draw(&self, sheet: &Sheet) -> Drawn {
        sheet.write((self.width() / 2, 0), self.answer, Words::Title.style(self.colour, TOP))?;
        let pictures = LINES.0 + LINES.1;
        for (n, position) in self.positions.iter().enumerate() {
            // The middle of the columns that the position sees.
            let x = (n * STEP + crate::section7::windows::COLUMNS / 2) as i32 * self.scale;
            if let Some(label) = position.label {
                sheet.write((x, LINES.1), label, Words::Label.style(position.ink(), TOP))?;
            }
            let (wide, high) = size(&position.f6, self.unit());
            let left = x - wide / 2;
            sheet.picture((left, pictures), &position.f6, self.unit());
            sheet.line(&around([(left, pictures), (left + wide, pictures + high)]), FAINT.stroke_width(1))?;
        }
        let top = pictures + 12 * self.unit() + 16;
        let (wide, high) = size(self.field, self.scale);
        let left = self.beside as i32 * self.scale;
        sheet.picture((left, top), self.field, self.scale);
        sheet.line(&around([(left, top), (left + wide, top + high)]), FAINT.stroke_width(2))
    }
}
