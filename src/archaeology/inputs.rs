//! The inputs of Fig. 13: read from their greys, and then sharpened by what C1 made of them.

use super::display::{Interval, Law, Palette};
use super::likelihood::LogLikelihood;
use crate::section1::{Activation, Maps, Module, Parameters, SecondOrder};
use crate::section2::{Convolution, Squashing};
use crate::section3::database::{BACKGROUND, FOREGROUND};
use ndarray::{Array2, Array3, Axis};

/// Steps of the sharpening.
const STEPS: usize = 60;

/// An input, and the bounds of each pixel.
#[derive(Clone, Debug)]
pub struct Input {
    /// The pixels, 1 x 32 x 32.
    pub pixels: Maps<f64>,
    /// The smallest and the largest value that each pixel may have.
    pub bounds: Array2<(f64, f64)>,
}

impl Input {
    /// As the greys show it: each pixel in the middle of its levels, paper at -0.1.
    pub fn read(palette: &Palette, greys: &Array2<u8>) -> Self {
        let paper = palette.0[Law::INPUTS.level(BACKGROUND)];
        let blackest = greys.iter().copied().min().unwrap_or(0);
        let bounds = greys.mapv(|grey| {
            let shown = palette.interval(grey);
            let low = Law::INPUTS.value(shown.to).max(BACKGROUND);
            let high = Law::INPUTS.value(shown.from).min(FOREGROUND);
            match grey {
                _ if grey == paper => (BACKGROUND, BACKGROUND),
                // A panel without pure black shows all of the ink by the blackest grey it has.
                _ if grey == blackest => (low.min(Law::INPUTS.value(2.0)), FOREGROUND),
                _ => (low, high.max(low)),
            }
        });
        let pixels = bounds.mapv(|(low, high)| 0.5 * (low + high)).insert_axis(Axis(0));
        Self { pixels, bounds }
    }

    /// Moves the pixels within their bounds to where the greys of C1 are likeliest. `shown` is maps x rows x columns, `widths`
    /// the noise of each map.
    pub fn sharpen(&mut self, c1: &Convolution<f64>, shown: &Array3<Interval>, widths: &[f64]) {
        let mut rate = 0.1;
        let mut now = Passes::of(c1, &self.pixels, shown, widths);
        for _ in 0..STEPS {
            let mut proposed = self.pixels.clone();
            let moved = proposed.iter_mut().zip(&self.bounds);
            for ((pixel, &(low, high)), (&slope, &bend)) in moved.zip(now.slopes.iter().zip(&now.bends)) {
                *pixel = (*pixel + rate * slope / (bend + 1e-9)).clamp(low, high);
            }
            let then = Passes::of(c1, &proposed, shown, widths);
            if then.likelihood > now.likelihood {
                (self.pixels, now) = (proposed, then);
                rate *= 1.3;
            } else {
                rate *= 0.5;
            }
        }
    }
}

/// A forward pass through C1, and the derivatives of the likelihood of its greys on the way back to the pixels.
pub(super) struct Passes {
    pub likelihood: f64,
    pub slopes: Maps<f64>,
    /// By `bbprop`: minus the second derivatives.
    pub bends: Maps<f64>,
}

impl Passes {
    pub fn of(c1: &Convolution<f64>, pixels: &Maps<f64>, shown: &Array3<Interval>, widths: &[f64]) -> Self {
        let (f, mut sums) = (Squashing::PAPER, c1.zeros());
        let mut a = Array3::zeros(shown.dim());
        c1.fprop(pixels, &mut a);
        let mut y = a.clone();
        f.squash(&mut y);

        let per_state = Law::STATES.position(1.0) - Law::STATES.position(0.0);
        let (mut likelihood, mut dy, mut ddy) = (0.0, y.clone(), y.clone());
        for (((map, ..), &y), (shown, (dy, ddy))) in
            y.indexed_iter().zip(shown.iter().zip(dy.iter_mut().zip(&mut ddy)))
        {
            let l = LogLikelihood::of(*shown, Law::STATES.position(y), widths[map]);
            likelihood += l.value;
            (*dy, *ddy) = (l.slope * per_state, -l.bend * per_state * per_state);
        }
        f.back_through_slope(&y, &mut dy);
        f.back_through_squared_slope(&y, &mut ddy);
        let (mut slopes, mut bends) = (Array3::zeros(pixels.dim()), Array3::zeros(pixels.dim()));
        c1.bprop(pixels, &a, &dy, Some(&mut slopes), &mut sums);
        c1.bbprop(pixels, &a, &ddy, Some(&mut bends), &mut sums);
        Self { likelihood, slopes, bends }
    }
}
