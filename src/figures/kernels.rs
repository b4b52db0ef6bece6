//! What C1 and C3 have learnt to look for.

use super::error::FigureError;
use super::findings::arm_source;
use super::look::{self, Area, Drawn, Frame, GREY, INK, Page, Pictures, Words};
use super::shades;
use crate::experiment::Finished;
use crate::section2::Convolution;
use plotters::style::text_anchor::{HPos, VPos};

/// Units of the page for a weight.
const SCALE: i32 = 16;
/// From one kernel to the next.
const STEP: i32 = 5 * SCALE + 18;
/// Room for the names of rows.
const LEFT: i32 = 112;
/// Where C3's table begins, below C1's kernels.
const TABLE: i32 = STEP + 120;

/// Draws the figure of an arm.
///
/// # Errors
/// When its network cannot be read.
pub fn draw(run: &Finished, arm: usize) -> Result<Option<Page>, FigureError> {
    let model = run.model(arm)?;
    let convolution = |name| model.net.layer::<Convolution<f32>>(name);
    let (Some(c1), Some(c3)) = (convolution("C1"), convolution("C3")) else { return Ok(None) };
    let frame = Frame {
        title: format!("The kernels of {}", run.results.arms[arm].name),
        reading: format!(
            "Black weights are positive, white ones negative, grey is 0; a map is one kernel shifted \
             everywhere. Above, C1's {}. Below, C3's {}, one for each connection of its table: column a map \
             of C3, row the map of S2 it looks at. What is empty is not connected.",
            c1.table().len(),
            c3.table().len()
        ),
        caption: arm_source(run, arm, ""),
    };
    let height = TABLE + Words::Label.line() + c3.table().inputs() as i32 * STEP;
    look::illustrated(height, &frame, |area, pictures| {
        draw_c1(area, pictures, c1)?;
        draw_c3(area, pictures, c3)
    })
    .map(Some)
}

fn draw_c1(area: &Area, pictures: &Pictures, c1: &Convolution<f32>) -> Drawn {
    let name = Words::Heading.style(INK, HPos::Left, VPos::Center);
    area.draw_text("C1", &name, (0, STEP / 2))?;
    draw_kernels(pictures, area, c1, |map, _| (LEFT + map as i32 * STEP, 0));
    Ok(())
}

fn draw_c3(area: &Area, pictures: &Pictures, c3: &Convolution<f32>) -> Drawn {
    let (right, above) = (
        Words::Small.style(GREY, HPos::Left, VPos::Center),
        Words::Small.style(GREY, HPos::Center, VPos::Bottom),
    );
    area.draw_text("C3", &Words::Heading.style(INK, HPos::Left, VPos::Bottom), (0, TABLE))?;
    for map in 0..c3.table().outputs() as i32 {
        area.draw_text(&map.to_string(), &above, (LEFT + map * STEP + STEP / 2 - 9, TABLE - 8))?;
    }
    for map in 0..c3.table().inputs() as i32 {
        area.draw_text(&format!("S2, {map}"), &right, (0, TABLE + map * STEP + STEP / 2 - 9))?;
    }
    draw_kernels(pictures, area, c3, |map, input| (LEFT + map as i32 * STEP, TABLE + input as i32 * STEP));
    Ok(())
}

/// Draws every kernel of a layer, `place` saying where: by its map, and by the map that it looks at.
fn draw_kernels(
    pictures: &Pictures,
    area: &Area,
    layer: &Convolution<f32>,
    place: impl Fn(usize, usize) -> (i32, i32),
) {
    let limit = layer.weight.iter().fold(0.0_f32, |limit, w| limit.max(w.abs()));
    for ((map, input), kernel) in layer.table().pairs().zip(layer.weight.outer_iter()) {
        pictures.put(area, &shades::signed(limit, kernel), place(map, input), SCALE);
    }
}
