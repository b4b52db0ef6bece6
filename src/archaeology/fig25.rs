//! Fig. 25: the same network on a wide field, of which the figure shows the middle.

use super::display::{Interval, Law, Palette};
use super::inputs::Input;
use super::rasters::{Fig25, WideField, fig_25, fig_26};
use super::recover::states;
use crate::section1::{Maps, Network};
use crate::section2::Convolution;
use crate::section3::database::{BACKGROUND, FOREGROUND};
use ndarray::{Array2, Array3, Axis};

/// Columns of the field on either side of the part that is shown.
pub const MARGIN: usize = 6;

/// The strings of Fig. 25 and 26, with their middle 52 columns as fields: 0 is paper, 255 is ink.
pub fn strings() -> Vec<(WideField, Array2<u8>)> {
    let field = |string: WideField| {
        let palette = Palette::of(string.f6.iter().flatten().chain(&string.input).copied());
        let pixels = Input::read(&palette, &string.input).pixels.remove_axis(Axis(0));
        let level = |pixel| 255.0 * (pixel - BACKGROUND) / (FOREGROUND - BACKGROUND);
        let field = pixels.mapv(|pixel| level(pixel).round().clamp(0.0, 255.0) as u8);
        (string, field)
    };
    [fig_25().string].into_iter().chain(fig_26()).map(field).collect()
}

/// The field, read.
#[derive(Clone, Debug)]
pub struct Field {
    /// The palette, from the greys that the figure has.
    pub palette: Palette,
    /// The input, 32 x 64: the part that is shown, paper on both sides.
    pub input: Input,
    /// C1, 6 x 28 x 60.
    pub c1: Array3<Interval>,
    /// C3, 16 x 10 x 26.
    pub c3: Array3<Interval>,
}

impl Field {
    /// Reads the figure.
    pub fn read(figure: &Fig25) -> Self {
        let palette = Palette::of(figure.c1.iter().chain(&figure.c3).copied());
        let shown = Input::read(&palette, &figure.string.input);
        let (rows, columns) = figure.string.input.dim();
        let wide = (rows, columns + 2 * MARGIN);
        let inside = |column: usize| (MARGIN..MARGIN + columns).contains(&column);
        let pixels = Array3::from_shape_fn((1, wide.0, wide.1), |(_, row, column)| {
            if inside(column) { shown.pixels[[0, row, column - MARGIN]] } else { BACKGROUND }
        });
        let bounds = Array2::from_shape_fn(wide, |(row, column)| {
            if inside(column) { shown.bounds[[row, column - MARGIN]] } else { (BACKGROUND, BACKGROUND) }
        });
        let [c1, c3] = [&figure.c1, &figure.c3].map(|greys| palette.intervals(greys));
        Self { palette, input: Input { pixels, bounds }, c1, c3 }
    }

    /// The share of the states of C1 and of C3 that lie in the interval that is shown, for a front and an input.
    pub fn inside(&self, front: &Network<f64>, input: &Maps<f64>) -> [f64; 2] {
        let states = states(front, input);
        [("C1", &self.c1), ("C3", &self.c3)].map(|(layer, shown)| {
            let inside = states[layer].iter().zip(shown);
            let count = inside.filter(|(state, shown)| shown.contains(Law::STATES.position(**state))).count();
            count as f64 / shown.len() as f64
        })
    }

    /// The pixels that the figure does not show, on the right, solved for through C1: 32 x 6.
    pub fn hidden(&self, front: &Network<f64>, widths: &[f64]) -> (Array2<f64>, Input) {
        let c1 = front.layer::<Convolution<f64>>("C1").expect("a front has C1");
        let mut input = self.input.clone();
        let columns = input.bounds.ncols();
        for mut row in input.bounds.rows_mut() {
            row.iter_mut().skip(columns - MARGIN).for_each(|bounds| *bounds = (BACKGROUND, FOREGROUND));
        }
        for _ in 0..5 {
            input.sharpen(c1, &self.c1, widths);
        }
        let field = input.pixels.index_axis(Axis(0), 0);
        let hidden = Array2::from_shape_fn((field.nrows(), MARGIN), |(row, column)| {
            field[[row, columns - MARGIN + column]]
        });
        (hidden, input)
    }
}
