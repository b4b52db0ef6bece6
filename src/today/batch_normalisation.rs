#![doc = mathdoc::page!("batch_normalisation.md")]

use crate::Real;
use crate::kernels::normalisation as kernel;
use crate::section1::{Maps, Parameters, line, line_mut};
use ndarray::Array1;

/// What is added to a variance, so that a map that never changes is not divided by 0.
pub const EPSILON: f64 = 1e-5;
/// How much of the running moments is replaced by those of a new mini-batch.
pub const SHARE: f64 = 0.1;

/// Batch normalisation of a layer's weighted sums (Ioffe and Szegedy 2015): a gain and a bias for each map are trained,
/// the running moments are not.
#[derive(Clone, Debug, PartialEq)]
pub struct BatchNormalisation<R> {
    /// gamma: what a normalised map is multiplied by, one number for each map.
    pub gain: Array1<R>,
    /// beta: what is added then, one number for each map.
    pub bias: Array1<R>,
    /// What evaluation takes in the place of a mini-batch's moments.
    pub running: Moments<R>,
}

/// Mean and variance of each map: of a mini-batch, or running.
#[derive(Clone, Debug, PartialEq)]
pub struct Moments<R> {
    /// The means.
    pub mean: Array1<R>,
    /// The variances: divided by how many units there were, and not by one less.
    pub variance: Array1<R>,
    /// How many numbers of each map they were taken of: patterns x rows x columns. Running moments leave it at 1.
    pub units: usize,
}

impl<R: Real> Moments<R> {
    fn root(&self) -> Array1<R> {
        self.variance.mapv(|variance| (variance + R::of(EPSILON)).sqrt())
    }
}

/// Forward, map by map: `gain (x - mean) / sqrt(variance + epsilon) + bias` as a line through `x`.
#[derive(Clone, Debug, PartialEq)]
pub struct Line<R> {
    scale: Array1<R>,
    shift: Array1<R>,
}

impl<R: Real> Line<R> {
    /// From the weighted sums `x` of one pattern, maps x rows x columns, to the normalised `y`.
    pub fn fprop(&self, x: &Maps<R>, y: &mut Maps<R>) {
        kernel::affine(line(x), line(&self.scale), line(&self.shift), line_mut(y));
    }
}

/// What a mini-batch has said on the way back so far, one number of each kind for each map.
#[derive(Clone, Debug, PartialEq)]
pub struct Sums<R> {
    /// Of `dE/dy`.
    slopes: Array1<R>,
    /// Of `dE/dy (x - mean)`.
    products: Array1<R>,
}

impl<R: Real> Sums<R> {
    /// Adds one pattern, its `x` and `dy = dE/dy`, of a mini-batch with these `moments`.
    pub fn add(&mut self, moments: &Moments<R>, x: &Maps<R>, dy: &Maps<R>) {
        let (slopes, products) = (line_mut(&mut self.slopes), line_mut(&mut self.products));
        kernel::add_slopes(line(x), line(&moments.mean), line(dy), slopes, products);
    }
}

/// Backward, map by map: `dE/dx` as a plane through `dE/dy` and `x`.
#[derive(Clone, Debug, PartialEq)]
pub struct Plane<R> {
    scale: Array1<R>,
    slope: Array1<R>,
    shift: Array1<R>,
}

impl<R: Real> Plane<R> {
    /// From the `x` of one pattern and `d = dE/dy` to `d = dE/dx`.
    pub fn bprop(&self, x: &Maps<R>, d: &mut Maps<R>) {
        kernel::affine_of_two(line(x), [&self.scale, &self.slope, &self.shift].map(line), line_mut(d));
    }
}

impl<R: Real> BatchNormalisation<R> {
    /// For so many maps: gains of 1, biases of 0, running means of 0 and variances of 1, which change nothing (but for
    /// [`EPSILON`]).
    pub fn new(maps: usize) -> Self {
        let (gain, bias) = (Array1::ones(maps), Array1::zeros(maps));
        let running = Moments { mean: bias.clone(), variance: gain.clone(), units: 1 };
        Self { gain, bias, running }
    }

    /// The moments of a mini-batch of this layer's weighted sums, each maps x rows x columns. It walks twice: means first,
    /// then squares of deviations.
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

    /// What [`Line::fprop`] does to every pattern of a mini-batch with these moments; in evaluation they are the running ones.
    pub fn line(&self, moments: &Moments<R>) -> Line<R> {
        let scale = &self.gain / &moments.root();
        let shift = &self.bias - &(&scale * &moments.mean);
        Line { scale, shift }
    }

    /// Room for what the patterns of a mini-batch say on the way back.
    pub fn sums(&self) -> Sums<R> {
        let (slopes, products) = (Array1::zeros(self.gain.len()), Array1::zeros(self.gain.len()));
        Sums { slopes, products }
    }

    /// The way back, once every pattern is among the `sums`: adds `dE/dw` to `gradient`, and says what [`Plane::bprop`] does
    /// to every pattern, mean and variance being functions of `x` ([derived](self#backward-line-by-line)). `moments` are
    /// those of this mini-batch; running ones do not move with `x`, and this is not their derivative.
    pub fn plane(&self, moments: &Moments<R>, sums: &Sums<R>, gradient: &mut Self) -> Plane<R> {
        let root = moments.root();
        gradient.bias += &sums.slopes;
        gradient.gain += &(&sums.products / &root);
        let share = R::one() / R::of(moments.units as f64);
        let scale = &self.gain / &root;
        let slope = &scale * &sums.products * -share / (&root * &root);
        let shift = &scale * &sums.slopes * -share - &slope * &moments.mean;
        Plane { scale, slope, shift }
    }

    /// Lets the running moments follow those of a mini-batch, a `share` of the way ([`SHARE`] in training), the variance
    /// corrected by `n / (n - 1)`.
    pub fn remember(&mut self, moments: &Moments<R>, share: f64) {
        let share = R::of(share);
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
