//! Every second derivative of LeNet-5, compared with explicit loops over connections.

use super::agreement::{Disagreement, Tolerance, agree, compare};
use super::flat::flat;
use super::passes::OnMaps;
use super::untrained::{Said, network, network_of, said, states};
use super::wires::{self, Wires};
use super::{competitive, rbf, softmax};
use lenet5::section1::{Loss, Network, Parameters, Penalties};
use lenet5::section2::{C3, Connection, Criterion, Curvature, LeNet5, Rbf, Softmax, Squashing, Variant};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

/// Both sides are sums of the same positive products, which agree to 2e-14 in any order of addition.
pub const TOLERANCE: Tolerance = Tolerance { relative: 1e-12, floor: 1e-15 };

/// The second derivatives and the gradient of one pattern, and the values from which the naive network computes the same.
struct Case {
    wires: Wires,
    w: Vec<f64>,
    states: wires::States,
    h: Vec<f64>,
    gradient: Vec<f64>,
    /// First and second derivatives by the units of F6.
    top: (Vec<f64>, Vec<f64>),
}

impl Case {
    fn new(net: &Network<f64>, label: usize, seed: u64) -> Self {
        Self::of::<Rbf<f64>>(&Variant::default(), net, Criterion::TrueClass, label, seed)
    }

    fn of<L: OnMaps<Output = Penalties<f64>>>(
        variant: &Variant,
        net: &Network<f64>,
        criterion: Criterion,
        label: usize,
        seed: u64,
    ) -> Self {
        let s = states(net, seed);
        let Said { gradient, h, dx, ddx } = said::<L>(net, &s, criterion, label);
        let wires = wires::lenet5(variant);
        let first = |values: Vec<f64>| values[..wires.parameters].to_vec();
        let w = first(flat(net));
        let states = wires.fprop(&w, s.input().as_slice().expect("row-major"));
        Self { h: first(flat(&h)), gradient: first(flat(&gradient)), w, states, top: (dx, ddx), wires }
    }

    /// Eq. 23, 25 and 27 with weights `u` (which should be `w`).
    fn naive(&self, u: &[f64]) -> Vec<f64> {
        self.wires.bbprop(u, &self.states, &self.top.1, None)
    }

    fn check(&self) -> Result<(), Disagreement> {
        assert!(self.h.iter().all(|&h| h >= 0.0));
        agree(&self.h, &self.naive(&self.w), TOLERANCE)
    }
}

#[test]
fn every_second_derivative_is_the_sum_over_connections() {
    let variant = Variant::default();
    for (label, seed) in [(3, 1), (8, 2)] {
        let case = Case::new(&network(Rbf::paper(), seed), label, seed);
        assert_eq!((case.check(), case.wires.parameters), (Ok(()), 60_000));
        for curvature in [Curvature::Exact, Curvature::Constant] {
            let net = network(rbf(curvature), seed);
            assert_eq!(Case::of::<Rbf<f64>>(&variant, &net, competitive(90.0), label, seed).check(), Ok(()));
            let net = network(softmax(curvature), seed);
            let case = Case::of::<Softmax<f64>>(&variant, &net, Criterion::TrueClass, label, seed);
            assert_eq!(case.check(), Ok(()));
        }
    }
}

#[test]
fn the_same_holds_in_every_other_lenet5() {
    let default = Variant::default();
    let of = |variant: &Variant, net: &Network<f64>| {
        Case::of::<Rbf<f64>>(variant, net, Criterion::TrueClass, 3, 1)
    };
    let each_input = Variant { coefficient_connection: Connection::EachInput, ..default };
    let squashing = Variant { squashing: Squashing { amplitude: 1.3, slope: 0.9 }, ..default };
    for (variant, parameters) in
        [(each_input, 60_000), (Variant { c3: C3::Full, ..default }, 60_900), (squashing, 60_000)]
    {
        let mut output = Rbf::paper();
        output.scale = 0.5;
        let case = of(&variant, &network_of(output, &variant, 1));
        assert_eq!((case.check(), case.h.len()), (Ok(()), parameters), "{variant:?}");
        let (gradient, _) = case.wires.bprop(&case.w, &case.states, &case.top.0);
        assert_eq!(compare(&case.gradient, &gradient, Tolerance { relative: 1e-9, floor: 1e-11 }), Ok(()));
    }
    // The control: another reading than that of the network.
    let net = network(Rbf::paper(), 1);
    assert!(of(&each_input, &net).check().is_err() && of(&squashing, &net).check().is_err());
}

/// Untrained parameters have no second derivatives and do not change those of others.
#[test]
fn untrained_subsampling_changes_no_other_second_derivative() {
    let fixed = Variant { trained_subsampling: false, ..Variant::default() };
    let build = |variant| LeNet5::network(Rbf::paper(), &variant, &mut ChaCha8Rng::seed_from_u64(2));
    let [trained, fixed] = [Variant::default(), fixed].map(|variant| build(variant).expect("84 units"));
    let s = states(&trained, 2);
    let [of_all, of_fixed] =
        [&trained, &fixed].map(|net| said::<Rbf<f64>>(net, &s, Criterion::TrueClass, 7).h);
    for ((name, all), (_, rest)) in of_all.layers().into_iter().zip(of_fixed.layers()) {
        assert_eq!(rest, if name.starts_with('S') { vec![] } else { all }, "{name}");
    }
}

#[test]
fn patterns_add_up() {
    let net = network(Rbf::paper(), 1);
    let (mut dd, mut both) = (net.second_derivatives(), net.zeros());
    for (label, seed) in [(3, 1), (8, 2)] {
        let s = states(&net, seed);
        Criterion::TrueClass.bbprop(&s.output, &label, &mut dd.output);
        net.bbprop(&s, &mut dd, &mut both);
    }
    let [first, second] = [(3, 1), (8, 2)].map(|(label, seed)| Case::new(&net, label, seed).h);
    let sum: Vec<f64> = first.iter().zip(second).map(|(first, second)| first + second).collect();
    assert_eq!(compare(&flat(&both), &sum, TOLERANCE), Ok(()));
}

#[test]
fn wrong_recursions_are_refused() {
    let case = Case::new(&network(Rbf::paper(), 1), 3, 1);
    let refused = |naive: &[f64]| compare(&case.h, naive, super::SQUARED).is_err();
    assert!(!refused(&case.naive(&case.w)));
    // Weights not squared.
    assert!(refused(&case.naive(&case.w.iter().map(|w| w.abs().sqrt()).collect::<Vec<_>>())));
    // Nothing squared: second derivatives sent through the first-order pass.
    assert!(refused(&case.wires.bprop(&case.w, &case.states, &case.top.1).0));
    // Squared gradients, as in later methods.
    assert!(refused(&case.gradient.iter().map(|dw| dw * dw).collect::<Vec<_>>()));
    // Eq. 26 instead of eq. 27.
    let (gradient, dx) = case.wires.bprop(&case.w, &case.states, &case.top.0);
    assert_eq!(compare(&case.gradient, &gradient, Tolerance { relative: 1e-9, floor: 1e-11 }), Ok(()));
    assert!(refused(&case.wires.bbprop(&case.w, &case.states, &case.top.1, Some(&dx))));
    // A start of 1 where eq. 7 gives 2.
    assert!(refused(&case.naive(&case.w).iter().map(|h| h / 2.0).collect::<Vec<_>>()));
}
