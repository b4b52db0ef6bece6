//! The places of Fig. 23: layers one above the other, and in each what one column of the output sees.

use super::kit::*;
use crate::section1::States;
use crate::section7::sdnn::STEP;
use crate::section7::windows::COLUMNS;

/// The left and the right edge of pictures.
const EDGES: (i32, i32) = (200, 1700);
/// The gap between rows of maps.
const SLIT: i32 = 12;
/// Units of the page for a pixel of the field, and its top.
pub(super) const FIELD: (i32, i32) = (8, 1030);

/// The layers with maps, from above.
pub(super) const LAYERS: [Layer; 3] = [
    Layer { name: "C3", scale: 5, in_a_row: 8, top: 470, sees: 10 },
    Layer { name: "S2", scale: 6, in_a_row: 6, top: 680, sees: 14 },
    Layer { name: "C1", scale: 3, in_a_row: 6, top: 850, sees: 28 },
];

/// A layer with maps.
pub(super) struct Layer {
    /// The name.
    pub name: &'static str,
    /// Units of the page for a state.
    pub scale: i32,
    /// Maps side by side.
    pub in_a_row: i32,
    /// The top of the first row.
    pub top: i32,
    /// The columns of each map that a column of the output sees.
    pub sees: i32,
}

/// The places of a string's states.
pub(super) struct Layout<'a> {
    /// The states.
    pub states: &'a States<f32>,
    /// The number of positions.
    pub positions: i32,
    /// The position whose view is drawn.
    pub chosen: i32,
}

impl Layout<'_> {
    /// The left top corner of a map.
    pub fn map(&self, layer: &Layer, map: usize) -> Place {
        let (_, rows, columns) = self.states[layer.name].dim();
        let (wide, high) = (columns as i32 * layer.scale, rows as i32 * layer.scale);
        let step = (EDGES.1 - EDGES.0 - wide) / (layer.in_a_row - 1);
        let (row, column) = (map as i32 / layer.in_a_row, map as i32 % layer.in_a_row);
        (EDGES.0 + column * step, layer.top + row * (high + SLIT))
    }

    /// The corners of the columns of a map that the chosen position sees.
    pub fn seen(&self, layer: &Layer, map: usize) -> [Place; 2] {
        let ((left, top), (_, rows, columns)) = (self.map(layer, map), self.states[layer.name].dim());
        // Columns of this layer from one position to the next: 4 in C1, 2 behind the first subsampling.
        let step = (columns as i32 - layer.sees) / (self.positions - 1).max(1);
        let first = left + self.chosen * step * layer.scale;
        [(first, top), (first + layer.sees * layer.scale, top + rows as i32 * layer.scale)]
    }

    /// The left edge of the field.
    pub fn field(&self) -> i32 {
        self.middle() - self.states.input().dim().2 as i32 * FIELD.0 / 2
    }

    /// The corners of the window of a position.
    pub fn window(&self, position: i32) -> [Place; 2] {
        let left = self.field() + position * STEP as i32 * FIELD.0;
        let high = self.states.input().dim().1 as i32 * FIELD.0;
        [(left, FIELD.1), (left + COLUMNS as i32 * FIELD.0, FIELD.1 + high)]
    }

    /// The middle of the column of a position.
    pub fn column(&self, position: usize) -> i32 {
        let step = (EDGES.1 - EDGES.0) / self.positions;
        EDGES.0 + step / 2 + position as i32 * step
    }

    /// The middle between both edges.
    pub fn middle(&self) -> i32 {
        (EDGES.0 + EDGES.1) / 2
    }
}
