//! A network in training on a mini-batch, and its derivatives along random directions, by `bprop` and by differences.

use super::agreement::{Disagreement, Tolerance, agree, compare};
use super::by_each::dot;
use super::differences;
use lenet5::section1::{Loss, Maps, MiniBatch, Module, Network, Parameters};
use lenet5::section2::{Convolution, Criterion};
use ndarray::Array3;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// The largest permitted difference between two difference quotients of one slope.
const TRUSTED: Tolerance = Tolerance { relative: 1e-6, floor: 3e-7 };

/// A network, a mini-batch and its labels.
#[derive(Clone)]
pub struct TrainingCase {
    pub net: Network<f64>,
    pub criterion: Criterion,
    pub patterns: Vec<Maps<f64>>,
    pub labels: Vec<usize>,
    /// The seed of the dropout masks, which are the same in every pass.
    pub masks: u64,
    /// Whether the loss has no kinks, so that long steps give the best differences.
    pub smooth: bool,
}

impl TrainingCase {
    /// Patterns have random grey levels. A number is added to every parameter, since a bias of 0 and equal coefficients could
    /// hide errors.
    pub fn new(mut net: Network<f64>, criterion: Criterion, labels: &[usize], seed: u64) -> Self {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        net.arrays_mut().flatten().for_each(|w| *w += random.random_range(-0.05..0.05));
        let mut pattern = || Array3::from_shape_simple_fn(net.input(), || random.random_range(-0.1..1.175));
        let patterns = labels.iter().map(|_| pattern()).collect();
        Self { net, criterion, patterns, labels: labels.to_vec(), masks: seed, smooth: true }
    }

    /// The same for a loss with kinks.
    pub fn with_kinks(self) -> Self {
        Self { smooth: false, ..self }
    }

    fn passed(&self) -> MiniBatch<f64> {
        let mut batch = MiniBatch::new(&self.net, self.labels.len());
        batch.states.iter_mut().zip(&self.patterns).for_each(|(s, pattern)| s.input_mut().assign(pattern));
        batch.fprop(&self.net, self.labels.len(), Some(&mut ChaCha8Rng::seed_from_u64(self.masks)));
        batch
    }

    /// The sum of the patterns' losses.
    fn loss(&self) -> f64 {
        let losses = self.passed().states.into_iter().zip(&self.labels);
        losses.map(|(s, label)| self.criterion.fprop(&s.output, label)).sum()
    }

    /// The gradient, and the mini-batch after `bprop`.
    pub fn gradient(&self) -> (Network<f64>, MiniBatch<f64>) {
        let (mut batch, mut gradient) = (self.passed(), self.net.zeros());
        for ((s, d), label) in batch.states.iter().zip(&mut batch.derivatives).zip(&self.labels) {
            self.criterion.bprop(&s.output, label, &mut d.output);
        }
        batch.bprop(&self.net, self.labels.len(), &mut gradient);
        (gradient, batch)
    }

    /// The derivative of the loss, divided by `unit`, along the direction of `step`. `None` if the loss has kinks and a tenth of
    /// the step gives another derivative: a unit is at its kink, or batch normalisation divides by nearly 0.
    fn slope(&self, unit: f64, step: impl Fn(&mut Self, f64)) -> Option<f64> {
        let mut moved = self.clone();
        let mut over = |shrink: f64| {
            let loss = |h: f64| {
                step(&mut moved, shrink * h);
                moved.loss() / unit
            };
            differences::slope(loss) / shrink
        };
        if self.smooth {
            return Some(over(1.0));
        }
        let mut last = over(1e-2);
        for shrink in [1e-3, 1e-4] {
            let next = over(shrink);
            if compare(&[next], &[last], TRUSTED).is_ok() {
                return Some(last);
            }
            last = next;
        }
        None
    }

    /// A random direction in each array of the network, and the derivative of the loss along it by differences. If patterns are
    /// not compared, so that the derivatives by the weighted sums of C1 are known, also one among the pixels of each pattern.
    pub fn along_directions(&self, seed: u64) -> Along {
        let random = &mut ChaCha8Rng::seed_from_u64(seed);
        // The rounding errors of a difference grow with the loss.
        let unit = if self.smooth { 1.0 } else { self.loss().max(1.0) };
        let mut along = Along { unit, arrays: Vec::new(), pixels: Vec::new(), expected: Vec::new() };
        for (n, w) in self.net.arrays().enumerate() {
            let (v, slope) = some_direction(w.len(), random, |v| {
                self.slope(unit, |moved, h| {
                    let array = moved.net.arrays_mut().nth(n).expect("an array");
                    array.iter_mut().zip(w.iter().zip(v)).for_each(|(w, (&from, &v))| *w = from + h * v);
                })
            });
            along.arrays.push(v);
            along.expected.push(slope);
        }
        let direction = |v: &[f64]| Array3::from_shape_vec(self.net.input(), v.to_vec()).expect("an input");
        for (p, x) in self.patterns.iter().enumerate().filter(|_| !self.net.compares_patterns()) {
            let (v, slope) = some_direction(x.len(), random, |v| {
                self.slope(unit, |moved, h| moved.patterns[p] = x + &(h * &direction(v)))
            });
            along.pixels.push(direction(&v));
            along.expected.push(slope);
        }
        along
    }

    pub fn check(&self, seed: u64, tolerance: Tolerance) -> Result<(), Disagreement> {
        let along = self.along_directions(seed);
        agree(&along.of(self), &along.expected, tolerance)
    }
}

/// Directions, and the derivatives of the loss along them by differences.
pub struct Along {
    unit: f64,
    arrays: Vec<Vec<f64>>,
    pixels: Vec<Maps<f64>>,
    pub expected: Vec<f64>,
}

impl Along {
    /// The same derivatives by `bprop`.
    pub fn of(&self, case: &TrainingCase) -> Vec<f64> {
        let (gradient, batch) = case.gradient();
        let c1 = case.net.layer::<Convolution<f64>>("C1").expect("C1");
        let pixels = self.pixels.iter().enumerate().map(|(p, v)| {
            let (s, d) = (&batch.states[p], &batch.derivatives[p]);
            let mut dx = Array3::from_elem(v.dim(), f64::NAN);
            c1.bprop(s.input(), &s["C1"], &d["C1"], Some(&mut dx), &mut c1.zeros());
            dot(&dx, v) / self.unit
        });
        self.of_gradient(&gradient).into_iter().chain(pixels).collect()
    }

    /// A gradient along the directions in the arrays.
    pub fn of_gradient(&self, gradient: &Network<f64>) -> Vec<f64> {
        let products =
            gradient.arrays().zip(&self.arrays).map(|(dw, v)| dw.iter().zip(v).map(|(dw, v)| dw * v));
        products.map(|products| products.sum::<f64>() / self.unit).collect()
    }
}

/// A direction of length 1 whose slope can be trusted, and the slope.
fn some_direction(
    length: usize,
    random: &mut impl Rng,
    slope: impl Fn(&[f64]) -> Option<f64>,
) -> (Vec<f64>, f64) {
    let mut another = || {
        let v: Vec<f64> = (0..length).map(|_| random.random_range(-1.0..1.0)).collect();
        let norm = v.iter().map(|v| v * v).sum::<f64>().sqrt();
        v.into_iter().map(|v| v / norm).collect::<Vec<f64>>()
    };
    let mut tried = (0..100).map(|_| another()).filter_map(|v| slope(&v).map(|slope| (v, slope)));
    tried.next().expect("a direction without a kink")
}
