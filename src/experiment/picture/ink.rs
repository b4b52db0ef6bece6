//! From levels to the ink of a character: 0 is paper, 255 is full ink.

use super::light::{self, largest, quantile};
use super::pieces::{self, NoCharacter, chosen};
use super::{Shown, Steps, rules};
use image::GrayImage;
use imageproc::contrast::otsu_level;
use ndarray::{Array2, ArrayView1, Axis, Slice, Zip};

/// A picture with no side longer than this is taken as it is, but for the level of paper.
const SMALL: usize = 40;
/// Less contrast is no ink.
const CONTRAST: f32 = 0.03;
/// A picture of less contrast, with grain, is only grain if its ink does not hold together.
const FAINT: f32 = 0.12;
/// Ink is at least this share of the paper's light.
const LEAST: f32 = 0.045;
/// Ink differs from paper by so many times the noise.
const NOISE: f32 = 4.5;
/// Where the strongest ink is not so many times stronger than that, there is only grain.
const OF_FLOOR: f32 = 1.6;
/// The levels, as shares of the strongest ink, above which ink is looked for, until there is a character.
const SHARES: [f32; 4] = [0.12, 0.22, 0.35, 0.5];
/// Ink of a character has at least this share of its own strength.
const OF_STRENGTH: f32 = 0.3;
/// Levels below this share of the strength are paper, where a file keeps levels only nearly.
const LOSSY: f32 = 0.1;
/// A normal distribution's standard deviation, in median absolute deviations.
const DEVIATION: f32 = 1.4826;

/// The ink of what the picture shows.
///
/// # Errors
/// When there is none, or more than one character where one is expected.
pub fn ink(
    levels: Array2<f32>,
    is_lossy: bool,
    shown: Shown,
    steps: &mut Steps,
) -> Result<Array2<u8>, NoCharacter> {
    steps.note("levels", || grey(&levels));
    let small = match shown {
        Shown::Character => levels.nrows().max(levels.ncols()) <= SMALL,
        Shown::Line => levels.nrows() <= SMALL,
    };
    let plain = Plain::of(&levels, is_lossy);
    if let Some(plain) =
        plain.as_ref().filter(|plain| if small { !plain.is_grain() } else { plain.is_filled(shown) })
    {
        steps.note_ink("one level of paper", || plain.ink.clone());
        return Ok(plain.ink.clone());
    }
    if plain.is_none() || small {
        return Err(NoCharacter::Blank);
    }
    let ink = light::ink(levels);
    steps.note_ink("missing light", || grey(&ink));
    let noise = Noise::of(&ink);
    let ink = ink.mapv(|ink| (ink - noise.usual).max(0.0));
    let chosen = search(&ink, noise.deviation, shown, steps)?;
    let character = shaded(&ink, &chosen, noise.deviation);
    steps.note_ink("character", || character.clone());
    Ok(character)
}

fn grey(levels: &Array2<f32>) -> Array2<u8> {
    levels.mapv(|level| (255.0 * level.clamp(0.0, 1.0)) as u8)
}

/// The level that most places have, and how much they differ from it.
struct Noise {
    usual: f32,
    deviation: f32,
}

impl Noise {
    fn of<'a>(levels: impl IntoIterator<Item = &'a f32>) -> Self {
        let levels: Vec<f32> = levels.into_iter().copied().collect();
        let usual = quantile(levels.clone(), 0.5);
        let differences = levels.into_iter().map(|level| (level - usual).abs()).collect();
        Self { usual, deviation: DEVIATION * quantile(differences, 0.5) }
    }
}

/// Looks for the character above one level after the other; then once more above a share of its own strength.
fn search(
    ink: &Array2<f32>,
    noise: f32,
    shown: Shown,
    steps: &mut Steps,
) -> Result<Array2<bool>, NoCharacter> {
    let floor = LEAST.max(NOISE * noise);
    let strongest = nearly_largest(ink);
    let mut fault = NoCharacter::Blank;
    if strongest < OF_FLOOR * floor {
        return Err(fault);
    }
    for share in SHARES {
        let least = floor.max(share * strongest);
        let mut above = ink.mapv(|ink| ink > least);
        steps.note_ink("ink", || marked(&above));
        if rules::remove(&mut above) > 0 {
            steps.note_ink("rules removed", || marked(&above));
        }
        match chosen(&above, shown) {
            Ok(first) => {
                let least = floor.max(OF_STRENGTH * strength(ink, &first));
                let again = Zip::from(ink).and(&first).map_collect(|&ink, &chosen| chosen && ink > least);
                return Ok(chosen(&again, shown).unwrap_or(first));
            }
            // The first fault is told: above higher levels, less is left.
            Err(found) if fault == NoCharacter::Blank => fault = found,
            Err(_) => {}
        }
    }
    Err(fault)
}

/// The largest level but for a few.
fn nearly_largest(ink: &Array2<f32>) -> f32 {
    const FEW: f32 = 20.0;
    quantile(ink.iter().copied().collect(), 1.0 - FEW / ink.len() as f32)
}

fn marked(ink: &Array2<bool>) -> Array2<u8> {
    ink.mapv(|ink| if ink { 255 } else { 0 })
}

/// The strength of the chosen ink: nine tenths of it are weaker.
fn strength(ink: &Array2<f32>, chosen: &Array2<bool>) -> f32 {
    quantile(ink.iter().zip(chosen).filter(|(_, chosen)| **chosen).map(|(ink, _)| *ink).collect(), 0.9)
}

/// The chosen ink, and the grey pixels at its edges.
fn shaded(ink: &Array2<f32>, chosen: &Array2<bool>, noise: f32) -> Array2<u8> {
    let strength = strength(ink, chosen);
    let faint = (2.0 * noise).max(0.06 * strength);
    let near = grown(&grown(chosen));
    let shade = |&ink: &f32, &near: &bool| {
        if near { (255.0 * ((ink - faint) / (strength - faint)).clamp(0.0, 1.0)) as u8 } else { 0 }
    };
    let shaded = Zip::from(ink).and(&near).map_collect(shade);
    // Ink that is near but not connected belongs to other pieces.
    let labels = pieces::labels(&shaded.mapv(|shade| shade > 0));
    let most = labels.iter().max().copied().unwrap_or(0);
    let mut of_chosen = vec![false; most as usize + 1];
    Zip::from(&labels)
        .and(chosen)
        .for_each(|&label, &chosen| of_chosen[label as usize] |= chosen && label > 0);
    Zip::from(&labels)
        .and(&shaded)
        .map_collect(|&label, &shade| if of_chosen[label as usize] { shade } else { 0 })
}

/// With a pixel more on all sides.
fn grown(ink: &Array2<bool>) -> Array2<bool> {
    let (rows, columns) = ink.dim();
    let around = |at: usize, length: usize| at.saturating_sub(1)..(at + 2).min(length);
    Array2::from_shape_fn((rows, columns), |(y, x)| {
        around(y, rows).any(|y| around(x, columns).any(|x| ink[[y, x]]))
    })
}

/// A picture with one level of paper: a small one, or one that its character fills.
struct Plain {
    ink: Array2<u8>,
    contrast: f32,
    /// The deviation of the paper from its level.
    noise: f32,
}

impl Plain {
    /// Paper and ink are told apart by Otsu's threshold. Levels are kept as they are: an image of the database stays itself.
    fn of(levels: &Array2<f32>, is_lossy: bool) -> Option<Self> {
        let low = levels.iter().copied().fold(f32::MAX, f32::min);
        let high = levels.iter().copied().fold(f32::MIN, f32::max);
        if levels.is_empty() || high - low < CONTRAST {
            return None;
        }
        let stretched = grey(&levels.mapv(|level| (level - low) / (high - low)));
        let (rows, columns) = levels.dim();
        let stretched = GrayImage::from_raw(columns as u32, rows as u32, stretched.into_iter().collect());
        let threshold = otsu_level(&stretched.expect("a level for each pixel"));
        let threshold = low + (high - low) * (f32::from(threshold) + 0.5) / 255.0;
        let light_paper = is_paper_light(&levels.mapv(|level| level > threshold));
        let noise = Noise::of(levels.iter().filter(|&&level| (level > threshold) == light_paper));
        let ink = levels.mapv(|level| if light_paper { noise.usual - level } else { level - noise.usual });
        let strongest = largest(&ink);
        let faint = (3.0 * noise.deviation).max(if is_lossy { LOSSY * strongest } else { 0.0 });
        // Full ink is not stretched.
        let gain = if strongest > 0.995 { 255.0 } else { 255.0 / strongest };
        let ink = ink.mapv(|ink| if ink > faint { (gain * ink).round().min(255.0) as u8 } else { 0 });
        Some(Self { ink, contrast: high - low, noise: noise.deviation })
    }

    /// Whether the ink is grain: faint, and in many pieces.
    fn is_grain(&self) -> bool {
        self.noise > 0.0 && self.contrast < FAINT && !holds_together(&self.ink)
    }

    /// Whether the character touches all four sides, as in a tight crop: each of them in a few places, unlike a frame, an edge
    /// or squared paper.
    fn is_filled(&self, shown: Shown) -> bool {
        const NOISELESS: f32 = 0.05;
        const MOST_PLACES: usize = 3;
        let (rows, columns) = self.ink.dim();
        let depth = (rows.min(columns) / 60).max(1);
        let touched = |axis: usize, from: usize| {
            let strip = self.ink.slice_axis(Axis(axis), Slice::from(from..from + depth));
            strip.map_axis(Axis(axis), |across| across.iter().any(|&ink| ink > 100))
        };
        let few = |side: ArrayView1<bool>, most: usize| {
            let inked = side.iter().filter(|ink| **ink).count();
            let places = side.windows(2).into_iter().filter(|pair| !pair[0] && pair[1]).count();
            inked > 0 && 10 * inked < 9 * side.len() && places + usize::from(side[0]) <= most
        };
        let most = if shown == Shown::Line { columns } else { MOST_PLACES };
        self.noise < NOISELESS
            && [0, rows - depth].iter().all(|&from| few(touched(0, from).view(), most))
            && [0, columns - depth].iter().all(|&from| few(touched(1, from).view(), MOST_PLACES))
    }
}

/// Whether most of the darker ink is one piece: grain is in many.
fn holds_together(ink: &Array2<u8>) -> bool {
    let labels = pieces::labels(&ink.mapv(|ink| ink > 127));
    let mut areas = vec![0; labels.iter().max().map_or(0, |&most| most as usize) + 1];
    labels.iter().filter(|label| **label > 0).for_each(|&label| areas[label as usize] += 1);
    2 * areas.iter().max().unwrap_or(&0) > areas.iter().sum::<usize>()
}

/// Whether paper is light: by the whole picture, its border, and its corners.
fn is_paper_light(light: &Array2<bool>) -> bool {
    let (rows, columns) = light.dim();
    let share = |places: &mut dyn Iterator<Item = bool>| {
        let (mut all, mut lit) = (0, 0);
        places.for_each(|light| (all, lit) = (all + 1, lit + usize::from(light)));
        lit as f32 / all as f32
    };
    let at_edge = |(y, x): (usize, usize)| y == 0 || x == 0 || y + 1 == rows || x + 1 == columns;
    let border = light.indexed_iter().filter(|(at, _)| at_edge(*at)).map(|(_, light)| *light);
    let corners = [(0, 0), (0, columns - 1), (rows - 1, 0), (rows - 1, columns - 1)].map(|at| light[at]);
    let votes =
        share(&mut light.iter().copied()) + share(&mut { border }) + share(&mut corners.into_iter()) / 2.0;
    votes > 1.25
}
