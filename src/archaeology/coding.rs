//! The coding of inputs: paper is -0.1, ink 1.175, and greys lie on a straight line between them.

use super::display::Interval;
use super::fig25::{Field, MARGIN};
use super::inputs::{Input, Passes};
use super::rasters::Panel;
use super::recover::{Recovered, Shown};
use crate::section1::Network;
use crate::section2::Convolution;
use crate::section3::database::BACKGROUND;
use ndarray::Array3;

/// Steps of the search for the values of greys.
const STEPS: usize = 80;

/// The input value of a grey, found from what C1 made of it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GreyValue {
    /// The value, if the input is coded as the paper says and shown by the law of display: the middle of its levels.
    pub expected: f64,
    /// The value for which the greys of C1 are likeliest.
    pub found: f64,
    /// The pixels of this grey in all panels.
    pub pixels: usize,
}

impl GreyValue {
    /// Whether the grey is neither paper nor the darkest ink, whose last levels have one grey.
    pub fn is_between(&self) -> bool {
        (BACKGROUND + 0.01..1.1).contains(&self.expected)
    }
}

/// The value of each grey of the inputs: free, the same for all pixels of this grey in all panels, and C1 as recovered.
/// `shown` and `panels` are those of Fig. 13.
pub fn free_values(found: &Recovered, shown: &Shown, panels: &[Panel]) -> Vec<GreyValue> {
    let c1 = found.front.layer::<Convolution<f64>>("C1").expect("a front has C1");
    let mut greys = Greys::of(&shown.inputs, panels);
    let passes = |greys: &Greys| -> Vec<Passes> {
        let inputs = greys.inputs();
        let pairs = inputs.iter().zip(&shown.maps[0]);
        pairs.map(|(input, maps)| Passes::of(c1, input, maps, &found.fits[0].widths)).collect()
    };
    let likelihood = |passes: &[Passes]| passes.iter().map(|passes| passes.likelihood).sum::<f64>();
    let (mut rate, mut now) = (0.1, passes(&greys));
    for _ in 0..STEPS {
        let proposed = greys.moved(rate, &now);
        let then = passes(&proposed);
        if likelihood(&then) > likelihood(&now) {
            (greys, now) = (proposed, then);
            rate *= 1.3;
        } else {
            rate *= 0.5;
        }
    }
    greys.values
}

/// The inputs as numbers of greys, and the value of each grey.
#[derive(Clone)]
struct Greys {
    numbers: Vec<Array3<usize>>,
    values: Vec<GreyValue>,
}

impl Greys {
    fn of(inputs: &[Input], panels: &[Panel]) -> Self {
        let mut known: Vec<Interval> = Vec::new();
        let mut values: Vec<GreyValue> = Vec::new();
        let mut number = |interval: Interval, expected: f64| {
            let number = known.iter().position(|there| *there == interval).unwrap_or_else(|| {
                known.push(interval);
                values.push(GreyValue { expected, found: expected, pixels: 0 });
                known.len() - 1
            });
            values[number].pixels += 1;
            number
        };
        let of_panel = |(input, panel): (&Input, &Panel)| {
            Array3::from_shape_fn(input.pixels.dim(), |(map, y, x)| {
                number(panel.palette.interval(panel.input[[y, x]]), input.pixels[[map, y, x]])
            })
        };
        let numbers = inputs.iter().zip(panels).map(of_panel).collect();
        Self { numbers, values }
    }

    fn inputs(&self) -> Vec<Array3<f64>> {
        self.numbers.iter().map(|numbers| numbers.mapv(|number| self.values[number].found)).collect()
    }

    /// One step uphill: each grey by the derivatives of all its pixels.
    fn moved(&self, rate: f64, passes: &[Passes]) -> Self {
        let mut sums = vec![(0.0, 1e-9); self.values.len()];
        for (numbers, passes) in self.numbers.iter().zip(passes) {
            for ((number, slope), bend) in numbers.iter().zip(&passes.slopes).zip(&passes.bends) {
                sums[*number].0 += slope;
                sums[*number].1 += bend;
            }
        }
        let mut moved = self.clone();
        for (value, (slope, bend)) in moved.values.iter_mut().zip(sums) {
            value.found += rate * slope / bend;
        }
        moved
    }
}

/// How many nats the greys of Fig. 25's C1 lose if the columns on the left, which the figure does not show, have this value in
/// place of paper's -0.1. The columns on the right are those that were solved for.
pub fn cost_of_blanks(
    front: &Network<f64>,
    field: &Field,
    solved: &Input,
    widths: &[f64],
    value: f64,
) -> f64 {
    let c1 = front.layer::<Convolution<f64>>("C1").expect("a front has C1");
    let nats = |value: f64| {
        let mut pixels = solved.pixels.clone();
        pixels
            .indexed_iter_mut()
            .filter(|((.., column), _)| *column < MARGIN)
            .for_each(|(_, pixel)| *pixel = value);
        -Passes::of(c1, &pixels, &field.c1, widths).likelihood
    };
    nats(value) - nats(BACKGROUND)
}
