//! III-E: the error on changed patterns against the amount of the change.

use super::kit::*;
use crate::experiment::{Spread, StudyArm};
use crate::section3::invariance::{Change, NOISE, TOLERATED_PCT, Tolerance};

/// The arms of the study, and their names on the page.
const ARMS: [(&str, &str); 4] =
    [("plain", "plain"), ("noise", "noise"), ("distorted", "distorted"), ("noise-distorted", "both")];
/// The height of a panel.
const HEIGHT: i32 = 620;
/// The height of the names of the lines.
const NAMES: i32 = 84;
/// The errors on the vertical axes.
const ERRORS: [f64; 5] = [1.0, 3.0, 10.0, 30.0, 90.0];
/// Standard deviations to either side of the mean: 95 % of a normal distribution.
const BAND: f64 = 1.96;

/// The look of a panel.
struct Look {
    change: Change,
    heading: &'static str,
    title: &'static str,
    ticks: &'static [f64],
    /// The range that the paper states.
    paper: Option<[f64; 2]>,
}

const LOOKS: [Look; 6] = [
    Look {
        change: Change::Scale,
        heading: "Size",
        title: "times as large",
        ticks: &[0.3, 0.5, 0.7, 1.0, 1.4, 2.0],
        // Half and twice of one in the middle are a factor of 4: a range of a factor of 2 is this.
        paper: Some([std::f64::consts::FRAC_1_SQRT_2, std::f64::consts::SQRT_2]),
    },
    Look {
        change: Change::Shift,
        heading: "Vertical shift",
        title: "of its height, down",
        ticks: &[-0.8, -0.5, -0.2, 0.2, 0.5, 0.8],
        paper: Some([-0.5, 0.5]),
    },
    Look {
        change: Change::Rotation,
        heading: "Rotation",
        title: "degrees, clockwise",
        ticks: &[-60.0, -30.0, 0.0, 30.0, 60.0],
        paper: Some([-30.0, 30.0]),
    },
    Look {
        change: Change::Noise,
        heading: "Noise",
        title: "share of pixels inverted",
        ticks: &[0.0, 0.1, 0.2, 0.3, 0.4],
        paper: Some([0.0, NOISE]),
    },
    Look {
        change: Change::Squeeze,
        heading: "Width over height",
        title: "times, at constant area",
        ticks: &[0.3, 0.5, 1.0, 2.0, 3.0],
        paper: None,
    },
    Look {
        change: Change::Strokes,
        heading: "Stroke width",
        title: "pixels more or less",
        ticks: &[-2.0, -1.0, 0.0, 1.0, 2.0, 3.0, 4.0],
        paper: None,
    },
];

/// Draws the figure from study `invariance`.
///
/// # Errors
/// When an arm is missing, or the errors of a change.
pub fn draw(studies: &Studies) -> Drawn<Page> {
    let findings = studies.get("invariance")?;
    let arms = ARMS.iter().map(|(arm, _)| findings.arm(arm)).collect::<Drawn<Vec<_>>>()?;
    let frame = Frame::new(
        "What the networks tolerate (III-E)",
        "Each test pattern is changed in one way. Grey: the range that the paper states; for noise, up to the share that its \
         network was trained with. The thin line is our limit, one wrong answer in ten. Networks were trained on plain \
         patterns, on patterns with noise, on distorted ones, and on both. Lines are means over seeds; bands \
         hold about 95 % of single networks on other patterns; dots mark the networks that saw noise in training.",
        findings.source(arms.iter().copied()),
    );
    let patterns = findings.results.data.test as f64;
    page(NAMES + 3 * HEIGHT, frame, |sheet| {
        draw_names(sheet)?;
        let (_, below) = sheet.area.split_vertically(NAMES);
        for (area, look) in below.split_evenly((3, 2)).iter().zip(LOOKS) {
            let panel = look.panel(&area.margin(0, 50, 0, 50))?;
            for (n, arm) in arms.iter().enumerate() {
                let mean = arm.tolerance(look.change);
                let mean = mean.ok_or_else(|| findings.lacking(arm, "errors on changed patterns"))?;
                panel.band(&band(arm, &mean, patterns), colour_of_line(n))?;
                let points: Vec<Point> = points(&mean).collect();
                panel.line(&points, colour_of_line(n))?;
                if with_noise(n) {
                    panel.dots(&points, colour_of_line(n))?;
                }
            }
        }
        Ok(())
    })
}

/// Whether the nth arm is trained with noise; its line has dots.
fn with_noise(n: usize) -> bool {
    ARMS[n].0.starts_with("noise")
}

/// The lines and their names side by side: where they end, many are at the same error.
fn draw_names(sheet: &Sheet) -> Drawn {
    for (n, (_, name)) in ARMS.iter().enumerate() {
        let (x, colour) = (n as i32 * 428, colour_of_line(n));
        sheet.line(&[(x, 24), (x + 90, 24)], colour.stroke_width(LINE))?;
        if with_noise(n) {
            sheet.circle((x + 45, 24), DOT, colour.filled())?;
        }
        sheet.write((x + 108, 24), name, Words::Label.style(INK, LEFT))?;
    }
    Ok(())
}

impl Look {
    /// The axes, the paper's range and our limit.
    fn panel<'a>(&self, area: &Area<'a>) -> Drawn<Panel<'a>> {
        let amounts = self.change.amounts();
        let range = amounts[0]..amounts[amounts.len() - 1];
        let x = match self.change {
            Change::Scale | Change::Squeeze => Axis::log(self.title, range.clone(), self.ticks),
            _ => Axis::linear(self.title, range.clone(), self.ticks),
        };
        let y = Axis::log("wrong answers, %", 0.5..100.0, &ERRORS);
        let panel = Panel::new(area, self.heading, x, y, 0)?;
        if let Some([from, to]) = self.paper {
            panel.range((from, 0.5), (to, 100.0))?;
        }
        panel.rule(&[(range.start, TOLERATED_PCT), (range.end, TOLERATED_PCT)], GREY)?;
        Ok(panel)
    }
}

/// Amounts and errors.
fn points(mean: &Tolerance) -> impl Iterator<Item = Point> {
    mean.amounts.iter().copied().zip(mean.error_pct.iter().copied())
}

/// The band around the mean errors: the standard deviation over seeds and that of so many patterns, together.
fn band(arm: &StudyArm, mean: &Tolerance, patterns: f64) -> Vec<(f64, f64, f64)> {
    let edges = |(n, (amount, error)): (usize, Point)| {
        let seeds: Vec<f64> = arm.tolerances(mean.change).map(|one| one.error_pct[n]).collect();
        let reach = BAND * deviation(&Spread::of(&seeds)).hypot((error * (100.0 - error) / patterns).sqrt());
        (amount, (error - reach).max(0.0), (error + reach).min(100.0))
    };
    points(mean).enumerate().map(edges).collect()
}
