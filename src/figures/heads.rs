//! RBF against softmax, from the same seeds on the same patterns in the same order.

use super::kit::*;
use crate::experiment::{PAPER_TEST_ERROR, Paired, StudyArm};

/// Draws the figure from arms `rbf` and `softmax` of study `heads`.
///
/// # Errors
/// When an arm is missing, or a seed diverged.
pub fn draw(studies: &Studies) -> Drawn<Page> {
    let findings = studies.get("heads")?;
    let [rbf, softmax] = [findings.arm("rbf")?, findings.arm("softmax")?];
    let lacking =
        || findings.lacking(rbf, "two seeds or more to compare with softmax, none of them diverged");
    let paired = rbf.against(softmax).ok_or_else(lacking)?;
    let reading = format!(
        "Left: a dot for each network after its last pass; a line joins the two networks of a seed; short bars are means. \
         Right: {}",
        spoken(&paired, rbf.runs.len().min(softmax.runs.len()))
    );
    let title = "RBF units or softmax: errors from the same seeds";
    let frame = Frame::new(title, reading, findings.source([rbf, softmax]));
    page(890, frame, |sheet| {
        let (left, right) = sheet.area.split_horizontally(1120);
        draw_errors(&left, findings.error_of(), [rbf, softmax])?;
        draw_difference(&right, &paired)
    })
}

/// The comparison in words.
fn spoken(paired: &Paired, seeds: usize) -> String {
    let [from, to] = paired.interval.map(hundredths);
    format!(
        "the mean difference, {} points, and its 95 % interval, {from} to {to} (paired t-test, {seeds} seeds, p {}).",
        hundredths(paired.difference.mean),
        paired.p_in_words()
    )
}

fn hundredths(points: f64) -> String {
    format!("{points:+.2}").replace('-', "−")
}

fn draw_errors(area: &Area, error: &str, arms: [&StudyArm; 2]) -> Drawn {
    let columns = [column(arms[0], 0.0, -1.0), column(arms[1], 1.0, 1.0)];
    let (least, largest) = extent(columns.iter().flatten().map(|point| point.1).chain([PAPER_TEST_ERROR]));
    let titles = [titled("RBF", arms[0]), titled("softmax", arms[1])];
    let y = Axis::round(&format!("{error}, %"), least - 0.05, largest + 0.05);
    let panel = Panel::new(area, "", Axis::named("", &titles, 0.4), y, 300)?;
    panel.rule(&[(-0.4, PAPER_TEST_ERROR), (1.4, PAPER_TEST_ERROR)], INK)?;
    let paper = format!("the paper: {PAPER_TEST_ERROR}");
    panel.name_ends(&[Name::new(paper, INK, (1.4, PAPER_TEST_ERROR))])?;
    columns[0].iter().zip(&columns[1]).try_for_each(|(&a, &b)| panel.rule(&[a, b], GREY))?;
    for ((points, arm), x) in columns.iter().zip(arms).zip([-0.25, 1.25]) {
        panel.dots(points, BLUE)?;
        arm.test_error().map_or(Ok(()), |spread| panel.bar((x, spread.mean), 0.06, BLUE))?;
    }
    Ok(())
}

/// The title of a column.
fn titled(head: &str, arm: &StudyArm) -> String {
    arm.test_error().map_or(head.into(), |spread| format!("{head} {}", in_words(&spread)))
}

fn draw_difference(area: &Area, paired: &Paired) -> Drawn {
    let ([from, to], mean) = (paired.interval, paired.difference.mean);
    let y = Axis::round("RBF minus softmax, percentage points", from.min(0.0) - 0.05, to.max(0.0) + 0.05);
    let panel = Panel::new(area, "", Axis::named("", &[""], 1.0), y, 0)?;
    panel.rule(&[(-1.0, 0.0), (1.0, 0.0)], INK)?;
    panel.name(Name::new("softmax is better", GREY, (1.0, 0.0)), (0, -8), BOTTOM_RIGHT)?;
    panel.name(Name::new("RBF is better", GREY, (1.0, 0.0)), (0, 10), TOP_RIGHT)?;
    panel.rule(&[(-0.6, from), (-0.6, to)], BLUE)?;
    panel.dots(&[(-0.6, mean)], BLUE)?;
    [mean, from, to]
        .into_iter()
        .try_for_each(|y| panel.name(Name::new(hundredths(y), BLUE, (-0.6, y)), (24, 0), LEFT))
}

/// The last test errors of an arm around x; equal errors are side by side, on the side away from the other arm.
fn column(arm: &StudyArm, x: f64, away: f64) -> Vec<Point> {
    last_errors(arm).into_iter().map(|(error, before)| (x + away * 0.035 * before, error)).collect()
}
