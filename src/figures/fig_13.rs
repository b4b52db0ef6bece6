//! Fig. 13 of the paper: the states of all layers for unusual, distorted and noisy patterns.

use super::kit::*;
use super::shades::Walk;
use crate::experiment::{Finished, Grey, Model, Shown};
use crate::section1::Maps;
use crate::section3::distortions::{Distortion, place_distorted};
use crate::section3::invariance::{NOISE, salt_and_pepper};
use crate::section3::presentation::Chance;

/// Patterns of each of the three kinds.
const OF_A_KIND: usize = 3;
/// The seed of the noise.
const SEED: u64 = 1;
/// The distortions, far beyond those of training.
const DISTORTIONS: [(&str, Distortion); OF_A_KIND] = [
    ("half the size", Distortion { scale: -1.0, ..Distortion::NONE }),
    ("moved by 6", Distortion { rows: 6.0, ..Distortion::NONE }),
    ("slanted", Distortion { shear: 0.7, ..Distortion::NONE }),
];
/// The left side of the first layer.
const LEFT: i32 = 216;
/// The top of the first pattern, below the names of the layers.
const TOP_ROW: i32 = 50;
/// The distance from one pattern to the next.
const STEP: i32 = 186;
/// The gap between layers.
const GAP: i32 = 34;
/// The gap between maps of a layer.
const SLIT: i32 = 4;
/// The height of a layer: all rows of its maps.
const HEIGHT: i32 = 135;

/// A pattern, its class and its treatment.
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
    let model = run.model(arm)?;
    let subjects = subjects(run, arm, &model);
    let frame = Frame::new(
        format!("The states of {}, layer by layer (Fig. 13)", run.results.arms[arm].name),
        "Patterns that are unusual (read correctly, but with the largest penalty of their class), distorted, or noisy \
         (one pixel in ten inverted). Black is +A, white −A. The darker a label, the smaller its penalty; the answer is \
         at the right, orange if wrong. The paper's network was trained with such noise, this one was not (deviation 21).",
        arm_source(run, arm, &format!("; noise from seed {SEED}")),
    );
    page(TOP_ROW + subjects.len() as i32 * STEP, frame, |sheet| {
        let walks: Vec<Walk> =
            subjects.iter().map(|subject| Walk::through(&model, &subject.pattern)).collect();
        let places = walks.first().map_or(vec![LEFT], places);
        for ((name, _), &x) in walks.iter().take(1).flat_map(|walk| &walk.layers).zip(&places) {
            write(sheet, (x, 0), name, Words::Label, INK)?;
        }
        let costs = if model.codes().is_some() { "penalties" } else { "−log p" };
        write(sheet, (places[places.len() - 1], 0), costs, Words::Label, INK)?;
        (0..).zip(subjects.iter().zip(&walks)).try_for_each(|(n, (subject, walk))| {
            draw_subject(&sheet.from((0, TOP_ROW + n * STEP)), subject, walk, &places)
        })
    })
}

/// The number of columns in the square of a layer's maps, and the units of the page for a state.
fn square(maps: &[Grey]) -> (usize, i32) {
    let root = maps.len().isqrt();
    let columns = root + usize::from(root * root < maps.len());
    let rows = maps.len().div_ceil(columns) * maps[0].0.nrows();
    (columns, HEIGHT / rows as i32)
}

/// The left side of each layer, and of the penalties after them.
fn places(walk: &Walk) -> Vec<i32> {
    let mut places = vec![LEFT];
    for (n, (_, maps)) in walk.layers.iter().enumerate() {
        let (columns, scale) = square(maps);
        places.push(places[n] + columns as i32 * (size(&maps[0], scale).0 + SLIT) - SLIT + GAP);
    }
    places
}

/// The patterns: each kind shows other classes.
fn subjects(run: &Finished, arm: usize, model: &Model) -> Vec<Subject> {
    let gallery = &run.gallery;
    let shown = |index: &usize| &gallery.test[index];
    let firsts: Vec<&Shown> = gallery.samples.iter().filter_map(|class| class.first()).map(shown).collect();
    let others = |kind: usize| firsts.iter().cycle().skip(kind * OF_A_KIND).take(OF_A_KIND);
    let unusual = gallery.arms[arm].unusual.iter().take(OF_A_KIND).map(shown);
    let subject = |kind, shown: &Shown| Subject::new(kind, shown, model);
    let unusual = unusual.map(|shown| subject("unusual", shown));
    let distorted = others(1).zip(DISTORTIONS).map(|(shown, (kind, distortion))| {
        let (image, mut subject) =
            (model.architecture().images.image(shown.image.0.view()), subject(kind, shown));
        place_distorted(image.view(), &distortion, &mut subject.pattern);
        subject
    });
    let noise = others(2).enumerate().map(|(n, shown)| {
        let mut subject = subject("noise", shown);
        salt_and_pepper(NOISE, &mut Chance::Distortion(n).stream(SEED), &mut subject.pattern);
        subject
    });
    unusual.chain(distorted).chain(noise).collect()
}

impl Subject {
    fn new(kind: &'static str, shown: &Shown, model: &Model) -> Self {
        Self { kind, label: shown.label, pattern: model.pattern(shown.image.0.view()) }
    }
}

fn write(sheet: &Sheet, at: (i32, i32), text: &str, words: Words, colour: RGBColor) -> Drawn {
    sheet.write(at, text, words.style(colour, TOP_LEFT))
}

/// Draws a pattern, every layer, and the penalty of each class.
fn draw_subject(sheet: &Sheet, subject: &Subject, walk: &Walk, places: &[i32]) -> Drawn {
    write(sheet, (0, 30), subject.kind, Words::Small, GREY)?;
    write(sheet, (0, 70), &format!("a {}", subject.label), Words::Label, INK)?;
    for ((_, maps), &x) in walk.layers.iter().zip(places) {
        draw_maps(&sheet.from((x, 0)), maps, square(maps));
    }
    draw_penalties(&sheet.from((places[places.len() - 1], 0)), walk, subject.label)
}

fn draw_maps(sheet: &Sheet, maps: &[Grey], (columns, scale): (usize, i32)) {
    for (n, map) in maps.iter().enumerate() {
        let (width, height) = size(map, scale);
        let (row, column) = ((n / columns) as i32, (n % columns) as i32);
        sheet.picture((column * (width + SLIT), row * (height + SLIT)), map, scale);
    }
}

/// Draws all labels, darker for smaller penalties, and the answer.
fn draw_penalties(sheet: &Sheet, walk: &Walk, label: usize) -> Drawn {
    let (penalties, least) = (walk.penalties.iter().collect::<Vec<f32>>(), walk.least());
    let largest = penalties.iter().copied().fold(0.0, f32::max);
    for (class, penalty) in (0..).zip(&penalties) {
        let light = (20.0 + 215.0 * (penalty - least) / (largest - least).max(f32::MIN_POSITIVE)) as u8;
        let at = (class % 5 * 42, 6 + class / 5 * 46);
        write(sheet, at, &class.to_string(), Words::Label, RGBColor(light, light, light))?;
    }
    let mut order: Vec<usize> = (0..penalties.len()).collect();
    order.sort_by(|&a, &b| penalties[a].total_cmp(&penalties[b]));
    let (answer, next) = (order[0], order[1]);
    let colour = if answer == label { BLUE } else { VERMILION };
    write(sheet, (236, 2), &answer.to_string(), Words::Title, colour)?;
    let text = format!("{answer}: {}", brief(penalties[answer]));
    write(sheet, (0, 104), &text, Words::Small, colour)?;
    write(sheet, (0, 138), &format!("next {next}: {}", brief(penalties[next])), Words::Small, GREY)
}
