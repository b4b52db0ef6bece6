//! Fig. 13 of the paper: patterns on their way through the network.

use super::kit::*;
use super::shades::Walk;
use crate::experiment::{Finished, Grey, Shown};
use crate::section1::Maps;
use crate::section3::distortions::{Distortion, place_distorted};
use crate::section3::invariance::{NOISE, salt_and_pepper};
use crate::section3::presentation::Chance;

/// Patterns of each of the three kinds.
const OF_A_KIND: usize = 3;
/// What noise is drawn from.
const SEED: u64 = 1;
/// Far beyond those that any network here is trained on.
const DISTORTIONS: [(&str, Distortion); OF_A_KIND] = [
    ("half the size", Distortion { scale: -1.0, ..Distortion::NONE }),
    ("moved by 6", Distortion { rows: 6.0, ..Distortion::NONE }),
    ("slanted", Distortion { shear: 0.7, ..Distortion::NONE }),
];
/// What a layer looks like: its name, columns of maps, how wide a map is, and units of the page for one of its states.
const LAYERS: [(&str, usize, i32, i32); 7] = [
    ("input", 1, 32, 4),
    ("C1", 3, 28, 2),
    ("S2", 3, 14, 4),
    ("C3", 4, 10, 3),
    ("S4", 4, 5, 6),
    ("C5", 1, 10, 11),
    ("F6", 1, 7, 11),
];
/// Where the first layer begins.
const LEFT: i32 = 216;
/// Where the first pattern begins, below the names of the layers.
const TOP_ROW: i32 = 50;
/// From one pattern to the next.
const STEP: i32 = 186;
/// Between layers.
const GAP: i32 = 34;
/// Between maps of a layer.
const SLIT: i32 = 4;

/// A pattern and what was done to it.
struct Subject {
    kind: &'static str,
    label: usize,
    pattern: Maps<f32>,
}

/// Draws the figure of an arm.
///
/// # Errors
/// When its network cannot be read.
pub fn draw(run: &Finished, arm: usize) -> Drawn<Option<Page>> {
    let (model, subjects) = (run.model(arm)?, subjects(run, arm));
    let frame = Frame::new(
        format!("Through {}, layer by layer", run.results.arms[arm].name),
        "Fig. 13 of the paper: patterns that are unusual (right, but dearest of their class), distorted, or have one \
         pixel in ten turned round. Black is +A, white −A. Labels are the darker the less they cost; the answer \
         stands at the right, orange if wrong. The paper's network was trained with such noise, this one was not \
         (deviation 21).",
        arm_source(run, arm, &format!("; noise from seed {SEED}")),
    );
    page(TOP_ROW + subjects.len() as i32 * STEP, frame, |sheet| {
        for ((name, ..), x) in LAYERS.into_iter().zip(places()) {
            write(sheet, (x, 0), name, Words::Label, INK)?;
        }
        let costs = if model.codes().is_some() { "penalties" } else { "−log p" };
        write(sheet, (places()[LAYERS.len()], 0), costs, Words::Label, INK)?;
        (0..).zip(&subjects).try_for_each(|(n, subject)| {
            let walk = Walk::through(&model, &subject.pattern);
            draw_subject(&sheet.from((0, TOP_ROW + n * STEP)), subject, &walk)
        })
    })
}

/// Where each layer begins, and behind them what each class costs.
fn places() -> [i32; LAYERS.len() + 1] {
    let mut places = [LEFT; LAYERS.len() + 1];
    for (n, (_, columns, width, scale)) in LAYERS.into_iter().enumerate() {
        places[n + 1] = places[n] + columns as i32 * (width * scale + SLIT) - SLIT + GAP;
    }
    places
}

/// The patterns: those of each kind from other classes.
fn subjects(run: &Finished, arm: usize) -> Vec<Subject> {
    let gallery = &run.gallery;
    let shown = |index: &usize| &gallery.test[index];
    let firsts: Vec<&Shown> = gallery.samples.iter().filter_map(|class| class.first()).map(shown).collect();
    let others = |kind: usize| firsts.iter().cycle().skip(kind * OF_A_KIND).take(OF_A_KIND);
    let unusual = gallery.arms[arm].unusual.iter().take(OF_A_KIND).map(shown);
    let unusual = unusual.map(|shown| Subject::new("unusual", shown, |_| ()));
    let distorted = others(1).zip(DISTORTIONS).map(|(shown, (kind, distortion))| {
        Subject::new(kind, shown, |pattern| place_distorted(shown.image.0.view(), &distortion, pattern))
    });
    let noise = others(2).enumerate().map(|(n, shown)| {
        let mut random = Chance::Distortion(n).stream(SEED);
        Subject::new("noise", shown, |pattern| salt_and_pepper(NOISE, &mut random, pattern))
    });
    unusual.chain(distorted).chain(noise).collect()
}

impl Subject {
    fn new(kind: &'static str, shown: &Shown, change: impl FnOnce(&mut Maps<f32>)) -> Self {
        let mut pattern = shown.pattern();
        change(&mut pattern);
        Self { kind, label: shown.label, pattern }
    }
}

fn write(sheet: &Sheet, at: (i32, i32), text: &str, words: Words, colour: RGBColor) -> Drawn {
    sheet.write(at, text, words.style(colour, TOP_LEFT))
}

/// Draws what was shown, every layer, and what each class costs.
fn draw_subject(sheet: &Sheet, subject: &Subject, walk: &Walk) -> Drawn {
    write(sheet, (0, 30), subject.kind, Words::Small, GREY)?;
    write(sheet, (0, 70), &format!("a {}", subject.label), Words::Label, INK)?;
    for ((maps, (_, columns, _, scale)), x) in walk.layers.iter().zip(LAYERS).zip(places()) {
        draw_maps(&sheet.from((x, 0)), maps, columns, scale);
    }
    draw_penalties(&sheet.from((places()[LAYERS.len()], 0)), walk, subject.label)
}

fn draw_maps(sheet: &Sheet, maps: &[Grey], columns: usize, scale: i32) {
    for (n, map) in maps.iter().enumerate() {
        let (width, height) = size(map, scale);
        let (row, column) = ((n / columns) as i32, (n % columns) as i32);
        sheet.picture((column * (width + SLIT), row * (height + SLIT)), map, scale);
    }
}

/// Draws all labels, the darker the smaller their penalty, and the answer.
fn draw_penalties(sheet: &Sheet, walk: &Walk, label: usize) -> Drawn {
    let (penalties, least) = (&walk.penalties, walk.least());
    let largest = penalties.iter().copied().fold(0.0, f32::max);
    for (class, penalty) in (0..).zip(penalties) {
        let light = (20.0 + 215.0 * (penalty - least) / (largest - least).max(f32::MIN_POSITIVE)) as u8;
        let at = (class % 5 * 42, 6 + class / 5 * 46);
        write(sheet, at, &class.to_string(), Words::Label, RGBColor(light, light, light))?;
    }
    let mut order: Vec<usize> = (0..penalties.len()).collect();
    order.sort_by(|&a, &b| penalties[a].total_cmp(&penalties[b]));
    let (answer, next) = (order[0], order[1]);
    let colour = if answer == label { BLUE } else { VERMILION };
    write(sheet, (236, 2), &answer.to_string(), Words::Title, colour)?;
    let text = format!("{answer} costs {}", brief(penalties[answer]));
    write(sheet, (0, 104), &text, Words::Small, colour)?;
    write(sheet, (0, 138), &format!("next: {next}, {}", brief(penalties[next])), Words::Small, GREY)
}
