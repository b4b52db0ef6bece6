#![doc = mathdoc::page!("codes.md", "../../docs/figures/fig-3.svg")]

use crate::Real;
use ndarray::Array2;
use std::sync::LazyLock;

/// Rows of a code.
const ROWS: usize = 12;
/// Columns of a code.
const COLUMNS: usize = 7;

/// A stylised character, row by row: +1 is ink, -1 is paper.
pub type Code = [[i8; COLUMNS]; ROWS];

/// The codes of Fig. 3.
static FIG_3: LazyLock<Vec<Code>> = LazyLock::new(|| parse(include_str!("../../paper/fig3-bitmaps.txt")));

/// The first of the 96 characters of Fig. 3, which follow the order of ASCII.
const FIRST: u32 = 32;

/// All 96 characters of Fig. 3 and their codes, ASCII 32 to 127 (the last code is blank).
pub fn codes() -> impl Iterator<Item = (char, &'static Code)> {
    (FIRST..).filter_map(char::from_u32).zip(FIG_3.iter())
}

/// The code of one character, if Fig. 3 has it.
///
/// ```
/// let one = lenet5::section2::bitmap('1').expect("Fig. 3 has the digits");
/// let rows: Vec<String> =
///     one.iter().map(|row| row.iter().map(|&cell| if cell > 0 { '#' } else { '.' }).collect()).collect();
/// assert_eq!(rows[1], "..###..");
/// assert!(lenet5::section2::bitmap('é').is_none());
/// ```
pub fn bitmap(character: char) -> Option<&'static Code> {
    codes().find_map(|(c, code)| (c == character).then_some(code))
}

/// The codes of the ten digits as the output layer holds them: 10 x 84, each code row after row.
pub fn digit_codes<R: Real>() -> Array2<R> {
    codes_of("0123456789")
}

/// The codes of these characters, a row of 84 for each.
///
/// # Panics
/// When Fig. 3 lacks one of them.
pub fn codes_of<R: Real>(characters: &str) -> Array2<R> {
    let cells = characters.chars().filter_map(bitmap).flatten().flatten().map(|&cell| R::of(f64::from(cell)));
    Array2::from_shape_vec((characters.chars().count(), ROWS * COLUMNS), cells.collect())
        .expect("Fig. 3 has these characters, of 84 cells each")
}

/// Reads the rows of `#` and `.`, twelve for each code; skips headings, empty lines and remarks.
fn parse(figure: &str) -> Vec<Code> {
    let cells = |line: &str| line.len() == COLUMNS && line.chars().all(|c| c == '#' || c == '.');
    let rows: Vec<[i8; COLUMNS]> = figure
        .lines()
        .filter(|line| cells(line))
        .map(|line| std::array::from_fn(|i| if line.as_bytes()[i] == b'#' { 1 } else { -1 }))
        .collect();
    rows.as_chunks::<ROWS>().0.to_vec()
}
