//! Fig. 13 of the paper: patterns on their way through the network.

use super::axis::brief;
use super::error::FigureError;
use super::findings::arm_source;
use super::look::{self, Area, BLUE, Drawn, Frame, GREY, INK, Page, Pictures, VERMILION, Words};
use super::shades;
use crate::experiment::{Finished, Grey, Model, Shown};
use crate::section1::{Maps, Penalties, States};
use crate::section3::distortions::{Distortion, place_distorted};
use crate::section3::invariance::{NOISE, salt_and_pepper};
use crate::section3::presentation::Chance;
use plotters::style::RGBColor;
use plotters::style::text_anchor::{HPos, VPos};

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
/// From one pattern to the next.
const STEP: i32 = 186;
/// Between layers.
const GAP: i32 = 34;
/// The maps of a layer take so many units of the page, or a little less.
const HEIGHT: i32 = 135;
/// Between maps of a layer.
const SLIT: i32 = 4;

/// A pattern and what was done to it.
struct Subject {
    kind: String,
    label: usize,
    pattern: Maps<f32>,
}

/// Draws the figure of an arm.
///
/// # Errors
/// When its network cannot be read.
pub fn draw(run: &Finished, arm: usize) -> Result<Option<Page>, FigureError> {
    let model = run.model(arm)?;
    let subjects = subjects(run, arm, &model);
    let name = &run.results.arms[arm].name;
    let frame = Frame {
        title: format!("Through {name}, layer by layer"),
        reading: "Fig. 13 of the paper: patterns that are unusual (right, but dearest of their class), \
                  distorted, or have one pixel in ten turned round. Black is +A, white −A. Labels are the \
                  darker the less they cost; the answer stands at the right, orange if wrong. The \
                  paper's network was trained with such noise, this one was not (deviation 21)."
            .into(),
        caption: arm_source(run, arm, &format!("; noise from seed {SEED}")),
    };
    look::illustrated(subjects.len() as i32 * STEP + 50, &frame, |area, pictures| {
        let costs = if model.codes().is_some() { "penalties" } else { "−log p" };
        let limit = model.squashing().amplitude as f32;
        let places = head(area, &pictured(&model.net.states(), limit), costs)?;
        (0..).zip(&subjects).try_for_each(|(n, subject)| {
            let walk = Walk { area, pictures, limit, y: 50 + n * STEP };
            walk.draw(subject, &model, &places)
        })
    })
    .map(Some)
}

/// The patterns: those of each kind from other classes.
fn subjects(run: &Finished, arm: usize, model: &Model) -> Vec<Subject> {
    let gallery = &run.gallery;
    let pattern = |shown: &Shown| model.pattern(shown.image.0.view());
    let shown = |index: &usize| &gallery.test[index];
    let unusual = gallery.arms[arm].unusual.iter().map(shown).take(OF_A_KIND);
    let unusual = unusual.map(|shown| Subject::new("unusual", shown, pattern(shown)));
    let firsts: Vec<&Shown> = gallery.samples.iter().filter_map(|class| class.first()).map(shown).collect();
    let mut others = firsts.iter().cycle().skip(OF_A_KIND);
    let distorted =
        DISTORTIONS.iter().zip(others.by_ref().take(OF_A_KIND)).map(|((kind, distortion), shown)| {
            let mut pattern = pattern(shown);
            place_distorted(
                model.architecture().images.image(shown.image.0.view()).view(),
                distortion,
                &mut pattern,
            );
            Subject::new(kind, shown, pattern)
        });
    let mut subjects: Vec<Subject> = unusual.chain(distorted).collect();
    subjects.extend((0..OF_A_KIND).zip(others).map(|(n, shown)| {
        let mut pattern = pattern(shown);
        salt_and_pepper(NOISE, &mut Chance::Distortion(n).stream(SEED), &mut pattern);
        Subject::new("noise", shown, pattern)
    }));
    subjects
}

impl Subject {
    fn new(kind: &str, shown: &Shown, pattern: Maps<f32>) -> Self {
        Self { kind: kind.into(), label: shown.label, pattern }
    }
}

/// A layer on the page: its pictures, how many stand side by side, and units of the page for one of its states.
struct Pictured {
    name: String,
    maps: Vec<Grey>,
    columns: usize,
    scale: i32,
}

impl Pictured {
    /// Maps in a square; single units as one picture of twelve rows, if they fill them.
    fn new(name: &str, maps: Vec<Grey>) -> Self {
        let columns = maps.len().isqrt() + usize::from(maps.len().isqrt().pow(2) < maps.len());
        let rows = maps.len().div_ceil(columns) * maps[0].0.dim().0;
        Self { name: name.into(), maps, columns, scale: HEIGHT / rows as i32 }
    }

    fn of_layer(name: &str, state: &Maps<f32>, limit: f32) -> Self {
        let units = state.len();
        if state.dim().0 < units {
            return Self::new(name, shades::maps(limit, state));
        }
        let rows = if units.is_multiple_of(12) { 12 } else { units };
        let plane = state.to_shape((rows, units / rows)).expect("as many rows as fill them");
        Self::new(name, vec![shades::signed(limit, plane.view())])
    }

    fn width(&self) -> i32 {
        self.columns as i32 * (self.maps[0].0.dim().1 as i32 * self.scale + SLIT) - SLIT
    }
}

/// The layers of a network with a pattern in it, the pattern first.
fn pictured(states: &States<f32>, limit: f32) -> Vec<Pictured> {
    let input = Pictured::new("input", vec![shades::pattern(states.input())]);
    let layers = states.layers().map(|(name, state)| Pictured::of_layer(name, state, limit));
    std::iter::once(input).chain(layers).collect()
}

/// Writes the names of the layers above them and says where each begins, and what each class costs behind.
fn head(area: &Area, layers: &[Pictured], costs: &str) -> Result<Vec<i32>, FigureError> {
    let (mut x, mut places) = (216, Vec::new());
    for layer in layers {
        area.draw_text(&layer.name, &Words::Label.style(INK, HPos::Left, VPos::Top), (x, 0))?;
        places.push(x);
        x += layer.width() + GAP;
    }
    area.draw_text(costs, &Words::Label.style(INK, HPos::Left, VPos::Top), (x, 0))?;
    places.push(x);
    Ok(places)
}

/// One pattern's row.
struct Walk<'a, 'b> {
    area: &'a Area<'b>,
    pictures: &'a Pictures,
    limit: f32,
    y: i32,
}

impl Walk<'_, '_> {
    fn draw(&self, subject: &Subject, model: &Model, places: &[i32]) -> Drawn {
        self.words(&subject.kind, Words::Small, GREY, (0, 30))?;
        self.words(&format!("a {}", subject.label), Words::Label, INK, (0, 70))?;
        let states = model.fprop(&subject.pattern);
        let layers = pictured(&states, self.limit);
        for (Pictured { maps, columns, scale, .. }, x) in layers.iter().zip(places) {
            for (n, map) in maps.iter().enumerate() {
                let (rows, width) = map.0.dim();
                let (row, column) = ((n / columns) as i32, (n % columns) as i32);
                let at =
                    (x + column * (width as i32 * scale + SLIT), self.y + row * (rows as i32 * scale + SLIT));
                self.pictures.put(self.area, map, at, *scale);
            }
        }
        self.penalties(&states.output, subject.label, places[layers.len()])
    }

    /// All labels, the darker the smaller their penalty, and the answer.
    fn penalties(&self, penalties: &Penalties<f32>, label: usize, x: i32) -> Drawn {
        let answer = penalties.nearest();
        let penalties: Vec<f32> = penalties.iter().collect();
        let least = penalties.iter().copied().fold(f32::INFINITY, f32::min);
        let largest = penalties.iter().copied().fold(0.0, f32::max);
        for (class, &penalty) in penalties.iter().enumerate() {
            let light = 20.0 + 215.0 * (penalty - least) / (largest - least).max(f32::MIN_POSITIVE);
            let at = (x + (class as i32 % 5) * 42, 6 + (class as i32 / 5) * 46);
            self.words(
                &class.to_string(),
                Words::Label,
                RGBColor(light as u8, light as u8, light as u8),
                at,
            )?;
        }
        let colour = if answer == label { BLUE } else { VERMILION };
        self.words(&answer.to_string(), Words::Title, colour, (x + 236, 2))?;
        let costs = |class: usize| brief(penalties[class]);
        self.words(&format!("{answer} costs {}", costs(answer)), Words::Small, colour, (x, 104))?;
        let next = (0..penalties.len())
            .filter(|&class| class != answer)
            .min_by(|&a, &b| penalties[a].total_cmp(&penalties[b]));
        next.map_or(Ok(()), |next| {
            self.words(&format!("next: {next}, {}", costs(next)), Words::Small, GREY, (x, 138))
        })
    }

    fn words(&self, text: &str, words: Words, colour: RGBColor, (x, y): (i32, i32)) -> Drawn {
        Ok(self.area.draw_text(text, &words.style(colour, HPos::Left, VPos::Top), (x, self.y + y))?)
    }
}
