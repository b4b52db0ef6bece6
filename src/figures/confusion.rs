//! Which digit is taken for which.

use super::error::FigureError;
use super::fig_5::seeds;
use super::findings::run_source;
use super::look::{self, Area, Drawn, FAINT, Frame, GREY, INK, Page, VERMILION, Words};
use crate::experiment::Finished;
use plotters::element::Rectangle;
use plotters::style::Color;
use plotters::style::text_anchor::{HPos, VPos};

/// Counts, summed over seeds: `[label][answer]`.
type Counts = [Vec<usize>];

/// Sides of a cell.
const CELL: (i32, i32) = (104, 78);
/// Where the first cell is.
const CORNER: (i32, i32) = (130, 100);
/// How many mistakes are listed.
const WORST: usize = 8;

/// Draws the figure of an arm.
///
/// # Errors
/// When there is no room on the page.
pub fn draw(run: &Finished, arm: usize) -> Result<Option<Page>, FigureError> {
    let arm = &run.results.arms[arm];
    let mut counts = arm.runs[0].confusion.clone();
    for run in &arm.runs[1..] {
        let all = counts.iter_mut().flatten().zip(run.confusion.iter().flatten());
        all.for_each(|(count, more)| *count += more);
    }
    let classes = counts.len() as i32;
    let summed =
        if arm.runs.len() == 1 { "".into() } else { format!(", summed over {} seeds", arm.runs.len()) };
    let frame = Frame {
        title: format!("What {} takes for what", arm.name),
        reading: format!(
            "Test patterns after the last pass{summed}: row, what they show; column, the answer. Mistakes \
             are the more orange the more often they are made; the right answers on the diagonal are left \
             uncoloured."
        ),
        caption: run_source(run, &format!("arm {}, {}", arm.name, seeds(run))),
    };
    look::page(CORNER.1 + classes * CELL.1, &frame, |area| {
        draw_cells(area, &counts)?;
        draw_worst(area, &counts)
    })
    .map(Some)
}

fn draw_cells(area: &Area, counts: &Counts) -> Drawn {
    let mistakes = pairs(counts.len()).map(|(label, answer)| counts[label][answer]);
    let most = mistakes.max().unwrap_or(0).max(1);
    let centred = |words: Words, colour| words.style(colour, HPos::Center, VPos::Center);
    let small = Words::Small.style(GREY, HPos::Left, VPos::Top);
    area.draw_text("answer", &small, (CORNER.0 + 14, 0))?;
    area.draw_text("label", &small, (0, CORNER.1 + 20))?;
    for (label, row) in counts.iter().enumerate() {
        let (x, y) = (label as i32 * CELL.0 + CELL.0 / 2, label as i32 * CELL.1 + CELL.1 / 2);
        let name = centred(Words::Heading, INK);
        area.draw_text(&label.to_string(), &name, (CORNER.0 + x, CORNER.1 - 28))?;
        area.draw_text(&label.to_string(), &name, (CORNER.0 - 22, CORNER.1 + y))?;
        for (answer, &count) in row.iter().enumerate() {
            draw_cell(area, [label, answer], count, most)?;
        }
    }
    Ok(())
}

/// Draws a count, the more orange the nearer it is to that of the most frequent mistake.
fn draw_cell(area: &Area, [label, answer]: [usize; 2], count: usize, most: usize) -> Drawn {
    let corner = (CORNER.0 + answer as i32 * CELL.0, CORNER.1 + label as i32 * CELL.1);
    let opposite = (corner.0 + CELL.0 - 4, corner.1 + CELL.1 - 4);
    let colour = match label == answer {
        true => FAINT.mix(0.35),
        false => VERMILION.mix(0.75 * count as f64 / most as f64),
    };
    area.draw(&Rectangle::new([corner, opposite], colour.filled()))?;
    let text = if count == 0 { "·".into() } else { count.to_string() };
    let colour = if count == 0 || label == answer { GREY } else { INK };
    let style = Words::Label.style(colour, HPos::Center, VPos::Center);
    Ok(area.draw_text(&text, &style, (corner.0 + CELL.0 / 2 - 2, corner.1 + CELL.1 / 2 - 2))?)
}

/// Lists the most frequent mistakes.
fn draw_worst(area: &Area, counts: &Counts) -> Drawn {
    let mut worst: Vec<(usize, usize)> =
        pairs(counts.len()).filter(|&(label, answer)| counts[label][answer] > 0).collect();
    worst.sort_by_key(|&(label, answer)| std::cmp::Reverse(counts[label][answer]));
    let x = CORNER.0 + counts.len() as i32 * CELL.0 + 90;
    area.draw_text("most often", &Words::Heading.style(INK, HPos::Left, VPos::Top), (x, CORNER.1))?;
    for (n, (label, answer)) in worst.into_iter().take(WORST).enumerate() {
        let times = counts[label][answer];
        let text = format!("{label} → {answer}: {times} of {}", counts[label].iter().sum::<usize>());
        let style = Words::Label.style(INK, HPos::Left, VPos::Top);
        area.draw_text(&text, &style, (x, CORNER.1 + 70 + n as i32 * 58))?;
    }
    Ok(())
}

/// All pairs of a label and a wrong answer.
fn pairs(classes: usize) -> impl Iterator<Item = (usize, usize)> {
    let all = (0..classes * classes).map(move |n| (n / classes, n % classes));
    all.filter(|(label, answer)| label != answer)
}
