//! The effect of the settings: runs repeated by hand, with the library alone, must end with the same bits.

use super::Desk;
use lenet5::appendix::c::StochasticDiagonalLevenbergMarquardt;
use lenet5::experiment::Model;
use lenet5::section1::{Loss, Network, Parameters};
use lenet5::section2::{Criterion, LeNet5, Subsampling};
use lenet5::section3::database::{Patterns, embedded};
use lenet5::section3::distortions::Amounts;
use lenet5::section3::presentation::{
    Chance, Distorted, Distortions, Order, Presentation, curvature_patterns,
};
use lenet5::section3::training::Trainer;
use std::ops::ControlFlow;

type Net = Network<f32>;

const SEED: u64 = 1;
const ETA: f32 = 1e-4;
const MU: f32 = 0.05;

/// An arm with these additional lines in its `[training]`.
fn arm(more: &str) -> String {
    format!(
        "description = \"by hand\"\n\
         head = {{ kind = \"rbf\", loss = \"eq-8\", learn_codes = false }}\n\
         [training]\noptimiser = \"sdlm\"\nupdate = \"stochastic\"\npasses = 3\neta = [1e-4]\neta_scale = 1\n\
         mu = 0.05\nhessian_patterns = 20\n{more}\n"
    )
}

fn initial() -> Net {
    LeNet5::paper(&mut Chance::Weights.stream(SEED))
}

fn trained(desk: &Desk, name: &str) -> Net {
    Model::load(&desk.path(&format!("run/{name}-seed1.safetensors"))).unwrap().net
}

fn subsampling<'a>(net: &'a Net, name: &str) -> &'a Subsampling<f32> {
    net.layer(name).unwrap_or_else(|| panic!("no subsampling layer {name}"))
}

/// Three passes: the patterns of each, those on which second derivatives are estimated, and whether only once.
struct Hand<'a> {
    train: &'a Patterns,
    presented: &'a dyn Fn(usize) -> Vec<usize>,
    shown: &'a dyn Presentation<f32>,
    estimated_on: &'a dyn Fn(usize) -> Vec<usize>,
    once: bool,
}

impl Hand<'_> {
    fn train(&self) -> Net {
        let mut trainer = Trainer::new(initial(), Criterion::TrueClass);
        let first = trainer.curvature(self.train, &(self.estimated_on)(1));
        for pass in 1..=3 {
            let h = match self.once {
                true => first.clone(),
                false => trainer.curvature(self.train, &(self.estimated_on)(pass)),
            };
            let mut rule = StochasticDiagonalLevenbergMarquardt::new(h, ETA, MU);
            let (order, update) = ((self.presented)(pass), lenet5::appendix::b::Update::Stochastic);
            let (random, go_on) =
                (&mut Chance::Dropout(pass).stream(SEED), |_: &_| ControlFlow::Continue(()));
            let done = trainer.pass(self.shown, &order, update, &mut rule, random, go_on);
            assert_eq!(done.map(|progress| progress.patterns), Some(order.len()));
        }
        trainer.net
    }
}

#[test]
fn presentations_and_estimates_are_those_of_the_settings() {
    let train = &embedded::digits(1998).train.range(0..60);
    let (constant, fixed, fresh) = (
        Order::Constant,
        Distortions::Fixed(Amounts::Strength(1.0)),
        Distortions::Fresh(Amounts::Strength(0.5)),
    );
    let copies = |strength| Distorted { patterns: train, amounts: Amounts::Strength(strength), seed: SEED };
    let all = |pass| constant.of(60, pass, SEED);
    let estimated_on = |pass| curvature_patterns(SEED, pass, 60, 20);
    let plain = Hand { train, presented: &all, shown: train, estimated_on: &estimated_on, once: false };
    let readings: [(&str, &str, Hand); 8] = [
        ("plain", "", Hand { ..plain }),
        (
            "reshuffled",
            "order = \"reshuffled\"",
            Hand { presented: &|pass| Order::Reshuffled.of(60, pass, SEED), ..plain },
        ),
        (
            "fewer",
            "patterns = 40",
            Hand {
                presented: &|pass| constant.of(40, pass, SEED),
                estimated_on: &|pass| curvature_patterns(SEED, pass, 40, 20),
                ..plain
            },
        ),
        (
            "same",
            "hessian_choice = \"same\"",
            Hand { estimated_on: &|_| curvature_patterns(SEED, 1, 60, 20), ..plain },
        ),
        ("first", "hessian_choice = \"first\"", Hand { estimated_on: &|_| (0..20).collect(), ..plain }),
        ("once", "hessian_estimates = \"once\"", Hand { once: true, ..plain }),
        (
            "fixed",
            "patterns = 40\ndistortions = { fixed = 1.0 }",
            Hand {
                presented: &|pass| fixed.numbers(constant, [40, 60], pass, SEED),
                shown: &copies(1.0),
                estimated_on: &|pass| curvature_patterns(SEED, pass, 40, 20),
                ..plain
            },
        ),
        (
            "fresh",
            "distortions = { fresh = 0.5 }",
            Hand {
                presented: &|pass| fresh.numbers(constant, [60, 60], pass, SEED),
                shown: &copies(0.5),
                ..plain
            },
        ),
    ];
    let desk = Desk::new();
    readings.iter().for_each(|(name, more, _)| desk.write(&format!("{name}.toml"), arm(more)));
    let words: Vec<String> = readings.iter().map(|(name, ..)| format!("{name}.toml")).collect();
    desk.experiment(&format!("{} --embedded --train 60 --test 10 --out run", words.join(" vs "))).succeeds();
    let nets: Vec<Net> = readings.iter().map(|(name, ..)| trained(&desk, name)).collect();
    for (n, (name, _, hand)) in readings.iter().enumerate() {
        assert!(hand.train() == nets[n], "{name}");
        assert!(nets[..n].iter().all(|other| *other != nets[n]), "{name} equals another arm");
    }
    check_signal(&desk, train, &estimated_on(1));
}

/// Checks the signal in `results.json` against one computed by hand from the states of all patterns.
fn check_signal(desk: &Desk, train: &Patterns, some: &[usize]) {
    let (net, (amplitude, slope)) = (initial(), (1.7159, 2.0 / 3.0));
    let mut states = net.states();
    let mut layers: [Vec<Vec<f64>>; 6] = Default::default();
    for &p in some {
        train.pattern(p, states.input_mut());
        net.fprop(&mut states);
        for (layer, (_, state)) in layers.iter_mut().zip(states.layers()) {
            layer.push(state.iter().map(|&y| f64::from(y)).collect());
        }
    }
    let results = desk.results("run");
    let mean = |values: Vec<f64>| values.iter().sum::<f64>() / values.len() as f64;
    for (layer, found) in layers.iter().zip(results["arms"][0]["runs"][0]["signal"].as_array().unwrap()) {
        let slopes = layer.iter().flatten().map(|y| amplitude * slope * (1.0 - (y / amplitude).powi(2)));
        let variance = |unit: usize| {
            let of_all: Vec<f64> = layer.iter().map(|states| states[unit]).collect();
            let middle = mean(of_all.clone());
            mean(of_all.iter().map(|y| (y - middle).powi(2)).collect())
        };
        let deviation = mean((0..layer[0].len()).map(variance).collect()).sqrt();
        for (key, expected) in [("deviation", deviation), ("slope", mean(slopes.collect()))] {
            let found = found[key].as_f64().unwrap();
            assert!((found / expected - 1.0).abs() < 1e-4, "{key}: {found}, not {expected}");
        }
    }
}

/// In terms of the coefficient `q = 4 k` of an average, a step is `q <- q - eta / (mu + h_q) dE/dq`, where
/// `dE/dq = 1/4 dE/dk` and `h_q = 1/16 h_k`.
#[test]
fn the_coefficient_of_an_average_steps_by_its_own_rate() {
    let desk = Desk::new();
    desk.write("sum.toml", arm(""));
    desk.write("average.toml", arm("coefficient_of = \"average\""));
    desk.experiment("sum.toml vs average.toml --embedded --train 1 --test 1 --passes 1 --out run").succeeds();
    let (train, net) = (embedded::digits(1998).train, initial());
    let (mut states, mut d, mut gradient) = (net.states(), net.states(), net.zeros());
    train.pattern(0, states.input_mut());
    net.fprop(&mut states);
    Criterion::TrueClass.bprop(&states.output, &train.label(0), &mut d.output);
    net.bprop(&states, &mut d, &mut gradient);
    let h = Trainer::new(net.clone(), Criterion::TrueClass).curvature(&train, &[0]);
    let steps = |net: &Net| -> Vec<f32> {
        let initial = initial();
        let step = |name| &subsampling(net, name).coefficient - &subsampling(&initial, name).coefficient;
        step("S2").into_iter().chain(step("S4")).collect()
    };
    let by_hand = |[of_gradient, of_h, of_step]: [f32; 3]| -> Vec<f32> {
        let layers = ["S2", "S4"].map(|name| (subsampling(&gradient, name), subsampling(&h, name)));
        let pairs = layers.into_iter().flat_map(|(dk, h)| dk.coefficient.iter().zip(&h.coefficient));
        pairs.map(|(dk, h)| -ETA / (MU + of_h * h) * of_gradient * dk * of_step).collect()
    };
    // A step is the difference of two f32 numbers near ½.
    let close = |a: &[f32], b: &[f32]| a.iter().zip(b).all(|(a, b)| (a - b).abs() <= 1e-3 * b.abs() + 6e-8);
    let (sum, average) = (steps(&trained(&desk, "sum")), steps(&trained(&desk, "average")));
    assert!(close(&sum, &by_hand([1.0, 1.0, 1.0])), "{sum:?}");
    assert!(close(&average, &by_hand([0.25, 1.0 / 16.0, 0.25])), "{average:?}");
    // The controls: wrong rates are noticed.
    assert!(
        !close(&average, &by_hand([0.25, 0.25, 0.25])) && !close(&average, &by_hand([0.25, 1.0 / 16.0, 1.0]))
    );
    let mut others = [trained(&desk, "sum"), trained(&desk, "average")];
    for net in &mut others {
        for name in ["S2", "S4"] {
            net.layer_mut::<Subsampling<f32>>(name).unwrap().coefficient.fill(0.5);
        }
    }
    assert!(others[0] == others[1], "everything else is the same");

    // The reported rates are those of the average's coefficient.
    let results = desk.results("run");
    let limits = |arm: usize| {
        let rates = &results["arms"][arm]["runs"][0]["passes"][0]["rates"][1];
        ["least", "largest"].map(|key| rates[key].as_f64().unwrap())
    };
    let expected = |of_h: f32| {
        let s2 = subsampling(&h, "S2");
        let of_coefficients = s2.coefficient.iter().map(|h| of_h * h);
        let all = || of_coefficients.clone().chain(s2.bias.iter().copied());
        let rate = |h: Option<f32>| f64::from(ETA / (MU + h.unwrap()));
        [rate(all().reduce(f32::max)), rate(all().reduce(f32::min))]
    };
    let close = |a: [f64; 2], b: [f64; 2]| a.iter().zip(b).all(|(a, b)| (a / b - 1.0).abs() < 1e-4);
    assert!(close(limits(0), expected(1.0)) && close(limits(1), expected(1.0 / 16.0)));
    assert!(!close(limits(0), limits(1)), "the control");
}
