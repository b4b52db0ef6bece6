#![doc = mathdoc::page!("reading.md", "../../docs/figures/strings-by-gap.svg")]

use super::reader::StringReader;
use crate::Real;
use crate::section1::Network;
use crate::section3::database::Patterns;
use crate::section5::recognition::Recogniser;
use crate::section5::segmentation::{Segmentation, Segmenter};
use crate::section5::strings::{Spacing, Strings};
use crate::section5::viterbi::best_path;
use serde::{Deserialize, Serialize};

/// The answers to many strings, counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Reading {
    /// Strings read.
    pub strings: usize,
    /// Those with a wrong answer.
    pub wrong: usize,
    /// Those with a wrong answer that is too short.
    pub too_short: usize,
    /// Those with a wrong answer whose graph has no path of true candidates; 0 for readers that do not cut.
    pub without_truth: usize,
    /// Characters in all strings.
    pub characters: usize,
    /// The characters inserted, deleted or replaced between the answers and the strings.
    pub edits: usize,
}

impl Reading {
    /// Reads the first `count` strings.
    pub fn of<R: Real>(
        net: &Network<R>,
        reader: &mut impl StringReader<R>,
        strings: &Strings,
        count: usize,
    ) -> Self {
        let mut reading = Self::default();
        reader.expect_noise(strings.spacing.noise > 0.0);
        for n in 0..count as u64 {
            let field = strings.get(n);
            let graph = reader.fprop(net, field.image.view());
            let found = best_path(&graph).map(|path| graph.labels_of(&path.arcs)).unwrap_or_default();
            reading.strings += 1;
            reading.characters += field.labels.len();
            reading.edits += edits(&found, &field.labels);
            if found != field.labels {
                reading.wrong += 1;
                reading.too_short += usize::from(found.len() < field.labels.len());
                let truth = reader.has_truth(&strings.layers(n));
                reading.without_truth += usize::from(truth == Some(false));
            }
        }
        reading
    }

    /// Reads the strings of mixed gaps on which errors are measured, without and with noise, side by side.
    pub fn mixed<R: Real>(
        net: &Network<R>,
        reader: &(impl StringReader<R> + Clone + Send + Sync),
        patterns: &Patterns,
    ) -> [Self; 2] {
        let read = |noise| {
            let spacing = Spacing { noise, ..Spacing::mixed() };
            Self::of(net, &mut reader.clone(), &Strings { patterns, spacing, seed: SEED }, COUNTS[0])
        };
        std::thread::scope(|scope| {
            let noisy = scope.spawn(|| read(NOISE));
            [read(0.0), noisy.join().expect("reading does not panic")]
        })
    }

    /// Wrong answers, percent of the strings.
    pub fn error_pct(&self) -> f64 {
        100.0 * self.wrong as f64 / self.strings as f64
    }

    /// Insertions, deletions and replacements, percent of the characters.
    pub fn character_error_pct(&self) -> f64 {
        100.0 * self.edits as f64 / self.characters as f64
    }
}

/// The fewest insertions, deletions and replacements that make one string of the other (Levenshtein's distance).
///
/// ```
/// assert_eq!(lenet5::section6::reading::edits(&[3, 4, 1], &[3, 4]), 1);
/// ```
pub fn edits(a: &[u8], b: &[u8]) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], i + 1);
        for (j, y) in b.iter().enumerate() {
            let replaced = diagonal + usize::from(x != y);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}

/// The smallest penalties that a network gives to candidates that are digits, and to those that are pieces or unions of digits.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Junk {
    /// Quartiles for digits.
    pub digits: [f64; 3],
    /// Quartiles for the others.
    pub junk: [f64; 3],
}

impl Junk {
    /// The quartiles over the candidates of 200 strings of mixed gaps.
    pub fn of<R: Real>(net: &Network<R>, segmenter: &Segmenter, patterns: &Patterns) -> Self {
        let strings = Strings { patterns, spacing: Spacing::mixed(), seed: SEED };
        let mut recogniser = Recogniser::new();
        let (mut digits, mut junk) = (Vec::new(), Vec::new());
        for n in 0..JUNK {
            let segmentation: Segmentation = segmenter.fprop(strings.get(n).image.view());
            let graph = recogniser.fprop(net, &segmentation);
            let truth = segmentation.truth(&strings.layers(n));
            for (arc, penalties) in
                segmentation.graph.arcs().zip(graph.penalties.chunks(net.classes().max(1)))
            {
                let least = penalties.iter().copied().fold(f64::INFINITY, f64::min);
                if truth[arc.origin].is_some() { digits.push(least) } else { junk.push(least) }
            }
        }
        Self { digits: quartiles(digits), junk: quartiles(junk) }
    }
}

fn quartiles(mut values: Vec<f64>) -> [f64; 3] {
    values.sort_by(f64::total_cmp);
    [1, 2, 3].map(|quarter| values.get(quarter * values.len() / 4).copied().unwrap_or_default())
}

/// The gaps at which errors are measured, in columns.
pub const GAPS: [i32; 6] = [-4, -2, 0, 2, 4, 6];
/// The share of pixels that noise inverts.
pub const NOISE: f64 = 0.1;
/// The number of strings with mixed gaps, and of each gap.
pub const COUNTS: [usize; 2] = [1000, 500];
/// The number of strings whose candidates are counted.
const JUNK: u64 = 200;
/// The seed of the strings that are read, which no training uses.
const SEED: u64 = 1998;

/// Errors of a network on strings: of mixed gaps, by gap, and with noise; and the penalties of junk.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct StringErrors {
    /// Mixed gaps.
    pub mixed: Reading,
    /// One gap after another, in the order of [`GAPS`].
    pub by_gap: Vec<Reading>,
    /// Mixed gaps with a [tenth](NOISE) of the pixels inverted, read through the median filter.
    pub noisy: Reading,
    /// The same noise, one gap after another.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub noisy_by_gap: Vec<Reading>,
    /// Penalties of digits and junk, where a reader cuts.
    pub junk: Junk,
}

impl StringErrors {
    /// Reads strings made of `patterns`, on so many threads, each with a copy of the reader.
    pub fn of<R: Real>(
        net: &Network<R>,
        reader: &(impl StringReader<R> + Clone + Send + Sync),
        patterns: &Patterns,
        threads: usize,
    ) -> Self {
        let clean = GAPS.map(|gap| (Spacing::with_gap(gap), COUNTS[1]));
        let clean: Vec<_> = [(Spacing::mixed(), COUNTS[0])].into_iter().chain(clean).collect();
        let noisy =
            clean.iter().map(|(spacing, count)| (Spacing { noise: NOISE, ..spacing.clone() }, *count));
        let all: Vec<_> = clean.iter().cloned().chain(noisy).collect();
        let one = |(spacing, count): (Spacing, usize)| {
            Reading::of(net, &mut reader.clone(), &Strings { patterns, spacing, seed: SEED }, count)
        };
        let mut readings = Vec::new();
        for some in all.chunks(threads.max(1)) {
            std::thread::scope(|scope| {
                let started: Vec<_> = some.iter().map(|some| scope.spawn(|| one(some.clone()))).collect();
                readings.extend(
                    started.into_iter().map(|reading| reading.join().expect("reading does not panic")),
                );
            });
        }
        let mut noisy_by_gap = readings.split_off(clean.len());
        let (mixed, noisy) = (readings.remove(0), noisy_by_gap.remove(0));
        Self { mixed, noisy, by_gap: readings, noisy_by_gap, junk: Junk::default() }
    }
}
