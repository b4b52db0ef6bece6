//! Training on strings (VI): errors by gap before and after it, and the penalties of junk.

use super::kit::*;
use crate::experiment::StudyArm;
use crate::section6::reading::{GAPS, StringErrors};

/// The arms shown, with their names on the page and colours.
const ARMS: [(&str, &str, RGBColor); 3] = [
    ("isolated", "trained on single digits", GREY),
    ("viterbi", "+ Viterbi training (11)", VERMILION),
    ("strings", "+ discriminative forward (17)", BLUE),
];

/// Draws the errors by gap, from study `strings`.
///
/// # Errors
/// When an arm is missing, or was not measured on strings.
pub fn by_gap(studies: &Studies) -> Drawn<Page> {
    let findings = studies.get("strings")?;
    let arms = ARMS.map(|(name, ..)| findings.arm(name));
    let [one, two, three] = arms;
    let arms = [one?, two?, three?];
    let reading = "A string of three to five digits is wrong if one character of the answer is. A gap is the number of columns between \
                   the boxes of neighbours; negative: they overlap. Bands are a standard deviation of single seeds.";
    let frame = Frame::new("Errors on strings, by gap", reading, findings.source(arms));
    page(820, frame, |sheet| {
        let largest =
            errors(findings, arms[0])?.into_iter().map(|(_, mean, _)| mean).fold(10.0, f64::max) + 4.0;
        let x = Axis::round("gap, columns", -4.0, 6.0);
        let panel = Panel::new(&sheet.area, "", x, Axis::round("wrong strings, %", 0.0, largest), 520)?;
        let mut names = Vec::new();
        for ((_, name, colour), arm) in ARMS.into_iter().zip(arms) {
            let errors = errors(findings, arm)?;
            let band: Vec<_> =
                errors.iter().map(|&(x, mean, spread)| (x, mean - spread, mean + spread)).collect();
            panel.band(&band, colour)?;
            let means: Vec<Point> = errors.iter().map(|&(x, mean, _)| (x, mean)).collect();
            panel.line(&means, colour)?;
            panel.dots(&means, colour)?;
            let (x, y, _) = errors[errors.len() - 1];
            names.push(Name::new(name, colour, (x, y)));
        }
        panel.name_ends(&names)
    })
}

/// Gap, mean error and its standard deviation.
fn errors(findings: &Findings, arm: &StudyArm) -> Drawn<Vec<(f64, f64, f64)>> {
    let one = |(n, &gap): (usize, &i32)| {
        let spread = arm.of_strings(|found| found.by_gap[n].error_pct())?;
        Some((f64::from(gap), spread.mean, spread.deviation.unwrap_or(0.0)))
    };
    let errors: Option<Vec<_>> = GAPS.iter().enumerate().map(one).collect();
    errors.ok_or_else(|| findings.lacking(arm, STRINGS))
}

/// Draws the penalties of digits and of junk, from study `strings`.
///
/// # Errors
/// As for [`by_gap`].
pub fn junk(studies: &Studies) -> Drawn<Page> {
    let findings = studies.get("strings")?;
    let [before, after] = [findings.arm("isolated")?, findings.arm("strings")?];
    let reading = "The smallest penalty that the network gives to a candidate: of those that are a digit, and of junk, pieces and unions of \
                   digits. A dot is the median, a bar goes from the first to the third quartile. Training on strings raises both, and \
                   drives them apart.";
    let frame =
        Frame::new("What training on strings does to junk", reading, findings.source([before, after]));
    page(620, frame, |sheet| {
        let titles = ["digits, before", "junk, before", "digits, after", "junk, after"];
        let quartiles = [
            quartiles(findings, before, |found| found.junk.digits)?,
            quartiles(findings, before, |found| found.junk.junk)?,
            quartiles(findings, after, |found| found.junk.digits)?,
            quartiles(findings, after, |found| found.junk.junk)?,
        ];
        let largest = quartiles.iter().map(|quartile| quartile[2]).fold(1.0, f64::max);
        let y = Axis::round("smallest penalty", 0.0, largest);
        let panel = Panel::new(&sheet.area, "", Axis::named("", &titles, 0.5), y, 120)?;
        for (x, ([low, median, high], colour)) in
            quartiles.into_iter().zip([BLUE, VERMILION, BLUE, VERMILION]).enumerate()
        {
            let x = x as f64;
            panel.rule(&[(x, low), (x, high)], colour)?;
            panel.dots(&[(x, median)], colour)?;
            panel.name(Name::new(format!("{median:.1}"), colour, (x, median)), (20, 0), LEFT)?;
        }
        Ok(())
    })
}

fn quartiles(findings: &Findings, arm: &StudyArm, of: impl Fn(&StringErrors) -> [f64; 3]) -> Drawn<[f64; 3]> {
    let mean = |n: usize| arm.of_strings(|found| of(found)[n]).map(|spread| spread.mean);
    match [0, 1, 2].map(mean) {
        [Some(low), Some(median), Some(high)] => Ok([low, median, high]),
        _ => Err(findings.lacking(arm, STRINGS)),
    }
}

/// What a study without strings lacks.
const STRINGS: &str = "errors on strings";
