#![doc = mathdoc::md!(
    r#"
III-B: the training of LeNet-5: passes, their schedule, and what is measured on the way.

# What the paper says

The paper makes 20 passes over the 60,000 training patterns, in one constant random order, with one update per
pattern. Before each pass the second derivatives are estimated anew on 500 patterns ([App. C](crate::appendix::c)),
and $\eta$ takes the value that the schedule has for the pass. The test error settles after about 10 passes, at 0.95
%; the training error of pass 19 is 0.35 %. There is no *over-training*: the test error does not rise again while the
training error falls.

# What happens when

1. **Once.** The seed decides the initial weights and, if it is constant, the order
   ([`Chance`](super::presentation::Chance)).
2. **Before each pass.** $\eta$ is looked up in [`ETA`]. On 500 patterns [`Trainer::curvature`] runs `fprop` and
   `bbprop`, no `bprop`, and takes the mean of their second derivatives ([eq. 24](crate::appendix::c#eq-24)); [eq.
   21](crate::appendix::c#eq-21) makes a rate of each. Parameters do not move, and the rates now stand for the whole
   pass.
3. **In the pass**, for each pattern in turn, [`Trainer::pass`]: the pattern is [put on the
   plane](super::presentation::Presentation::show); `fprop` brings it to the output; the *answer is compared with the
   label and counted, and the loss added*; `bprop` brings the gradient back; the parameters change. Only then comes
   the next pattern.
4. **After the pass.** The network stands still, and [`Evaluation::of`] lets it read all test patterns. Nothing is
   learnt from them.

60,000 patterns make 60,000 updates in a pass, 1.2 million in all.

# The schedule

| passes | $\eta$ | ceiling of all rates, $\eta / \mu$ with $\mu = 0.02$ | share in the sum of all $\eta$ |
|---|---|---|---|
| 1, 2 | 0.0005 | 0.025 | 46 % |
| 3 to 5 | 0.0002 | 0.01 | 28 % |
| 6 to 8 | 0.0001 | 0.005 | 14 % |
| 9 to 12 | 0.00005 | 0.0025 | 9 % |
| 13 to 20 | 0.00001 | 0.0005 | 4 % |

The last column is ours. Most of the road is travelled early, and a network that hardly moves makes a flat curve:
that Fig. 5 settles after ten passes is not only the network having learnt. In the paper's curves the test error
falls where $\eta$ does: from 2.23 to 1.48 between passes 2 and 3.

```
use lenet5::section3::training::ETA;
let share = |passes: std::ops::Range<usize>| {
    100.0 * ETA[passes].iter().sum::<f64>() / ETA.iter().sum::<f64>()
};
let passes = [0..2, 2..5, 5..8, 8..12, 12..20];
assert_eq!(passes.map(|passes| share(passes).round()), [46.0, 28.0, 14.0, 9.0, 4.0]);
```

Read naively, the printed $\eta$ is too large for the printed loss: training goes astray. Our arms multiply the whole
schedule by one constant ([deviation 7](crate::paper::deviations#7-scale-of-the-schedule)), and a pass beyond its end
has the last $\eta$ ([deviation 10](crate::paper::deviations#10-passes-beyond-the-schedule)).

# Two errors, measured differently

Let $W_p$ be the parameters after $p$ updates of the pass, and $P$ the number of training patterns. The *training
error* is counted on the fly, each pattern by the network it met; the *test error* at the end, all patterns by the
same network. With 1 for a bracket that is true and 0 for one that is not,

$$
\text{training error} = \frac{1}{P} \sum_{p=1}^{P} [\, \text{answer}(Z^p, W_{p-1}) \neq D^p \,]
$$

$$
\text{test error} = \frac{1}{T} \sum_{t=1}^{T} [\, \text{answer}(Z^t, W_P) \neq D^t \,]
$$

**That is why Fig. 5 begins with a training error above the test error**: the first patterns of the first pass met a
network that knew nothing. Later the difference between $W_{p-1}$ and $W_P$ is small, and the usual order is
restored. It costs nothing, since the answer comes with the forward pass, and each pattern is new to the pass when it
is counted.

# By hand

The same thing in small: a pass that presents one pattern two hundred times. The first answers are wrong; at the end
none is.

```
use lenet5::appendix::b::Update;
use lenet5::section1::Gradient;
use lenet5::section2::{LeNet5, Rbf};
use lenet5::section3::database::Patterns;
use lenet5::section3::training::{Evaluation, Trainer};
use ndarray::Array3;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use std::ops::ControlFlow;

let net = LeNet5::<f32, Rbf<f32>>::paper(&mut ChaCha8Rng::seed_from_u64(1));
let stripes = Array3::from_shape_fn((1, 28, 28), |(_, _, x)| if x % 7 < 2 { 255 } else { 0 });

// What a fresh network takes it for, and what it is going to learn instead.
let unlabelled = Patterns::new(stripes.clone(), vec![0])?;
let confusion = Evaluation::of(&net, &unlabelled, 1).confusion;
let guess = (0..10).find(|&answer| confusion[0][answer] == 1).expect("an answer");
let patterns = Patterns::new(stripes, vec![(guess as u8 + 1) % 10])?;

let (mut trainer, mut watched) = (Trainer::new(net), Vec::new());
let mut rule = Gradient { eta: 2e-4 };
let progress = trainer
    .pass(&patterns, &[0; 200], Update::Stochastic, &mut rule, |progress| {
        watched.push(progress.error_pct());
        ControlFlow::Continue(())
    })
    .expect("nobody stopped it");

assert_eq!(watched[0], 100.0);            // the first answer was wrong, and counts
assert_eq!(progress.patterns, 200);
assert!(progress.error_pct() > 0.0 && progress.error_pct() < 100.0);
let after = Evaluation::of(&trainer.net, &patterns, 1);
assert_eq!(after.error_pct(), 0.0);       // the network that is left reads it
# Ok::<(), Box<dyn std::error::Error>>(())
```

# Where people get stuck

- **Rates are estimated before each pass**, and stand still within it. After every update it would double the time:
  500 of 60,000 patterns cost 0.9 % of a pass (`experiment study stability --data DIR`). Once for all passes is
  another recipe (`experiment study second-derivatives --data DIR` has it).
- **Count first, update then.** A training error that is counted after the update has seen the answer.
- **The training error of distorted patterns** is an error on harder patterns. It does not compare with that of
  others.
- **Which test error?** That of the last pass. The best of twenty is chosen with the help of the test patterns, and
  is too low. What was chosen here was chosen on 10,000 patterns held back from the training set.
- **`loss` may be NaN.** A run that goes astray shows it in [`Progress::loss`]; a comparison like `loss > limit` is
  false for a NaN and lets it pass.
- **A mini-batch** ([deviation 19](crate::paper::deviations#19-mini-batches)) steps along the mean of its gradients,
  so the same $\eta$ makes fewer and no longer steps.

# How we know

`tests/lenet5/training.rs` makes the first ten updates of a whole network again in f64, by a network that is nothing
but the paper's equations, for both heads, and compares the losses; it checks that a mini-batch moves along the mean
of its gradients, that an update on the way back is the same step as one afterwards, that a seed gives the same bits,
and that the number of threads changes no evaluation. `tests/paper.rs` checks the schedule in `paper/facts.toml`.

Ours beside Fig. 5:
"#
)]
#![doc = include_str!("../../docs/figures/fig-5.svg")]

use super::database::Patterns;
use super::presentation::Presentation;
use crate::Real;
use crate::appendix::b::Update;
use crate::section1::{Optimiser, Parameters};
use crate::section2::{Answer, Head, LeNet5, States};
use serde::{Deserialize, Serialize};
use std::ops::{ControlFlow, Range};

/// `eta` of [eq. 21](crate::appendix::c#eq-21) in passes 1 to 20, as printed (III-B).
pub const ETA: [f64; 20] = [
    5e-4, 5e-4, 2e-4, 2e-4, 2e-4, 1e-4, 1e-4, 1e-4, 5e-5, 5e-5, 5e-5, 5e-5, 1e-5, 1e-5, 1e-5, 1e-5, 1e-5,
    1e-5, 1e-5, 1e-5,
];

/// What has been seen of a pass so far.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Progress {
    /// Patterns presented.
    pub patterns: usize,
    /// How many of them the network got wrong when they were presented.
    pub errors: usize,
    /// The sum of their losses.
    pub loss: f64,
}

impl Progress {
    /// Wrong answers, in percent of the patterns presented: the training error on the fly, as Fig. 5 has it.
    pub fn error_pct(&self) -> f64 {
        100.0 * self.errors as f64 / self.patterns as f64
    }

    /// The mean loss of the patterns presented: [eq. 8](crate::section2::loss#eq-8) or
    /// [eq. 9](crate::section2::loss#eq-9), but that each pattern met the parameters of its moment.
    pub fn mean_loss(&self) -> f64 {
        self.loss / self.patterns as f64
    }
}

/// A network in training, with room for everything a pattern leaves behind: made once, used for every pattern.
#[derive(Clone)]
pub struct Trainer<R: Real, H: Head<R>> {
    /// The network.
    pub net: LeNet5<R, H>,
    states: States<R, H::Output>,
    slopes: States<R, H::Output>,
    gradient: LeNet5<R, H>,
}

impl<R: Real, H: Head<R>> Trainer<R, H> {
    /// Makes room for training `net`.
    pub fn new(net: LeNet5<R, H>) -> Self {
        Self { states: net.states(), slopes: net.states(), gradient: net.zeros(), net }
    }

    /// Presents the patterns in `order` once and updates the parameters by `optimiser`, as often as `update` says.
    ///
    /// `watch` is called after every pattern. When it breaks, the pass ends there and `None` is returned; so is it when
    /// the loss is no longer a number, which `watch` can see.
    pub fn pass(
        &mut self,
        patterns: &dyn Presentation<R>,
        order: &[usize],
        update: Update,
        optimiser: &mut dyn Optimiser<R, LeNet5<R, H>>,
        mut watch: impl FnMut(&Progress) -> ControlFlow<()>,
    ) -> Option<Progress> {
        let mut progress = Progress::default();
        for batch in order.chunks(update.patterns(order.len())) {
            let rates = optimiser.rates().filter(|_| update == Update::Stochastic);
            if rates.is_none() {
                self.gradient.fill(R::zero());
            }
            for &p in batch {
                let label = self.present(patterns, p, &mut progress);
                let (net, states, slopes) = (&mut self.net, &self.states, &mut self.slopes);
                match rates {
                    Some(rates) => net.descend(states, label, slopes, rates, &mut self.gradient),
                    None => net.bprop(states, label, slopes, &mut self.gradient),
                }
                if watch(&progress).is_break() {
                    return None;
                }
            }
            if rates.is_none() {
                if batch.len() > 1 {
                    self.gradient.scale(R::one() / R::of(batch.len() as f64));
                }
                optimiser.step(&mut self.net, &self.gradient);
            }
        }
        Some(progress)
    }

    /// Pattern -> states -> loss; the label is returned.
    fn present(&mut self, patterns: &dyn Presentation<R>, p: usize, progress: &mut Progress) -> usize {
        let label = patterns.show(p, &mut self.states.input);
        self.net.fprop(&mut self.states);
        progress.patterns += 1;
        progress.errors += usize::from(self.states.output.answer() != label);
        progress.loss += self.net.head.loss(&self.states.output, label).to_f64().unwrap_or(f64::NAN);
        label
    }

    /// The mean second derivative of every parameter over `some` of the patterns, by their numbers
    /// ([eq. 24](crate::appendix::c#eq-24)). The parameters stay as they are.
    pub fn curvature(&mut self, patterns: &Patterns, some: &[usize]) -> LeNet5<R, H> {
        let mut sum = self.net.zeros();
        for &p in some {
            patterns.pattern(p, &mut self.states.input);
            self.net.fprop(&mut self.states);
            self.net.bbprop(&self.states, patterns.label(p), &mut self.slopes, &mut sum);
        }
        sum.scale(R::one() / R::of(some.len() as f64));
        sum
    }
}

/// A pattern that got the wrong answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Misclassified {
    /// Its place among the test patterns, from 0.
    pub index: usize,
    /// What it shows.
    pub label: usize,
    /// What the network took it for.
    pub answer: usize,
}

/// How a network does on patterns that it does not learn from.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Evaluation {
    /// `confusion[label][answer]` counts patterns.
    pub confusion: [[usize; 10]; 10],
    /// Every pattern that got the wrong answer.
    pub misclassified: Vec<Misclassified>,
    /// How many patterns there were.
    pub patterns: usize,
}

impl Evaluation {
    /// Lets `net` answer every pattern, on `threads` cores side by side: how many they are changes nothing but the time.
    pub fn of<R: Real, H: Head<R>>(net: &LeNet5<R, H>, patterns: &Patterns, threads: usize) -> Self {
        Self::by(patterns, threads, || {
            let mut states = net.states();
            move |p| {
                patterns.pattern(p, &mut states.input);
                net.fprop(&mut states);
                states.output.answer()
            }
        })
    }

    /// The same for whatever answers pattern `p`: `reader` makes one for each core.
    pub fn by<A: FnMut(usize) -> usize>(
        patterns: &Patterns,
        threads: usize,
        reader: impl Fn() -> A + Sync,
    ) -> Self {
        let share = patterns.len().div_ceil(threads.max(1)).max(1);
        let shares = (0..patterns.len()).step_by(share).map(|begin| begin..patterns.len().min(begin + share));
        std::thread::scope(|scope| {
            let of_share = |share| Self::of_share(patterns, share, reader());
            let parts: Vec<_> = shares.map(|share| scope.spawn(move || of_share(share))).collect();
            let parts = parts.into_iter().map(|part| part.join().expect("answering does not panic"));
            parts.fold(Self::default(), Self::and)
        })
    }

    fn of_share(patterns: &Patterns, share: Range<usize>, mut answer: impl FnMut(usize) -> usize) -> Self {
        let mut evaluation = Self { patterns: share.len(), ..Self::default() };
        for index in share {
            let (label, answer) = (patterns.label(index), answer(index));
            evaluation.confusion[label][answer] += 1;
            if answer != label {
                evaluation.misclassified.push(Misclassified { index, label, answer });
            }
        }
        evaluation
    }

    /// This evaluation and that of the patterns behind.
    fn and(mut self, next: Self) -> Self {
        for (count, more) in self.confusion.as_flattened_mut().iter_mut().zip(next.confusion.as_flattened()) {
            *count += more;
        }
        self.misclassified.extend(next.misclassified);
        self.patterns += next.patterns;
        self
    }

    /// Wrong answers, in percent.
    pub fn error_pct(&self) -> f64 {
        100.0 * self.misclassified.len() as f64 / self.patterns as f64
    }
}
