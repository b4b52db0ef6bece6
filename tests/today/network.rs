//! LeNet-5's layers with blocks of today, from end to end; and without them, which is the paper's network.

use crate::agreement::{Tolerance, agree, compare};
use crate::draw::cases;
use crate::{differences, dot};
use lenet5::appendix::b::Update;
use lenet5::section1::{Gradient, Maps, Module, Optimiser, Parameters};
use lenet5::section2::{C3, Criterion, Curvature, FullConnection, Head, LeNet5, Rbf, Softmax, Variant};
use lenet5::section3::database::Patterns;
use lenet5::section3::presentation::{Chance, Presentation};
use lenet5::section3::training::{self as section3, Progress};
use lenet5::today::batch_normalisation::SHARE;
use lenet5::today::network::{ActivationKind, AllMoments, PoolingKind, States};
use lenet5::today::training::{Trainer, evaluation};
use lenet5::today::{Adam, Blocks, Initial, Momentum, Network};
use ndarray::{Array3, Zip};
use proptest::prelude::*;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::ops::ControlFlow;

/// Differences over so short a way as kinks allow have fewer digits than those of `tests/gradients`.
const TOLERANCE: Tolerance = Tolerance { relative: 1e-5, floor: 1e-6 };
/// How close two differences have to be for either to be believed.
const TRUSTED: Tolerance = Tolerance { relative: 1e-6, floor: 3e-7 };

// ---- Gradients ------------------------------------------------------------------------------------------------------

/// A network in training, and a mini-batch whose masks are drawn.
#[derive(Clone)]
struct Case<H: Head<f64>> {
    net: Network<f64, H>,
    batch: Vec<States<f64, H::Output>>,
    labels: Vec<usize>,
    /// What losses are divided by: the larger they are, the more of a difference is rounding.
    unit: f64,
}

impl<H: Head<f64>> Case<H> {
    /// Initial weights, and something added to every parameter.
    fn new(head: H, c3: C3, blocks: Blocks, labels: &[usize], seed: u64) -> Self {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let mut net = Network::new(head, &Variant { c3, ..Variant::default() }, &blocks, &mut random);
        net.arrays_mut().flatten().for_each(|w| *w += random.random_range(-0.05..0.05));
        net.train();
        let mut batch = vec![net.states(); labels.len()];
        for s in &mut batch {
            s.input.mapv_inplace(|_| random.random_range(-0.1..1.175));
            net.draw(s, &mut random);
        }
        let mut case = Self { net, batch, labels: labels.to_vec(), unit: 1.0 };
        case.unit = case.loss().max(1.0);
        case
    }

    fn loss(&mut self) -> f64 {
        self.net.fprop(&mut self.batch);
        let losses =
            self.batch.iter().zip(&self.labels).map(|(s, &label)| self.net.head.loss(&s.output, label));
        losses.sum::<f64>() / self.unit
    }

    /// The derivative of the loss along the way that `step` goes; none that could be trusted if a tenth of the way makes
    /// another: then a unit is at its kink, or batch normalisation tells apart what is nearly alike.
    fn slope(&self, step: impl Fn(&mut Self, f64)) -> Option<f64> {
        let mut moved = self.clone();
        let mut over = |shrink: f64| {
            let loss = |h: f64| {
                step(&mut moved, shrink * h);
                moved.loss()
            };
            differences::slope(loss) / shrink
        };
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

    /// The derivative of the loss along a random direction in each array of the network, and among each pattern's inputs:
    /// as `bprop` says, with whatever `spoil` does to this case before it, and as differences say.
    fn along_directions(&self, seed: u64, spoil: impl Fn(&mut Self, &mut AllMoments<f64>)) -> [Vec<f64>; 2] {
        let (mut random, mut spoilt) = (ChaCha8Rng::seed_from_u64(seed), self.clone());
        let mut moments = spoilt.net.fprop(&mut spoilt.batch);
        spoil(&mut spoilt, &mut moments);
        let (mut slopes, mut gradient) = (vec![self.net.slopes(); self.batch.len()], self.net.zeros());
        spoilt.net.bprop(&spoilt.batch, &moments, &spoilt.labels, &mut slopes, &mut gradient);
        let [mut found, mut expected] = [Vec::new(), Vec::new()];
        let arrays: Vec<Vec<f64>> = self.net.arrays().map(<[f64]>::to_vec).collect();
        for (n, w) in arrays.iter().enumerate() {
            let (v, slope) = some_direction(w.len(), &mut random, |v| {
                self.slope(|moved, h| {
                    let array = moved.net.arrays_mut().nth(n).expect("an array");
                    array.iter_mut().zip(w.iter().zip(v)).for_each(|(w, (&from, &v))| *w = from + h * v);
                })
            });
            found
                .push(gradient.arrays().nth(n).expect("an array").iter().zip(&v).map(|(dw, v)| dw * v).sum());
            expected.push(slope);
        }
        for (p, (s, d)) in self.batch.iter().zip(&slopes).enumerate() {
            let direction = |v: &[f64]| Array3::from_shape_vec(s.input.dim(), v.to_vec()).expect("an input");
            let (v, slope) = some_direction(s.input.len(), &mut random, |v| {
                let v = direction(v);
                self.slope(|moved, h| {
                    let input = &mut moved.batch[p].input;
                    Zip::from(input).and(&s.input).and(&v).for_each(|moved, &x, &v| *moved = x + h * v);
                })
            });
            let mut dx = Array3::from_elem(s.input.dim(), f64::NAN);
            self.net.c1.bprop(&s.input, &d.c1, Some(&mut dx), &mut gradient.c1);
            found.push(dot(&dx, &direction(&v)));
            expected.push(slope);
        }
        [found.into_iter().map(|slope: f64| slope / self.unit).collect(), expected]
    }

    fn check(&self, seed: u64) -> Result<(), TestCaseError> {
        let [found, expected] = self.along_directions(seed, |_, _| ());
        agree(&found, &expected, TOLERANCE)?;
        Ok(())
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
    tried.next().expect("a direction that leads over no kink")
}

fn blocks() -> impl Strategy<Value = Blocks> {
    let pooling = [PoolingKind::Subsampling, PoolingKind::Average, PoolingKind::Max];
    let parts = (
        prop::sample::select(vec![ActivationKind::Tanh, ActivationKind::Relu]),
        prop::sample::select(pooling.to_vec()),
        [prop::bool::ANY; 3],
        prop_oneof![Just(0.0), 0.1..0.6],
    );
    parts.prop_map(|(activation, pooling, [linear_convolutions, he, batch_normalisation], dropout)| Blocks {
        activation,
        linear_convolutions,
        pooling,
        initial_weights: he.then_some(Initial::He),
        batch_normalisation,
        dropout,
    })
}

fn softmax<R: lenet5::Real>(random: &mut impl Rng) -> Softmax<R> {
    Softmax { output: FullConnection::new(84, 10, random), curvature: Curvature::Exact }
}

fn c3s() -> impl Strategy<Value = C3> {
    prop::sample::select(vec![C3::Table1, C3::Full])
}

proptest! {
    #![proptest_config(cases(24))]

    #[test]
    fn with_rbf(
        blocks in blocks(),
        c3 in c3s(),
        learn_codes in prop::bool::ANY,
        competitive in prop::bool::ANY,
        labels in prop::collection::vec(0..10_usize, 2..=4),
        seed in any::<u64>(),
    ) {
        let criterion = if competitive { Criterion::Competitive { rubbish: 90.0 } } else { Criterion::TrueClass };
        Case::new(Rbf { learn_codes, criterion, ..Rbf::paper() }, c3, blocks, &labels, seed).check(seed)?;
    }

    #[test]
    fn with_softmax(
        blocks in blocks(),
        c3 in c3s(),
        labels in prop::collection::vec(0..10_usize, 2..=4),
        seed in any::<u64>(),
    ) {
        let head = softmax(&mut ChaCha8Rng::seed_from_u64(seed));
        Case::new(head, c3, blocks, &labels, seed).check(seed)?;
    }
}

/// Everything at once.
const ALL: Blocks = Blocks {
    activation: ActivationKind::Relu,
    linear_convolutions: false,
    pooling: PoolingKind::Max,
    initial_weights: Some(Initial::He),
    batch_normalisation: true,
    dropout: 0.3,
};

#[test]
fn wrong_passes_are_refused() {
    let head = softmax(&mut ChaCha8Rng::seed_from_u64(2));
    let case = Case::new(head, C3::Full, ALL, &[3, 1, 4], 5);
    let [found, expected] = case.along_directions(7, |_, _| ());
    assert_eq!(agree(&found, &expected, TOLERANCE), Ok(()));
    let refused = |spoil: fn(&mut Case<Softmax<f64>>, &mut AllMoments<f64>)| {
        compare(&case.along_directions(7, spoil)[0], &expected, TOLERANCE).is_err()
    };
    assert!(!refused(|_, _| ()));
    assert!(refused(|case, _| case.net.eval()), "the way back as in evaluation: nobody is silent");
    assert!(refused(|_, moments| {
        // So many that each of them does not move the moments.
        moments.iter_mut().flatten().for_each(|moments| moments.units = usize::MAX);
    }));
    for layer in 0..4 {
        let [found, _] = case.along_directions(7, |_, moments| {
            moments[layer].as_mut().expect("moments").units *= 2;
        });
        assert!(compare(&found, &expected, TOLERANCE).is_err(), "moments of layer {layer}");
    }
    assert!(refused(|case, moments| {
        let running = case.net.normalisations.as_ref().expect("normalisations").each_ref();
        *moments = running.map(|layer| Some(layer.running.clone()));
    }));
    assert!(refused(|case, _| case.labels.reverse()));
    assert!(refused(|case, _| case.batch[1].c5.kept.fill(1.0)));
    assert!(refused(|case, _| case.batch[2].f6.kept.fill(1.0)));
    assert!(refused(|case, _| case.net.c3.weight *= 1.001));
    assert!(refused(|case, _| case.net.normalisations.as_mut().expect("normalisations")[2].gain *= 1.001));
}

// ---- The paper's network --------------------------------------------------------------------------------------------

/// Ten stripes and arcs that mean nothing.
fn patterns() -> Patterns {
    let ink = |(p, row, column): (usize, usize, usize)| {
        let wave = (p + 2) * row + (p + 5) * column + row * column / (p % 7 + 1);
        if wave % 13 < 4 { 55 + (wave % 5 * 50) as u8 } else { 0 }
    };
    let labels = (0..10).map(|p| p % 10).collect();
    Patterns::new(Array3::from_shape_fn((10, 28, 28), ink), labels).expect("a label for each image")
}

const ALL_TEN: [usize; 10] = [3, 1, 4, 0, 5, 9, 2, 6, 8, 7];

/// Nobody breaks it off.
fn on(_: &Progress) -> ControlFlow<()> {
    ControlFlow::Continue(())
}

fn network<H: Head<f32>>(head: H, variant: &Variant, blocks: &Blocks) -> Network<f32, H> {
    Network::new(head, variant, blocks, &mut Chance::Weights.stream(1))
}

fn paper<H: Head<f32>>(head: H, variant: &Variant) -> LeNet5<f32, H> {
    LeNet5::new(head, variant, &mut Chance::Weights.stream(1))
}

fn bits(parameters: &impl Parameters<f32>) -> Vec<u32> {
    parameters.arrays().flatten().map(|w| w.to_bits()).collect()
}

/// The states of the patterns of a mini-batch, masks drawn, from the input to the output.
fn presented<H: Head<f32>>(net: &Network<f32, H>, numbers: &[usize]) -> Vec<States<f32, H::Output>> {
    let (patterns, random) = (patterns(), &mut Chance::Dropout(1).stream(1));
    let mut batch = vec![net.states(); numbers.len()];
    for (s, &p) in batch.iter_mut().zip(numbers) {
        patterns.pattern(p, &mut s.input);
        net.draw(s, random);
    }
    net.fprop(&mut batch);
    batch
}

/// Without blocks of today: output, gradient, and three passes of training by `rule`.
fn is_the_papers<H: Head<f32>, A, B>(
    head: &H,
    variant: &Variant,
    update: Update,
    rules: impl Fn(&LeNet5<f32, H>, &Network<f32, H>) -> (A, B),
) where
    H::Output: PartialEq,
    A: Optimiser<f32, LeNet5<f32, H>>,
    B: Optimiser<f32, Network<f32, H>>,
{
    let (old, new) = (paper(head.clone(), variant), network(head.clone(), variant, &Blocks::default()));
    assert_eq!(bits(&old), bits(&new));
    for (p, s) in presented(&new, &ALL_TEN).into_iter().enumerate().map(|(n, s)| (ALL_TEN[n], s)) {
        let mut states = old.states();
        patterns().pattern(p, &mut states.input);
        old.fprop(&mut states);
        assert!(states.output == s.output && states.f6 == s.f6.state && states.c3 == s.c3.state, "{p}");
        let (mut slopes, mut gradient) = (old.states(), old.zeros());
        old.bprop(&states, p, &mut slopes, &mut gradient);
        let (mut new_slopes, mut new_gradient) = (vec![new.slopes()], new.zeros());
        new.bprop(&[s], &[const { None }; 4], &[p], &mut new_slopes, &mut new_gradient);
        assert_eq!(bits(&gradient), bits(&new_gradient));
    }

    let (mut first, mut second) = rules(&old, &new);
    let (mut before, mut today) = (section3::Trainer::new(old), Trainer::new(new, update.patterns(10)));
    let (start, random) = (bits(&today.net), &mut Chance::Dropout(1).stream(1));
    for _ in 0..3 {
        let progress = before.pass(&patterns(), &ALL_TEN, update, &mut first, on);
        assert_eq!(progress, today.pass(&patterns(), &ALL_TEN, &mut second, random, on));
        assert_eq!(bits(&before.net), bits(&today.net));
    }
    assert_ne!(start, bits(&today.net), "the control: it moves");
    assert_eq!(section3::Evaluation::of(&before.net, &patterns(), 1), evaluation(&today.net, &patterns(), 2));
}

#[test]
fn without_blocks_of_today_it_is_the_papers_network_bit_for_bit() {
    let gradient = |_: &LeNet5<f32, Rbf<f32>>, _: &Network<f32, Rbf<f32>>| {
        (Gradient { eta: 1e-4 }, Gradient { eta: 1e-4 })
    };
    let variant = Variant::default();
    is_the_papers(&Rbf::paper(), &variant, Update::Minibatch(4), gradient);
    is_the_papers(&Rbf::paper(), &variant, Update::Stochastic, gradient);
    is_the_papers(&Rbf { learn_codes: true, ..Rbf::paper() }, &variant, Update::Minibatch(3), |old, new| {
        let (eta, alpha) = (1e-4, 0.9);
        (Momentum { eta, alpha, velocity: old.zeros() }, Momentum { eta, alpha, velocity: new.zeros() })
    });
    let full = Variant { c3: C3::Full, ..variant };
    is_the_papers(&softmax(&mut Chance::Head.stream(1)), &full, Update::Minibatch(4), |old, new| {
        (Adam::new(1e-3, 0.01, old), Adam::new(1e-3, 0.01, new))
    });
}

#[test]
fn blocks_change_no_initial_weight_unless_they_are_told_to() {
    let weights = |blocks: Blocks| {
        let net = network(Rbf::<f32>::paper(), &Variant::default(), &blocks);
        [bits(&net.c1), bits(&net.c3), bits(&net.c5), bits(&net.f6)]
    };
    let plain = weights(Blocks::default());
    assert_eq!(weights(Blocks { initial_weights: None, ..ALL }), plain);
    assert!(weights(ALL).iter().zip(&plain).all(|(he, plain)| he != plain));
    let kernels = weights(Blocks { initial_weights: Some(Initial::UnscaledKernels), ..ALL });
    let same: Vec<bool> = kernels.iter().zip(&plain).map(|(kernels, plain)| kernels == plain).collect();
    assert_eq!(same, [false, false, false, true], "full connections stay as they are");
}

#[test]
fn parameters_are_counted() {
    let (table_1, full) = (Variant::default(), Variant { c3: C3::Full, ..Variant::default() });
    let rbf = |blocks| network(Rbf::<f32>::paper(), &table_1, &blocks).parameter_count();
    let max = Blocks { pooling: PoolingKind::Max, ..Blocks::default() };
    let average = Blocks { pooling: PoolingKind::Average, ..Blocks::default() };
    let normalised = Blocks { batch_normalisation: true, ..max };
    assert_eq!(rbf(Blocks::default()), 60_000);
    assert_eq!([rbf(max), rbf(average)], [60_000 - 12 - 32; 2]);
    assert_eq!(rbf(normalised), 60_000 - 12 - 32 + 2 * (6 + 16 + 120 + 84));
    let softmax = |blocks| {
        let head = softmax::<f32>(&mut Chance::Head.stream(1));
        network(head, &full, &blocks).parameter_count()
    };
    assert_eq!(softmax(max), 61_706);
    assert_eq!(softmax(normalised), 61_706 + 452);
    assert_eq!(
        softmax(Blocks {
            activation: ActivationKind::Relu,
            dropout: 0.5,
            initial_weights: Some(Initial::He),
            ..max
        }),
        61_706
    );
}

// ---- Training and evaluation ----------------------------------------------------------------------------------------

#[test]
fn a_mini_batch_moves_along_its_own_mean() {
    let start = network(softmax(&mut Chance::Head.stream(1)), &Variant::default(), &ALL);
    let (mut net, random) = (start.clone(), &mut Chance::Dropout(1).stream(1));
    net.train();
    for numbers in [&ALL_TEN[..4], &ALL_TEN[4..8], &ALL_TEN[8..]] {
        let mut batch = vec![net.states(); numbers.len()];
        for (s, &p) in batch.iter_mut().zip(numbers) {
            patterns().pattern(p, &mut s.input);
            net.draw(s, random);
        }
        let moments = net.fprop(&mut batch);
        let (mut slopes, mut mean) = (vec![net.slopes(); batch.len()], net.zeros());
        net.bprop(&batch, &moments, numbers, &mut slopes, &mut mean);
        mean.scale(1.0 / numbers.len() as f32);
        for (w, dw) in net.arrays_mut().flatten().zip(mean.arrays().flatten()) {
            *w -= 1e-2 * dw;
        }
        net.remember(&moments, SHARE);
    }
    net.eval();
    let after = |batch| {
        let mut trainer = Trainer::new(start.clone(), batch);
        let random = &mut Chance::Dropout(1).stream(1);
        trainer.pass(&patterns(), &ALL_TEN, &mut Gradient { eta: 1e-2 }, random, on).expect("a whole pass");
        trainer.net
    };
    assert_eq!(after(4), net);
    assert_ne!(after(5), net, "the control");
}

/// Whether what F6 and the head make of pattern 3 depends on who else is in the mini-batch.
fn depends_on_others<H: Head<f32>>(net: &Network<f32, H>) -> bool
where
    H::Output: PartialEq,
{
    let first = |numbers: &[usize]| presented(net, numbers).swap_remove(0);
    let (alone, among) = (first(&[3]), [first(&[3, 1, 4]), first(&[3, 9, 2, 6, 8])]);
    among.iter().any(|s| s.output != alone.output || s.f6.state != alone.f6.state)
}

#[test]
fn patterns_are_on_their_own_in_evaluation() {
    for batch_normalisation in [true, false] {
        let blocks = Blocks { batch_normalisation, ..ALL };
        let mut trainer = Trainer::new(network(Rbf::paper(), &Variant::default(), &blocks), 5);
        assert!(!depends_on_others(&trainer.net), "a new network is in evaluation");
        let (rule, random) = (&mut Gradient { eta: 1e-3 }, &mut Chance::Dropout(1).stream(1));
        trainer.pass(&patterns(), &ALL_TEN, rule, random, on).expect("a whole pass");
        assert!(!depends_on_others(&trainer.net), "and so is one after a pass");
        assert_eq!(evaluation(&trainer.net, &patterns(), 1), evaluation(&trainer.net, &patterns(), 3));
        let before = bits(&trainer.net);
        let stopped = trainer.pass(&patterns(), &ALL_TEN, rule, random, |_| ControlFlow::Break(()));
        assert_eq!((stopped, before), (None, bits(&trainer.net)));
        assert!(!depends_on_others(&trainer.net), "and so is one whose pass was broken off");
        trainer.net.train();
        assert_eq!(depends_on_others(&trainer.net), batch_normalisation);
        trainer.net.eval();
        assert!(!depends_on_others(&trainer.net));
    }
}

#[test]
fn running_moments_approach_those_of_the_data() {
    let blocks = Blocks { dropout: 0.0, ..ALL };
    let mut trainer = Trainer::new(network(Rbf::paper(), &Variant::default(), &blocks), 10);
    let (rule, random) = (&mut Gradient { eta: 0.0 }, &mut Chance::Dropout(1).stream(1));
    let distance = |net: &Network<f32, Rbf<f32>>| {
        let mut net = net.clone();
        let running = net.normalisations.clone().expect("normalisations").map(|layer| layer.running);
        net.train();
        let moments = net.fprop(&mut presented(&net, &ALL_TEN));
        let of_layer = |(running, moments): (lenet5::today::Moments<f32>, _)| {
            let moments: lenet5::today::Moments<f32> = Option::expect(moments, "moments");
            let units = moments.units as f32;
            let mean = (&running.mean - &moments.mean).mapv(f32::abs);
            let variance = (&running.variance - &(&moments.variance * units / (units - 1.0))).mapv(f32::abs);
            mean.iter().chain(&variance).copied().fold(0.0, f32::max)
        };
        running.into_iter().zip(moments).map(of_layer).fold(0.0, f32::max)
    };
    let mut last = distance(&trainer.net);
    assert!(last > 0.1, "{last}");
    for _ in 0..4 {
        for _ in 0..20 {
            trainer.pass(&patterns(), &ALL_TEN, rule, random, on).expect("a whole pass");
        }
        let now = distance(&trainer.net);
        assert!(now < 0.2 * last, "{now} after {last}");
        last = now;
    }
    // Now a pattern alone is seen as it was in the mini-batch.
    let alone = presented(&trainer.net, &[3]).swap_remove(0).c1.state;
    trainer.net.train();
    let among = presented(&trainer.net, &[3, 1, 4, 0, 5, 9, 2, 6, 8, 7]).swap_remove(0).c1.state;
    let apart = alone.iter().zip(&among).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
    assert!(apart < 0.01, "{apart}");
}

/// Moments of other patterns than those that were learnt, and by whom nobody is silent.
#[test]
fn settled_moments_are_those_of_the_patterns() {
    let (mut random, rule) = (Chance::Dropout(1).stream(1), &mut Gradient { eta: 1e-3 });
    let mut trainer = Trainer::new(network(Rbf::paper(), &Variant::default(), &ALL), 4);
    let dark = Shifted(patterns());
    trainer.pass(&dark, &ALL_TEN, rule, &mut random, on).expect("a whole pass");
    let learnt = trainer.net.clone();
    // Two mini-batches of four; the two patterns left over are not asked.
    trainer.settle(&patterns(), &ALL_TEN);
    let mut expected = learnt.clone();
    expected.dropout.rate = 0.0;
    for (n, numbers) in [&ALL_TEN[..4], &ALL_TEN[4..8]].into_iter().enumerate() {
        expected.train();
        let moments = expected.fprop(&mut presented(&expected, numbers));
        expected.remember(&moments, [1.0, 0.5][n]);
    }
    assert!(trainer.net.normalisations == expected.normalisations, "the mean of two");
    assert!(trainer.net.normalisations != learnt.normalisations, "the control");
    let mut rest = trainer.net.clone();
    rest.normalisations = learnt.normalisations.clone();
    assert!(rest == learnt, "nothing else");
    // Fewer than a mini-batch are one.
    let mut net = trainer.net.clone();
    trainer.settle(&patterns(), &ALL_TEN[..2]);
    net.dropout.rate = 0.0;
    net.train();
    let moments = net.fprop(&mut presented(&net, &ALL_TEN[..2]));
    net.remember(&moments, 1.0);
    assert!(trainer.net.normalisations == net.normalisations);
}

/// Patterns with more ink everywhere.
struct Shifted(Patterns);

impl Presentation<f32> for Shifted {
    fn show(&self, p: usize, input: &mut Maps<f32>) -> usize {
        let label = self.0.show(p, input);
        input.mapv_inplace(|x| x + 0.5);
        label
    }
}

// ---- Dropout --------------------------------------------------------------------------------------------------------

/// A network without anything else of today, so that its states without dropout are easy to have.
fn dropping(dropout: f64) -> Network<f32, Rbf<f32>> {
    network(Rbf::paper(), &Variant::default(), &Blocks { dropout, ..Blocks::default() })
}

#[test]
fn nobody_is_silent_in_evaluation() {
    let (with, without) = (presented(&dropping(0.5), &ALL_TEN), presented(&dropping(0.0), &ALL_TEN));
    assert!(with == without);
    let mut training = dropping(0.5);
    training.train();
    assert!(presented(&training, &ALL_TEN) != without, "the control");
    // A rate of 0 draws nothing.
    let mut never = dropping(0.0);
    never.train();
    let (mut states, mut random) = (never.states(), Chance::Dropout(1).stream(1));
    never.draw(&mut states, &mut random);
    assert_eq!(random, Chance::Dropout(1).stream(1));
}

#[test]
fn the_share_that_is_silent_is_the_rate() {
    for rate in [0.05, 0.3, 0.5, 0.9] {
        let (mut net, mut random, draws) = (dropping(rate), Chance::Dropout(1).stream(3), 400);
        net.train();
        let mut s = net.states();
        let (mut silent, mut by_unit) = ([0_usize; 2], [vec![0_usize; 120], vec![0_usize; 84]]);
        for _ in 0..draws {
            net.draw(&mut s, &mut random);
            for (n, kept) in [&s.c5.kept, &s.f6.kept].into_iter().enumerate() {
                for (unit, &kept) in kept.iter().enumerate() {
                    assert!(kept == 0.0 || kept == (1.0 / (1.0 - rate)) as f32, "{kept}");
                    silent[n] += usize::from(kept == 0.0);
                    by_unit[n][unit] += usize::from(kept == 0.0);
                }
            }
        }
        // Five deviations of a binomial distribution.
        let within = |found: usize, of: f64| {
            (found as f64 - rate * of).abs() <= 5.0 * (of * rate * (1.0 - rate)).sqrt()
        };
        assert!(
            within(silent[0], 120.0 * draws as f64) && within(silent[1], 84.0 * draws as f64),
            "{silent:?}"
        );
        assert!(by_unit.iter().flatten().all(|&silent| within(silent, draws as f64)), "{by_unit:?}");
        assert!(s.c1.kept.is_empty() && s.c3.kept.is_empty(), "C1 and C3 have no dropout");
    }
}

#[test]
fn the_expected_state_is_that_without_dropout() {
    let (rate, draws) = (0.4, 200);
    let mut net = dropping(rate);
    let whole = presented(&net, &[3]).swap_remove(0);
    net.train();
    let (mut random, mut s) = (Chance::Dropout(1).stream(7), net.states());
    s.input.assign(&whole.input);
    let mut sum = Array3::<f64>::zeros((120, 1, 1));
    let mut batch = [s];
    for _ in 0..draws {
        net.draw(&mut batch[0], &mut random);
        net.fprop(&mut batch);
        assert!(batch[0].c3.state == whole.c3.state && batch[0].c5.sums == whole.c5.sums);
        sum += &batch[0].c5.state.mapv(f64::from);
        for ((state, kept), whole) in batch[0].c5.state.iter().zip(&batch[0].c5.kept).zip(&whole.c5.state) {
            assert_eq!(*state, kept * whole);
        }
    }
    let count = f64::from(draws);
    let deviation = (rate / (1.0 - rate) / count).sqrt();
    for (sum, &whole) in sum.iter().zip(&whole.c5.state) {
        let whole = f64::from(whole);
        assert!((sum / count - whole).abs() <= 5.0 * deviation * whole.abs() + 1e-6);
    }
    // The control: were the others not louder, all units together would be off by far.
    let total: f64 = whole.c5.state.iter().map(|&x| f64::from(x.abs())).sum();
    let heard: f64 = sum.iter().map(|x| x.abs() / count).sum();
    assert!((heard / total - 1.0).abs() < 0.05 && ((1.0 - rate) * heard / total - 1.0).abs() > 0.3);
}
