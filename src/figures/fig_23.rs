//! Fig. 22 and 23: the wide network over a string, and what one column of its output sees.

use super::displaced::{PALEST, Position};
use super::fig_23_layout::{FIELD, LAYERS, Layer, Layout};
use super::kit::*;
use super::{FigureError, shades};
use crate::experiment::{Grey, Model, ReadString, picture};
use crate::section2::table1::TABLE_I;
use crate::section7::sdnn::STEP;
use ndarray::{Axis, Zip};
use std::path::Path;

/// The picture: MNIST's test digits 3, 4 and 2 on paper-like grey.
const STRING: (&str, &[u8]) = ("docs/strings/342.png", include_bytes!("../../docs/strings/342.png"));
/// The map of C3 whose ways down are drawn, in the middle of the lower row.
const FOLLOWED: usize = 12;
/// Units of the page for a unit of F6 and for a penalty, and the tops of their pictures.
const F6: (i32, i32) = (5, 330);
const OUTPUT: (i32, i32) = (17, 128);
/// The top of the labels, and the height of the figure.
const LABELS: i32 = 72;
const HEIGHT: i32 = 1350;

/// Draws the figure; it needs no study.
///
/// # Errors
/// When the picture or the model cannot be read.
pub fn draw() -> Drawn<Page> {
    let (name, bytes) = STRING;
    let field = picture::parse_field(bytes).map_err(FigureError::Missing)?;
    let model = Model::find(Path::new("sdnn"))?;
    let (read, states) = ReadString::by_displacement(Path::new(name), field.view(), &model.net)?;
    let answer = read.viterbi.map(|best| best.answer).unwrap_or_default();
    let reading = format!(
        "Every layer is applied once to the whole field. Blue: what one column of the output sees; below C3, the ways to one of its \
         maps. For the next position the window of 32 columns moves by {STEP}. A column of the output: the penalties of the digits, \
         0 on top, and of the blank at the foot, black is 0. Above it the class of least penalty, nothing where the blank wins."
    );
    let caption = format!("{name} (test digits of MNIST); models/sdnn.safetensors.");
    let frame = Frame::new("A network that is moved over a string (Fig. 22, 23)", reading, caption);
    let positions = Position::all(&states);
    let chosen = chosen(&positions) as i32;
    let layout = Layout { states: &states, positions: positions.len() as i32, chosen };
    let drawing = Drawing { layout, positions, limit: model.squashing().amplitude as f32 };
    page(HEIGHT, frame, |sheet| {
        let middle = drawing.layout.middle();
        sheet.write((middle, 0), answer, Words::Title.style(INK, TOP))?;
        drawing.draw_cones(sheet)?;
        drawing.draw_outputs(sheet)?;
        LAYERS.iter().try_for_each(|layer| drawing.draw_maps(sheet, layer))?;
        drawing.draw_field(sheet, field.ncols() as i32)
    })
}

/// The position nearest to the middle where a digit wins.
fn chosen(positions: &[Position]) -> usize {
    let middle = positions.len() / 2;
    let labelled = (0..positions.len()).filter(|&n| positions[n].label.is_some());
    labelled.min_by_key(|n| n.abs_diff(middle)).unwrap_or(middle)
}

struct Drawing<'a> {
    layout: Layout<'a>,
    positions: Vec<Position>,
    /// The state that is black.
    limit: f32,
}

impl Drawing<'_> {
    /// The cones between rows of pictures, from above: C3 to F6, S2 to one map of C3, C1 to S2, the field to C1.
    fn draw_cones(&self, sheet: &Sheet) -> Drawn {
        let (layout, [c3, s2, c1]) = (&self.layout, &LAYERS);
        let chosen = layout.chosen as usize;
        let (wide, high) = size(&self.positions[chosen].f6, F6.0);
        let left = layout.column(chosen) - wide / 2;
        let f6 = [(left, F6.1), (left + wide, F6.1 + high)];
        let to_f6 = (0..c3.in_a_row as usize).map(|map| [f6, layout.seen(c3, map)]);
        let below = TABLE_I[FOLLOWED].iter().flat_map(|&map| {
            let [in_s2, in_c1] = [s2, c1].map(|layer| layout.seen(layer, map));
            let window = layout.window(layout.chosen);
            [[layout.seen(c3, FOLLOWED), in_s2], [in_s2, in_c1], [in_c1, window]]
        });
        let cones: Vec<_> = to_f6.chain(below).collect();
        // All fillings below all edges.
        cones.iter().try_for_each(|&[above, below]| {
            let [left, right] = edges(above, below);
            sheet.polygon(&[left[0], right[0], right[1], left[1]], shade(BLUE, BAND / 2.0).filled())
        })?;
        cones.iter().try_for_each(|&[above, below]| {
            edges(above, below).iter().try_for_each(|edge| sheet.line(edge, shade(BLUE, 0.6).stroke_width(2)))
        })
    }

    /// The class, the penalties and F6 of each position.
    fn draw_outputs(&self, sheet: &Sheet) -> Drawn {
        let penalties = self.layout.states.output.maps();
        for (n, position) in self.positions.iter().enumerate() {
            let x = self.layout.column(n);
            if let Some(label) = position.label {
                sheet.write((x, LABELS), label, Words::Label.style(position.ink(), TOP))?;
            }
            let level = |&p: &f32| (255.0 * (f64::from(p) / PALEST).clamp(0.0, 1.0)) as u8;
            let column = Grey(Zip::from(penalties.index_axis(Axis(2), n)).map_collect(level));
            for (picture, (scale, top)) in [(&column, OUTPUT), (&position.f6, F6)] {
                let (wide, high) = size(picture, scale);
                let corners = [(x - wide / 2, top), (x - wide / 2 + wide, top + high)];
                sheet.picture(corners[0], picture, scale);
                let is_chosen = n as i32 == self.layout.chosen;
                outline(sheet, corners, if is_chosen { BLUE } else { FAINT })?;
            }
        }
        name(sheet, OUTPUT.1 + 70, "output")?;
        name(sheet, F6.1 + 10, "F6")
    }

    fn draw_maps(&self, sheet: &Sheet, layer: &Layer) -> Drawn {
        let maps = shades::maps(self.limit, &self.layout.states[layer.name]);
        for (n, map) in maps.iter().enumerate() {
            let (at, (wide, high)) = (self.layout.map(layer, n), size(map, layer.scale));
            sheet.picture(at, map, layer.scale);
            outline(sheet, [at, (at.0 + wide, at.1 + high)], FAINT)?;
            outline(sheet, self.layout.seen(layer, n), BLUE)?;
        }
        name(sheet, layer.top + 20, &format!("{}, {} maps", layer.name, maps.len()))
    }

    /// The field of so many columns with the paper beside it, the window, and the way that it moves.
    fn draw_field(&self, sheet: &Sheet, columns: i32) -> Drawn {
        let input = shades::pattern(self.layout.states.input());
        let (left, (wide, high)) = (self.layout.field(), size(&input, FIELD.0));
        sheet.picture((left, FIELD.1), &input, FIELD.0);
        outline(sheet, [(left, FIELD.1), (left + wide, FIELD.1 + high)], GREY)?;
        let beside = (wide - columns * FIELD.0) / 2;
        for x in [left + beside, left + wide - beside] {
            sheet.line(&[(x, FIELD.1), (x, FIELD.1 + high)], FAINT.stroke_width(2))?;
        }
        let [window, next] = [0, 1].map(|n| self.layout.window(self.layout.chosen + n));
        outline(sheet, next, shade(BLUE, 0.4))?;
        outline(sheet, window, BLUE)?;
        let (middle, y) = ((window[0].0 + window[1].0) / 2, window[1].1 + 24);
        arrow(sheet, &[(middle, y), (window[1].0, y)], BLUE)?;
        name(sheet, FIELD.1 + high / 2 - 20, "field")
    }
}

/// The left and the right edge of a cone, from the foot of what is above to the top of what is below.
fn edges(above: [Place; 2], below: [Place; 2]) -> [[Place; 2]; 2] {
    [0, 1].map(|side| [(above[side].0, above[1].1), (below[side].0, below[0].1)])
}

fn outline(sheet: &Sheet, corners: [Place; 2], colour: RGBColor) -> Drawn {
    sheet.line(&around(corners), colour.stroke_width(2))
}

fn name(sheet: &Sheet, top: i32, text: &str) -> Drawn {
    sheet.write((0, top), text, Words::Small.style(INK, TOP_LEFT))
}
