//! Batch normalisation.

use crate::Real;
use crate::kernels::normalisation as kernel;
use crate::section1::{Maps, Parameters, line, line_mut};
use ndarray::Array1;

/// What is added to a variance, so that a map that never changes is not divided by 0.
pub const EPSILON: f64 = 1e-5;
/// How much of the running moments is replaced by those of a new mini-batch.
pub const SHARE: f64 = 0.1;

/// Batch normalisation of a layer's weighted sums: a gain and a bias for each map.
#[derive(Clone, Debug, PartialEq)]
pub struct BatchNormalisation<R> {
    /// gamma.
    pub gain: Array1<R>,
    /// beta.
    pub bias: Array1<R>,
    /// What evaluation takes in the place of a mini-batch's moments.
    pub running: Moments<R>,
}

/// Mean and variance of each map.
#[derive(Clone, Debug, PartialEq)]
pub struct Moments<R> {
    /// The means.
    pub mean: Array1<R>,
    /// The variances: divided by how many units there were, and not by one less.
    pub variance: Array1<R>,
    /// How many units of each map they were taken of.
    pub units: usize,
}

impl<R: Real> Moments<R> {
    fn root(&self) -> Array1<R> {
        self.variance.mapv(|variance| (variance + R::of(EPSILON)).sqrt())
    }
}

impl<R: Real> BatchNormalisation<R> {
    /// For so many maps, changing nothing until moments are known.
    pub fn new(maps: usize) -> Self {
        let (gain, bias) = (Array1::ones(maps), Array1::zeros(maps));
        let running = Moments { mean: bias.clone(), variance: gain.clone(), units: 1 };
        Self { gain, bias, running }
    }

    /// The moments of a mini-batch of this layer's weighted sums.
    pub fn moments<'a>(&self, batch: impl Iterator<Item = &'a Maps<R>> + Clone) -> Moments<R> {
        let maps = self.gain.len();
        let (mut mean, mut variance) = (Array1::zeros(maps), Array1::zeros(maps));
        let units = batch.clone().map(|x| x.len() / maps).sum::<usize>();
        let share = R::one() / R::of(units as f64);
        batch.clone().for_each(|x| kernel::add_sums(line(x), line_mut(&mut mean)));
        mean *= share;
        batch.for_each(|x| kernel::add_squares(line(x), line(&mean), line_mut(&mut variance)));
        variance *= share;
        Moments { mean, variance, units }
    }

    /// `y = gain (x - mean) / sqrt(variance + epsilon) + bias`.
    pub fn fprop(&self, moments: &Moments<R>, x: &Maps<R>, y: &mut Maps<R>) {
        let scale = &self.gain / &moments.root();
        let shift = &self.bias - &(&scale * &moments.mean);
        kernel::line(line(x), line(&scale), line(&shift), line_mut(y));
    }

    /// From a whole mini-batch of `x`, `dE/dy` and room for `dE/dx`: adds `dE/dw` to `gradient` and writes `dE/dx`, mean and
    /// variance being functions of `x`.
    pub fn bprop(
        &self,
        moments: &Moments<R>,
        batch: &mut [(&Maps<R>, &Maps<R>, &mut Maps<R>)],
        gradient: &mut Self,
    ) {
        let (mut sums, mut products) = (Array1::zeros(self.gain.len()), Array1::zeros(self.gain.len()));
        for (x, dy, _) in batch.iter() {
            let (sums, products) = (line_mut(&mut sums), line_mut(&mut products));
            kernel::add_slopes(line(x), line(&moments.mean), line(dy), sums, products);
        }
        let root = moments.root();
        gradient.bias += &sums;
        gradient.gain += &(&products / &root);
        let share = R::one() / R::of(moments.units as f64);
        let scale = &self.gain / &root;
        let slope = &scale * &products * -share / (&root * &root);
        let shift = &scale * &sums * -share - &slope * &moments.mean;
        let plane = [line(&scale), line(&slope), line(&shift)];
        for (x, dy, dx) in batch {
            kernel::plane(line(dy), line(x), plane, line_mut(dx));
        }
    }

    /// Lets the running moments follow those of a mini-batch.
    pub fn remember(&mut self, moments: &Moments<R>) {
        let share = R::of(SHARE);
        let units = moments.units as f64;
        let unbiased = R::of(units / (units - 1.0).max(1.0));
        self.running.mean.zip_mut_with(&moments.mean, |old, &new| *old += share * (new - *old));
        self.running
            .variance
            .zip_mut_with(&moments.variance, |old, &new| *old += share * (unbiased * new - *old));
    }
}

impl<R: Real> Parameters<R> for BatchNormalisation<R> {
    fn arrays(&self) -> impl Iterator<Item = &[R]> {
        [line(&self.gain), line(&self.bias)].into_iter()
    }

    fn arrays_mut(&mut self) -> impl Iterator<Item = &mut [R]> {
        [line_mut(&mut self.gain), line_mut(&mut self.bias)].into_iter()
    }
}
