//! Connected pieces of ink, and those that are a character.

use super::Shown;
use image::{GrayImage, Luma};
use imageproc::region_labelling::{Connectivity, connected_components};
use ndarray::Array2;
use std::ops::Range;

/// The reason why the pieces of a picture are not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoCharacter {
    /// There is no ink.
    Blank,
    /// There is ink, but only lines, edges and specks.
    OnlyFurniture,
    /// There are so many characters.
    Several(usize),
}

/// A connected piece of ink.
#[derive(Clone, Debug)]
struct Piece {
    label: u32,
    rows: Range<usize>,
    columns: Range<usize>,
    area: usize,
}

impl Piece {
    fn size(&self) -> usize {
        self.rows.len().max(self.columns.len())
    }

    fn encloses(&self, other: &Self) -> bool {
        let inside = |a: &Range<usize>, b: &Range<usize>| a.start < b.start && b.end < a.end;
        inside(&self.rows, &other.rows) && inside(&self.columns, &other.columns)
    }

    /// Both together.
    fn with(&self, other: &Self) -> Self {
        let both = |a: &Range<usize>, b: &Range<usize>| a.start.min(b.start)..a.end.max(b.end);
        Self {
            label: self.label,
            rows: both(&self.rows, &other.rows),
            columns: both(&self.columns, &other.columns),
            area: self.area + other.area,
        }
    }

    /// Pixels between the boxes of two pieces.
    fn gap(&self, other: &Self) -> usize {
        gap(&self.rows, &other.rows).max(gap(&self.columns, &other.columns))
    }

    /// A flat piece: a line below or above.
    fn is_flat(&self) -> bool {
        self.columns.len() > 6 * self.rows.len()
    }

    /// A blot or a hole: about as high as wide, and full.
    fn is_solid(&self) -> bool {
        let (height, width) = (self.rows.len(), self.columns.len());
        10 * self.area > 7 * height * width && width < 2 * height && height < 2 * width
    }

    /// Size, less for what is rarely a character.
    fn rank(&self) -> f32 {
        let doubt = if self.is_flat() {
            0.1
        } else if self.is_solid() {
            0.3
        } else {
            1.0
        };
        doubt * self.size() as f32
    }

    /// Whether two pieces stand side by side.
    fn is_beside(&self, other: &Self) -> bool {
        let common = self.columns.end.min(other.columns.end);
        let common = common.saturating_sub(self.columns.start.max(other.columns.start));
        5 * common < self.columns.len().min(other.columns.len())
    }

    fn touches_edge(&self, (rows, columns): (usize, usize)) -> bool {
        self.rows.start == 0
            || self.columns.start == 0
            || self.rows.end == rows
            || self.columns.end == columns
    }

    /// Whether a piece at the edge is what lies around the paper: it spans the picture, or fills its box or a corner.
    fn is_edge(&self, (rows, columns): (usize, usize)) -> bool {
        let ends = |range: &Range<usize>, length| range.start == 0 || range.end == length;
        let in_corner = ends(&self.rows, rows) && ends(&self.columns, columns);
        let full = |tenths: usize| 10 * self.area > tenths * self.rows.len() * self.columns.len();
        self.rows.len() == rows || self.columns.len() == columns || full(6) || in_corner && full(5)
    }
}

fn gap(a: &Range<usize>, b: &Range<usize>) -> usize {
    a.start.max(b.start).saturating_sub(a.end.min(b.end))
}

/// The number of the piece that each pixel belongs to; 0 is paper.
pub fn labels(ink: &Array2<bool>) -> Array2<u32> {
    let (rows, columns) = ink.dim();
    let level = |x, y| Luma([if ink[[y as usize, x as usize]] { 255 } else { 0 }]);
    let image = GrayImage::from_fn(columns as u32, rows as u32, level);
    let labels = connected_components(&image, Connectivity::Eight, Luma([0]));
    Array2::from_shape_vec((rows, columns), labels.into_raw()).expect("a label for each pixel")
}

fn pieces(labels: &Array2<u32>) -> Vec<Piece> {
    let count = labels.iter().max().copied().unwrap_or(0);
    // Of no pixel yet: any range is wider.
    let none = || Range { start: usize::MAX, end: 0 };
    let new = |label| Piece { label, rows: none(), columns: none(), area: 0 };
    let mut pieces: Vec<Piece> = (1..=count).map(new).collect();
    for ((y, x), &label) in labels.indexed_iter().filter(|(_, label)| **label > 0) {
        let piece = &mut pieces[label as usize - 1];
        *piece = piece.with(&Piece { label, rows: y..y + 1, columns: x..x + 1, area: 1 });
    }
    pieces
}

/// The ink that is a character, or a line of characters.
///
/// # Errors
/// When there is none, or more than one character where one is expected.
pub fn chosen(ink: &Array2<bool>, shown: Shown) -> Result<Array2<bool>, NoCharacter> {
    let labels = labels(ink);
    let all = pieces(&labels);
    if all.is_empty() {
        return Err(NoCharacter::Blank);
    }
    let mut rest = without_furniture(all, ink.dim());
    let main = (0..rest.len()).max_by(|&a, &b| rest[a].rank().total_cmp(&rest[b].rank()));
    let main = rest.swap_remove(main.ok_or(NoCharacter::OnlyFurniture)?);
    let group = match shown {
        Shown::Line => line(main, rest),
        Shown::Character => {
            let (group, others) = character(main, rest);
            match count(&group, &others) {
                1 => group,
                several => return Err(NoCharacter::Several(several)),
            }
        }
    };
    let mut of_group = vec![false; labels.iter().max().map_or(0, |&most| most as usize) + 1];
    group.iter().for_each(|piece| of_group[piece.label as usize] = true);
    Ok(labels.mapv(|label| of_group[label as usize]))
}

/// The pieces but for specks, frames, and what touches the edge of the picture, unless there is little else.
fn without_furniture(all: Vec<Piece>, picture: (usize, usize)) -> Vec<Piece> {
    let shorter = picture.0.min(picture.1);
    let least = (shorter / 45).max(2);
    let (touching, mut rest): (Vec<_>, Vec<_>) = all
        .into_iter()
        .filter(|piece| piece.size() >= least && piece.area >= least)
        .partition(|piece| piece.touches_edge(picture));
    let largest = rest.iter().map(Piece::size).max().unwrap_or(0);
    if 8 * largest < picture.0.max(picture.1) {
        let tall = |piece: &Piece| piece.size() > 2 * largest && 4 * piece.rows.len() > shorter;
        rest.extend(touching.into_iter().filter(|piece| tall(piece) && !piece.is_edge(picture)));
    }
    // A frame is thin, and has within it what is at least a third as high.
    let holds = |frame: &Piece, piece: &Piece| {
        frame.encloses(piece)
            && 3 * piece.rows.len() > frame.rows.len()
            && 2 * frame.area < frame.rows.len() * frame.columns.len()
    };
    let is_frame: Vec<bool> = rest.iter().map(|frame| rest.iter().any(|piece| holds(frame, piece))).collect();
    let mut is_frame = is_frame.into_iter();
    rest.retain(|_| !is_frame.next().expect("a word about each piece"));
    rest
}

/// The largest piece, the pieces that belong to it, and the others: flags, broken strokes, but no line below.
fn character(main: Piece, mut rest: Vec<Piece>) -> (Vec<Piece>, Vec<Piece>) {
    let (mut whole, mut group) = (main.clone(), vec![main]);
    loop {
        let belongs = |piece: &Piece| {
            let below = piece.is_flat() && piece.rows.start + 1 >= whole.rows.end;
            let blot = piece.is_solid() && 3 * piece.gap(&whole) > piece.size();
            5 * piece.gap(&whole) < whole.size() && 12 * piece.size() > whole.size() && !below && !blot
        };
        let Some(next) = rest.iter().position(belongs) else { return (group, rest) };
        let piece = rest.swap_remove(next);
        whole = whole.with(&piece);
        group.push(piece);
    }
}

/// The number of characters in a picture: tall pieces that stand side by side, or elsewhere.
fn count(group: &[Piece], others: &[Piece]) -> usize {
    let whole = group.iter().skip(1).fold(group[0].clone(), |whole, piece| whole.with(piece));
    let elsewhere =
        |piece: &&Piece| 2 * piece.rows.len() > whole.rows.len() && !piece.is_solid() && !piece.is_flat();
    let tall: Vec<&Piece> =
        group.iter().filter(|piece| 10 * piece.rows.len() > 6 * whole.rows.len()).collect();
    let beside = tall.iter().enumerate().any(|(n, a)| tall[n + 1..].iter().any(|b| a.is_beside(b)));
    others.iter().filter(elsewhere).count() + if beside { tall.len() } else { 1 }
}

/// The largest piece, and what stands beside it at its height, one after the other.
fn line(main: Piece, mut rest: Vec<Piece>) -> Vec<Piece> {
    let (mut rows, mut whole, mut group) = (main.rows.clone(), main.clone(), vec![main]);
    loop {
        let belongs = |piece: &Piece| {
            let below = piece.is_flat() && piece.rows.start + 1 >= rows.end;
            let near = gap(&piece.columns, &whole.columns) < 2 * rows.len();
            gap(&piece.rows, &rows) * 5 < rows.len() && near && 12 * piece.size() > rows.len() && !below
        };
        let Some(next) = rest.iter().position(belongs) else { return group };
        let piece = rest.swap_remove(next);
        whole = whole.with(&piece);
        if 2 * piece.rows.len() > rows.len() {
            rows = rows.start.min(piece.rows.start)..rows.end.max(piece.rows.end);
        }
        group.push(piece);
    }
}
