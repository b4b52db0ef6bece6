//! Claims of `paper/claims.toml` about windows, squashing and codes; data of `paper/facts.toml` that the code repeats; and the
//! settings of arms in `paper/deviations.md`. `.ci/check-text` makes the checks of these files that need no code.

use crate::common::{claims, differences, wires};
use lenet5::section1::Module;
use lenet5::section2::{Code, Squashing, TABLE_I, Variant, codes};
use lenet5::section3::training::ETA;
use ndarray::Array3;
use std::collections::BTreeSet;
use std::ops::Range;
use toml::Table;

mod arms;

use claims::ours;

// ---- The network of section II --------------------------------------------------------------------------------------

/// Rows and columns of the pixels that a unit of a layer is connected to.
fn receptive_field(layers: &[wires::Layer], unit: usize) -> BTreeSet<(usize, usize)> {
    let below = |units: BTreeSet<usize>, layer: &wires::Layer| {
        layer.connections.iter().filter(|c| units.contains(&c.to)).filter_map(|c| c.from).collect()
    };
    let pixels: BTreeSet<usize> = layers.iter().rev().fold(BTreeSet::from([unit]), below);
    pixels.into_iter().map(|pixel| (pixel / 32, pixel % 32)).collect()
}

/// The middle row and column of a receptive field.
fn centre(field: &BTreeSet<(usize, usize)>) -> [f64; 2] {
    let ((top, left), (bottom, right)) = (field.first().expect("pixels"), field.last().expect("pixels"));
    [top + bottom, left + right].map(|sum| sum as f64 / 2.0)
}

#[test]
fn windows_overlap_and_cover_as_the_paper_says() {
    let network = wires::lenet5(&Variant::default());
    // S2 is two layers: one adds, one multiplies.
    let (c1, c3) = (&network.layers[..1], &network.layers[..4]);
    assert_eq!((c1[0].units, c3[3].units), (6 * 28 * 28, 16 * 10 * 10));

    let shared = &receptive_field(c1, 0) & &receptive_field(c1, 1);
    let rows: BTreeSet<usize> = shared.iter().map(|(row, _)| *row).collect();
    let columns: BTreeSet<usize> = shared.iter().map(|(_, column)| *column).collect();
    assert_eq!(ours("overlap"), [columns.len() as f64, rows.len() as f64]);

    // The last map of C3 is connected to all of S2. A centre stands for the pixels from it to the next centre.
    let [first, next, last] = [0, 11, 99].map(|unit| centre(&receptive_field(c3, 1500 + unit)));
    let covered = [0, 1].map(|axis| last[axis] - first[axis] + next[axis] - first[axis]);
    assert_eq!(ours("c3-centres"), covered);
}

#[test]
fn table_1_is_the_scheme_the_text_describes() {
    let neighbours = |first: usize, n| (first..first + n).map(|map| map % 6).collect::<BTreeSet<_>>();
    let runs_of = |n| (0..6).map(|first| neighbours(first, n)).collect::<BTreeSet<_>>();
    let rows = |range: Range<usize>| {
        TABLE_I[range].iter().map(|row| row.iter().copied().collect()).collect::<BTreeSet<BTreeSet<_>>>()
    };
    assert_eq!(rows(0..6), runs_of(3), "three neighbours");
    assert_eq!(rows(6..12), runs_of(4), "four neighbours");
    let gaps = rows(12..15);
    assert_eq!(gaps.len(), 3);
    assert!(gaps.iter().all(|row| row.len() == 4) && gaps.is_disjoint(&runs_of(4)), "four with gaps");
    assert_eq!(rows(15..16), runs_of(6), "all six");
}

fn f(a: f64) -> f64 {
    let mut y = Array3::zeros((1, 1, 1));
    Squashing::PAPER.fprop(&Array3::from_elem((1, 1, 1), a), &mut y);
    y[[0, 0, 0]]
}

#[test]
fn squashing_bends_where_the_codes_are() {
    assert!((f(1.0) - ours("squashing-fixed-points")[0]).abs() <= 5e-7, "f(1) = {}", f(1.0));
    let bend = |a: f64| differences::slope(|h| differences::slope(|k| f(a + h + k))).abs();
    let steps = (0..30_000).map(|i| f64::from(i) * 1e-4);
    let most = steps.max_by(|a, b| bend(*a).total_cmp(&bend(*b))).expect("there are steps");
    assert!((most - ours("second-derivative-maximum")[0]).abs() <= 1e-4, "|f''| is largest at {most}");
}

// ---- Fig. 3 ---------------------------------------------------------------------------------------------------------

/// Squared distance between two codes of ±1: 4 for every cell in which they differ.
fn distance(a: &Code, b: &Code) -> usize {
    let cells = a.as_flattened().iter().zip(b.as_flattened());
    4 * cells.filter(|(a, b)| a != b).count()
}

/// The distances between all pairs of these characters.
fn distances(characters: &[char]) -> Vec<usize> {
    let of: Vec<&Code> = codes().filter(|(c, _)| characters.contains(c)).map(|(_, code)| code).collect();
    let pairs = (0..of.len()).flat_map(|b| (0..b).map(move |a| (a, b)));
    pairs.map(|(a, b)| distance(of[a], of[b])).collect()
}

#[test]
fn fig_3_has_96_codes_of_84_cells() {
    let all: Vec<(char, &Code)> = codes().collect();
    assert_eq!(all.len(), 96);
    let empty: String =
        all.iter().filter(|(_, code)| !code.as_flattened().contains(&1)).map(|(c, _)| *c).collect();
    assert_eq!(empty, " \x7f", "only the first and the last code are empty");
    let code = all[0].1;
    let sizes = [code[0].len(), code.len(), code.as_flattened().len()];
    assert_eq!(ours("codes-are-pictures"), sizes.map(|size| size as f64));
}

#[test]
fn confusable_characters_have_similar_codes() {
    let all = distances(&codes().map(|(c, _)| c).collect::<Vec<_>>());
    let average = all.iter().sum::<usize>() as f64 / all.len() as f64;
    for alike in [&['O', 'o', '0'][..], &['l', '1', 'I', '[', ']']] {
        let largest = distances(alike).into_iter().max().expect("pairs") as f64;
        assert!(
            largest < average,
            "{alike:?}: {largest}, where two characters are {average} apart on average"
        );
    }
}

// ---- Training -------------------------------------------------------------------------------------------------------

#[test]
fn the_schedule_is_the_printed_one() {
    let facts: Table = include_str!("../../paper/facts.toml").parse().expect("facts.toml is TOML");
    let training = &facts["training"];
    let printed = training["eta_per_pass"].as_array().expect("a list");
    assert!(printed.iter().map(|eta| eta.as_float()).eq(ETA.map(Some)));
    // Section III-B: no rate of the first pass was at the ceiling of eq. 21.
    let largest = training["rates_in_pass_1"]["largest"].as_float().expect("a number");
    assert!(largest < ETA[0] / training["mu"].as_float().expect("a number"));
}
