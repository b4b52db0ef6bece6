//! The findings of a study as tables, for the screen and for `paper/`.

use super::table;
use crate::archaeology::rasters::FIG_13_ANSWERS;
use crate::archaeology::recover::front_1998;
use crate::archaeology::sizes::{ArraySize, distance_from_1998, sizes};
use crate::experiment::{JudgedOn, Paired, Spread, StringsTrained, StudyArm, StudyResults, StudyRun};
use crate::section3::invariance::{Change, TOLERATED_PCT, Tolerance};
use crate::section6::reading::{GAPS, Reading, StringErrors};
use crate::section7::spotting::Spotting;
use comfy_table::presets;

/// Fig. 5 of the paper, read off its plot: pass, test error, training error.
const FIG_5: &str = include_str!("../../../paper/fig5.csv");

/// A row for each arm: seeds and how many diverged, errors, rates in the first pass, distance from Fig. 5, and the p of
/// its difference from the first.
pub fn table(results: &StudyResults) -> String {
    let titles = ["arm", "seeds", judged(results), "training error %", "rates in pass 1", "off Fig. 5", "p"];
    markdown(titles, 1, results.arms.iter().map(|arm| row(arm, results)))
}

/// Arms that are changes to arms of the same study: each against the arm that it changes, and the time of a pass.
pub fn steps(results: &StudyResults) -> String {
    let titles = ["arm", "changes", judged(results), "difference", "p", "training error %", "s a pass"];
    markdown(titles, 2, results.arms.iter().map(|arm| step(arm, results)))
}

/// The tables of a study on the screen: the steps where its arms build on each other, else the table and the pairs; then the
/// sizes, if its runs have them.
pub fn all(results: &StudyResults) -> String {
    let sizes = match results.arms.iter().flat_map(|arm| &arm.runs).any(|run| !run.sizes.is_empty()) {
        true => {
            format!("\nSizes of C1 to S4 after training, root mean squares\n\n{}\n", sizes_table(results))
        }
        false => String::new(),
    };
    let invariance = match invariance_table(results) {
        Some(table) => {
            format!("\nChanges up to which at most {TOLERATED_PCT} % of the answers are wrong\n\n{table}\n")
        }
        None => String::new(),
    };
    let strings = match strings_table(results) {
        Some(table) => {
            format!("\nErrors on strings of digits, percent (characters in parentheses), by gap\n\n{table}\n")
        }
        None => String::new(),
    };
    let strings = match noise_table(results) {
        Some(table) => format!("{strings}\n{table}\n"),
        None => strings,
    };
    let measured = sizes + &invariance + &strings;
    if results.arms.iter().any(|arm| arm.base.is_some()) {
        return steps(results) + &measured;
    }
    let pairs: String = pairs(results).iter().map(|pair| format!("{pair}\n")).collect();
    format!("{}\n\n{pairs}{measured}", table(results))
}

/// Every arm against the first, where the test set decided.
pub fn pairs(results: &StudyResults) -> Vec<String> {
    let (first, patterns) = (&results.arms[0], results.data.test);
    let pair = |arm: &StudyArm| {
        let (seeds, by_pattern) = (arm.against(first)?, arm.against_by_pattern(first, patterns)?);
        let names = format!("{} against {}", arm.name, first.name);
        let (difference, interval) = (seeds.difference.mean, seeds.interval_in_words());
        let [p, by_pattern, runs] = [seeds.p_in_words(), by_pattern.p_in_words(), arm.runs.len().to_string()];
        Some(format!(
            "{names}: {difference:+.2} points of test error ({interval}, p {p} over {runs} seeds; p {by_pattern} \
             over {patterns} patterns)"
        ))
    };
    match results.judged_on {
        JudgedOn::Test => results.arms[1..].iter().filter_map(pair).collect(),
        JudgedOn::Validation => Vec::new(),
    }
}

/// A table in Markdown.
pub(super) fn markdown<const N: usize>(
    titles: [&str; N],
    left: usize,
    rows: impl Iterator<Item = [String; N]>,
) -> String {
    let mut table = table::table(titles, left, rows);
    table.load_style(presets::ASCII_MARKDOWN);
    table.to_string()
}

fn judged(results: &StudyResults) -> &'static str {
    if results.judged_on == JudgedOn::Test { "test error %" } else { "validation error %" }
}

fn row(arm: &StudyArm, results: &StudyResults) -> [String; 7] {
    let (runs, [least, largest]) = (arm.runs.len(), arm.runs[0].rates);
    let seeds = match arm.diverged() {
        0 => runs.to_string(),
        diverged => format!("{runs} ({diverged} diverged)"),
    };
    let [test, train] =
        [off_fig_5(arm, 1, |run| &run.test_error_pct), off_fig_5(arm, 2, |run| &run.train_error_pct)];
    // Fig. 5 is about MNIST.
    let off = test.zip(train).filter(|_| results.data.name.starts_with("mnist"));
    [
        arm.name.clone(),
        seeds,
        error(arm.test_error()),
        error(arm.train_error()),
        if largest > 0.0 { format!("{least:.1e} to {largest:.1e}") } else { "-".into() },
        off.map_or(String::new(), |(test, train)| format!("{test:.2}, {train:.2}")),
        p(arm.against(&results.arms[0])),
    ]
}

fn step(arm: &StudyArm, results: &StudyResults) -> [String; 7] {
    let base = arm.base.as_ref().and_then(|base| results.arms.iter().find(|other| other.name == *base));
    let paired = base.and_then(|base| arm.against(base));
    let seconds = arm.runs.iter().filter_map(|run| run.pass_seconds).reduce(f64::min);
    [
        arm.name.clone(),
        arm.base.clone().unwrap_or_default(),
        error(arm.test_error()),
        paired.map_or(String::new(), |paired| format!("{:+.2}", paired.difference.mean)),
        p(paired),
        error(arm.train_error()),
        seconds.map_or(String::new(), |seconds| format!("{seconds:.1}")),
    ]
}

fn error(spread: Option<Spread>) -> String {
    spread.map_or("-".into(), |spread| format!("{spread:.2}"))
}

fn p(paired: Option<Paired>) -> String {
    paired.map_or(String::new(), |paired| paired.p_in_words().replace("= ", ""))
}

/// The largest distance of the mean curve from a column of Fig. 5, from pass 3 on; `None` with fewer than 20 passes.
pub fn off_fig_5(arm: &StudyArm, column: usize, of: fn(&StudyRun) -> &Vec<f64>) -> Option<f64> {
    let (mean, paper) = (arm.mean(of), fig_5(column));
    let pairs = paper.iter().filter(|(pass, _)| (3..=20).contains(pass));
    let distances = pairs.map(|&(pass, error)| Some((mean.get(pass - 1)? - error).abs()));
    let distances: Option<Vec<f64>> = distances.collect();
    distances?.into_iter().reduce(f64::max)
}

/// The points of Fig. 5 in a column of its table: pass and error, where they could be read off.
pub fn fig_5(column: usize) -> Vec<(usize, f64)> {
    let rows = FIG_5.lines().filter(|line| line.starts_with(|first: char| first.is_ascii_digit()));
    let read = |line: &str| {
        let fields: Vec<&str> = line.split(',').collect();
        Some((fields[0].parse().ok()?, fields.get(column)?.parse().ok()?))
    };
    rows.filter_map(read).collect()
}

/// The sizes of C1 to S4 after training, root mean square and mean over seeds, beside those of 1998; and the distance from them
/// by [`distance_from_1998`].
pub fn sizes_table(results: &StudyResults) -> String {
    let titles = ["arm", judged(results), "C1", "bias", "S2", "bias", "C3", "bias", "S4", "bias", "distance"];
    let printed = [("1998".into(), String::new(), sizes(&front_1998()), Some("0".into()))];
    let arms = results.arms.iter().map(|arm| {
        let distances: Vec<f64> = arm.runs.iter().filter_map(|run| distance_from_1998(&run.sizes)).collect();
        let distance = (!distances.is_empty()).then(|| format!("{:.2}", Spread::of(&distances)));
        (arm.name.clone(), error(arm.test_error()), arm.mean_sizes(), distance)
    });
    let row = |(name, error, sizes, distance): (String, String, Vec<ArraySize>, Option<String>)| {
        let sizes = sizes.iter().map(|size| format!("{:.3}", size.rms));
        let mut cells = [name, error].into_iter().chain(sizes).chain(distance);
        std::array::from_fn(|_| cells.next().unwrap_or_else(|| "-".into()))
    };
    markdown(titles, 1, printed.into_iter().chain(arms).map(row))
}

/// The range of each change that is tolerated (III-E), by the mean error over seeds, and how many of the nine inputs of Fig. 13
/// are read as in 1998, seed by seed; `None` without these measurements.
pub fn invariance_table(results: &StudyResults) -> Option<String> {
    let titles = ["arm", "size", "shift", "rotation", "noise", "width / height", "strokes", "Fig. 13"];
    let changes =
        [Change::Scale, Change::Shift, Change::Rotation, Change::Noise, Change::Squeeze, Change::Strokes];
    let row = |arm: &StudyArm| {
        let ranges: Option<Vec<String>> =
            changes.iter().map(|&change| Some(tolerated(&arm.tolerance(change)?))).collect();
        let right = arm.runs.iter().map(|run| {
            let pairs = run.fig_13.iter().zip(FIG_13_ANSWERS);
            pairs.filter(|(answer, printed)| **answer == usize::from(*printed)).count().to_string()
        });
        let right = right.collect::<Vec<_>>().join(", ");
        let mut cells = [arm.name.clone()].into_iter().chain(ranges?).chain([right]);
        Some(std::array::from_fn(|_| cells.next().unwrap_or_default()))
    };
    let rows: Option<Vec<_>> = results.arms.iter().map(row).collect();
    Some(markdown(titles, 1, rows?.into_iter()))
}

/// The errors on strings (VI), mean over seeds: all gaps mixed, then by gap, and mixed with noise; single patterns; strings of the
/// training that no path spelled; the smallest squared distance of learnt codes; strings read by both readers
/// together, mixed and with noise; recall and precision on pages (VII-D). `None`
/// without errors on strings.
pub fn strings_table(results: &StudyResults) -> Option<String> {
    let titles = [
        "arm",
        "mixed",
        "-4",
        "-2",
        "0",
        "2",
        "4",
        "6",
        "noise",
        "single",
        "no path",
        "codes apart",
        "both",
        "spotted",
    ];
    let row = |arm: &StudyArm| {
        let cell = |of: &dyn Fn(&StringErrors) -> Reading| string_cell(arm, of);
        let mixed = cell(&|found| found.mixed)?;
        let by_gap =
            (0..GAPS.len()).map(|gap| cell(&move |found| found.by_gap[gap])).collect::<Option<Vec<_>>>()?;
        let noisy = cell(&|found| found.noisy)?;
        let trained: Vec<StringsTrained> = arm.runs.iter().filter_map(|run| run.strings).collect();
        let without: Vec<f64> = trained.iter().map(|trained| trained.without_path as f64).collect();
        let codes: Vec<f64> = trained.iter().filter_map(|trained| trained.closest_codes).collect();
        let mean = |values: &[f64], decimals| match values {
            [] => String::new(),
            values => format!("{:.decimals$}", Spread::of(values).mean),
        };
        let single = arm.test_error().map_or_else(String::new, |error| format!("{error:.2}"));
        let together: Vec<[Reading; 2]> = arm.runs.iter().filter_map(|run| run.together).collect();
        let of =
            |noise: usize| mean(&together.iter().map(|both| both[noise].error_pct()).collect::<Vec<_>>(), 1);
        let together = if together.is_empty() { String::new() } else { format!("{} / {}", of(0), of(1)) };
        let spotted: Vec<Spotting> = arm.runs.iter().filter_map(|run| run.spotting).collect();
        let of = |share: fn(&Spotting) -> f64| mean(&spotted.iter().map(share).collect::<Vec<_>>(), 0);
        let spotted = match spotted.is_empty() {
            true => String::new(),
            false => format!("{} / {}", of(Spotting::recall_pct), of(Spotting::precision_pct)),
        };
        let ends = [noisy, single, mean(&without, 0), mean(&codes, 1), together, spotted];
        let mut cells = [arm.name.clone(), mixed].into_iter().chain(by_gap).chain(ends);
        Some(std::array::from_fn(|_| cells.next().unwrap_or_default()))
    };
    let rows: Option<Vec<_>> = results.arms.iter().map(row).collect();
    Some(markdown(titles, 1, rows?.into_iter()))
}

/// Errors on strings, and in parentheses on characters, percent.
fn string_cell(arm: &StudyArm, of: &dyn Fn(&StringErrors) -> Reading) -> Option<String> {
    let error = arm.of_strings(|found| of(found).error_pct())?;
    let characters = arm.of_strings(|found| of(found).character_error_pct())?.mean;
    Some(format!("{error:.1} ({characters:.1})"))
}

/// The errors on strings with noise, by gap; `None` where they were not measured.
pub fn noise_table(results: &StudyResults) -> Option<String> {
    let row = |arm: &StudyArm| {
        let cell = |gap: usize| {
            let measured = arm.runs.iter().all(|run| {
                run.string_errors.as_ref().is_none_or(|errors| errors.noisy_by_gap.len() == GAPS.len())
            });
            measured.then(|| string_cell(arm, &move |found| found.noisy_by_gap[gap])).flatten()
        };
        let by_gap = (0..GAPS.len()).map(cell).collect::<Option<Vec<_>>>()?;
        let mut cells = [arm.name.clone()].into_iter().chain(by_gap);
        Some(std::array::from_fn(|_| cells.next().unwrap_or_default()))
    };
    let rows: Option<Vec<_>> = results.arms.iter().map(row).collect();
    Some(markdown(["with noise", "-4", "-2", "0", "2", "4", "6"], 1, rows?.into_iter()))
}

/// A range of amounts in words: from the least to the largest; `<` and `>` where no measured amount is beyond the limit.
fn tolerated(mean: &Tolerance) -> String {
    let decimals = if mean.change == Change::Rotation { 0 } else { 2 };
    let ([from, to], amounts) = (mean.range(TOLERATED_PCT), &mean.amounts);
    let (least, most) = (amounts.first() == Some(&from), amounts.last() == Some(&to));
    let [below, above] = [(least, "< "), (most, "> ")].map(|(open, sign)| if open { sign } else { "" });
    match mean.change {
        Change::Noise => format!("{above}{to:.decimals$}"),
        _ => format!("{below}{from:.decimals$} to {above}{to:.decimals$}"),
    }
}

/// The signal in each layer before training, and the mean slope of its squashing function.
pub fn signal_table(results: &StudyResults) -> String {
    by_layer(results, "standard deviation / f'", |run| {
        run.signal.iter().map(|layer| format!("{:.2e} / {:.2}", layer.deviation, layer.slope)).collect()
    })
}

/// The median rate of each layer in the first pass. Near the ceiling eta / mu, its second derivatives are negligible.
pub fn rates_table(results: &StudyResults) -> String {
    by_layer(results, "median rate", |run| {
        run.layer_rates.iter().map(|layer| format!("{:.1e}", layer.median)).collect()
    })
}

/// A row of cells from C1 to F6 for the first seed of each arm. Of arms that start from equal networks, the first is shown.
fn by_layer(results: &StudyResults, title: &str, cells: impl Fn(&StudyRun) -> Vec<String>) -> String {
    let mut signals = Vec::new();
    let rows = results.arms.iter().filter_map(|arm| {
        let run = arm.runs.first().filter(|run| !run.signal.is_empty() && !signals.contains(&&run.signal))?;
        signals.push(&run.signal);
        let mut cells = cells(run).into_iter();
        Some(std::array::from_fn(
            |n| if n == 0 { arm.name.clone() } else { cells.next().unwrap_or_default() },
        ))
    });
    markdown([title, "C1", "S2", "C3", "S4", "C5", "F6"], 1, rows)
}
