//! The findings of a study as a table: on the screen and, the same, in `paper/`.

use super::LayerSignal;
use super::comparison::Spread;
use super::study_results::{StudyArm, StudyResults, StudyRun};
use crate::experiment::JudgedOn;
use comfy_table::{CellAlignment, Table, presets};

/// Fig. 5 of the paper, read off its plot: pass, test error, training error.
const FIG_5: &str = include_str!("../../../paper/fig5.csv");

/// An arm a row: errors, rates in the first pass, distance from Fig. 5, seeds that diverged, and how sure it is that the
/// arm differs from the first.
pub fn table(results: &StudyResults) -> String {
    let mut table = Table::new();
    table.load_style(presets::ASCII_MARKDOWN);
    let judged = format!("{} error %", judged(results));
    table.set_header(["arm", "seeds", &judged, "training error %", "rates in pass 1", "off Fig. 5", "p"]);
    table.column_iter_mut().skip(1).for_each(|column| column.set_cell_alignment(CellAlignment::Right));
    for arm in &results.arms {
        table.add_row(row(arm, results));
    }
    table.to_string()
}

/// Where arms are changes to arms of the same study: each against the arm that it changes, and what it costs.
pub fn steps(results: &StudyResults) -> String {
    let mut table = Table::new();
    table.load_style(presets::ASCII_MARKDOWN);
    let judged = format!("{} error %", judged(results));
    table.set_header(["arm", "changes", &judged, "difference", "p", "training error %", "s a pass"]);
    table.column_iter_mut().skip(2).for_each(|column| column.set_cell_alignment(CellAlignment::Right));
    for arm in &results.arms {
        let base = arm.base.as_ref().and_then(|base| results.arms.iter().find(|other| other.name == *base));
        let paired = base.and_then(|base| arm.against(base));
        let seconds = arm.runs.iter().filter_map(|run| run.pass_seconds).reduce(f64::min);
        table.add_row([
            arm.name.clone(),
            arm.base.clone().unwrap_or_default(),
            arm.test_error().map_or("-".into(), spread),
            paired.map_or(String::new(), |paired| format!("{:+.2}", paired.difference.mean)),
            paired.map_or(String::new(), |paired| paired.p_in_words().replace("= ", "")),
            arm.train_error().map_or("-".into(), spread),
            seconds.map_or(String::new(), |seconds| format!("{seconds:.1}")),
        ]);
    }
    table.to_string()
}

/// Whether the arms of a study build on each other.
pub fn has_steps(results: &StudyResults) -> bool {
    results.arms.iter().any(|arm| arm.base.is_some())
}

fn judged(results: &StudyResults) -> &'static str {
    if results.judged_on == JudgedOn::Test { "test" } else { "validation" }
}

/// Every arm against the first, where the test set decided.
pub fn pairs(results: &StudyResults) -> Vec<String> {
    if results.judged_on != JudgedOn::Test {
        return Vec::new();
    }
    let (first, patterns) = (&results.arms[0], results.data.test);
    let pair = |arm: &StudyArm| {
        let (seeds, by_pattern) = (arm.against(first)?, arm.against_by_pattern(first, patterns)?);
        Some(format!(
            "{} against {}: {:+.2} points of test error (95 % interval {:+.2} to {:+.2}, p {} over {} seeds; p {} \
             over {patterns} patterns)",
            arm.name,
            first.name,
            seeds.difference.mean,
            seeds.interval[0],
            seeds.interval[1],
            seeds.p_in_words(),
            arm.runs.len(),
            by_pattern.p_in_words(),
        ))
    };
    results.arms[1..].iter().filter_map(pair).collect()
}

fn row(arm: &StudyArm, results: &StudyResults) -> [String; 7] {
    let seeds = match arm.diverged() {
        0 => arm.runs.len().to_string(),
        diverged => format!("{} ({diverged} diverged)", arm.runs.len()),
    };
    let [least, largest] = arm.runs[0].rates;
    let off =
        match (off_fig_5(arm, 1, |run| &run.test_error_pct), off_fig_5(arm, 2, |run| &run.train_error_pct)) {
            // Other digits have nothing to do with Fig. 5.
            (Some(test), Some(train)) if results.data.name.starts_with("mnist") => {
                format!("{test:.2}, {train:.2}")
            }
            _ => String::new(),
        };
    let p =
        arm.against(&results.arms[0]).map_or(String::new(), |paired| paired.p_in_words().replace("= ", ""));
    [
        arm.name.clone(),
        seeds,
        arm.test_error().map_or("-".into(), spread),
        arm.train_error().map_or("-".into(), spread),
        format!("{least:.1e} to {largest:.1e}"),
        off,
        p,
    ]
}

fn spread(spread: Spread) -> String {
    let deviation = spread.deviation.map_or(String::new(), |deviation| format!(" ± {deviation:.2}"));
    format!("{:.2}{deviation}", spread.mean)
}

/// How far the mean curve is from a column of Fig. 5, at most, from pass 3 on; `None` without 20 passes.
pub fn off_fig_5(arm: &StudyArm, column: usize, of: fn(&StudyRun) -> &Vec<f64>) -> Option<f64> {
    let (mean, paper) = (arm.mean(of), fig_5(column));
    let pairs = paper.iter().filter(|(pass, _)| (3..=20).contains(pass));
    let distances = pairs.map(|&(pass, error)| Some((mean.get(pass - 1)? - error).abs()));
    let distances: Option<Vec<f64>> = distances.collect();
    distances?.into_iter().reduce(f64::max)
}

/// The points of Fig. 5 in a column of its table: pass and error, where it could be read.
pub fn fig_5(column: usize) -> Vec<(usize, f64)> {
    let rows = FIG_5.lines().filter(|line| line.starts_with(|first: char| first.is_ascii_digit()));
    let read = |line: &str| {
        let fields: Vec<&str> = line.split(',').collect();
        Some((fields[0].parse().ok()?, fields.get(column)?.parse().ok()?))
    };
    rows.filter_map(read).collect()
}

/// What reaches each layer before training, and what is left of a derivative on its way back through its squashing.
pub fn signal_table(results: &StudyResults) -> String {
    by_layer(results, "deviation / f'", |run| {
        run.signal.iter().map(|layer| format!("{:.2e} / {:.2}", layer.deviation, layer.slope)).collect()
    })
}

/// The median rate of each layer in the first pass: near the ceiling eta / mu, its second derivatives are next to nothing.
pub fn rates_table(results: &StudyResults) -> String {
    by_layer(results, "median rate", |run| {
        run.layer_rates.iter().map(|layer| format!("{:.1e}", layer.median)).collect()
    })
}

/// A row of cells from C1 to F6 for the first seed of each arm. Of arms that start alike, the first stands for all.
fn by_layer(results: &StudyResults, title: &str, cells: impl Fn(&StudyRun) -> Vec<String>) -> String {
    let mut table = Table::new();
    table.load_style(presets::ASCII_MARKDOWN);
    table.set_header([title, "C1", "S2", "C3", "S4", "C5", "F6"]);
    table.column_iter_mut().skip(1).for_each(|column| column.set_cell_alignment(CellAlignment::Right));
    let mut signals: Vec<&[LayerSignal]> = Vec::new();
    for (arm, run) in results.arms.iter().filter_map(|arm| Some((arm, arm.runs.first()?))) {
        if !run.signal.is_empty() && !signals.contains(&run.signal.as_slice()) {
            signals.push(&run.signal);
            table.add_row(std::iter::once(arm.name.clone()).chain(cells(run)));
        }
    }
    table.to_string()
}
