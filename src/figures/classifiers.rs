//! Fig. 9 to 12: the classifiers of III-C, each with the paper's bar and ours.

use super::kit::*;
use crate::experiment::bars::{Bar, LENET_5, counted, interval};
use crate::experiment::{Costs, StudyArm};

/// The height of a row.
const ROW: i32 = 74;
/// Half the height of a bar, in rows.
const HALF: f64 = 0.44;

/// The quantity of a figure.
struct Quantity {
    title: &'static str,
    reading: &'static str,
    axis: fn() -> Axis,
    /// The ends of the axis.
    ends: [f64; 2],
    paper: fn(&Bar) -> Option<f64>,
    ours: fn(&StudyArm) -> Option<f64>,
    /// Whether our value has a 95 % interval by pattern.
    is_error: bool,
    /// Its place among the counts of a network's structure, if it is one of them.
    count: Option<usize>,
}

impl Quantity {
    /// Our value. The findings of LeNet-5 are older than the counts, which are those of its arm.
    fn of(&self, arm: &StudyArm) -> Option<f64> {
        let counted = |n: usize| Some(counted(LENET_5).ok()?[n] as f64 / 1000.0);
        (self.ours)(arm).or_else(|| self.count.and_then(counted))
    }
}

/// Draws Fig. 9: errors.
///
/// # Errors
/// When a study or an arm is missing.
pub fn fig_9(studies: &Studies) -> Drawn<Page> {
    draw(
        studies,
        &Quantity {
            title: "Fig. 9: test errors of all classifiers",
            reading: "Grey: the paper's bar. Blue: ours, mean over seeds, with the 95 % interval by pattern. Values beyond the axis \
                  are written at its end.",
            axis: || Axis::linear("test error, %", 0.0..5.0, &[0.0, 1.0, 2.0, 3.0, 4.0, 5.0]),
            ends: [0.0, 5.0],
            paper: |bar| Some(bar.error),
            ours: |arm| arm.test_error().map(|error| error.mean),
            is_error: true,
            count: None,
        },
    )
}

/// Draws Fig. 10: rejection.
///
/// # Errors
/// When a study or an arm is missing.
pub fn fig_10(studies: &Studies) -> Drawn<Page> {
    draw(
        studies,
        &Quantity {
            title: "Fig. 10: test patterns rejected so that 0.5 % of the others are wrong",
            reading: "Grey: the paper's bar. Blue: ours, mean over seeds. Rejected are the patterns with the smallest difference \
                  between the two best scores.",
            axis: || {
                Axis::linear(
                    "rejected test patterns, %",
                    0.0..9.0,
                    &[0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0],
                )
            },
            ends: [0.0, 9.0],
            paper: |bar| bar.reject,
            ours: |arm| arm.mean_cost(|costs| costs.reject_pct).map(|reject| reject.mean),
            is_error: false,
            count: None,
        },
    )
}

const THOUSANDS: [f64; 6] = [1.0, 10.0, 100.0, 1000.0, 10_000.0, 100_000.0];

/// Draws Fig. 11: multiply-adds.
///
/// # Errors
/// When a study or an arm is missing.
pub fn fig_11(studies: &Studies) -> Drawn<Page> {
    draw(
        studies,
        &Quantity {
            title: "Fig. 11: multiply-adds for one character",
            reading: "Grey: the paper's bar. Blue: ours, counted from the structure. The axis is logarithmic; the paper's is not.",
            axis: || Axis::log("multiply-adds, thousands", 1.0..100_000.0, &THOUSANDS),
            ends: [1.0, 100_000.0],
            paper: |bar| bar.multiply_adds,
            ours: |arm| thousands_of(arm, |costs| costs.multiply_adds),
            is_error: false,
            count: Some(0),
        },
    )
}

/// Draws Fig. 12: variables.
///
/// # Errors
/// When a study or an arm is missing.
pub fn fig_12(studies: &Studies) -> Drawn<Page> {
    draw(
        studies,
        &Quantity {
            title: "Fig. 12: variables to be stored",
            reading: "Grey: the paper's bar. Blue: ours, counted from the structure. The axis is logarithmic; the paper's is not.",
            axis: || Axis::log("variables, thousands", 1.0..100_000.0, &THOUSANDS),
            ends: [1.0, 100_000.0],
            paper: |bar| bar.variables,
            ours: |arm| thousands_of(arm, |costs| costs.variables),
            is_error: false,
            count: Some(1),
        },
    )
}

/// A count of an arm in thousands.
fn thousands_of(arm: &StudyArm, of: fn(&Costs) -> usize) -> Option<f64> {
    let count = arm.mean_cost(|costs| of(costs) as f64).map(|count| count.mean);
    count.map(|count| count / 1000.0)
}

fn draw(studies: &Studies, quantity: &Quantity) -> Drawn<Page> {
    let bars: Vec<Bar> = Bar::all().into_iter().filter(|bar| (quantity.paper)(bar).is_some()).rev().collect();
    let findings = studies.get("classifiers")?;
    let lenet5 = studies.get("distortions")?;
    let sources = [findings, lenet5].map(|findings| findings.source(&findings.results.arms));
    let caption = format!("{}\nLeNet-5: {}", sources[0], sources[1]);
    let frame = Frame::new(quantity.title, quantity.reading, caption);
    page(120 + bars.len() as i32 * ROW, frame, |sheet| {
        let names: Vec<&str> = bars.iter().map(|bar| bar.name.as_str()).collect();
        let panel =
            Panel::new(&sheet.area, "", (quantity.axis)(), Axis::named("", &names, 0.6).small(), 150)?;
        bars.iter()
            .enumerate()
            .try_for_each(|(row, bar)| draw_row(&panel, studies, quantity, row as f64, bar))
    })
}

/// The paper's bar above ours, each with its value at its end.
fn draw_row(panel: &Panel, studies: &Studies, quantity: &Quantity, row: f64, bar: &Bar) -> Drawn {
    let findings = studies.get(bar.study)?;
    let arm = findings.arm(bar.arm)?;
    let [begin, end] = quantity.ends;
    let both = [((quantity.paper)(bar), GREY, row), (quantity.of(arm), BLUE, row - HALF)];
    let ours = (quantity.ours)(arm).filter(|_| quantity.is_error);
    let range = ours.map(|ours| interval(ours, findings.results.data.test).map(|end_of| end_of.min(end)));
    for (value, colour, low) in both {
        let Some(value) = value else { continue };
        panel.cell((begin, low), (value.min(end), low + HALF), colour, 0.75)?;
        let beyond = if value > end { " →" } else { "" };
        // The name of ours stands after its interval.
        let at = range.filter(|_| colour == BLUE).map_or(value.min(end), |[_, to]| to);
        let name = Name::new(format!("{}{beyond}", short(value)), colour, (at, low + HALF / 2.0));
        panel.name(name, (8, 0), LEFT)?;
    }
    match range.filter(|[from, _]| *from < end) {
        Some([from, to]) => panel.rule(&[(from, row - HALF / 2.0), (to, row - HALF / 2.0)], INK),
        None => Ok(()),
    }
}

/// A value with as many digits as matter.
fn short(value: f64) -> String {
    if value < 10.0 { format!("{value:.2}") } else { thousands(value.round() as usize) }
}
