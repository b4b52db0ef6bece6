//! The confusion matrix: counts of each answer for each digit.

use super::kit::*;
use crate::experiment::Finished;

/// Counts, summed over seeds: `[label][answer]`.
type Counts = [Vec<usize>];

/// The sides of a cell.
const CELL: (i32, i32) = (104, 78);
/// The place of the first cell.
const CORNER: (i32, i32) = (130, 100);
/// The number of mistakes that are listed.
const WORST: usize = 8;

/// Draws the figure of an arm.
///
/// # Errors
/// When the page is too small.
pub fn draw(run: &Finished, arm: usize) -> Drawn<Option<Page>> {
    let arm = &run.results.arms[arm];
    let classes = arm.runs[0].confusion.len();
    let sum = |label: usize, answer: usize| arm.runs.iter().map(|run| run.confusion[label][answer]).sum();
    let row = |label| (0..classes).map(|answer| sum(label, answer)).collect();
    let counts: Vec<Vec<usize>> = (0..classes).map(row).collect();
    let summed = match arm.runs.len() {
        1 => String::new(),
        seeds => format!(", summed over {seeds} seeds"),
    };
    let frame = Frame::new(
        format!("Right and wrong answers of {}", arm.name),
        format!(
            "Numbers of test patterns after the last pass{summed}: the row is the label, the column the answer. The \
             darker the orange, the more frequent the mistake. Right answers, on the diagonal, are not coloured."
        ),
        run_source(run, &format!("arm {}, {}", arm.name, seeds(run))),
    );
    let mut mistakes: Vec<_> =
        (0..classes).flat_map(|label| (0..classes).map(move |answer| (label, answer))).collect();
    mistakes.retain(|(label, answer)| label != answer);
    mistakes.sort_by_key(|&(label, answer)| std::cmp::Reverse(counts[label][answer]));
    page(CORNER.1 + classes as i32 * CELL.1, frame, |sheet| {
        let (label, answer) = mistakes[0];
        draw_cells(sheet, &counts, counts[label][answer].max(1))?;
        list_worst(&sheet.from((CORNER.0 + classes as i32 * CELL.0 + 90, CORNER.1)), &counts, &mistakes)
    })
}

/// Draws the table; `most` is the count of the most frequent mistake.
fn draw_cells(sheet: &Sheet, counts: &Counts, most: usize) -> Drawn {
    let (small, name) = (Words::Small.style(GREY, TOP_LEFT), Words::Heading.style(INK, CENTRE));
    sheet.write((CORNER.0 + 14, 0), "answer", small.clone())?;
    sheet.write((0, CORNER.1 + 20), "label", small)?;
    for (label, row) in counts.iter().enumerate() {
        let (x, y) = (label as i32 * CELL.0 + CELL.0 / 2, label as i32 * CELL.1 + CELL.1 / 2);
        sheet.write((CORNER.0 + x, CORNER.1 - 28), label, name.clone())?;
        sheet.write((CORNER.0 - 22, CORNER.1 + y), label, name.clone())?;
        for (answer, &count) in row.iter().enumerate() {
            let at = (CORNER.0 + answer as i32 * CELL.0, CORNER.1 + label as i32 * CELL.1);
            let orange = (label != answer).then_some(0.75 * count as f64 / most as f64);
            draw_cell(&sheet.from(at), count, orange)?;
        }
    }
    Ok(())
}

/// Draws a count; a mistake has this share of orange, a right answer none.
fn draw_cell(sheet: &Sheet, count: usize, orange: Option<f64>) -> Drawn {
    let colour = orange.map_or(FAINT.mix(0.35), |share| VERMILION.mix(share));
    sheet.rectangle([(0, 0), (CELL.0 - 4, CELL.1 - 4)], colour.filled())?;
    let text = if count == 0 { "·".into() } else { count.to_string() };
    let colour = if count == 0 || orange.is_none() { GREY } else { INK };
    sheet.write((CELL.0 / 2 - 2, CELL.1 / 2 - 2), text, Words::Label.style(colour, CENTRE))
}

/// Lists the most frequent mistakes.
fn list_worst(sheet: &Sheet, counts: &Counts, mistakes: &[(usize, usize)]) -> Drawn {
    sheet.write((0, 0), "most frequent mistakes", Words::Heading.style(INK, TOP_LEFT))?;
    let made = mistakes.iter().filter(|&&(label, answer)| counts[label][answer] > 0);
    (0..).zip(made.take(WORST)).try_for_each(|(n, &(label, answer))| {
        let (times, all) = (counts[label][answer], counts[label].iter().sum::<usize>());
        let text = format!("{label} → {answer}: {times} of {all}");
        sheet.write((0, 70 + n * 58), text, Words::Label.style(INK, TOP_LEFT))
    })
}
