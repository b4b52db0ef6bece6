//! LeNet-5's layers with blocks of today, in training and in evaluation, and without them: the paper's network. Their gradients
//! from end to end are in `tests/all/gradients`.

use super::all_blocks::ALL;
use lenet5::appendix::b::Update;
use lenet5::section1::mini_batch::SHARE;
use lenet5::section1::{
    Gradient, Layer, Loss, Maps, MiniBatch, Module, Network, Parameters, Penalties, States,
};
use lenet5::section2::{C3, Criterion, Curvature, FullConnection, LeNet5, Rbf, Softmax, Variant};
use lenet5::section3::database::Patterns;
use lenet5::section3::evaluation::evaluate;
use lenet5::section3::presentation::{Chance, Presentation};
use lenet5::section3::training::{Progress, Trainer};
use lenet5::today::{ActivationKind, BatchNormalisation, Blocks, Dropout, Initial, PoolingKind};
use ndarray::Array3;
use std::ops::ControlFlow;

/// The normalised layers.
const NORMALISED: [&str; 4] = ["C1", "C3", "C5", "F6"];

/// Ten arbitrary patterns of stripes and arcs.
fn patterns() -> Patterns {
    let ink = |(p, row, column): (usize, usize, usize)| {
        let wave = (p + 2) * row + (p + 5) * column + row * column / (p % 7 + 1);
        if wave % 13 < 4 { 55 + (wave % 5 * 50) as u8 } else { 0 }
    };
    let labels = (0..10).map(|p| p % 10).collect();
    Patterns::new(Array3::from_shape_fn((10, 28, 28), ink), labels).expect("a label for each image")
}

const ALL_TEN: [usize; 10] = [3, 1, 4, 0, 5, 9, 2, 6, 8, 7];

fn network(
    output: impl Module<f32, Input = Maps<f32>, Output = Penalties<f32>> + Layer<f32>,
    variant: &Variant,
    blocks: &Blocks,
) -> Network<f32> {
    let (plan, random) = (LeNet5::layers(variant.c3), &mut Chance::Weights.stream(1));
    let net = blocks.build(variant, LeNet5::INPUT, &plan, random);
    net.and_then(|net| net.with_output(output)).expect("layers that fit each other")
}

/// The paper's network with these blocks.
fn rbf(blocks: Blocks) -> Network<f32> {
    network(Rbf::paper(), &Variant::default(), &blocks)
}

fn softmax() -> Softmax<f32> {
    Softmax { output: FullConnection::new(84, 10, &mut Chance::Head.stream(1)), curvature: Curvature::Exact }
}

fn bits(parameters: &impl Parameters<f32>) -> Vec<u32> {
    parameters.arrays().flatten().map(|w| w.to_bits()).collect()
}

/// The states of several patterns after one `fprop`, with or without masks.
fn passed(net: &Network<f32>, numbers: &[usize], masks: bool) -> MiniBatch<f32> {
    let (mut batch, mut random) = (MiniBatch::new(net, numbers.len()), Chance::Dropout(1).stream(1));
    batch.states.iter_mut().zip(numbers).for_each(|(s, &p)| patterns().pattern(p, s.input_mut()));
    batch.fprop(net, numbers.len(), if masks { Some(&mut random) } else { None });
    batch
}

/// The states of one pattern in evaluation.
fn alone(net: &Network<f32>, p: usize) -> States<f32> {
    let mut s = net.states();
    patterns().pattern(p, s.input_mut());
    net.fprop(&mut s);
    s
}

/// One pass of plain gradient descent over all ten patterns: the trainer, and the progress.
fn pass(
    trainer: &mut Trainer<f32, Criterion>,
    shown: &dyn Presentation<f32>,
    size: usize,
    eta: f32,
    watch: impl FnMut(&Progress) -> ControlFlow<()>,
) -> Option<Progress> {
    let (rule, random) = (&mut Gradient::new(eta, &trainer.net), &mut Chance::Dropout(1).stream(1));
    trainer.pass(shown, &ALL_TEN, Update::Minibatch(size), rule, random, watch)
}

/// Never stops the pass.
fn on(_: &Progress) -> ControlFlow<()> {
    ControlFlow::Continue(())
}

// ---- The paper's network --------------------------------------------------------------------------------------------

/// States and gradient of a pattern, bit for bit.
fn of_pattern(net: &Network<f32>, p: usize) -> (States<f32>, Vec<u32>) {
    let (s, mut d, mut gradient) = (alone(net, p), net.states(), net.zeros());
    Criterion::TrueClass.bprop(&s.output, &p, &mut d.output);
    net.bprop(&s, &mut d, &mut gradient);
    (s, bits(&gradient))
}

#[test]
fn without_blocks_of_today_it_is_the_papers_network_bit_for_bit() {
    for variant in
        [Variant::default(), Variant { c3: C3::Full, trained_subsampling: false, ..Variant::default() }]
    {
        let paper = LeNet5::network(softmax(), &variant, &mut Chance::Weights.stream(1)).expect("84 units");
        let today = network(softmax(), &variant, &Blocks::default());
        assert_eq!((bits(&paper), paper.census()), (bits(&today), today.census()));
        for p in 0..10 {
            assert!(of_pattern(&paper, p) == of_pattern(&today, p), "{p}");
        }
    }
    let with_relu = rbf(Blocks { activation: ActivationKind::Relu, ..Blocks::default() });
    assert!(of_pattern(&with_relu, 3) != of_pattern(&rbf(Blocks::default()), 3), "the control");
}

#[test]
fn blocks_change_no_initial_weight_unless_they_are_told_to() {
    let weights = |blocks: Blocks| {
        let tensors = rbf(blocks).tensors();
        NORMALISED.map(|layer| {
            let name = format!("{}.weight", layer.to_lowercase());
            tensors.iter().find(|tensor| tensor.name == name).expect("weights").values.clone()
        })
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
    let max = Blocks { pooling: PoolingKind::Max, ..Blocks::default() };
    let average = Blocks { pooling: PoolingKind::Average, ..Blocks::default() };
    let normalised = Blocks { batch_normalisation: true, ..max };
    let pooled = 60_000 - 12 - 32;
    assert_eq!([max, average].map(|blocks| rbf(blocks).parameter_count()), [pooled; 2]);
    assert_eq!(rbf(normalised).parameter_count(), pooled + 2 * (6 + 16 + 120 + 84));
    let full = Variant { c3: C3::Full, ..Variant::default() };
    let with_softmax = |blocks| network(softmax(), &full, &blocks).parameter_count();
    assert_eq!([with_softmax(max), with_softmax(ALL)], [61_706, 61_706 + 452]);
}

// ---- Training and evaluation ----------------------------------------------------------------------------------------

/// A pass over all ten patterns in mini-batches of this size, without the trainer.
fn by_hand(mut net: Network<f32>, size: usize, eta: f32) -> Network<f32> {
    let mut random = Chance::Dropout(1).stream(1);
    for numbers in ALL_TEN.chunks(size) {
        let (mut batch, mut mean) = (MiniBatch::new(&net, numbers.len()), net.zeros());
        batch.states.iter_mut().zip(numbers).for_each(|(s, &p)| patterns().pattern(p, s.input_mut()));
        batch.fprop(&net, numbers.len(), Some(&mut random));
        for ((s, d), p) in batch.states.iter().zip(&mut batch.derivatives).zip(numbers) {
            Criterion::TrueClass.bprop(&s.output, p, &mut d.output);
        }
        batch.bprop(&net, numbers.len(), &mut mean);
        mean.scale(1.0 / numbers.len() as f32);
        for (w, dw) in net.arrays_mut().flatten().zip(mean.arrays().flatten()) {
            *w -= eta * dw;
        }
        batch.remember(&mut net, SHARE);
    }
    net
}

/// If a network does not compare patterns, the trainer processes ten in two parts.
#[test]
fn a_mini_batch_moves_along_its_own_mean() {
    for (batch_normalisation, size, other) in [(true, 4, 5), (true, 10, 9), (false, 10, 9), (false, 4, 5)] {
        let start = network(softmax(), &Variant::default(), &Blocks { batch_normalisation, ..ALL });
        let after = |size| {
            let mut trainer = Trainer::new(start.clone(), Criterion::TrueClass);
            pass(&mut trainer, &patterns(), size, 1e-2, on).expect("a whole pass");
            trainer.net
        };
        let expected = by_hand(start.clone(), size, 1e-2);
        assert_eq!(after(size), expected);
        assert_ne!(after(other), expected, "the control");
    }
}

/// Whether F6 and the output for pattern 3 depend on the other patterns of the mini-batch.
#[test]
fn patterns_are_compared_in_training_if_they_are_normalised() {
    for batch_normalisation in [true, false] {
        let net = rbf(Blocks { batch_normalisation, ..ALL });
        let first = |numbers: &[usize], masks| passed(&net, numbers, masks).states.swap_remove(0);
        for masks in [true, false] {
            let depends = first(&[3, 1, 4], masks) != first(&[3, 9, 2, 6, 8], masks);
            assert_eq!(depends, batch_normalisation);
        }
        assert_eq!(net.compares_patterns(), batch_normalisation);
        // Without masks and comparisons, a mini-batch gives the results of evaluation.
        assert_eq!(first(&[3, 1, 4], false) == alone(&net, 3), !batch_normalisation);
    }
}

#[test]
fn a_pass_that_is_broken_off_changes_nothing() {
    let mut trainer = Trainer::new(rbf(ALL), Criterion::TrueClass);
    let before = trainer.net.clone();
    assert_eq!(pass(&mut trainer, &patterns(), 5, 1e-3, |_| ControlFlow::Break(())), None);
    assert_eq!(trainer.net, before);
    let mut updates = 0;
    let second = |_: &Progress| {
        updates += 1;
        if updates == 2 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    assert_eq!(pass(&mut trainer, &patterns(), 5, 1e-3, second), None);
    assert_ne!(trainer.net, before, "the control: one update");
    assert_eq!(evaluate(&trainer.net, &patterns(), 1), evaluate(&trainer.net, &patterns(), 3));
}

fn normalisation<'a>(net: &'a Network<f32>, layer: &str) -> &'a BatchNormalisation<f32> {
    net.layer(layer).expect("a normalisation")
}

/// The largest difference between the running moments of a layer and those of the patterns.
fn distance(net: &Network<f32>) -> f32 {
    let mut of_patterns = net.clone();
    passed(net, &ALL_TEN, false).remember(&mut of_patterns, 1.0);
    let of_layer = |layer| {
        let (running, found) = (normalisation(net, layer), normalisation(&of_patterns, layer));
        let apart = [&running.mean - &found.mean, &running.variance - &found.variance];
        apart.iter().flatten().fold(0.0, |most: f32, apart| most.max(apart.abs()))
    };
    NORMALISED.map(of_layer).into_iter().fold(0.0, f32::max)
}

#[test]
fn running_moments_approach_those_of_the_data() {
    let mut trainer = Trainer::new(rbf(Blocks { dropout: 0.0, ..ALL }), Criterion::TrueClass);
    let mut last = distance(&trainer.net);
    assert!(last > 0.1, "{last}");
    for _ in 0..4 {
        for _ in 0..20 {
            pass(&mut trainer, &patterns(), 10, 0.0, on).expect("a whole pass");
        }
        let now = distance(&trainer.net);
        assert!(now < 0.2 * last, "{now} after {last}");
        last = now;
    }
    // Now a pattern alone has the same states as in the mini-batch.
    let among = passed(&trainer.net, &ALL_TEN, false).states.swap_remove(0);
    let pairs = alone(&trainer.net, 3)["C1"].clone().into_iter().zip(&among["C1"]);
    let apart = pairs.map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
    assert!(apart < 0.01, "{apart}");
}

/// Running moments are recomputed on other patterns than those of training, without dropout.
#[test]
fn recomputed_moments_are_those_of_the_patterns() {
    let mut trainer = Trainer::new(rbf(ALL), Criterion::TrueClass);
    pass(&mut trainer, &Shifted(patterns()), 4, 1e-3, on).expect("a whole pass");
    let learnt = trainer.net.clone();
    // Two mini-batches of four; the remaining two patterns are left out.
    trainer.recompute_running_moments(&patterns(), &ALL_TEN);
    let mut expected = learnt.clone();
    for (numbers, share) in [(&ALL_TEN[..4], 1.0), (&ALL_TEN[4..8], 0.5)] {
        passed(&expected, numbers, false).remember(&mut expected, share);
    }
    assert_eq!(trainer.net, expected, "the mean of two");
    assert_ne!(trainer.net, learnt, "the control");
    assert_eq!(bits(&trainer.net), bits(&learnt), "nothing else");
    // Fewer patterns than a mini-batch form one mini-batch.
    trainer.recompute_running_moments(&patterns(), &ALL_TEN[..2]);
    passed(&expected, &ALL_TEN[..2], false).remember(&mut expected, 1.0);
    assert_eq!(trainer.net, expected);
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

/// A network without other blocks of today, so that its states without dropout are those of the paper's network.
fn with_dropout(dropout: f64) -> Network<f32> {
    rbf(Blocks { dropout, ..Blocks::default() })
}

#[test]
fn no_unit_is_masked_in_evaluation() {
    let (with, without) = (with_dropout(0.5), with_dropout(0.0));
    for (n, &p) in ALL_TEN.iter().enumerate() {
        assert_eq!(alone(&with, p).output, alone(&without, p).output);
        assert_eq!(passed(&with, &ALL_TEN, false).states[n].output, alone(&without, p).output);
    }
    let training = passed(&with, &ALL_TEN, true);
    assert_ne!(training.states[0].output, alone(&without, 3).output, "the control");
    // Only C5 and F6 have dropout, and each pattern has masks of its own.
    let masked = |p: usize, layer: &str| -> Vec<bool> {
        training.states[p][layer].iter().map(|&x| x == 0.0).collect()
    };
    for layer in ["C1", "S2", "C3", "S4"] {
        assert_eq!(training.states[0][layer], alone(&without, 3)[layer]);
    }
    for layer in ["C5", "F6"] {
        assert!(masked(0, layer).contains(&true) && masked(0, layer) != masked(1, layer));
    }
    // A rate of 0 draws nothing.
    let mut random = Chance::Dropout(1).stream(1);
    MiniBatch::new(&without, 1).fprop(&without, 1, Some(&mut random));
    assert_eq!(random, Chance::Dropout(1).stream(1));
}

#[test]
fn the_share_of_masked_units_is_the_rate() {
    for rate in [0.05, 0.3, 0.5, 0.9] {
        let (mut random, draws, units) = (Chance::Dropout(1).stream(3), 400, 120);
        let mut by_unit = vec![0_usize; units];
        for _ in 0..draws {
            let mask: Maps<f32> = Dropout { rate }.mask((units, 1, 1), &mut random);
            for (masked, &factor) in by_unit.iter_mut().zip(&mask) {
                assert!(factor == 0.0 || factor == (1.0 / (1.0 - rate)) as f32, "{factor}");
                *masked += usize::from(factor == 0.0);
            }
        }
        // Five standard deviations of a binomial distribution.
        let within = |found: usize, of: f64| {
            (found as f64 - rate * of).abs() <= 5.0 * (of * rate * (1.0 - rate)).sqrt()
        };
        assert!(within(by_unit.iter().sum(), (units * draws) as f64), "{by_unit:?}");
        assert!(by_unit.iter().all(|&masked| within(masked, draws as f64)), "{by_unit:?}");
    }
}

#[test]
fn the_expected_state_is_that_without_dropout() {
    let (rate, draws) = (0.4, 200);
    let (net, whole, mut random) =
        (with_dropout(rate), alone(&with_dropout(0.0), 3), Chance::Dropout(1).stream(7));
    let (mut sum, mut batch) = (Array3::<f64>::zeros((120, 1, 1)), MiniBatch::new(&net, 1));
    batch.states[0].input_mut().assign(whole.input());
    for _ in 0..draws {
        batch.fprop(&net, 1, Some(&mut random));
        assert_eq!(batch.states[0]["S4"], whole["S4"]);
        sum += &batch.states[0]["C5"].mapv(f64::from);
    }
    let (count, whole) = (f64::from(draws), whole["C5"].mapv(f64::from));
    let deviation = (rate / (1.0 - rate) / count).sqrt();
    for (sum, whole) in sum.iter().zip(&whole) {
        assert!((sum / count - whole).abs() <= 5.0 * deviation * whole.abs() + 1e-6);
    }
    // The control: without scaling of the other units, the mean is far off.
    let (total, heard) = (whole.mapv(f64::abs).sum(), sum.mapv(f64::abs).sum() / count);
    assert!((heard / total - 1.0).abs() < 0.05 && ((1.0 - rate) * heard / total - 1.0).abs() > 0.3);
}
