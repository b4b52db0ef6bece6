//! A given front does not learn, and the rest of the network learns as it would on top of it.

use lenet5::appendix::b::Update;
use lenet5::appendix::c::StochasticDiagonalLevenbergMarquardt as Sdlm;
use lenet5::archaeology::front::Front;
use lenet5::archaeology::recover::{LAYERS, front_1998, front_of};
use lenet5::archaeology::sizes::{distance_from_1998, sizes};
use lenet5::experiment::{Arm, Model};
use lenet5::section1::{Loss, MiniBatch, Network, Parameters, Tensor};
use lenet5::section2::Criterion;
use lenet5::section3::database::embedded;
use lenet5::section3::presentation::Presentation;
use lenet5::section3::training::Trainer;
use std::ops::ControlFlow;

/// The arm `rbf` on this front.
fn on(front: Option<Front>) -> Network<f32> {
    let mut arm = Arm::find("rbf").unwrap();
    arm.settings.front = front;
    Model::initial(&arm, 3).net
}

fn tensors(net: &Network<f32>, is_front: bool) -> Vec<Tensor<f32>> {
    let below = |name: &str| LAYERS.iter().any(|layer| name.starts_with(&layer.to_lowercase()));
    net.tensors().into_iter().filter(|tensor| below(&tensor.name) == is_front).collect()
}

#[test]
fn fronts_are_what_they_are_called() {
    let (recovered, own, random) =
        (on(Some(Front::Recovered)), on(Some(Front::Own)), on(Some(Front::Random)));
    let as_f32 = |front: &Network<f64>| -> Vec<Vec<f32>> {
        front.tensors().iter().map(|t| t.values.iter().map(|&v| v as f32).collect()).collect()
    };
    let values = |net: &Network<f32>| as_f32(&front_of(net).unwrap());
    assert_eq!(values(&recovered), as_f32(&front_1998()));
    assert_eq!(values(&own), values(&Model::find("rbf".as_ref()).unwrap().net));
    assert_eq!(values(&random), values(&on(None)));
    // Permuted: the same numbers in each kernel, in another order; and no kernel of Table I more or less.
    let permuted = on(Some(Front::Permuted));
    for (a, b) in tensors(&permuted, true).iter().zip(tensors(&recovered, true)) {
        assert_eq!(a.values != b.values, a.name.ends_with(".weight"), "{}", a.name);
        for (a, b) in a.values.chunks(25).zip(b.values.chunks(25)) {
            let sorted = |kernel: &[f32]| {
                let mut kernel = kernel.to_vec();
                kernel.sort_by(f32::total_cmp);
                kernel
            };
            assert_eq!(sorted(a), sorted(b));
        }
    }
    // C5 and F6 start alike on every front.
    for net in [&own, &random, &permuted] {
        assert_eq!(tensors(net, false), tensors(&recovered, false));
    }
}

/// Both walks down, one pattern and a mini-batch, and second derivatives: nothing for the front, and for the rest what a
/// network that learns everywhere has.
#[test]
fn derivatives_end_above_the_front() {
    let patterns = embedded::digits(1).test;
    let (frozen, mut free) = (on(Some(Front::Recovered)), on(None));
    frozen.tensors().iter().for_each(|tensor| free.set_tensor(tensor).unwrap());
    let gradient = |net: &Network<f32>| {
        let (mut batch, mut gradient) = (MiniBatch::new(net, 4), net.zeros());
        let labels: Vec<usize> =
            batch.states.iter_mut().enumerate().map(|(p, s)| patterns.show(p, s.input_mut())).collect();
        batch.fprop(net, 4, None);
        for ((s, d), label) in batch.states.iter().zip(&mut batch.derivatives).zip(&labels) {
            Criterion::TrueClass.bprop(&s.output, label, &mut d.output);
        }
        batch.bprop(net, 4, &mut gradient);
        gradient
    };
    let curvature = |net: &Network<f32>| {
        Trainer::new(net.clone(), Criterion::TrueClass).curvature(&patterns, &[0, 1, 2, 3])
    };
    for of in [&gradient as &dyn Fn(&Network<f32>) -> Network<f32>, &curvature] {
        let (ours, all) = (of(&frozen), of(&free));
        assert_eq!(tensors(&ours, false), tensors(&all, false));
        assert!(tensors(&ours, true).iter().all(|tensor| tensor.values.iter().all(|v| *v == 0.0)));
        assert!(tensors(&all, true).iter().all(|tensor| tensor.values.iter().any(|v| *v != 0.0)));
    }
}

#[test]
fn a_pass_leaves_the_front_as_it_is() {
    let patterns = embedded::digits(1).test;
    for update in [Update::Stochastic, Update::Minibatch(3)] {
        let net = on(Some(Front::Recovered));
        let mut trainer = Trainer::new(net.clone(), Criterion::TrueClass);
        let some: Vec<usize> = (0..30).collect();
        let mut sdlm = Sdlm::new(trainer.curvature(&patterns, &some), 1e-4, 0.02);
        let random = &mut lenet5::random(1);
        trainer.pass(&patterns, &some, update, &mut sdlm, random, |_| ControlFlow::Continue(())).unwrap();
        assert_eq!(tensors(&trainer.net, true), tensors(&net, true));
        assert!(tensors(&trainer.net, false).iter().zip(tensors(&net, false)).any(|(a, b)| *a != b));
    }
}

#[test]
fn the_distance_from_1998_is_that_of_logarithms() {
    let own = sizes(&front_1998());
    assert_eq!(own.len(), 8);
    assert_eq!(distance_from_1998(&own), Some(0.0));
    // Twice as large in all arrays, and in half of them: ln 2, and ln 2 / sqrt 2.
    let times = |factors: [f64; 8]| {
        let mut sizes = own.clone();
        sizes.iter_mut().zip(factors).for_each(|(size, factor)| size.rms *= factor);
        distance_from_1998(&sizes).unwrap()
    };
    let (two, half) = (2.0_f64.ln(), 2.0_f64.ln() / 2.0_f64.sqrt());
    assert!((times([2.0; 8]) - two).abs() < 1e-12 && (times([0.5; 8]) - two).abs() < 1e-12);
    assert!((times([2.0, 1.0, 0.5, 1.0, 2.0, 1.0, 2.0, 1.0]) - half).abs() < 1e-12);
    assert_eq!(distance_from_1998(&own[1..]), None);
    assert!(sizes(&Network::<f32>::new((1, 32, 32))).is_empty());
    // Biases that never learnt: as far away as can be, and a number in JSON.
    let initial = sizes(&on(None));
    assert!(initial.iter().all(|size| size.rms.is_finite()) && initial[1].rms == 0.0);
    assert_eq!(distance_from_1998(&initial), Some(f64::INFINITY));
}

#[test]
fn a_front_wants_the_layers_of_1998() {
    let arm = |change: &str| {
        let toml = Arm::find("rbf").unwrap().toml();
        let toml = format!("front = \"1998\"\n{toml}");
        Arm::parse("mine", "mine.toml", &toml.replacen("c3 = \"table-1\"", change, 1))
    };
    assert!(arm("c3 = \"table-1\"").is_ok());
    let told = arm("c3 = \"full\"").unwrap_err().to_string();
    assert!(told.contains("front") && told.contains("Table I"), "{told}");
    let toml = format!("front = \"1997\"\n{}", Arm::find("rbf").unwrap().toml());
    let told = Arm::parse("mine", "mine.toml", &toml).unwrap_err().to_string();
    assert!(told.contains("1998-permuted"), "{told}");
}
