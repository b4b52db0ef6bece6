#![doc = mathdoc::page!("dropout.md")]

use crate::Real;
use crate::section1::Maps;
use rand::Rng;

/// Dropout (Srivastava et al. 2014): in training a unit is silent with this probability, and the others are louder for it.
/// In evaluation it is not called.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Dropout {
    /// The probability, from 0 up to, not including, 1.
    pub rate: f64,
}

impl Dropout {
    /// Draws what each unit of one pattern is multiplied by, whatever `kept` was: 0, or `1 / (1 - rate)`.
    pub fn draw<R: Real>(&self, kept: &mut Maps<R>, random: &mut impl Rng) {
        let factor = R::of(1.0 / (1.0 - self.rate));
        let threshold = (self.rate * 4_294_967_296.0) as u64;
        kept.mapv_inplace(|_| if u64::from(random.next_u32()) < threshold { R::zero() } else { factor });
    }

    /// `y = kept x`, in place.
    pub fn fprop<R: Real>(&self, kept: &Maps<R>, x: &mut Maps<R>) {
        *x *= kept;
    }

    /// `dx = kept dy`, in place, by the mask of the way forward.
    pub fn bprop<R: Real>(&self, kept: &Maps<R>, dy: &mut Maps<R>) {
        *dy *= kept;
    }
}
