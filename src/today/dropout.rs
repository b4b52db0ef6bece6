#![doc = mathdoc::page!("dropout.md")]

use crate::Real;
use crate::section1::{InTraining, Layer, Maps, Module, Shape, ShapeError, Wanted, nothing_to_learn};
use rand::RngCore;

/// Dropout (Srivastava et al. 2014): in training each unit is set to 0 with probability `rate`, and the others are
/// multiplied by `1 / (1 - rate)`. In evaluation it is the identity.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Dropout {
    /// The probability, at least 0 and below 1.
    pub rate: f64,
}

impl Dropout {
    /// Draws the mask of one pattern, the factor of each unit: 0 or `1 / (1 - rate)`.
    pub fn mask<R: Real>(&self, units: Shape, random: &mut dyn RngCore) -> Maps<R> {
        let factor = R::of(1.0 / (1.0 - self.rate));
        let threshold = (self.rate * 4_294_967_296.0) as u64;
        let mut draw = || if u64::from(random.next_u32()) < threshold { R::zero() } else { factor };
        Maps::from_shape_simple_fn(units, &mut draw)
    }
}

nothing_to_learn!(Dropout);

impl<R: Real> Module<R> for Dropout {
    type Input = Maps<R>;
    type Output = Maps<R>;

    fn fprop(&self, x: &Maps<R>, y: &mut Maps<R>) {
        y.assign(x);
    }

    fn bprop(&self, _x: &Maps<R>, _y: &Maps<R>, dy: &Maps<R>, dx: Wanted<Maps<R>>, _gradient: &mut Self) {
        dx.into_iter().for_each(|dx| dx.assign(dy));
    }
}

impl<R: Real> Layer<R> for Dropout {
    fn output_shape(&self, input: Shape) -> Result<Shape, ShapeError> {
        Ok(input)
    }

    fn connections(&self, _input: Shape) -> usize {
        0
    }

    fn in_training(&self) -> Option<Box<dyn InTraining<R>>> {
        Some(Box::new(Masks { dropout: *self, masks: Vec::new() }))
    }
}

/// The masks of a mini-batch, one for each pattern.
struct Masks<R> {
    dropout: Dropout,
    masks: Vec<Maps<R>>,
}

impl<R: Real> InTraining<R> for Masks<R> {
    fn draw(&mut self, input: Shape, random: &mut dyn RngCore) {
        self.masks.push(self.dropout.mask(input, random));
    }

    fn is_random(&self) -> bool {
        true
    }

    fn fprop(&self, p: usize, x: &Maps<R>, y: &mut Maps<R>) {
        y.assign(x);
        *y *= &self.masks[p];
    }

    fn bprop(&self, p: usize, _x: &Maps<R>, d: &mut Maps<R>) {
        *d *= &self.masks[p];
    }
}
