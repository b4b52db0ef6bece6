//! Fig. 2 of the paper: the layers of LeNet-5, drawn from the network's own structure.
//!
//! Everything on the page is measured in cells, the units of a map: a map of `n x n` units is `n` cells wide. What a unit
//! sees of the layer below follows from the shapes of both: windows that leave no unit of a map out, as far apart as
//! the shapes ask for, are `in - stride (out - 1)` units wide.

use super::error::FigureError;
use super::findings::thousands;
use super::look::{self, Area, BLUE, Drawn, FAINT, Frame, GREY, INK, Page, Words, shade};
use crate::section1::{Census, Parameters, Shape};
use crate::section2::{C3, LeNet5};
use plotters::element::{PathElement, Polygon, Rectangle};
use plotters::prelude::RGBColor;
use plotters::style::Color;
use plotters::style::text_anchor::{HPos, VPos};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

/// How each layer from C1 to the output is connected to the one below.
const KINDS: [&str; 7] = [
    "convolutions",
    "subsampling",
    "convolutions",
    "subsampling",
    "convolutions",
    "full connection",
    "Euclidean RBF",
];
/// Between two layers.
const GAP: f64 = 64.0;
/// How far a stack of maps reaches to the right and down, for the root of their number: six can be told apart, and 120
/// do not need the whole page.
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

/// A corner on the page.
type Corner = (i32, i32);

/// Draws the figure; it needs no study.
///
/// # Errors
/// When the page has no room.
pub fn draw() -> Result<Page, FigureError> {
    let net = LeNet5::paper::<f32>(&mut ChaCha8Rng::seed_from_u64(1));
    let layers = net.census();
    let connections = layers.iter().map(|layer| layer.connections).sum();
    let totals = [net.parameter_count(), connections].map(thousands);
    look::page(724, &frame(&totals), |area| {
        let stacks = stacks(area, net.input(), &layers);
        for stack in &stacks {
            stack.draw(area)?;
        }
        for (n, pair) in stacks.windows(2).enumerate() {
            // In turns far up and far down, so that what a unit sees and what sees it are apart.
            draw_window(area, &pair[0], &pair[1], if n % 2 == 0 { 0.25 } else { 0.75 })?;
        }
        write_names(area, &stacks, &layers)?;
        write_kinds(area, &stacks)?;
        write_counts(area, &stacks, &layers, &totals)
    })
}

fn frame([parameters, connections]: &[String; 2]) -> Frame {
    let table = C3::Table1.table();
    let seen = || table.links().by_output.iter().map(Vec::len);
    let (fewest, most) = (seen().min().unwrap_or(0), seen().max().unwrap_or(0));
    Frame {
        title: "LeNet-5, layer by layer (Fig. 2)".into(),
        reading: format!(
            "{parameters} parameters make {connections} connections, because the units of a map share \
             theirs. In blue: what one unit sees of the layer below; a unit of C3 sees such a window in \
             {fewest} to {most} maps (Table I), one of C5 in all."
        ),
        caption: "Drawn from the network's own structure, src/section2/lenet5.rs: shapes, windows and \
                  counts are computed. The paper's Fig. 2 has “full connection” for C5 and “Gaussian \
                  connections” for the output."
            .into(),
    }
}

/// All layers from left to right, input first, as large as the page lets them be.
fn stacks(area: &Area, input: Shape, layers: &[Census]) -> Vec<Stack> {
    let shapes: Vec<Shape> = std::iter::once(input).chain(layers.iter().map(|layer| layer.shape)).collect();
    let deep: f64 = shapes.iter().map(|&shape| depth(shape).0).sum();
    let columns: usize = shapes.iter().map(|shape| shape.2).sum();
    let room = f64::from(area.dim_in_pixel().0) - GAP * shapes.len() as f64 - deep;
    let cell = room / columns as f64;
    let high = |&shape: &Shape| shape.1 as f64 * cell + depth(shape).1;
    let middle = f64::from(NAMES) + shapes.iter().map(high).fold(0.0, f64::max) / 2.0;
    let mut left = 0.0;
    let place = |shape: Shape| {
        let stack = Stack { shape, left, top: middle - high(&shape) / 2.0, cell };
        left += stack.width() + GAP;
        stack
    };
    shapes.iter().copied().map(place).collect()
}

/// How far the last map is to the right of the first, and below it.
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

    /// The left top corner of a unit: its map, row and column. A row or column more is the far side of the last one.
    fn corner(&self, map: usize, row: usize, column: usize) -> Corner {
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

    fn draw(&self, area: &Area) -> Drawn {
        let (maps, rows, columns) = self.shape;
        if self.is_vector() {
            return outline(area, self.hull(), shade(FAINT, 0.5), GREY);
        }
        (0..maps).try_for_each(|map| {
            let corners = [self.corner(map, 0, 0), self.corner(map, rows, columns)];
            outline(area, look::around(corners), shade(FAINT, 0.5), GREY)
        })
    }

    /// The outline of single units one in front of the other.
    fn hull(&self) -> Vec<Corner> {
        let last = self.shape.0 - 1;
        [(0, 0, 0), (0, 0, 1), (last, 0, 1), (last, 1, 1), (last, 1, 0), (0, 1, 0), (0, 0, 0)]
            .map(|(map, row, column)| self.corner(map, row, column))
            .to_vec()
    }

    /// The unit that is shown, as corners: of maps, one on the first; of single units, the one in the middle.
    fn unit(&self, row: usize, column: usize) -> [Corner; 2] {
        let map = if self.is_vector() { self.shape.0 / 2 } else { self.shape.0 - 1 };
        [self.corner(map, row, column), self.corner(map, row + 1, column + 1)]
    }
}

/// Draws what is inside a closed line, and the line.
fn outline(area: &Area, corners: Vec<Corner>, inside: RGBColor, line: RGBColor) -> Drawn {
    area.draw(&Polygon::new(corners.clone(), inside.filled()))?;
    Ok(area.draw(&PathElement::new(corners, line.stroke_width(2)))?)
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

/// A unit and the window it sees, `share` of the way through its map.
fn draw_window(area: &Area, lower: &Stack, upper: &Stack, share: f64) -> Drawn {
    let at = |units: usize| (units as f64 * share) as usize;
    let (row, column) = (at(upper.shape.1), at(upper.shape.2));
    let [from, to] = upper.unit(row, column);
    let seen = lower.seen(row, column, upper);
    if let [first, .., last] = seen[..]
        && !lower.is_vector()
    {
        outline(area, look::around([first, last]), shade(BLUE, 0.3), BLUE)?;
    }
    let middle = ((from.0 + to.0) / 2, (from.1 + to.1) / 2);
    for corner in seen {
        area.draw(&PathElement::new(vec![corner, middle], BLUE.stroke_width(2)))?;
    }
    Ok(area.draw(&Rectangle::new([from, to], BLUE.filled()))?)
}

impl Stack {
    /// The corners of what a unit of the layer above sees: a window, or all of single units.
    fn seen(&self, row: usize, column: usize, upper: &Self) -> Vec<Corner> {
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
fn write_names(area: &Area, stacks: &[Stack], layers: &[Census]) -> Drawn {
    let names = std::iter::once("input").chain(layers.iter().map(|layer| layer.layer.as_str()));
    for (stack, name) in stacks.iter().zip(names) {
        let (maps, rows, columns) = stack.shape;
        let shape = match (maps, stack.is_vector()) {
            (_, true) => maps.to_string(),
            (1, _) => format!("{rows}×{columns}"),
            _ => format!("{maps}@{rows}×{columns}"),
        };
        write(area, name, Words::Heading, (stack.middle(), 0))?;
        write(area, &shape, Words::Label, (stack.middle(), Words::Heading.line()))?;
    }
    Ok(())
}

/// How each layer is connected to the one before, below the room between both: in turns higher and lower, for width.
fn write_kinds(area: &Area, stacks: &[Stack]) -> Drawn {
    for (n, (pair, kind)) in stacks.windows(2).zip(KINDS).enumerate() {
        let (stride_and_side, lower) = (window(pair[0].shape.1, pair[1].shape.1), &pair[0]);
        let middle = (lower.left + lower.width() + GAP / 2.0).round() as i32;
        let top = foot(stacks) + (n as i32 % 2) * (2 * Words::Small.line() + 8);
        write(area, kind, Words::Small, (middle, top))?;
        if !lower.is_vector() {
            let size = format!("{side}×{side}", side = stride_and_side.1);
            write(area, &size, Words::Small, (middle, top + Words::Small.line()))?;
        }
    }
    Ok(())
}

/// Parameters and connections, layer by layer, and their totals at the left.
fn write_counts(area: &Area, stacks: &[Stack], layers: &[Census], totals: &[String; 2]) -> Drawn {
    let top = foot(stacks) + 4 * Words::Small.line() + 40;
    let below = top + Words::Label.line();
    let left = Words::Small.style(INK, HPos::Left, VPos::Top);
    area.draw_text(&format!("{} parameters:", totals[0]), &left, (0, top))?;
    area.draw_text(&format!("{} connections:", totals[1]), &left, (0, below))?;
    for (stack, layer) in stacks[1..].iter().zip(layers) {
        write(area, &thousands(layer.parameters), Words::Small, (stack.middle(), top))?;
        write(area, &thousands(layer.connections), Words::Small, (stack.middle(), below))?;
    }
    Ok(())
}

/// Below all layers.
fn foot(stacks: &[Stack]) -> i32 {
    let feet = stacks.iter().map(|stack| stack.corner(stack.shape.0 - 1, stack.shape.1, 0).1);
    feet.max().unwrap_or(0) + 40
}

fn write(area: &Area, text: &str, words: Words, at: Corner) -> Drawn {
    Ok(area.draw_text(text, &words.style(INK, HPos::Center, VPos::Top), at)?)
}
