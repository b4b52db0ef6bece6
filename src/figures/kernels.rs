//! The trained kernels of C1 and C3.

use super::kit::*;
use super::shades;
use crate::experiment::Finished;
use crate::section2::Convolution;

/// Units of the page for a weight.
const SCALE: i32 = 16;
/// The distance from one kernel to the next.
const STEP: i32 = 5 * SCALE + 18;
/// The width of the names of rows.
const NAMES: i32 = 112;
/// The top of C3's table, below C1's kernels.
const TABLE: i32 = STEP + 120;

/// Draws the figure of an arm.
///
/// # Errors
/// When its network cannot be read.
pub fn draw(run: &Finished, arm: usize) -> Drawn<Option<Page>> {
    let model = run.model(arm)?;
    let convolution = |name| model.net.layer::<Convolution<f32>>(name);
    let (Some(c1), Some(c3)) = (convolution("C1"), convolution("C3")) else { return Ok(None) };
    let reading = format!(
        "Black weights are positive, white ones negative, grey is 0. Above: the {} kernels of C1, one for each map. \
         Below: the {} kernels of C3, a column for each map of C3 and a row for each map of S2. An empty cell is a pair \
         of maps without a connection.",
        c1.table().len(),
        c3.table().len()
    );
    let title = format!("The kernels of {}", run.results.arms[arm].name);
    let height = TABLE + Words::Label.line() + c3.table().inputs() as i32 * STEP;
    page(height, Frame::new(title, reading, arm_source(run, arm, "")), |sheet| {
        sheet.write((0, STEP / 2), "C1", Words::Heading.style(INK, LEFT))?;
        draw_kernels(&sheet.from((NAMES, 0)), c1);
        write_table(&sheet.from((0, TABLE)), c3)?;
        draw_kernels(&sheet.from((NAMES, TABLE)), c3);
        Ok(())
    })
}

/// The names of C3's maps above their columns, those of S2's beside their rows.
fn write_table(sheet: &Sheet, c3: &Convolution<f32>) -> Drawn {
    let middle = |map: usize| map as i32 * STEP + STEP / 2 - 9;
    sheet.write((0, 0), "C3", Words::Heading.style(INK, BOTTOM_LEFT))?;
    for map in 0..c3.table().outputs() {
        sheet.write((NAMES + middle(map), -8), map, Words::Small.style(GREY, BOTTOM))?;
    }
    (0..c3.table().inputs()).try_for_each(|map| {
        sheet.write((0, middle(map)), format!("S2, {map}"), Words::Small.style(GREY, LEFT))
    })
}

/// Draws every kernel of a layer: a column for each of its maps, a row for each map of the layer below.
fn draw_kernels(sheet: &Sheet, layer: &Convolution<f32>) {
    let limit = layer.weight.iter().fold(0.0_f32, |limit, w| limit.max(w.abs()));
    for ((map, input), kernel) in layer.table().pairs().zip(layer.weight.outer_iter()) {
        let at = (map as i32 * STEP, input as i32 * STEP);
        sheet.picture(at, &shades::signed(limit, kernel), SCALE);
    }
}
