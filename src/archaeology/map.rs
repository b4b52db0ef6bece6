//! One map of a layer during a fit: its greys, its states, and Newton's step.

use super::display::Interval;
use super::fit::Before;
use super::likelihood::LogLikelihood;
use super::linear::Factors;
use ndarray::{Array1, Array2};

/// The largest width of the noise, in levels.
const WIDEST: f64 = 40.0;
/// How precisely the width is found: the step of its logarithm.
const FINE: f64 = 1e-2;
/// The damping of the first step.
const DAMPING: f64 = 1e-3;

/// The states of a map and their derivatives.
pub(super) struct Map<'a> {
    /// The greys of its units.
    pub shown: &'a [Interval],
    /// Which of the layer's parameters belong to it.
    pub parameters: Vec<usize>,
    /// Positions of its units on the scale.
    pub positions: Vec<f64>,
    /// Units x parameters: the derivatives of the positions.
    pub slopes: Array2<f64>,
    /// The noise.
    pub width: f64,
    /// How much the next step is damped.
    pub damping: f64,
    /// Whether it still gains.
    pub active: bool,
    /// The assumptions.
    pub before: Before,
}

impl<'a> Map<'a> {
    /// A map whose states are not known yet.
    pub fn new(shown: &'a [Interval], parameters: Vec<usize>, before: Before) -> Self {
        let (positions, slopes) = (Vec::new(), Array2::zeros((0, 0)));
        Self { shown, parameters, positions, slopes, width: 1.0, damping: DAMPING, active: true, before }
    }

    /// The log-likelihood of the greys, if the units were at these positions.
    pub fn likelihood(&self, positions: &[f64], width: f64) -> f64 {
        let units = positions.iter().zip(self.shown);
        units.map(|(&position, &interval)| LogLikelihood::of(interval, position, width).value).sum()
    }

    /// The same and the logarithm of what is assumed of the parameters, among all `values` of the layer.
    pub fn merit(&self, positions: &[f64], values: &[f64]) -> f64 {
        let squares: f64 =
            self.parameters.iter().map(|&at| (values[at] / self.before.deviation).powi(2)).sum();
        self.likelihood(positions, self.width) - squares / 2.0
    }

    /// The gradient of the merit by the parameters, and minus its second derivatives, without the bend of the states
    /// themselves.
    pub fn derivatives(&self, values: &[f64]) -> (Array1<f64>, Array2<f64>) {
        let assumed = self.before.deviation.powi(-2);
        let mut gradient: Array1<f64> = self.parameters.iter().map(|&at| -values[at] * assumed).collect();
        let mut bend = Array2::from_diag_elem(self.parameters.len(), assumed);
        let units = self.slopes.rows().into_iter().zip(self.positions.iter().zip(self.shown));
        for (slopes, (&position, &interval)) in units {
            let l = LogLikelihood::of(interval, position, self.width);
            gradient.scaled_add(l.slope, &slopes);
            for (mut row, &slope) in bend.rows_mut().into_iter().zip(slopes) {
                row.scaled_add(-l.bend * slope, &slopes);
            }
        }
        (gradient, bend)
    }

    /// Newton's step, damped.
    pub fn step(&self, values: &[f64]) -> Array1<f64> {
        let (gradient, mut bend) = self.derivatives(values);
        let mut damping = self.damping;
        loop {
            bend.diag_mut().mapv_inplace(|value| value * (1.0 + damping) + 1e-12);
            if let Some(factors) = Factors::of(&bend) {
                return factors.solve(&gradient);
            }
            damping = (damping * 10.0).max(1e-6);
        }
    }

    /// Gives the noise the width with the largest likelihood, by golden section.
    pub fn widen(&mut self) {
        let (mut low, mut high) = (self.before.least_width.ln(), WIDEST.ln());
        let part = (5.0_f64.sqrt() - 1.0) / 2.0;
        let at = |x: f64| self.likelihood(&self.positions, x.exp());
        let (mut a, mut b) = (high - part * (high - low), low + part * (high - low));
        let (mut at_a, mut at_b) = (at(a), at(b));
        while high - low > FINE {
            if at_a > at_b {
                (high, b, at_b) = (b, a, at_a);
                a = high - part * (high - low);
                at_a = at(a);
            } else {
                (low, a, at_a) = (a, b, at_b);
                b = low + part * (high - low);
                at_b = at(b);
            }
        }
        self.width = (0.5 * (low + high)).exp();
    }

    /// The standard errors of the parameters; infinite where the greys do not determine them.
    pub fn errors(&self, values: &[f64]) -> Vec<f64> {
        let (_, bend) = self.derivatives(values);
        let all = Factors::of(&bend).map(|factors| factors.inverse_diagonal().mapv(f64::sqrt).to_vec());
        all.unwrap_or_else(|| vec![f64::INFINITY; self.parameters.len()])
    }
}
