//! Every second derivative of LeNet-5 against explicit loops over connections.

use crate::agreement::{Disagreement, Tolerance, agree, compare};
use crate::flat::flat;
use crate::untrained::{network, network_of, states};
use crate::wires::{self, Wires};
use lenet5::section1::Parameters;
use lenet5::section2::{C3, Connection, Criterion, Curvature, Head, LeNet5, Rbf, Squashing, Variant};
use ndarray::Array3;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

/// Both are sums of the same positive products, which agree to 2e-14 in whatever order they are added.
pub const TOLERANCE: Tolerance = Tolerance { relative: 1e-12, floor: 1e-15 };

/// One pattern's second derivatives, gradient and what the naive network needs to say the same.
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
    fn new<H: Head<f64>>(net: &LeNet5<f64, H>, label: usize, seed: u64) -> Self {
        Self::of_variant(&Variant::default(), net, label, seed)
    }

    fn of_variant<H: Head<f64>>(variant: &Variant, net: &LeNet5<f64, H>, label: usize, seed: u64) -> Self {
        let s = states(net, seed);
        let (mut d, mut h, mut gradient) = (net.states(), net.zeros(), net.zeros());
        net.bbprop(&s, label, &mut d, &mut h);
        net.bprop(&s, label, &mut d, &mut gradient);
        let (mut dx, mut ddx) = (Array3::zeros(s.f6.dim()), Array3::zeros(s.f6.dim()));
        net.head.bprop(&s.f6, &s.output, label, &mut dx, &mut net.head.zeros());
        net.head.bbprop(&s.f6, &s.output, label, &mut ddx, &mut net.head.zeros());

        let wires = wires::lenet5(variant);
        let first = |values: Vec<f64>| values[..wires.parameters].to_vec();
        let w = first(flat(net));
        let states = wires.fprop(&w, s.input.as_slice().expect("row-major"));
        let top = (dx.into_raw_vec_and_offset().0, ddx.into_raw_vec_and_offset().0);
        Self { h: first(flat(&h)), gradient: first(flat(&gradient)), w, states, top, wires }
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
    let competitive = Rbf { criterion: Criterion::Competitive { rubbish: 90.0 }, ..Rbf::paper() };
    for (label, seed) in [(3, 1), (8, 2)] {
        let case = Case::new(&network(Rbf::paper(), seed), label, seed);
        assert_eq!((case.check(), case.wires.parameters), (Ok(()), 60_000));
        for curvature in [Curvature::Exact, Curvature::Constant] {
            let rbf = Rbf { curvature, ..competitive.clone() };
            assert_eq!(Case::new(&network(rbf, seed), label, seed).check(), Ok(()));
            assert_eq!(Case::new(&network(crate::softmax(curvature), seed), label, seed).check(), Ok(()));
        }
    }
}

#[test]
fn so_it_is_in_every_other_lenet5() {
    let default = Variant::default();
    for (variant, parameters) in [
        (Variant { coefficient_connection: Connection::EachInput, ..default }, 60_000),
        (Variant { c3: C3::Full, ..default }, 60_900),
        (Variant { squashing: Squashing { amplitude: 1.3, slope: 0.9 }, ..default }, 60_000),
    ] {
        let case = |net| Case::of_variant(&variant, net, 3, 1);
        let case = case(&network_of(Rbf { scale: 0.5, ..Rbf::paper() }, &variant, 1));
        assert_eq!((case.check(), case.h.len()), (Ok(()), parameters), "{variant:?}");
        let (gradient, _) = case.wires.bprop(&case.w, &case.states, &case.top.0);
        assert_eq!(compare(&case.gradient, &gradient, Tolerance { relative: 1e-9, floor: 1e-11 }), Ok(()));
    }
    // The control: another reading than the network's.
    let net = network(Rbf::paper(), 1);
    let each_input = Variant { coefficient_connection: Connection::EachInput, ..default };
    assert!(Case::of_variant(&each_input, &net, 3, 1).check().is_err());
    assert!(
        Case::of_variant(
            &Variant { squashing: Squashing { amplitude: 1.3, slope: 0.9 }, ..default },
            &net,
            3,
            1
        )
        .check()
        .is_err()
    );
}

/// What is not trained has no second derivative and changes no other.
#[test]
fn untrained_subsampling_changes_no_other_second_derivative() {
    let trained = LeNet5::new(Rbf::paper(), &Variant::default(), &mut ChaCha8Rng::seed_from_u64(2));
    let mut fixed = trained.clone();
    (fixed.s2.trained, fixed.s4.trained) = (false, false);
    let of = |net: &LeNet5<f64, _>| {
        let mut h = net.zeros();
        net.bbprop(&states(&trained, 2), 7, &mut net.states(), &mut h);
        h
    };
    let (of_all, of_fixed) = (of(&trained), of(&fixed));
    for (n, (all, rest)) in of_all.layers().into_iter().zip(of_fixed.layers()).enumerate() {
        assert_eq!(rest, if n == 1 || n == 3 { vec![] } else { all }, "layer {n}");
    }
}

#[test]
fn patterns_add_up() {
    let net = network(Rbf::paper(), 1);
    let (mut dd, mut both) = (net.states(), net.zeros());
    net.bbprop(&states(&net, 1), 3, &mut dd, &mut both);
    net.bbprop(&states(&net, 2), 8, &mut dd, &mut both);
    let [first, second] = [(3, 1), (8, 2)].map(|(label, seed)| Case::new(&net, label, seed).h);
    let sum: Vec<f64> = first.iter().zip(second).map(|(first, second)| first + second).collect();
    assert_eq!(compare(&flat(&both), &sum, TOLERANCE), Ok(()));
}

#[test]
fn wrong_recursions_are_refused() {
    let case = Case::new(&network(Rbf::paper(), 1), 3, 1);
    let refused = |naive: &[f64]| compare(&case.h, naive, crate::SQUARED).is_err();
    assert!(!refused(&case.naive(&case.w)));
    // Weights not squared.
    assert!(refused(&case.naive(&case.w.iter().map(|w| w.abs().sqrt()).collect::<Vec<_>>())));
    // Nothing squared: second derivatives sent through the first-order pass.
    assert!(refused(&case.wires.bprop(&case.w, &case.states, &case.top.1).0));
    // Squared gradients, as later methods have them.
    assert!(refused(&case.gradient.iter().map(|dw| dw * dw).collect::<Vec<_>>()));
    // Eq. 26 instead of eq. 27.
    let (gradient, dx) = case.wires.bprop(&case.w, &case.states, &case.top.0);
    assert_eq!(compare(&case.gradient, &gradient, Tolerance { relative: 1e-9, floor: 1e-11 }), Ok(()));
    assert!(refused(&case.wires.bbprop(&case.w, &case.states, &case.top.1, Some(&dx))));
    // A start of 1 where eq. 7 gives 2.
    assert!(refused(&case.naive(&case.w).iter().map(|h| h / 2.0).collect::<Vec<_>>()));
}
