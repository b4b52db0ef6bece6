#![doc = mathdoc::page!("batch_normalisation.md")]

use crate::Real;
use crate::kernels::normalisation as kernel;
use crate::section1::{InTraining, Layer, Maps, Module, Parameters, Shape, ShapeError, Wanted};
use crate::section1::{arrays, flat, flat_mut, tensors};
use ndarray::Array1;
use std::any::Any;

/// Added to each variance, so that a constant map is not divided by 0.
pub const EPSILON: f64 = 1e-5;

/// Batch normalisation of a layer's weighted sums (Ioffe and Szegedy 2015). The gain and the shift of each map are trained,
/// the running moments are not. As a [`Module`] it does what evaluation does: it normalises by the running moments.
#[derive(Clone, Debug, PartialEq)]
pub struct BatchNormalisation<R> {
    /// gamma: the factor of each normalised map.
    pub gain: Array1<R>,
    /// beta: the number added to each map after that.
    pub shift: Array1<R>,
    /// The running mean of each map, which evaluation uses instead of a mini-batch's.
    pub mean: Array1<R>,
    /// The running variance of each map.
    pub variance: Array1<R>,
}

/// Mean and variance of each map of a mini-batch.
#[derive(Clone, Debug, PartialEq)]
pub struct Moments<R> {
    /// The means.
    pub mean: Array1<R>,
    /// The variances, with the divisor `units`, not `units - 1`.
    pub variance: Array1<R>,
    /// The number of units of each map in the mini-batch: patterns x rows x columns.
    pub units: usize,
}

impl<R: Real> Moments<R> {
    /// The moments of a mini-batch of weighted sums, each maps x rows x columns. The sums are read twice: first for the
    /// means, then for the squared differences from them.
    pub fn of(batch: &[&Maps<R>]) -> Self {
        let maps = batch[0].dim().0;
        let (mut mean, mut variance) = (Array1::zeros(maps), Array1::zeros(maps));
        let units = batch.iter().map(|x| x.len() / maps).sum::<usize>();
        let share = R::one() / R::of(units as f64);
        batch.iter().for_each(|x| kernel::add_sums(flat(*x), flat_mut(&mut mean)));
        mean *= share;
        batch.iter().for_each(|x| kernel::add_squares(flat(*x), flat(&mean), flat_mut(&mut variance)));
        variance *= share;
        Self { mean, variance, units }
    }
}

/// The standard deviation by which a map is divided.
fn root<R: Real>(variance: &Array1<R>) -> Array1<R> {
    variance.mapv(|variance| (variance + R::of(EPSILON)).sqrt())
}

/// Forward, map by map: `gain (x - mean) / sqrt(variance + epsilon) + shift` as an affine function of `x`.
#[derive(Clone, Debug)]
struct Affine<R> {
    scale: Array1<R>,
    shift: Array1<R>,
}

impl<R: Real> Affine<R> {
    fn new(layer: &BatchNormalisation<R>, mean: &Array1<R>, variance: &Array1<R>) -> Self {
        let scale = &layer.gain / &root(variance);
        let shift = &layer.shift - &(&scale * mean);
        Self { scale, shift }
    }

    fn fprop(&self, x: &Maps<R>, y: &mut Maps<R>) {
        kernel::affine(flat(x), flat(&self.scale), flat(&self.shift), flat_mut(y));
    }
}

impl<R: Real> BatchNormalisation<R> {
    /// A normalisation of `maps` maps with gains of 1, shifts of 0, running means of 0 and running variances of 1, which
    /// changes nothing (except for [`EPSILON`]).
    pub fn new(maps: usize) -> Self {
        let (ones, zeros) = (Array1::ones(maps), Array1::zeros(maps));
        Self { gain: ones.clone(), shift: zeros.clone(), mean: zeros, variance: ones }
    }

    /// Moves the running moments a `share` of the way ([`SHARE`](crate::section1::mini_batch::SHARE) in training) towards
    /// those of a mini-batch, with the variance corrected by `n / (n - 1)`.
    pub fn follow(&mut self, moments: &Moments<R>, share: f64) {
        let share = R::of(share);
        let units = moments.units as f64;
        let unbiased = R::of(units / (units - 1.0).max(1.0));
        self.mean.zip_mut_with(&moments.mean, |old, &new| *old += share * (new - *old));
        self.variance.zip_mut_with(&moments.variance, |old, &new| *old += share * (unbiased * new - *old));
    }
}

impl<R: Real> Parameters<R> for BatchNormalisation<R> {
    arrays!(gain, shift);
    tensors!("gain": gain, "shift": shift, "mean": mean, "variance": variance);
}

impl<R: Real> Module<R> for BatchNormalisation<R> {
    type Input = Maps<R>;
    type Output = Maps<R>;

    fn fprop(&self, x: &Maps<R>, y: &mut Maps<R>) {
        Affine::new(self, &self.mean, &self.variance).fprop(x, y);
    }

    /// The derivative at constant running moments, which do not depend on `x`.
    fn bprop(&self, x: &Maps<R>, _y: &Maps<R>, dy: &Maps<R>, dx: Wanted<Maps<R>>, gradient: &mut Self) {
        let mut sums = Sums::new(self.gain.len());
        sums.add(&self.mean, x, dy);
        gradient.shift += &sums.slopes;
        gradient.gain += &(&sums.products / &root(&self.variance));
        if let Some(dx) = dx {
            let scale = &self.gain / &root(&self.variance);
            kernel::affine(flat(dy), flat(&scale), flat(&Array1::zeros(scale.len())), flat_mut(dx));
        }
    }
}

impl<R: Real> Layer<R> for BatchNormalisation<R> {
    fn output_shape(&self, input: Shape) -> Result<Shape, ShapeError> {
        let maps = self.gain.len();
        if input.0 != maps {
            return Err(ShapeError::new("a batch normalisation", input, format!("{maps} maps")));
        }
        Ok(input)
    }

    fn connections(&self, (maps, rows, columns): Shape) -> usize {
        2 * maps * rows * columns
    }

    fn in_training(&self) -> Option<Box<dyn InTraining<R>>> {
        Some(Box::new(Normalised::new(self)))
    }

    fn remember(&mut self, training: &dyn InTraining<R>, share: f64) {
        let normalised = (training as &dyn Any).downcast_ref::<Normalised<R>>();
        normalised.into_iter().for_each(|normalised| self.follow(&normalised.moments, share));
    }
}

/// The sums of `bprop` over the patterns of a mini-batch so far, one of each kind for each map.
#[derive(Clone, Debug)]
struct Sums<R> {
    /// The sums of `dE/dy`.
    slopes: Array1<R>,
    /// The sums of `dE/dy (x - mean)`.
    products: Array1<R>,
}

impl<R: Real> Sums<R> {
    fn new(maps: usize) -> Self {
        Self { slopes: Array1::zeros(maps), products: Array1::zeros(maps) }
    }

    /// Adds one pattern, its `x` and `dy = dE/dy`.
    fn add(&mut self, mean: &Array1<R>, x: &Maps<R>, dy: &Maps<R>) {
        let (slopes, products) = (flat_mut(&mut self.slopes), flat_mut(&mut self.products));
        kernel::add_slopes(flat(x), flat(mean), flat(dy), slopes, products);
    }
}

/// A normalisation in training, by the moments of one mini-batch, which are functions of its inputs.
struct Normalised<R> {
    layer: BatchNormalisation<R>,
    moments: Moments<R>,
    forward: Affine<R>,
    sums: Sums<R>,
    /// Backward, map by map, `dE/dx` as an affine function of `dE/dy` and `x`: the factor of each, and the constant.
    backward: [Array1<R>; 3],
}

impl<R: Real> Normalised<R> {
    fn new(layer: &BatchNormalisation<R>) -> Self {
        let maps = layer.gain.len();
        let none = Array1::zeros(maps);
        Self {
            layer: layer.clone(),
            moments: Moments { mean: none.clone(), variance: none.clone(), units: 0 },
            forward: Affine { scale: none.clone(), shift: none.clone() },
            sums: Sums::new(maps),
            backward: [none.clone(), none.clone(), none],
        }
    }
}

impl<R: Real> InTraining<R> for Normalised<R> {
    fn compares(&self) -> bool {
        true
    }

    fn observe(&mut self, inputs: &[&Maps<R>]) {
        self.moments = Moments::of(inputs);
        self.forward = Affine::new(&self.layer, &self.moments.mean, &self.moments.variance);
    }

    fn fprop(&self, _p: usize, x: &Maps<R>, y: &mut Maps<R>) {
        self.forward.fprop(x, y);
    }

    fn accumulate(&mut self, x: &Maps<R>, dy: &Maps<R>) {
        self.sums.add(&self.moments.mean, x, dy);
    }

    /// Mean and variance are functions of `x` ([derivation](self#backward-line-by-line)).
    fn add_gradient(&mut self, gradient: &mut [&mut [R]]) {
        let root = root(&self.moments.variance);
        let by_gain = &self.sums.products / &root;
        for (array, sums) in gradient.iter_mut().zip([&by_gain, &self.sums.slopes]) {
            array.iter_mut().zip(sums).for_each(|(dw, &sum)| *dw += sum);
        }
        let share = R::one() / R::of(self.moments.units as f64);
        let scale = &self.layer.gain / &root;
        let slope = &scale * &self.sums.products * -share / (&root * &root);
        let shift = &scale * &self.sums.slopes * -share - &slope * &self.moments.mean;
        self.backward = [scale, slope, shift];
    }

    fn bprop(&self, _p: usize, x: &Maps<R>, d: &mut Maps<R>) {
        kernel::affine_of_two(flat(x), self.backward.each_ref().map(flat), flat_mut(d));
    }
}
