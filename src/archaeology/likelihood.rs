//! How likely a model's state is, given the grey that shows it.

use super::display::Interval;
use statrs::function::erf::erfc;
use std::f64::consts::{PI, SQRT_2};

/// The logarithm of the probability of a grey, and its derivatives by the state's position on the scale.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct LogLikelihood {
    /// The logarithm, in nats.
    pub value: f64,
    /// Its derivative by the position.
    pub slope: f64,
    /// Its second derivative, which is never positive.
    pub bend: f64,
}

impl LogLikelihood {
    /// Of a grey that stands for this interval, if the state is at `position` plus Gaussian noise of this width:
    /// `P = Phi((to - position) / width) - Phi((from - position) / width)`.
    pub fn of(interval: Interval, position: f64, width: f64) -> Self {
        let (from, to) = ((interval.from - position) / width, (interval.to - position) / width);
        // An interval above the position is the mirror image of one below it.
        if from > 0.0 {
            let Self { value, slope, bend } = Self::standard(-to, -from, width);
            return Self { value, slope: -slope, bend };
        }
        Self::standard(from, to, width)
    }

    /// The same from bounds in units of the width; the lower one is not positive.
    fn standard(from: f64, to: f64, width: f64) -> Self {
        let p = 0.5 * (erfc(-to / SQRT_2) - erfc(-from / SQRT_2));
        if p < 1e-280 {
            return Self::far_away(to, width);
        }
        let [at_from, at_to] = [from, to].map(density);
        let slope = (at_from - at_to) / (p * width);
        let times = |z: f64, density: f64| if density == 0.0 { 0.0 } else { z * density };
        let bend = (times(from, at_from) - times(to, at_to)) / (p * width * width) - slope * slope;
        Self { value: p.ln(), slope, bend: bend.min(0.0) }
    }

    /// The tail of the Gaussian, whose probability is too small for a number.
    fn far_away(to: f64, width: f64) -> Self {
        let value = -0.5 * to * to - (-to * (2.0 * PI).sqrt()).ln();
        Self { value, slope: to / width, bend: -1.0 / (width * width) }
    }
}

/// The density of the normal distribution; 0 at infinity.
fn density(z: f64) -> f64 {
    (-0.5 * z * z).exp() / (2.0 * PI).sqrt()
}
