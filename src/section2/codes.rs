#![doc = mathdoc::md!(
    r#"
II-B, Fig. 3: the codes: what the output layer wants F6 to look like.

# What the paper says

The output layer compares F6 with one fixed vector for each class ([eq. 7](super::rbf#eq-7)), its *code*. Codes might
have been drawn at random, or taken from an error-correcting code. The paper draws them by hand: pictures of the
characters, 7 cells wide and 12 high, +1 where there is ink and -1 where there is none. Fig. 3 has one for each of
the 96 characters of ASCII from space on; the digits are ten of them.

That is why **F6 has 84 units: $84 = 7 \times 12$**. Seen as a picture of 7 columns and 12 rows, its state should
come to resemble the character that the pattern shows.

# Why like this?

- *Why pictures?* For reading text more than for digits. Characters that are easily taken for each other, O, o and 0,
  or l, 1, I and brackets, have codes that are alike, so a doubtful image leaves all of them with small penalties,
  and a language model behind the network may choose.
- *Why spread over 84 units?* With one unit per class (1 of N) and more than a few dozen classes, each unit must be
  off nearly always, which sigmoids are bad at. And who must refuse what is no character is better served by units
  that respond in a bounded region only.
- *Why $\pm 1$?* These values lie well inside the range of the [squashing function](super::squashing), $\pm 1.7159$,
  so that F6 never has to saturate to reach them, and they are where it bends most.

# Shapes

| | shape | |
|---|---|---|
| [`Code`] | $12 \times 7$, rows before columns | one character, as [`bitmap`] has it |
| [`digit_codes`] | $10 \times 84$ | what [`Rbf`](super::Rbf) holds, each code row after row |
| F6 | 84 | unit $7 r + c$ stands for the cell in row $r$ and column $c$ |

# How far apart are they?

Take two codes $v$ and $w$. Where they agree a cell adds nothing to the squared distance, where they differ it adds
$(1 - (-1))^2 = 4$. So for $n$ cells that differ

$$
\sum_j (v_j - w_j)^2 = 4 n
$$

The closest two digits are 6 and 8, with 12 cells between them; the farthest have 50:

```
use lenet5::section2::digit_codes;

let codes = digit_codes::<f64>();
let apart = |a, b| (&codes.row(a) - &codes.row(b)).mapv(|d| d * d).sum();
let pairs = || (0..10).flat_map(|b| (0..b).map(move |a| (a, b)));
let at = |distance| -> Vec<_> {
    pairs().filter(|&(a, b)| apart(a, b) == distance).collect()
};

assert_eq!(pairs().count(), 45);
assert_eq!(at(48.0), [(6, 8)]);
assert_eq!(at(72.0), [(0, 4), (8, 9)]);
assert_eq!(at(200.0), [(1, 4), (4, 7), (1, 8)]);
assert!(pairs().all(|(a, b)| (48.0..=200.0).contains(&apart(a, b))));
// All are of one length.
assert!(codes.outer_iter().all(|w| w.dot(&w) == 84.0));
```

This is the scale on which to read a penalty, and [$j$](super::loss#what-is-j). It follows, by the triangle
inequality, that F6 is read rightly as long as it is less than half as far from its own code as that is from the
next: penalty for penalty, below $48 / 4 = 12$ there is no doubt, whatever the class.

Between letters: l and I are 4 apart, O and o 20, l and 1 24, o and 0 60; space and the last code, both empty, 0.

# By hand

The 6 and the 8, as the network holds them, and the twelve cells:

```
use lenet5::section2::bitmap;

let code = |digit| bitmap(digit).expect("Fig. 3 has the digits");
let (six, eight) = (code('6'), code('8'));
let rows = six.iter().zip(eight).map(|(six, eight)| {
    let ink = |row: &[i8; 7]| row.map(|cell| if cell > 0 { 'X' } else { '.' });
    let differ = std::array::from_fn(|c| if six[c] == eight[c] { '.' } else { '4' });
    [ink(six), ink(eight), differ].map(String::from_iter).join("  ")
});
assert_eq!(rows.collect::<Vec<_>>(), [
    "..XXXX.  .XXXXX.  .4.....",
    ".XX....  XX...XX  4.4..44",
    "XX.....  XX...XX  .....44",
    "XX.....  XX...XX  .....44",
    "XXXXXX.  .XXXXX.  4......",
    "XXX..XX  XX...XX  ..4....",
    "XX...XX  XX...XX  .......",
    "XX...XX  XX...XX  .......",
    "XXX..XX  XX...XX  ..4....",
    ".XXXXX.  .XXXXX.  .......",
    ".......  .......  .......",
    ".......  .......  .......",
]);
```

# Where people get stuck

- **0 and 1 instead of -1 and +1.** 0 is the middle of the squashing function, where F6 stands when it knows nothing.
  Every distance is a quarter of what it should be, and loss, gradients and rates with it.
- **The bars.** A bar floats above 0, 2, 4 and 5, and some capitals have an odd first row. They may be accidents of
  the drawing; they are part of the printed figure, and so of the codes ([deviation
  16](crate::paper::deviations#16-codes-as-printed-bars-included)). Who "corrects" them has other distances.
- **A font of one's own** rendered at 7 x 12 makes other codes. They will work; they are not the paper's, and 6 and 8
  will not be 48 apart.
- **Columns before rows.** The order of the 84 is of no consequence for the network, which meets it in training. It
  matters for weights from a file, and for looking at F6.
- **Do they learn?** Not here, nor in the paper, or not at first. They may, if asked: see [what becomes of
  them](super::loss#do-codes-that-learn-collapse).

# How we know

`tests/paper.rs` checks the file the codes come from, `paper/fig3-bitmaps.txt`: 96 blocks of 12 rows and 7 columns,
their distances, and that characters easily taken for each other are closer than the average pair.
`tests/identities/codes.rs` checks that the output layer holds these codes, and that a state of F6 equal to one has
the distances for penalties.

Fig. 3, all of it:
"#
)]
#![doc = include_str!("../../docs/figures/fig-3.svg")]

use crate::Real;
use ndarray::Array2;
use std::sync::LazyLock;

/// Rows and columns of a code.
const ROWS: usize = 12;
const COLUMNS: usize = 7;

/// A stylised character, row by row: +1 is ink, -1 is paper.
pub type Code = [[i8; COLUMNS]; ROWS];

/// Fig. 3, cell by cell.
static FIG_3: LazyLock<Vec<Code>> = LazyLock::new(|| parse(include_str!("../../paper/fig3-bitmaps.txt")));

/// The first of the 96 characters of Fig. 3, in the order of their ASCII codes.
const FIRST: u32 = 32;

/// All 96 characters of Fig. 3 and their codes, ASCII 32 to 127 (the last one is blank).
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
    let cells = ('0'..='9').filter_map(bitmap).flatten().flatten().map(|&cell| R::of(f64::from(cell)));
    Array2::from_shape_vec((10, ROWS * COLUMNS), cells.collect()).expect("Fig. 3 has ten digits of 84 cells")
}

/// Reads blocks of a heading and twelve rows of `#` and `.`; lines that begin `# ` are remarks.
fn parse(figure: &str) -> Vec<Code> {
    let cells = |line: &str| line.len() == COLUMNS && line.chars().all(|c| c == '#' || c == '.');
    let rows: Vec<[i8; COLUMNS]> = figure
        .lines()
        .filter(|line| cells(line))
        .map(|line| std::array::from_fn(|i| if line.as_bytes()[i] == b'#' { 1 } else { -1 }))
        .collect();
    rows.as_chunks::<ROWS>().0.to_vec()
}
