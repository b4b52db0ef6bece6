//! The collapse of codes that learn (VI-A): distances between codes and errors on strings, by criterion.

use super::kit::*;
use crate::experiment::StudyArm;
use crate::section2::{Rbf, digit_codes};

/// A criterion: its name and its equation on the page, its colour, and its arms with fixed and with learnt codes.
const CRITERIA: [(&str, &str, RGBColor, [&str; 2]); 2] = [
    ("discriminative forward", "(17)", BLUE, ["short", "codes"]),
    ("Viterbi", "(11)", VERMILION, ["viterbi", "codes-viterbi"]),
];
/// The values written on the axis of distances.
const TICKS: [f64; 13] = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0];

/// Draws the figure, from study `search-strings`.
///
/// # Errors
/// When an arm is missing, or was not measured on strings.
pub fn draw(studies: &Studies) -> Drawn<Page> {
    let findings = studies.get("search-strings")?;
    let arms = CRITERIA.map(|(.., [fixed, learnt])| Ok([findings.arm(fixed)?, findings.arm(learnt)?]));
    let [one, two]: [Drawn<[&StudyArm; 2]>; 2] = arms;
    let arms = [one?, two?];
    let reading = "Codes that learn. Left: the smallest squared distance between the codes of two digits, pass by pass on single digits (eq. 9), \
                   and after training on strings: Viterbi training (11) draws the codes together, discriminative forward training (17) \
                   drives them apart. Right: wrong strings beside those with fixed codes. Arms: short, codes (17); viterbi, \
                   codes-viterbi (11).";
    let frame =
        Frame::new("The collapse of codes (VI-A)", reading, findings.source(arms.into_iter().flatten()));
    page(820, frame, |sheet| {
        let (left, right) = sheet.area.split_horizontally(1010);
        draw_distances(&left, findings, arms.map(|[_, learnt]| learnt))?;
        draw_errors(&right, findings, arms)
    })
}

fn draw_distances(area: &Area, findings: &Findings, arms: [&StudyArm; 2]) -> Drawn {
    let [one, two] = arms.map(|arm| distances(findings, arm));
    let lines = [one?, two?];
    let fixed = Rbf::new(digit_codes::<f64>()).closest_codes();
    let (least, largest) = extent(lines.iter().flatten().map(|point| point.1).chain([fixed]));
    let y = Axis::log("closest two codes, squared distance", least.max(0.01) / 2.0..largest * 2.0, &TICKS);
    let last = lines[0].len() as f64;
    let panel = Panel::new(area, "", Axis::passes(1.0, last, 1.5), y, 320)?;
    panel.rule(&[(1.0, fixed), (last, fixed)], GREY)?;
    panel.name(Name::new(format!("fixed codes: {fixed:.0}"), GREY, (1.0, fixed)), (10, -10), BOTTOM_LEFT)?;
    for (points, (_, equation, colour, _)) in lines.iter().zip(CRITERIA) {
        let (passes, strings) = points.split_at(points.len() - 1);
        panel.line(passes, GREY)?;
        panel.rule(&points[points.len() - 2..], colour)?;
        panel.dots(strings, colour)?;
        let name = format!("strings {equation}: {}", brief(strings[0].1 as f32));
        panel.name(Name::new(name, colour, strings[0]), (24, 0), LEFT)?;
    }
    let middle = lines[0][lines[0].len() / 2];
    panel.name(Name::new("single digits", GREY, middle), (0, -14), BOTTOM)?;
    Ok(())
}

/// The distance after each pass, and behind the last that after training on strings.
fn distances(findings: &Findings, arm: &StudyArm) -> Drawn<Vec<Point>> {
    let run = arm.runs.first().filter(|run| !run.codes_apart.is_empty());
    let after = run.and_then(|run| run.strings?.closest_codes);
    let (Some(run), Some(after)) = (run, after) else {
        return Err(findings.lacking(arm, "distances of codes"));
    };
    Ok((1..).map(f64::from).zip(run.codes_apart.iter().copied().chain([after])).collect())
}

fn draw_errors(area: &Area, findings: &Findings, arms: [[&StudyArm; 2]; 2]) -> Drawn {
    let error = |arm: &StudyArm| {
        let spread = arm.of_strings(|found| found.mixed.error_pct());
        spread.map(|spread| spread.mean).ok_or_else(|| findings.lacking(arm, "errors on strings"))
    };
    let mut lines = Vec::new();
    for [fixed, learnt] in arms {
        lines.push([(0.0, error(fixed)?), (1.0, error(learnt)?)]);
    }
    let (_, largest) = extent(lines.iter().flatten().map(|point| point.1));
    let x = Axis::named("codes", &["fixed", "learnt"], 0.4);
    let panel = Panel::new(area, "", x, Axis::round("wrong strings, %", 0.0, largest + 4.0), 0)?;
    for (points, (name, equation, colour, _)) in lines.iter().zip(CRITERIA) {
        panel.rule(points, colour)?;
        panel.dots(points, colour)?;
        panel.name(
            Name::new(format!("{name} {equation}"), colour, (0.5, points[0].1.max(points[1].1))),
            (0, -30),
            BOTTOM,
        )?;
        points.iter().zip([RIGHT, LEFT]).zip([-24, 24]).try_for_each(|((&at, pos), aside)| {
            panel.name(Name::new(format!("{:.1}", at.1), colour, at), (aside, 0), pos)
        })?;
    }
    Ok(())
}
