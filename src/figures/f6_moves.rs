//! F6 approaching its code, pass by pass.

use super::f6::{PIXEL, UNIT, draw_code, firsts};
use super::kit::*;
use super::shades::Walk;
use crate::experiment::{Finished, Grey, Model};
use crate::kernels;
use crate::section1::flat;
use crate::section2::Rbf;
use ndarray::{Array2, ArrayView2};

/// The passes that are shown if the run has them; 0 is before training. The last pass is always shown.
const PASSES: [usize; 7] = [0, 1, 2, 3, 5, 10, 20];
/// The top of the first pattern, below the names of the passes.
const TOP_ROW: i32 = 50;
/// The distance from one pattern to the next.
const STEP: i32 = 12 * UNIT + 62;
/// The distance from one pass to the next.
const COLUMN: i32 = 174;
/// The left side of the first pass.
const LEFT: i32 = 190;

/// Draws the figure of an arm that has codes.
///
/// # Errors
/// When its network cannot be read.
pub fn draw(run: &Finished, arm: usize) -> Drawn<Option<Page>> {
    let first = &run.results.arms[arm].runs[0];
    let (model, initial) = (run.model(arm)?, Model::initial(&run.plan.arms[arm], first.seed));
    let Some(codes) = model.codes().filter(|codes| codes.ncols() == 84) else { return Ok(None) };
    let last = first.passes.len();
    let passes: Vec<usize> = PASSES.into_iter().filter(|&pass| pass < last).chain([last]).collect();
    let (firsts, limit) = (firsts(run), model.squashing().amplitude as f32);
    page(TOP_ROW + firsts.len() as i32 * STEP, frame(run, arm, codes), |sheet| {
        write_head(&sheet.from((LEFT, 0)), &passes)?;
        for (n, shown) in firsts.into_iter().enumerate() {
            let row = sheet.from((0, TOP_ROW + n as i32 * STEP));
            row.picture((0, 0), &shown.image.inverted(), PIXEL);
            for (column, &pass) in (0..).zip(&passes) {
                let state = match pass {
                    0 => Walk::through(&initial, &model.pattern(shown.image.0.view())).f6().clone(),
                    _ => first.passes[pass - 1].f6[n].inverted(),
                };
                let distances = distances(&state.inverted().numbers(limit), codes);
                draw_state(&row.from((LEFT + column * COLUMN, 0)), &state, &distances, shown.label)?;
            }
            draw_code(&row, (LEFT + passes.len() as i32 * COLUMN, 0), codes, shown.label);
        }
        Ok(())
    })
}

fn frame(run: &Finished, arm: usize, codes: ArrayView2<f32>) -> Frame {
    let reading = format!(
        "The first test pattern of each class, the state of F6 before training and after some passes, and the code of \
         the class. Numbers: the squared distance to that code, blue below 10, orange if another code is nearer. The \
         smallest squared distance between two codes is {:.0}.",
        Rbf::new(codes.to_owned()).closest_codes()
    );
    Frame::new("F6 approaches its code, pass by pass", reading, arm_source(run, arm, ""))
}

fn write_head(sheet: &Sheet, passes: &[usize]) -> Drawn {
    let names = passes.iter().map(|pass| match pass {
        0 => "before".into(),
        1 => "pass 1".into(),
        pass => pass.to_string(),
    });
    (0..).zip(names.chain(["code".into()])).try_for_each(|(column, name)| {
        sheet.write((column * COLUMN, 0), name, Words::Small.style(INK, TOP_LEFT))
    })
}

/// Draws a state of F6 with the distance to its code below.
fn draw_state(sheet: &Sheet, state: &Grey, distances: &[f32], label: usize) -> Drawn {
    sheet.picture((0, 0), state, UNIT);
    let distance = distances[label];
    let colour = match distance {
        _ if distances.iter().any(|&other| other < distance) => VERMILION,
        ..10.0 => BLUE,
        _ => GREY,
    };
    sheet.write((7 * UNIT / 2, 12 * UNIT + 4), brief(distance), Words::Small.style(colour, TOP))
}

/// The squared distance to each code: eq. 7.
fn distances(state: &Array2<f32>, codes: ArrayView2<f32>) -> Vec<f32> {
    let mut distances = vec![0.0; codes.nrows()];
    let codes = codes.as_slice().expect("codes stand row after row");
    kernels::rbf::fprop(codes, flat(state), &mut distances);
    distances
}
