#![doc = mathdoc::md!(
    r#"
Batch normalisation of the weighted sums: over the units of a map, in all patterns of a mini-batch.

Of all the blocks here it is the one whose backward pass goes wrong most often, and the only one in which patterns
meet.

# What it is, and where it comes from

S. Ioffe and C. Szegedy, *Batch Normalization: Accelerating Deep Network Training by Reducing Internal Covariate
Shift* (2015). From the weighted sums of a map their mean is taken away, and what is left is divided by their standard
deviation; both are those of the mini-batch at hand. Then a trained gain $\gamma$ and a trained bias $\beta$ give the
map back what that took: the layer can still compute whatever it could before. The reason in the title has been
doubted since; the method has stayed.

**In 1998** nothing stood there. Sums were to have about the same size everywhere as well, but at the beginning only,
by [initial weights](crate::appendix::a) of $2.4/F$ and inputs of mean 0 and variance 1; from then on each went its
own way, and [App. C](crate::appendix::c) gave each its own rate.

# Shapes

$x$ are the weighted sums of a layer, before the activation. A map is normalised as one: all its units, wherever they
stand, in all patterns of the mini-batch. With $B$ patterns and maps of $R \times C$ that is

$$
n = B \, R \, C
$$

numbers. For one map we count them through, $x_1$ to $x_n$, and forget where they stand.

| | in general | C1 | C3 | C5 | F6 |
|---|---|---|---|---|---|
| sums of a pattern, $x$ | $M \times R \times C$ | 6 x 28 x 28 | 16 x 10 x 10 | 120 x 1 x 1 | 84 |
| $n$ for one map | $B R C$ | $784 \, B$ | $100 \, B$ | $B$ | $B$ |
| mean $m$, variance $v$ | $M$ of each, not trained | 6 | 16 | 120 | 84 |
| gain $\gamma$, bias $\beta$ | $M$ of each, trained | 6 | 16 | 120 | 84 |
| parameters | $2 M$ | 12 | 32 | 240 | 168 |

452 parameters in all.

# Forward

Four lines, of which the first two make one number out of $n$:

$$
m = \frac1n \sum_i x_i
\qquad
v = \frac1n \sum_i (x_i - m)^2
$$

$$
z_i = \frac{x_i - m}{s}, \quad s = \sqrt{v + \epsilon}
\qquad\qquad
y_i = \gamma z_i + \beta
$$

[`EPSILON`] keeps a map that is the same everywhere from being divided by 0. $z$ has mean 0 and, but for $\epsilon$,
variance 1. Since $m$ and $s$ are the same for all units of a map, the last line is a straight line through $x$, one
multiplication and one addition: $y_i = (\gamma / s) \, x_i + (\beta - \gamma m / s)$. That is a [`Line`], the same
for all patterns of the mini-batch.

# Backward, line by line

From above comes $\mathrm{d}y_i$, short for $\partial E / \partial y_i$, where $E$ is the loss of the *whole*
mini-batch. We go through the forward lines from the last to the first and ask of each number where it occurs.

1. **The last line**, $y_i = \gamma z_i + \beta$. The bias is in all $n$ outputs, times 1, the gain in all $n$, times
   $z_i$:

   $$
   \mathrm{d}\beta = \sum_i \mathrm{d}y_i
   \qquad
   \mathrm{d}\gamma = \sum_i \mathrm{d}y_i \, z_i
   \qquad
   \mathrm{d}z_i = \gamma \, \mathrm{d}y_i
   $$

2. **The third line**, $z_i = (x_i - m) (v + \epsilon)^{-1/2}$. The variance is in all $n$ of them:

   $$
   \frac{\partial z_i}{\partial v} = - \frac12 (x_i - m) (v + \epsilon)^{-3/2} = - \frac{z_i}{2 s^2}
   \qquad\text{so}\qquad
   \mathrm{d}v = - \frac{1}{2 s^2} \sum_i \mathrm{d}z_i \, z_i = - \frac{\gamma}{2 s^2} \, \mathrm{d}\gamma
   $$

3. **The mean** is in all $n$ of the third line, with $\partial z_i / \partial m = -1/s$, and in the second line. But
   there it plays no part: $\partial v / \partial m = -\frac2n \sum_i (x_i - m)$, and deviations from the mean add up
   to 0. What is left:

   $$
   \mathrm{d}m = - \frac1s \sum_i \mathrm{d}z_i = - \frac{\gamma}{s} \, \mathrm{d}\beta
   $$

4. **The input** $x_k$ occurs three times: in its own $z_k$, times $1/s$; in the variance, with
   $\partial v / \partial x_k = \frac2n (x_k - m)$; and in the mean, with $\partial m / \partial x_k = \frac1n$. The
   chain rule adds up the three ways:

   $$
   \mathrm{d}x_k = \frac{\mathrm{d}z_k}{s} + \frac{2 (x_k - m)}{n} \, \mathrm{d}v + \frac1n \, \mathrm{d}m
   $$

5. **Put 1 to 3 into it.** With $x_k - m = s z_k$ the second term becomes $-\frac{\gamma}{n s} z_k \,
   \mathrm{d}\gamma$, and $\gamma / s$ comes out of all three:

   $$
   \mathrm{d}x_k = \frac{\gamma}{s}
   \Bigl( \mathrm{d}y_k - \frac{\mathrm{d}\beta}{n} - z_k \, \frac{\mathrm{d}\gamma}{n} \Bigr)
   $$

Read it: what came from above, without its mean and without its part along $z$. **It follows that** $\sum_k
\mathrm{d}x_k = 0$, since $\sum_k z_k = 0$: moving all sums of a map together changes nothing. And $\sum_k
\mathrm{d}x_k z_k = 0$, but for $\epsilon$, since $\sum_k z_k^2 = n$: nor does stretching them.

In the code there is no $z$, and the last line is a [`Plane`] through $\mathrm{d}y$ and $x$. With
$q = \sum_i \mathrm{d}y_i (x_i - m) = s \, \mathrm{d}\gamma$:

$$
\mathrm{d}x_k = \frac{\gamma}{s} \, \mathrm{d}y_k
- \frac{\gamma \, q}{n s^3} \, x_k
+ \Bigl( \frac{\gamma \, q}{n s^3} \, m - \frac{\gamma}{n s} \, \mathrm{d}\beta \Bigr)
$$

The [`Sums`] run over all patterns before the first $\mathrm{d}x$ is known. That is why the way back has two halves, and
why this block does not fit into a [`Module`](crate::section1::Module), which knows one pattern.

There are no second derivatives here: App. C has those of one pattern's loss, and under normalisation the loss of a
pattern is a matter of all of the mini-batch. The program refuses `optimiser = "sdlm"` with blocks of today.

# Training and evaluation

**In training** $m$ and $v$ are the mini-batch's own. **In evaluation** they are numbers that were learnt on the way:
a pattern's answer must not depend on which others are asked about in the same breath.

**Why not the moments of the one pattern?** In C5 and F6 a map is one unit, so one pattern has $n = 1$. Its mean is
the number itself, its variance is 0, and $y = \beta$ whatever $x$ was: all patterns get the same answer. In C1 and C3
a pattern has 784 and 100 numbers a map, and the moments exist; but they take away how strong a feature is in this
pattern, which is what the next layer wants to know, and what in training was *not* taken away.

So there are running moments. After each mini-batch [`remember`](BatchNormalisation::remember) moves them a tenth of
the way ([`SHARE`]):

$$
\bar{m} \leftarrow \bar{m} + 0.1 \, (m - \bar{m})
\qquad
\bar{v} \leftarrow \bar{v} + 0.1 \, \Bigl( \frac{n}{n - 1} v - \bar{v} \Bigr)
$$

**Why $n / (n - 1)$?** The mean that is taken away in $v$ was fitted to the same $n$ numbers, so they lie closer to it
than to the true mean $\mu$. Write $x_i - \mu = (x_i - m) + (m - \mu)$, square it, and add up; the mixed terms vanish:

$$
\frac1n \sum_i (x_i - \mu)^2 = v + (m - \mu)^2
$$

In expectation the left is the true variance $\sigma^2$, and $(m - \mu)^2$, the variance of a mean of $n$ independent
numbers, is $\sigma^2 / n$. So $v$ is on average $\sigma^2 (1 - 1/n)$, and $n / (n - 1)$ makes up for it. In C1 it is
next to nothing; in F6, with 64 patterns, 1.6 %. The running moments stand for all patterns and get the corrected one;
the mini-batch is divided by its own.

They begin at mean 0 and variance 1. After $t$ mini-batches $0.9^t$ of that is left.

**Distorted patterns have other moments** than the patterns that are asked about: we infer, because mixing pixels takes
sharpness from their strokes. A network that has never seen anything else keeps the wrong ones. So after each pass over
distorted patterns the moments are taken anew, of patterns as they are and by the weights as they are, the plain mean over
some mini-batches ([`settle`](super::training::Trainer::settle)). The authors take all their moments for evaluation
this way, in a walk of its own after training (their Algorithm 2).

# By hand

One map of 1 x 2 and a mini-batch of two patterns, so $n = 4$. The mean is 4; the squares of the deviations, -3, -1,
-1 and 5, add up to 36, so $v = 9$ and $s = 3$. With $\gamma = 6$ and $\beta = 1$:

| | $x$ | $z$ | $y = 6 z + 1$ | $\mathrm{d}y$ | $\mathrm{d}x = 2 \, (\mathrm{d}y - \frac34 + \frac34 z)$ |
|---|---|---|---|---|---|
| first pattern | 1 | -1 | -5 | 3 | 3 |
| | 3 | -⅓ | -1 | 0 | -2 |
| second pattern | 3 | -⅓ | -1 | 0 | -2 |
| | 9 | 1⅔ | 11 | 0 | 1 |

$\mathrm{d}\beta = 3$, $\mathrm{d}\gamma = 3 \cdot (-1) = -3$. Only one unit has a $\mathrm{d}y$, and all four get a
$\mathrm{d}x$, in both patterns. With mean and variance taken for constants it would be 6, 0, 0 and 0.

```
use lenet5::section1::Parameters;
use lenet5::today::batch_normalisation::{BatchNormalisation, Moments, SHARE};
use ndarray::{Array3, arr1, arr3};

// Epsilon is 1e-5: it is seen in the sixth digit.
let near = |found: &Array3<f64>, wanted: [f64; 2]| {
    found.iter().zip(wanted).all(|(a, b)| (a - b).abs() < 1e-4)
};
let mut layer = BatchNormalisation::<f64>::new(1);
(layer.gain[0], layer.bias[0]) = (6.0, 1.0);
let x = [arr3(&[[[1.0, 3.0]]]), arr3(&[[[3.0, 9.0]]])];

let moments = layer.moments(x.iter());
let (mean, variance) = (arr1(&[4.0]), arr1(&[9.0]));
assert_eq!(moments, Moments { mean, variance, units: 4 });
let (mut y, line) = (x.clone(), layer.line(&moments));
line.fprop(&x[0], &mut y[0]);
line.fprop(&x[1], &mut y[1]);
assert!(near(&y[0], [-5.0, -1.0]) && near(&y[1], [-1.0, 11.0]));

let mut d = [arr3(&[[[3.0, 0.0]]]), arr3(&[[[0.0, 0.0]]])];
let (mut sums, mut gradient) = (layer.sums(), layer.zeros());
sums.add(&moments, &x[0], &d[0]);
sums.add(&moments, &x[1], &d[1]);
let plane = layer.plane(&moments, &sums, &mut gradient);
assert_eq!(gradient.bias[0], 3.0);
assert!((gradient.gain[0] + 3.0).abs() < 1e-4);
plane.bprop(&x[0], &mut d[0]);
plane.bprop(&x[1], &mut d[1]);
assert!(near(&d[0], [3.0, -2.0]) && near(&d[1], [-2.0, 1.0]));

// A tenth of the way from 0 to 4, and from 1 to 9 · 4/3 = 12:
layer.remember(&moments, SHARE);
assert!((layer.running.mean[0] - 0.4).abs() < 1e-12);
assert!((layer.running.variance[0] - 2.1).abs() < 1e-12);

// Evaluation: 6 (x - 0.4) / √2.1 + 1, the first pattern on its own.
layer.line(&layer.running).fprop(&x[0], &mut y[0]);
assert!(near(&y[0], [3.4842, 11.7650]));

// One pattern, one unit: whatever it is, the answer is the bias.
for sum in [-7.0, 0.1, 500.0] {
    let (lone, mut y) = (arr3(&[[[sum]]]), arr3(&[[[0.0]]]));
    let moments = layer.moments([&lone].into_iter());
    layer.line(&moments).fprop(&lone, &mut y);
    assert!((y[[0, 0, 0]] - 1.0).abs() < 1e-9);
}
```

# Where people get stuck

- **Mean and variance held constant** on the way back: $\mathrm{d}x_k = (\gamma / s) \, \mathrm{d}y_k$. It looks
  right, it even trains, and a check by finite differences refuses it at once. It *is* right for running moments,
  which do not move with $x$; so [`plane`](BatchNormalisation::plane) is for a mini-batch's own.
- **One pattern at a time.** An update after each pattern, as the paper has it, is not to be had with it. Nor should a
  last mini-batch of one be left over: choose a size that leaves none or more.
- **Forgotten `eval`.** A network that is tested with the moments of the test patterns gives other answers for other
  mini-batches, and on patterns that are sorted by class very bad ones.
- **The bias of the layer below** has lost its meaning: the mean takes it away again, and since $\sum_k
  \mathrm{d}x_k = 0$ its derivative is 0. Most programs leave it out. Here C1 to F6 keep theirs, so as to be the
  same layers with and without; it stays where it began.
- **$\sum x^2 / n - m^2$** is one walk through the numbers in the place of two, and in single precision a difference
  of two large numbers that may come out negative. [`moments`](BatchNormalisation::moments) walks twice.
- **Over units or over maps.** In a convolution there is one mean for a map and not one for each place: places
  share their weights, so they share these as well.
- **Running moments are not trained.** They have no gradient and no place among the [`Parameters`], but they belong
  into a saved network.
- **A gain of 0** is a map that is switched off; a *decayed* gain is one that is turned down.

# How we know

`tests/today/blocks.rs` compares the way back with finite differences of the whole mini-batch, by every input, gain and
bias, and sees wrong ones refused. `tests/today/network.rs` checks training and evaluation in the network.
`tests/kernels` compares the sums with plain loops.
"#
)]

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
        kernel::line(line(x), line(&self.scale), line(&self.shift), line_mut(y));
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
        kernel::plane(line(x), [&self.scale, &self.slope, &self.shift].map(line), line_mut(d));
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
