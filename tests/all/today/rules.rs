//! Update rules and initial weights against their printed formulas.

use super::agreement::{Tolerance, agree, compare};
use super::draw::{cases, tables, values};
use super::flat::{assign, flat};
use lenet5::appendix::a::InitialWeights::RootFanIn;
use lenet5::section1::{Optimiser, Parameters};
use lenet5::section2::{C3, Convolution, FullConnection, LeNet5, TABLE_I, Table, Variant};
use lenet5::today::{Adam, Blocks, Initial, Momentum};
use ndarray::Axis;
use proptest::prelude::*;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

const ROUNDING: Tolerance = Tolerance { relative: 1e-10, floor: 1e-13 };

/// Three weights and a bias, then a gradient for each step.
#[derive(Clone, Debug)]
struct Road {
    begin: Vec<f64>,
    gradients: Vec<Vec<f64>>,
}

impl Road {
    /// The parameters after each step of a rule.
    fn by(&self, rule: &mut impl Optimiser<f64, FullConnection<f64>>) -> Vec<f64> {
        let mut parameters = layer(&self.begin);
        self.gradients.iter().for_each(|dw| rule.step(&mut parameters, &layer(dw)));
        flat(&parameters)
    }

    /// The same, computed by `rule` for each parameter from its initial value and its derivatives.
    fn one_by_one(&self, rule: impl Fn(f64, &[f64]) -> f64) -> Vec<f64> {
        let of = |n: usize| rule(self.begin[n], &self.gradients.iter().map(|dw| dw[n]).collect::<Vec<_>>());
        (0..self.begin.len()).map(of).collect()
    }
}

fn layer(numbers: &[f64]) -> FullConnection<f64> {
    let mut layer = FullConnection::new(3, 1, &mut ChaCha8Rng::seed_from_u64(0));
    assign(&mut layer, numbers);
    layer
}

fn roads() -> impl Strategy<Value = Road> {
    let gradients = prop::collection::vec(values(4), 1..12);
    (values(4), gradients).prop_map(|(begin, gradients)| Road { begin, gradients })
}

/// Ten steps with irregular gradients.
fn some_road() -> Road {
    let wave = |n: usize| f64::sin((n * n + 1) as f64);
    let gradients = (1..11).map(|t| (0..4).map(|n| wave(7 * t + n)).collect()).collect();
    Road { begin: (0..4).map(wave).collect(), gradients }
}

// ---- Momentum -------------------------------------------------------------------------------------------------------

/// `v <- alpha v - eta dE/dw`, `w <- w + v`.
fn momentum_by_the_book(eta: f64, alpha: f64, mut w: f64, gradients: &[f64]) -> f64 {
    let mut v = 0.0;
    for dw in gradients {
        v = alpha * v - eta * dw;
        w += v;
    }
    w
}

fn momentum(eta: f64, alpha: f64) -> Momentum<f64, FullConnection<f64>> {
    Momentum { eta, alpha, velocity: layer(&[0.0; 4]) }
}

proptest! {
    #![proptest_config(cases(128))]

    #[test]
    fn momentum_as_printed(road in roads(), eta in 1e-4..0.5, alpha in 0.0..0.99) {
        let expected = road.one_by_one(|w, gradients| momentum_by_the_book(eta, alpha, w, gradients));
        agree(&road.by(&mut momentum(eta, alpha)), &expected, ROUNDING)?;
    }
}

#[test]
fn another_momentum_is_refused() {
    let (road, eta, alpha) = (some_road(), 0.1, 0.9);
    let found = road.by(&mut momentum(eta, alpha));
    let refused = |rule: fn(f64, &[f64]) -> f64| compare(&found, &road.one_by_one(rule), ROUNDING).is_err();
    assert!(!refused(|w, gradients| momentum_by_the_book(0.1, 0.9, w, gradients)));
    assert!(refused(|w, gradients| momentum_by_the_book(0.1, 0.0, w, gradients)), "without it");
    assert!(refused(|w, gradients| momentum_by_the_book(0.1 * (1.0 - 0.9), 0.9, w, gradients)), "a mean");
    assert!(refused(|w, gradients| {
        let (mut w, mut v) = (w, 0.0);
        for dw in gradients {
            v = 0.9 * v - 0.1 * dw;
            w += 0.9 * v - 0.1 * dw;
        }
        w
    }));
}

// ---- Adam -----------------------------------------------------------------------------------------------------------

const BETA: [f64; 2] = [0.9, 0.999];

/// Possible mistakes of a rule; the default has none.
#[derive(Clone, Copy, Debug)]
struct Book {
    rate: f64,
    decay: f64,
    /// The number of steps by which the bias correction is ahead.
    ahead: i32,
    corrected: [bool; 2],
    /// Whether weight decay is part of the gradient, and so of the running means.
    coupled: bool,
    epsilon_below_the_root: bool,
}

impl Book {
    fn new(rate: f64, decay: f64) -> Self {
        let corrected = [true; 2];
        Self { rate, decay, ahead: 0, corrected, coupled: false, epsilon_below_the_root: false }
    }

    /// Kingma and Ba's algorithm 1; the decay is subtracted from the weight and is no part of the gradient (Loshchilov and
    /// Hutter, algorithm 2).
    fn adam(&self, mut w: f64, gradients: &[f64]) -> f64 {
        let (mut m, mut v) = (0.0, 0.0);
        for (t, dw) in (1..).zip(gradients) {
            let dw = if self.coupled { dw + self.decay * w } else { *dw };
            m = BETA[0] * m + (1.0 - BETA[0]) * dw;
            v = BETA[1] * v + (1.0 - BETA[1]) * dw.powi(2);
            let correction =
                |n: usize| if self.corrected[n] { 1.0 - BETA[n].powi(t + self.ahead) } else { 1.0 };
            let (m_hat, v_hat) = (m / correction(0), v / correction(1));
            let width = if self.epsilon_below_the_root { (v_hat + 1e-8).sqrt() } else { v_hat.sqrt() + 1e-8 };
            let decayed = if self.coupled { 0.0 } else { self.rate * self.decay * w };
            w = w - self.rate * m_hat / width - decayed;
        }
        w
    }
}

fn adam(rate: f64, decay: f64) -> Adam<f64, FullConnection<f64>> {
    Adam::new(rate, decay, &layer(&[0.0; 4]))
}

proptest! {
    #![proptest_config(cases(128))]

    #[test]
    fn adam_as_printed(road in roads(), rate in 1e-4..0.1, decay in prop_oneof![Just(0.0), 0.0..0.5]) {
        let book = Book::new(rate, decay);
        let expected = road.one_by_one(|w, gradients| book.adam(w, gradients));
        agree(&road.by(&mut adam(rate, decay)), &expected, ROUNDING)?;
    }

    /// For large and small gradients.
    #[test]
    fn the_first_step_is_the_rate(begin in values(4), dw in values(4), scale in 1e-2..1e6, rate in 1e-4..0.1) {
        let dw: Vec<f64> = dw.iter().map(|dw| scale * (dw + 0.1 * dw.signum())).collect();
        let expected: Vec<f64> = begin.iter().zip(&dw).map(|(w, dw)| w - rate * dw.signum()).collect();
        let road = Road { begin, gradients: vec![dw] };
        agree(&road.by(&mut adam(rate, 0.0)), &expected, Tolerance { relative: 0.0, floor: 1e-5 * rate })?;
        // The control: without bias corrections it would be three times as long.
        let uncorrected = Book { corrected: [false; 2], ..Book::new(rate, 0.0) };
        let wrong = road.one_by_one(|w, gradients| uncorrected.adam(w, gradients));
        let unnoticed = compare(&wrong, &expected, Tolerance { relative: 0.0, floor: rate });
        prop_assert!(unnoticed.is_err());
    }

    /// Adam can continue from the memory in a checkpoint.
    #[test]
    fn adam_goes_on_from_what_it_remembers(road in roads(), rest in roads()) {
        let (mut through, mut first) = (adam(0.01, 0.1), adam(0.01, 0.1));
        let whole = Road { gradients: [road.gradients.clone(), rest.gradients.clone()].concat(), ..road.clone() };
        let half = road.by(&mut first);
        let memory = first.memory();
        let names: Vec<&str> = memory.iter().map(|(name, _)| *name).collect();
        prop_assert_eq!(names, ["mean", "square"]);
        let (mean, square) = (memory[0].1.clone(), memory[1].1.clone());
        let mut second = Adam { eta: 0.01, decay: 0.1, mean, square, steps: road.gradients.len() as i32 };
        let expected = whole.by(&mut through);
        let rest = Road { begin: half, ..rest };
        prop_assert_eq!(&rest.by(&mut second.clone()), &expected);
        // The control: the count of steps begins again.
        second.steps = 0;
        prop_assert_ne!(rest.by(&mut second), expected);
    }
}

#[test]
fn another_adam_is_refused() {
    let (road, book) = (some_road(), Book::new(0.01, 0.1));
    let found = road.by(&mut adam(0.01, 0.1));
    let refused = |book: Book| {
        let expected = road.one_by_one(|w, gradients| book.adam(w, gradients));
        compare(&found, &expected, ROUNDING).is_err()
    };
    assert!(!refused(book));
    assert!(refused(Book { corrected: [false, true], ..book }));
    assert!(refused(Book { corrected: [true, false], ..book }));
    assert!(refused(Book { ahead: 1, ..book }), "a correction that is a step ahead");
    assert!(refused(Book { coupled: true, ..book }), "decay within the gradient");
    assert!(refused(Book { decay: 0.0, ..book }));
    assert!(refused(Book { decay: 0.1 * 0.01, ..book }));
    assert!(refused(Book { epsilon_below_the_root: true, ..book }));
}

// ---- Initial weights ------------------------------------------------------------------------------------------------

/// Whether the standard deviation of `weights` is `sqrt(2 / F)`, to five standard errors.
fn spread_as(fan_in: usize, weights: &[f64]) -> bool {
    let (count, variance) = (weights.len() as f64, 2.0 / fan_in as f64);
    let mean = weights.iter().sum::<f64>() / count;
    let square = weights.iter().map(|w| w * w).sum::<f64>() / count;
    mean.abs() <= 5.0 * (variance / count).sqrt()
        && (square / variance - 1.0).abs() <= 5.0 * (2.0 / count).sqrt()
}

/// The weights of each output map of a convolution, from so many seeds.
fn units(table: &Table, side: usize, seeds: u64) -> Vec<Vec<f64>> {
    let mut units = vec![Vec::new(); table.outputs()];
    for seed in 0..seeds {
        let random = &mut ChaCha8Rng::seed_from_u64(seed);
        let mut layer = Convolution::<f64>::new(table.clone(), side, RootFanIn, random);
        Initial::He.convolution(&mut layer, random);
        for ((output, _), kernel) in table.pairs().zip(layer.weight.axis_iter(Axis(0))) {
            units[output].extend(kernel.iter());
        }
    }
    units
}

#[test]
fn initial_weights_are_spread_by_the_fan_in_of_each_unit() {
    // Table I: maps of three, four and six inputs, 25 weights each.
    let c3 = units(&Table::new(6, &TABLE_I), 5, 200);
    for (map, (weights, inputs)) in c3.iter().zip(TABLE_I).enumerate() {
        let fan_in = 25 * inputs.len();
        assert!(spread_as(fan_in, weights), "map {map}");
        for other in [75, 100, 150].into_iter().filter(|&other| other != fan_in) {
            assert!(!spread_as(other, weights), "map {map}: the control");
        }
    }
    for (name, fan_in, weights) in [
        ("C1", 25, units(&Table::full(1, 6), 5, 200)),
        ("C3, full", 150, units(&Table::full(6, 16), 5, 50)),
        ("C5", 400, units(&Table::full(16, 120), 5, 20)),
    ] {
        assert!(weights.iter().all(|weights| spread_as(fan_in, weights)), "{name}");
        assert!(!weights.iter().any(|weights| spread_as(2 * fan_in, weights)), "{name}: the control");
    }
    let mut f6 = vec![Vec::new(); 84];
    for seed in 0..60 {
        let random = &mut ChaCha8Rng::seed_from_u64(seed);
        let mut layer = FullConnection::<f64>::new(120, 84, random);
        Initial::He.full_connection(&mut layer, random);
        f6.iter_mut().zip(layer.weight.outer_iter()).for_each(|(unit, weights)| unit.extend(weights));
    }
    assert!(f6.iter().all(|weights| spread_as(120, weights)), "F6");
}

proptest! {
    #![proptest_config(cases(64))]

    /// For any table, also one with a map without inputs.
    #[test]
    fn initial_weights_of_any_table(
        table in (1..=5_usize, 1..=5_usize).prop_flat_map(|(inputs, outputs)| tables(inputs, outputs)),
        side in 1..=5_usize,
    ) {
        for (output, weights) in units(&table, side, 40).iter().enumerate() {
            let inputs = table.pairs().filter(|pair| pair.0 == output).count();
            prop_assert!(weights.is_empty() || spread_as(inputs * side * side, weights), "map {}", output);
        }
    }
}

#[test]
fn a_network_begins_with_them_if_it_is_told_to() {
    let variant = Variant { c3: C3::Full, ..Variant::default() };
    let tensors = |he: bool| {
        let (blocks, plan) = (
            Blocks { initial_weights: he.then_some(Initial::He), ..Blocks::default() },
            LeNet5::layers(C3::Full),
        );
        let net = blocks.build::<f64>(&variant, LeNet5::INPUT, &plan, &mut ChaCha8Rng::seed_from_u64(1));
        net.expect("layers that fit each other").tensors()
    };
    let spread = |he: bool| {
        [("c1.weight", 25), ("c3.weight", 150), ("c5.weight", 400), ("f6.weight", 120)].map(
            |(name, fan_in)| {
                spread_as(
                    fan_in,
                    &tensors(he).iter().find(|tensor| tensor.name == name).expect("weights").values,
                )
            },
        )
    };
    assert_eq!(spread(true), [true; 4]);
    assert_eq!(spread(false), [false; 4], "the control: the paper's are narrower");
    let others = |he: bool| -> Vec<_> {
        tensors(he).into_iter().filter(|tensor| !tensor.name.ends_with("weight")).collect()
    };
    assert_eq!(others(true), others(false), "biases and coefficients stay as they are");
}
