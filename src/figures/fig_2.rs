//! Fig. 2 of the paper: the layers of LeNet-5, drawn from the network's own structure.
//!
//! Lengths are measured in cells, the units of a map: a map of `n x n` units is `n` cells wide. The window of a unit in the
//! layer below follows from the shapes of both layers: the windows leave no unit of a map out, their stride is `in / out`,
//! and they are `in - stride (out - 1)` units wide.

use super::kit::*;
use crate::section1::{Census, Parameters, Shape};
use crate::section2::{C3, LeNet5};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

/// The kind of connection of each layer, from C1 to the output, to the one below.
const KINDS: [&str; 7] = [
    "convolutions",
    "subsampling",
    "convolutions",
    "subsampling",
    "convolutions",
    "full connection",
    "Euclidean RBF",
];
/// The gap between two layers.
const GAP: f64 = 64.0;
/// The depth of a stack of maps to the right and downwards, divided by the root of their number: six maps can be told
/// apart, and 120 do not need the whole page.
const DEPTH: (f64, f64) = (12.0, 24.0);
/// The height of the names above the layers.
const NAMES: i32 = 110;

/// A layer on the page: its maps one in front of the other, the first at the back.
struct Stack {
    shape: Shape,
    left: f64,
    top: f64,
    cell: f64,
}

/// Draws the figure; it needs no study.
///
/// # Errors
/// When the page is too small.
pub fn draw() -> Drawn<Page> {
    let net = LeNet5::paper::<f32>(&mut ChaCha8Rng::seed_from_u64(1));
    let layers = net.census();
    let connections = layers.iter().map(|layer| layer.connections).sum();
    let totals = [net.parameter_count(), connections].map(thousands);
    page(724, frame(&totals), |sheet| {
        let stacks = stacks(sheet.width(), net.input(), &layers);
        stacks.iter().try_for_each(|stack| stack.draw(sheet))?;
        for (n, pair) in stacks.windows(2).enumerate() {
            // Units alternately near the top and near the bottom, so that a window and the unit above it are apart.
            draw_window(sheet, &pair[0], &pair[1], if n % 2 == 0 { 0.25 } else { 0.75 })?;
        }
        write_names(sheet, &stacks, &layers)?;
        let feet = stacks.iter().map(|stack| stack.corner(stack.shape.0 - 1, stack.shape.1, 0).1);
        let foot = sheet.from((0, feet.max().unwrap_or(0) + 40));
        write_kinds(&foot, &stacks)?;
        write_counts(&foot.from((0, 4 * Words::Small.line() + 40)), &stacks, &layers, &totals)
    })
}

fn frame([parameters, connections]: &[String; 2]) -> Frame {
    let table = C3::Table1.table();
    let seen = || table.links().by_output.iter().map(Vec::len);
    let (fewest, most) = (seen().min().unwrap_or(0), seen().max().unwrap_or(0));
    let reading = format!(
        "{parameters} parameters make {connections} connections, because the units of a map share them. Blue: one unit \
         of each layer, and its window in the layer below. A unit of C3 has such a window in {fewest} to {most} maps \
         (Table I), and one of C5 in all."
    );
    let caption = "Drawn from the network's own structure, src/section2/lenet5.rs: shapes, windows and counts are \
                   computed. The paper's Fig. 2 has “full connection” for C5 and “Gaussian connections” for the output.";
    Frame::new("LeNet-5, layer by layer (Fig. 2)", reading, caption)
}

/// All layers from left to right, input first, as large as the page permits.
fn stacks(width: i32, input: Shape, layers: &[Census]) -> Vec<Stack> {
    let shapes = || std::iter::once(input).chain(layers.iter().map(|layer| layer.shape));
    let deep: f64 = shapes().map(|shape| depth(shape).0).sum();
    let columns: usize = shapes().map(|shape| shape.2).sum();
    let cell = (f64::from(width) - GAP * shapes().count() as f64 - deep) / columns as f64;
    let high = |shape: Shape| shape.1 as f64 * cell + depth(shape).1;
    let middle = f64::from(NAMES) + shapes().map(high).fold(0.0, f64::max) / 2.0;
    let mut left = 0.0;
    let place = |shape: Shape| {
        let stack = Stack { shape, left, top: middle - high(shape) / 2.0, cell };
        left += stack.width() + GAP;
        stack
    };
    shapes().map(place).collect()
}

/// The shift of the last map to the right of the first, and below it.
fn depth((maps, ..): Shape) -> (f64, f64) {
    let root = (maps as f64 - 1.0).sqrt();
    (DEPTH.0 * root, DEPTH.1 * root)
}

impl Stack {
    fn width(&self) -> f64 {
        self.shape.2 as f64 * self.cell + depth(self.shape).0
    }

    fn middle(&self) -> i32 {
        (self.left + self.width() / 2.0).round() as i32
    }

    /// The left top corner of a unit, given its map, row and column. One more row or column gives the far side.
    fn corner(&self, map: usize, row: usize, column: usize) -> Place {
        let (right, down) = depth(self.shape);
        let share = map as f64 / (self.shape.0 as f64 - 1.0).max(1.0);
        let x = self.left + share * right + column as f64 * self.cell;
        let y = self.top + share * down + row as f64 * self.cell;
        (x.round() as i32, y.round() as i32)
    }

    /// Whether its maps are single units.
    fn is_vector(&self) -> bool {
        (self.shape.1, self.shape.2) == (1, 1)
    }

    fn draw(&self, sheet: &Sheet) -> Drawn {
        let (maps, rows, columns) = self.shape;
        if self.is_vector() {
            return outline(sheet, &self.hull(), shade(FAINT, 0.5), GREY);
        }
        (0..maps).try_for_each(|map| {
            let corners = [self.corner(map, 0, 0), self.corner(map, rows, columns)];
            outline(sheet, &around(corners), shade(FAINT, 0.5), GREY)
        })
    }

    /// The outline of a stack of single units.
    fn hull(&self) -> [Place; 7] {
        let last = self.shape.0 - 1;
        [(0, 0, 0), (0, 0, 1), (last, 0, 1), (last, 1, 1), (last, 1, 0), (0, 1, 0), (0, 0, 0)]
            .map(|(map, row, column)| self.corner(map, row, column))
    }

    /// The corners of the unit that is shown: one of the front map, or the one in the middle of single units.
    fn unit(&self, row: usize, column: usize) -> [Place; 2] {
        let map = if self.is_vector() { self.shape.0 / 2 } else { self.shape.0 - 1 };
        [self.corner(map, row, column), self.corner(map, row + 1, column + 1)]
    }
}

/// Draws a filled polygon and its outline.
fn outline(sheet: &Sheet, corners: &[Place], inside: RGBColor, line: RGBColor) -> Drawn {
    sheet.polygon(corners, inside.filled())?;
    sheet.line(corners, line.stroke_width(2))
}

/// Stride and side of the windows through which a map of `out` units a side sees one of `within`.
///
/// ```
/// use lenet5::figures::fig_2::window;
/// assert_eq!([window(32, 28), window(28, 14), window(5, 1)], [(1, 5), (2, 2), (5, 5)]);
/// ```
pub fn window(within: usize, out: usize) -> (usize, usize) {
    let stride = within / out;
    (stride, within - stride * (out - 1))
}

/// Draws a unit and its window, `share` of the way through its map.
fn draw_window(sheet: &Sheet, lower: &Stack, upper: &Stack, share: f64) -> Drawn {
    let at = |units: usize| (units as f64 * share) as usize;
    let (row, column) = (at(upper.shape.1), at(upper.shape.2));
    let [from, to] = upper.unit(row, column);
    let seen = lower.seen(row, column, upper);
    if let [first, _, _, last] = seen[..] {
        outline(sheet, &around([first, last]), shade(BLUE, 0.3), BLUE)?;
    }
    let middle = ((from.0 + to.0) / 2, (from.1 + to.1) / 2);
    seen.into_iter().try_for_each(|corner| sheet.line(&[corner, middle], BLUE.stroke_width(2)))?;
    sheet.rectangle([from, to], BLUE.filled())
}

impl Stack {
    /// The input of a unit of the layer above: the four corners of its window, or both ends of single units.
    fn seen(&self, row: usize, column: usize, upper: &Self) -> Vec<Place> {
        let last = self.shape.0 - 1;
        if self.is_vector() {
            return vec![self.corner(0, 0, 1), self.corner(last, 1, 1)];
        }
        let (stride, side) = window(self.shape.1, upper.shape.1);
        let (top, left) = (row * stride, column * stride);
        let corners = [(0, 0), (0, side), (side, 0), (side, side)];
        corners.map(|(down, right)| self.corner(last, top + down, left + right)).to_vec()
    }
}

/// The paper's name of every layer and its shape, above it.
fn write_names(sheet: &Sheet, stacks: &[Stack], layers: &[Census]) -> Drawn {
    let names = std::iter::once("input").chain(layers.iter().map(|layer| layer.layer.as_str()));
    for (stack, name) in stacks.iter().zip(names) {
        let shape = match stack.shape {
            (maps, 1, 1) => maps.to_string(),
            (1, rows, columns) => format!("{rows}×{columns}"),
            (maps, rows, columns) => format!("{maps}@{rows}×{columns}"),
        };
        sheet.write((stack.middle(), 0), name, Words::Heading.style(INK, TOP))?;
        sheet.write((stack.middle(), Words::Heading.line()), shape, Words::Label.style(INK, TOP))?;
    }
    Ok(())
}

/// The kind of connection between two layers, below the gap between them, alternately higher and lower to save width.
fn write_kinds(sheet: &Sheet, stacks: &[Stack]) -> Drawn {
    for (n, (pair, kind)) in (0..).zip(stacks.windows(2).zip(KINDS)) {
        let middle = (pair[0].left + pair[0].width() + GAP / 2.0).round() as i32;
        let top = n % 2 * (2 * Words::Small.line() + 8);
        sheet.write((middle, top), kind, Words::Small.style(INK, TOP))?;
        if !pair[0].is_vector() {
            let (_, side) = window(pair[0].shape.1, pair[1].shape.1);
            let size = format!("{side}×{side}");
            sheet.write((middle, top + Words::Small.line()), size, Words::Small.style(INK, TOP))?;
        }
    }
    Ok(())
}

/// Parameters and connections, layer by layer, and their totals at the left.
fn write_counts(sheet: &Sheet, stacks: &[Stack], layers: &[Census], totals: &[String; 2]) -> Drawn {
    let below = Words::Label.line();
    for (total, what, y) in [(&totals[0], "parameters", 0), (&totals[1], "connections", below)] {
        sheet.write((0, y), format!("{total} {what}:"), Words::Small.style(INK, TOP_LEFT))?;
    }
    for (stack, layer) in stacks[1..].iter().zip(layers) {
        for (count, y) in [(layer.parameters, 0), (layer.connections, below)] {
            sheet.write((stack.middle(), y), thousands(count), Words::Small.style(INK, TOP))?;
        }
    }
    Ok(())
}
