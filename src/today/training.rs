#![doc = mathdoc::md!(
    r#"
Training by mini-batches: one update for some patterns, along the mean of their gradients.

# What it is, and where it comes from

Between one pattern for an update and all of them. The idea is as old as the paper, which knows both ends ([eq. 2 and
3](crate::section1::gradient_descent#eq-2)) and argues for one pattern at a time ([App. B](crate::appendix::b)). What
made mini-batches the rule later were machines that pass 64 patterns in little more time than one, and blocks that
need them: [batch normalisation](super::batch_normalisation) has nothing to normalise by in a single pattern.

**In 1998** the update came after each pattern, and [a rate for each parameter](crate::appendix::c) made its size.
That training is [`section3::training`](crate::section3::training); its mini-batches
([`Update::Minibatch`](crate::appendix::b::Update::Minibatch), [deviation
19](crate::paper::deviations#19-mini-batches)) pass one pattern after the other. Here all states of a mini-batch are
there at once.

# The step

Let $E^p$ be the loss of pattern $p$, one of the $B$ patterns of a mini-batch. The loss that a step looks at is
their mean, and its gradient the mean of theirs:

$$
E = \frac1B \sum_p E^p
\qquad\qquad
\frac{\partial E}{\partial W} = \frac1B \sum_p \frac{\partial E^p}{\partial W}
$$

[`Network::bprop`] adds up and one multiplication by $1/B$ ends it. With the mean, the rate does not have to know how
large a mini-batch is; with the sum it would. The noise does change: the mean of $B$ independent gradients has the
expectation of one of them, and a standard deviation $\sqrt B$ times smaller. That is why larger mini-batches bear
larger rates, and there are $B$ times fewer steps for them to be larger in.

**Under batch normalisation** the right-hand side has to be read with care. Every $E^p$ depends on all patterns of the
mini-batch, through the moments. The formula is still true: $\partial E^p / \partial W$ is then the whole derivative,
the ways through the other patterns included. But it cannot be computed pattern by pattern, and the same pattern in
another mini-batch has another loss and another gradient.

# A pass

For each mini-batch of the order, [`Trainer::pass`]:

1. shows the patterns and [draws](Network::draw) who is silent;
2. passes them forward in training mode, all together, and counts errors and losses;
3. passes the derivatives back, and makes a mean of the sum;
4. takes one step of the rule, be it [`Gradient`](crate::section1::Gradient), [`Momentum`](super::Momentum) or
   [`Adam`](super::Adam);
5. lets the running moments [follow](Network::remember).

| patterns in a pass | $B$ | updates | the last has |
|---|---|---|---|
| 60,000 | 1 | 60,000 | 1 |
| 60,000 | 64 | 938 | 32 |
| 60,000 | 128 | 469 | 96 |

What is left over at the end is a mini-batch of its own, and its gradient the mean of *its* patterns: each of them
weighs more than one of a full mini-batch.

**Memory.** A pattern's states, masks and derivatives are kept until the way back is over; that is what a mini-batch
costs, $B$ times as much as one pattern.

# Evaluation, pattern by pattern

[`evaluation`] takes the network as it is between passes, in evaluation mode: running moments, nobody silent. A
pattern's answer then depends on nothing but the pattern, so patterns can be divided among cores in any way and the
answers stay the same.

The *training error* of a pass is counted on the fly, as [in section III](crate::section3::training): each mini-batch
by the network that it met. But it met it in training mode, with the moments of the mini-batch and with dropout,
perhaps on distorted patterns. It is an error of another network on harder patterns, and may stay above the test
error.

# A rate that falls

The paper lists its rates by hand, falling in steps ([`ETA`](crate::section3::training::ETA)). Arms of today have half
a cosine, from I. Loshchilov and F. Hutter, *SGDR: Stochastic Gradient Descent with Warm Restarts* (2017), without the
restarts. In pass $k$ of $K$, counted from 1:

$$
\eta_k = \frac{\eta}{2} \Bigl( 1 + \cos \frac{\pi (k - 1)}{K} \Bigr)
$$

The first pass has $\eta$, the one in the middle half of it; it falls slowly at first, fast in the middle and slowly
at the end, and would be 0 one pass after the last. It is `schedule = "cosine"` under `[training]`, and stands still
within a pass.

# By hand

The two patterns of [section I](crate::section1::gradient_descent#by-hand): one bias, $E^p = \frac12 (b - d_p)^2$ with
$d = 1$ and 3, from $b = 0$. A mini-batch of the two has the gradient $\frac12 ((0 - 1) + (0 - 3)) = -2$, and with
$\epsilon = \frac12$ makes $b = 1$. Here the same on a network: the step of a mini-batch is the mean of the steps of
its patterns, as long as nothing normalises them.

```
use lenet5::section1::{Gradient, Parameters};
use lenet5::section2::{Rbf, Variant};
use lenet5::section3::database::Patterns;
use lenet5::today::training::{Trainer, evaluation};
use lenet5::today::{Blocks, Network};
use ndarray::Array3;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use std::ops::ControlFlow;

let random = &mut ChaCha8Rng::seed_from_u64(1);
let stripes = Array3::from_shape_fn((3, 28, 28), |(p, y, x)| {
    if (y + p * x) % 5 < 2 { 255 } else { 0 }
});
let patterns = Patterns::new(stripes, vec![4, 7, 1])?;
let (variant, blocks) = (Variant::default(), Blocks::default());
let net = Network::<f64, _>::new(Rbf::paper(), &variant, &blocks, random);

// From `net`, one pass over these patterns; the bias of C1's first map.
let mut after = |order: &[usize], batch: usize| {
    let mut trainer = Trainer::new(net.clone(), batch);
    let mut updates = 0;
    let rule = &mut Gradient { eta: 1e-4 };
    trainer.pass(&patterns, order, rule, random, |_| {
        updates += 1;
        ControlFlow::Continue(())
    });
    (trainer.net.c1.bias[0], updates)
};
let (first, second) = (after(&[0], 1).0, after(&[1], 1).0);
let (both, updates) = after(&[0, 1], 2);
assert_eq!(updates, 1);
let mean = (first + second) / 2.0;
assert!((both - mean).abs() < 1e-12 && first != second);

// Three patterns by twos: a mini-batch of two, and one of one.
assert_eq!(after(&[0, 1, 2], 2).1, 2);

// Evaluation on one core or on two.
assert_eq!(evaluation(&net, &patterns, 1), evaluation(&net, &patterns, 2));
# Ok::<(), Box<dyn std::error::Error>>(())
```

# Where people get stuck

- **A rate from one batch size at another.** It is a rate for a mean of so many gradients; a search belongs to each
  size.
- **Fewer updates.** With 64 patterns an update there are 64 times fewer of them in a pass. What is compared at equal
  passes is not compared at equal updates.
- **Shuffle in each pass**, or the same patterns meet in each mini-batch for ever, and are normalised together for
  ever (`order = "reshuffled"`).
- **A last mini-batch of one** has no variance to be normalised by: choose a size that leaves none over, or several.
- **Distorted patterns** are for training ([`Presentation`]); evaluation sees patterns as they are, and has to be
  normalised by what *they* are like ([`settle`](Trainer::settle)).

# How we know

`tests/today/network.rs` checks the gradient of whole mini-batches, and training against evaluation;
`tests/today/rules.rs` the rules.
"#
)]

use super::batch_normalisation::SHARE;
use super::network::{Network, Slopes, States};
use crate::Real;
use crate::section1::{Optimiser, Parameters};
use crate::section2::{Answer, Head};
use crate::section3::database::Patterns;
use crate::section3::presentation::Presentation;
use crate::section3::training::{Evaluation, Progress};
use rand::Rng;
use std::ops::ControlFlow;

/// A network in training, with room for the states and derivatives of a mini-batch.
#[derive(Clone)]
pub struct Trainer<R: Real, H: Head<R>> {
    /// The network.
    pub net: Network<R, H>,
    states: Vec<States<R, H::Output>>,
    slopes: Vec<Slopes<R>>,
    gradient: Network<R, H>,
}

impl<R: Real, H: Head<R>> Trainer<R, H> {
    /// Makes room for mini-batches of so many patterns.
    pub fn new(net: Network<R, H>, batch: usize) -> Self {
        let (states, slopes) = (vec![net.states(); batch], vec![net.slopes(); batch]);
        Self { states, slopes, gradient: net.zeros(), net }
    }

    /// Presents the patterns in `order` once, a mini-batch at a time, with one step of `optimiser` for each; what is left over
    /// is a smaller mini-batch. `random` decides who is silent.
    ///
    /// `watch` sees what has been counted so far, before each step; if it breaks off, there is no result. The network is in
    /// evaluation before and after.
    pub fn pass(
        &mut self,
        patterns: &dyn Presentation<R>,
        order: &[usize],
        optimiser: &mut dyn Optimiser<R, Network<R, H>>,
        random: &mut impl Rng,
        mut watch: impl FnMut(&Progress) -> ControlFlow<()>,
    ) -> Option<Progress> {
        self.net.train();
        let mut progress = Progress::default();
        let mut labels = Vec::new();
        for batch in order.chunks(self.states.len()) {
            let states = &mut self.states[..batch.len()];
            labels.clear();
            labels.extend(batch.iter().zip(states.iter_mut()).map(|(&p, s)| patterns.show(p, &mut s.input)));
            states.iter_mut().for_each(|s| self.net.draw(s, random));
            let moments = self.net.fprop(states);
            for (s, &label) in states.iter().zip(&labels) {
                progress.patterns += 1;
                progress.errors += usize::from(s.output.answer() != label);
                progress.loss += self.net.head.loss(&s.output, label).to_f64().unwrap_or(f64::NAN);
            }
            if watch(&progress).is_break() {
                self.net.eval();
                return None;
            }
            self.gradient.fill(R::zero());
            self.net.bprop(states, &moments, &labels, &mut self.slopes, &mut self.gradient);
            self.gradient.scale(R::one() / R::of(batch.len() as f64));
            optimiser.step(&mut self.net, &self.gradient);
            self.net.remember(&moments, SHARE);
        }
        self.net.eval();
        Some(progress)
    }

    /// Takes the running moments anew, if there are any: the mean over mini-batches of the patterns in `order`, nobody silent.
    /// After a pass over distorted patterns, of patterns as they are
    /// ([why](super::batch_normalisation#training-and-evaluation)). What is left over at the end is not asked, unless it is all
    /// there is.
    pub fn settle(&mut self, patterns: &dyn Presentation<R>, order: &[usize]) {
        if self.net.normalisations.is_none() {
            return;
        }
        let size = self.states.len().min(order.len()).max(1);
        let dropout = std::mem::replace(&mut self.net.dropout.rate, 0.0);
        self.net.train();
        for (n, batch) in order.chunks_exact(size).enumerate() {
            for (&p, s) in batch.iter().zip(&mut self.states) {
                patterns.show(p, &mut s.input);
            }
            let moments = self.net.fprop(&mut self.states[..size]);
            self.net.remember(&moments, 1.0 / (n + 1) as f64);
        }
        self.net.eval();
        self.net.dropout.rate = dropout;
    }
}

/// Lets a network, which is in evaluation, answer every pattern, on `threads` cores side by side, each pattern on its own.
pub fn evaluation<R: Real, H: Head<R>>(
    net: &Network<R, H>,
    patterns: &Patterns,
    threads: usize,
) -> Evaluation {
    Evaluation::by(patterns, threads, || {
        let mut states = [net.states()];
        move |p| {
            patterns.pattern(p, &mut states[0].input);
            net.fprop(&mut states);
            states[0].output.answer()
        }
    })
}
