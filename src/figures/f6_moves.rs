//! How F6 moves toward its code, pass by pass.

use super::axis::brief;
use super::error::FigureError;
use super::f6::{firsts, plane};
use super::findings::arm_source;
use super::look::{self, Area, BLUE, Drawn, Frame, GREY, INK, Page, Pictures, VERMILION, Words};
use super::shades;
use crate::experiment::{Finished, Grey, Model, f6};
use crate::kernels;
use crate::section1::flat;
use crate::section2::Rbf;
use ndarray::{Array2, ArrayView2};
use plotters::prelude::RGBColor;
use plotters::style::text_anchor::{HPos, VPos};

/// The passes that are shown, as far as they were made; 0 is before training. The last one is always shown.
const PASSES: [usize; 7] = [0, 1, 2, 3, 5, 10, 20];
/// Units of the page for a pattern's pixel, and for a unit of F6.
const SCALE: (i32, i32) = (3, 8);
/// From one pattern to the next.
const STEP: i32 = 12 * SCALE.1 + 62;
/// From one pass to the next.
const COLUMN: i32 = 174;
/// Where the first pass begins.
const LEFT: i32 = 190;

/// Draws the figure of an arm that has codes.
///
/// # Errors
/// When its network cannot be read.
pub fn draw(run: &Finished, arm: usize) -> Result<Option<Page>, FigureError> {
    let first = &run.results.arms[arm].runs[0];
    let (model, initial) = (run.model(arm)?, Model::initial(&run.plan.arms[arm], first.seed));
    let Some(codes) = model.codes().filter(|codes| codes.ncols() == 84) else { return Ok(None) };
    let last = first.passes.len();
    let passes: Vec<usize> = PASSES.into_iter().filter(|&pass| pass < last).chain([last]).collect();
    let frame = Frame {
        title: "How F6 comes to look like its code".into(),
        reading: format!(
            "The first test pattern of each class, and what F6 makes of it before training and after some \
             passes; at the right, its code. Below, the squared distance to that code; orange where another \
             code is nearer. The closest two codes are {:.0} apart.",
            Rbf::new(codes.to_owned()).closest_codes()
        ),
        caption: arm_source(run, arm, ""),
    };
    let limit = model.squashing().amplitude as f32;
    let firsts = firsts(run);
    look::illustrated(firsts.len() as i32 * STEP + 50, &frame, |area, pictures| {
        draw_head(area, &passes)?;
        for (n, index) in firsts.iter().enumerate() {
            let (shown, y) = (&run.gallery.test[index], 50 + n as i32 * STEP);
            pictures.put(area, &shown.image.inverted(), (0, y), SCALE.0);
            for (column, &pass) in passes.iter().enumerate() {
                let at = (LEFT + column as i32 * COLUMN, y);
                let state = match pass {
                    0 => f6(initial.fprop(&model.pattern(shown.image.0.view())).last(), limit),
                    _ => first.passes[pass - 1].f6.get(n).cloned(),
                };
                if let Some(state) = state {
                    draw_state(area, pictures, &state, limit, (codes, shown.label), at)?;
                }
            }
            let code = codes.row(shown.label);
            let at = (LEFT + passes.len() as i32 * COLUMN, y);
            pictures.put(area, &shades::signed(1.0, plane(&code)), at, SCALE.1);
        }
        Ok(())
    })
    .map(Some)
}

fn draw_head(area: &Area, passes: &[usize]) -> Drawn {
    let names = passes.iter().map(|pass| match pass {
        0 => "before".into(),
        1 => "pass 1".into(),
        pass => pass.to_string(),
    });
    for (column, name) in names.chain(["code".into()]).enumerate() {
        let style = Words::Small.style(INK, HPos::Left, VPos::Top);
        area.draw_text(&name, &style, (LEFT + column as i32 * COLUMN, 0))?;
    }
    Ok(())
}

/// Draws a state of F6 with the distance to its code below.
fn draw_state(
    area: &Area,
    pictures: &Pictures,
    state: &Grey,
    limit: f32,
    (codes, label): (ArrayView2<f32>, usize),
    (x, y): (i32, i32),
) -> Drawn {
    pictures.put(area, &state.inverted(), (x, y), SCALE.1);
    let distances = distances(&state.numbers(limit), codes);
    let nearest = distances.iter().copied().fold(f32::INFINITY, f32::min);
    let distance = distances[label];
    let colour: RGBColor = match distance > nearest {
        true => VERMILION,
        false if distance < 10.0 => BLUE,
        false => GREY,
    };
    let style = Words::Small.style(colour, HPos::Center, VPos::Top);
    Ok(area.draw_text(&brief(distance), &style, (x + 7 * SCALE.1 / 2, y + 12 * SCALE.1 + 4))?)
}

/// The squared distance to each code: eq. 7.
fn distances(state: &Array2<f32>, codes: ArrayView2<f32>) -> Vec<f32> {
    let mut distances = vec![0.0; codes.nrows()];
    let codes = codes.as_slice().expect("codes stand row after row");
    kernels::rbf::fprop(codes, flat(state), &mut distances);
    distances
}
